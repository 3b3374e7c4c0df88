"""Real VS Code in a browser, the built .vsix, the real server, a scripted vendor. One window; the tests go on from each other."""

import json
import os
import re
import signal
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.editors.installed import TEST_S
from tests.editors.vscode import VSCode, shop_window
from tests.editors.world import AFTER, BEFORE, KEY, World, stream, world

pytestmark = [pytest.mark.editors, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(TEST_S)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[World]:
    async with world(tmp_path_factory.mktemp("world")) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def fresh(shop: World, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[VSCode]:
    """The window as it is after the extension was installed."""
    async with shop_window(tmp_path_factory.mktemp("vscode"), shop) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def code(fresh: VSCode) -> VSCode:
    """The window once the user has given a key, without which no model is offered: each test may run alone."""
    await fresh.give_key()
    return fresh


def servers(shop: World) -> list[int]:
    """Processes of the server that belong to this world."""
    mark = f"CODEROUTE_HOME={shop.home}".encode()
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        try:
            if b"coderoute-ls" in (entry / "cmdline").read_bytes() and mark in (entry / "environ").read_bytes():
                found.append(int(entry.name))
        except (OSError, ValueError):
            continue
    return found


async def test_nothing_runs_until_a_file_is_open_or_a_command_asks(fresh: VSCode, shop: World) -> None:
    await fresh.command("CodeRoute: Show Log")
    await expect(fresh.page.locator(".panel .view-lines").first).to_contain_text("The server starts with the first file")
    await fresh.command("CodeRoute: Open Menu")
    for entry in ("Set API key", "Install the server", "Set the server's path"):
        await expect(fresh.quick_input).to_contain_text(entry)
    assert servers(shop) == []
    await fresh.press("Escape")
    # As the walkthrough's buttons do, before any file is open.
    await fresh.command("CodeRoute: Why This Model?")
    panel = fresh.page.frame_locator("iframe.webview").last.frame_locator("iframe#active-frame")
    await expect(panel.locator("body")).to_contain_text("Nothing was asked yet")
    await fresh.command("View: Close All Editors")
    await fresh.command("View: Toggle Panel Visibility")
    await fresh.open("first.py", BEFORE)
    await expect(fresh.status).to_have_attribute("aria-label", re.compile("ready"))  # no longer the spinner
    assert len(servers(shop)) == 1


async def test_the_key_is_used(code: VSCode, shop: World) -> None:
    await code.open("key.py", BEFORE)
    await code.press("Control+Home")
    await code.act("Refactor (swift")
    request = await shop.asked()
    assert request.headers["authorization"] == f"Bearer {KEY}"
    await stream(request, AFTER)
    await code.offered("Refactor by swift, $0.")
    await expect(code.status).to_contain_text("$0.")
    await expect(code.status).to_have_attribute("aria-label", re.compile("ready"))
    await code.clear_notifications()


async def test_ghost_text_is_accepted_with_tab(code: VSCode, shop: World) -> None:
    await code.open("ghost.py", BEFORE)
    await code.type("\npaid = tot")
    await (await shop.asked("ghost", "paid = tot")).answer("al([3, 4], rate=0.2)")
    await expect(code.ghost).to_be_visible()
    await code.picture("ghost")
    await code.press("Control+ArrowRight")
    await code.press("Tab")
    assert (await code.saved("ghost.py")).endswith("\npaid = total([3, 4], rate=0.2)")


async def test_a_draft_is_shown_first_and_gives_way_to_the_models_answer(code: VSCode, shop: World) -> None:
    rules = shop.file("coderoute.toml", "[inline]\ndraft_first = true\n[embedded]\nanswer_alone = false\n")
    await code.open("paid.py", "paid_in_full = total([3, 4], rate=0.2)\n" * 6)
    await code.open("draft.py", "x = 1\n")
    await code.type("paid_in_")
    request = await shop.asked("ghost", "paid_in_")
    await expect(code.ghost).to_contain_text("full")
    await request.answer("advance = 0")
    await expect(code.ghost).to_contain_text("advance")
    await code.press("Tab")
    assert (await code.saved("draft.py")).endswith("\npaid_in_advance = 0")
    rules.unlink()


async def test_a_refactoring_streams_in_and_one_undo_takes_it_back(code: VSCode, shop: World) -> None:
    await code.open("refactor.py", BEFORE)
    await code.press("Control+Home")
    await code.act("Refactor (swift")
    request = await shop.asked()
    await request.start()
    lines = AFTER.splitlines(keepends=True)
    await request.text("".join(lines[:2]))
    await code.shows("net = sum(prices)")
    await code.picture("refactor")
    await request.text(lines[2])
    await request.finish()
    await code.offered("Refactor by")
    await expect(code.notification("Refactor: swift")).to_be_hidden()
    await code.picture("refactored")
    assert await code.saved("refactor.py") == AFTER
    await code.press("Control+Z")
    assert await code.saved("refactor.py") == BEFORE
    await code.clear_notifications()


async def test_the_cancel_button_takes_back_what_was_written(code: VSCode, shop: World) -> None:
    await code.open("cancel.py", BEFORE)
    await code.press("Control+Home")
    await code.act("Refactor (swift")
    request = await shop.asked()
    await request.start()
    await request.text("".join(AFTER.splitlines(keepends=True)[:2]))
    await code.shows("net = sum(prices)")
    await code.button("Refactor", "Cancel")
    await request.closed()
    await code.shows("result = 0")
    assert await code.saved("cancel.py") == BEFORE
    await code.clear_notifications()


async def test_an_answer_for_a_file_behind_another_tab_leaves_that_tab_in_front(code: VSCode, shop: World) -> None:
    await code.open("front.py", "in_front = 1\n")
    await code.open("behind.py", BEFORE)
    await code.press("Control+Home")
    await code.act("Refactor (swift")
    request = await shop.asked()
    await code.open("front.py")
    await stream(request, AFTER)
    await expect(code.notification("Refactor by swift, $0.")).to_be_visible()
    await expect(code.page.locator(".tab.active[data-resource-name='front.py']").first).to_be_visible()
    await expect(code.page.locator(".tab.dirty[data-resource-name='behind.py']").first).to_be_visible()
    await code.clear_notifications()
    await code.open("behind.py")
    assert await code.saved("behind.py") == AFTER


async def test_a_notebooks_cell_is_refactored_where_it_stands(code: VSCode, shop: World) -> None:
    cell: dict[str, Any] = {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": BEFORE.splitlines(keepends=True),
    }
    metadata = {"language_info": {"name": "python"}}
    notebook: dict[str, Any] = {"cells": [cell], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    (shop.folder / "sums.ipynb").write_text(json.dumps(notebook))
    await code.open_notebook("sums.ipynb")
    await code.press("Control+Home")
    await code.act("Refactor (swift")
    request = await shop.asked()
    assert "for price in prices" in str(request.json["messages"])
    await stream(request, AFTER)
    await expect(code.notification("Refactor by swift, $0.")).to_be_visible()
    await code.clear_notifications()
    await code.press("Control+S")
    await expect(code.page.locator(".tab.active.dirty")).to_have_count(0)
    assert "".join(json.loads((shop.folder / "sums.ipynb").read_text())["cells"][0]["source"]) == AFTER
    await code.press("Control+W")  # only this one: others hold unsaved text, and VS Code would ask


async def test_an_explanation_streams_into_a_preview(code: VSCode, shop: World) -> None:
    await code.open("explain.py", BEFORE)
    await code.press("Control+Home")
    await code.press("Control+Alt+A", "a")
    await code.pick("Explain (swift")
    request = await shop.asked()
    await request.start()
    await request.text("It adds up the **prices** and then the tax.\n\n")
    preview = code.page.frame_locator("iframe.webview").last.frame_locator("iframe#active-frame")
    await expect(preview.locator("strong")).to_have_text("prices")
    await request.text("* `rate` is a fraction.\n* An empty list costs nothing.\n")
    await request.finish()
    await expect(preview.locator("li")).to_have_count(2)
    await code.picture("explain")
    await code.close_side()


async def test_why_shows_the_plot(code: VSCode) -> None:
    await code.open("refactor.py")
    await code.command("CodeRoute: Why This Model?")
    panel = code.page.frame_locator("iframe.webview").last.frame_locator("iframe#active-frame")
    await expect(panel.locator("svg").first).to_be_visible()
    await expect(panel.locator("body")).to_contain_text("swift")
    await code.picture("why")
    await code.close_side()


async def test_usage_shows_what_was_asked(code: VSCode) -> None:
    await code.command("CodeRoute: Show Usage")
    page = code.page.frame_locator("iframe.webview").last.frame_locator("iframe#active-frame")
    await expect(page.locator("table").first).to_contain_text("Today")
    await code.press("Control+W")


async def test_the_menu_changes_the_quality_and_with_it_the_model(code: VSCode, shop: World) -> None:
    await code.open("quality.py", BEFORE)
    await code.press("Control+Home")
    await code.status.click()
    await expect(code.quick_input).to_contain_text("Why this model?")
    await code.picture("menu")
    await code.pick("Quality for this workspace")
    await code.pick("best")
    await code.lines.click()
    await code.press("Control+Home")
    await code.act("Refactor (grand")
    request = await shop.asked()
    assert request.model == "grand"
    assert (shop.folder / "coderoute.toml").read_text() == 'quality = "best"\n'
    await stream(request, AFTER)
    await code.offered("Refactor by")
    await code.clear_notifications()


async def test_edit_asks_for_its_instruction(code: VSCode, shop: World) -> None:
    await code.open("edit.py", BEFORE)
    await code.press("Control+Home", "Control+Alt+E")
    await code.answer("use sum")
    request = await shop.asked()
    assert "use sum" in str(request.json["messages"])
    await stream(request, AFTER)
    await code.offered("Edit by instruction by swift")
    await code.offer("Undo All")
    await code.shows("result = 0")
    await code.clear_notifications()


async def test_a_crashed_server_comes_back(code: VSCode, shop: World) -> None:
    (before,) = servers(shop)
    os.kill(before, signal.SIGKILL)
    await code.open("crash.py", BEFORE)
    await code.press("Control+Home")
    await code.act("Refactor (grand")
    await stream(await shop.asked(), AFTER)
    await code.shows("net = sum(prices)")
    (after,) = servers(shop)
    assert after != before
