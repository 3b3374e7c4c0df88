"""``coderoute-ls ask``: one prompt through the same engine that answers editors, streamed to the terminal."""

import asyncio
import ipaddress
import sys
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from coderoute_ls.cli._ask_output import Lines, Show, Terminal
from coderoute_ls.cli._style import examples
from coderoute_ls.domain import Action, Brief, Delta, Document, Finish, Message, Position, Prompt, Span, Target
from coderoute_ls.engine import Asked, Done, EngineCall
from coderoute_ls.errors import CoderouteError, ConfigurationError

if TYPE_CHECKING:
    pass

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
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
        'coderoute-ls ask "What is wrong here?" --image screenshot.png',
        'coderoute-ls ask "Which cities?" --schema cities.json',
    )
)
@click.argument("question")
@click.option("--min-coding-score", "floor", type=click.FloatRange(0, 1), help="Lowest score that the model may have.")
@click.option("--offer", metavar="PROVIDER/MODEL", help="Ask this offer, whatever its score.")
@click.option("--base-url", metavar="URL", help="Ask the server at this address.")
@click.option("--dialect", metavar="NAME", help="Wire dialect of that server.  [default: openai-chat]")
@click.option("--key-env", metavar="NAME", help="Environment variable with the key of that server.")
@click.option("--max-tokens", type=click.IntRange(1), default=ACTION.max_tokens, show_default=True, help="Longest answer.")
@click.option("--tool", "tools", metavar="FILE", type=FILE, multiple=True, help="A tool that the model may call, as JSON.")
@click.option("--schema", metavar="FILE", type=FILE, help="JSON Schema that the answer has to fit.")
@click.option("--image", "images", metavar="FILE", type=FILE, multiple=True, help="A picture to look at (PNG, JPEG, GIF, WebP).")
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print one event per line: text, reasoning, tool_call, loss, note, retracted, usage, problem, finish, error.",
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
    tools: tuple[Path, ...],
    schema: Path | None,
    images: tuple[Path, ...],
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
    show = Lines() if as_json else Terminal()
    show.tools = bool(tools)
    prompt = _written(text, max_tokens, tools, schema, images)
    try:
        asyncio.run(_ask(prompt, offer, arguments, show))
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


def _written(text: str, max_tokens: int, tools: Sequence[Path], schema: Path | None, images: Sequence[Path]) -> Prompt:
    """The prompt with what the files hold. Raises click.BadParameter for a file that is not what its option says."""
    if not (tools or schema or images):
        return Prompt(messages=(Message("user", text),), max_tokens=max_tokens)
    from coderoute_ls.cli import _ask_files
    from coderoute_ls.domain.conversation import TextPart

    shown = tuple(map(_ask_files.picture, images))
    said = Message("user", parts=(*shown, TextPart(text))) if shown else Message("user", text)
    output = None if schema is None else _ask_files.schema(schema)
    return Prompt(messages=(said,), max_tokens=max_tokens, tools=_ask_files.tools(tools), output=output)


async def _ask(prompt: Prompt, offer: str | None, arguments: Mapping[str, object], show: Show) -> None:
    from coderoute_ls.app.application import Application
    from coderoute_ls.settings import USER_FILE, effective, load, parse

    application = Application()
    try:
        ids = (*application.actions, ACTION.id)
        user, _ = load(application.places.config / USER_FILE, ids, "user")
        asked, issues = parse(arguments, ids, "request")
        for issue in issues:
            raise click.UsageError(str(issue))
        application.team.tell = partial(show.told, "team")
        await application.team.meet()
        settings = effective(user, *application.team.policy((user,)), asked)
        application.configure(settings)
        vendor = application.vendors.get((offer or "").partition("/")[0])
        if vendor is not None and vendor.trouble:
            raise ConfigurationError(vendor.trouble)
        await application.recall()
        if "providers" not in arguments:
            await application.find_local(_dismiss)
        target = Target(Document("", "text", 0, ("",)), NOWHERE, prompt.messages[0].words)
        call = EngineCall(ACTION, prompt, target, NOWHERE, settings, pinned=offer)
        async with aclosing(application.engine.run(call)) as events:
            async for event in events:
                match event:
                    case Asked():
                        show.asked(event)
                    case Delta():
                        await show.said(event)
                    case Finish():
                        show.ended(event)
                    case Done():
                        show.done(event.record)
                    case _:
                        show.beside(event)
    finally:
        await application.close()


async def _dismiss(question: str, choices: tuple[str, ...]) -> None:
    """There is no user to answer questions here: servers that were not met before are left alone."""
