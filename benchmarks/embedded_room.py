"""The embedded engine as the server meets it: what it holds up on the event loop, and drafts through the child process.

``python -m benchmarks embedded_room``. The workspace is a copy of the standard library; every figure is wall time.
"""

import asyncio
import random
import shutil
import sysconfig
import tempfile
import time
from pathlib import Path

import numpy as np

from coderoute_ls.domain import Document, Position
from coderoute_ls.embedded import EmbeddedEngine, Progress
from coderoute_ls.text import split_lines

DRAFTS = 400
TICK_S = 0.001
PACKAGES = ("asyncio", "concurrent", "email", "http", "importlib", "json", "logging", "multiprocessing", "unittest", "xml")


def run() -> dict[str, object]:
    """Prints the figures and returns them, in milliseconds."""
    return asyncio.run(_run())


async def _run() -> dict[str, object]:
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "workspace"
        for package in PACKAGES:
            shutil.copytree(Path(sysconfig.get_paths()["stdlib"]) / package, root / package)
        size = sum(file.stat().st_size for file in root.rglob("*.py"))
        cold, stalls = await _learn(root, Path(scratch) / "cache")
        warm, _ = await _learn(root, Path(scratch) / "cache")
        drafts, changes = await _type(root, Path(scratch) / "cache")
    figures = {
        "source_mb": size / 1e6,
        "cold_s": cold,
        "warm_s": warm,
        "loop_late_p50_ms": _at(stalls, 50),
        "loop_late_p99_ms": _at(stalls, 99),
        "change_p50_ms": _at(changes, 50),
        "change_p99_ms": _at(changes, 99),
        "draft_p50_ms": _at(drafts, 50),
        "draft_p99_ms": _at(drafts, 99),
    }
    for name, value in figures.items():
        print(f"{name:20} {value:8.2f}")
    return dict(figures)


async def _learn(root: Path, cache: Path) -> tuple[float, list[float]]:
    """Seconds until the folder is learned, child's start included, and by how much a timer on the loop was late meanwhile."""
    learned = asyncio.Event()
    late: list[float] = []
    room = EmbeddedEngine(cache, on_progress=lambda progress: _heard(progress, learned))
    begun = time.perf_counter()
    room.add_folder(str(root))
    while not learned.is_set():
        before = time.perf_counter()
        await asyncio.sleep(TICK_S)
        late.append(time.perf_counter() - before - TICK_S)
    seconds = time.perf_counter() - begun
    await room.close()
    return seconds, late


def _heard(progress: Progress, learned: asyncio.Event) -> None:
    if progress.done == progress.total:
        learned.set()


async def _type(root: Path, cache: Path) -> tuple[list[float], list[float]]:
    """Time of each draft with its change, and of each change alone, at random places of one file."""
    learned = asyncio.Event()
    room = EmbeddedEngine(cache, on_progress=lambda progress: _heard(progress, learned))
    room.add_folder(str(root))
    await learned.wait()
    path = root / "email" / "message.py"
    lines = split_lines(path.read_text("utf-8"))
    chance = random.Random(1)
    drafts: list[float] = []
    changes: list[float] = []
    for version in range(DRAFTS):
        number = chance.randrange(len(lines))
        cut = chance.randint(0, len(lines[number].rstrip("\n")))
        changed = [*lines[:number], lines[number][:cut] + "\n", *lines[number + 1 :]]
        document = Document(path.as_uri(), "python", version, changed, str(path))
        begun = time.perf_counter()
        room.learn(document)
        changes.append(time.perf_counter() - begun)
        await room.draft(document, Position(number, cut))
        drafts.append(time.perf_counter() - begun)
    await room.close()
    return drafts, changes


def _at(seconds: list[float], percentile: float) -> float:
    return float(np.percentile(np.array(seconds) * 1e3, percentile))
