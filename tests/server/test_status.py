"""What the status line of our own client is told."""

from pathlib import Path

from coderoute_ls.domain import Position, Span
from tests.support.provider import ScriptedProvider
from tests.support.session import joined, vendor

SOURCE = "def f(x):\n    return x\n"


async def test_it_hears_who_works_and_afterwards_what_today_cost(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, joined(tmp_path, vendor(provider)) as (editor, _):
        started = await editor.run("refactor", editor.open("file:///a.py", SOURCE), Span(Position(0, 0), Position(2, 0)))
        request = await provider.request()
        await editor.until(lambda: any(status.state == "working" and status.model for status in editor.statuses))
        await request.answer(SOURCE)
        await editor.finished(started.job)
        await editor.until(lambda: editor.statuses[-1].state == "idle")
        assert editor.statuses[-1].today_usd > 0
