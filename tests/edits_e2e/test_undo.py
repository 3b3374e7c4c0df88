"""The editor's own undo counts: what was taken back is told to the ledger, in every editor."""

from pathlib import Path

import pytest

from coderoute_ls.domain import Position, Span
from coderoute_ls.domain.ledger import Outcome
from tests.support.capabilities import generic
from tests.support.provider import ScriptedProvider
from tests.support.session import joined, vendor

TEXT = "import os\n\n\ndef f(x):\n    y = x\n    return y\n\n\nprint(f(os.name))\n"
REGION = Span(Position(3, 0), Position(6, 0))
NEW = "def f(x):\n    return x\n"


@pytest.mark.parametrize("ours", [True, False], ids=["our client", "any client"])
@pytest.mark.parametrize("undoes", [True, False], ids=["undone", "typed in"])
async def test_the_editors_own_undo_counts_as_undone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, ours: bool, undoes: bool
) -> None:
    able = generic(ours=ours)
    able["experimental"] = {"coderoute": {**able.get("experimental", {}).get("coderoute", {}), "jobs": True}}
    async with ScriptedProvider() as provider, joined(tmp_path, vendor(provider), capabilities=able) as (editor, server):
        told: list[str] = []
        ledger = server.session.backend.engine.ledger
        record = ledger.outcome

        def outcome(call_id: str, outcome: Outcome, chars: int | None = None) -> None:
            told.append(outcome)
            record(call_id, outcome, chars)

        monkeypatch.setattr(ledger, "outcome", outcome)
        buffer = editor.open("file:///work/a.py", TEXT)
        started = await editor.run("refactor", buffer, REGION)
        await (await provider.request()).answer(f"```python\n{NEW}```")
        await editor.finished(started.job)
        assert buffer.text != TEXT
        if undoes:
            editor.undo()
        else:
            editor.type(buffer, Position(4, 4), "# mine\n    ")
        await editor.settle()
        assert told == (["accepted", "undone"] if undoes else ["accepted"])
