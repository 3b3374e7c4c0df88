"""An hour of work, without its pauses: how much memory the server holds when idle, every ten minutes, and after all is closed.

``python -m benchmarks memory``

The user has twelve files of the standard library open, types and erases functions in them (1,500 keys in ten minutes), is shown
ghost text at every key, asks for a menu of actions now and then, has something rewritten six times, and opens and closes thirty
other files. The provider is on loopback; the built-in engine, a process of its own, learns the folder. The floor is an idle bare
pygls. Target: idle ≤ 60 MB, and no growth from the third ten minutes on.
"""

import asyncio
import random
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

from benchmarks import loopback
from benchmarks.driving import Driven, children_mb, resident_mb
from benchmarks.start import BARE
from coderoute_ls.domain import Position, Span
from coderoute_ls.lsp_client.scripted_editor import Buffer, Editor, items_of

PERIODS = 6
KEYS = 1_500
"""In ten minutes: six of them typing, at the mean gap of 0.239 s."""
OPEN = 12
VISITED = 30
REWRITES = 6
BODY = """    total = 0
    for price, discount in zip(prices, discounts):
        if discount > price:
            raise ValueError(price)
        total += price - discount
    return total
"""


def _workspace(folder: Path) -> list[Path]:
    """A copy of modules of ordinary length."""
    modules = sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))
    fitting = [module for module in modules if 3_000 < module.stat().st_size < 15_000]
    chosen = random.Random(1).sample(fitting, min(len(fitting), OPEN + 2 * VISITED))
    copies = [folder / module.name for module in chosen]
    for module, copy in zip(chosen, copies, strict=True):
        copy.write_bytes(module.read_bytes())
    return copies


class _User:
    """Works in an editor, without pauses."""

    def __init__(self, editor: Editor, files: list[Path]) -> None:
        self._editor = editor
        self._chance = random.Random(2)
        self._files = files
        self._buffers = [self._open(file) for file in files[:OPEN]]
        self.shown = 0
        self.rewritten = 0

    def _open(self, file: Path) -> Buffer:
        return self._editor.open(file.as_uri(), file.read_text("utf-8"))

    async def ten_minutes(self) -> None:
        typed = 0
        while typed < KEYS:
            typed += await self._write(self._chance.choice(self._buffers))
        for _ in range(REWRITES):
            await self._rewrite(self._chance.choice(self._buffers))
        for file in self._chance.sample(self._files[OPEN:], VISITED):
            buffer = self._open(file)
            await self._key(buffer, Position(0, 0), "#")
            self._editor.close(buffer)

    async def _write(self, buffer: Buffer) -> int:
        """Type a function at the end of the file, look at what could be done with it, and erase it."""
        name = f"def total_{self._chance.randrange(10**6)}(prices, discounts):\n"
        start = Position(len(buffer.lines) - 1, 0)
        place = start
        for key in name + BODY:
            await self._key(buffer, place, key)
            place = Position(place.line + 1, 0) if key == "\n" else Position(place.line, place.character + 1)
        await self._editor.code_actions(buffer, Span(start, start))
        self._editor.edit(buffer, {"range": buffer.range(Span(start, place)), "newText": ""})
        return len(name) + len(BODY)

    async def _key(self, buffer: Buffer, place: Position, key: str) -> None:
        at = buffer.position(place)
        self._editor.edit(buffer, {"range": {"start": at, "end": at}, "newText": key})
        after = Position(place.line + 1, 0) if key == "\n" else Position(place.line, place.character + 1)
        self.shown += bool(items_of(await self._editor.inline(buffer, after, invoked=False).result))

    async def _rewrite(self, buffer: Buffer) -> None:
        lines = buffer.lines
        found = [number for number, line in enumerate(lines[:-6]) if line.startswith(("def ", "class "))]
        first = self._chance.choice(found or [0])
        before = buffer.text
        started = await self._editor.run("refactor", buffer, Span(Position(first, 0), Position(first + 4, 0)))
        outcome = (await self._editor.finished(started.job)).outcome
        self.rewritten += outcome == "applied"
        end = {"line": len(buffer.lines) - 1, "character": len(buffer.lines[-1])}
        self._editor.edit(buffer, {"range": {"start": {"line": 0, "character": 0}, "end": end}, "newText": before})

    def close_all(self) -> None:
        for buffer in self._buffers:
            self._editor.close(buffer)


async def _hour(port: int, folder: Path) -> dict[str, object]:
    work = folder / "work"
    work.mkdir()
    files = _workspace(work)
    async with loopback.edited(port, folder / "home", work) as (editor, pid):
        await editor.until(lambda: editor.settings_asked > 0)
        await asyncio.sleep(3)
        idle = resident_mb(pid)
        user = _User(editor, files)
        held: list[float] = []
        engine: list[float] = []
        for _ in range(PERIODS):
            await user.ten_minutes()
            held.append(resident_mb(pid))
            engine.append(children_mb(pid))
            editor.statuses.clear()
            editor.edits.clear()
            editor.progress.clear()
        user.close_all()
        await asyncio.sleep(2.5)
        closed = resident_mb(pid)
    return {
        "idle_mb": round(idle, 1),
        "every_ten_minutes_mb": [round(mb, 1) for mb in held],
        "engine_mb": [round(mb, 1) for mb in engine],
        "closed_mb": round(closed, 1),
        "growth_mb": round(held[-1] - held[2], 1),
        "keys": PERIODS * KEYS,
        "ghost_texts": user.shown,
        "rewrites": user.rewritten,
    }


def _floor(folder: Path) -> float:
    bare = Driven([sys.executable, "-c", BARE], folder)
    time.sleep(1)
    try:
        return bare.memory_mb()
    finally:
        bare.end()


def run() -> dict[str, object]:
    """Prints the figures and returns them."""
    with tempfile.TemporaryDirectory() as folder, loopback.provider() as port:
        found = asyncio.run(_hour(port, Path(folder)))
        found["bare_pygls_idle_mb"] = round(_floor(Path(folder)), 1)
    print(f"{found['keys']:,} keys, {found['ghost_texts']:,} ghost texts, {found['rewrites']} rewrites")
    print(f"idle: {found['idle_mb']} MB (bare pygls {found['bare_pygls_idle_mb']})")
    print(f"every ten minutes: {found['every_ten_minutes_mb']} MB, after closing {found['closed_mb']} MB")
    print(f"growth from minute 30 to 60: {found['growth_mb']} MB")
    print(f"the built-in engine's process: {found['engine_mb']} MB")
    return found


if __name__ == "__main__":
    run()
