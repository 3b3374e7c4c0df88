"""Which model, and why: pure functions over a catalogue of offers. Needs no server, no network and no event loop.

>>> from coderoute_ls.selection import Catalog, Floor, ProviderState, Request, State, select
>>> state = State(now=1_795_000_000, providers={"deepseek": ProviderState(reachable=True)})
>>> request = Request("refactor", "coding", Floor(0.70), chars=12_000, language="python")
>>> decision = select(request, Catalog.bundled(), state)
>>> decision.chosen.offer.provider
'deepseek'
>>> decision.chosen.score.low >= 0.70
True

A server that decides often keeps `PreparedOffersCache(catalog)` and passes ``cache.tables(request, state)`` instead of the
catalogue; `explain` gives the same decision with frontier and rejections; ``selection.record`` turns that into JSON and decides
it again.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from coderoute_ls.domain import (
    Chosen,
    Decision,
    Floor,
    Offer,
    OfferHealth,
    Prices,
    ProviderState,
    Rejected,
    Request,
    Score,
    State,
    Unmet,
)
from coderoute_ls.selection.decision.built_in_engine import EMBEDDED, after_all, without_models

if TYPE_CHECKING:
    from coderoute_ls.selection.catalog.catalog import Catalog
    from coderoute_ls.selection.catalog.local_model_offers import local_offers
    from coderoute_ls.selection.decision.decide import explain, select
    from coderoute_ls.selection.decision.prepared_offers import PreparedOffers, PreparedOffersCache, prepare

_LOADED_WHEN_USED = {
    "Catalog": "catalog.catalog",
    "explain": "decision.decide",
    "select": "decision.decide",
    "local_offers": "catalog.local_model_offers",
    "PreparedOffersCache": "decision.prepared_offers",
    "PreparedOffers": "decision.prepared_offers",
    "prepare": "decision.prepared_offers",
}
"""They need numpy or pydantic, which a start without any key does not."""


def __getattr__(name: str) -> object:
    if name not in _LOADED_WHEN_USED:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_LOADED_WHEN_USED[name]}"), name)


__all__ = [
    "EMBEDDED",
    "Catalog",
    "Chosen",
    "Decision",
    "Floor",
    "Offer",
    "OfferHealth",
    "PreparedOffers",
    "PreparedOffersCache",
    "Prices",
    "ProviderState",
    "Rejected",
    "Request",
    "Score",
    "State",
    "Unmet",
    "after_all",
    "explain",
    "local_offers",
    "prepare",
    "select",
    "without_models",
]
