"""The hard rules R1 to R11: which offers may be used at all, each refused one with its first failing rule.

Rules that hold for a whole policy (settings, keys, date) look at one offer at a time and run once per policy; those that
depend on the request run as sweeps over `PricedOffers`. R2, R3, R4, R6 and R8 are never breached, whatever the floor policy.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import NamedTuple

import numpy as np

from coderoute_ls.domain import Axis, Objective, Offer, OfferHealth, Privacy, ProviderState, Request, State
from coderoute_ls.domain.vendor import TEAM
from coderoute_ls.selection.pricing.cost_estimate import Estimate
from coderoute_ls.selection.pricing.first_token_time import first_answer_s
from coderoute_ls.selection.pricing.offer_table import Flags, Floats, gives_away
from coderoute_ls.selection.pricing.priced_offers import PricedOffers
from coderoute_ls.text.dollars import dollars

VARIANTS: Mapping[str, Objective] = {"nitro": "speed", "floor": "cost", "cap": "quality", "free": "free", "local": "local"}
FIRST_RULES = {
    "disabled": 1, "not_allowed": 1, "excluded": 1, "not_local": 1, "no_credentials": 2, "auth_blocked": 2, "no_credit": 2
}  # fmt: skip
"""Reasons of the rules that put an offer out of reach altogether: a record names those offers without embedding them."""
LENIENT = frozenset({"text", "streaming", "parallel_tools", "strict_schema", "beats_built_in"})
"""Capabilities that an offer is taken to have when nothing is known. Without the last two it answers all the same, with less."""
TAKEN_AT_A_WORD = frozenset({"tools", "images", "documents", "reasoning", "fim"})
"""Capabilities that an offer is taken to have when nothing is known and the user has named it: whatever chats fills holes by a
prompt. A schema is not among them: there are other ways to one."""
SLOW_S = 300.0
"""Seconds for which a late first token counts against an offer; then the offer may be tried again."""
MARGIN_SHARE, MARGIN_TOKENS = 0.05, 64
"""Room left in the window for an estimate that is too low, of the prompt and flat."""

RESERVE_TIMES, RESERVE_TOKENS = 2, 256
"""How much longer than expected an answer may become in a small window."""


class Failure(NamedTuple):
    """A rule's number in the list R1 to R11, what it is called in a record, and the figures behind it."""

    rule: int
    reason: str
    detail: str = ""


PASSED = Failure(0, "")
"""Of a vendor that nothing bars."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The part of a request that stays the same from call to call: what tables are prepared for."""

    axis: Axis
    floor: float
    objective: Objective
    required: tuple[str, ...]
    """Sorted, so that the first one missing is the same in every process."""
    allow: tuple[str, ...]
    deny: tuple[str, ...]
    privacy: Privacy
    bound: str
    trust_vendor_scores: bool
    rules: int
    pinned: str
    """What the offer must be called, variant included, or ""."""

    @property
    def restricts(self) -> bool:
        """Whether the user's wishes bar anything at all."""
        return bool(self.pinned or self.deny or self.allow or self.objective == "local")

    def covers(self, request: Request) -> bool:
        """Whether this is the request's policy, without making that."""
        return (
            self.floor == request.floor.value
            and self.axis == request.axis
            and len(self.required) == len(request.required)
            and request.required.issuperset(self.required)
            and (self.allow, self.deny) == (request.allow, request.deny)
            and (self.privacy, self.bound) == (request.privacy, request.score_bound)
            and (self.trust_vendor_scores, self.rules) == (request.trust_vendor_scores, request.rules)
            and self.pinned == (request.pinned or "")
            and self.objective == objective(request)
        )

    @staticmethod
    def of(request: Request) -> "Policy":
        pinned = request.pinned or ""
        return Policy(
            request.axis, request.floor.value, objective(request), tuple(sorted(request.required)), request.allow, request.deny,
            request.privacy, request.score_bound, request.trust_vendor_scores, request.rules, pinned,
        )  # fmt: skip


def objective(request: Request) -> Objective:
    """What to optimise: the variant of a pinned name (``:nitro``) goes before the request's own."""
    return VARIANTS.get((request.pinned or "").rpartition(":")[2], request.objective)


def reach(providers: Mapping[str, ProviderState]) -> Mapping[str, Failure]:
    """Per vendor why R1 or R2 bar it, or `PASSED`; one that is not among ``providers`` has no key."""
    barred: dict[str, Failure] = {}
    for name, state in providers.items():
        if not state.enabled:
            barred[name] = Failure(1, "disabled", name)
        elif not state.reachable:
            barred[name] = Failure(2, "no_credentials", f"no key or server for {name}")
        elif state.blocked:
            barred[name] = Failure(2, state.blocked, name)
        else:
            barred[name] = PASSED
    return barred


