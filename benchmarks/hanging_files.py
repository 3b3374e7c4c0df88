"""Files that hang: how long the real process takes to answer beside each, against a folder without any, and its memory."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable
from contextlib import suppress
from pathlib import Path
from typing import Any

from coderoute_ls.domain import Position, Span
from coderoute_ls.lsp_client.json_rpc_peer import Refused
from tests.security.test_hanging_files import NAME, SOURCE, TRAPS, children, peak_mb, serving, set_up

ALL = {name: trap for subject in TRAPS.values() for name, trap in subject.items()}
PATIENCE_S = 60.0
WARM = 3
"""Times that ghost text is asked for once the server is warm."""


async def timed(answer: Awaitable[object]) -> float:
    """Milliseconds, infinite where it takes longer than `PATIENCE_S`."""
    began = time.perf_counter()
    try:
        async with asyncio.timeout(PATIENCE_S):
            with suppress(Refused):  # where rules cannot be read, nothing of the folder is asked about
                await answer
    except TimeoutError:
        return float("inf")
    return 1_000 * (time.perf_counter() - began)


async def measured(place: Path) -> dict[str, float]:
    """Each answer in milliseconds, and the most memory that all processes had together."""
    async with serving(place, [place / "work"]) as (server, editor):
        took = {"initialize": await timed(editor.initialize())}
        buffer = editor.open((place / "work" / NAME).as_uri(), SOURCE)
        at = Position(9, 11)
        took["first ghost text"] = await timed(editor.inline(buffer, at).result)
        took["ghost text"] = max([await timed(editor.inline(buffer, at).result) for _ in range(WARM)])

        async def explained() -> None:
            started = await editor.run("explain", buffer, Span(Position(4, 0), Position(6, 0)))
            await editor.finished(started.job)

        took["explain"] = await timed(explained())
        asked = editor.inline(buffer, at)
        editor.peer.cancel(asked)
        took["cancel"] = await timed(asyncio.gather(asked.result, return_exceptions=True))
        megabytes = sum(map(peak_mb, (server.pid, *children(server.pid))))
        editor.notices.clear()
        editor.shown.clear()

        async def ended() -> None:
            await editor.exit()
            await server.wait()

        took["exit"] = await timed(ended())
    return {**took, "MB": megabytes}


def beside(trap: str) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        if trap:
            set_up(place / "work", ALL[trap])
        else:
            (place / "work").mkdir()
        return asyncio.run(measured(place))


def run() -> dict[str, Any]:
    without = beside("")
    with_traps = {trap: beside(trap) for trap in ALL}
    for name, took in {"a folder without any": without, **with_traps}.items():
        print(f"{name:36}" + "  ".join(f"{what} {value:5.0f}" for what, value in took.items()))
    again = beside("")
    print(f"{'a folder without any, again':36}" + "  ".join(f"{what} {value:5.0f}" for what, value in again.items()))
    worst = {what: max(took[what] for took in with_traps.values()) for what in without}
    median = {what: statistics.median(took[what] for took in with_traps.values()) for what in without}
    print("the worst: " + ", ".join(f"{what} {value:.0f}" for what, value in worst.items()))
    return {f"{what}_{kind}": round(took[what], 1) for kind, took in (("worst", worst), ("median", median)) for what in took}
