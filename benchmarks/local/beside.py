"""Ghost text while an action runs at the same model, and how soon a cancelled action lets the processor rest."""

import asyncio
import os
import statistics
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.local.keystrokes import ALONE, PATIENT, insert, source
from benchmarks.local.serving import Relay, edited, settings
from coderoute_ls.domain import Position, Span
from coderoute_ls.lsp_client.scripted_editor import Buffer, Editor

KEYS = 12
REGION = 100
"""Lines of the region that is rewritten: about 2,000 tokens."""
STEP_S = 0.25
IDLE_SHARE = 0.1
"""Of one core: less is idle."""


@dataclass(frozen=True, slots=True)
class Beside:
    """Seconds to the first token of ghost text, at the median and at worst; and from cancelling until the child was idle."""

    alone_p50_s: float
    alone_worst_s: float
    beside_p50_s: float
    beside_worst_s: float
    answered: int
    """Of the keys beside the action."""
    idle_after_s: float
    idle_after_cpu_s: float
    """Of the child's own processor time, which does not depend on what else runs."""
    disturbed: int
    """Keys during which more of the action's prompt was begun to be read."""

    def plain(self) -> dict[str, float]:
        return asdict(self)


async def measured(relay: Relay, fim: str, work: Path) -> Beside:
    """Types at one place, alone and beside a refactoring of another file; then cancels that."""
    async with edited(settings(relay, fim, more=PATIENT + ALONE), work / "home", work / "code", relay.server) as editor:
        typing = editor.open((work / "code" / "typing.py").as_uri(), source())
        other = editor.open((work / "code" / "other.py").as_uri(), source(REGION))
        insert(editor, typing, Position(500, 0), "    \n")
        cursor = Position(500, 4)
        alone, cursor = await _typed(relay, editor, typing, cursor)
        began = len(relay.requests)
        run = await editor.run("refactor", other, Span(Position(0, 0), Position(REGION, 0)))
        while not relay.acted(began):  # noqa: ASYNC110  another process is being waited for
            await asyncio.sleep(0.05)
        beside, cursor = await _typed(relay, editor, typing, cursor)
        last = relay.acted(began)[-1]
        running = last.ended_s is None or not last.path.endswith("chat/completions")
        editor.peer.notify("window/workDoneProgress/cancel", {"token": run.token})
        used = _cpu_s(relay.pid)
        idle = await _idle_after(relay)
        used = _cpu_s(relay.pid) - used
        assert running, "the action was over before the keys were"
    first = [key for key in alone[2:] if key is not None]  # the first ones read the file, and how fast that goes
    later = [key for key in beside if key is not None]
    assert first and later, "no key had its first token before the next question: the machine has too much else to do"
    return Beside(
        statistics.median(first),
        max(first),
        statistics.median(later),
        max(later),
        len(later),
        idle,
        used,
        _disturbed(relay, began),
    )


def _disturbed(relay: Relay, since: int) -> int:
    begun = [request.began for request in relay.acted(since)]
    spans = [(key.began, key.began + (key.ended_s or 0.0)) for key in relay.asked(since)]
    return sum(any(start < at < end for at in begun) for start, end in spans)


async def _typed(relay: Relay, editor: Editor, buffer: Buffer, cursor: Position) -> tuple[list[float | None], Position]:
    """Seconds to the first token for each key, None where none came."""
    found: list[float | None] = []
    for key in "value = other"[:KEYS]:
        cursor = insert(editor, buffer, cursor, key)
        since = len(relay.requests)
        await editor.inline(buffer, cursor, invoked=False).result
        asked = relay.asked(since)
        found.append(asked[-1].first_s if asked else None)
    return found, cursor


async def _idle_after(relay: Relay) -> float:
    """Seconds until the child uses less than a tenth of a core."""
    began = asyncio.get_running_loop().time()
    used = _cpu_s(relay.pid)
    while True:
        await asyncio.sleep(STEP_S)
        now = _cpu_s(relay.pid)
        if now - used < STEP_S * IDLE_SHARE:
            return asyncio.get_running_loop().time() - began - STEP_S
        used = now


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
