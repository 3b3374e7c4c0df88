"""Offers as columns of numbers: what a call costs at each of them, expected and at most, in one sweep.

The hour's prices, the vendor's platform fee and the prompt-size tiers are applied here. Arrays have one entry per offer, in
the order of `PricedOffers.offers`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

import numpy as np

from coderoute_ls.domain import Offer, ProviderState
from coderoute_ls.domain.vendor_table import UNKNOWN, VENDORS
from coderoute_ls.selection.pricing.offer_table import (
    DEARER_HOST,
    Flags,
    Floats,
    OfferTable,
    Places,
    Rates,
    Tier,
    dearer,
    known,
    most_per_token,
    per_token,
)
from coderoute_ls.selection.pricing.prices_by_time import in_force
from coderoute_ls.selection.pricing.tokenizers import FAMILIES

DAY_S = 86_400.0
RETIRING_DAYS = 90
"""An offer that is gone so soon is not one to get used to."""
ESTIMATE_FACTOR = 3.0
"""How many times its price an offer counts whose score is an estimate."""
BEHIND = 1e12
RISEN_FACTOR = 3.0
"""How many times its price an offer counts that a list says to have become many times dearer."""
LASTING_FACTOR = 1.3
"""How many times its price a preview counts, or a model that is soon retired."""
_OUTPUT = np.array([family.output for family in FAMILIES.values()], dtype=np.float64)
_EPOCH = 719_163
"""The ordinal of 1970-01-01."""
_UNKNOWN_STATE = ProviderState()


@dataclass(frozen=True)
class PricedOffers:
    """Some offers, ready to be priced for any request."""

    offers: tuple[Offer, ...]
    score: Floats
    """The bound that the floor is compared with; −1 where there is no score."""
    multiplier: Floats
    family: Places
    verbosity: Floats
    rates: Rates
    """With the vendor's platform fee, as are ``tiers`` and ``request_fee``."""
    tiers: tuple[Tier, ...]
    request_fee: Floats
    most: Rates
    """The dearest that a call may be billed at: in this hour and the next, with the higher one of the platform's fees. So are
    ``most_tiers`` and ``most_fee``."""
    most_tiers: tuple[Tier, ...]
    most_fee: Floats
    fee_most: Floats
    """The factor in them."""
    risen: Flags
    """A list says that it costs many times more now, which is not believed."""
    fee: Floats
    """The factor in them."""
    context: Floats
    max_output: Floats
    unpriced: Flags
    free_tier: Flags
    vendor: Places
    """The same number for offers at the same vendor."""
    first_token: Floats
    throughput: Floats
    first_answer: Floats
    published: Flags
    free: Flags
    trains: Flags
    preview: Flags
    retiring: Flags
    """The vendor has said that it soon serves it no more."""
    estimated: Flags
    """The score was derived from others, not measured."""
    stands_by: Flags
    """Its vendor is asked where the team's gateway has nothing (`ProviderState.stands_by`)."""

    @cached_property
    def index(self) -> Mapping[str, int]:
        return {offer.id: place for place, offer in enumerate(self.offers)}

    @cached_property
    def answers_apart(self) -> Flags:
        """Offers whose seconds to the first token behind the thinking are known."""
        return ~np.isnan(self.first_answer)

    @cached_property
    def foreseeable(self) -> Flags:
        """Offers of which it is known when they begin to answer, or how much they think."""
        return self.published | np.array([offer.effort is not None for offer in self.offers], dtype=np.bool_)

    @cached_property
    def passing(self) -> Flags:
        """Offers that do not stay."""
        return self.preview | self.retiring

    @cached_property
    def standing_factor(self) -> Floats:
        """How many times its price an offer counts whatever is asked: for not staying, and for a score that is an estimate."""
        factor = np.where(self.passing, LASTING_FACTOR, 1.0) * np.where(self.estimated, ESTIMATE_FACTOR, 1.0)
        return factor * np.where(self.risen, RISEN_FACTOR, 1.0)

    def dearest_answer(self, tokens: int) -> Floats:
        """USD of an answer of so many tokens, with the fee per request. The last one is remembered: an action has one limit."""
        known = self._answers.get(tokens)
        if known is None:
            known = self.most.output * tokens + self.most_fee
            self._answers.clear()
            self._answers[tokens] = known
        return known

    @cached_property
    def _answers(self) -> dict[int, Floats]:
        return {}

    @cached_property
    def least_context(self) -> float:
        return float(self.context.min(initial=np.inf))

    @cached_property
    def local(self) -> Flags:
        """Which ones run on a machine of the user's."""
        return np.array([offer.local for offer in self.offers], dtype=np.bool_)

    @cached_property
    def least_output(self) -> float:
        """The smallest limit of an answer."""
        return float(self.max_output.min(initial=np.inf))

    @cached_property
    def any_unpriced(self) -> bool:
        return bool(self.unpriced.any())

    @cached_property
    def any_free(self) -> bool:
        return bool(self.free.any())

    @cached_property
    def any_free_tier(self) -> bool:
        return bool(self.free_tier.any())

    @cached_property
    def chat_output(self) -> Floats:
        """Billed tokens of a chat's answer for one visible token of GPT's."""
        return _OUTPUT[self.family] * self.verbosity

    @cached_property
    def hole_output(self) -> Floats:
        """The same for filling a hole."""
        return _OUTPUT[self.family] * self.hole_verbosity

    @cached_property
    def answer_base(self) -> Floats:
        """Seconds to the first token of the answer where that is known apart, else to any first token."""
        return np.where(self.answers_apart, self.first_answer, self.first_token)

    @cached_property
    def foreseen_base(self) -> Floats:
        """The same, −inf for offers of which it is not known."""
        return np.where(self.foreseeable, self.answer_base, -np.inf)

    @cached_property
    def thinking_rate(self) -> Floats:
        """Tokens of thinking per second that come on top of `answer_base`; inf where they are in it."""
        return np.where(self.answers_apart, np.inf, self.throughput)

    @cached_property
    def behind(self) -> Floats:
        """What puts offers with an estimated score behind all others in the order of fall-backs."""
        return np.where(self.estimated, BEHIND, 0.0)

    @cached_property
    def any_standing_by(self) -> bool:
        return bool(self.stands_by.any())

    @cached_property
    def any_estimated(self) -> bool:
        return bool(self.estimated.any())

    @cached_property
    def any_risen(self) -> bool:
        return bool(self.risen.any())

    @cached_property
    def held_share(self) -> Floats:
        """The share of the most that an offer may be billed at which still allows a host at the held price, and 1 where nobody is
        told what to allow.
        """
        brokers = np.array([VENDORS.get(offer.provider, UNKNOWN).broker for offer in self.offers], dtype=np.bool_)
        held = np.maximum(_share(self.rates.input, self.most.input), _share(self.rates.output, self.most.output))
        return np.where(brokers, np.minimum(held * DEARER_HOST, 1.0), 1.0)

    @cached_property
    def measured(self) -> Flags:
        return ~self.estimated

    @cached_property
    def hole_verbosity(self) -> Floats:
        """As `verbosity`, for filling a hole: an offer that does it by a prompt thinks as little as its effort says."""
        by_prompt = np.array([offer.fim is None and offer.effort is not None for offer in self.offers], dtype=np.bool_)
        return np.where(by_prompt, self.verbosity, 1.0)

    @cached_property
    def native(self) -> Flags:
        """Offers that fill holes by themselves: no prompt has to tell them how."""
        return np.array([offer.fim is not None for offer in self.offers], dtype=np.bool_)

    @cached_property
    def first_tier(self) -> float:
        """The smallest prompt that any tier concerns."""
        return min((float(above.min()) for above, _ in self.tiers if above.size), default=float("inf"))


