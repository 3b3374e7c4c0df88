"""What the product is for, in three lines: the same request at three quality floors, and who would be asked at what price."""

from collections.abc import Mapping
from dataclasses import dataclass

from coderoute_ls.domain import Floor, ProviderState, Request, State
from coderoute_ls.domain.vendor_table import VENDORS
from coderoute_ls.providers.credentials import where_found
from coderoute_ls.selection import Catalog, select
from coderoute_ls.text.dollars import price

FLOORS = tuple(step / 20 for step in range(10, 20))
ROWS = 3
CHARS = 8_000
"""Characters of the prompt: a function with its surroundings."""
ANSWER_TOKENS = 400


@dataclass(frozen=True, slots=True)
class Row:
    """One floor and who is asked there; ``model`` "" where no model reaches it."""

    floor: float
    model: str = ""
    vendor: str = ""
    cost: str = ""
    key: str = ""


def with_keys(environ: Mapping[str, str]) -> frozenset[str]:
    """Ids of the vendors whose key is in the environment."""
    found = (vendor.id for vendor in VENDORS.values() if vendor.key_name)
    return frozenset(name for name in found if where_found(VENDORS[name], environ, lambda _: None)[0])


def rows(catalog: Catalog, vendors: frozenset[str], now: float) -> list[Row]:
    """Who is asked at three floors, of these vendors; of all of them when there are none. The floors are those where somebody
    else is asked, as far as there are three: the lowest, one in the middle, and the highest that somebody reaches."""
    asked = vendors or frozenset(vendor.id for vendor in VENDORS.values() if vendor.key_name)
    state = State(now=now, providers={name: ProviderState(reachable=True) for name in asked})
    steps: list[Row] = []
    for floor in FLOORS:
        row = _row(catalog, state, floor)
        if not steps or (row.model, row.vendor) != (steps[-1].model, steps[-1].vendor):
            steps.append(row)
    reached = [row for row in steps if row.model] or steps
    return reached if len(reached) <= ROWS else [reached[0], reached[len(reached) // 2], reached[-1]]


def _row(catalog: Catalog, state: State, floor: float) -> Row:
    request = Request(
        "refactor", "coding", Floor(floor, "request"), chars=CHARS, language="python",
        max_tokens=8_192, median_output=ANSWER_TOKENS, on_unmet_floor="error",
    )  # fmt: skip
    chosen = select(request, catalog, state).chosen
    if chosen is None:
        return Row(floor)
    vendor = VENDORS[chosen.offer.provider]
    cost = price(chosen.cost.expected_usd, 2)
    return Row(floor, chosen.offer.name or chosen.offer.model, vendor.name, cost, vendor.key_name)
