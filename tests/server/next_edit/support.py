"""A session in which next edits come from the user's own edits, found in this process: no child has to start for it."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from coderoute_ls.domain import Position, Span
from coderoute_ls.domain.next_edits import NextEdit, Situation
from coderoute_ls.lsp_client.json_rpc_peer import Answer
from coderoute_ls.lsp_client.scripted_editor import Buffer
from coderoute_ls.next_edit.by_example import candidates
from coderoute_ls.server.features.next_edit.shared_next_edits import SharedNextEdits
from coderoute_ls.server.language_server import Connection
from tests.support.editor import ScriptedEditor
from tests.support.session import joined

Json = dict[str, Any]
AT_ONCE = "\n[next_edit]\ndebounce_ms = 0\n"
EXAMPLES = "\n[embedded]\nenable = false\n" + AT_ONCE + 'from = "examples"\n'
SOURCE = """\
def total(prices, rate):
    result = 0
    for price in prices:
        result = result + price * rate
    note = "rate"
    if rate > 1:
        result = result - rate
    return result + result * rate
"""
DEFINED = Span(Position(0, 18), Position(0, 22))
"""Where the parameter ``rate`` is defined in `SOURCE`."""
RENAMED = SOURCE.replace("rate", "tax").replace('"tax"', '"rate"')


Examples = Callable[[Situation], Awaitable[tuple[NextEdit, ...]]]


async def _here(situation: Situation) -> tuple[NextEdit, ...]:
    return tuple(candidates(situation))


@asynccontextmanager
async def editing(
    place: Path,
    user: str = EXAMPLES,
    *,
    capabilities: Mapping[str, Any] | None = None,
    settings: Mapping[str, Any] | None = None,
    examples: Examples = _here,
) -> AsyncGenerator[tuple[ScriptedEditor, Connection]]:
    """``examples``: where suggestions come from, instead of the built-in engine's process."""

    def found(_: SharedNextEdits, situation: Situation) -> Awaitable[tuple[NextEdit, ...]]:
        return examples(situation)

    with patch.object(SharedNextEdits, "_examples", found):
        async with joined(place, user, capabilities=capabilities, settings=settings) as session:
            yield session


def renaming(editor: ScriptedEditor, name: str = "file:///work/a.py", text: str = SOURCE) -> Buffer:
    """A document in which the user has just renamed the parameter."""
    buffer = editor.open(name, text)
    editor.replace(buffer, DEFINED, "tax")
    return buffer


def ask(editor: ScriptedEditor, buffer: Buffer, cursor: Position = DEFINED.start, **more: Any) -> Answer:
    """``coderoute/nextEdit``, as our own clients ask."""
    params: Json = {"uri": buffer.uri, "version": buffer.version, "position": buffer.position(cursor), **more}
    return editor.peer.send("coderoute/nextEdit", params)


async def offered(answer: Answer) -> Json | None:
    return (await answer.result)["edit"]


def take(editor: ScriptedEditor, offer: Json) -> None:
    """Apply it as one change, and say so."""
    buffer = editor.buffers[offer["uri"]]
    assert offer["version"] == buffer.version
    editor.edit(buffer, *offer["edits"])
    editor.peer.notify("coderoute/nextEditOutcome", {"item": offer["item"], "outcome": "accepted"})


async def booked(editor: ScriptedEditor, accepted: int, judged: int) -> None:
    """Return when the ledger says so of next edits: it is written aside."""
    while f"| {accepted} of {judged} |" not in await _usage(editor):
        await editor.settle()


async def _usage(editor: ScriptedEditor) -> str:
    text = (await editor.command("coderoute.usage", {}))["text"]
    return next((line for line in text.splitlines() if line.startswith("| next_edit ")), "")
