"""Edits under review in real Neovim: marked, kept and rejected change by change, and Esc takes back what is finished or runs."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.editors.installed import NVIM, TEST_S, need, server
from tests.editors.neovim import READY, Neovim, Open, setup, with_server
from tests.editors.pictures import BACKGROUND
from tests.editors.screen import screen
from tests.editors.world import KEY, REVIEWED, REWRITTEN, VARIABLE, World, stream
from tests.support.long_edit import HUNKS, LONG, LONG_NEW, chosen, first_line, half

pytestmark = [pytest.mark.editors, pytest.mark.timeout(TEST_S)]

MARKS = [
    "2+",
    "2:change 1 of 2  [:CodeRoute keep change | reject change]",
    "2:-     def total(self, prices, rate):",
    "2:-         result = 0",
    "2:-         for price in prices:",
    "2:-             result = result + price",
    "2:-         return result * rate",
    "3+",
    "8+",
    "8:change 2 of 2  [:CodeRoute keep change | reject change]",
    "8:-     def size(self):",
    "9+",
]
FIRST_REJECTED = REWRITTEN.replace(
    "".join(REWRITTEN.splitlines(keepends=True)[1:3]), "".join(REVIEWED.splitlines(keepends=True)[1:6])
)


@asynccontextmanager
async def rewritten(opened: Open, shop: World) -> AsyncGenerator[Neovim]:
    """All of the class is rewritten, and under review."""
    async with opened("a.py", REVIEWED) as nvim:
        await nvim.attached()
        await nvim.act("Refactor")
        await stream(await shop.asked(), REWRITTEN)
        await nvim.until(nvim.review, bool, "mark something")
        await nvim.until(nvim.text, lambda text: text == REWRITTEN.rstrip("\n"), "hold the new text")
        yield nvim


async def marked(nvim: Neovim, *marks: str) -> None:
    """Wait for exactly these marks, but for the lines about all of it."""

    async def look() -> list[str]:
        return [mark for mark in await nvim.review() if not (":Refactor by" in mark or "[:CodeRoute keep | undo" in mark)]

    await nvim.until(look, lambda found: found == list(marks), f"mark {marks}")


async def go_to(nvim: Neovim, line: int) -> None:
    """Go to the first change that is left, by the keys for that: anew while the server has not told where it is since."""

    async def gone() -> int:
        await nvim.keys("gg]r")
        return await nvim.lua("return vim.fn.line('.')")

    await nvim.until(gone, lambda found: found == line, f"go to line {line}")


async def decided(nvim: Neovim, change: str) -> None:
    """Wait until this change is under review no longer."""
    await nvim.until(nvim.review, lambda marks: change not in "".join(marks), f"take away the marks of {change}")


async def holds(nvim: Neovim, text: str) -> None:
    await nvim.until(nvim.text, lambda found: found == text.rstrip("\n"), f"hold {text}")


async def at(nvim: Neovim, line: int) -> None:
    await nvim.until(lambda: nvim.lua("return vim.fn.line('.')"), lambda found: found == line, f"be at line {line}")


async def test_old_and_new_lines_are_told_apart_by_signs_and_what_can_be_done_stays(opened: Open, shop: World) -> None:
    async with rewritten(opened, shop) as nvim:
        await marked(nvim, *MARKS)
        heading, offered = (await nvim.review())[1:3]
        assert heading.startswith("2:Refactor by swift, $0.")
        assert heading.endswith(": 2 changes")
        assert offered.startswith("2:[:CodeRoute keep | undo | retry on grand (≈ $0.")
        assert offered.endswith("| show | diff]")
        assert await nvim.said() == ""  # the marks say it


async def test_each_change_is_decided_by_itself_and_each_decision_is_one_undo_step(opened: Open, shop: World) -> None:
    async with rewritten(opened, shop) as nvim:
        await marked(nvim, *MARKS)
        await nvim.keys("gg]r")
        await at(nvim, 2)
        await nvim.command("CodeRoute reject change")
        await holds(nvim, FIRST_REJECTED)
        await nvim.until(nvim.review, lambda marks: "11+" in marks and "2+" not in marks, "move what is left")
        await nvim.keys("]r")
        await at(nvim, 11)
        await nvim.command("CodeRoute keep change")
        await marked(nvim)
        await nvim.keys("u")
        await holds(nvim, REWRITTEN)
        await nvim.until(nvim.review, lambda marks: "2+" in marks and "8+" not in marks, "mark what is undecided again")
        await nvim.keys("u")
        await holds(nvim, REVIEWED)
        await marked(nvim)


async def test_escape_takes_back_the_finished_edit_and_undo_brings_it_again(opened: Open, shop: World) -> None:
    async with rewritten(opened, shop) as nvim:
        await marked(nvim, *MARKS)
        await nvim.keys("gg4j<Esc>")
        await holds(nvim, REVIEWED)
        await marked(nvim)
        await nvim.keys("u")
        await holds(nvim, REWRITTEN)
        await marked(nvim, *MARKS)


async def test_escape_cancels_what_is_being_written(opened: Open, shop: World) -> None:
    async with opened("a.py", REVIEWED) as nvim:
        await nvim.attached()
        await nvim.act("Refactor")
        request = await shop.asked()
        await request.start()
        await request.text("".join(REWRITTEN.splitlines(keepends=True)[:3]))
        await nvim.until(
            nvim.review, lambda marks: any("is being written  [:CodeRoute cancel]" in mark for mark in marks), "mark something"
        )
        await nvim.keys("<Esc>")
        await request.closed()
        await holds(nvim, REVIEWED)
        await marked(nvim)


async def test_a_change_that_was_typed_in_is_only_rejected_after_a_question(opened: Open, shop: World) -> None:
    async with rewritten(opened, shop) as nvim:
        await marked(nvim, *MARKS)
        await nvim.keys("ggjjA  # mine<Esc>")
        await nvim.until(nvim.review, lambda marks: "3~" in marks, "tell that it was changed")
        await nvim.lua("_G.asked = {} vim.ui.select = function(_, o, done) table.insert(_G.asked, o.prompt) done(nil, 2) end")
        await nvim.command("CodeRoute reject change")
        await nvim.until(lambda: nvim.lua("return _G.asked[1] or ''"), bool, "ask")
        assert "# mine" in await nvim.text()
        await nvim.lua("vim.ui.select = function(_, _, done) done(nil, 1) end")
        await nvim.command("CodeRoute reject change")
        await holds(nvim, FIRST_REJECTED)


async def test_the_difference_is_shown_side_by_side(opened: Open, shop: World) -> None:
    async with rewritten(opened, shop) as nvim:
        await marked(nvim, *MARKS)
        await nvim.command("CodeRoute diff")
        windows = "local w = vim.api.nvim_tabpage_list_wins(0) return #w == 2 and vim.wo[w[1]].diff and vim.wo[w[2]].diff"
        await nvim.until(lambda: nvim.lua(windows), bool, "show two windows that are compared")
        first = "return table.concat(vim.api.nvim_buf_get_lines(vim.fn.winbufnr(1), 0, -1, false), '\\n')"
        assert await nvim.lua(first) == REVIEWED.rstrip("\n")
        assert await nvim.review() == []  # the diff says it
        await nvim.command("CodeRoute diff")
        assert "is compared already" in await nvim.said()
        await nvim.command("1wincmd q")
        await marked(nvim, *MARKS)


async def test_what_is_kept_stays_and_the_marks_go(opened: Open, shop: World) -> None:
    async with rewritten(opened, shop) as nvim:
        await marked(nvim, *MARKS)
        await nvim.command("CodeRoute keep")
        await marked(nvim)
        await holds(nvim, REWRITTEN)


async def test_400_lines_are_reviewed_by_keys_and_half_of_the_changes_is_kept(opened: Open, shop: World) -> None:
    rejecting, rejected, count = half(), set[int](), len(HUNKS)
    async with opened("long.py", f"# head\n{LONG}# tail\n") as nvim:
        await nvim.attached()
        await nvim.lua("require('coderoute').setup({ keys = true })")
        await nvim.command("2,$-1CodeRoute refactor")
        await stream(await shop.asked(), LONG_NEW)
        await nvim.until(nvim.review, lambda marks: f"change 1 of {count}" in "".join(marks), "mark the changes")
        above, history = "# head\n", list[str]()

        def now() -> str:
            return "".join([above, *chosen(rejected), "# tail\n"])

        await holds(nvim, now())
        for number in range(count):
            await go_to(nvim, first_line(number, rejected) + 1 + above.count("\n"))
            if number in rejecting:
                history.append(now())
                rejected.add(number)
                await nvim.keys("\\cj")
            else:
                await nvim.keys("\\ck")
            await decided(nvim, f"change {number + 1} of {count}")
            await holds(nvim, now())
            if number == count // 3:
                history.append(now())
                above = "mine = 1\n# head\n"
                await nvim.keys("gg0imine = 1<CR><Esc>")
                await holds(nvim, now())
        await marked(nvim)
        for text in reversed(history):  # one step per decision
            await nvim.keys("u")
            await holds(nvim, text)
        await nvim.keys("u")
        await holds(nvim, f"# head\n{LONG}# tail\n")


@pytest.mark.parametrize("keys", ["\\c<CR>", "\\c<BS>", "\\cb", "\\cv"])
async def test_the_keys_about_all_of_an_edit(opened: Open, shop: World, keys: str) -> None:
    async with rewritten(opened, shop) as nvim:
        await nvim.lua("require('coderoute').setup({ keys = true })")
        await marked(nvim, *MARKS)
        await nvim.keys(f"gg{keys}")
        if keys == "\\cv":
            await nvim.until(lambda: nvim.lua("return vim.wo.diff"), bool, "compare")
            return
        if keys == "\\cb":
            assert (await shop.asked()).model == "grand"
        await holds(nvim, REWRITTEN if keys == "\\c<CR>" else REVIEWED)
        await marked(nvim)


@pytest.mark.parametrize("true_colours", [False, True])
async def test_what_is_seen_in_a_terminal(shop: World, tmp_path: Path, true_colours: bool) -> None:
    need(NVIM)
    file, init = shop.file("a.py", REVIEWED), tmp_path / "init.lua"
    look = f"vim.o.termguicolors = {str(true_colours).lower()}\nvim.o.background = '{BACKGROUND}'\n"
    init.write_text(setup(server()) + READY + look + "require('coderoute').setup({ keys = true })\n")
    command = [str(NVIM), "--clean", "-n", "-u", str(init), str(file)]
    environ = {**with_server(server(), shop.environment), VARIABLE: KEY, "TERM": "xterm-256color"}
    name = f"neovim-{'gui' if true_colours else '256'}"
    async with screen(tmp_path.name, command, environ, columns=100, lines=26) as nvim:
        await nvim.until("it is there")
        await nvim.keys("\\cr")
        await stream(await shop.asked(), REWRITTEN)
        await nvim.until("change 2 of 2")
        shown = await nvim.text()
        for part in ("- ", "+ ", "Refactor by swift", "2 changes", "[:CodeRoute keep | undo | retry on grand", "| show | diff]"):
            assert part in shown
        await nvim.picture(f"{name}-review")
        await nvim.keys("]r", "\\cj")
        await nvim.until("1 of 2 changes left, 0 kept, 1 rejected")
        await nvim.picture(f"{name}-half")
        await nvim.keys(":CodeRoute diff", "Enter")
        await nvim.until("coderoute://before/")
        await nvim.picture(f"{name}-diff")
