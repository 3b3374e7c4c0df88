"""Pictures of editors, to be looked at: where they go, and how a terminal becomes one."""

import io
import os
from pathlib import Path

from playwright.async_api import async_playwright
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from tests.editors.installed import program

PICTURES = os.environ.get("CODEROUTE_TEST_PICTURES", "")
"""Folder that pictures are written to, "" for none. Those that the extension and README show are in
client-vscode/media/pictures."""
THEME = os.environ.get("CODEROUTE_TEST_THEME", "Default Dark Modern")
"""VS Code's, for pictures in another one. A terminal is light where this is."""
BACKGROUND = "light" if "Light" in THEME else "dark"

CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
_XTERM = [
    *[(0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205), (0, 205, 205), (229, 229, 229)],
    *[(127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255), (255, 0, 255), (0, 255, 255), (255, 255, 255)],
]
_DARK = TerminalTheme((24, 24, 24), (220, 220, 220), _XTERM[:8], _XTERM[8:])
_LIGHT = TerminalTheme((255, 255, 255), (30, 30, 30), _XTERM[:8], _XTERM[8:])
_PAGE = """<html><head><meta charset="utf-8"><style>{stylesheet}
body {{ margin: 0; color: {foreground}; background: {background}; }}
pre {{ font: 14px/1.25 "DejaVu Sans Mono", monospace; margin: 0; padding: 8px; display: inline-block; }}
</style></head><body><pre>{code}</pre></body></html>"""


async def terminal(screen: str, columns: int, name: str) -> None:
    """Keep what a terminal shows, ``screen`` with escape sequences for its colours."""
    if not PICTURES:
        return
    console = Console(record=True, file=io.StringIO(), width=columns, color_system="truecolor", force_terminal=True)
    for line in screen.splitlines():
        console.print(Text.from_ansi(line), crop=False, soft_wrap=True)
    theme = _LIGHT if BACKGROUND == "light" else _DARK
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program("chromium"), args=CHROMIUM)
        try:
            page = await browser.new_page(viewport={"width": 1000, "height": 600})
            await page.set_content(console.export_html(theme=theme, code_format=_PAGE))
            await page.locator("pre").screenshot(path=Path(PICTURES) / f"{name}.png")
        finally:
            await browser.close()
