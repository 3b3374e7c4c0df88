"""``coderoute-ls ask``: one prompt through the same engine that answers editors, streamed to the terminal."""

import asyncio
import ipaddress
import sys
from collections.abc import Mapping
from urllib.parse import urlsplit

import click
import orjson

from coderoute_ls.cli._style import clean, examples, say
from coderoute_ls.domain import Action, Brief, Delta, Document, Finish, Message, Position, Prompt, Span, Target
from coderoute_ls.edits.filters.reasoning_removal import Reasoning
from coderoute_ls.engine import Asked, CallRecord, EngineCall
from coderoute_ls.errors import CoderouteError, ConfigurationError, ProviderError
from coderoute_ls.text.dollars import dollars

GIVEN = "given"
"""Provider that an address on the command line becomes, where no other is named."""
NOWHERE = Span(Position(0, 0), Position(0, 0))


def _prompt(brief: Brief) -> Prompt:
    return Prompt(messages=(Message("user", brief.target.instruction),), max_tokens=ACTION.max_tokens)


ACTION = Action(
    id="ask",
    title="Ask",
    kind="",
    surface="report",
    axis="coding",
    min_coding_score=0.6,
    median_output=400,
    max_tokens=4_096,
    max_cost_usd=0.10,
    prompt=_prompt,
    region=lambda target: None,
    doc="Ask a question in the terminal.",
)
"""Not in ``actions/``: no editor can ask for it."""


@click.command(
    epilog=examples(
        'coderoute-ls ask "Why is a tuple hashable?"',
        'coderoute-ls ask "Write a haiku" --min-coding-score 0.3 --json',
        'coderoute-ls ask "hello" --offer deepseek/deepseek-v4-flash',
        'coderoute-ls ask "hello" --base-url http://127.0.0.1:8080/v1 --dialect openai-chat',
        "git diff | coderoute-ls ask -",
    )
)
@click.argument("question")
@click.option("--min-coding-score", "floor", type=click.FloatRange(0, 1), help="Lowest score that the model may have.")
@click.option("--offer", metavar="PROVIDER/MODEL", help="Ask this offer, whatever its score.")
@click.option("--base-url", metavar="URL", help="Ask the server at this address.")
@click.option("--dialect", metavar="NAME", help="Wire dialect of that server.  [default: openai-chat]")
@click.option("--key-env", metavar="NAME", help="Environment variable with the key of that server.")
@click.option("--max-tokens", type=click.IntRange(1), default=ACTION.max_tokens, show_default=True, help="Longest answer.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print one event per line: text, reasoning, retracted, usage, problem, finish, error."
)
def COMMAND(
    question: str,
    *,
    floor: float | None,
    offer: str | None,
    base_url: str | None,
    dialect: str | None,
    key_env: str | None,
    max_tokens: int,
    as_json: bool,
) -> int:
    """Send QUESTION (``-``: read it from stdin) to the cheapest model that is good enough, and stream its answer."""
    if floor is not None and offer is not None:
        raise click.UsageError("--min-coding-score chooses a model, --offer names one: give one of them")
    if base_url is None and (dialect or key_env):
        raise click.UsageError("--dialect and --key-env describe the server of --base-url")
    if base_url is not None:
        offer = _named(offer or f"{GIVEN}/default")
    text = sys.stdin.read() if question == "-" else question
    arguments = {
        **({"actions": {ACTION.id: {"min_coding_score": floor}}} if floor is not None else {}),
        **({"providers": _provider(offer or "", base_url, dialect, key_env)} if base_url is not None else {}),
    }
    show = _Lines() if as_json else _Terminal()
    try:
        asyncio.run(_ask(text, offer, arguments, max_tokens, show))
    except CoderouteError as error:
        show.failed(error)
        raise
    return 1 if show.bad else 0


def _named(offer: str) -> str:
    if "/" not in offer:
        raise click.BadParameter("name it as PROVIDER/MODEL", param_hint="--offer")
    return offer


def _provider(offer: str, base_url: str, dialect: str | None, key_env: str | None) -> Mapping[str, object]:
    """The settings that make this address a provider. A machine of the user's own network costs nothing."""
    name, _, model = offer.partition("/")
    said: dict[str, object] = {"base_url": base_url, "dialect": dialect or "openai-chat", "models": [{"id": model}]}
    if _near(base_url):
        said["local"] = True
    if key_env:
        said["key_env"] = key_env
    return {name: said}


