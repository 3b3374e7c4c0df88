"""Joins a published model list with the catalogue: new prices, limits and models are taken, suspicious ones are flagged.

Sources: OpenRouter's public model list, models.dev's ``api.json``, and files of our own format (`own_format`). A list can only
say what a model costs and can do; a score comes from us, from the user, or from benchmark rows that our own format may carry.
Nothing is fetched here. A payload that is not what it should be changes nothing.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice
from typing import Literal

from coderoute_ls.errors import ConfigurationError
from coderoute_ls.selection.catalog.catalog import Catalog
from coderoute_ls.selection.catalog.catalog_rows import CatalogRows
from coderoute_ls.selection.catalog.catalog_schema import sendable
from coderoute_ls.selection.catalog.catalog_source_files import OwnFormat
from coderoute_ls.selection.catalog.list_values import Json, decimal_of, document_of, is_day, object_of, rows_of
from coderoute_ls.selection.catalog.price_check import (
    Doubt,
    believed,
    believed_tiers,
    beside_others,
    held,
    least_of_others,
    possible,
    risen,
    same,
    windows_left,
)
from coderoute_ls.selection.catalog.published_lists import READERS, Listed, corrections, new_model, no_offer
from coderoute_ls.selection.catalog.released_prices import Released

Source = Literal["openrouter", "models.dev", "catalog"]
MAX_BYTES = 16 * 1024 * 1024
MOST_ROWS = 50_000
"""More are no list of models."""
WHOLE_SHARE = 0.5
"""A list with a smaller share of a vendor's offers that we know may be a broken list: what it lacks is gone after a while."""
GONE_AFTER_DAYS = 7
LIMIT_JUMP = 100
"""A window that is so many times the known one, or so small a part of it, is a mistake."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs: ``kind`` is ``price``, ``risen`` (it is said to, and not believed), ``limit``, ``capability``,
    ``new_offer``, ``new_model``, ``model``, ``missing``, ``gone``, ``back``, ``results`` or ``score``; flagged ones are ``rise``,
    ``fall``, ``became_free``, ``bad_price``, ``no_price``, ``bad_date``, ``bad_score``, ``bad_row``, ``duplicate`` or
    ``short_list``.
    """

    kind: str
    offer: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class RefreshResult:
    """The catalogue after the refresh; unchanged, with ``error``, when the payload could not be used."""

    catalog: Catalog
    changes: tuple[Change, ...] = ()
    flagged: tuple[Change, ...] = ()
    error: str = ""


def merge(catalog: Catalog, source: Source, payload: bytes, now: float, bundled: Catalog | None = None) -> RefreshResult:
    """The catalogue with what ``source`` published. ``now`` is Unix seconds, the date of the new prices. ``bundled`` prices, by
    default the release's, are what new ones are held against, so that a list cannot go far away in small steps.
    """
    if len(payload) > MAX_BYTES:
        return RefreshResult(catalog, error=f"the list is larger than {MAX_BYTES // 2**20} MB")
    try:
        document = document_of(payload)
        date = datetime.fromtimestamp(now, UTC).date().isoformat()
        if source != "catalog":
            listed = list(islice(READERS[source](document), MOST_ROWS))
            if not listed:
                raise ConfigurationError(f"the list holds no models in the format of {source}")
            return take_listed(catalog, listed, source, date, bundled)
        return _Merge(catalog, date, bundled or Catalog.bundled(), {}).own(document)
    except ConfigurationError as error:
        return RefreshResult(catalog, error=error.user_message)


def take_listed(
    catalog: Catalog,
    listed: Sequence[Listed],
    source: str,
    date: str,
    bundled: Catalog | None = None,
    *,
    named: Mapping[str, str] | None = None,
    whole: bool = True,
) -> RefreshResult:
    """The catalogue with the rows of a list that is read already. ``date`` is the day of its prices; ``named`` says which
    models new offers are, where their names do not say so themselves. A list that is not ``whole`` retires nothing.
    """
    return _Merge(catalog, date, bundled or Catalog.bundled(), named or {}).listed(listed, source, whole=whole)


