"""The catalogue with the user's own experience in its scores, for those who want that (``learn = true``)."""

from collections.abc import Mapping
from dataclasses import replace

from coderoute_ls.domain import Axis, Offer
from coderoute_ls.domain.ledger import Ledger
from coderoute_ls.selection import Catalog, PreparedOffersCache


class LearnedCatalogs:
    """One corrected catalogue per action, made anew when the ledger has counted again."""

    def __init__(self, catalog: Catalog, ledger: Ledger) -> None:
        self._catalog = catalog
        self._ledger = ledger
        self._caches: dict[str, tuple[Mapping[str, float], PreparedOffersCache]] = {}

    def of(self, action: str, axis: Axis) -> PreparedOffersCache:
        corrections = self._ledger.corrections(action)
        known = self._caches.get(action)
        if known is None or known[0] != corrections:
            known = self._caches[action] = corrections, PreparedOffersCache(corrected(self._catalog, axis, corrections))
        return known[1]

    def by_snapshot(self, snapshot: str) -> Catalog | None:
        """The corrected catalogue of this name, while it is the newest of its action."""
        return next((cache.catalog for _, cache in self._caches.values() if cache.catalog.snapshot == snapshot), None)


def corrected(catalog: Catalog, axis: Axis, corrections: Mapping[str, float]) -> Catalog:
    """The catalogue in which these offers' scores on the axis are moved, within 0..1, and say by how much."""
    moved = (_moved(offer, axis, corrections[offer.id]) for offer in catalog.offers if corrections.get(offer.id))
    return catalog.with_offers(offer for offer in moved if offer is not None)


def _moved(offer: Offer, axis: Axis, by: float) -> Offer | None:
    score = offer.scores.get(axis)
    if score is None:
        return None
    value, low, high = (min(max(part + by, 0.0), 1.0) for part in (score.value, score.low, score.high))
    return replace(offer, scores={**offer.scores, axis: replace(score, value=value, low=low, high=high, correction=by)})
