"""Real Neovim, our plugin, the real server, a scripted vendor."""

import re
from pathlib import Path

import pytest

from tests.editors.installed import NVIM, TEST_S, need, server
from tests.editors.neovim import READY, Open, setup, with_server
from tests.editors.screen import screen
from tests.editors.world import AFTER, BEFORE, KEY, VARIABLE, World, stream

pytestmark = [pytest.mark.editors, pytest.mark.timeout(TEST_S)]


async def test_ghost_text_is_typed_through_and_accepted_by_word_and_whole(opened: Open, shop: World) -> None:
    async with opened("a.py", BEFORE) as nvim:
        await nvim.attached()
        await nvim.keys("Gopaid = tot")
        await (await shop.asked("ghost", "paid = tot")).answer("al(prices, 0.2)")
        await nvim.until(nvim.ghost, lambda ghost: ghost == "al(prices, 0.2)", "offer the completion")
        await nvim.keys("al(")
        await nvim.until(nvim.ghost, lambda ghost: ghost == "prices, 0.2)", "keep the rest while it is typed")
        await nvim.keys("<M-Right>")
        await nvim.until(nvim.text, lambda text: text.endswith("paid = total(prices"), "take a word")
        assert await nvim.ghost() == ", 0.2)"
        await nvim.keys("<Tab>")
        await nvim.until(nvim.text, lambda text: text.endswith("paid = total(prices, 0.2)"), "take the rest")
        assert await nvim.ghost() == ""


async def test_a_refactoring_streams_in_and_one_undo_takes_it_back(opened: Open, shop: World) -> None:
    async with opened("a.py", BEFORE) as nvim:
        await nvim.attached()
        await nvim.act("Refactor")
        await stream(await shop.asked(), AFTER)
        await nvim.until(nvim.text, lambda text: text == AFTER.rstrip("\n"), "hold the new text")
        await nvim.until(nvim.review, lambda marks: "Refactor by swift" in "".join(marks), "say beside the lines that it is done")
        await nvim.keys("u")
        await nvim.until(nvim.text, lambda text: text == BEFORE.rstrip("\n"), "hold the old text after one undo")


async def test_cancel_takes_back_what_was_written(opened: Open, shop: World) -> None:
    async with opened("a.py", BEFORE) as nvim:
        await nvim.attached()
        await nvim.act("Refactor")
        request = await shop.asked()
        await request.start()
        await request.text("def total(prices, rate):\n    net = sum(prices)\n")
        await nvim.until(nvim.text, lambda text: "net = sum(prices)" in text, "show the first lines")
        await nvim.command("CodeRoute cancel")
        await nvim.until(nvim.text, lambda text: text == BEFORE.rstrip("\n"), "hold the old text again")
        await request.closed()


async def test_edit_takes_its_instruction_and_asks_for_one(opened: Open, shop: World) -> None:
    async with opened("a.py", BEFORE) as nvim:
        await nvim.attached()
        await nvim.command("CodeRoute edit use sum")
        request = await shop.asked()
        assert "use sum" in str(request.json["messages"])
        await stream(request, AFTER)
        await nvim.until(nvim.text, lambda text: text == AFTER.rstrip("\n"), "hold the new text")


async def test_why_and_usage_open_in_a_window(opened: Open, shop: World) -> None:
    async with opened("a.py", BEFORE) as nvim:
        await nvim.attached()
        await nvim.act("Refactor")
        await stream(await shop.asked(), AFTER)
        await nvim.until(nvim.review, lambda marks: "Refactor by swift" in "".join(marks), "say beside the lines that it is done")
        await nvim.command("CodeRoute why")
        await nvim.until(nvim.text, lambda text: "swift" in text, "show why")
        await nvim.keys("q")
        await nvim.command("CodeRoute usage")
        await nvim.until(lambda: nvim.lua("return vim.bo.filetype"), lambda kind: kind == "markdown", "show usage")


async def test_quality_changes_the_next_model(opened: Open, shop: World) -> None:
    async with opened("a.py", BEFORE) as nvim:
        await nvim.attached()
        await nvim.command("CodeRoute quality best")
        await nvim.until(
            lambda: nvim.lua("return vim.fn.glob(...)", str(shop.folder / "coderoute.toml")), bool, "write coderoute.toml"
        )
        assert (shop.folder / "coderoute.toml").read_text() == 'quality = "best"\n'
        await nvim.act("Refactor")
        request = await shop.asked()
        assert request.model == "grand"
        await stream(request, AFTER)


async def test_health_finds_the_server(opened: Open) -> None:
    async with opened("a.py", "") as nvim:
        await nvim.attached()
        await nvim.command("checkhealth coderoute")
        report = await nvim.until(nvim.text, lambda text: "coderoute" in text, "show its health")
        assert "ERROR" not in report
        assert "coderoute-ls, version" in report


@pytest.mark.parametrize("columns", [80, 40, 26])
async def test_the_key_after_a_finished_edit_is_the_users(shop: World, tmp_path: Path, columns: int) -> None:
    """A message of more than one line, or one that does not fit, makes Neovim wait for ENTER and swallow the next key."""
    need(NVIM)
    shop.file("coderoute.toml", "[edits]\nreview = false\n")  # else marks beside the lines say it
    file, init = shop.file("a.py", BEFORE), tmp_path / "init.lua"
    init.write_text(setup(server()) + READY)
    command = [str(NVIM), "--clean", "-n", "-u", str(init), str(file)]
    environ = {**with_server(server(), shop.environment), VARIABLE: KEY, "TERM": "xterm"}
    async with screen(tmp_path.name, command, environ, columns=columns, lines=24) as nvim:
        await nvim.until("it is there")
        await nvim.keys(":Act Refactor (swift", "Enter")
        await stream(await shop.asked(), AFTER)
        await nvim.until("Refactor by sw")
        assert "Press ENTER" not in await nvim.text()
        await nvim.keys("g", "g", "x")
        await nvim.until("ef total")
        assert "Press ENTER" not in await nvim.text()
        await nvim.keys(":CodeRoute last", "Enter")
        await nvim.until(":CodeRoute undo  Undo")


@pytest.mark.parametrize("true_colours", [False, True])
async def test_ghost_text_never_looks_like_code(shop: World, tmp_path: Path, true_colours: bool) -> None:
    need(NVIM)
    file, init = shop.file("a.py", BEFORE), tmp_path / "init.lua"
    init.write_text(setup(server()) + READY + f"vim.o.termguicolors = {str(true_colours).lower()}\n")
    command = [str(NVIM), "--clean", "-n", "-u", str(init), str(file)]
    environ = {**with_server(server(), shop.environment), VARIABLE: KEY, "TERM": "xterm-256color"}
    async with screen(tmp_path.name, command, environ, columns=80, lines=24) as nvim:
        await nvim.until("it is there")
        await nvim.keys("G", "o", "paid = tot")
        await (await shop.asked("ghost", "paid = tot")).answer("al(prices)")
        await nvim.until("paid = total(prices)")
        line = next(line for line in (await nvim.text(colours=True)).splitlines() if "al(prices)" in line)
        (before,) = re.findall(r"((?:\x1b\[[\d;]*m)+)al\(prices\)", line)
        assert re.search(r"\b3\b|\b38\b", before), line  # in italics or in a colour of its own
