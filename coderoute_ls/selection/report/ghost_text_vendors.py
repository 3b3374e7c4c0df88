"""Which vendors give ghost text: each asked alone, whether one of its models fills holes well enough and in time."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from coderoute_ls.domain import Chosen, Request, State
from coderoute_ls.domain.vendor_table import VENDORS
from coderoute_ls.selection.catalog.catalog import Catalog
from coderoute_ls.selection.decision.decide import select
from coderoute_ls.selection.report.suggested_keys import with_key


def ghost_text(request: Request, catalog: Catalog, state: State, providers: Iterable[str]) -> Mapping[str, Chosen]:
    """By vendor the offer that its ghost text would come from; vendors that give none are missing."""
    asked = replace(
        request, pinned=None, embedded_score=None, embedded_alone=False, embedded_available=False, on_unmet_floor="best_available"
    )
    decided = ((provider, select(asked, catalog, with_key(state, provider)).chosen) for provider in providers)
    return {provider: chosen for provider, chosen in decided if chosen is not None}


def told(found: Mapping[str, Chosen], providers: Iterable[str]) -> str:
    """``Ghost text: Mistral by Codestral 2508; OpenAI by GPT-6 Luna, by prompt (an estimate). None from Perplexity.``"""
    having = [f"{_vendor(name)} by {how(chosen)}" for name, chosen in found.items()]
    without = [_vendor(name) for name in providers if name not in found]
    none = f" None from {', '.join(without)}." if without else ""
    return f"Ghost text: {'; '.join(having) or 'from the built-in engine alone'}.{none}"


def how(chosen: Chosen) -> str:
    """The model for people, and whether it is only prompted to fill holes."""
    offer, score = chosen.offer, chosen.score
    by_prompt = "" if offer.fim is not None else ", by prompt"
    estimate = " (an estimate)" if score is not None and score.confidence == "estimate" else ""
    return f"{offer.name or offer.wire_id}{by_prompt}{estimate}"


def _vendor(name: str) -> str:
    row = VENDORS.get(name)
    return name if row is None else row.name
