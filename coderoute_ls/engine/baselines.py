"""What an answered call would have cost with one model for everything: the base of the savings figure.

Two rivals on the call's axis: always the strongest model, and the one model that one would use for everything, the cheapest
that clears the floors of all actions. Both could have answered this very call under the same rules: privacy, allowed and
denied models, trust, context, caps, health. Their price is for the call's real prompt and the text that was seen, in the
rival's own tokens and with its own thinking. The rule in words for users: `ledger.usage_queries.SAVINGS_RULE`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from coderoute_ls.domain import Alternative, Floor, Offer, OfferHealth, ProviderState, Request, State, Usage
from coderoute_ls.engine.types import Answered
from coderoute_ls.selection import EMBEDDED
from coderoute_ls.selection.decision.offer_candidates import Candidates
from coderoute_ls.selection.decision.prepared_offers import PreparedOffers
from coderoute_ls.selection.pricing import cost_estimate as priced
from coderoute_ls.selection.pricing import token_estimate
from coderoute_ls.selection.pricing.offer_table import Flags, Floats
from coderoute_ls.selection.pricing.priced_offers import PricedOffers

TYPICAL_CHARS, TYPICAL_OUTPUT = 8_000, 300
"""The call by which the one model for everything is chosen, so that it is the same model from call to call."""
BY_CHARS = 4.0
"""Characters per token of an answer whose visible tokens were not counted."""


class Baselines:
    """The rivals under one catalogue and one set of keys. ``tables`` gives the offers that one policy lets through."""

    def __init__(self, tables: Callable[[Request, State], PreparedOffers], providers: Mapping[str, ProviderState]) -> None:
        self._tables = tables
        self._providers = providers
        self._typical: tuple[PricedOffers, Floats] | None = None

    def of(self, request: Request, floor: float, state: State, answered: Answered) -> Alternative:
        """``floor``: the highest of any action on the request's axis. None where no trusted offer could have answered."""
        wish = request.objective if request.objective in ("free", "local") else "cost"
        anybody = replace(request, pinned=None, objective=wish, floor=Floor(0.0), embedded_score=None)
        columns = self._tables(anybody, state).strict
        able = Candidates.of(columns, anybody, state).ok if columns.offers else np.zeros(0, dtype=np.bool_)
        if not able.any():
            return Alternative()
        price = _Price(columns, request, state, answered)
        strongest = min(_lowest(-columns.score, able), key=lambda i: (price.usd(i), columns.offers[i].id))
        cheapest = _lowest(self._typical_costs(columns, anybody, state), able & (columns.score >= floor))
        single = min(cheapest, key=lambda i: columns.offers[i].id, default=strongest)
        named = [(columns.offers[i].id, price.usd(i)) for i in (strongest, single)]
        return Alternative(*named[0], *named[1], answered.paid_usd)

    def _typical_costs(self, columns: PricedOffers, request: Request, state: State) -> Floats:
        """What a call of ordinary size costs at each offer, whatever was experienced."""
        if self._typical is None or self._typical[0] is not columns:
            asked = replace(
                request,
                chars=TYPICAL_CHARS,
                pieces=(),
                cacheable_chars=0,
                median_output=TYPICAL_OUTPUT,
                max_tokens=4 * TYPICAL_OUTPUT,
            )
            self._typical = columns, priced.estimate(columns, asked, State(state.now), {}).expected
        return self._typical[1]


def _lowest(ranks: Floats, among: Flags) -> list[int]:
    """The places of the lowest rank among some; none where there are none."""
    if not among.any():
        return []
    return np.flatnonzero(among & (ranks == ranks[among].min())).tolist()


@dataclass(frozen=True, slots=True)
class _Price:
    """What one call would have cost at other offers."""

    columns: PricedOffers
    request: Request
    state: State
    answered: Answered

    def usd(self, place: int) -> float:
        """At the offer of this place; the answering one costs there what it did cost."""
        offer = self.columns.offers[place]
        if offer.id == self.answered.chosen.offer.id:
            return self.answered.own_usd
        return priced.price_of(self.columns, place, self._usage(place))

    def _usage(self, place: int) -> Usage:
        """The call's tokens at this offer: the same texts, the same share of the prompt cached, and its own thinking."""
        used, request = self.answered.usage, self.request
        own = self._multiplier()
        ratio = float(self.columns.multiplier[place]) / own
        entered, read, written = (round(count * ratio) for count in (used.input, used.cached_read, used.cached_write))
        visible = self._visible(own) * ratio
        output = min(visible * self._thinking(place), max(request.max_tokens, visible))
        return Usage(entered or self._estimated(place), round(output), read, written)

    def _multiplier(self) -> float:
        """Of the answering offer's tokens; the built-in engine has none, and its text is counted as GPT's would be."""
        offer = self.answered.chosen.offer
        return 1.0 if offer.provider == EMBEDDED.provider else token_estimate.multiplier(offer.model)

    def _visible(self, own: float) -> float:
        """Tokens of the text that was seen, in the answering offer's own."""
        used, chars = self.answered.usage, self.answered.text_chars
        offer = self.answered.chosen.offer
        by_chars = chars / BY_CHARS * own
        silent = token_estimate.verbosity(offer) > 1.0 and not used.reasoning and "fim" not in self.request.required
        if silent or not used.output or offer.provider == EMBEDDED.provider:
            return by_chars
        return float(used.output - used.reasoning) if chars else 0.0

    def _estimated(self, place: int) -> int:
        """Prompt tokens by the prompt's size, where the answering offer counts none."""
        per_token = token_estimate.CHARS_PER_TOKEN.get(self.request.language, token_estimate.OTHER_LANGUAGE)
        return round(float(self.columns.multiplier[place]) * self.request.chars / per_token)

    def _thinking(self, place: int) -> float:
        """Billed output for one token of text: never less than the text, never more than its effort usually thinks."""
        if "fim" in self.request.required:
            return 1.0
        usual = float(self.columns.verbosity[place])
        learned = self._health(self.columns.offers[place]).verbosity
        return usual if learned is None else min(max(learned, 1.0), usual)

    def _health(self, offer: Offer) -> OfferHealth:
        return self.state.health.get(offer.id) or OfferHealth()
