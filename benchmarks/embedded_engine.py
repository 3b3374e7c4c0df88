"""The embedded engine as the server meets it: what it holds up on the event loop, and drafts through the child process.

``python -m benchmarks embedded_engine``. The workspace is a copy of the standard library; every figure is wall time.
``python -m benchmarks.embedded_engine FOLDER`` learns that folder instead, however large, while somebody types in its first file.
"""

import asyncio
import os
import random
import shutil
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

import numpy as np

from coderoute_ls.domain import Document, Position
from coderoute_ls.embedded import EmbeddedEngine, Progress
from coderoute_ls.embedded.index.source_files import SUFFIXES
from coderoute_ls.text import split_lines

DRAFTS = 400
KEY_S = 0.1
"""Between two keys of who types meanwhile."""
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
    embedded = EmbeddedEngine(cache, on_progress=lambda progress: _heard(progress, learned))
    begun = time.perf_counter()
    embedded.add_folder(str(root))
    while not learned.is_set():
        before = time.perf_counter()
        await asyncio.sleep(TICK_S)
        late.append(time.perf_counter() - before - TICK_S)
    seconds = time.perf_counter() - begun
    await embedded.close()
    return seconds, late


def _heard(progress: Progress, learned: asyncio.Event) -> None:
    if progress.done == progress.total:
        learned.set()


async def _type(root: Path, cache: Path) -> tuple[list[float], list[float]]:
    """Time of each draft with its change, and of each change alone, at random places of one file."""
    learned = asyncio.Event()
    embedded = EmbeddedEngine(cache, on_progress=lambda progress: _heard(progress, learned))
    embedded.add_folder(str(root))
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
        embedded.learn(document)
        changes.append(time.perf_counter() - begun)
        await embedded.draft(document, Position(number, cut))
        drafts.append(time.perf_counter() - begun)
    await embedded.close()
    return drafts, changes


def learn_large(root: Path) -> dict[str, float | str]:
    """Learn a folder from nothing, then once more from the cache, while somebody types: how late the loop was, how long drafts
    took, how much memory the child had at most."""
    source = next(file for file in sorted(root.rglob("*")) if file.suffix in SUFFIXES and 10_000 < file.stat().st_size < 100_000)
    figures = asyncio.run(_learn_large(root, source, split_lines(source.read_text("utf-8"))))
    for name, value in figures.items():
        print(f"{name:24} {value if isinstance(value, str) else f'{value:10.2f}'}")
    return figures


async def _learn_large(root: Path, source: Path, lines: list[str]) -> dict[str, float | str]:
    figures: dict[str, float | str] = {}
    with tempfile.TemporaryDirectory() as cache:
        for name in ("cold", "warm"):
            notes: list[str] = []
            learned = asyncio.Event()

            def hear(progress: Progress, notes: list[str] = notes, learned: asyncio.Event = learned) -> None:
                notes.extend([progress.note] if progress.note else [])
                _heard(progress, learned)

            late: list[float] = []
            embedded = EmbeddedEngine(Path(cache), on_progress=hear)
            begun = time.perf_counter()
            embedded.add_folder(str(root))
            ticking = asyncio.create_task(_tick(late, learned))
            keys, drafts = await _type_until(embedded, source, lines, learned)
            figures[f"{name}_s"] = time.perf_counter() - begun
            await ticking
            figures[f"{name}_peak_mb"] = _peak_mb()
            for what, seconds in (("loop_late", late), ("key", keys), ("draft", drafts)):
                figures[f"{name}_{what}_p99_ms"], figures[f"{name}_{what}_worst_ms"] = _at(seconds, 99), _at(seconds, 100)
            figures[f"{name}_notes"] = " | ".join(notes)
            await embedded.close()
    return figures


async def _tick(late: list[float], learned: asyncio.Event) -> None:
    while not learned.is_set():
        before = time.perf_counter()
        await asyncio.sleep(TICK_S)
        late.append(time.perf_counter() - before - TICK_S)


async def _type_until(
    embedded: EmbeddedEngine, source: Path, lines: list[str], learned: asyncio.Event
) -> tuple[list[float], list[float]]:
    """Time that a key takes of the loop, and that its draft takes, one key after the other."""
    keys: list[float] = []
    drafts: list[float] = []
    version = 0
    while not learned.is_set():
        number = version % len(lines)
        cut = len(lines[number]) // 2
        document = Document(
            source.as_uri(), "", version, [*lines[:number], lines[number][:cut], *lines[number + 1 :]], str(source)
        )
        begun = time.perf_counter()
        embedded.learn(document)
        keys.append(time.perf_counter() - begun)
        await embedded.draft(document, Position(number, cut))
        drafts.append(time.perf_counter() - begun)
        version += 1
        await asyncio.sleep(KEY_S)
    return keys, drafts


def _peak_mb() -> float:
    """Most resident memory that the child has had (Linux)."""
    peaks = [
        int(line.split()[1])
        for status in Path("/proc").glob("[0-9]*/status")
        if (text := _status(status)) and f"PPid:\t{os.getpid()}\n" in text
        for line in text.splitlines()
        if line.startswith("VmHWM")
    ]
    return max(peaks, default=0) / 1024


def _status(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:
        return ""


def _at(seconds: list[float], percentile: float) -> float:
    return float(np.percentile(np.array(seconds) * 1e3, percentile))


if __name__ == "__main__":
    learn_large(Path(sys.argv[1]))