def _near(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return host == "localhost" or "." not in host


async def _ask(text: str, offer: str | None, arguments: Mapping[str, object], max_tokens: int, show: "_Show") -> None:
    from coderoute_ls.app.application import Application
    from coderoute_ls.settings import USER_FILE, effective, load, parse

    application = Application()
    try:
        ids = (*application.actions, ACTION.id)
        user, _ = load(application.places.config / USER_FILE, ids, "user")
        asked, issues = parse(arguments, ids, "request")
        for issue in issues:
            raise click.UsageError(str(issue))
        settings = effective(user, asked)
        application.configure(settings)
        vendor = application.vendors.get((offer or "").partition("/")[0])
        if vendor is not None and vendor.trouble:
            raise ConfigurationError(vendor.trouble)
        await application.recall()
        if "providers" not in arguments:
            await application.find_local(_dismiss)
        target = Target(Document("", "text", 0, ("",)), NOWHERE, text)
        prompt = Prompt(messages=(Message("user", text),), max_tokens=max_tokens)
        call = EngineCall(ACTION, prompt, target, NOWHERE, settings, pinned=offer)
        if (record := await application.engine.tell(call, show)) is not None:
            show.done(record)
    finally:
        await application.close()


async def _dismiss(question: str, choices: tuple[str, ...]) -> None:
    """Nobody answers questions here: servers that were not met before are left alone."""


class _Show:
    """Tells what happens; listens to the engine."""

    def __init__(self) -> None:
        self.bad = False
        """The answer did not end well: the command's output says so."""
        self._thoughts = Reasoning()

    def asked(self, event: Asked) -> None:
        del event
        self._thoughts = Reasoning()

    async def said(self, delta: Delta) -> None:
        raise NotImplementedError

    def ended(self, finish: Finish) -> None:
        self.bad = finish.bad

    def done(self, record: CallRecord) -> None:
        """The call is over, and its books are kept."""
        raise NotImplementedError

    def _answer(self, text: str) -> tuple[str, bool]:
        """What of a piece is answer, not thought aloud; and whether all that came before was such a thought."""
        answer = self._thoughts.feed(text)
        retracted, self._thoughts.retracted = self._thoughts.retracted, False
        return answer, retracted

    def failed(self, error: CoderouteError) -> None:
        raise NotImplementedError


class _Lines(_Show):
    """One JSON object per line."""

    def asked(self, event: Asked) -> None:
        super().asked(event)
        chosen = event.chosen
        self._line("asked", offer=chosen.offer.id, expected_usd=chosen.cost.expected_usd, restart=event.restart)

    async def said(self, delta: Delta) -> None:
        if delta.reasoning:
            self._line("reasoning", text=delta.reasoning)
        text, retracted = self._answer(delta.text) if delta.text else ("", False)
        if retracted:
            self._line("retracted", message="The text so far was reasoning.")
        if text:
            self._line("text", text=text)

    def failed(self, error: CoderouteError) -> None:
        more = {"status": error.status, "retry_after": error.retry_after} if isinstance(error, ProviderError) else {}
        self._line("error", error=type(error).__name__, message=error.user_message, **more)

    def done(self, record: CallRecord) -> None:
        finish = record.finish
        if finish is None:
            return
        if (usage := record.usage) is not None and finish.usage is not None:
            self._line(
                "usage",
                input=usage.input,
                output=usage.output,
                cached_read=usage.cached_read,
                cached_write=usage.cached_write,
                reasoning=usage.reasoning,
                cost_usd=record.cost_usd,
            )
        if finish.bad:
            self._line("problem", message=finish.problem)
        self._line(
            "finish", reason=finish.reason, wire_reason=finish.wire_reason, model=finish.model, seconds=round(record.total_s, 3)
        )

    def _line(self, kind: str, **fields: object) -> None:
        say(orjson.dumps({"event": kind, **fields}))


class _Terminal(_Show):
    """The answer on stdout, everything about it on stderr."""

    def asked(self, event: Asked) -> None:
        super().asked(event)
        if event.restart:
            say(f"\n— starting again with {event.chosen.offer.name} —", err=True)

    async def said(self, delta: Delta) -> None:
        if delta.text:
            text, retracted = self._answer(delta.text)
            if retracted:
                say("\n— the text so far was reasoning —", err=True)
            say(text, nl=False)

    def done(self, record: CallRecord) -> None:
        say()
        click.echo(click.style(clean(_summary(record)), dim=True), err=True)
        if record.finish is not None and (problem := record.finish.problem):
            say(problem, err=True)

    def failed(self, error: CoderouteError) -> None:
        """Told by the command line itself."""


def _summary(record: CallRecord) -> str:
    finish, answered = record.finish, record.answered
    usage = record.usage if finish and finish.usage else None
    tokens = f", {usage.input} tokens in, {usage.output} out" if usage else ""
    ended = "" if finish is None or finish.reason == "stop" else f", ended: {finish.reason}"
    return f"— {answered.offer.id if answered else '?'}{tokens}, {dollars(record.cost_usd)}, {record.total_s:.1f} s{ended}"
