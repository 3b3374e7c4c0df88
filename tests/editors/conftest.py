"""A shop that is made for one test, and Neovim in it. Tests of VS Code share a window, so they have a shop of their own."""

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from tests.editors.installed import server
from tests.editors.neovim import Neovim, Open, neovim
from tests.editors.world import KEY, VARIABLE, World, world


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncGenerator[World]:
    async with world(tmp_path) as made:
        yield made


@pytest.fixture
def opened(shop: World, tmp_path: Path) -> Open:
    """Neovim on a new file of the shop."""

    def open_(name: str, text: str) -> AbstractAsyncContextManager[Neovim]:
        return neovim(tmp_path / "nvim", shop.file(name, text), server(), {**shop.environment, VARIABLE: KEY})

    return open_
