"""What ``coderoute-ls models`` shows of a model and its offers: in words, and as plain values."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from coderoute_ls.selection import reasons_in_words
from coderoute_ls.text.did_you_mean import did_you_mean

if TYPE_CHECKING:
    from coderoute_ls.domain import Axis, Offer, Score
    from coderoute_ls.selection import Catalog


NO_SCORES: "Mapping[Axis, Score]" = {}


def check_provider(name: str, catalog: "Catalog") -> None:
    known = dict.fromkeys(offer.provider for offer in catalog.offers)
    if name not in known:
        told = f"no offer is served by {name!r}{did_you_mean(name, known)} Known are {', '.join(sorted(known))}."
        raise click.BadParameter(told, param_hint="--provider")


def listed(catalog: "Catalog", axis: str, provider: str | None) -> "list[tuple[str, Score | None, Offer | None, list[Offer]]]":
    """Model, its best score, the cheapest offer that earns it, and its offers (cheapest first), best model first."""
    found: dict[str, list[Offer]] = {}
    for offer in catalog.offers:
        if not offer.deprecated and provider in (None, offer.provider):
            found.setdefault(offer.model, []).append(offer)
    rows: list[tuple[str, Score | None, Offer | None, list[Offer]]] = []
    for model, offers in found.items():
        scored = [(score, offer) for offer in sorted(offers, key=cheap) for name, score in offer.scores.items() if name == axis]
        best, at = max(scored, key=lambda pair: pair[0].low, default=(None, None))
        plain = [offer for offer in offers if offer.effort is None and (axis in offer.scores or axis == "coding")]
        rows.append((model, best, at, sorted(plain or offers, key=cheap)))
    return sorted(rows, key=lambda row: (-(row[1].low if row[1] else -1.0), row[0]))


def cheap(offer: "Offer") -> tuple[float, str]:
    """Three tokens in for one out, as in most edits."""
    prices = offer.prices
    unknown = prices.input is None or prices.output is None
    return (float("inf") if unknown else float(3 * (prices.input or 0) + (prices.output or 0)), offer.id)


def price(offer: "Offer") -> str:
    return f"{usd(offer.prices.input)} / {usd(offer.prices.output)}"


def usd(price: object) -> str:
    return "?" if price is None else f"{price:f}".rstrip("0").rstrip(".") if "." in f"{price:f}" else f"{price:f}"


def basis(score: "Score") -> str:
    rests = f" on {', '.join(score.sources)}" if score.sources else f" on {score.rows} results" if score.rows else ""
    return f"{score.method} of {score.date}{rests}"


def by_effort(offers: "Sequence[Offer]") -> list[str]:
    """What is known of each named effort, in words; the unscored ones last, together."""
    efforts = dict.fromkeys(offer.effort for offer in offers if offer.effort)
    told: list[str] = []
    unscored: list[str] = []
    for effort in efforts:
        scores = next((offer.scores for offer in offers if offer.effort == effort and offer.scores), None)
        known = [f"{axis} {_range(score)}" for axis, score in (scores or NO_SCORES).items()]
        if known:
            told.append(f"{'without thinking' if effort == 'none' else f'at {effort} effort'}: {'; '.join(known)}")
        else:
            unscored.append(effort)
    return [*told, f"other efforts, unscored: {', '.join(unscored)}"] if unscored else told


def _range(score: "Score") -> str:
    return f"{score.value:.2f} ({score.low:.2f} to {score.high:.2f}), {reasons_in_words.confidence(score.confidence)}"


def plain_score(score: "Score") -> dict[str, object]:
    return {
        "value": score.value, "low": score.low, "high": score.high, "confidence": score.confidence,
        "method": score.method, "date": score.date, "rows": score.rows, "sources": list(score.sources),
    }  # fmt: skip


def plain_offer(offer: "Offer") -> dict[str, object]:
    prices = offer.prices
    return {
        "id": offer.id, "effort": offer.effort, "dialect": offer.dialect, "input": prices.input, "output": prices.output,
        "cached_read": prices.cached_read, "source": prices.source, "date": prices.date, "context": offer.context,
        "max_output": offer.max_output, "notes": marks(offer),
    }  # fmt: skip


def marks(offer: "Offer") -> list[str]:
    prices = offer.prices
    marks = {
        "free tier": prices.free_tier,
        "fills holes": offer.fim is not None,
        "fills holes by prompt": offer.fim is None and "completion" in offer.scores,
        "preview": offer.preview,
        f"said to cost {prices.times_dearer} times more now": bool(prices.risen),
        "prompt-size tiers": bool(prices.tiers),
        "prices by hour or date": bool(prices.windows),
        "retired": offer.deprecated,
        f"until {offer.expires}": bool(offer.expires),
    }
    return [mark for mark, holds in marks.items() if holds]
