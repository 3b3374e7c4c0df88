"""Whether a published price can be true, part by part: what is not believed is held back alone, the rest of its row is taken."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from coderoute_ls.domain.vendor_table import UNKNOWN, VENDORS
from coderoute_ls.selection.catalog.list_values import Json, decimal_of, rows_of
from coderoute_ls.selection.catalog.published_lists import PARTS, Amounts, Listed, ListedTier

RISE = 10
"""A price that is so many times the known one, or so small a part of it, is not believed until a release or the user says so."""
FAR_BELOW = 3
"""A broker's price that is so small a part of what every other vendor asks for the model is that of one cheap host among many."""
MOST_USD = Decimal(100_000)
"""Per million tokens; what claims to cost more is no price."""
MOST_FEE_USD = Decimal("0.1")
"""Per request, where no fee was known: five times the highest that any vendor takes for an answer without a search."""
_SAME = Decimal("1e-9")


@dataclass(frozen=True, slots=True)
class Doubt:
    """A part that is not believed: ``bad_price``, ``rise``, ``fall`` or ``became_free``."""

    kind: str
    part: str
    before: Decimal | None
    after: Decimal


def believed(said: Amounts, known: Json, *, free: bool) -> tuple[dict[str, Decimal], list[Doubt]]:
    """The parts to take, and those to hold back. ``known`` is the row that prices are held against: its own prices, those of its
    hours and dates. ``free``: the list calls the offer free.
    """
    taken: dict[str, Decimal] = {}
    doubts: list[Doubt] = []
    base = said.get("input")
    for part, price in said.items():
        if price is None or (part.startswith("cached") and price == 0 and base):
            continue  # lists write 0 for a cache price that they do not know
        if price == 0 and not free and not _levels(part, known):
            continue  # nothing was said, or a paid vendor "gives it away": unknown, never free
        levels, plain = _levels(part, known), taken.get("input") or decimal_of(known.get("input"))
        if part.startswith("cached") and not levels and plain:
            kind = _first_cache_price(price, plain)
        elif part == "request" and not levels and price > MOST_FEE_USD:
            kind = "rise"
        else:
            kind = _doubt(part, price, levels, free=free)
        if kind:
            doubts.append(Doubt(kind, part, decimal_of(known.get(part)), price))
        else:
            taken[part] = price
    return taken, doubts


def beside_others(row: Listed, prices: dict[str, Decimal], known: Json, model: Json) -> tuple[dict[str, Decimal], list[Doubt]]:
    """A broker's prices with those that its bill may not hold to replaced, by what is known or else by the least that other
    vendors of the model ask: it names the cheapest of its hosts and may send a request to any. What it is known to ask is
    believed, and so is any more than that; a vendor that serves what it sells is taken at its word.
    """
    doubts: list[Doubt] = []
    if row.free_tier or not VENDORS.get(row.provider, UNKNOWN).broker:
        return prices, doubts
    for part, least in _least_of_others(row.provider, model).items():
        price, before = prices.get(part), decimal_of(known.get(part))
        usual = before if before is not None and before.is_finite() and before else least
        if price and price * FAR_BELOW <= least and price < usual:
            doubts.append(Doubt("fall", part, usual, price))
            prices = {**prices, part: usual}
    return prices, doubts


def _least_of_others(provider: str, model: Json) -> dict[str, Decimal]:
    least: dict[str, Decimal] = {}
    for offer in rows_of(model.get("offers")):
        if offer.get("provider") != provider and not offer.get("free_tier") and not offer.get("deprecated"):
            for part in ("input", "output"):
                if (price := decimal_of(offer.get(part))) and price.is_finite():
                    least[part] = min(price, least.get(part, price))
    return least


def believed_tiers(tiers: Iterable[ListedTier], known: Json, base: Mapping[str, Decimal]) -> tuple[list[Json], list[Doubt]]:
    """The steps to take, as rows of the catalogue: a part that is not believed is what the known step says, or is left out."""
    rows: list[Json] = []
    doubts: list[Doubt] = []
    before = {row.get("above_input"): row for row in rows_of(known.get("tiers"))}
    for tier in tiers:
        row: Json = {"above_input": tier.above_input}
        old = before.get(tier.above_input, {})
        for part in PARTS[:4]:
            price = tier.prices.get(part)
            if price is None or (part.startswith("cached") and price == 0):
                continue
            levels = [level for level in (decimal_of(old.get(part)), base.get(part)) if level]
            if kind := _doubt(part, price, levels, free=False):
                doubts.append(Doubt(kind, f"{part} above {tier.above_input}", levels[0] if levels else None, price))
                if old.get(part) is not None:
                    row[part] = old[part]
            else:
                row[part] = float(price)
        rows.append(row)
    return rows, doubts


def windows_left(windows: Sequence[Json], base: Json, said: Mapping[str, Decimal], today: str) -> tuple[list[Json], bool]:
    """The hours and dates that still hold beside what a list says, and whether what it says is the price without them.

    Hours end when the list names a price that is neither the plain one nor one of theirs. A date that has come is settled: the
    list says what holds now. A date to come stays, unless its price is here already.
    """
    told = {part: said[part] for part in ("input", "output") if part in said}
    if not told:
        return list(windows), True
    hourly = [row for row in windows if not row.get("from_date")]
    plain = _agrees(told, base, base)
    hour = not plain and any(_agrees(told, row, base) for row in hourly)
    dated = [row for row in windows if str(row.get("from_date") or "") > today and not _agrees(told, row, base)]
    return ([*hourly, *dated] if plain or hour else dated), not hour


def same(price: Decimal, other: Decimal | None) -> bool:
    """Whether two prices are one, whatever digits a conversion has lost."""
    return other is not None and other.is_finite() and abs(price - other) <= _SAME * max(abs(price), abs(other))


def possible(price: Decimal) -> bool:
    return price.is_finite() and 0 <= price < MOST_USD


def _agrees(told: Mapping[str, Decimal], row: Json, base: Json) -> bool:
    return all(same(price, decimal_of(row.get(part)) or decimal_of(base.get(part))) for part, price in told.items())


def _levels(part: str, known: Json) -> list[Decimal]:
    """What the part is known to cost, at all hours."""
    rows = (known, *rows_of(known.get("windows")))
    return [price for row in rows if (price := decimal_of(row.get(part))) and price.is_finite()]


def _doubt(part: str, price: Decimal, levels: Sequence[Decimal], *, free: bool) -> str:
    if not possible(price):
        return "bad_price"
    if levels and price >= max(levels) * RISE:
        return "rise"
    if free or not levels:
        return ""
    if price == 0:
        return "became_free" if part in {"input", "output"} else ""
    return "fall" if price <= min(levels) / RISE else ""


def _first_cache_price(price: Decimal, plain: Decimal) -> str:
    """A cache price of which nothing was known, beside the plain input: a hundredth to twice of it is usual."""
    if not possible(price):
        return "bad_price"
    return "rise" if price > plain * 4 else "fall" if 0 < price <= plain / RISE**3 else ""