def barrier(offer: Offer, policy: Policy, vendors: Mapping[str, Failure], today: str) -> Failure | None:
    """The first failing one of R1, R2, R3, R6 and R9, and of a restricting objective; None when all pass.

    ``vendors`` is what `reach` found.
    """
    vendor = vendors.get(offer.provider) or Failure(2, "no_credentials", f"no key or server for {offer.provider}")
    if vendor.rule == 1:
        return vendor
    if policy.restricts and (failure := _unwanted(offer, policy)):
        return failure
    if vendor.rule and not (vendor.reason == "no_credit" and costs_nothing(offer)):
        return vendor
    capabilities = offer.capabilities
    for name in policy.required:
        if name == "beats_built_in" and policy.pinned:
            continue  # who names a model wants it, however weak it is
        if not capabilities.get(name, name in LENIENT or (bool(policy.pinned) and name in TAKEN_AT_A_WORD)):
            return Failure(3, f"capability:{name}", "" if name in capabilities else "unknown")
    if policy.privacy != "any" and not offer.local and (policy.privacy == "local_only" or policy.privacy not in offer.privacy):
        return Failure(6, f"privacy:{policy.privacy}", f"{offer.provider} promises {', '.join(offer.privacy) or 'nothing known'}")
    if policy.objective == "free" and not costs_nothing(offer):
        return Failure(8, "not_free", "the objective is free")
    if offer.deprecated:
        return Failure(9, "deprecated")
    if offer.expires and offer.expires < today:
        return Failure(9, "expired", offer.expires)
    return None


def _unwanted(offer: Offer, policy: Policy) -> Failure | None:
    """R1 by the user's wishes: another name, a glob, or a restricting objective."""
    if policy.pinned and not called(offer, policy.pinned):
        return Failure(1, "not_allowed", f"{policy.pinned} was asked for by name")
    if policy.deny and (pattern := matching(offer, policy.deny)):
        return Failure(1, "excluded", pattern)
    if policy.allow and not matching(offer, policy.allow):
        return Failure(1, "not_allowed", "matches nothing in models.allow")
    if policy.objective == "local" and not offer.local:
        return Failure(1, "not_local", "the objective is local")
    return None


def called(offer: Offer, pinned: str) -> bool:
    """Whether a user's name means this offer: its id, or its model with the vendor's default effort or ``@effort``."""
    base, _, variant = pinned.rpartition(":")
    names = {pinned, base} if variant in VARIANTS else {pinned}
    model = offer.model if offer.effort is None else f"{offer.model}@{offer.effort}"
    return offer.id in names or model in names


def matching(offer: Offer, patterns: tuple[str, ...]) -> str:
    """The first glob that matches the offer, its model at this vendor, or its model anywhere; "" for none."""
    names = [offer.id.lower(), f"{offer.provider}/{offer.model}".lower(), offer.model.lower()]
    if offer.provider == TEAM:  # it goes by its names at the gateway as well: a policy means the same at both ends
        names += [offer.wire_id.lower(), f"{offer.wire_id.partition('/')[0]}/{offer.model}".lower()]
    return next((p for p in patterns if any(fnmatchcase(name, p.lower()) for name in names)), "")


def costs_nothing(offer: Offer) -> bool:
    """A local model, or one that its vendor gives away."""
    return offer.local or gives_away(offer)


def failures(
    columns: PricedOffers, figures: Estimate, request: Request, state: State, seen: Mapping[int, OfferHealth]
) -> Iterator[tuple[int, str, Flags]]:
    """The rules that depend on the request, in order, each with the offers that break it; without rules that none can break."""
    short = [place for place, health in seen.items() if health.max_input is not None and _exceeds(figures, place, health, state)]
    if short or _needed(figures.longest, request) > columns.least_context:
        needed = _needed(figures.tokens, request)
        less = request.max_tokens - local_reserve(request)
        too_long = columns.context < np.where(columns.local, needed - less, needed)
        too_long[short] = True
        yield 4, "context", too_long
    if columns.least_output < request.max_tokens:
        yield 5, "output_limit", columns.max_output < request.max_tokens
    if columns.any_unpriced:
        yield 8, "unknown_price", columns.unpriced
    if columns.any_free and request.rules > 1 and not request.allow_free:
        yield 8, "free_offer", columns.free & columns.trains if objective(request) == "free" else columns.free
    if request.max_cost_usd is not None:
        yield 8, "over_cap", figures.maximum > request.max_cost_usd
    if state.budget_left_usd is not None:
        yield 8, "over_budget", figures.maximum > max(state.budget_left_usd, 0.0)
    yield from _health_failures(columns, state, seen)
    if request.first_token_budget_s is not None:
        yield 11, "latency", _late(columns, figures, request, state, seen)


