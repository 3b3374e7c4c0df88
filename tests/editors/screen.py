"""A terminal that a program runs in, read as a user sees it: tmux."""

import asyncio
import os
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager

from tests.editors.installed import PATIENCE_S, program
from tests.editors.pictures import terminal


class Screen:
    """One session of tmux."""

    def __init__(self, session: str, columns: int) -> None:
        self._session = session
        self._columns = columns

    async def keys(self, *keys: str) -> None:
        """Press these: text, or tmux's names of keys."""
        await _tmux("send-keys", "-t", self._session, *keys)

    async def text(self, *, colours: bool = False) -> str:
        """What is shown, with escape sequences for its colours where they are wanted."""
        return await _tmux("capture-pane", "-p", *(("-e",) if colours else ()), "-t", self._session)

    async def picture(self, name: str) -> None:
        """Keep what is shown."""
        await terminal(await self.text(colours=True), self._columns, name)

    async def until(self, text: str, *keys: str) -> None:
        """Wait until this is shown; ``keys`` are pressed now and again until it is."""
        screen = ""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while True:
                    if keys:
                        await self.keys(*keys)
                    for _ in range(40):
                        if text in (screen := await self.text()):
                            return
                        await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(f"The screen does not show {text!r} but\n{screen}") from None


@asynccontextmanager
async def screen(
    name: str, command: Sequence[str], environment: Mapping[str, str], *, columns: int = 120, lines: int = 30
) -> AsyncGenerator[Screen]:
    """Run ``command`` in a terminal of its own. ``name`` is the session's, among those of this process."""
    session = f"coderoute-{os.getpid()}-{name}".replace(".", "-").replace(":", "-")
    size = ("-x", str(columns), "-y", str(lines))
    variables = [part for item in environment.items() for part in ("-e", "=".join(item))]
    await _tmux("new-session", "-d", "-s", session, *size, *variables, *command, env=environment)  # PATH is the caller's there
    try:
        yield Screen(session, columns)
    finally:
        await _tmux("kill-session", "-t", session)


async def _tmux(*arguments: str, env: Mapping[str, str] | None = None) -> str:
    process = await asyncio.create_subprocess_exec(
        *(program("tmux"), "-L", "coderoute-tests", *arguments), env=env, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    assert process.returncode == 0
    return output.decode()
