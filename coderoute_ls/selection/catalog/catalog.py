"""The catalogue: every offer that is known, frozen and validated, with the hash that names the snapshot.

``Catalog.bundled()`` is the one shipped; `Catalog.parse` reads any other of the format in `schema`. A row that breaks a
rule is left out and named in ``refused``; the others stay.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import TypeVar, cast

from pydantic import ValidationError

from coderoute_ls.domain import Axis, FimSupport, Offer, Prices, PriceTier, PriceWindow, Rejected, Score
from coderoute_ls.errors import ConfigurationError
from coderoute_ls.selection.catalog.schema import BenchmarkRow, ModelRow, OfferRow, Row, ScaleRow, ScoreRow, VendorRow
from coderoute_ls.selection.pricing.offer_table import OfferTable

Json = Mapping[str, object]
_R = TypeVar("_R", bound=Row)
AXES: tuple[Axis, ...] = ("coding", "completion")


@dataclass(frozen=True)
class Catalog:
    """All known offers. Equal snapshots are equal catalogues."""

    compiled: str
    """ISO date of the facts."""
    snapshot: str
    """``sha256:…`` of the content."""
    offers: tuple[Offer, ...]
    models: Mapping[str, ModelRow] = field(default_factory=dict[str, ModelRow])
    scores: Mapping[str, Mapping[Axis, Score]] = field(default_factory=dict[str, Mapping[Axis, Score]])
    aliases: Mapping[str, str] = field(default_factory=dict[str, str])
    """Canonical local name → model id."""
    refused: tuple[Rejected, ...] = ()
    """Rows that broke a rule, by id and reason: ``bad_price``, ``bad_score``, ``bad_row``, ``duplicate``."""
    document: Json = field(default_factory=dict[str, object], repr=False, compare=False)
    """The file itself: what refresh edits and writes."""

    @staticmethod
    @lru_cache(maxsize=1)
    def bundled() -> "Catalog":
        """The catalogue shipped with this release."""
        return Catalog.parse(files("coderoute_ls.selection.catalog").joinpath("catalog.json").read_bytes())

    @staticmethod
    def parse(source: bytes | Json) -> "Catalog":
        """Read a catalogue. Raises `ConfigurationError` when it is not one at all; a bad row is only left out."""
        document = _load(source) if isinstance(source, bytes) else source
        return _Reader(document).catalog()

    @cached_property
    def by_id(self) -> Mapping[str, Offer]:
        return {offer.id: offer for offer in self.offers}

    @cached_property
    def sheet(self) -> OfferTable:
        """All offers in numbers."""
        return OfferTable.of(self.offers)

    @cached_property
    def scale(self) -> ScaleRow:
        return ScaleRow.model_validate(self.document.get("scale"))

    @cached_property
    def benchmarks(self) -> Mapping[str, BenchmarkRow]:
        rows = _object(self.document.get("benchmarks"))
        return {name: BenchmarkRow.model_validate(row) for name, row in rows.items()}

    def with_offers(self, extra: Iterable[Offer]) -> "Catalog":
        """This catalogue with more offers; one with a known id takes its place."""
        added = {offer.id: offer for offer in extra}
        if not added:
            return self
        kept = tuple(offer for offer in self.offers if offer.id not in added)
        return replace(self, offers=kept + tuple(added.values()), snapshot=self._rehash(repr(sorted(added.items()))))

    def with_scores(self, scores: Mapping[str, Mapping[Axis, float]]) -> "Catalog":
        """This catalogue with the user's own scores, by the id of a model or of an offer; marked ``user`` wherever they are
        shown.
        """
        if not scores:
            return self
        mine = {
            model: {axis: Score(value, value, value, "user", "user", self.compiled) for axis, value in axes.items()}
            for model, axes in scores.items()
        }

        def scored(offer: Offer) -> Offer:
            own = mine.get(offer.id) or mine.get(offer.model)
            return replace(offer, scores={**offer.scores, **own}) if own and offer.effort is None else offer

        merged = {**self.scores, **{m: {**self.scores.get(m, {}), **own} for m, own in mine.items()}}
        told = repr(sorted((m, sorted(axes.items())) for m, axes in scores.items()))
        return replace(self, offers=tuple(map(scored, self.offers)), scores=merged, snapshot=self._rehash(told))

    def _rehash(self, addition: str) -> str:
        return _digest(f"{self.snapshot}\n{addition}".encode())


class _Reader:
    """Reads one document, row by row."""

    def __init__(self, document: Json) -> None:
        self.document = document
        self.refused: list[Rejected] = []
        self.seen: set[str] = set()

    def catalog(self) -> Catalog:
        models = self.document.get("models")
        if self.document.get("format") != 1 or not isinstance(models, list):
            raise ConfigurationError("This is not a catalogue of format 1; run `coderoute-ls models schema` for the format.")
        vendors = {v.id: v for v in self._rows(VendorRow, self.document.get("vendors"), "vendors")}
        rows: dict[str, ModelRow] = {}
        scores: dict[str, Mapping[Axis, Score]] = {}
        offers: list[Offer] = []
        for raw in cast("list[object]", models):
            model = self._row(ModelRow, raw, "models")
            if model is None:
                continue
            if model.id in rows:
                self.refused.append(Rejected(model.id, "duplicate", "the first row counts"))
                continue
            whole = cast("Json", raw)
            rows[model.id] = model
            scores[model.id] = self._scores(model.id, whole.get("scores"))
            for row in self._rows(OfferRow, whole.get("offers"), model.id):
                offers.extend(self._offers(model, row, scores[model.id], vendors.get(row.provider)))
        aliases = {alias: model.id for model in rows.values() for alias in model.aliases}
        return Catalog(
            compiled=str(self.document.get("compiled", "")),
            snapshot=_digest(json.dumps(self.document, sort_keys=True, default=str).encode()),
            offers=tuple(offers),
            models=rows,
            scores=scores,
            aliases=aliases,
            refused=tuple(self.refused),
            document=self.document,
        )

    def _rows(self, kind: type[_R], raw: object, where: str) -> Iterator[_R]:
        for item in cast("list[object]", raw) if isinstance(raw, list) else ():
            row = self._row(kind, item, where)
            if row is not None:
                yield row

    def _row(self, kind: type[_R], raw: object, where: str) -> _R | None:
        try:
            return kind.model_validate(raw)
        except ValidationError as error:
            self._refuse(_name(raw, where), error)
            return None

    def _refuse(self, name: str, error: ValidationError) -> None:
        first = error.errors(include_url=False, include_input=True)[0]
        place = ".".join(str(part) for part in first["loc"])
        price = any(part in {"input", "output", "cached_read", "cached_write", "request"} for part in first["loc"])
        reason = "bad_price" if price else "bad_row"
        self.refused.append(Rejected(name, reason, f"{place} = {first['input']!r}: {first['msg']}"))

    def _scores(self, model: str, raw: object) -> Mapping[Axis, Score]:
        found: dict[Axis, Score] = {}
        rows = _object(raw)
        for axis in AXES:
            if axis not in rows:
                continue
            try:
                row = ScoreRow.model_validate(rows[axis])
            except ValidationError as error:
                first = error.errors(include_url=False)[0]
                place = ".".join(str(part) for part in first["loc"]) or "score"
                self.refused.append(Rejected(model, "bad_score", f"{axis}.{place}: {first['msg']}"))
                continue
            found[axis] = Score(
                row.value, row.low, row.high, row.confidence, row.method, row.date, row.rows, row.sources
            )  # fmt: skip
        return found

    def _offers(self, model: ModelRow, row: OfferRow, scores: Mapping[Axis, Score], vendor: VendorRow | None) -> Iterator[Offer]:
        """The offer at the vendor's default effort, which the score holds for, then one per effort, unscored."""
        plain = f"{row.provider}/{row.wire_id}"
        if plain in self.seen:
            self.refused.append(Rejected(plain, "duplicate", "the first row counts"))
            return
        self.seen.add(plain)
        kept = vendor is not None and not model.id.startswith(vendor.except_models or ("\0",))
        base = Offer(
            id=plain,
            model=model.id,
            provider=row.provider,
            wire_id=row.wire_id,
            dialect=row.dialect,
            name=model.name or model.id,
            capabilities={"text": True, "streaming": True, **model.capabilities, **row.capabilities, "fim": row.fim is not None},
            context=row.context or model.context,
            max_output=row.max_output or model.max_output,
            prices=_prices(row),
            scores={axis: score for axis, score in scores.items() if axis == "coding" or row.fim is not None},
            fim=None if row.fim is None else FimSupport(row.fim.dialect, row.fim.template, row.fim.stop),
            privacy=vendor.promises if vendor is not None and kept else (),
            released=model.released,
            deprecated=row.deprecated,
            expires=row.expires,
        )
        yield base
        chat = {**base.capabilities, "fim": False}
        for effort in model.efforts:
            yield replace(base, id=f"{plain}@{effort}", effort=effort, scores={}, fim=None, capabilities=chat)


