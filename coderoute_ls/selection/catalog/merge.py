"""Joins a published model list with the catalogue: new prices, limits and models are taken, suspicious ones are flagged.

Sources: OpenRouter's public model list, models.dev's ``api.json``, and files of our own format. A list can only say what a
model costs and can do; a score comes from us, from the user, or from benchmark rows that our own format may carry. Nothing
is fetched here. A payload that is not what it should be changes nothing.
"""

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice
from typing import Literal, cast

from coderoute_ls.errors import ConfigurationError
from coderoute_ls.selection.catalog.catalog import Catalog
from coderoute_ls.selection.catalog.published_lists import READERS, Json, Listed, decimal_of, object_of, rows_of
from coderoute_ls.selection.catalog.released_prices import released_prices
from coderoute_ls.selection.catalog.schema import sendable
from coderoute_ls.selection.catalog.score_placement import place

Source = Literal["openrouter", "models.dev", "catalog"]
MAX_BYTES = 16 * 1024 * 1024
RISE = 10
"""A price that is so many times the bundled one, or so small a part of it, is not believed until a release or the user says so.
The bundled one, so that a list cannot go there in small steps."""
MOST_ROWS = 50_000
"""More are no list of models."""
MOST_USD = Decimal(100_000)
"""Per million tokens; what claims to cost more is no price."""
WHOLE_SHARE = 0.5
"""A list with a smaller share of the offers we know is a broken list: nothing counts as gone."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs: ``kind`` is ``price``, ``limit``, ``new_offer``, ``new_model``, ``model``, ``gone``, ``back`` or
    ``score``; flagged ones are ``rise``, ``fall``, ``became_free``, ``bad_price``, ``bad_score``, ``bad_row``, ``duplicate`` or
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
    default the release's, are what new ones are held against.
    """
    if len(payload) > MAX_BYTES:
        return RefreshResult(catalog, error=f"the list is larger than {MAX_BYTES // 2**20} MB")
    try:
        content: object = json.loads(payload)
    except (ValueError, RecursionError) as error:
        return RefreshResult(catalog, error=f"the list is not whole JSON ({error})")
    if not isinstance(content, dict):
        return RefreshResult(catalog, error="the list is not a JSON object")
    document = cast("Json", content)
    try:
        date = datetime.fromtimestamp(now, UTC).date().isoformat()
        return _Merge(catalog, date, bundled or Catalog.bundled()).run(source, document)
    except ConfigurationError as error:
        return RefreshResult(catalog, error=error.user_message)


