"""Real Neovim, our plugin, the real server, a scripted vendor."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from tests.editors.installed import server
from tests.editors.neovim import Neovim, neovim
from tests.editors.world import AFTER, BEFORE, KEY, VARIABLE, World, stream, world

pytestmark = pytest.mark.editors

Open = Callable[..., AbstractAsyncContextManager[Neovim]]


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


async def test_ghost_text_is_typed_through_and_accepted_by_word_and_whole(opened: Open, shop: World) -> None:
    async with opened("a.py", BEFORE) as nvim:
        await nvim.attached()
        await nvim.keys("Gopaid = tot")
        await (await shop.asked("ghost", "paid = tot")).answer("al(prices, 0.2)")
        await nvim.until(nvim.ghost, lambda ghost: ghost == "al(prices, 0.2)", "offer the completion")
        await nvim.keys("al(")
        await nvim.until(nvim.ghost, lambda ghost: ghost == "prices, 0.2)", "keep the rest while it is typed")
        await nvim.keys("<M-Right>")
        await nvim.until(nvim.text, lambda text: text.endswith("paid = total(prices"), "take a word")
        assert await nvim.ghost() == ", 0.2)"
        await nvim.keys("<Tab>")
        await nvim.until(nvim.text, lambda text: text.endswith("paid = total(prices, 0.2)"), "take the rest")
        assert await nvim.ghost() == ""


async def test_a_refactoring_streams_in_and_one_undo_takes_it_back(opened: Open, shop: World) -> None:
    async with opened("a.py", BEFORE) as nvim:
        await nvim.attached()
        await nvim.act("Refactor")
        await stream(await shop.asked(), AFTER)
        await nvim.until(nvim.text, lambda text: text == AFTER.rstrip("\n"), "hold the new text")
        await nvim.until(nvim.said, lambda said: ":CodeRoute undo" in said, "say that it is done")
        await nvim.keys("u")
        await nvim.until(nvim.text, lambda text: text == BEFORE.rstrip("\n"), "hold the old text after one undo")


async def test_cancel_takes_back_what_was_written(opened: Open, shop: World) -> None:
    async with opened("a.py", BEFORE) as nvim:
        await nvim.attached()
        await nvim.act("Refactor")
        request = await shop.asked()
        await request.start()
        await request.text("def total(prices, rate):\n    net = sum(prices)\n")
        await nvim.until(nvim.text, lambda text: "net = sum(prices)" in text, "show the first lines")
        await nvim.command("CodeRoute cancel")
        await nvim.until(nvim.text, lambda text: text == BEFORE.rstrip("\n"), "hold the old text again")
        await request.closed()


async def test_edit_takes_its_instruction_and_asks_for_one(opened: Open, shop: World) -> None:
    async with opened("a.py", BEFORE) as nvim:
        await nvim.attached()
        await nvim.command("CodeRoute edit use sum")
        request = await shop.asked()
        assert "use sum" in str(request.json["messages"])
        await stream(request, AFTER)
        await nvim.until(nvim.text, lambda text: text == AFTER.rstrip("\n"), "hold the new text")


async def test_why_and_usage_open_in_a_window(opened: Open, shop: World) -> None:
    async with opened("a.py", BEFORE) as nvim:
        await nvim.attached()
        await nvim.act("Refactor")
        await stream(await shop.asked(), AFTER)
        await nvim.until(nvim.said, lambda said: ":CodeRoute undo" in said, "say that it is done")
        await nvim.command("CodeRoute why")
        await nvim.until(nvim.text, lambda text: "swift" in text, "show why")
        await nvim.keys("q")
        await nvim.command("CodeRoute usage")
        await nvim.until(lambda: nvim.lua("return vim.bo.filetype"), lambda kind: kind == "markdown", "show usage")


async def test_quality_changes_the_next_model(opened: Open, shop: World) -> None:
    async with opened("a.py", BEFORE) as nvim:
        await nvim.attached()
        await nvim.command("CodeRoute quality best")
        await nvim.until(
            lambda: nvim.lua("return vim.fn.glob(...)", str(shop.folder / "coderoute.toml")), bool, "write coderoute.toml"
        )
        assert (shop.folder / "coderoute.toml").read_text() == 'quality = "best"\n'
        await nvim.act("Refactor")
        request = await shop.asked()
        assert request.model == "grand"
        await stream(request, AFTER)


async def test_health_finds_the_server(opened: Open) -> None:
    async with opened("a.py", "") as nvim:
        await nvim.attached()
        await nvim.command("checkhealth coderoute")
        report = await nvim.until(nvim.text, lambda text: "coderoute" in text, "show its health")
        assert "ERROR" not in report
        assert "coderoute-ls, version" in report
