"""``python -m benchmarks [NAME …]``: run them all, or those named; each in a process of its own, beside its raw floor.

What a benchmark prints and returns is kept in ``.benchmarks/NAME.json``; a run of all writes ``docs/performance.md`` from it.
"""

import argparse
import json
import platform
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import redirect_stdout
from datetime import UTC, datetime
from importlib import import_module
from importlib.metadata import version
from io import StringIO
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, TextIO

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / ".benchmarks"
REPORT = ROOT / "docs" / "performance.md"
VERSIONS = ("pygls", "lsprotocol", "httpx", "pydantic", "numpy", "orjson")


def names() -> list[str]:
    """The files here that hold a ``run``; the others are their helpers."""
    here = Path(__file__).parent
    return sorted(m.name for m in iter_modules([str(here)]) if "\ndef run(" in (here / f"{m.name}.py").read_text("utf-8"))


class _Both:
    """Shows what is printed, and keeps it."""

    def __init__(self, screen: TextIO) -> None:
        self._screen = screen
        self.kept = StringIO()

    def write(self, text: str) -> int:
        self._screen.write(text)
        return self.kept.write(text)

    def flush(self) -> None:
        self._screen.flush()


def one(name: str) -> None:
    """Run this benchmark here and keep its result."""
    module = import_module(f"benchmarks.{name}")
    both = _Both(sys.stdout)
    began = time.perf_counter()
    with redirect_stdout(both):
        figures: dict[str, Any] = module.run()
    kept = {
        "name": name,
        "doc": (module.__doc__ or "").strip(),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(time.perf_counter() - began, 1),
        "figures": figures,
        "printed": both.kept.getvalue(),
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(kept, indent=1, default=str), "utf-8")


def report() -> str:
    """The document: machine, versions, and what every benchmark printed last."""
    results = [json.loads(path.read_text("utf-8")) for path in sorted(RESULTS.glob("*.json"))]
    newest = max(result["date"] for result in results)
    lines = [
        "# Performance",
        "",
        f"Written by `make bench`; last run {newest}. Medians; read the ratios, the machine is shared and noisy.",
        "",
        f"* Machine: {_processor()}, {platform.system()} {platform.release()}",
        f"* Python {platform.python_version()}; " + ", ".join(f"{name} {version(name)}" for name in VERSIONS),
    ]
    for result in results:
        doc = result["doc"].split("\n\n")
        about = [part.replace("\n", " ") for part in doc if not part.startswith("``python -m benchmarks")]
        printed = result["printed"].rstrip()
        lines += ["", f"## {result['name']}", "", *_spaced(about), "```text", printed, "```", f"({result['seconds']} s)"]
    return "\n".join(lines) + "\n"


def _spaced(parts: Sequence[str]) -> list[str]:
    return [line for part in parts for line in (part, "")]


def _processor() -> str:
    rows = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    models = [row.partition(":")[2].strip() for row in rows if row.startswith("model name")]
    return f"{len(models)} × {models[0]}" if models else platform.processor()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Runs the benchmarks.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(names())}; none: all")
    chosen: list[str] = parser.parse_args().names
    if unknown := set(chosen) - set(names()):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(names())}")
    if len(chosen) == 1:
        one(chosen[0])
        return 0
    failed: list[str] = []
    for name in chosen or names():
        print(f"\n── {name} " + "─" * (70 - len(name)), flush=True)
        if subprocess.run([sys.executable, "-m", "benchmarks", name], check=False, cwd=ROOT).returncode:
            failed.append(name)
    if not chosen:
        REPORT.parent.mkdir(exist_ok=True)
        REPORT.write_text(report(), "utf-8")
        print(f"\nWritten: {REPORT.relative_to(ROOT)}")
    if failed:
        print(f"Failed: {', '.join(failed)}", file=sys.stderr)
    return bool(failed)


if __name__ == "__main__":
    raise SystemExit(main())
