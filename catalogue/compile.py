"""Compiles the bundled catalogue: the one that shipped last, what the price lists say since then, and the handed scores.

The shipped catalogue is the memory: which names mean which model, how a vendor is spoken to, what fills holes. Compiling twice
from the same facts changes nothing.
"""

from collections.abc import Collection, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace

from catalogue import genai_prices, litellm_prices, pi_ai
from catalogue.handed_facts import Handed
from catalogue.names import add_aliases
from coderoute_ls.domain.vendor_table import VENDORS
from coderoute_ls.selection import Catalog
from coderoute_ls.selection.catalog.list_values import Json, object_of, rows_of
from coderoute_ls.selection.catalog.published_list_merge import Change, take_listed
from coderoute_ls.selection.catalog.published_lists import Listed

COPIED = {("mistral", "codestral"): "codestral-"}
"""Vendors that sell another's models under keys of their own, by the models' prefix: the price is taken to be the same."""
KEPT_SOURCES = ("docs", "scores")


@dataclass(frozen=True, slots=True)
class PriceList:
    """One package's files, with the day of its facts."""

    name: str
    version: str
    date: str
    licence: str
    files: Mapping[str, bytes]

    @property
    def whole(self) -> bytes:
        return next(iter(self.files.values()))


@dataclass(frozen=True, slots=True)
class PriceLists:
    """What prices are compiled from, in the order in which they are believed."""

    pi: PriceList
    litellm: PriceList
    genai: PriceList


@dataclass(slots=True)
class Compiled:
    """The document to ship, and what differs from the one before."""

    document: Json
    changes: list[Change] = field(default_factory=list[Change])
    flagged: list[Change] = field(default_factory=list[Change])


def compile_catalogue(base: Catalog, lists: PriceLists, handed: Handed | None = None, accepted: Collection[str] = ()) -> Compiled:
    """The catalogue of ``base`` with these lists, and with the handed scores where they are at hand. ``accepted`` names prices
    that would be held back, as ``offer part``, and that somebody has looked at.
    """
    work = _Compilation(base, lists, handed)
    work.take_lists()
    work.accept(accepted)
    work.take_notes()
    _copy(work.result.document)
    if handed is not None:
        _move(work.result, handed.serves)
        handed.add_scores(work.result.document)
        work.result.changes += handed.changes
    work.name_efforts()
    work.retire()
    _finish(work.result.document, lists, handed)
    return work.result


