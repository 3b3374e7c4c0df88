"""What a floor costs on real work: Aider's polyglot leaderboard, whose rows carry pass rate and the bill of 225 tasks.

``python -m benchmarks aider_floors``; it reads the builders' shared data. Every priced row is an offer: its score is its
pass rate, its price is what its run was really billed, so that tokens in and out are in it as they were. The selector then
chooses for floors 0.20 to 0.85.
"""

import json
from decimal import Decimal
from pathlib import Path
from typing import cast

from coderoute_ls.domain import Chosen, Floor, Offer, Prices, ProviderState, Request, Score, State
from coderoute_ls.selection import Catalog, select

FLOORS = tuple(round(0.05 * step, 2) for step in range(4, 18))
Row = dict[str, object]
DATA = Path(__file__).parents[2] / "shared" / "data"


def priced_rows(data: Path) -> list[Row]:
    document = json.loads((data / "catalog" / "aider_polyglot.json").read_text(encoding="utf-8"))
    return [row for row in cast("list[Row]", document["rows"]) if row["cost_usd"]]


def offer(number: int, row: Row) -> Offer:
    """One leaderboard row. The whole run is one request, so that its bill is the expected cost."""
    rate = float(str(row["value"])) / 100
    score = Score(rate, rate, rate, "multi", "aider-polyglot pass_rate_2", str(row["date"]), rows=225)
    return Offer(
        id=f"aider/{number}",
        model=str(row["raw_model"]),
        provider="aider",
        wire_id=str(number),
        dialect="openai-chat",
        name=str(row["raw_model"]),
        prices=Prices(Decimal(0), Decimal(0), request=Decimal(str(row["cost_usd"]))),
        scores={"coding": score},
    )


def choices(data: Path) -> list[tuple[float, Chosen | None, float]]:
    """Floor, what is chosen, and its share of the strongest row's bill."""
    rows = priced_rows(data)
    catalog = Catalog("", "sha256:aider", tuple(offer(number, row) for number, row in enumerate(rows)))
    state = State(0.0, {"aider": ProviderState(reachable=True)})
    strongest = max(catalog.offers, key=lambda o: o.scores["coding"].value)
    full = float(strongest.prices.request)
    asked = [Request("benchmark", "coding", Floor(floor), chars=0, messages=0) for floor in FLOORS]
    chosen = [select(request, catalog, state, tie_band=0.0).chosen for request in asked]
    return [(r.floor.value, c, 0.0 if c is None else c.cost.expected_usd / full) for r, c in zip(asked, chosen, strict=True)]


def run(data: Path = DATA) -> dict[str, object]:
    """Prints the table and returns each floor's share of the strongest row's bill."""
    rows = priced_rows(data)
    print(f"{len(rows)} priced rows of 225 tasks each, {sum(1 for row in rows if row['prompt_tokens'])} with token counts")
    print(f"{'floor':>5}  {'pass rate':>9}  {'run cost':>9}  {'of strongest':>12}  {'output a task':>13}  model")
    shares: dict[str, object] = {}
    for floor, chosen, share in choices(data):
        if chosen is None or chosen.score is None:
            print(f"{floor:>5.2f}  nothing reaches it")
            continue
        written = rows[int(chosen.offer.wire_id)]["completion_tokens"]
        output = f"{int(str(written)) / 225:,.0f} tokens" if written else "?"
        rate, bill = f"{chosen.score.value:.1%}", f"${chosen.cost.expected_usd:.2f}"
        print(f"{floor:>5.2f}  {rate:>9}  {bill:>9}  {share:>12.1%}  {output:>13}  {chosen.offer.name}")
        shares[f"{floor:.2f}"] = share
    return shares


if __name__ == "__main__":
    run()
