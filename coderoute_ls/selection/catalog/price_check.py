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
USUAL_CALL = {"input": 8_000, "output": 1_000}
"""Tokens: a first fee is held against what a call like this one was known to cost."""
LEAST_STEP = 8_000
"""Tokens; the smallest step that any vendor has begins at four times as many. What begins before is a plain price in disguise."""
_BILLED = frozenset({"input", "output", "cached_write", "request"})
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
    hours and dates. ``free``: the list calls the offer free. A cache price stands and falls with the plain price beside it.
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
        if not possible(price):
            kind = "bad_price"
        elif part.startswith("cached") and not levels and plain:
            kind = _first_cache_price(price, plain)
        elif part == "request" and not levels:
            kind = _first_fee(price, known)
        else:
            kind = _doubt(part, price, levels, free=free)
        if kind:
            doubts.append(Doubt(kind, part, decimal_of(known.get(part)), price))
        else:
            taken[part] = price
    return (_uncached(taken) if held(doubts, "input") else taken), doubts


def held(doubts: Iterable[Doubt], part: str) -> bool:
    """Whether this part is among those that are held back."""
    return any(doubt.part == part for doubt in doubts)


def risen(doubts: Iterable[Doubt]) -> dict[str, float]:
    """What a row is said to cost that is not believed because it is too much: its bill may say the same."""
    return {doubt.part: float(doubt.after) for doubt in doubts if doubt.kind == "rise" and doubt.part in _BILLED}


def beside_others(
    row: Listed, prices: dict[str, Decimal], known: Json, model: Json, today: str
) -> tuple[dict[str, Decimal], list[Doubt]]:
    """A broker's prices with those that its bill may not hold to replaced, by what is known or else by the least that other
    vendors of the model ask: it names the cheapest of its hosts and may send a request to any. What it is known to ask is
    believed, and so is any more than that; a vendor that serves what it sells is taken at its word. ``today`` is an ISO date.
    """
    doubts: list[Doubt] = []
    if row.free_tier:
        return prices, doubts
    for part, least in least_of_others(row.provider, model, today).items():
        price, before = prices.get(part), decimal_of(known.get(part))
        usual = before if before is not None and before.is_finite() and before else least
        if price and price * FAR_BELOW <= least and price < usual:
            doubts.append(Doubt("fall", part, usual, price))
            prices = {**prices, part: usual}
    return (_uncached(prices) if held(doubts, "input") else prices), doubts


def least_of_others(provider: str, model: Json, today: str) -> dict[str, Decimal]:
    """The least that a model's plain parts cost today at any vendor that serves it, beside a broker; nothing beside others."""
    least: dict[str, Decimal] = {}
    if not VENDORS.get(provider, UNKNOWN).broker:
        return least
    for offer in rows_of(model.get("offers")):
        if offer.get("provider") != provider and not offer.get("free_tier") and _served(offer, today):
            begun = [row for row in rows_of(offer.get("windows")) if str(row.get("from_date") or "") <= today]
            for part in ("input", "output"):
                if levels := _levels(part, {**offer, "windows": begun}):
                    least[part] = min(*levels, least.get(part, levels[0]))
    return least


def believed_tiers(
    tiers: Iterable[ListedTier],
    known: Json,
    base: Mapping[str, Decimal],
    doubts: Sequence[Doubt] = (),
    least: Mapping[str, Decimal] | None = None,
) -> tuple[list[Json], list[Doubt]]:
    """The steps to take, as rows of the catalogue: a part that is not believed is what the known step says, or is left out. It is
    not where the plain price beside it is among ``doubts``, and a broker's not far below ``least``, what other vendors ask.
    """
    rows: list[Json] = []
    more: list[Doubt] = []
    before = {row.get("above_input"): row for row in rows_of(known.get("tiers"))}
    for tier in tiers:
        if tier.above_input < LEAST_STEP:
            what = f"above {tier.above_input}"
            more += [Doubt("bad_price", f"{part} {what}", None, price) for part, price in tier.prices.items() if price]
            continue
        old = before.get(tier.above_input, {})
        row: Json = {"above_input": tier.above_input, **{part: old[part] for part in PARTS[:4] if old.get(part) is not None}}
        for part in PARTS[:4]:
            price, plain = tier.prices.get(part), "output" if part == "output" else "input"
            if price is None or (part.startswith("cached") and price == 0):
                row.pop(part, None)
            elif not held(doubts, plain):
                levels = [level for level in (decimal_of(old.get(part)), base.get(part)) if level]
                kind = _doubt(part, price, levels, free=False) if possible(price) else "bad_price"
                if not kind and least and price * FAR_BELOW <= least.get(part, 0):
                    kind = "fall"
                if kind:
                    more.append(Doubt(kind, f"{part} above {tier.above_input}", levels[0] if levels else None, price))
                else:
                    row[part] = float(price)
        if len(row) > 1:
            rows.append(row)
    return rows, more


def _uncached(prices: Mapping[str, Decimal]) -> dict[str, Decimal]:
    return {part: price for part, price in prices.items() if not part.startswith("cached")}


def _served(offer: Json, today: str) -> bool:
    """Whether an offer is there to be bought, as far as is known."""
    return not (offer.get("deprecated") or offer.get("missing_since") or str(offer.get("expires") or today) < today)


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
    if levels and price >= max(levels) * RISE:
        return "rise"
    if free or not levels:
        return ""
    if price == 0:
        return "became_free" if part in {"input", "output"} else ""
    return "fall" if price <= min(levels) / RISE else ""


def _first_fee(price: Decimal, known: Json) -> str:
    """A fee per request of which nothing was known; that of an offer which is new is not held against its tokens' prices."""
    parts = [(decimal_of(known.get(part)), tokens) for part, tokens in USUAL_CALL.items()]
    usual = sum((each * tokens for each, tokens in parts if each and each.is_finite()), Decimal(0)) / 1_000_000
    return "rise" if price > MOST_FEE_USD or (usual and price >= usual * RISE) else ""


def _first_cache_price(price: Decimal, plain: Decimal) -> str:
    """A cache price of which nothing was known, beside the plain input: a hundredth to twice of it is usual."""
    return "rise" if price > plain * 4 else "fall" if 0 < price <= plain / RISE**3 else ""
