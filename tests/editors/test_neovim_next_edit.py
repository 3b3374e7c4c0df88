"""Next edits in real Neovim: drawn where they would be, led to and taken by Tab, rejected by Esc, and never in the way."""

import re
from pathlib import Path

import pytest

from tests.editors.installed import NVIM, TEST_S, need, server
from tests.editors.neovim import READY, Neovim, Open, setup, with_server
from tests.editors.pictures import BACKGROUND
from tests.editors.screen import screen
from tests.editors.world import KEY, USES, VARIABLE, World

pytestmark = [pytest.mark.editors, pytest.mark.timeout(TEST_S)]

FAR = USES.replace("    note", "    print(result)\n" * 40 + "    note").replace(" * rate", "")


async def renamed(nvim: Neovim) -> None:
    """The user renames the parameter ``rate`` and goes back to normal mode."""
    await nvim.attached()
    await nvim.until(lambda: nvim.lua("return require('coderoute.handlers').suggests_next_edits()"), bool, "hear of next edits")
    await nvim.keys("gg0/rate<CR>cwtax<Esc>")


async def suggests(nvim: Neovim, drawn: str) -> None:
    await nvim.until(nvim.next_edit, lambda found: found == drawn, f"suggest {drawn}")


async def test_the_uses_of_a_renamed_parameter_are_taken_one_after_the_other(opened: Open) -> None:
    async with opened("a.py", USES) as nvim:
        await renamed(nvim)
        await suggests(nvim, "4:[-rate-] {+tax+}")
        await nvim.keys("<Tab>")
        await suggests(nvim, "6:[-rate-] {+tax+} 7:[-rate-] {+tax+}")
        assert "price * tax" in await nvim.text()
        await nvim.keys("<Tab>")
        await nvim.until(nvim.text, lambda text: text.count("rate") == 1, "take the last ones")
        assert await nvim.said() == ""
        await nvim.keys("u")
        await nvim.until(nvim.text, lambda text: text.count("rate") == 3, "take back the last ones, and no more, by one undo")
        await nvim.lua("require('coderoute').next_edit()")
        await nvim.usage()
        assert await nvim.next_edit() == ""  # what was just undone is not suggested again


async def test_a_mark_leads_to_what_is_far_away(opened: Open) -> None:
    async with opened("a.py", FAR) as nvim:
        await renamed(nvim)
        await suggests(nvim, " ⇥ next edit, line 46 ↓  46:[-rate-] {+tax+} 47:[-rate-] {+tax+}")
        await nvim.keys("<Tab>")
        await nvim.until(lambda: nvim.lua("return vim.fn.line('.')"), lambda line: line == 46, "go there")
        await suggests(nvim, "46:[-rate-] {+tax+} 47:[-rate-] {+tax+}")
        assert "if rate" in await nvim.text()
        await nvim.keys("<Tab>")
        await nvim.until(nvim.text, lambda text: "if tax" in text, "take it there")
        await nvim.keys("<C-o>")
        await nvim.until(lambda: nvim.lua("return vim.fn.line('.')"), lambda line: line == 1, "go back")


async def test_what_is_rejected_goes_and_stays_away(opened: Open) -> None:
    async with opened("a.py", USES) as nvim:
        await renamed(nvim)
        await suggests(nvim, "4:[-rate-] {+tax+}")
        await nvim.keys("<Esc>")
        await suggests(nvim, "")
        await nvim.keys("<Tab>")
        await nvim.lua("require('coderoute').next_edit()")
        await nvim.until(nvim.usage, lambda text: "| next_edit | 1 | $0 | 0 of 1 |" in text, "say so in the usage")
        assert await nvim.next_edit() == ""


async def test_in_insert_mode_ghost_text_and_the_menu_come_first(opened: Open, shop: World) -> None:
    async with opened("a.py", USES) as nvim:
        await renamed(nvim)
        await suggests(nvim, "4:[-rate-] {+tax+}")
        await nvim.keys("Gopaid = tot")
        await (await shop.asked("ghost", "paid = tot")).answer("al(prices, 0.2)")
        await nvim.until(nvim.ghost, lambda ghost: ghost == "al(prices, 0.2)", "offer the completion")
        assert await nvim.next_edit() == ""
        await nvim.keys("<Tab>")
        await nvim.until(nvim.text, lambda text: text.endswith("paid = total(prices, 0.2)"), "take the ghost text")
        await nvim.until(nvim.next_edit, bool, "suggest again")
        assert "price * rate" in await nvim.text()
        await nvim.keys("<CR>pri<C-n>")
        await nvim.until(lambda: nvim.lua("return vim.fn.pumvisible()"), bool, "show the menu")
        assert await nvim.next_edit() == ""
        await nvim.keys("<Esc>")
        await nvim.until(nvim.next_edit, bool, "suggest again in normal mode")


async def test_where_it_is_switched_off_nothing_is_asked_or_shown(opened: Open, shop: World) -> None:
    shop.file("coderoute.toml", "[next_edit]\nenable = false\n[inline]\nenable = false\n")
    async with opened("a.py", USES) as nvim:
        await nvim.attached()
        await nvim.lua(
            "local client = vim.lsp.get_clients({ name = 'coderoute' })[1] local request = client.request _G.asked = {} "
            "client.request = function(self, method, ...) table.insert(_G.asked, method) return request(self, method, ...) end"
        )
        await nvim.keys("gg0/rate<CR>cwtax<Esc>")
        await nvim.usage()
        assert "coderoute/nextEdit" not in await nvim.lua("return _G.asked")
        assert await nvim.next_edit() == ""


@pytest.mark.parametrize("true_colours", [False, True])
async def test_what_is_seen_in_a_terminal(shop: World, tmp_path: Path, true_colours: bool) -> None:
    need(NVIM)
    file, init = shop.file("a.py", FAR), tmp_path / "init.lua"
    look = f"vim.o.termguicolors = {str(true_colours).lower()}\nvim.o.background = '{BACKGROUND}'\n"
    init.write_text(setup(server()) + READY + look)
    command = [str(NVIM), "--clean", "-n", "-u", str(init), str(file)]
    environ = {**with_server(server(), shop.environment), VARIABLE: KEY, "TERM": "xterm-256color"}
    name = f"neovim-{'gui' if true_colours else '256'}"
    async with screen(tmp_path.name, command, environ, columns=100, lines=26) as nvim:
        await nvim.until("it is there")
        await nvim.keys("gg0/rate", "Enter", "cwtax", "Escape")
        await nvim.until("⇥ next edit, line 46 ↓")
        await nvim.picture(f"{name}-next-edit-far")
        await nvim.keys("Tab")
        await nvim.until("if ratetax > 1:")  # old and new side by side ...
        (line,) = [line for line in (await nvim.text(colours=True)).splitlines() if "> 1:" in line]
        assert re.search(r"\x1b\[(?:\d+;)*9(?:;\d+)*m(?:\x1b\[[\d;]*m)*rate\x1b", line), line  # ... the old one struck through
        await nvim.picture(f"{name}-next-edit")
        await nvim.keys("Tab")
        await nvim.until("if tax > 1:")
