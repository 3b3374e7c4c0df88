"""Edits under review in real VS Code: marked, kept and rejected change by change, and Esc takes back what is finished or runs."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.editors.installed import PATIENCE_S, TEST_S
from tests.editors.vscode import VSCode, shop_window
from tests.editors.world import REVIEWED, REWRITTEN, World, stream, world
from tests.support.long_edit import HUNKS, LONG, LONG_NEW, chosen, first_line, half

pytestmark = [pytest.mark.editors, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(TEST_S)]

FIRST_REJECTED = REWRITTEN.replace(
    "".join(REWRITTEN.splitlines(keepends=True)[1:3]), "".join(REVIEWED.splitlines(keepends=True)[1:6])
)
GONE = [
    "− def total(self, prices, rate):",
    "− result = 0 ⏎ for price in prices: ⏎ result = result + price ⏎ return result * r…",
    "− def size(self):",
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[World]:
    async with world(tmp_path_factory.mktemp("world")) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def code(shop: World, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[VSCode]:
    home = tmp_path_factory.mktemp("vscode")
    shop.file("coderoute.toml", "[next_edit]\nenable = false\n")  # Esc would take those away first
    async with shop_window(home, shop) as opened:
        await opened.give_key()
        yield opened


async def rewritten(code: VSCode, shop: World, name: str) -> None:
    """All of the class is rewritten, and under review; the cursor is in its first line."""
    await code.open(name, REVIEWED)
    await code.press("Control+Home")
    await code.act("Refactor (swift")
    await stream(await shop.asked(), REWRITTEN)
    await code.offered("Refactor by swift, $0.")


async def escape_at_the_top(code: VSCode) -> None:
    """Take back the edit in the first lines. A busy VS Code learns late in which edit the cursor is: press Esc until it does."""
    await code.press("Control+Home")
    async with asyncio.timeout(60):
        while "result = 0" not in (await code.lines.inner_text()).replace("\u00a0", " "):
            await code.press("Escape")
            await asyncio.sleep(0.5)


async def test_old_and_new_lines_are_told_apart_and_what_can_be_done_stays(code: VSCode, shop: World) -> None:
    await rewritten(code, shop, "marks.py")
    await code.decorated(*GONE)
    assert await code.signs() == ["2", "3", "8", "9"]
    for title in ("2 changes", "Keep All", "Undo All", "Retry on grand (≈ $0.", "Show Answer", "Open as Diff", "Change 1 of 2"):
        await code.offered(title)
    await expect(code.notifications).to_have_count(0)
    await code.picture("review")
    await code.offer("Keep All")
    await code.decorated()
    assert await code.signs() == []
    assert await code.saved("marks.py") == REWRITTEN


async def test_each_change_is_decided_by_itself_and_each_decision_is_one_undo_step(code: VSCode, shop: World) -> None:
    await rewritten(code, shop, "each.py")
    await code.decorated(*GONE)
    await code.press("Alt+F5")
    await code.command("CodeRoute: Reject This Change")
    await code.decorated(GONE[2])
    await code.offered("1 of 2 changes left, 0 kept, 1 rejected")
    await code.picture("review-half")
    await code.press("Alt+F5")
    await code.command("CodeRoute: Keep This Change")
    await code.decorated()
    assert await code.saved("each.py") == FIRST_REJECTED
    await code.press("Control+Z")
    await code.decorated(*GONE[:2])
    assert await code.saved("each.py") == REWRITTEN
    await code.press("Control+Z")
    await code.decorated()
    assert await code.saved("each.py") == REVIEWED


async def test_escape_takes_back_a_finished_edit_but_not_before_the_menu_is_closed(code: VSCode, shop: World) -> None:
    await rewritten(code, shop, "escape.py")
    await code.decorated(*GONE)
    await code.press("Control+Space")
    await expect(code.page.locator(".suggest-widget.visible")).to_be_visible()
    await code.press("Escape")
    await expect(code.page.locator(".suggest-widget.visible")).to_have_count(0)
    await code.decorated(*GONE)
    await code.press("Control+F")
    await expect(code.page.locator(".find-widget.visible")).to_be_visible()
    await code.press("Escape")
    await code.decorated(*GONE)
    await code.lines.click()
    await escape_at_the_top(code)
    await code.decorated()
    assert await code.saved("escape.py") == REVIEWED
    await code.press("Control+Z")
    await code.decorated(*GONE)
    assert await code.saved("escape.py") == REWRITTEN


async def test_escape_cancels_what_is_being_written(code: VSCode, shop: World) -> None:
    await code.open("cancel.py", REVIEWED)
    await code.press("Control+Home")
    await code.act("Refactor (swift")
    request = await shop.asked()
    await request.start()
    await request.text("".join(REWRITTEN.splitlines(keepends=True)[:3]))
    await code.offered("is being written")
    await code.shows("sum(prices)")
    await code.picture("review-writing")
    await code.lines.click()
    await code.press("Escape")
    await request.closed()
    await code.shows("result = 0")
    assert await code.saved("cancel.py") == REVIEWED


async def test_a_change_that_was_typed_in_is_only_rejected_after_a_question(code: VSCode, shop: World) -> None:
    await rewritten(code, shop, "typed.py")
    await code.press("Control+Home", "ArrowDown", "ArrowDown", "End")
    await code.type("  # mine")
    await code.offered("Change 1 of 2, changed since by you")
    await code.picture("review-changed")
    await code.command("CodeRoute: Reject This Change")
    await expect(code.notification("You have changed these lines")).to_be_visible()
    assert "# mine" in await code.saved("typed.py")
    await code.button("You have changed these lines", "Reject with My Changes")
    await code.decorated(GONE[2])
    assert await code.saved("typed.py") == FIRST_REJECTED


async def test_the_difference_opens_in_the_diff_view(code: VSCode, shop: World) -> None:
    await rewritten(code, shop, "diff.py")
    await code.offer("Open as Diff")
    sides = code.page.locator(".monaco-diff-editor .view-lines")
    await expect(sides.filter(has_text="result\u00a0=\u00a00").first).to_be_visible()
    await expect(sides.filter(has_text="sum(prices)").first).to_be_visible()
    await code.decorated()  # the diff says it
    await code.picture("review-diff")
    await code.press("Control+W")


async def test_two_edits_have_each_their_own(code: VSCode, shop: World) -> None:
    one, two = REVIEWED.replace("Cart", "One"), REVIEWED.replace("Cart", "Two")
    await code.open("two.py", f"{one}\n\n{two}")
    await code.press("Control+Home")
    await code.act("Refactor (swift")
    first = await shop.asked()
    await code.press("Control+End", "ArrowUp", "ArrowUp", *["ArrowUp"] * 10, "Home")
    await code.act("Refactor (swift")
    second = await shop.asked()
    await stream(second, REWRITTEN.replace("Cart", "Two"))
    await stream(first, REWRITTEN.replace("Cart", "One"))
    await code.decorated(*GONE, *GONE)
    await escape_at_the_top(code)
    await code.decorated(*GONE)
    assert await code.saved("two.py") == f"{one}\n\n{REWRITTEN.replace('Cart', 'Two')}"


async def go_to(code: VSCode, line: int) -> None:
    """Bring the cursor to the first change that is left, with the keys for that: again until its line is the one meant."""
    place = code.page.locator("[id='status.editor.selection']")
    async with asyncio.timeout(PATIENCE_S):
        while True:
            await code.press("Control+Home", "Alt+F5")
            with contextlib.suppress(AssertionError):
                await expect(place).to_contain_text(f"Ln {line}, Col 1", timeout=1_000)
                return


async def test_400_lines_are_reviewed_by_keys_and_half_of_the_changes_is_kept(code: VSCode, shop: World) -> None:
    rejecting, rejected, count = half(), set[int](), len(HUNKS)
    await code.open("long.py", f"# head\n{LONG}# tail\n")
    await code.press("Control+Home", "ArrowDown", "Control+Shift+End", "Shift+ArrowUp")
    await code.act("Refactor (swift")
    await stream(await shop.asked(), LONG_NEW)
    await code.offered(f"{count} changes")
    above, history = "# head\n", list[str]()

    def now() -> str:
        return "".join([above, *chosen(rejected), "# tail\n"])

    assert await code.saved("long.py") == now()
    for number in range(count):
        await go_to(code, first_line(number, rejected) + 1 + above.count("\n"))
        await code.offered(f"Change {number + 1} of {count}")
        if number in rejecting:
            history.append(now())
            rejected.add(number)
        await code.press("Control+Alt+a", "j" if number in rejecting else "k")
        await code.gone(f"Change {number + 1} of {count}")
        if number == count // 3:
            above = "# mine\n# head\n"
            await code.press("Control+Home")
            await code.type("# mine")
            await code.press("Enter")
            history.clear()
        if number == count // 2:
            await code.picture("review-long")
            assert await code.saved("long.py") == now()
    assert await code.saved("long.py") == now()
    for text in reversed(history):  # one step per decision
        await code.press("Control+z")
        assert await code.saved("long.py") == text


@pytest.mark.parametrize("key", ["Enter", "Backspace", "b", "v"])
async def test_the_keys_about_all_of_an_edit(code: VSCode, shop: World, key: str) -> None:
    name = f"key_{key.lower()}.py"
    await rewritten(code, shop, name)
    await code.decorated(*GONE)
    await code.press("Control+Alt+a", key)
    if key == "v":
        await expect(code.page.locator(".monaco-diff-editor .view-lines").first).to_be_visible()
        await code.press("Control+W")
        return
    if key == "b":
        assert (await shop.asked()).model == "grand"
        await code.shows("result = 0")
    await code.gone("2 changes")
    assert await code.saved(name) == (REWRITTEN if key == "Enter" else REVIEWED)
