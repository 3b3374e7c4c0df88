"""From rows of the catalogue to offers: one where no effort is named and one per named effort, each with what it has earned."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypedDict

from coderoute_ls.domain import Axis, FimSupport, Offer, Prices, PriceTier, PriceWindow, Score, Speed
from coderoute_ls.domain.vendor_table import UNKNOWN, VENDORS
from coderoute_ls.selection.catalog.catalog_schema import ModelRow, OfferRow, ScoreRow, SpeedRow, VendorRow
from coderoute_ls.selection.next_edit_models import next_edit_score

_PREVIEW = re.compile(r"(?:^|[-_/.:])(?:preview|exp|experimental|beta|alpha)(?:[-_.:]|$)")


EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
"""From no thinking to the most."""
_MORE_THAN_ASKED = frozenset({"xhigh", "max"})
"""Efforts that no vendor takes unasked."""


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What is known of one model's quality and speed, at any vendor."""

    scores: Mapping[Axis, Score]
    """Where no effort is named; ``completion`` where an endpoint fills holes by itself."""
    by_effort: Mapping[str, Mapping[Axis, Score]]
    prompted: Score | None = None
    """Filling holes by a prompt, at ``prompted_effort``."""
    prompted_effort: str = ""
    speeds: tuple[SpeedRow, ...] = ()

    def coding(self, effort: str | None, default: str) -> Score | None:
        """The coding score at this effort; None is the vendor's own choice, ``default`` where it is known. Of a model that was
        measured at named efforts, one that no result names earns the lowest: what was measured at one holds for no other.
        """
        if effort is not None:
            return self.by_effort.get(effort, {}).get("coding")
        measured = {name: scores["coding"] for name, scores in self.by_effort.items() if "coding" in scores}
        if not measured:
            return self.scores.get("coding")
        usual = (score for name, score in measured.items() if name not in _MORE_THAN_ASKED)
        return measured.get(default) or min(usual, key=lambda score: (score.low, score.value), default=None)

    def completion(self, effort: str | None, default: str, *, native: bool) -> Score | None:
        """The completion score at this effort, for an endpoint that fills holes by itself or for a prompt."""
        if native:
            return self.scores.get("completion")
        return self.prompted if (default if effort is None else effort) == self.prompted_effort else None


def offers_of(model: ModelRow, row: OfferRow, facts: ModelFacts, vendor: VendorRow | None) -> Iterator[Offer]:
    """The offers of one model at one vendor."""
    plain = f"{row.provider}/{row.wire_id}"
    kept = vendor is not None and not model.id.startswith(vendor.except_models or ("\0",))
    base = Offer(
        id=plain,
        model=model.id,
        provider=row.provider,
        wire_id=row.wire_id,
        dialect=row.dialect,
        name=model.name or model.id,
        capabilities={"text": True, "streaming": True, **model.capabilities, **row.capabilities},
        context=row.context or model.context,
        max_output=row.max_output or model.max_output,
        prices=_prices(row),
        fim=None if row.fim is None else FimSupport(row.fim.dialect, row.fim.template, row.fim.stop),
        privacy=vendor.promises if vendor is not None and kept else (),
        released=model.released,
        deprecated=row.deprecated,
        expires=row.expires,
        preview=model.preview or is_preview(model.id) or is_preview(row.wire_id),
        verbosity=_unasked(model),
    )
    default = model.default_effort
    yield replace(base, **_earned(base, None, default, facts, native=base.fim is not None))
    for effort in row.efforts or model.efforts:
        earned = _earned(base, effort, default, facts, native=False)
        yield replace(base, id=f"{plain}@{effort}", effort=effort, fim=None, verbosity=model.verbosity.get(effort), **earned)


def _unasked(model: ModelRow) -> float | None:
    """How much the model writes where no effort is named: as measured so, or as at the effort that vendors run it at."""
    told = model.verbosity.get("", model.verbosity.get(model.default_effort))
    return 1.0 if told is None and model.default_effort == "none" else told


def is_preview(name: str) -> bool:
    """Whether a model's name says that it may change or go at any time."""
    return _PREVIEW.search(name.lower()) is not None


class _Earned(TypedDict):
    scores: Mapping[Axis, Score]
    capabilities: Mapping[str, bool]
    speed: Speed | None


def _earned(offer: Offer, effort: str | None, default: str, facts: ModelFacts, *, native: bool) -> _Earned:
    """What the model has earned at this effort, at the vendor of ``offer``; ``native``: it fills holes by itself."""
    completion = facts.completion(effort, default, native=native)
    coding = facts.coding(effort, default)
    next_edit = facts.scores.get("next_edit") or next_edit_score(offer.model, coding)
    found: dict[Axis, Score | None] = {"coding": coding, "completion": completion, "next_edit": next_edit}
    return _Earned(
        scores={axis: score for axis, score in found.items() if score is not None},
        capabilities=_shared(**{**offer.capabilities, "fim": native or completion is not None}),
        speed=_speed(facts.speeds, offer.provider, default if effort is None else effort),
    )


@lru_cache(maxsize=1024)
def _shared(**capabilities: bool) -> Mapping[str, bool]:
    """One mapping for all offers that can do the same: thousands of them can do one of few dozen things."""
    return capabilities


def _speed(rows: Sequence[SpeedRow], provider: str, effort: str) -> Speed | None:
    """What was measured at this vendor at this effort, else what the model does at it in general, but not at a vendor that is
    known for another speed, else what this vendor was measured at where no effort was named: how fast it is, not how long it
    thinks. A lower effort is no slower than a higher one.
    """
    own = {row.effort: row for row in rows if row.provider == provider}
    found = _at_least(own, effort)
    if found is None and VENDORS.get(provider, UNKNOWN).tokens_per_s <= UNKNOWN.tokens_per_s:
        found = _at_least({row.effort: row for row in rows if not row.provider}, effort)
    if found is not None:
        return Speed(found.first_token_s, found.first_answer_s, found.tokens_per_s, found.date)
    unnamed = own.get("")
    return None if unnamed is None else Speed(unnamed.first_token_s, None, unnamed.tokens_per_s, unnamed.date)


def _at_least(rows: Mapping[str, SpeedRow], effort: str) -> SpeedRow | None:
    """The row of this effort, or of the next higher one."""
    if effort in rows or effort not in EFFORTS:
        return rows.get(effort)
    return next((rows[higher] for higher in EFFORTS[EFFORTS.index(effort) :] if higher in rows), None)


def score_of(row: ScoreRow) -> Score:
    return Score(row.value, row.low, row.high, row.confidence, row.method, row.date, row.rows, row.sources)


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
        risen=row.risen,
        free_tier=row.free_tier,
        source=row.source,
        date=row.date,
    )