class _Merge:
    """One list's way into a copy of the catalogue."""

    def __init__(self, catalog: Catalog, date: str, bundled: Catalog, named: Mapping[str, str]) -> None:
        self.catalog, self.date, self.named = catalog, date, named
        self.released = Released.of(bundled)
        self.document = deepcopy(dict(catalog.document))
        self.rows = CatalogRows(self.document)
        self.changes: list[Change] = []
        self.flagged: list[Change] = []

    def own(self, content: Json) -> RefreshResult:
        reader = OwnFormat(self.catalog, self.rows, self.released, self.date)
        reader.take(content)
        self.changes += [Change(*row) for row in reader.changes]
        self.flagged += [Change(*row) for row in reader.flagged]
        return self._result(scores=any(change.kind in {"score", "results"} for change in self.changes))

    def listed(self, listed: Sequence[Listed], source: str, *, whole: bool) -> RefreshResult:
        ours = self.rows.vendors()
        rows = [row for row in listed if row.provider in ours]
        served = {name: str(row["provider"]) for name, row in self.rows.offers.items() if not row.get("deprecated")}
        seen = self._take(rows, source)
        if whole:
            self._retire(rows, seen, served)
        return self._result()

    def _result(self, *, scores: bool = False) -> RefreshResult:
        if self.changes:
            self.document["compiled"] = max(self.date, self.catalog.compiled)
            told = ("scores",) if scores else ("prices", "models")
            self.document["dated"] = {**self.catalog.dated, **dict.fromkeys(told, self.date)}
        changed = Catalog.parse(self.document) if self.changes else self.catalog
        return RefreshResult(changed, tuple(self.changes), tuple(self.flagged))

    def _take(self, listed: list[Listed], source: str) -> dict[str, Listed]:
        stepped = {row.provider for row in listed if row.tiers}
        seen: dict[str, Listed] = {}
        for row in listed:
            if not sendable(row.wire_id):
                self.flagged.append(Change("bad_row", f"{row.provider}/{row.wire_id!r:.80}", "", "no name of a model"))
                continue
            if (first := seen.setdefault(row.id, row)) is not row:
                if (first.prices, first.context) != (row.prices, row.context):
                    self.flagged.append(Change("duplicate", row.id, "", "differs from the first, which counts"))
                continue
            if (offer := self.rows.offers.get(row.id)) is not None:
                self._update(offer, row, source, tells_tiers=row.provider in stepped)
            elif not no_offer(row.wire_id):
                self._add(row, source)
        return seen

    def _retire(self, listed: list[Listed], seen: dict[str, Listed], served: Mapping[str, str]) -> None:
        """What a vendor's list lacks is gone: at once where the list is whole, else when it was missing for some days.
        ``served``: the vendor of each offer that was there before; what the list adds does not make it any more whole.
        """
        for vendor in dict.fromkeys(row.provider for row in listed):
            known = {name for name, provider in served.items() if provider == vendor}
            gone = sorted(known - seen.keys())
            whole = len(gone) <= len(known) * (1 - WHOLE_SHARE)
            if gone and not whole:
                self.flagged.append(Change("short_list", vendor, str(len(known)), str(len(known) - len(gone))))
            for name in gone:
                offer = self.rows.offers[name]
                since = str(offer.setdefault("missing_since", self.date))
                if whole or _days(since, self.date) >= GONE_AFTER_DAYS:
                    offer["deprecated"] = True
                    self.changes.append(Change("gone", name))
                elif since == self.date:
                    self.changes.append(Change("missing", name, "", since))

    def _update(self, offer: Json, row: Listed, source: str, *, tells_tiers: bool) -> None:
        missed = offer.pop("missing_since", None) is not None
        if bool(offer.get("deprecated")) != row.deprecated:
            self.changes.append(Change("gone" if row.deprecated else "back", row.id))
            offer["deprecated"] = row.deprecated
        elif missed:
            self.changes.append(Change("back", row.id))
        self._prices(offer, row, source, tells_tiers=tells_tiers)
        self._limits(offer, row)
        model = self.rows.model_of[row.id]
        able = {**object_of(model.get("capabilities")), **object_of(offer.get("capabilities"))}
        for name, can in corrections(able, row).items():
            self.changes.append(Change("capability", f"{row.id} {name}", told(able.get(name)), told(can)))
            offer["capabilities"] = {**object_of(offer.get("capabilities")), name: can}

    def _prices(self, offer: Json, row: Listed, source: str, *, tells_tiers: bool) -> None:
        known = self.released.offers.get(row.id, offer)
        prices, doubts = believed(row.prices, known, free=row.free_tier or bool(offer.get("free_tier")))
        model = self.rows.model_of[row.id]
        prices, low = beside_others(row, prices, known, model, self.date)
        doubts += low
        tiers, more = believed_tiers(row.tiers, known, prices, doubts, least_of_others(row.provider, model, self.date))
        self._flag(row.id, (*doubts, *more))
        self._note_rise(offer, row, risen(doubts))
        windows, plain = windows_left(rows_of(offer.get("windows")), offer, prices, self.date)
        if windows != rows_of(offer.get("windows")):
            self.changes.append(Change("price", f"{row.id} windows", str(len(rows_of(offer.get("windows")))), str(len(windows))))
            offer["windows"] = windows
        for part, price in prices.items() if plain else ():
            if not same(price, old := decimal_of(offer.get(part))):
                self.changes.append(Change("price", f"{row.id} {part}", told(old), told(price)))
                offer.update({part: float(price), "source": source, "date": self.date})
        if offer.get("free_tier") and prices.get("input") and not row.free_tier:
            offer["free_tier"] = False
        if "input" in prices and not held(doubts, "input") and (tiers or tells_tiers) and tiers != rows_of(offer.get("tiers")):
            self.changes.append(Change("price", f"{row.id} tiers"))
            offer["tiers"] = tiers

    def _note_rise(self, offer: Json, row: Listed, rise: dict[str, float]) -> None:
        """Keep what the row is said to cost and is not believed: the most that a call may cost counts it."""
        before = object_of(offer.get("risen"))
        unsaid = {part: price for part, price in before.items() if row.prices.get(part) is None}
        if before != (after := {**unsaid, **rise}):
            was, now = (", ".join(map(told, prices.values())) for prices in (before, after))
            self.changes.append(Change("risen", row.id, was, now))
            offer["risen"] = after

    def _limits(self, offer: Json, row: Listed) -> None:
        for part, limit in (("context", row.context), ("max_output", row.max_output)):
            old = offer.get(part)
            if limit is None or limit == old:
                continue
            if isinstance(old, int) and not old / LIMIT_JUMP < limit < old * LIMIT_JUMP:
                self.flagged.append(Change("rise" if limit > old else "fall", f"{row.id} {part}", told(old), str(limit)))
                continue
            self.changes.append(Change("limit", f"{row.id} {part}", told(old), str(limit)))
            offer[part] = limit
        expires = self._last_day(row)
        ended = bool(row.live and offer.get("expires") and str(offer["expires"]) < self.date)  # it is served still
        if (expires or ended) and expires != (offer.get("expires") or ""):
            self.changes.append(Change("limit", f"{row.id} expires", told(offer.get("expires")), expires))
            offer["expires"] = expires

    def _last_day(self, row: Listed) -> str:
        """The day that the list says is the last one; "" where it is no day, or has passed in the list of the vendor that still
        serves it.
        """
        if row.expires and (not is_day(row.expires) or (row.live and row.expires < self.date)):
            self.flagged.append(Change("bad_date", f"{row.id} expires", "", row.expires))
            return ""
        return row.expires

    def _add(self, row: Listed, source: str) -> None:
        """An offer we did not know: of a known model where a name says so exactly, else of a new one, unscored."""
        said = {part: price for part, price in row.prices.items() if price is not None}
        if not all(map(possible, said.values())):
            self.flagged.append(Change("bad_price", row.id, "", ", ".join(told(p) for p in said.values())))
            return
        model = self.rows.models.get(self.named.get(row.id, "")) or self.rows.find(row.provider, row.wire_id)
        if model is not None and (part := self.released.undercut(str(model["id"]), said)):
            known = self.released.cheapest[str(model["id"])][part]
            self.flagged.append(Change("fall", f"{row.id} {part}", told(known), told(said[part])))
            return
        free = row.free_tier or self.rows.gives_away(row.provider)
        prices, doubts = believed(row.prices, {}, free=free)
        prices, low = beside_others(row, prices, {}, model or {}, self.date)
        doubts += low
        least = least_of_others(row.provider, model or {}, self.date)
        tiers, more = believed_tiers(row.tiers, {}, prices, doubts, least)
        self._flag(row.id, (*doubts, *more))
        if not {"input", "output"} <= prices.keys():  # it could never be asked
            self.flagged.append(Change("no_price", row.id))
            return
        if model is None:
            model = self.rows.add_model(new_model(row))
            self.changes.append(Change("new_model", str(model["id"])))
        offer: Json = {
            "provider": row.provider, "wire_id": row.wire_id, "dialect": self.rows.dialect(row.provider),
            **{part: float(price) for part, price in prices.items()},
            "source": source, "date": self.date,
        }  # fmt: skip
        more_facts = {
            "tiers": tiers, "context": row.context, "max_output": row.max_output, "expires": self._last_day(row),
            "deprecated": row.deprecated, "free_tier": free, "risen": risen(doubts),
            "capabilities": corrections(object_of(model.get("capabilities")), row),
        }  # fmt: skip
        offer.update({key: value for key, value in more_facts.items() if value})
        self.rows.add_offer(model, offer)
        self.changes.append(Change("new_offer", row.id, "", str(model["id"])))

    def _flag(self, name: str, doubts: Sequence[Doubt]) -> None:
        self.flagged += [Change(doubt.kind, f"{name} {doubt.part}", told(doubt.before), told(doubt.after)) for doubt in doubts]


def _days(since: str, until: str) -> int:
    return (datetime.fromisoformat(until) - datetime.fromisoformat(since)).days


def told(value: object) -> str:
    return "" if value is None else f"{value:f}" if isinstance(value, Decimal) and value.is_finite() else str(value)
