"""Neovim as people use it: actions by command and key, own prompts, models, silence, commits, other plugins' menus, health."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.editors.installed import TEST_S, server
from tests.editors.neovim import Neovim, Open, neovim
from tests.editors.world import AFTER, BEFORE, KEY, VARIABLE, World, git, stream

pytestmark = [pytest.mark.editors, pytest.mark.timeout(TEST_S)]

REVIEW = '+++\ntitle = "Review the naming"\nfloor = 0.5\nsurface = "edit"\n+++\nGive better names.\n'
PICK = """
-- A user who takes what they were told to, and remembers what they saw.
_G.shown, _G.picks = {}, ...
vim.ui.select = function(items, opts, on_choice)
  local format = opts.format_item or tostring
  local listed = vim.tbl_map(format, items)
  table.insert(_G.shown, opts.prompt .. '\\n' .. table.concat(listed, '\\n'))
  local wanted = table.remove(_G.picks, 1)
  for index, text in ipairs(listed) do
    if wanted and text:find(wanted, 1, true) then return on_choice(items[index], index) end
  end
  on_choice(nil)
end
"""


SUGGESTED = """
local params = vim.lsp.util.make_position_params(0, 'utf-16')
params.context = { triggerKind = 2 }
local answers = assert(vim.lsp.buf_request_sync(0, 'textDocument/inlineCompletion', params, 20000))
local _, answer = next(answers)
return #(answer.result.items or answer.result)
"""
"""How much ghost text the server has for the cursor."""


async def picks(nvim: Neovim, *wanted: str) -> None:
    """What will be chosen in the next lists, each by a part of its text."""
    await nvim.lua(PICK, list(wanted))


async def shown(nvim: Neovim) -> str:
    """The lists that were shown, each under its question."""
    return await nvim.lua("return table.concat(_G.shown, '\\n\\n')")


async def offered(nvim: Neovim) -> None:
    """The server has read everything it needs to name a model."""

    async def named() -> str:
        return await nvim.lua(
            "local c = vim.lsp.get_clients({ bufnr = 0, name = 'coderoute' })[1] "
            "local run = { command = 'coderoute.offers', arguments = { { action = 'refactor', uri = vim.uri_from_bufnr(0) } } } "
            "local answer = c and c.initialized and c:request_sync('workspace/executeCommand', run, 5000) "
            "return answer and answer.result and answer.result.offers[1] and answer.result.offers[1].name or ''"
        )

    await nvim.until(named, lambda name: name == "swift", "offer a model")


async def test_an_action_runs_by_name_and_on_selected_lines(opened: Open, shop: World) -> None:
    async with opened("a.py", BEFORE) as nvim:
        await nvim.attached()
        await offered(nvim)
        await nvim.command("CodeRoute refactor")
        await stream(await shop.asked(), AFTER)
        await nvim.until(nvim.text, lambda text: text == AFTER.rstrip("\n"), "hold the new text")
        await nvim.command("2,3CodeRoute explain")
        request = await shop.asked()
        said = str(request.json["messages"])
        assert r"<region>\n    net = sum(prices)\n    return net + net * rate\n</region>" in said
        await request.answer("It adds up.")


async def test_keys_come_on_request_and_never_over_the_users_own(opened: Open, shop: World) -> None:
    async with opened("a.py", BEFORE) as nvim:
        await nvim.attached()
        await offered(nvim)
        assert await nvim.lua("return vim.fn.maparg('<leader>cr', 'n')") == ""
        await nvim.lua("vim.keymap.set('n', '<leader>cd', function() _G.mine = true end, { desc = 'my own' })")
        skipped = await nvim.lua("return require('coderoute').setup({ keys = true })")
        assert skipped == ["<leader>cd (n): my own"]
        await nvim.keys("\\cd")
        assert await nvim.lua("return _G.mine") is True
        await nvim.keys("\\cr")
        await stream(await shop.asked(), AFTER)
        await nvim.until(nvim.text, lambda text: text == AFTER.rstrip("\n"), "hold the new text")
        await nvim.keys("Vj\\cx")
        await (await shop.asked()).answer("It adds up.")
        assert await nvim.lua("return require('coderoute').setup({ keys = true })") == ["<leader>cd (n): my own"]


async def test_a_model_is_picked_for_this_time_and_for_the_folder(opened: Open, shop: World) -> None:
    async with opened("a.py", BEFORE) as nvim:
        await nvim.attached()
        await offered(nvim)
        await picks(nvim, "grand", "This time")
        await nvim.command("CodeRoute model refactor")
        await nvim.until(lambda: shown(nvim), lambda lists: "This time" in lists, "ask for how long")
        lists = await shown(nvim)
        assert "Refactor: models that reach 0.70 (the default)" in lists
        assert "swift  ≈ $" in lists
        assert ", score 0.78, asked now" in lists
        request = await shop.asked()
        assert request.model == "grand"
        await stream(request, BEFORE)
        await picks(nvim, "grand", "In this folder")
        await nvim.command("CodeRoute model refactor")
        await nvim.until(nvim.said, lambda said: "answers in shop from now on" in said, "say that it is kept")
        await nvim.command("CodeRoute refactor")
        request = await shop.asked()
        assert request.model == "grand"
        await stream(request, BEFORE)


async def test_suggestions_are_snoozed_and_a_language_is_off_as_the_statusline_says(opened: Open, shop: World) -> None:
    async with opened("a.py", BEFORE) as nvim:
        await nvim.attached()
        await offered(nvim)

        def status() -> Any:
            return nvim.lua("return require('coderoute').statusline()")

        await nvim.command("CodeRoute snooze 5")
        await nvim.until(status, lambda line: "[snoozed until " in line, "say that it is snoozed")
        await nvim.keys("Gopaid = tot")
        assert await nvim.lua(SUGGESTED) == 0
        assert not [request for request in shop.provider.log if "prompt" in request]  # which only holes have
        await picks(nvim, "Suggest again now")
        await nvim.command("CodeRoute snooze")
        await nvim.until(status, lambda line: "snoozed" not in line, "say that it is awake")
        await nvim.command("CodeRoute language off")
        await nvim.until(status, lambda line: "[off in python]" in line, "say that the language is off")
        await nvim.command("CodeRoute language on")
        await nvim.until(status, lambda line: "off in" not in line, "say that the language is on")
        assert await nvim.lua("return require('coderoute').budget()") == "░" * 10 + " $0.00 of $5.00"
        await picks(nvim)
        await nvim.command("CodeRoute")
        assert "Model of an action" in await shown(nvim)


async def test_prompts_of_ones_own_are_completed_run_and_checked(opened: Open, shop: World) -> None:
    own = shop.home / "config" / "actions"
    own.mkdir()
    (own / "review.md").write_text(REVIEW)
    (own / "broken.md").write_text('+++\ntitle = "x"\nfloor = 7\n+++\nx')
    async with opened("a.py", BEFORE) as nvim:
        await nvim.attached()
        await offered(nvim)
        assert await nvim.lua("return vim.fn.getcompletion('CodeRoute prompt ', 'cmdline')") == ["review"]
        await picks(nvim, "Review the naming (floor 0.50)")
        await nvim.command("CodeRoute prompt")
        request = await shop.asked()
        assert "Give better names." in str(request.json["messages"])
        await stream(request, AFTER)
        await nvim.until(nvim.text, lambda text: text == AFTER.rstrip("\n"), "hold the new text")
        await nvim.command("checkhealth coderoute")
        health = await nvim.text()
        assert f"Prompts of your own: 1, in {own}" in health
        assert "broken.md: line 3: floor must be a number from 0 to 1" in health
        assert "require('coderoute').setup({ keys = true })" in health


async def test_the_message_of_a_commit_is_written_into_gits_file(shop: World, tmp_path: Path) -> None:
    git(shop.folder, "init", "-q")
    shop.file("till.py", "def open_till():\n    return 0\n")
    git(shop.folder, "add", "till.py")
    file = shop.file(".git/COMMIT_EDITMSG", "\n# Please enter the commit message for your changes.\n")
    async with neovim(tmp_path / "nvim", file, server(), {**shop.environment, VARIABLE: KEY}) as nvim:
        await nvim.attached()
        await offered(nvim)
        await nvim.command("CodeRoute commit")
        request = await shop.asked()
        assert "def open_till" in str(request.json["messages"])
        await request.answer("Open the till")
        wanted = "Open the till\n# Please enter the commit message for your changes."
        await nvim.until(nvim.text, lambda text: text == wanted, "hold the message")
        await nvim.keys("u")
        await nvim.until(nvim.text, lambda text: not text.startswith("Open"), "take it back with one undo")


MENUS = {
    "blink": (
        "local source = require('coderoute.sources.blink').new({}, {}) "
        "assert(source:enabled()) "
        "source:get_completions({ bufnr = 0, trigger = { initial_kind = 'manual' } }, function(found) _G.found = found.items end)"
    ),
    "cmp": (
        "local source = require('coderoute.sources.cmp').new() "
        "assert(source:is_available() and source:get_position_encoding_kind() == 'utf-8') "
        "source:complete({ context = { option = { reason = 'manual' } } }, function(found) _G.found = found.items end)"
    ),
}
TAKE = {
    "blink": "source:execute({ bufnr = 0 }, item, function() end, put)",
    "cmp": "put() source:execute(item, function() end)",
}


@pytest.mark.parametrize("menu", MENUS)
@pytest.mark.parametrize("line", ["paid = tot", "größe_ß = 'ä'; paid = tot"])
async def test_another_plugins_menu_shows_and_takes_what_ghost_text_would(
    opened: Open, shop: World, menu: str, line: str
) -> None:
    """The plugins themselves are in no registry here: their documented interface of a source is called as they call it."""
    async with opened("a.py", BEFORE) as nvim:
        await nvim.attached()
        await offered(nvim)
        await nvim.lua("require('coderoute').setup({ ghost = false })")
        await nvim.keys(f"Go{line}")
        await nvim.until(nvim.text, lambda text: text.endswith(line), "hold the line")
        await nvim.lua(MENUS[menu])
        await (await shop.asked("ghost", line)).answer("al(prices, 0.2)")
        found = await nvim.until(lambda: nvim.lua("return _G.found or vim.NIL"), bool, "be given items")
        assert found[0]["label"] == "total(prices, 0.2)"
        assert found[0]["filterText"].startswith("tot")
        await nvim.lua(
            f"local source = require('coderoute.sources.{menu}').new({{}}, {{}}) local item = _G.found[1] "
            "local here = vim.api.nvim_get_current_buf() "
            "local function put() vim.lsp.util.apply_text_edits({ item.textEdit }, here, 'utf-8') end " + TAKE[menu]
        )
        await nvim.until(nvim.text, lambda text: text.endswith(line.removesuffix("tot") + "total(prices, 0.2)"), "hold the item")
        await nvim.until(nvim.usage, lambda said: bool(re.search(r"\| inline_completion \|.*\| 1 of \d", said)), "count it")
