"""``python -m benchmarks [NAME …]``: run them all, or those named; each in a process of its own, beside its raw floor.

What a benchmark prints and returns is kept in ``.benchmarks/NAME.json``; a run of all writes ``docs/performance.md`` from it.
"""

import argparse
import json
import subprocess
import sys
import time
from contextlib import redirect_stdout
from datetime import UTC, datetime
from importlib import import_module
from io import StringIO
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, TextIO

from benchmarks import report
from benchmarks.report import RESULTS, ROOT


def names() -> list[str]:
    """The files and folders here that hold a ``run``; the others are their helpers."""
    here = Path(__file__).parent
    sources = {m.name: here / m.name / "__init__.py" if m.ispkg else here / f"{m.name}.py" for m in iter_modules([str(here)])}
    return sorted(name for name, source in sources.items() if "\ndef run(" in source.read_text("utf-8"))


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


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Runs the benchmarks.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(names())}; none: all")
    chosen: list[str] = parser.parse_args().names
    if unknown := set(chosen) - set(names()):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(names())}")
    if len(chosen) == 1:
        one(chosen[0])
        return 0
    began = time.perf_counter()
    failed: list[str] = []
    for name in chosen or names():
        print(f"\n── {name} " + "─" * (70 - len(name)), flush=True)
        if subprocess.run([sys.executable, "-m", "benchmarks", name], check=False, cwd=ROOT).returncode:
            failed.append(name)
    if not chosen:
        report.write()
        print(f"\n{(time.perf_counter() - began) / 60:.1f} minutes. Written: {report.DOCUMENT.relative_to(ROOT)}")
    if failed:
        print(f"Failed: {', '.join(failed)}", file=sys.stderr)
    return bool(failed)


if __name__ == "__main__":
    raise SystemExit(main())
