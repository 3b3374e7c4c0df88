"""From nothing: the built .vsix installs the wheel that it carries into its own folder, and ghost text and an action work."""

import re
import sys
import zipfile
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.editors.vscode import package, window
from tests.editors.world import AFTER, BEFORE, KEY, VARIABLE, World, stream, world

pytestmark = [pytest.mark.editors, pytest.mark.timeout(400)]

INSTALLATION_MS = 240_000


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncGenerator[World]:
    async with world(tmp_path) as made:
        yield made


async def test_the_extension_installs_its_server_and_works(shop: World, tmp_path: Path) -> None:
    # A plain Python, no coderoute-ls beside it, and none in the home folder.
    path = f"{sys.base_prefix}/bin:/usr/bin:/bin"
    environment = {**shop.environment, VARIABLE: KEY, "PATH": path, "HOME": str(tmp_path)}
    async with window(tmp_path / "vscode", shop.folder, await package(tmp_path), environment) as code:
        await code.open("first.py", BEFORE)
        await expect(code.notification("CodeRoute needs its language server")).to_be_visible()
        await code.picture("install")
        await code.button("CodeRoute needs its language server", "Install")
        await expect(code.notification("Installing the CodeRoute server")).to_be_visible()
        await expect(code.notification("Installing the CodeRoute server")).to_be_hidden(timeout=INSTALLATION_MS)
        await code.lines.click()
        await code.press("Control+Home")
        await code.act("Refactor (swift")
        await stream(await shop.asked(), AFTER)
        await expect(code.notification("Refactor by")).to_be_visible()
        assert await code.saved("first.py") == AFTER
        await code.type("\npaid = tot")
        await (await shop.asked("ghost", "paid = tot")).answer("al([3, 4], rate=0.2)")
        await expect(code.ghost).to_be_visible()
        await code.press("Tab")


async def test_the_package_holds_the_server_and_every_picture_that_its_pages_show(tmp_path: Path) -> None:
    with zipfile.ZipFile(await package(tmp_path)) as vsix:
        held = set(vsix.namelist())
        walkthrough = [name for name in held if name.startswith("extension/media/") and name.endswith(".md")]
        shown = {
            f"extension/media/{picture}"
            for name in walkthrough
            for picture in re.findall(r"!\[[^]]*\]\(([^)]+)\)", vsix.read(name).decode())
        }
        page = re.findall(r"!\[[^]]*\]\([^)]*?(media/[^)]+)\)", vsix.read("extension/readme.md").decode())
    assert len(page) == len(shown) == 3
    assert {f"extension/{picture}" for picture in page} | shown <= held
    assert [name for name in held if re.fullmatch(r"extension/server/coderoute_ls-.*\.whl", name)]
