"""Canaries through the whole server: whatever way a text takes into a request, no secret of it is on the wire.

How many kinds the search itself misses is held in ``tests/ignore/test_canaries.py``, for all of them. Here are those it finds:
of a few none may be on the wire, of hundreds 2 %: a way that indents, quotes or cuts a text (recent edits, imported definitions)
takes away what told some chosen passwords from names.
"""

import asyncio
import os
import random
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import orjson
import pytest

from coderoute_ls.domain import Position, Span
from coderoute_ls.ignore import redact
from coderoute_ls.lsp_client.json_rpc_peer import Json
from coderoute_ls.lsp_client.scripted_editor import Buffer
from coderoute_ls.server.rpc.messages.coderoute_messages import RunParams
from tests.ignore.canaries import Canary, canaries
from tests.ignore.other_canaries import other_canaries
from tests.support.editor import ScriptedEditor
from tests.support.provider import ScriptedProvider
from tests.support.session import session, vendor

KINDS = int(os.environ.get("CANARIES", "16"))
"""How many kinds each way is tried with; a release is checked with ``CANARIES=9999``, which means all (``make test-long``)."""
AT_ONCE = 8
"""Kinds in one session."""
SOURCE = "def invoice_total(invoice):\n    return sum(line.amount for line in invoice.lines)\n"
REGION = Span(Position(0, 0), Position(2, 0))


class OpenWorkspace:
    """An editor with a provider that answers whatever it is asked."""

    def __init__(self, folder: Path, editor: ScriptedEditor, provider: ScriptedProvider) -> None:
        self.folder = folder
        self.editor = editor
        self.provider = provider
        self._opened = 0

    def open(self, text: str, name: str = "") -> Buffer:
        """A document of its own for each canary."""
        self._opened += 1
        return self.editor.open((self.folder / (name or f"file{self._opened}.py")).as_uri(), text)

    async def ghost(self, text: str) -> None:
        """Ask for ghost text at the end of a new document."""
        buffer = self.open(text)
        last = len(buffer.lines) - 1
        await self.editor.inline(buffer, Position(last, len(buffer.lines[last]))).result
        self.editor.close(buffer)

    async def act(self, action: str, buffer: Buffer, region: Span, instruction: str = "", said: str = "") -> None:
        """Run an action to its end, whatever that is."""
        here = buffer.range(region)
        diagnostics: list[Json] = [{"range": here, "message": said}] if said else []
        params = RunParams(action=action, uri=buffer.uri, range=here, instruction=instruction, diagnostics=diagnostics)
        started = await self.editor.command("coderoute.run", params.told())
        finished = await self.editor.finished(started["job"])
        if finished.outcome == "failed":
            await self.editor.notice()
        self.editor.notices.clear()
        self.editor.shown.clear()
        self.editor.close(buffer)


@asynccontextmanager
async def open_workspace(tmp_path: Path) -> AsyncGenerator[OpenWorkspace]:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:

        async def answer() -> None:
            while True:
                request = await provider.request()
                with suppress(ConnectionError):
                    await request.answer(SOURCE)

        answering = asyncio.create_task(answer())
        try:
            yield OpenWorkspace(tmp_path / "work", editor, provider)
        finally:
            answering.cancel()
            await asyncio.wait({answering})


async def near(at: OpenWorkspace, canary: Canary) -> None:
    await at.ghost(f"import os\n\n{canary.text}\n\n{SOURCE}\nprint(invoice_total(")


async def far(at: OpenWorkspace, canary: Canary) -> None:
    await at.ghost(f"{canary.text}\n\n" + SOURCE * 30 + "\nprint(invoice_total(")


async def below(at: OpenWorkspace, canary: Canary) -> None:
    buffer = at.open(f"{SOURCE}\nprint(invoice_total(\n\n\n{canary.text}\n")
    await at.editor.inline(buffer, Position(3, 20)).result
    at.editor.close(buffer)