def local_reserve(request: Request) -> int:
    """Room for an answer in a local model's window, in tokens: a small one has no place for the longest answer that there may be,
    and needs none for a region of thirty lines."""
    if request.rules < 4:
        return request.max_tokens
    return min(request.max_tokens, RESERVE_TIMES * request.median_output + RESERVE_TOKENS)


def _needed(size: Floats | float, request: Request) -> Floats | float:
    """The window that a prompt and its answer need."""
    return size * (1 + MARGIN_SHARE) + (MARGIN_TOKENS + request.max_tokens)


def _exceeds(figures: Estimate, place: int, health: OfferHealth, state: State) -> bool:
    return health.max_input is not None and health.max_input_until > state.now and figures.tokens[place] > health.max_input


def _health_failures(columns: PricedOffers, state: State, seen: Mapping[int, OfferHealth]) -> Iterator[tuple[int, str, Flags]]:
    tiers = columns.any_free_tier
    spent = {name for name, provider in state.providers.items() if provider.free_limited_until > state.now} if tiers else ()
    if spent:
        used_up = np.array([offer.provider in spent for offer in columns.offers], dtype=np.bool_)
        yield 10, "rate_limited", columns.free_tier & used_up
    barred: dict[str, list[int]] = {"circuit_open": [], "rate_limited": [], "not_found": []}
    for place, health in seen.items():
        if max(health.open_until, health.limited_until, health.missing_until) > state.now:
            for places, until in zip(
                barred.values(), (health.open_until, health.limited_until, health.missing_until), strict=True
            ):
                if until > state.now:
                    places.append(place)
    for reason, places in barred.items():
        if places:
            yield 10, reason, _flags(len(columns.offers), places)


def _late(columns: PricedOffers, figures: Estimate, request: Request, state: State, seen: Mapping[int, OfferHealth]) -> Flags:
    """Offers whose first token comes too late: as experienced, else as published; what is not known is not late."""
    budget = request.first_token_budget_s or 0.0
    late = _flags(len(columns.offers), [])
    if request.rules > 1:
        late = columns.published & (first_answer_s(columns, figures, request) > budget)
    for place, health in seen.items():
        if (first := _first_seen_s(health, request)) is not None:
            late[place] = first > budget and state.now - health.updated < SLOW_S
    return late


def _first_seen_s(health: OfferHealth, request: Request) -> float | None:
    """Seconds to the first thing that can be shown, as experienced."""
    if request.rules > 4 and health.first_answer_s is not None:
        return health.first_answer_s
    return health.first_token_s


def _flags(size: int, places: list[int]) -> Flags:
    flags = np.zeros(size, dtype=np.bool_)
    flags[places] = True
    return flags


def detail(reason: str, offer: Offer, figures: tuple[float, float], request: Request, state: State) -> str:
    """The figures (prompt tokens, most USD) behind a failed sweep, for one offer."""
    size, most = figures
    health = state.health.get(offer.id) or OfferHealth()
    match reason:
        case "context":
            learned = health.max_input
            known = learned is not None and health.max_input_until > state.now and size > learned
            limit = f"a learned limit of {learned}" if known else f"a window of {offer.context}"
            return f"{size:.0f} tokens and {request.max_tokens} of answer in {limit}"
        case "output_limit":
            return f"{request.max_tokens} > {offer.max_output}"
        case "over_cap":
            return f"up to {dollars(most)} > {dollars(request.max_cost_usd or 0.0)}"
        case "over_budget":
            return f"up to {dollars(most)} > {dollars(state.budget_left_usd or 0.0)} left"
        case "circuit_open":
            return f"{health.streak} failures in a row; tried again in {health.open_until - state.now:.0f} s"
        case "rate_limited":
            provider = state.providers.get(offer.provider, ProviderState())
            return f"for {max(health.limited_until, provider.free_limited_until) - state.now:.0f} s"
        case "not_found":
            return f"the vendor does not know it; asked again in {health.missing_until - state.now:.0f} s"
        case "latency":
            published = None if offer.speed is None else offer.speed.first_answer_s or offer.speed.first_token_s
            seen = _first_seen_s(health, request)
            expected = published if seen is None else seen
            return f"{expected or 0.0:.1f} s > {request.first_token_budget_s:.1f} s"
        case "free_offer":
            return "asked with allow_free = true"
        case _:
            return ""