def _prices(row: OfferRow) -> Prices:
    return Prices(
        input=row.input,
        output=row.output,
        cached_read=row.cached_read,
        cached_write=row.cached_write,
        cached_write_1h=row.cached_write_1h,
        request=row.request,
        tiers=tuple(
            PriceTier(t.above_input, t.input, t.output, t.cached_read, t.cached_write)
            for t in sorted(row.tiers, key=lambda t: t.above_input)
        ),
        windows=tuple(PriceWindow(w.hours, w.weekdays, w.from_date, w.input, w.output, w.cached_read) for w in row.windows),
        free_tier=row.free_tier,
        source=row.source,
        date=row.date,
    )


def _load(source: bytes) -> Json:
    try:
        document: object = json.loads(source)
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"The catalogue is not JSON: {error}.") from error
    if not isinstance(document, dict):
        raise ConfigurationError("The catalogue is not a JSON object.")
    return cast("Json", document)


def _name(raw: object, where: str) -> str:
    """What to call a row that could not be read."""
    row = _object(raw)
    if "provider" in row and "wire_id" in row:
        return f"{row['provider']}/{row['wire_id']}"
    return str(row.get("id", where))


def _object(raw: object) -> Json:
    return cast("Json", raw) if isinstance(raw, Mapping) else dict[str, object]()


def _digest(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()
