"""Real VS Code in a real browser: a window with our extension installed, and the few things a user does there."""

import asyncio
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import urllib.parse
import zipfile
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Locator, Page, async_playwright, expect
from playwright.async_api import TimeoutError as PlaywrightTimeout

from coderoute_ls.editors import editors
from tests.editors.installed import CODE_SERVER, NODE, PATIENCE_S, REPO, need, program, server
from tests.editors.pictures import CHROMIUM, PICTURES, THEME
from tests.editors.world import KEY, World

EXTENSION = REPO / "client-vscode"
LARGEST_VSIX = 600_000
"""Bytes, without the server's wheel in it."""
TIMEOUT_MS = PATIENCE_S * 1000

SETTINGS: Mapping[str, object] = {
    "chat.disableAIFeatures": True,
    "editor.autoClosingBrackets": "never",
    "editor.cursorBlinking": "solid",
    "editor.lightbulb.enabled": "off",
    "editor.minimap.enabled": False,
    "editor.quickSuggestions": {"other": "off", "comments": "off", "strings": "off"},
    "editor.suggestOnTriggerCharacters": False,
    "extensions.autoCheckUpdates": False,
    "extensions.autoUpdate": False,
    "extensions.ignoreRecommendations": True,
    "files.autoSave": "off",
    "telemetry.telemetryLevel": "off",
    "update.mode": "none",
    "window.commandCenter": False,
    "workbench.colorTheme": THEME,
    "workbench.enableExperiments": False,
    "workbench.layoutControl.enabled": False,
    "workbench.reduceMotion": "on",
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "workbench.startupEditor": "none",
    "workbench.tips.enabled": False,
}
_SERVER = [
    "--auth",
    "none",
    "--disable-telemetry",
    "--disable-update-check",
    "--disable-workspace-trust",
    "--disable-getting-started-override",
    "--disable-proxy",
    "--disable-file-downloads",
]
_DECORATIONS = """
    [...document.querySelectorAll('.editor-instance .view-line')]
      .sort((one, two) => one.getBoundingClientRect().top - two.getBoundingClientRect().top)
      .flatMap(line => [...line.querySelectorAll("span[class*='ced-']")])
      .map(each => getComputedStyle(each, '::after').content)
      .filter(text => text.startsWith('"'))
      .map(text => JSON.parse(text).replaceAll('\\u00a0', ' ').trim())
"""

_SIGNS = """
    [...document.querySelectorAll('.editor-instance .cgmr')]
      .filter(each => getComputedStyle(each).backgroundImage.includes('svg'))
      .map(each => each.getBoundingClientRect().top)
      .sort((one, two) => one - two)
      .map(top => [...document.querySelectorAll('.editor-instance .line-numbers')]
        .find(number => Math.abs(number.getBoundingClientRect().top - top) < 4)?.textContent ?? '?')
"""


