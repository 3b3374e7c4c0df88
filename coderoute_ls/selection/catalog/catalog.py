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

import orjson
from pydantic import ValidationError

from coderoute_ls.domain import Axis, Offer, Rejected, Score
from coderoute_ls.errors import ConfigurationError
from coderoute_ls.selection.catalog.catalog_schema import (
    BenchmarkRow,
    ModelRow,
    OfferRow,
    PromptedRow,
    Row,
    ScaleRow,
    ScoreRow,
    SpeedRow,
    VendorRow,
)
from coderoute_ls.selection.catalog.offer_rows import ModelFacts, offers_of, score_of
from coderoute_ls.selection.pricing.offer_table import OfferTable

Json = Mapping[str, object]
_R = TypeVar("_R", bound=Row)
AXES: tuple[Axis, ...] = ("coding", "completion", "next_edit")


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
    """Of models, where no effort is named."""
    facts: Mapping[str, ModelFacts] = field(default_factory=dict[str, ModelFacts])
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
    def dated(self) -> Mapping[str, str]:
        """ISO dates of the facts by kind: ``prices``, ``models``, ``scores``."""
        told = {name: str(day) for name, day in _object(self.document.get("dated")).items()}
        return {kind: told.get(kind) or self.compiled for kind in ("prices", "models", "scores")}

    @cached_property
    def table(self) -> OfferTable:
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
            own = mine.get(offer.id) or (mine.get(offer.model) if offer.effort is None else None)
            if not own:
                return offer
            fills = {"fim": True} if "completion" in own else {}  # by a prompt, where it has no way of its own
            return replace(offer, scores={**offer.scores, **own}, capabilities={**offer.capabilities, **fills})

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
        facts: dict[str, ModelFacts] = {}
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
            facts[model.id] = self._facts(model.id, whole)
            for row in self._rows(OfferRow, whole.get("offers"), model.id):
                offers.extend(self._offers(model, row, facts[model.id], vendors.get(row.provider)))
        aliases = {alias: model.id for model in rows.values() for alias in model.aliases}
        return Catalog(
            compiled=str(self.document.get("compiled", "")),
            snapshot=_digest(_sorted(self.document)),
            offers=tuple(offers),
            models=rows,
            scores={name: known.scores for name, known in facts.items()},
            facts=facts,
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

    def _facts(self, model: str, whole: Json) -> ModelFacts:
        by_effort = {name: self._scores(model, rows) for name, rows in _object(whole.get("effort_scores")).items()}
        prompted = self._score(PromptedRow, model, "prompted", whole.get("prompted")) if "prompted" in whole else None
        return ModelFacts(
            self._scores(model, whole.get("scores")),
            {name: scores for name, scores in by_effort.items() if scores},
            None if prompted is None else score_of(prompted),
            "" if prompted is None else prompted.effort,
            tuple(self._rows(SpeedRow, whole.get("speeds"), model)),
        )

    def _scores(self, model: str, raw: object) -> Mapping[Axis, Score]:
        rows = _object(raw)
        found: dict[Axis, ScoreRow | None] = {
            axis: self._score(ScoreRow, model, axis, rows[axis]) for axis in AXES if axis in rows
        }
        return {axis: score_of(row) for axis, row in found.items() if row is not None}

    def _score(self, kind: type[_R], model: str, name: str, raw: object) -> _R | None:
        try:
            return kind.model_validate(raw)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = ".".join(str(part) for part in first["loc"]) or "score"
            self.refused.append(Rejected(model, "bad_score", f"{name}.{place}: {first['msg']}"))
            return None

    def _offers(self, model: ModelRow, row: OfferRow, facts: ModelFacts, vendor: VendorRow | None) -> Iterator[Offer]:
        plain = f"{row.provider}/{row.wire_id}"
        if plain in self.seen:
            self.refused.append(Rejected(plain, "duplicate", "the first row counts"))
            return
        self.seen.add(plain)
        yield from offers_of(model, row, facts, vendor)


def _load(source: bytes) -> Json:
    try:
        document: object = json.loads(source)
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"The catalogue is not JSON: {error}.") from error
    if not isinstance(document, dict):
        raise ConfigurationError("The catalogue is not a JSON object.")
    return cast("Json", document)


def _sorted(document: Json) -> bytes:
    """The document as bytes that are the same for the same facts."""
    try:
        return orjson.dumps(document, option=orjson.OPT_SORT_KEYS, default=str)
    except TypeError:  # it holds what orjson does not write, such as a number of more than 64 bits
        return json.dumps(document, sort_keys=True, default=str).encode()


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
