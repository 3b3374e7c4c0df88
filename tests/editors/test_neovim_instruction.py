"""Neovim: an instruction with named files, a box that shows who would answer, asking on, explanations in a scratch window."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.editors.installed import NVIM, TEST_S, need, server
from tests.editors.neovim import READY, Neovim, Open, setup, with_server
from tests.editors.pictures import BACKGROUND
from tests.editors.screen import screen
from tests.editors.world import AFTER, BEFORE, KEY, VARIABLE, World, stream

pytestmark = [pytest.mark.editors, pytest.mark.timeout(TEST_S)]

ANSWER = """
_G.asked = {}
vim.ui.input = function(options, done) table.insert(_G.asked, options.prompt) done(table.remove(_G.words, 1)) end
vim.ui.select = function(rows, options, done)
  local labels = vim.tbl_map(options.format_item or tostring, rows)
  table.insert(_G.asked, options.prompt .. ' | ' .. table.concat(labels, ' | '))
  local wanted = table.remove(_G.picks, 1)
  for at, label in ipairs(labels) do
    if wanted and vim.startswith(label, wanted) then return done(rows[at], at) end
  end
  done(nil)
end
"""


async def answers(nvim: Neovim, words: list[str], picks: list[str]) -> None:
    """What the user will type and choose, in order."""
    await nvim.lua(ANSWER + "_G.words, _G.picks = ...", words, picks)


async def asked(nvim: Neovim) -> list[str]:
    return await nvim.lua("return _G.asked or {}")


async def report(nvim: Neovim) -> str:
    """The text of the scratch window, "" where there is none."""
    return await nvim.lua(
        "for _, w in ipairs(vim.api.nvim_list_wins()) do local b = vim.api.nvim_win_get_buf(w) "
        "if vim.startswith(vim.api.nvim_buf_get_name(b), 'coderoute://') then "
        "return table.concat(vim.api.nvim_buf_get_lines(b, 0, -1, false), '\\n') end end return ''"
    )


def ended(answers: int) -> Callable[[str], bool]:
    """Whether so many answers are there to their ends: each says who gave it."""
    return lambda text: text.count("swift, $") == answers


def said(request: Any) -> str:
    return json.dumps(request.json["messages"])


async def test_files_parts_and_symbols_are_named_in_the_command(opened: Open, shop: World) -> None:
    shop.file("tax.py", "RATE = 0.2\n\n\ndef tax(price):\n    return price * RATE\n\n\nSECOND = 2\n")
    async with opened("a.py", BEFORE) as nvim:
        await nvim.attached()
        await nvim.command(f"cd {shop.folder}")
        assert await nvim.lua("return vim.fn.getcompletion('CodeRoute edit @ta', 'cmdline')") == ["@tax.py"]
        await nvim.command("CodeRoute edit use sum @tax.py#tax @tax.py:1")
        request = await shop.asked()
        assert "use sum" in said(request)
        assert "return price * RATE" in said(request)
        assert "RATE = 0.2" in said(request)
        assert "SECOND" not in said(request)
        await stream(request, AFTER)
        await nvim.until(nvim.text, lambda text: text == AFTER.rstrip("\n"), "hold the new text")


async def test_the_box_shows_who_would_answer_and_a_quality_can_be_chosen(opened: Open, shop: World) -> None:
    shop.file("tax.py", "RATE = 0.2\n")
    async with opened("a.py", BEFORE) as nvim:
        await nvim.attached()
        await nvim.command(f"cd {shop.folder}")
        await answers(nvim, ["use sum @tax.py"], ["At 0.85: grand (≈ $", "Leave out tax.py (11 characters)", "Ask grand (≈ $"])
        await nvim.command("CodeRoute edit")
        request = await shop.asked()
        assert request.json["model"] == "grand"
        assert "use sum" in said(request)
        assert "RATE" not in said(request)
        prompts = await asked(nvim)
        assert prompts[0].startswith("Edit by swift (≈ $")
        assert "use sum (floor 0.65) | Ask swift (≈ $" in prompts[1]
        assert "Leave out tax.py" not in prompts[3]
        await stream(request, AFTER)
        await nvim.until(nvim.text, lambda text: text == AFTER.rstrip("\n"), "hold the new text")
        await nvim.command("CodeRoute sent")
        sent = await nvim.until(nvim.text, lambda text: "What was sent" in text, "show what was sent")
        assert "use sum" in sent


async def test_what_may_not_be_sent_is_refused_in_the_box(opened: Open, shop: World) -> None:
    shop.file(".env", "A=1\n")
    async with opened("a.py", BEFORE) as nvim:
        await nvim.attached()
        await nvim.command(f"cd {shop.folder}")
        await answers(nvim, ["use it @.env"], [])
        await nvim.command("CodeRoute edit")
        prompts = await nvim.until(lambda: asked(nvim), lambda prompts: len(prompts) == 2, "say why not")
        assert "Nothing would be sent: .env: it is ignored or secret" in prompts[1]
        assert "Ask " not in prompts[1]


async def test_an_explanation_streams_into_a_scratch_window_and_one_asks_on_there(opened: Open, shop: World) -> None:
    async with opened("a.py", BEFORE) as nvim:
        await nvim.attached()
        await nvim.act("Explain")
        await stream(await shop.asked(), "It **adds up** prices.\n")
        await nvim.until(lambda: report(nvim), ended(1), "show the explanation")
        assert await nvim.text() == BEFORE.rstrip("\n")  # the cursor stayed where it was
        await answers(nvim, ["What of an empty list?"], [])
        await nvim.command("CodeRoute ask")
        request = await shop.asked()
        assert "adds up" in said(request)
        assert (await asked(nvim))[0].startswith("Explain: a.py:1: ask swift (≈ $")
        await stream(request, "Then it is 0.\n")
        text = await nvim.until(lambda: report(nvim), ended(2), "show the second answer")
        assert text.index("adds up") < text.index("## What of an empty list?") < text.index("Then it is 0.")
        windows = await nvim.lua("return #vim.api.nvim_list_wins()")
        await nvim.command("wincmd j")
        await nvim.command("CodeRoute ask And None?")  # from the scratch window itself
        await stream(await shop.asked(), "It raises.\n")
        await nvim.until(lambda: report(nvim), lambda text: "It raises." in text, "show the third answer")
        assert await nvim.lua("return #vim.api.nvim_list_wins()") == windows
        await nvim.keys("q")
        await nvim.until(lambda: report(nvim), lambda text: text == "", "close the window")
        assert not list(shop.home.rglob("*.md"))
        assert "apabilit" not in await nvim.said()  # no complaint about what the server registers


async def test_the_box_as_a_user_sees_it(shop: World, tmp_path: Path) -> None:
    need(NVIM)
    shop.file("tax.py", "RATE = 0.2\n")
    (tmp_path / "init.lua").write_text(setup(server()) + READY + f"vim.o.background = '{BACKGROUND}'\n")
    file = shop.file("a.py", BEFORE)
    environment = with_server(server(), {**shop.environment, VARIABLE: KEY})
    command = (str(NVIM), "-n", "-i", "NONE", "-u", str(tmp_path / "init.lua"), "-c", f"cd {shop.folder}", str(file))
    async with screen("nvim-instruction", command, environment) as shown:
        await shown.until("it is there")
        await shown.keys(":CodeRoute edit", "Enter")
        await shown.until("Edit by swift (≈ $")
        await shown.picture("neovim-box")
        await shown.keys("use sum @tax.py", "Enter")
        await shown.until("1: Ask swift (≈ $")
        text = await shown.text()
        assert "Leave out tax.py (11 characters)" in text
        assert "At 0.85: grand (≈ $" in text
        await shown.picture("neovim-box-file")
        await shown.keys("1", "Enter")
        request = await shop.asked()
        assert "RATE = 0.2" in said(request)
        await stream(request, AFTER)
        await shown.until("net = sum(prices)")
