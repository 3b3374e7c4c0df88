"""What the status line of our own client is told."""

from pathlib import Path

from coderoute_ls.domain import Position, Span
from tests.support.provider import ScriptedProvider
from tests.support.session import Model, joined, session, vendor

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


async def test_a_call_that_falls_back_is_over_once(tmp_path: Path) -> None:
    models = (Model("first", price=0.1), Model("second", price=0.2), Model("third", price=0.3))
    async with ScriptedProvider() as provider, joined(tmp_path, vendor(provider, models)) as (editor, _):
        started = await editor.run("refactor", editor.open("file:///a.py", SOURCE), Span(Position(0, 0), Position(2, 0)))
        for _ in range(2):
            await (await provider.request()).respond(500)
        await (await provider.request()).answer(SOURCE)
        await editor.finished(started.job)
        await editor.until(lambda: bool(editor.statuses) and editor.statuses[-1].today_usd > 0)
        assert editor.statuses[-1].state == "idle"


async def test_the_quality_is_that_of_the_folder_at_hand(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("economy", "best")]
    for folder in folders:
        folder.mkdir()
        (folder / "coderoute.toml").write_text(f'quality = "{folder.name}"\n')
    async with session(tmp_path, folders=folders) as editor:
        first, second = (editor.open((folder / "a.py").as_uri(), SOURCE) for folder in folders)
        for buffer, quality in ((first, "economy"), (second, "best"), (first, "economy")):
            await editor.code_actions(buffer, Span(Position(0, 0), Position(0, 0)))
            await editor.until(lambda quality=quality: bool(editor.statuses) and editor.statuses[-1].quality == quality)
        await editor.command("coderoute.setQuality", {"uri": first.uri, "quality": "balanced"})
        await editor.until(lambda: editor.statuses[-1].quality == "balanced")


async def test_it_hears_which_vendors_give_ghost_text_once_one_was_asked(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, joined(tmp_path, vendor(provider)) as (editor, _):
        started = await editor.run("refactor", editor.open("file:///a.py", SOURCE), Span(Position(0, 0), Position(2, 0)))
        await (await provider.request()).answer(SOURCE)
        await editor.finished(started.job)
        await editor.until(lambda: bool(editor.statuses) and editor.statuses[-1].ghost_text.startswith("Ghost text: "))