class _Merge:
    def __init__(self, catalog: Catalog, date: str, bundled: Catalog) -> None:
        self.catalog, self.date = catalog, date
        self.released, self.cheapest = released_prices(bundled)
        self.document = deepcopy(dict(catalog.document))
        self.models = {str(row["id"]): row for row in rows_of(self.document.get("models"))}
        self.offers = {f"{o['provider']}/{o['wire_id']}": o for m in self.models.values() for o in rows_of(m.get("offers"))}
        self.changes: list[Change] = []
        self.flagged: list[Change] = []

    def run(self, source: Source, content: Json) -> RefreshResult:
        if source == "catalog":
            self._take_catalog(content)
        else:
            listed = list(islice(READERS[source](content), MOST_ROWS))
            if not listed:
                raise ConfigurationError(f"the list holds no models in the format of {source}")
            ours = {str(row["provider"]) for row in self.offers.values()}
            self._take([row for row in listed if row.provider in ours], source)
        if self.changes:
            self.document["compiled"] = max(self.date, self.catalog.compiled)
        changed = Catalog.parse(self.document) if self.changes else self.catalog
        return RefreshResult(changed, tuple(self.changes), tuple(self.flagged))

    def _take(self, listed: list[Listed], source: str) -> None:
        vendors = {row.provider for row in listed}
        known = {name for name, row in self.offers.items() if row["provider"] in vendors}
        seen: dict[str, Listed] = {}
        for row in listed:
            if not sendable(row.wire_id):
                self.flagged.append(Change("bad_row", f"{row.provider}/{row.wire_id!r:.80}", "", "no name of a model"))
                continue
            if (first := seen.setdefault(row.id, row)) is not row:
                if (first.prices, first.context) != (row.prices, row.context):
                    self.flagged.append(Change("duplicate", row.id, "", "differs from the first, which counts"))
                continue
            if (offer := self.offers.get(row.id)) is not None:
                self._update(offer, row, source)
            else:
                self._add(row, source)
        gone = known - seen.keys()
        if known and len(gone) > len(known) * (1 - WHOLE_SHARE):
            self.flagged.append(Change("short_list", source, str(len(known)), str(len(known) - len(gone))))
            return
        for name in sorted(gone):
            if not self.offers[name].get("deprecated"):
                self.offers[name]["deprecated"] = True
                self.changes.append(Change("gone", name))

    def _update(self, offer: Json, row: Listed, source: str) -> None:
        gone = bool(offer.get("deprecated"))
        if gone != row.deprecated:
            self.changes.append(Change("gone" if row.deprecated else "back", row.id))
            offer["deprecated"] = row.deprecated
        if self._believable(offer, row):
            for part, price in row.prices.items():
                old = decimal_of(offer.get(part))
                if price is not None and price != old:
                    self.changes.append(Change("price", f"{row.id} {part}", told(old), told(price)))
                    offer.update({part: float(price), "source": source, "date": self.date})
            if row.tiers and row.tiers != offer.get("tiers"):
                self.changes.append(Change("price", f"{row.id} tiers"))
                offer["tiers"] = row.tiers
        for part, limit in (("context", row.context), ("max_output", row.max_output)):
            if limit is not None and limit != offer.get(part):
                self.changes.append(Change("limit", f"{row.id} {part}", told(offer.get(part)), str(limit)))
                offer[part] = limit
        if row.expires and row.expires != offer.get("expires"):
            self.changes.append(Change("limit", f"{row.id} expires", told(offer.get("expires")), row.expires))
            offer["expires"] = row.expires

    def _believable(self, offer: Json, row: Listed) -> bool:
        """Negative, unreadable, tenfold, tenth or suddenly free prices are named and not taken, none of the row's."""
        released = self.released.get(row.id, offer)
        tiers = [(part, decimal_of(tier.get(part))) for tier in row.tiers for part in row.prices]
        for part, price in (*row.prices.items(), *tiers):
            old = decimal_of(released.get(part)) or decimal_of(offer.get(part))
            kind = ""
            if price is not None and not _possible(price):
                kind = "bad_price"
            elif price is not None and old and price >= old * RISE:
                kind = "rise"
            elif price == 0 and old and not row.free_tier and part in {"input", "output"}:
                kind = "became_free"
            elif price and old and price <= old / RISE and not row.free_tier:
                kind = "fall"
            if kind:
                self.flagged.append(Change(kind, f"{row.id} {part}", told(old), told(price)))
                return False
        return True

    def _add(self, row: Listed, source: str) -> None:
        """An offer we did not know: of a known model where a name says so exactly, else of a new one, unscored."""
        prices = {part: price for part, price in row.prices.items() if price is not None}
        if not all(map(_possible, prices.values())):
            self.flagged.append(Change("bad_price", row.id, "", ", ".join(told(p) for p in prices.values())))
            return
        model = self._model(row)
        cheapest = self.cheapest.get(str(model["id"]))
        if cheapest and (price := prices.get("input")) and price <= cheapest / RISE:
            self.flagged.append(Change("fall", f"{row.id} input", told(cheapest), told(price)))
            return
        free = row.free_tier or self._gives_away(row.provider)
        if not free and not prices.get("input") and not prices.get("output"):
            prices = {}  # nothing was said, or a paid vendor "gives it away": unknown, never free
        offer: Json = {
            "provider": row.provider, "wire_id": row.wire_id, "dialect": self._dialect(row.provider),
            **{part: float(price) for part, price in prices.items()},
            "source": source, "date": self.date,
        }  # fmt: skip
        more = {
            "tiers": row.tiers, "context": row.context, "max_output": row.max_output, "expires": row.expires,
            "deprecated": row.deprecated, "free_tier": free,
        }  # fmt: skip
        offer.update({key: value for key, value in more.items() if value})
        cast("list[Json]", model.setdefault("offers", list[Json]())).append(offer)
        self.offers[row.id] = offer
        self.changes.append(Change("new_offer", row.id, "", str(model["id"])))

    def _model(self, row: Listed) -> Json:
        plain = row.wire_id.removesuffix(":free")
        for name in (plain, f"{row.provider}/{plain}"):
            if name in self.models:
                return self.models[name]
        wanted = plain.lower()
        same = [m for m in self.models.values() if any(str(o["wire_id"]).lower() == wanted for o in rows_of(m.get("offers")))]
        if len(same) == 1:
            return same[0]
        name = plain if row.provider == "openrouter" else f"{row.provider}/{plain}"
        model: Json = {"id": name, "name": row.name or name, "released": row.released, "capabilities": row.capabilities}
        cast("list[Json]", self.document["models"]).append(model)
        self.models[name] = model
        self.changes.append(Change("new_model", name))
        return model

    def _dialect(self, provider: str) -> str:
        """The dialect that most of this vendor's offers speak."""
        spoken = [str(row["dialect"]) for row in self.offers.values() if row["provider"] == provider]
        return max(sorted(set(spoken)), key=spoken.count, default="openai-chat")

    def _gives_away(self, provider: str) -> bool:
        """Whether all that we know of this vendor is free."""
        return all(row.get("free_tier") for row in self.offers.values() if row["provider"] == provider)

    def _take_catalog(self, content: Json) -> None:
        """A file of our own format: its models and offers replace ours of the same name; results place unscored models."""
        checked = Catalog.parse({**content, "models": content.get("models", [])})
        for refused in checked.refused:
            self.flagged.append(Change(refused.reason, refused.offer, "", refused.detail))
        bad = {refused.offer for refused in checked.refused}
        for row in rows_of(content.get("models")):
            name = str(row.get("id", ""))
            if not name or name in bad:
                continue
            if name not in self.models:
                self.changes.append(Change("new_model", name))
                self.models[name] = {"id": name}
                cast("list[Json]", self.document["models"]).append(self.models[name])
            model = self.models[name]
            facts = {key: value for key, value in row.items() if key not in {"id", "offers"}}
            if any(model.get(key) != value for key, value in facts.items()):
                model.update(facts)
                self.changes.append(Change("model", name))
            for offer in rows_of(row.get("offers")):
                self._take_offer(model, offer, bad)
        for name, results in object_of(content.get("results")).items():
            try:
                self._place(name, {key: float(str(value)) for key, value in object_of(results).items()})
            except (ValueError, ConfigurationError) as error:
                self.flagged.append(Change("bad_score", name, "", str(error)))

    def _take_offer(self, model: Json, offer: Json, bad: set[str]) -> None:
        provider, name = offer.get("provider"), f"{offer.get('provider')}/{offer.get('wire_id')}"
        if name in bad:
            return
        spoken = {row["dialect"] for row in self.offers.values() if row["provider"] == provider}
        if spoken and offer.get("dialect") not in spoken:
            self.flagged.append(Change("bad_row", name, "", "would change the address that is asked"))
            return
        priced = Listed(str(provider), str(offer.get("wire_id")), prices={part: decimal_of(offer.get(part)) for part in _PARTS})
        priced.free_tier = bool(offer.get("free_tier"))
        if not self._believable(self.offers.get(name, {}), priced):
            return
        if (known := self.offers.get(name)) is not None:
            if any(known.get(key) != value for key, value in offer.items()):
                known.update(offer)
                self.changes.append(Change("price", name))
            return
        cast("list[Json]", model.setdefault("offers", list[Json]())).append(offer)
        self.offers[name] = offer
        self.changes.append(Change("new_offer", name, "", str(model["id"])))

    def _place(self, name: str, results: Mapping[str, float]) -> None:
        """Only a model without a score of its own is placed: what was fitted from more rows stays."""
        model = self.models.get(name)
        scores = None if model is None else object_of(model.get("scores"))
        if model is None or scores is None or "coding" in scores:
            return
        score = place(results, scale=self.catalog.scale, benchmarks=self.catalog.benchmarks, date=self.date)
        row = {
            "value": score.value, "low": score.low, "high": score.high, "confidence": score.confidence,
            "method": score.method, "date": score.date, "rows": score.rows, "sources": list(score.sources),
        }  # fmt: skip
        model["scores"] = {**scores, "coding": row}
        self.changes.append(Change("score", name, "", f"{score.value:.2f}"))


_PARTS = ("input", "output", "cached_read", "cached_write")


def _possible(price: Decimal) -> bool:
    return price.is_finite() and 0 <= price < MOST_USD


def told(value: object) -> str:
    return "" if value is None else f"{value:f}" if isinstance(value, Decimal) and value.is_finite() else str(value)