class VSCode:
    """One window on one folder."""

    def __init__(self, page: Page, folder: Path) -> None:
        self.page = page
        self.folder = folder
        self.notifications = page.locator(".notifications-toasts .notification-list-item")
        self.quick_input = page.locator(".quick-input-widget")
        self.status = page.locator("#coderoute\\.coderoute\\.coderoute\\.status, [id*='coderoute.status']").first
        self.ghost = page.locator(".editor-instance .ghost-text-decoration, .editor-instance .ghost-text").first
        self.lines = page.locator(".editor-instance .view-lines").first

    # -- keys -----------------------------------------------------------------------------------------------------------

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)

    async def type(self, text: str) -> None:
        await self.page.keyboard.type(text, delay=25)

    async def command(self, title: str) -> None:
        """Run a command by its title in the palette."""
        await self._choose("F1", f">{title}", title)

    async def give_key(self) -> None:
        """The user gives the key without which no model is offered."""
        await self.command("CodeRoute: Set API Key")
        await self.pick("DeepSeek")
        await self.answer(KEY)

    async def _choose(self, key: str, text: str, label: str) -> None:
        """Type into the list that ``key`` opens, and take its first row. Anew while the row is not there: the list learns of
        files and of an extension's commands a moment late, and looks only once.
        """
        box = self.quick_input.locator("input.input").first
        row = self.quick_input.locator(".monaco-list-row").first
        async with asyncio.timeout(PATIENCE_S):
            while True:
                await self.press(key)
                await expect(box).to_be_focused()
                await box.fill(text)
                try:
                    await expect(row).to_contain_text(label, ignore_case=True, timeout=3_000)
                except AssertionError:
                    await self.press("Escape")
                    await expect(self.quick_input).to_be_hidden()
                else:
                    await self.press("Enter")
                    return

    async def pick(self, label: str) -> None:
        """Choose a row of the open list."""
        await expect(self.quick_input).to_be_visible()
        row = self.quick_input.locator(".monaco-list-row", has_text=label).first
        await expect(row).to_be_visible()
        await row.click()

    async def answer(self, text: str) -> None:
        """Fill the open input box."""
        box = self.quick_input.locator("input.input").first
        await expect(self.quick_input.locator(".quick-input-list")).to_be_hidden()
        await expect(box).to_be_focused()
        await box.fill(text)
        await self.press("Enter")

    # -- files ----------------------------------------------------------------------------------------------------------

    async def open(self, name: str, text: str | None = None) -> None:
        """Open a file of the folder, written first when there is a text; the cursor goes to its end."""
        if text is not None:
            (self.folder / name).write_text(text)
        await self._choose("Control+P", str(self.folder / name), name)
        await expect(self.page.locator(f".tab.active[data-resource-name='{name}']").first).to_be_visible()
        await self.lines.click()
        await self.press("Control+End")

    async def open_notebook(self, name: str) -> None:
        """Open a notebook of the folder; the cursor goes into its first cell."""
        await self._choose("Control+P", str(self.folder / name), name)
        cell = self.page.locator(".notebookOverlay .cell-editor-part .view-lines").first
        await expect(cell).to_be_visible()
        await cell.click()

    async def close_side(self) -> None:
        """Close what was opened beside the editor."""
        await self.lines.click()
        await self.command("View: Close Editors in Other Groups")

    async def saved(self, name: str) -> str:
        """The file's text after saving it."""
        await self.lines.click()
        await self.press("Control+S")
        await expect(self.page.locator(".tab.active.dirty")).to_have_count(0)
        return (self.folder / name).read_text()

    async def shows(self, text: str) -> None:
        """Wait until the editor shows this text."""
        await expect(self.lines).to_contain_text(text.replace(" ", "\u00a0"), use_inner_text=False)

    async def decorated(self, *texts: str) -> None:
        """Wait until decorations show exactly these texts behind pieces of the code, in this order. They are in no element's
        text: VS Code writes them into style sheets."""
        try:
            await self.page.wait_for_function(
                f"wanted => JSON.stringify({_DECORATIONS}) === wanted",
                arg=json.dumps(texts, separators=(",", ":"), ensure_ascii=False),
            )
        except PlaywrightTimeout:
            found = await self.page.evaluate(_DECORATIONS)
            raise AssertionError(f"VS Code shows {found} and not {list(texts)}") from None

    async def offered(self, title: str) -> None:
        """Wait until a CodeLens says this."""
        await expect(self._lens(title)).to_be_visible()

    async def gone(self, title: str) -> None:
        """Wait until no CodeLens says this."""
        await expect(self._lens(title)).to_have_count(0)

    async def offer(self, title: str) -> None:
        """Press a CodeLens."""
        await self._lens(title).click()

    def _lens(self, title: str) -> Locator:
        return self.page.locator(".editor-instance .codelens-decoration a", has_text=title).first

    async def signs(self) -> list[str]:
        """The numbers of the lines with a sign of ours beside them."""
        return await self.page.evaluate(_SIGNS)

    async def select_lines(self, first: int, last: int) -> None:
        """Select whole lines, counted from 1."""
        await self.press("Control+G")
        await self.answer(f"{first}")
        await self.press("Home", "Home")
        for _ in range(last - first + 1):
            await self.press("Shift+ArrowDown")

    # -- what VS Code shows ---------------------------------------------------------------------------------------------

    async def bulb(self, title: str) -> Locator:
        """Open the lightbulb's menu, anew while it does not offer this: the server may be starting, or reading its settings. Its
        rows."""
        rows = self.page.locator(".action-widget .monaco-list-row.action")
        async with asyncio.timeout(PATIENCE_S):
            while True:
                await self.press("Control+.")
                with contextlib.suppress(AssertionError):
                    await expect(rows.filter(has_text=title)).to_have_count(1, timeout=3_000)
                    return rows
                menu = self.page.locator(".action-widget").first
                if await menu.is_visible():  # else it would cancel an edit that is being written
                    await self.press("Escape")

    async def act(self, title: str) -> None:
        """Choose a code action of the lightbulb's menu with the keyboard."""
        rows = await self.bulb(title)
        labels = await rows.all_inner_texts()
        index = next(index for index, label in enumerate(labels) if title in label)
        await self.press(*["ArrowDown"] * index, "Enter")

    def notification(self, text: str) -> Locator:
        return self.notifications.filter(has_text=text).first

    async def button(self, notification: str, title: str) -> None:
        """Press a button of a notification."""
        shown = self.notification(notification)
        await expect(shown).to_be_visible()
        await shown.hover()
        await shown.locator(".monaco-button", has_text=title).first.click()

    async def clear_notifications(self) -> None:
        await self.command("Notifications: Clear All Notifications")

    async def picture(self, name: str) -> None:
        """Keep what the window shows, once nothing fades in or out any more; a spinner may turn."""
        await self.page.wait_for_function(
            "document.getAnimations().every(a => a.playState === 'finished' || a.effect.getTiming().iterations === Infinity)"
        )
        if PICTURES:
            await self.page.screenshot(path=Path(PICTURES) / f"{name}.png")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def run(*command: str, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> None:
    """Run to the end; fails with the command's output."""
    process = await asyncio.create_subprocess_exec(*command, cwd=cwd, env=env, stdout=-1, stderr=-2)
    output, _ = await process.communicate()
    assert process.returncode == 0, f"{' '.join(command)}\n{output.decode()}"


async def package(folder: Path) -> Path:
    """Build the extension as it is installed; returns the .vsix."""
    need(EXTENSION / "node_modules")
    vsix = folder / "coderoute.vsix"
    await run(program("npm"), "run", "--silent", "package", cwd=EXTENSION)
    shutil.copy(EXTENSION / "coderoute.vsix", vsix)
    with zipfile.ZipFile(vsix) as packed:
        wheel = sum(part.compress_size for part in packed.infolist() if part.filename.endswith(".whl"))
    assert vsix.stat().st_size - wheel <= LARGEST_VSIX
    return vsix


@asynccontextmanager
async def window(
    home: Path,
    folder: Path,
    vsix: Path,
    environment: Mapping[str, str],
    settings: Mapping[str, object] | None = None,
    *,
    user_settings: Mapping[str, object] | None = None,
) -> AsyncGenerator[VSCode]:
    """A window with the extension of ``vsix``, everything of VS Code's own in ``home``. ``environment`` reaches the server;
    ``settings`` are the machine's, where VS Code looks for what a workspace may not set; ``user_settings`` come on top of the
    usual ones."""
    need(NODE, CODE_SERVER)
    program("chromium")
    user = home / "user"
    for scope, values in (("User", {**SETTINGS, **(user_settings or {})}), ("Machine", settings or {})):
        (user / scope).mkdir(parents=True)
        (user / scope / "settings.json").write_text(json.dumps(values))
    own = {name: str(home / "xdg") for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")}
    env = {**os.environ, **own, **environment}
    env["PATH"] = f"{env['PATH']}:{NODE.parent}"
    common = ["--config", str(home / "config.yaml"), "--user-data-dir", str(user), "--extensions-dir", str(home / "extensions")]
    await run(str(NODE), str(CODE_SERVER), *common, "--install-extension", str(vsix), env=env)
    port = _free_port()
    with (home / "code-server.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(str(NODE), str(CODE_SERVER), *common, *_SERVER, "--bind-addr", f"127.0.0.1:{port}"),
            env=env,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        await _listening(port)
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=program("chromium"), args=CHROMIUM)
            page = await browser.new_page(viewport={"width": 1200, "height": 700})
            page.set_default_timeout(TIMEOUT_MS)
            expect.set_options(timeout=TIMEOUT_MS)
            await page.goto(f"http://127.0.0.1:{port}/?folder={urllib.parse.quote(str(folder))}")
            await page.wait_for_selector(".monaco-workbench .statusbar-item")
            try:
                yield VSCode(page, folder)
            finally:
                await browser.close()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        await process.wait()


@asynccontextmanager
async def shop_window(
    home: Path, shop: World, environment: Mapping[str, str] | None = None, *, user_settings: Mapping[str, object] | None = None
) -> AsyncGenerator[VSCode]:
    """A window on the shop's folder, with the settings that our command prints for VS Code: it runs the server under test.
    ``environment`` is added to the shop's own."""
    settings = json.loads(re.sub("^//.*$", "", editors()["vscode"].render(str(server())), flags=re.MULTILINE))
    around = {**shop.environment, **(environment or {})}
    async with window(home, shop.folder, await package(home), around, settings, user_settings=user_settings) as opened:
        yield opened


async def _listening(port: int) -> None:
    for _ in range(300):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            await writer.wait_closed()
            return
    raise AssertionError("code-server does not listen")
