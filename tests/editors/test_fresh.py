"""From nothing: the built .vsix asks for the server, installs the built wheel into its own folder, and the first action works."""

import os
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.editors.installed import REPO
from tests.editors.vscode import package, run, window
from tests.editors.world import AFTER, BEFORE, KEY, VARIABLE, World, stream, world

pytestmark = [pytest.mark.editors, pytest.mark.timeout(400)]

INSTALLATION_MS = 240_000


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncGenerator[World]:
    async with world(tmp_path) as made:
        yield made


async def test_the_extension_installs_its_server_and_works(shop: World, tmp_path: Path) -> None:
    wheels = tmp_path / "wheels"
    await run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(wheels), str(REPO))
    links = " ".join(filter(None, [str(wheels), os.environ.get("PIP_FIND_LINKS")]))
    # A plain Python, and no coderoute-ls beside it.
    path = f"{sys.base_prefix}/bin:/usr/bin:/bin"
    environment = {**shop.environment, VARIABLE: KEY, "PATH": path, "PIP_FIND_LINKS": links}
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
