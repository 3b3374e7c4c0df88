"""Emacs and Vim with what ``coderoute-ls editor`` prints for them, the real server, a scripted vendor."""

import asyncio
import os
import shlex
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path

import pytest

from coderoute_ls.editors import editors
from tests.editors.installed import program, server
from tests.editors.world import AFTER, BEFORE, KEY, VARIABLE, World, stream, world

pytestmark = pytest.mark.editors

HERE = Path(__file__).parent


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncGenerator[World]:
    async with world(tmp_path) as made:
        yield made


def environment(shop: World) -> Mapping[str, str]:
    return {**os.environ, **shop.environment, VARIABLE: KEY}


def pasted(name: str, into: Path) -> Path:
    """The set-up that we print for this editor, as a file."""
    into.write_text(editors()[name].render(str(server())))
    return into


@pytest.mark.parametrize("mode", ["eglot", "lsp-mode"])
async def test_emacs_refactors(mode: str, shop: World, tmp_path: Path) -> None:
    setup = pasted(f"emacs-{mode}", tmp_path / "setup.el")
    file = shop.file("a.py", BEFORE)
    emacs = await asyncio.create_subprocess_exec(
        *(program("emacs"), "-Q", "--batch", "-l", str(HERE / "emacs" / f"{mode}.el"), str(setup), str(file)),
        env=environment(shop),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    answering = asyncio.create_task(_answer(shop))
    output, errors = await emacs.communicate()
    answering.cancel()
    assert emacs.returncode == 0, output.decode() + errors.decode()
    assert output.decode().endswith(AFTER)


async def _answer(shop: World) -> None:
    await stream(await shop.asked(), AFTER)


async def test_vim_with_ale_explains_and_never_hangs(shop: World, tmp_path: Path) -> None:
    setup = pasted("vim-ale", tmp_path / "setup.vim")
    session = f"coderoute-{tmp_path.name}"
    vimrc = tmp_path / "vimrc"
    vimrc.write_text(f"set nocompatible noswapfile\npackadd! ale\nfiletype plugin on\nsource {setup}\n")
    file = shop.file("a.py", BEFORE)
    command = shlex.join([program("vim"), "-u", str(vimrc), str(file)])
    await _tmux("new-session", "-d", "-s", session, "-x", "120", "-y", "30", command, env=environment(shop))
    try:
        await _until(session, "def total")
        # Takes the request when the server is there: before, ALE says that it has no code actions.
        await _until(session, "1) Explain (swift", ":ALECodeAction", "Enter")
        await _tmux("send-keys", "-t", session, "1", "Enter")
        await stream(await shop.asked(), "It adds up the prices.\n")
        await _until(session, "It adds up the prices.", ":messages", "Enter")
        await _tmux("send-keys", "-t", session, "Enter", ":echo 6*7", "Enter")
        await _until(session, "42")
    finally:
        await _tmux("kill-session", "-t", session)


async def _tmux(*arguments: str, env: Mapping[str, str] | None = None) -> str:
    process = await asyncio.create_subprocess_exec(
        *(program("tmux"), "-L", "coderoute-tests", *arguments), env=env, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    assert process.returncode == 0
    return output.decode()


async def _until(session: str, text: str, *keys: str) -> None:
    """Wait until the screen shows this; ``keys`` are pressed now and again until it does."""
    screen = ""
    try:
        async with asyncio.timeout(20):
            while True:
                if keys:
                    await _tmux("send-keys", "-t", session, "Escape", *keys)
                for _ in range(20):
                    if text in (screen := await _tmux("capture-pane", "-p", "-t", session)):
                        return
                    await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(f"Vim does not show {text!r} but\n{screen}") from None