class _Compilation:
    """One way from a catalogue and lists to the next catalogue."""

    def __init__(self, base: Catalog, lists: PriceLists, handed: Handed | None) -> None:
        self._base, self._lists, self._handed = base, lists, handed
        self.result = Compiled(deepcopy(dict(base.document)))
        self._today = lists.pi.date
        self._notes = litellm_prices.notes(lists.litellm.whole)
        known = _offers(self.result.document)
        self._pi = [self._with_context(row, known) for row in pi_ai.listed(lists.pi.files)]
        self._denied = {(row.id, ability) for row in self._pi for ability, can in row.capabilities.items() if not can}
        self._litellm = list(litellm_prices.listed(lists.litellm.whole))

    def _with_context(self, row: Listed, known: Mapping[str, Json]) -> Listed:
        """A context that the list does not say is, for a new offer, what the other one says: it counts without the answer."""
        note = self._notes.get(row.id)
        return replace(row, context=note.context) if row.context is None and note is not None and row.id not in known else row

    def take_lists(self) -> None:
        """Prices, limits and capabilities of offers that we have, and offers of models with a score."""
        handed = self._handed
        if handed is not None:
            handed.add_models(self.result.document, {row.id: row for row in (*self._pi, *self._litellm)})
        named: Mapping[str, str] = {} if handed is None else handed.names
        for source, listed in ((self._lists.pi, self._pi), (self._lists.litellm, self._litellm)):
            catalog = Catalog.parse(self.result.document)
            rows = [row for row in listed if row.id in catalog.by_id or (self._is_scored(row.id) and not self._is_over(row.id))]
            origin = f"{source.name} {source.version}"
            taken = take_listed(catalog, rows, origin, source.date, self._base, named=named, whole=False)
            self.result.document = dict(taken.catalog.document)
            self.result.changes += taken.changes
            self.result.flagged += taken.flagged

    def name_efforts(self) -> None:
        """The efforts that a vendor takes, where they are not all of the model's."""
        rows = self._rows()
        for row in self._pi:
            model, offer = rows.get(row.id, ({}, {}))
            if row.efforts and offer and list(row.efforts) != model.get("efforts"):
                offer["efforts"] = list(row.efforts)
            else:
                offer.pop("efforts", None)

    def _rows(self) -> dict[str, tuple[Json, Json]]:
        models = rows_of(self.result.document.get("models"))
        return {
            f"{offer['provider']}/{offer['wire_id']}": (model, offer)
            for model in models
            for offer in rows_of(model.get("offers"))
        }

    def accept(self, accepted: Collection[str]) -> None:
        """Take these prices although they were held back."""
        offers = _offers(self.result.document)
        for change in [change for change in self.result.flagged if change.offer in accepted]:
            name, _, part = change.offer.rpartition(" ")
            offers[name][part] = float(change.after)
            if change.kind == "became_free":
                offers[name]["free_tier"] = True
            self.result.flagged.remove(change)
            self.result.changes.append(replace(change, kind="price"))

    def take_notes(self) -> None:
        """Days of retirement, hour-long cache writes, cheaper hours and announced prices."""
        announced: dict[str, list[Json]] = {}
        for name, window in genai_prices.coming(self._lists.genai.whole, self._today):
            announced.setdefault(name, []).append(window)
        rows = self._rows()
        for name, offer in _offers(self.result.document).items():
            told = _told(self._notes.get(name), offer)
            if coming := announced.get(name):
                windows = rows_of(told.get("windows") or offer.get("windows"))
                told["windows"] = [*(row for row in windows if not row.get("from_date")), *coming]
            self._add_abilities(name, rows[name][0], offer)
            for key, value in told.items():
                if value and offer.get(key) != value:
                    offer[key] = value
                    self.result.changes.append(Change("limit", f"{name} {key}", "", str(value)[:60]))

    def _add_abilities(self, name: str, model: Json, offer: Json) -> None:
        """What the notes know that no list said, or denied."""
        note = self._notes.get(name)
        denied = self._denied
        for ability in note.able if note is not None else ():
            known = {**object_of(model.get("capabilities")), **object_of(offer.get("capabilities"))}
            if ability not in known and (name, ability) not in denied:
                offer["capabilities"] = {**object_of(offer.get("capabilities")), ability: True}
                self.result.changes.append(Change("capability", f"{name} {ability}", "", "True"))

    def retire(self) -> None:
        """Leave out what is no longer served: past its day, or off its vendor's whole list and on no other."""
        whole = {row.provider for row in self._pi}
        listed = {row.id for row in self._pi}
        for model in rows_of(self.result.document.get("models")):
            kept: list[Json] = []
            for offer in rows_of(model.get("offers")):
                name = f"{offer['provider']}/{offer['wire_id']}"
                away = offer["provider"] in whole and name not in listed and name not in self._notes and not offer.get("fim")
                if away or self._is_over(name, str(offer.get("expires") or "")):
                    self.result.changes.append(Change("gone", name, "", str(offer.get("expires") or "")))
                else:
                    kept.append(offer)
            model["offers"] = kept
        models = rows_of(self.result.document["models"])
        self.result.document["models"] = [
            model for model in models if model["offers"] or model.get("scores") or model.get("prompted")
        ]

    def _is_scored(self, name: str) -> bool:
        return self._handed is not None and self._handed.is_scored(name)

    def _is_over(self, name: str, expires: str = "") -> bool:
        """Whether an offer is known to be no longer served."""
        days = [expires]
        if name in self._notes:
            days.append(self._notes[name].expires)
        if self._handed is not None:
            days.append(self._handed.retires.get(name, ""))
            if name in self._handed.gone:
                return True
        return any(day and day <= self._today for day in days)


