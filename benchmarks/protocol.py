"""The protocol core: a round trip on stdio, and a change of a document, beside bare pygls in the same run.

``python -m benchmarks protocol``. Both servers are real processes with everything loaded; requests are sent one at a time.
The change is one typed character in the middle, timed until the next request is answered; its growth is told by our server
alone, which is changed at all sizes by turns. Targets (performance.md): round trip
≤ 0.5 × bare pygls; a change at 100,000 lines ≤ 1.5 × its own at 1,000 and ≤ 0.05 × bare pygls; a snapshot ≤ 50 µs there.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.driving import Driven
from benchmarks.start import BARE, OURS
from coderoute_ls.domain import Position, Span
from coderoute_ls.server.session.document_lines import Lines

REQUESTS = 400
CHANGES = 60
SIZES = (1_000, 10_000, 100_000)
LINE = "    value = compute(first, second)  # a line of ordinary length\n"


def _snapshot_us() -> float:
    """Microseconds to keep the state after an edit, at 100,000 lines: the edit itself, since a snapshot is a reference."""
    lines = Lines.of(LINE * SIZES[-1])
    place = Position(SIZES[-1] // 2, 4)
    times: list[float] = []
    for _ in range(200):
        began = time.perf_counter()
        lines = lines.replaced(Span(place, place), "x")
        times.append(time.perf_counter() - began)
    return 1e6 * statistics.median(times)


def _uri(lines: int) -> str:
    return f"file:///bench{lines}.txt"


def _p(times: list[float]) -> tuple[float, float]:
    """Median and 99th percentile."""
    ranked = sorted(times)
    return statistics.median(ranked), ranked[int(0.99 * len(ranked))]


def run() -> dict[str, object]:
    """Prints the figures and returns them."""
    with tempfile.TemporaryDirectory() as home:
        servers = {"bare pygls": Driven([sys.executable, "-c", BARE], Path(home)), "ours": Driven(OURS, Path(home))}
        for size in SIZES:
            for server in servers.values():
                server.open(_uri(size), LINE * size)
        time.sleep(3)  # the built-in engine reads what it was given
        trips: dict[str, list[float]] = {name: [] for name in servers}
        for _ in range(REQUESTS):
            for name, server in servers.items():
                trips[name].append(server.ask())
        alone: dict[int, list[float]] = {size: [] for size in SIZES}
        for version in range(2, CHANGES + 2):
            for size in SIZES:  # by turns: bare pygls would empty the processor's caches between the large ones
                alone[size].append(servers["ours"].change(_uri(size), size // 2, version))
        changes: dict[tuple[str, int], float] = {}
        for size in SIZES:
            typed: dict[str, list[float]] = {name: [] for name in servers}
            for version in range(CHANGES + 2, 2 * CHANGES + 2):
                for name, server in servers.items():
                    typed[name].append(server.change(_uri(size), size // 2, version))
            for name in servers:
                changes[name, size] = statistics.median(typed[name])
        for server in servers.values():
            server.end()
    snapshot = _snapshot_us()
    print(f"{'':12}{'round trip p50':>16}{'p99':>10}" + "".join(f"{f'change, {size:,} lines':>24}" for size in SIZES))
    for name, times in trips.items():
        p50, p99 = _p(times)
        cells = "".join(f"{changes[name, size]:21.2f} ms" for size in SIZES)
        print(f"{name:12}{p50:13.2f} ms{p99:7.2f} ms{cells}")
    ratio = statistics.median(a / b for a, b in zip(trips["ours"], trips["bare pygls"], strict=True))
    large = SIZES[-1]
    growth = statistics.median(alone[large]) / statistics.median(alone[SIZES[0]])
    against = changes["ours", large] / changes["bare pygls", large]
    print(f"round trip: ours / bare {ratio:.2f}; change at {large:,}: {growth:.2f} × ours at 1,000, {against:.3f} × bare pygls")
    print(f"edit and snapshot at {large:,} lines: {snapshot:.0f} µs")
    return {
        "round_trip_ratio": ratio,
        "round_trip_ms": {name: _p(times) for name, times in trips.items()},
        "change_growth": growth,
        "changes_alone_ms": {str(size): statistics.median(times) for size, times in alone.items()},
        "change_ratio": against,
        "snapshot_us": snapshot,
        "changes_ms": {f"{name} {size}": value for (name, size), value in changes.items()},
    }
