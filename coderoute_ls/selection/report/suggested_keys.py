"""What would be asked if there were a key: for somebody who has none yet, one choice per vendor."""

from dataclasses import dataclass, replace

from coderoute_ls.domain import Chosen, ProviderState, Request, State
from coderoute_ls.domain.vendor_table import VENDORS
from coderoute_ls.selection.catalog.catalog import Catalog
from coderoute_ls.selection.decision.decide import select
from coderoute_ls.selection.pricing.fee_calculation import fee
from coderoute_ls.text.dollars import price

SUGGESTED = ("openrouter", "anthropic", "openai", "google", "mistral", "deepseek")
"""Vendors whose keys people mostly have."""

_SHORT = {"begins to answer ": "", "has only an estimated": "an estimated", "is retired on": "until", "is a ": "a "}


@dataclass(frozen=True, slots=True)
class AsIf:
    """The offer that the request would go to with a key of this vendor alone; None where its models cannot do it."""

    provider: str
    chosen: Chosen | None
    met: bool = True
    """The floor is reached."""


def keyless(state: State) -> bool:
    """Whether no vendor can be reached, for want of any key and any server."""
    return not any(provider.reachable for provider in state.providers.values())


def with_key(state: State, provider: str) -> State:
    """The state if a key of this vendor were there, and no other."""
    return replace(state, providers={provider: ProviderState(reachable=True, fee=fee(provider))})


def as_if(request: Request, catalog: Catalog, state: State, providers: tuple[str, ...] = SUGGESTED) -> tuple[AsIf, ...]:
    """One choice per vendor, the built-in engine left out; vendors that serve nothing for this request are missing."""
    asked = replace(request, embedded_score=None, embedded_alone=False, embedded_available=False)
    decided = ((provider, select(asked, catalog, with_key(state, provider))) for provider in providers)
    return tuple(
        AsIf(provider, decision.chosen, decision.unmet is None) for provider, decision in decided if decision.chosen is not None
    )


def as_if_text(found: tuple[AsIf, ...]) -> str:
    """A line for each: ``  with an OpenRouter key: DeepSeek V4 Pro, about $0.003``."""
    told = [f"  with {key_of(one.provider)}: {_told(one)}" for one in found]
    return "\n".join(told) or "  No vendor that is known serves a model for this."


def key_of(provider: str) -> str:
    """``an OpenRouter key``."""
    row = VENDORS.get(provider)
    name = provider if row is None else row.name
    return f"{'an' if name[:1] in 'AEIOUaeiou' or name.startswith('xAI') else 'a'} {name} key"


def _told(one: AsIf) -> str:
    if one.chosen is None:
        return "no model"
    offer = one.chosen.offer
    effort = f" ({offer.effort} effort)" if offer.effort not in (None, "none") else ""
    below = "" if one.met else ", below the floor"
    cost = one.chosen.cost.expected_usd
    but = "".join(f", {_short(words)}" for words in one.chosen.against)
    return f"{offer.name or offer.wire_id}{effort}, {'about ' if cost else ''}{price(cost, 1)}{below}{but}"


def _short(against: str) -> str:
    """What speaks against a choice, in words for one line: ``after about 31 s``."""
    return next((f"{short}{against.removeprefix(long)}" for long, short in _SHORT.items() if against.startswith(long)), against)
