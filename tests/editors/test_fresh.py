"""From nothing: the built .vsix installs the wheel that it carries into its own folder, and ghost text and an action work."""

import asyncio
import contextlib
import logging
import re
import sys
import time
import zipfile
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.editors.installed import TEST_S
from tests.editors.vscode import VSCode, package, window
from tests.editors.world import AFTER, BEFORE, World, stream

log = logging.getLogger(__name__)
pytestmark = [pytest.mark.editors, pytest.mark.timeout(TEST_S)]

INSTALLATION_MS = 240_000
FIRST_GHOST_S = 120.0
"""From the click on Install to the first ghost text."""
READERS = "".join(
    f"def read_{name}(path):\n    with open(path, encoding='utf-8') as stream:\n        return parse_{name}(stream.read())\n\n\n"
    for name in ("json", "toml", "yaml", "csv", "xml")
)


async def _typed_until_offered(code: VSCode, text: str) -> None:
    """Ghost text is asked for by typing: again while the server still starts, or learns the folder."""
    async with asyncio.timeout(FIRST_GHOST_S):
        while True:
            with contextlib.suppress(AssertionError):
                await expect(code.ghost).to_contain_text(text, timeout=3_000)
                return
            await code.press("Backspace")
            await code.type(" ")


async def test_the_extension_installs_its_server_and_gives_ghost_text_within_two_minutes(shop: World, tmp_path: Path) -> None:
    # A plain Python, no coderoute-ls beside it, none in the home folder, and no key.
    path = f"{sys.base_prefix}/bin:/usr/bin:/bin"
    environment = {**shop.environment, "PATH": path, "HOME": str(tmp_path)}
    shop.file("readers.py", READERS)
    async with window(tmp_path / "vscode", shop.folder, await package(tmp_path), environment) as code:
        await code.open("first.py", "")
        await expect(code.notification("CodeRoute needs its language server")).to_be_visible()
        await code.picture("install")
        started = time.monotonic()
        await code.button("CodeRoute needs its language server", "Install")
        await expect(code.notification("Installing the CodeRoute server")).to_be_visible()
        await expect(code.notification("Installing the CodeRoute server")).to_be_hidden(timeout=INSTALLATION_MS)
        installed = time.monotonic()
        await code.lines.click()
        await code.type("def read_ini(path):\n")
        await code.type("with open(path, encoding='utf-8') as ")
        await _typed_until_offered(code, "stream:")
        first = time.monotonic() - started
        log.info("installed after %.1f s, ghost text after %.1f s", installed - started, first)
        assert first <= FIRST_GHOST_S
        await code.picture("first")
        await code.press("Tab")
        # The same server, and everything that it needs to ask a vendor.
        await code.give_key()
        await code.open("second.py", BEFORE)
        await code.press("Control+Home")
        await code.act("Refactor (swift")
        await stream(await shop.asked(), AFTER)
        await code.offered("Refactor by")
        assert await code.saved("second.py") == AFTER


async def test_the_package_holds_the_server_and_every_picture_that_its_pages_show(tmp_path: Path) -> None:
    with zipfile.ZipFile(await package(tmp_path)) as vsix:
        held = set(vsix.namelist())
        walkthrough = [name for name in held if name.startswith("extension/media/") and name.endswith(".md")]
        shown = {
            f"extension/media/{picture}"
            for name in walkthrough
            for picture in re.findall(r"!\[[^]]*\]\(([^)]+)\)", vsix.read(name).decode())
        }
        besides = sum(file.compress_size for file in vsix.infolist() if not file.filename.endswith(".whl"))
        page = re.findall(r"!\[[^]]*\]\([^)]*?(media/[^)]+)\)", vsix.read("extension/readme.md").decode())
    assert len(page) == len(shown) == 3
    assert {f"extension/{picture}" for picture in page} | shown <= held
    assert [name for name in held if re.fullmatch(r"extension/server/coderoute_ls-.*\.whl", name)]
    assert besides <= 600_000  # bytes to download, besides the server
