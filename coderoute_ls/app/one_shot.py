"""One question put to the selector from the command line, exactly as the engine would put it, and what it answered."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from coderoute_ls.domain import Decision, Document, Message, Position, Prompt, Span, State, Target
from coderoute_ls.selection import Catalog

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


def put(question: Question) -> Situation:
    """Decide with this machine's keys, local servers, experience and budget."""
    return asyncio.run(_put(question))


async def _put(question: Question) -> Situation:
    from coderoute_ls.app.application import Application
    from coderoute_ls.engine import CallRecord, EngineCall
    from coderoute_ls.settings import USER_FILE, WORKSPACE_FILE, effective, load, parse

    application = Application()
    try:
        action = application.actions.get(question.action)
        if action is None:
            raise click.BadParameter(f"unknown action; known are {', '.join(application.actions)}", param_hint="ACTION")
        asked, issues = parse(_arguments(question), application.actions, "request")
        for issue in issues:
            raise click.UsageError(str(issue))
        own, _ = load(application.places.config / USER_FILE, application.actions, "user")
        folders, _ = load(question.folder / WORKSPACE_FILE, application.actions, "workspace")
        settings = effective(own, folders, asked)
        application.configure(settings)
        await application.recall()
        await application.find_local(_dismiss)
        target = Target(Document("", question.language, 0, ("",)), NOWHERE, folder=str(question.folder.absolute()))
        prompt = Prompt(messages=(Message("user", " " * question.chars),), max_tokens=action.max_tokens)
        decision, state = application.router.decide(EngineCall(action, prompt, target, NOWHERE, settings, pinned=question.pinned))
        whole = application.router.explained(CallRecord("", action.id, state.now, decision, state, answered=None))
        return Situation(whole, state, application.router.catalog)
    finally:
        await application.close()


def _arguments(question: Question) -> Mapping[str, object]:
    given = {"min_coding_score": question.floor, "objective": question.objective}
    own = {name: value for name, value in given.items() if value is not None}
    return {"actions": {question.action: own}} if own else {}


async def _dismiss(question: str, choices: tuple[str, ...]) -> None:
    """Nobody answers questions here: servers that were not met before are left alone."""