def _share(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.ones_like(part), where=whole > 0)


def build(offers: Sequence[Offer], scores: Sequence[float], providers: Mapping[str, ProviderState], now: float) -> PricedOffers:
    """These offers, priced at this hour; ``scores`` are their bounds on the request's axis."""
    return cut(OfferTable.of(offers), range(len(offers)), scores, providers, now)


def cut(
    table: OfferTable,
    places: Sequence[int],
    scores: Sequence[float],
    providers: Mapping[str, ProviderState],
    now: float,
    *,
    estimated: Sequence[bool] = (),
) -> PricedOffers:
    """The columns of some offers of the table, with this hour's prices and these vendors' fees."""
    at = np.array(places, dtype=np.intp)
    vendor = table.vendor[at]
    states = [providers.get(name, _UNKNOWN_STATE) for name in table.vendors]
    fee = np.array([state.fee for state in states], dtype=np.float64)[vendor]
    fee_most = np.maximum(fee, np.array([state.credit_fee or 0.0 for state in states], dtype=np.float64)[vendor])
    rates, most, unpriced = table.rates.at(at), table.most.at(at), ~table.priced[at]
    for row, place in enumerate(places) if table.timed else ():
        if place in table.timed:
            unpriced[row] = not _put_hour(table.offers[place], now, row, rates, most)
    return PricedOffers(
        offers=tuple([table.offers[place] for place in places]),
        score=np.array(scores, dtype=np.float64),
        multiplier=table.multiplier[at],
        family=table.family[at],
        verbosity=table.verbosity[at],
        rates=rates.times(fee),
        tiers=tuple((above[at], level.at(at).times(fee)) for above, level in table.tiers),
        request_fee=table.request_fee[at] * fee,
        most=most.times(fee_most),
        most_tiers=tuple((above[at], level.at(at).times(fee_most)) for above, level in table.most_tiers),
        most_fee=table.most_fee[at] * fee_most,
        fee_most=fee_most,
        risen=table.risen[at],
        fee=fee,
        context=table.context[at],
        max_output=table.max_output[at],
        unpriced=unpriced,
        free_tier=table.free_tier[at],
        vendor=vendor,
        first_token=table.first_token[at],
        throughput=table.throughput[at],
        first_answer=table.first_answer[at],
        published=table.published[at],
        free=table.free[at],
        trains=table.trains[at],
        preview=table.preview[at],
        retiring=table.ends[at] < now / DAY_S + _EPOCH + RETIRING_DAYS,
        estimated=np.array(estimated or [False] * len(at), dtype=np.bool_),
        stands_by=np.array([state.stands_by for state in states], dtype=np.bool_)[vendor],
    )


def _put_hour(offer: Offer, now: float, row: int, rates: Rates, most: Rates) -> bool:
    """Write an offer's prices of this hour into ``rates``, and into ``most`` the dearer of these and the next hour's, for the
    call may end then. Returns whether they can be reckoned with.
    """
    stamp = datetime.fromtimestamp(now, UTC)
    prices, later = (in_force(offer.prices, hour) for hour in (stamp, stamp + timedelta(hours=1)))
    rates.put(row, per_token(prices))
    most.put(row, dearer(most_per_token(offer, prices), most_per_token(offer, later)))
    return known(prices)
