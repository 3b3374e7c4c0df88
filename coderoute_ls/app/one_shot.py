"""One question put to the selector from the command line, exactly as the engine would put it, and what it answered."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from coderoute_ls.domain import Decision, Document, Message, Position, Prompt, Span, State, Target
from coderoute_ls.selection import Catalog
from coderoute_ls.text.did_you_mean import did_you_mean

NOWHERE = Span(Position(0, 0), Position(0, 0))


@dataclass(frozen=True, slots=True)
class Question:
    """An action on so many characters of a language, with what the arguments change of the settings."""

    action: str
    chars: int
    language: str
    folder: Path
    floor: float | None = None
    objective: str | None = None
    pinned: str | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """The decision with its frontier and rejections, and what it was made from."""

    decision: Decision
    state: State
    catalog: Catalog
    as_if: str
    """What a key would change, in words; "" where a vendor can be reached."""
    drafts: bool
    """The built-in engine suggests something, with any model."""
    notices: tuple[str, ...]
    """What bars every model, and how it stands with a team where something is wrong; in words."""


def put(question: Question) -> Situation:
    """Decide with this machine's keys, local servers, experience and budget."""
    return asyncio.run(_put(question))


async def _put(question: Question) -> Situation:
    from coderoute_ls.app.application import Application
    from coderoute_ls.engine import CallRecord, EngineCall
    from coderoute_ls.settings import USER_FILE, effective, load, parse
    from coderoute_ls.settings.model_choices import choices_layer
    from coderoute_ls.settings.workspace_settings_files import folder_layers

    application = Application()
    try:
        action = application.actions.get(question.action)
        if action is None:
            hint = did_you_mean(question.action, application.actions)
            raise click.BadParameter(
                f"there is no action {question.action!r}{hint} Known are {', '.join(application.actions)}.", param_hint="ACTION"
            )
        asked, issues = parse(_arguments(question), application.actions, "request")
        for issue in issues:
            raise click.UsageError(str(issue))
        own, _ = load(application.places.config / USER_FILE, application.actions, "user")
        folders, _ = folder_layers(question.folder, application.actions)
        chosen = choices_layer(application.places.config, str(question.folder.absolute()), application.actions)
        await application.recall()
        notices: list[str] = []
        application.team.tell = notices.append
        await application.team.meet()
        settings = effective(own, *application.team.policy((own,)), chosen, *folders, asked)
        application.configure(settings)
        await application.find_local(_dismiss)
        target = Target(Document("", question.language, 0, ("",)), NOWHERE, folder=str(question.folder.absolute()))
        prompt = Prompt(messages=(Message("user", _code(question.chars)),), max_tokens=action.max_tokens)
        if question.pinned is not None:
            _check_name(question.pinned, application.router.catalog)
        decision, state = application.router.decide(EngineCall(action, prompt, target, NOWHERE, settings, pinned=question.pinned))
        whole = application.router.explained(CallRecord("", action.id, state.now, decision, state, answered=None))
        drafts = action.axis == "completion" and settings.settings.embedded.enable
        as_if = application.router.as_if(decision, state)
        told = tuple(filter(None, (settings.closed, *(notice for notice in notices if notice not in settings.closed))))
        return Situation(whole, state, application.router.catalog, as_if, drafts, told)
    finally:
        await application.close()


def _check_name(pinned: str, catalog: Catalog) -> None:
    """Raise where nothing goes by this name, with the nearest names."""
    from coderoute_ls.selection.decision.eligibility import called

    if not any(called(offer, pinned) for offer in catalog.offers):
        names = dict.fromkeys(name for offer in catalog.offers for name in (offer.id, offer.model))
        hint = did_you_mean(pinned, names)
        told = f"no model or offer is called {pinned!r}{hint} `coderoute-ls models` lists them."
        raise click.BadParameter(told, param_hint="--offer")


def _arguments(question: Question) -> Mapping[str, object]:
    given = {"min_coding_score": question.floor, "objective": question.objective}
    own = {name: value for name, value in given.items() if value is not None}
    return {"actions": {question.action: own}} if own else {}


async def _dismiss(question: str, choices: tuple[str, ...]) -> None:
    """There is no user to answer questions here: servers that were not met before are left alone."""


def _code(chars: int) -> str:
    """Code of this size: what stands for a prompt where only its length is known."""
    return (_CODE * (chars // len(_CODE) + 1))[:chars]


_CODE = '''
def newest(entries: Sequence[Entry], limit: int = 20) -> list[Entry]:
    """The entries that changed last, newest first; no more than the limit allows."""
    ranked = sorted(entries, key=lambda entry: entry.changed_at, reverse=True)
    return [entry for entry in ranked if not entry.hidden][:limit]
'''