def _told(note: litellm_prices.Note | None, offer: Json) -> Json:
    """What to write into an offer's row. The price of a row with cheaper hours is that of its dearest."""
    if note is None:
        return {}
    told: Json = {"expires": note.expires, "successor": note.successor}
    if note.cached_write_1h is not None and offer.get("cached_write") is not None:
        told["cached_write_1h"] = float(note.cached_write_1h)
    if note.windows:
        told["windows"] = note.windows
        told |= {part: float(price) for part, price in note.prices.items() if price and not part.startswith("cached_write")}
    return told


def _move(result: Compiled, serves: Mapping[str, str]) -> None:
    """Put offers below the model that answers there now. What an endpoint makes of holes goes with it: it is the same line's."""
    models = {str(model["id"]): model for model in rows_of(result.document["models"])}
    for name, model in list(models.items()):
        for offer in rows_of(model.get("offers")):
            wanted = models.get(serves.get(f"{offer['provider']}/{offer['wire_id']}", name))
            if wanted is None or wanted is model:
                continue
            model["offers"] = [row for row in rows_of(model["offers"]) if row is not offer]
            wanted["offers"] = [*rows_of(wanted.get("offers")), offer]
            completion = object_of(model.get("scores")).get("completion")
            if offer.get("fim") and completion is not None:
                wanted["scores"] = {"completion": completion, **object_of(wanted.get("scores"))}
            result.changes.append(Change("model", f"{offer['provider']}/{offer['wire_id']}", name, str(wanted["id"])))


def _copy(document: Json) -> None:
    offers = _offers(document)
    for (seller, copier), prefix in COPIED.items():
        for name, offer in offers.items():
            vendor, wire_id = name.split("/", 1)
            own = offers.get(f"{seller}/{wire_id}")
            if vendor == copier and wire_id.startswith(prefix) and own is not None:
                for part in ("input", "output", "cached_read"):
                    if own.get(part) is not None:
                        offer[part] = own[part]
                offer.update({"source": f"{own['source']} (as at {seller})", "date": own["date"]})


def _finish(document: Json, lists: PriceLists, handed: Handed | None) -> None:
    models = rows_of(document["models"])
    for model in models:
        model["offers"] = [_lean(offer) for offer in rows_of(model.get("offers"))]
        able = object_of(model.get("capabilities"))
        if able.get("streaming") is False:  # only an endpoint's own refusal says so
            model["capabilities"] = {name: can for name, can in able.items() if name != "streaming"}
    document["models"] = [_lean(model) for model in models]
    add_aliases(rows_of(document["models"]))
    sources_now = (lists.pi, lists.litellm, lists.genai)
    day = max(source.date for source in sources_now)
    before = object_of(document.get("dated"))
    scores = handed.date if handed is not None else str(before.get("scores") or document["compiled"])
    document["compiled"] = max(day, scores) if handed is not None else max(day, str(document["compiled"]))
    document["dated"] = {"prices": day, "models": day, "scores": scores}
    document["vendors"] = [
        _lean({"id": row.id, "promises": list(made.kept), "address": made.page, "except_models": list(made.except_models)})
        for row in VENDORS.values()
        if (made := row.promises) is not None
    ]
    used = {str(offer.get("source")).split(" ")[0] for model in models for offer in rows_of(model.get("offers"))}
    told = {
        source.name: {"title": f"{source.name} {source.version}", "date": source.date, "licence": source.licence}
        for source in sources_now
    }
    kept = {name: row for name, row in object_of(document.get("sources")).items() if name in used or name in KEPT_SOURCES}
    sources = {**kept, **told, **({} if handed is None else handed.sources)}
    document["sources"] = {name: sources[name] for name in sorted(sources)}


def _offers(document: Json) -> dict[str, Json]:
    models = rows_of(document.get("models"))
    return {f"{offer['provider']}/{offer['wire_id']}": offer for model in models for offer in rows_of(model.get("offers"))}


def _lean(row: Json) -> Json:
    """Without what is unknown or empty; 0 is a fact and stays."""
    return {
        key: value for key, value in row.items() if value is not None and value is not False and value not in ("", [], {}, ())
    }
