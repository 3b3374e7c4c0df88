"""What VS Code's users look for: one leader for all actions, menus, lenses, the commit's button, own prompts, models, silence."""

import asyncio
import json
import re
from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.editors.installed import TEST_S
from tests.editors.vscode import VSCode, shop_window
from tests.editors.world import AFTER, BEFORE, KEY, VARIABLE, World, git, stream, world

pytestmark = [pytest.mark.editors, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(TEST_S)]

LEADER = "Control+Alt+A"
NOTHING_SNOOZED = """() => [...document.querySelectorAll("[id*='coderoute.status']")]
    .every(each => !(each.getAttribute("aria-label") ?? "").includes("snoozed"))"""
REVIEW = '+++\ntitle = "Review the naming"\nfloor = 0.5\n+++\nName what has a poor name.\n'


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[World]:
    async with world(tmp_path_factory.mktemp("world")) as made:
        git(made.folder, "init", "-q")
        made.file("README.md", "# Shop\n")
        git(made.folder, "add", "-A")
        git(made.folder, "commit", "-qm", "docs: begin the shop")
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def code(shop: World, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[VSCode]:
    async with shop_window(tmp_path_factory.mktemp("vscode"), shop, {VARIABLE: KEY}) as opened:
        yield opened


async def test_the_leader_runs_an_action_and_cancels_it(code: VSCode, shop: World) -> None:
    await code.open("leader.py", BEFORE)
    await expect(code.status).to_have_attribute("aria-label", re.compile("CodeRoute, ready"))
    await code.press("Control+Home", LEADER, "r")
    request = await shop.asked()
    await request.start()
    await request.text("".join(AFTER.splitlines(keepends=True)[:2]))
    await code.shows("net = sum(prices)")
    await code.press(LEADER, "Escape")
    await request.closed()
    await code.shows("result = 0")
    await expect(code.notification("Refactor: swift")).to_be_hidden()
    assert await code.saved("leader.py") == BEFORE
    await code.clear_notifications()


async def test_every_action_is_in_the_palette(code: VSCode) -> None:
    await code.press("F1")
    box = code.quick_input.locator("input.input").first
    for title in ("Refactor", "Document", "Fix", "Explain", "Explain the Error", "Write Tests", "Write the Commit Message"):
        await box.fill(f">CodeRoute: {title}")
        await expect(code.quick_input.locator(".monaco-list-row").first).to_contain_text(title)
    await box.fill(">CodeRoute: ")
    await code.picture("control-palette")
    await code.press("Escape")


async def test_explain_and_tests_are_in_the_list_behind_control_dot(code: VSCode, shop: World) -> None:
    await code.open("bulb.py", BEFORE)
    await code.press("Control+Home")
    rows = await code.bulb("Explain (swift")
    for title in ("Write tests (swift", "Document (swift", "Refactor (swift"):
        await expect(rows.filter(has_text=title)).to_have_count(1)
    await code.picture("control-bulb")
    await code.press("Escape")
    await code.act("Explain (swift")
    await (await shop.asked()).answer("It adds up the **prices**.")
    preview = code.page.frame_locator("iframe.webview").last.frame_locator("iframe#active-frame")
    await expect(preview.locator("strong")).to_have_text("prices")
    await code.close_side()


async def test_the_context_menu_has_a_submenu(code: VSCode) -> None:
    await code.open("bulb.py")
    await code.press("Control+Home", "Shift+F10")
    item = code.page.locator(".monaco-menu .action-item", has_text="CodeRoute").first
    await item.hover()
    submenu = code.page.locator(".monaco-submenu")
    for title in ("Refactor", "Document", "Explain", "Write Tests", "Prompts of Your Own", "Model of an Action"):
        await expect(submenu).to_contain_text(title)
    await code.picture("control-context")
    await code.press("Escape", "Escape")


async def test_lenses_are_off_until_they_are_wanted(code: VSCode, shop: World) -> None:
    await code.open("lens.py", BEFORE)
    lenses = code.page.locator(".codelens-decoration a")
    await expect(lenses).to_have_count(0)
    shop.file(".vscode/settings.json", json.dumps({"coderoute.codeLens.enable": True}))
    await expect(lenses.first).to_have_text("Explain")
    await code.picture("control-lenses")
    await lenses.filter(has_text="Document").first.click()
    request = await shop.asked()
    assert "def total" in str(request.json["messages"])
    await request.answer('```python\n"""Adds up."""\n```')
    await code.shows('"""Adds up."""')
    await code.offer("Keep All")
    (shop.folder / ".vscode" / "settings.json").unlink()
    await expect(lenses).to_have_count(0)
    assert (await code.saved("lens.py")).startswith('def total(prices, rate):\n    """Adds up."""\n')


async def test_the_source_controls_button_writes_the_message(code: VSCode, shop: World) -> None:
    shop.file("till.py", "def open_till():\n    return 0\n")
    git(shop.folder, "add", "till.py")
    await code.press("Control+Shift+G")
    await code.press("g")
    button = code.page.locator(".scm-view, .pane-header").locator("a[aria-label*='Write the Commit Message']").first
    await code.page.locator(".scm-view").first.hover()
    await button.click()
    request = await shop.asked()
    said = str(request.json["messages"])
    assert "def open_till" in said
    assert "docs: begin the shop" in said
    await request.answer("feat: open the till")
    box = code.page.locator(".scm-view .scm-editor .view-lines").first
    await expect(box).to_contain_text("feat:\u00a0open\u00a0the\u00a0till", use_inner_text=False)
    await expect(code.notification("Commit message by swift, $0.")).to_be_visible()
    await code.picture("control-commit")
    await code.clear_notifications()
    git(shop.folder, "reset", "-q")
    await code.command("CodeRoute: Write the Commit Message")
    await expect(code.notification("Nothing is staged")).to_be_visible()
    await code.clear_notifications()


async def test_prompts_of_ones_own_run_like_actions_and_a_folders_wait_for_a_yes(code: VSCode, shop: World) -> None:
    own = shop.home / "config" / "actions"
    own.mkdir()
    (own / "review.md").write_text(REVIEW)
    (own / "broken.md").write_text("+++\ntitle = 3\n+++\nx")
    shop.file(".coderoute/actions/port.md", '+++\ntitle = "Port it"\nsurface = "edit"\n+++\nPort it.\n')
    await code.open("prompts.py", BEFORE)
    await code.press("Control+Home", LEADER, "p")
    await expect(code.quick_input).to_contain_text("Review the naming")
    await expect(code.quick_input).to_contain_text("line 2: the header needs a title")
    await expect(code.quick_input).not_to_contain_text("Port it")
    await code.picture("control-prompts")
    await code.press("Escape")
    await code.button("brings prompts of its own", "Offer them")
    await code.lines.click()
    await code.press("Control+Home", LEADER, "p")
    await code.pick("Review the naming")
    request = await shop.asked()
    assert "Name what has a poor name." in str(request.json["messages"])
    await request.answer("`total` says it **all**.")
    preview = code.page.frame_locator("iframe.webview").last.frame_locator("iframe#active-frame")
    await expect(preview.locator("strong")).to_have_text("all")
    await code.close_side()
    await code.press("Control+Home")
    await code.act("Port it (swift")
    await stream(await shop.asked(), AFTER)
    await code.shows("net = sum(prices)")
    await code.clear_notifications()
    (own / "broken.md").unlink()


async def test_a_model_is_picked_for_this_time_and_for_the_folder(code: VSCode, shop: World) -> None:
    await code.open("models.py", BEFORE)
    await code.press("Control+Home", LEADER, "m")
    await code.pick("Refactor")
    await expect(code.quick_input).to_contain_text("models that reach 0.70")
    for shown in ("swift", "grand", "score 0.93", "asked now", "$"):
        await expect(code.quick_input).to_contain_text(shown)
    await code.picture("control-models")
    await code.pick("grand")
    await code.picture("control-scope")
    await code.pick("This time")
    request = await shop.asked()
    assert request.model == "grand"
    await stream(request, BEFORE)
    await code.clear_notifications()
    await code.press(LEADER, "m")
    await code.pick("Refactor")
    await code.pick("grand")
    await code.pick("In this folder")
    await expect(code.notification("answers in shop from now on")).to_be_visible()
    await code.clear_notifications()
    await code.lines.click()
    await code.press("Control+Home", LEADER, "r")
    request = await shop.asked()
    assert request.model == "grand"
    await stream(request, BEFORE)
    await code.press(LEADER, "m")
    await code.pick("Refactor")
    await code.pick("Whichever is cheapest again")
    await code.pick("In this folder")
    await expect(code.notification("the cheapest model that is good enough answers")).to_be_visible()
    await code.clear_notifications()
    assert not (shop.folder / "coderoute.toml").exists()


async def test_the_menu_shows_the_budget_snoozes_and_switches_a_language_off(code: VSCode, shop: World) -> None:
    await code.open("silence.py", BEFORE)
    await code.status.click()
    await expect(code.quick_input).to_contain_text(re.compile(r"[█░]{10} \$0\.\d+ of \$5\.00 today"))
    await code.picture("control-menu")
    await code.pick("Snooze suggestions")
    await code.pick("5 minutes")
    await expect(code.status).to_have_attribute("aria-label", re.compile(r"Suggestions snoozed until \d"))
    await code.picture("control-snoozed")
    starting = asyncio.ensure_future(code.page.wait_for_function(NOTHING_SNOOZED))
    await code.command("CodeRoute: Restart Server")
    await starting
    await expect(code.status).to_have_attribute("aria-label", re.compile(r"Suggestions snoozed until \d"))  # told again
    await code.status.click()
    await code.pick("Snooze suggestions")
    await code.pick("Suggest again now")
    await expect(code.status).not_to_have_attribute("aria-label", re.compile("snoozed"))
    await code.status.click()
    await code.pick("Suggest nothing in python")
    await expect(code.notification("Ghost text and next edits in python are off")).to_be_visible()
    assert 'languages_off = ["python"]' in (shop.home / "config" / "config.toml").read_text()
    await expect(code.status).to_have_attribute("aria-label", re.compile("Nothing is suggested in: python"))
    await code.status.click()
    await code.pick("Suggest in python again")
    await expect(code.notification("in python are on")).to_be_visible()
    await code.clear_notifications()
