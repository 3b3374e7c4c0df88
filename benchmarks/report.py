"""``docs/performance.md`` and its picture, from what every benchmark found last."""

import json
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.picture import svg
from benchmarks.targets import WHY, Result, results

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / ".benchmarks"
DOCUMENT = ROOT / "docs" / "performance.md"
PICTURE = ROOT / "docs" / "performance.svg"
VERSIONS = ("pygls", "lsprotocol", "httpx", "pydantic", "numpy", "orjson")


def write() -> None:
    """Write both files anew."""
    known = {path.stem for path in Path(__file__).parent.iterdir()}
    kept = [json.loads(path.read_text("utf-8")) for path in sorted(RESULTS.glob("*.json")) if path.stem in known]
    found = results({result["name"]: result["figures"] for result in kept})
    DOCUMENT.parent.mkdir(exist_ok=True)
    DOCUMENT.write_text(document(kept, found), "utf-8")
    PICTURE.write_text(svg(found), "utf-8")


def document(kept: Sequence[Mapping[str, Any]], found: Sequence[Result]) -> str:
    """The document: machine and versions, every promise, and what every benchmark printed last."""
    dates = sorted(result["date"] for result in kept)
    met = sum(result.met is True for result in found)
    minutes = sum(result["seconds"] for result in kept) / 60
    lines = [
        "# Performance",
        "",
        f"Written by `make bench`; measured between {dates[0]} and {dates[-1]}, in {minutes:.1f} minutes.",
        "Medians where nothing else is said. Figures stand beside a floor from the same run: read the ratios, machines differ.",
        "",
        f"* Machine: {_processor()}, {_memory()}, {platform.system()} {platform.release()}",
        f"* Python {platform.python_version()}; " + ", ".join(f"{name} {version(name)}" for name in VERSIONS),
        "",
        "![Every question as ours beside its floor, on a logarithmic scale](performance.svg)",
        "",
        "## What we promise",
        "",
        f"{met} of {len(found)} targets are met.",
        "",
        "| | ours | floor | ours / floor | target | met |",
        "|---|---:|---:|---:|---|---|",
        *(_row(result) for result in found),
    ]
    if missed := [result for result in found if result.met is False]:
        lines += ["", "Missed, and why:", ""]
        lines += [f"* {result.line.question}: {WHY.get(result.line.id, 'not explained yet.')}" for result in missed]
    for result in kept:
        doc = str(result["doc"]).split("\n\n")
        about = [part.replace("\n", " ") for part in doc if not part.startswith("``python -m benchmarks")]
        printed = str(result["printed"]).strip("\n")
        lines += ["", f"## {result['name']}", ""]
        lines += [line for part in about for line in (part, "")]
        lines += ["```text", printed, "```", "", f"({result['seconds']} s)"]
    return "\n".join(lines) + "\n"


def _row(result: Result) -> str:
    line = result.line
    floor = f"{_figure(result.floor, result)} ({line.floor_name})" if result.floor is not None else "–"
    ratio = "–" if result.ours is None or not result.floor else f"{result.ours / result.floor:.2g}"
    sign, of_floor = line.kind[0], line.kind.endswith("floor")
    target = f"{sign} {line.target:,g} {'× floor' if of_floor else line.unit}".rstrip()
    met = {True: "yes", False: "**no**", None: "not measured"}[result.met]
    return f"| {line.question} | {_figure(result.ours, result)} | {floor} | {ratio} | {target} | {met} |"


def _figure(value: float | None, result: Result) -> str:
    return "–" if value is None else f"{value:,.{result.line.digits}f} {result.line.unit}".rstrip()


def _processor() -> str:
    rows = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    models = [row.partition(":")[2].strip() for row in rows if row.startswith("model name")]
    return f"{len(models)} × {models[0]}" if models else platform.processor()


def _memory() -> str:
    rows = Path("/proc/meminfo").read_text().splitlines() if Path("/proc/meminfo").exists() else []
    total = next((int(row.split()[1]) for row in rows if row.startswith("MemTotal")), 0)
    return f"{total / 2**20:.0f} GB of memory" if total else "memory unknown"
