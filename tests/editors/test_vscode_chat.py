"""VS Code's own chat, without any account, answered through our provider: a floor is chosen, a picture shown, a tool called."""

import asyncio
import base64
import contextlib
import json
import struct
import zlib
from collections.abc import AsyncGenerator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.editors.installed import PATIENCE_S, TEST_S
from tests.editors.vscode import VSCode, shop_window
from tests.editors.world import BEFORE, World, world
from tests.support.provider import ScriptedRequest

pytestmark = [pytest.mark.editors, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(TEST_S)]

CHAT_ON = {"chat.disableAIFeatures": False}
PASTE = """async data => {
    const bytes = Uint8Array.from(atob(data), one => one.charCodeAt(0))
    await navigator.clipboard.write([new ClipboardItem({"image/png": new Blob([bytes], {type: "image/png"})})])
}"""


def blue(side: int = 32) -> bytes:
    """A picture of one colour, as PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\x20\x60\xf0" * side for _ in range(side))
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[World]:
    async with world(tmp_path_factory.mktemp("world")) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def code(shop: World, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[VSCode]:
    """A window whose chat is on, in which nobody ever signed in."""
    async with shop_window(tmp_path_factory.mktemp("vscode"), shop, user_settings=CHAT_ON) as opened:
        await opened.open("prices.py", BEFORE)
        await opened.give_key()
        yield opened


async def questioned(shop: World) -> ScriptedRequest:
    """The chat's next request; what else VS Code asks for beside it, such as a title, is answered shortly."""
    while True:
        request = await shop.asked()
        if request.json.get("tools"):
            return request
        await request.answer("A title")


async def call(request: ScriptedRequest, name: str, arguments: dict[str, Any]) -> None:
    function = {"name": name, "arguments": json.dumps(arguments)}
    one = {"index": 0, "id": "call-1", "type": "function", "function": function}
    await request.start()
    await request.event({"id": "scripted", "model": request.model, "choices": [{"index": 0, "delta": {"tool_calls": [one]}}]})
    await request.finish("tool_calls")


async def test_the_floors_are_offered_as_models_of_ones_own(code: VSCode) -> None:
    await code.command("CodeRoute: Use CodeRoute's Models in Chat")
    page = code.page.locator(".models-management-editor, .models-table-container").first
    for name in ("CodeRoute · 0.45", "CodeRoute · 0.70", "CodeRoute · best"):
        await expect(page).to_contain_text(name)
    await code.picture("chat-models")
    async with asyncio.timeout(PATIENCE_S):
        while await page.is_visible():  # it takes no key before it is all there
            await code.press("Escape")
            with contextlib.suppress(AssertionError):
                await expect(page).to_be_hidden(timeout=2_000)
    await code.clear_notifications()


async def test_the_chat_answers_with_a_call_of_a_tool_and_sees_a_picture(code: VSCode, shop: World) -> None:
    chat = code.page.locator(".interactive-session").first
    await code.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await code.press("Control+Alt+I")
    await expect(chat.locator(".interactive-input-part")).to_be_visible()
    await expect(code.page.locator(".statusbar")).not_to_contain_text("Activating")  # the input is laid out anew after that
    await code.press("Control+Alt+.")
    await expect(code.page.locator(".action-widget-dropdown").first).to_contain_text("CodeRoute · 0.45")
    await code.type("0.70")
    await expect(code.page.locator(".action-widget-dropdown").first).to_contain_text("swift ≈ $")
    await code.picture("chat-picker")
    await code.press("Enter")
    await expect(chat).to_contain_text("CodeRoute · ")
    await code.page.evaluate(PASTE, base64.b64encode(blue()).decode())
    await chat.locator(".interactive-input-part .monaco-editor").first.click()
    await code.press("Control+v")
    await expect(chat.locator(".chat-attached-context-attachment img, .chat-attached-context-pill-image").first).to_be_visible()
    await code.type("Which colour is this, and what does prices.py do?")
    await code.press("Enter")

    request = await questioned(shop)
    assert request.json["model"] == "swift"
    assert "data:image/" in json.dumps(request.json["messages"])
    await call(request, "read_file", {"filePath": str(shop.folder / "prices.py"), "startLine": 1, "endLine": 5})

    request = await questioned(shop)
    results = [message for message in request.json["messages"] if message["role"] == "tool"]  # type: ignore[union-attr]
    assert "for price in prices" in json.dumps(results)
    await request.start()
    await request.text("It is blue. ")
    await expect(chat).to_contain_text("It is blue.")
    await request.text("`prices.py` adds up prices and their tax.")
    await request.finish()
    await expect(chat).to_contain_text("adds up prices and their tax.")
    await code.picture("chat")


async def test_a_failure_says_what_to_do(code: VSCode, shop: World) -> None:
    chat = code.page.locator(".interactive-session").first
    await code.lines.click()
    await code.command("CodeRoute: Pause or Resume")
    await code.press("Control+Alt+I")
    await code.type("And now?")
    await code.press("Enter")
    await expect(chat).to_contain_text("CodeRoute is paused. Resume it")
    await expect(chat).not_to_contain_text("extension.js")  # no stack
    await code.picture("chat-refusal")


async def test_stopping_the_answer_hangs_up_on_the_vendor(code: VSCode, shop: World) -> None:
    await code.lines.click()
    await code.command("CodeRoute: Pause or Resume")
    await code.press("Control+Alt+I")
    await code.type("Once more?")
    await code.press("Enter")
    request = await questioned(shop)
    await request.start()
    await request.text("Once upon a time")
    await expect(code.page.locator(".interactive-session").first).to_contain_text("Once upon")
    await code.press("Escape")
    await request.closed()
