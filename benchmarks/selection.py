"""How long a decision takes, over 100, 1,000 and 10,000 offers; what the loaded catalogue takes, and how soon a list joins it.

``python -m benchmarks selection``. Targets (selection.md): 100 µs median at 1,000 offers with tables prepared, 3 ms
from scratch, growth no worse than linear. The offers are the shipped catalogue's, repeated under other vendor names at
varied prices; twenty have experience with this action and another one, one is warm. The prompt is counted in pieces, as the
engine does. "From scratch" starts from a loaded catalogue and rebuilds its tables.
"""

import gc
import json
import statistics
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from importlib.resources import files

from coderoute_ls.domain import Floor, Habit, Offer, OfferHealth, ProviderState, Request, State
from coderoute_ls.selection import Catalog, explain, prepare, select
from coderoute_ls.selection.catalog.published_list_merge import merge
from coderoute_ls.text.piece_counts import pieces

NOW = 1_795_000_000.0
SIZES = (100, 1_000, 10_000)
MERGED = 5_000
PROMPT = files("coderoute_ls.selection.decision").joinpath("decide.py").read_text(encoding="utf-8")[:12_000]
HABITS = {"refactor": Habit(4, 1.05, 0.9), "edit": Habit(2, 1.1, 1.2)}


def offers(count: int) -> tuple[Offer, ...]:
    """Scored offers only: those are what a decision has to look at."""
    scored = [offer for offer in Catalog.bundled().offers if "coding" in offer.scores and not offer.prices.free_tier]
    many: list[Offer] = []
    for n in range(count):
        turn, place = divmod(n, len(scored))
        many.append(_varied(scored[place], turn))
    return tuple(many)


def _varied(offer: Offer, turn: int) -> Offer:
    """The same offer at another vendor, for another price."""
    factor = Decimal(1) + Decimal(turn * 37 % 50) / 100
    prices = offer.prices
    dearer = replace(prices, input=(prices.input or 0) * factor, output=(prices.output or 0) * factor)
    return replace(offer, id=f"v{turn}{offer.id}", provider=f"v{turn}{offer.provider}", prices=dearer)


def situation(count: int) -> tuple[Catalog, State, Request]:
    listed = offers(count)
    catalog = Catalog("2026-11-20", "sha256:benchmark", listed)
    known = [offer.id for offer in listed[:: max(count // 20, 1)]]
    state = State(
        NOW,
        {offer.provider: ProviderState(reachable=True) for offer in listed},
        dict.fromkeys(known, OfferHealth(successes=9, updated=NOW, kappa=1.1, first_token_s=0.8, habits=HABITS)),
        {known[0]: NOW - 60},
    )
    asked = Request(
        "refactor", "coding", Floor(0.0), len(PROMPT), pieces(PROMPT), language="python", max_tokens=4_000, median_output=800,
        required=frozenset({"text", "streaming"}), cacheable_chars=6_000, max_cost_usd=0.5,
    )  # fmt: skip
    return catalog, state, asked


def timed(run: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Median and 99th percentile in microseconds."""
    run()
    spent: list[float] = []
    gc.disable()
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        spent.append((time.perf_counter() - start) * 1e6)
    gc.enable()
    return statistics.median(spent), statistics.quantiles(spent, n=100)[98]


def plain_loop(listed: tuple[Offer, ...]) -> Callable[[], object]:
    """The raw floor: price every offer and take the cheapest, with no rule, no health, no fall-back and no reason."""
    rows = [(float(o.prices.input or 0), float(o.prices.output or 0), o.scores["coding"].low, o.id) for o in listed]
    return lambda: min((i * 2_700 + o * 800, -low, name) for i, o, low, name in rows if low >= 0.0)


def run() -> dict[str, object]:
    """Prints the figures and returns them, in microseconds."""
    figures: dict[str, object] = {}
    head = f"{'prepared, median':>17} {'p99':>9}  {'from scratch, median':>21} {'p99':>9}  {'explained':>10}"
    print(f"{'offers':>7}  {head}  {'plain loop':>10}")
    for count in SIZES:
        catalog, state, asked = situation(count)
        tables = prepare(asked, catalog, state)
        fast, fast99 = timed(lambda a=asked, t=tables, s=state: select(a, t, s), 2_000_000 // (count + 900))
        slow, slow99 = timed(lambda a=asked, c=catalog, s=state: select(a, c, s), max(20_000 // count, 20))
        told, _ = timed(lambda a=asked, t=tables, s=state: explain(a, t, s), max(20_000 // count, 20))
        bare, _ = timed(plain_loop(catalog.offers), max(20_000 // count, 20))
        scratch = f"{slow / 1e3:>18.2f} ms {slow99 / 1e3:>6.2f} ms"
        print(f"{count:>7}  {fast:>14.0f} µs {fast99:>6.0f} µs  {scratch}  {told / 1e3:>7.1f} ms  {bare:>7.0f} µs")
        figures[str(count)] = {
            "prepared": fast,
            "prepared_p99": fast99,
            "scratch": slow,
            "scratch_p99": slow99,
            "explained": told,
            "plain_loop": bare,
        }
    figures["catalog"] = _loading()
    return figures


def _loading() -> dict[str, float]:
    """What the shipped catalogue takes: memory, and time to read it."""
    content = files("coderoute_ls.selection.catalog").joinpath("catalog.json").read_bytes()
    tracemalloc.start()
    loaded = Catalog.parse(content)
    megabytes = tracemalloc.get_traced_memory()[0] / 2**20
    tracemalloc.stop()
    spent, _ = timed(lambda: Catalog.parse(content), 10)
    plain, _ = timed(lambda: json.loads(content), 10)
    payload = new_models(MERGED)
    listed, _ = timed(lambda: json.loads(payload), 5)
    merged, _ = timed(lambda: merge(loaded, "openrouter", payload, NOW), 5)
    size = f"{len(loaded.offers)} offers of {len(loaded.models)} models"
    print(f"catalogue: {size}, {megabytes:.1f} MB in memory, read in {spent / 1e3:.0f} ms")
    print(f"a list with {MERGED:,} new models joins it in {merged / 1e3:.0f} ms")
    return {
        "megabytes": megabytes, "read_ms": spent / 1e3, "json_ms": plain / 1e3, "merge_ms": merged / 1e3, "list_ms": listed / 1e3,
    }  # fmt: skip


def new_models(count: int) -> bytes:
    """A list in OpenRouter's format."""
    pricing = {"prompt": "0.000001", "completion": "0.000004"}
    rows = [{"id": f"maker{n % 50}/new-{n}", "pricing": pricing, "context_length": 200_000} for n in range(count)]
    return json.dumps({"data": rows}).encode()


if __name__ == "__main__":
    run()