async def around_an_action(at: OpenWorkspace, canary: Canary) -> None:
    await at.act("refactor", at.open(f"{SOURCE}\n\n\n{canary.text}\n\n"), REGION)


async def inside_an_action(at: OpenWorkspace, canary: Canary) -> None:
    text = f"{SOURCE}\n{canary.text}\n\n"
    buffer = at.open(text)
    await at.act("explain", buffer, Span(Position(0, 0), Position(len(buffer.lines) - 1, 0)))


async def in_an_instruction(at: OpenWorkspace, canary: Canary) -> None:
    await at.act("edit", at.open(SOURCE), REGION, instruction=f"Use this:\n{canary.text}\n")


async def in_a_diagnostic(at: OpenWorkspace, canary: Canary) -> None:
    await at.act("fix", at.open(SOURCE), REGION, said=f"cannot connect:\n{canary.text}\n")


async def in_another_open_file(at: OpenWorkspace, canary: Canary) -> None:
    other = at.open(f"{SOURCE}\n{canary.text}\n\n{SOURCE}")
    await at.ghost(f"{SOURCE}\nprint(invoice_total(")
    at.editor.close(other)


async def in_recent_edits(at: OpenWorkspace, canary: Canary) -> None:
    other = at.open(f"{SOURCE}\n\n{canary.text}\n\n")
    line = next((number for number, text in enumerate(other.lines) if any(secret in text for secret in canary.secrets)), 3)
    at.editor.type(other, Position(line, len(other.lines[line].rstrip("\r\n"))), "  # invoice_total")
    at.editor.type(other, Position(1, 4), "invoice = invoice_total ")
    await at.ghost(f"{SOURCE}\nprint(invoice_total(")
    at.editor.close(other)


async def in_imported_definitions(at: OpenWorkspace, canary: Canary) -> None:
    name = f"shown{random.Random(canary.text).randrange(10**9)}"
    inside = canary.text.replace("\n", "\n    ")
    (at.folder / f"{name}.py").write_text(
        f"{canary.text}\n\ndef invoice_total(invoice, key={canary.text.splitlines()[0]!r}):\n    {inside}\n"
    )
    await at.ghost(f"from {name} import invoice_total\n\nprint(invoice_total(")


WAYS: dict[str, Callable[[OpenWorkspace, Canary], Awaitable[None]]] = {
    "ghost text near": near,
    "ghost text far": far,
    "ghost text below": below,
    "around an action's region": around_an_action,
    "in an action's region": inside_an_action,
    "instruction": in_an_instruction,
    "diagnostic": in_a_diagnostic,
    "another open file": in_another_open_file,
    "recent edits": in_recent_edits,
    "imported definitions": in_imported_definitions,
}


def shown(canary: Canary, text: str) -> bool:
    """Whether a secret of the canary is in a text."""
    return any(secret in text for secret in canary.secrets)


def searched(canary: Canary) -> str:
    """What the search alone leaves of a file with the canary."""
    return redact(f"import os\n\n{canary.text}\n\nend = 1\n")


@pytest.mark.parametrize("way", WAYS)
async def test_no_canary_is_on_the_wire(tmp_path: Path, way: str) -> None:
    drawn = [canary for canary in (*canaries(29), *other_canaries(29)) if canary.secrets and not shown(canary, searched(canary))]
    chosen = random.Random(way).sample(drawn, min(KINDS, len(drawn)))
    leaks: list[str] = []
    for first in range(0, len(chosen), AT_ONCE):
        place = tmp_path / str(first)
        place.mkdir()
        async with open_workspace(place) as at:
            for canary in chosen[first : first + AT_ONCE]:
                begun = len(at.provider.log)
                await WAYS[way](at, canary)
                sent = orjson.dumps(at.provider.log[begun:]).decode()
                leaks += [canary.kind] if shown(canary, sent) else []
            asked = "invoice_total" in orjson.dumps(at.provider.log).decode()
            assert asked or way == "in an action's region", "the requests are real"
    assert len(leaks) <= 0.02 * len(chosen), leaks
