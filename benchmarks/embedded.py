"""The embedded engine's completion: releases of real packages typed again, beside three baselines, with speed and memory.

``python -m benchmarks embedded`` replays the report set; ``python -m benchmarks.embedded tuning`` the tuning set.
"""

import gc
import sys
import time
import tracemalloc
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from benchmarks.embedded_baselines import HERE, longest_match, n_gram, word_completion
from benchmarks.embedded_data import REPORT, TUNING, Package, Texts, changes, releases
from benchmarks.embedded_replay import System, Tally, build_index, replay
from coderoute_ls.embedded.index.index import Index
from coderoute_ls.embedded.prediction.calibration import Calibration
from coderoute_ls.embedded.prediction.drafting import Drafter, Hole

LINES = 80
GATES = (0.50, 0.65, 0.80)

Figures = dict[str, dict[str, float]]


def run(packages: Sequence[Package] = REPORT) -> dict[str, object]:
    """Prints the figures and returns them, by system and package."""
    results: dict[str, Figures] = {}
    sizes: Figures = {}
    for package in packages:
        old, new = releases(package)
        index, sizes[package.name] = _measured(old)
        files = changes(package, old, new, LINES)
        for name, system in systems(index).items():
            results.setdefault(name, {})[package.name] = _figures(replay(index, old, files, system))
        _print_package(package.name, results, sizes[package.name])
    means = {name: _means(figures.values()) for name, figures in results.items()}
    _print_means(means)
    return {"packages": results, "means": means, "index": sizes, "lines": LINES}


def systems(index: Index) -> Mapping[str, System]:
    """Every system over one index. The engine starts from its fitted curves and hears what becomes of its drafts, as in an
    editor; the baselines have nothing to learn."""
    return {
        **{f"engine, gate {gate:.2f}": _engine(index, gate) for gate in GATES},
        "cache n-gram, 0.50": System(n_gram(index, 0.50)),
        "cache n-gram, 0.80": System(n_gram(index, 0.80)),
        "longest match": System(longest_match(index)),
        "words by frequency": System(word_completion(index)),
        "words, this file first": System(word_completion(index, HERE)),
    }


def _engine(index: Index, gate: float) -> System:
    calibration = Calibration()
    drafter = Drafter(index, calibration)

    def suggest(hole: Hole) -> tuple[str, float] | None:
        made = drafter.draft(hole, gate)
        return None if made is None else (made.text, made.probability)

    return System(suggest, calibration.judged)


def _measured(texts: Texts) -> tuple[Index, dict[str, float]]:
    """The index of these files, how fast it was built (processor time) and what it weighs per byte of source."""
    size = sum(len(line) for lines in texts.values() for line in lines)
    gc.collect()
    begun = time.process_time()
    index = build_index(texts)
    seconds = time.process_time() - begun
    del index
    gc.collect()
    tracemalloc.start()
    index = build_index(texts)
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return index, {"mb": size / 1e6, "mb_per_s": size / 1e6 / seconds, "bytes_kept": kept / size, "bytes_peak": peak / size}


def _figures(tally: Tally) -> dict[str, float]:
    milliseconds = np.array(tally.seconds) * 1e3
    return {
        "saved": tally.saved,
        "precision": tally.precision,
        "shown_per_line": len(tally.shown) / tally.lines,
        "calibration_error": tally.calibration_error,
        "p50_ms": float(np.percentile(milliseconds, 50)),
        "p99_ms": float(np.percentile(milliseconds, 99)),
        "lines": float(tally.lines),
    }


def _means(figures: Iterable[Mapping[str, float]]) -> dict[str, float]:
    rows = list(figures)
    return {key: float(np.mean([row[key] for row in rows])) for key in rows[0]}


def _print_package(name: str, results: Mapping[str, Figures], size: Mapping[str, float]) -> None:
    print(
        f"{name}: {size['mb']:.1f} MB of source, {size['mb_per_s']:.1f} MB/s, "
        f"{size['bytes_kept']:.1f} bytes kept a byte, {size['bytes_peak']:.1f} while building"
    )
    _print_rows({system: figures[name] for system, figures in results.items()})


def _print_means(means: Mapping[str, Mapping[str, float]]) -> None:
    print("mean of all packages")
    _print_rows(means)


def _print_rows(rows: Mapping[str, Mapping[str, float]]) -> None:
    print(f"  {'':22} saved  precision  shown/line  calibration error  p50 ms  p99 ms")
    for system, row in rows.items():
        print(
            f"  {system:22} {row['saved']:5.1%}  {row['precision']:9.2f}  {row['shown_per_line']:10.2f}  "
            f"{row['calibration_error']:17.3f}  {row['p50_ms']:6.2f}  {row['p99_ms']:6.2f}",
            flush=True,
        )


if __name__ == "__main__":
    run(TUNING if sys.argv[1:] == ["tuning"] else REPORT)
