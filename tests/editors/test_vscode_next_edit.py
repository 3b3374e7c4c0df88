"""Next edits in real VS Code: drawn where they would be, led to and taken by Tab, rejected by Escape, and never in the way."""

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.editors.installed import TEST_S
from tests.editors.vscode import VSCode, shop_window
from tests.editors.world import USES, World, world

pytestmark = [pytest.mark.editors, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(TEST_S)]

ONCE = "def total(prices, rate):\n    return sum(prices) * rate\n"
"""With one use: the more often a change was made, the surer the others are, and which one comes first may change."""
FAR = USES.replace("    note", "    print(result)\n" * 60 + "    note").replace(" * rate", "")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[World]:
    async with world(tmp_path_factory.mktemp("world")) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def code(shop: World, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[VSCode]:
    async with shop_window(tmp_path_factory.mktemp("vscode"), shop) as opened:
        await opened.give_key()  # ghost text comes from a model then, which says what a test says
        yield opened


async def renamed(code: VSCode, name: str, text: str = USES) -> None:
    """The user renames the parameter ``rate`` in a new file."""
    await code.open(name, text)
    await code.press("Control+Home", *["ArrowRight"] * text.index("rate"), *["Delete"] * len("rate"))
    await code.type("tax")


async def test_the_uses_of_a_renamed_parameter_are_taken_one_after_the_other(code: VSCode) -> None:
    await renamed(code, "rename.py")
    await code.decorated("tax")
    await code.picture("next-edit")
    await code.press("Tab")
    await code.shows("price * tax")
    await code.decorated("tax", "tax")
    await code.press("Tab")
    await code.shows("result - tax")
    await code.decorated()
    await code.press("Control+Z")
    await code.shows("result - rate")
    await code.press("Tab")  # what was just undone is not suggested again: this is a tab
    assert (await code.saved("rename.py")).count("rate") == 3


async def test_a_hint_leads_to_what_is_far_away(code: VSCode) -> None:
    await renamed(code, "far.py", FAR)
    await code.decorated("⇥ next edit, line 66 ↓")
    await code.picture("next-edit-far")
    await code.press("Tab")
    await code.decorated("tax", "tax")
    await code.picture("next-edit-there")
    await code.shows("if rate")
    await code.press("Tab")
    await code.shows("if tax")
    assert "result - tax" in await code.saved("far.py")


async def test_ghost_text_and_the_menu_come_first(code: VSCode, shop: World) -> None:
    await renamed(code, "ghost.py", ONCE)
    await code.decorated("tax")
    await code.press("Control+End")
    await code.type("paid = tot")
    await (await shop.asked("ghost", "paid = tot")).answer("al([3, 4], tax=0.2)")
    await expect(code.ghost).to_be_visible()
    await code.decorated()
    await code.picture("next-edit-ghost")
    await code.press("Tab")
    assert (await code.saved("ghost.py")).endswith("paid = total([3, 4], tax=0.2)")
    await code.decorated("tax")
    await code.press("Enter", "Control+Space")
    await expect(code.page.locator(".suggest-widget.visible")).to_be_visible()
    before = (code.folder / "ghost.py").read_text().count("rate")
    await code.press("Escape")
    await expect(code.page.locator(".suggest-widget.visible")).to_have_count(0)
    assert (await code.saved("ghost.py")).count("rate") == before


async def test_what_is_rejected_goes_and_stays_away(code: VSCode) -> None:
    await renamed(code, "reject.py", ONCE)
    await code.decorated("tax")
    await code.press("Escape")
    await code.decorated()
    await code.command("CodeRoute: Suggest the Next Edit")
    await code.press("Tab")
    assert "sum(prices) * rate" in await code.saved("reject.py")
