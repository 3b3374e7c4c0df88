"""What the product is for, in three lines: the same request at three quality floors, and who would be asked at what price."""

from collections.abc import Mapping
from dataclasses import dataclass

from coderoute_ls.domain import Floor, ProviderState, Request, State
from coderoute_ls.domain.vendor_table import VENDORS
from coderoute_ls.providers.credentials import where_found
from coderoute_ls.selection import Catalog, select
from coderoute_ls.text.dollars import price

FLOORS = (0.60, 0.80, 0.90)
CHARS = 8_000
"""Characters of the prompt: a function with its surroundings."""
ANSWER_TOKENS = 400


@dataclass(frozen=True, slots=True)
class Row:
    """One floor and who is asked there; ``model`` "" where nobody reaches it."""

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
    """Who is asked at each floor, of these vendors; of all of them when there are none."""
    asked = vendors or frozenset(vendor.id for vendor in VENDORS.values() if vendor.key_name)
    state = State(now=now, providers={name: ProviderState(reachable=True) for name in asked})
    found: list[Row] = []
    for floor in FLOORS:
        request = Request(
            "refactor", "coding", Floor(floor, "request"), chars=CHARS, language="python",
            max_tokens=8_192, median_output=ANSWER_TOKENS, on_unmet_floor="error",
        )  # fmt: skip
        chosen = select(request, catalog, state).chosen
        if chosen is None:
            found.append(Row(floor))
            continue
        vendor = VENDORS[chosen.offer.provider]
        cost = price(chosen.cost.expected_usd, 2)
        found.append(Row(floor, chosen.offer.name or chosen.offer.model, vendor.name, cost, vendor.key_name))
    return found
