"""VS Code's instruction box and asking on: who would answer and the price in view, qualities, named files, refusals, history."""

import json
from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from playwright.async_api import Locator, expect

from tests.editors.installed import TEST_S
from tests.editors.vscode import VSCode, shop_window
from tests.editors.world import AFTER, BEFORE, World, stream, world

pytestmark = [pytest.mark.editors, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(TEST_S)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[World]:
    async with world(tmp_path_factory.mktemp("world")) as made:
        made.file(".gitignore", "build/\n")
        made.file("tax.py", "RATE = 0.2\n")
        made.file("secrets.env", "A=1\n")
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def code(shop: World, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[VSCode]:
    async with shop_window(tmp_path_factory.mktemp("vscode"), shop) as opened:
        await opened.open("prices.py", BEFORE)
        await opened.give_key()
        yield opened


def row(code: VSCode, text: str) -> Locator:
    return code.quick_input.locator(".monaco-list-row", has_text=text).first


async def open_box(code: VSCode) -> None:
    await code.lines.click()
    await code.press("Control+Home", "ArrowDown")
    await expect(code.quick_input).to_be_hidden()
    await code.press("Control+Alt+E")
    await expect(code.quick_input.locator("input.input").first).to_be_focused()
    await expect(code.quick_input).to_contain_text("Edit by instruction: swift, ≈ $")


async def choose_file(code: VSCode, name: str) -> None:
    await expect(code.quick_input).to_contain_text("A file that the model sees")
    await row(code, name).click()
    await expect(code.quick_input).to_contain_text("Edit by instruction")


async def test_the_box_shows_who_would_answer_for_how_much_and_what_the_model_sees(code: VSCode) -> None:
    await open_box(code)
    await expect(row(code, "Ask swift (≈ $")).to_contain_text("once you have typed what should change")
    for floor in ("0.45", "0.65", "0.70", "0.85"):
        await expect(row(code, floor)).to_be_visible()
    await code.picture("instruction-box")
    await code.press("Escape")
    await expect(code.quick_input).to_be_hidden()


async def test_a_quality_and_a_named_file_are_chosen_and_sent(code: VSCode, shop: World) -> None:
    await open_box(code)
    await row(code, "0.85").click()
    await expect(code.quick_input).to_contain_text("Edit by instruction: grand, ≈ $")
    await code.type("use @")
    await choose_file(code, "tax.py")
    await expect(row(code, "tax.py")).to_contain_text("11 characters")
    box = code.quick_input.locator("input.input").first
    await expect(box).to_have_value("use ")
    await code.type("sum")  # one goes on typing where one was
    await expect(box).to_have_value("use sum")
    await code.picture("instruction-file")
    await expect(row(code, "Ask grand (≈ $")).to_be_visible()
    await code.press("Enter")
    request = await shop.asked()
    said = json.dumps(request.json["messages"])
    assert request.json["model"] == "grand"
    assert "use sum" in said
    assert "RATE = 0.2" in said
    await stream(request, AFTER)
    await code.shows("net = sum(prices)")


async def test_a_file_can_be_taken_out_again_and_an_earlier_instruction_comes_back(code: VSCode, shop: World) -> None:
    await open_box(code)
    await code.type("@")
    await choose_file(code, "tax.py")
    await expect(row(code, "tax.py")).to_contain_text("11 characters")
    await row(code, "tax.py").hover()
    await row(code, "tax.py").get_by_role("button", name="Leave it out").click()
    await expect(code.quick_input.locator(".monaco-list-row", has_text="tax.py")).to_have_count(0)
    await row(code, "use sum").click()
    await expect(code.quick_input.locator("input.input").first).to_have_value("use sum")
    await expect(row(code, "Ask swift (≈ $")).to_be_visible()
    await row(code, "Ask swift (≈ $").click()
    request = await shop.asked()
    assert request.json["model"] == "swift"
    assert "RATE" not in json.dumps(request.json["messages"])
    await stream(request, AFTER)


async def test_what_may_not_be_sent_is_refused_before_anybody_is_asked(code: VSCode) -> None:
    await open_box(code)
    await code.type("use it @")
    await choose_file(code, "secrets.env")
    await expect(row(code, "Nothing would be sent")).to_contain_text("ignored or secret")
    await code.picture("instruction-refused")
    await code.press("Enter")
    await expect(code.quick_input).to_be_visible()
    await code.press("Escape")


async def test_what_was_sent_can_be_looked_at(code: VSCode) -> None:
    await open_box(code)
    await row(code, "Show what was sent last").click()
    page = code.page.frame_locator("iframe.webview").last.frame_locator("iframe#active-frame")
    await expect(page.locator("body")).to_contain_text("It is in memory alone")
    await expect(page.locator("body")).to_contain_text("use sum")
    await code.picture("instruction-sent")
    await code.page.locator(".tab", has_text="Preview sent.md").click(button="middle")
    await expect(code.page.locator("iframe.webview")).to_have_count(0)


async def test_one_asks_on_about_an_explanation_in_the_same_preview(code: VSCode, shop: World) -> None:
    await code.open("explained.py", BEFORE)
    await code.press("Control+Home")
    await code.press("Control+Alt+A", "x")
    await stream(await shop.asked(), "It **adds up** prices.\n")
    page = code.page.frame_locator("iframe.webview").last.frame_locator("iframe#active-frame")
    await expect(page.locator("body")).to_contain_text("It adds up prices.")
    await code.command("CodeRoute: Ask On About the Last Answer")
    await expect(code.quick_input).to_contain_text("Ask on: Explain: explained.py:1")
    await expect(code.quick_input).to_contain_text("swift would answer (≈ $")
    await code.picture("ask-on-box")
    await code.answer("What of an empty list?")
    request = await shop.asked()
    assert "adds up" in json.dumps(request.json["messages"])
    await stream(request, "Then it is 0.\n")
    await expect(page.locator("body")).to_contain_text("Then it is 0.")
    await expect(page.locator("body")).to_contain_text("It adds up prices.")
    await expect(page.get_by_role("heading", name="What of an empty list?")).to_be_visible()
    await expect(code.page.locator(".tab", has_text="Preview explanation.md")).to_have_count(1)
    await code.picture("ask-on")
