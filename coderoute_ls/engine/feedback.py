"""What happened to calls, for the next decision: health, latches on vendors, token habits, warm prompt caches."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import replace

from coderoute_ls.domain import Offer, OfferHealth, ProviderState
from coderoute_ls.domain.clock import Clock
from coderoute_ls.engine.accounting import booked
from coderoute_ls.engine.attempt import Attempt, Booked
from coderoute_ls.engine.ports import HealthMemory
from coderoute_ls.engine.types import EngineCall
from coderoute_ls.errors import ProviderError
from coderoute_ls.selection import EMBEDDED
from coderoute_ls.selection.health import offer_health, vendor_latch
from coderoute_ls.selection.pricing.expected_length import expected_answer
from coderoute_ls.selection.pricing.free_tier_use import free_limited_until
from coderoute_ls.selection.pricing.token_estimate import verbosity

SESSIONS_KEPT = 50


class Feedback:
    """Learns from each attempt. What it knows of vendors ends with `use`, what it knows of offers stays in ``experience``."""

    def __init__(self, experience: HealthMemory, clock: Clock) -> None:
        self._experience = experience
        self._clock = clock
        self._providers: Mapping[str, ProviderState] = {}
        self._bought_credit = False
        self._warm: OrderedDict[str, dict[str, float]] = OrderedDict()

    @property
    def providers(self) -> Mapping[str, ProviderState]:
        """By id, with what was latched since `use` and is still held."""
        now = self._clock.now()
        if any(state.blocked and state.blocked_until <= now for state in self._providers.values()):
            self._providers = {id_: vendor_latch.released(state, now) for id_, state in self._providers.items()}
        return self._providers

    @property
    def health(self) -> Mapping[str, OfferHealth]:
        """By offer id."""
        return self._experience.health

    def use(self, providers: Mapping[str, ProviderState], *, bought_credit: bool) -> None:
        """Other keys or settings: latched refusals of vendors end here, since their cause may have changed."""
        self._providers = dict(providers)
        self._bought_credit = bought_credit

    def warm(self, session: str) -> Mapping[str, float]:
        """Offer → Unix time of its last answer in this session."""
        return dict(self._warm.get(session, {})) if session else {}

    def cached(self, session: str, offer: Offer, when: float) -> None:
        """This offer has answered what the session goes on from. Vendors that ask nothing for writing a cache keep one of every
        prompt; at the others it has to be asked for, and was not."""
        if session and not offer.prices.cached_write:
            self._warm.setdefault(session, {}).setdefault(offer.id, when)

    def asking(self, offer: Offer) -> None:
        """This offer is asked now: while its circuit is half open, it is the one probe, and no other call asks it."""
        known = self._experience.of(offer.id)
        if known.trips:
            self._experience.put(offer.id, offer_health.probing(known, self._clock.now()))

    def answered(self, call: EngineCall, attempt: Attempt) -> None:
        """The offer answered: its health, its speed, its token habits, and its warm prompt cache."""
        offer = attempt.chosen.offer
        if offer.provider == EMBEDDED.provider:
            return
        now = self._clock.now()
        # an end in a word that is not known is no proof of health, and none of the opposite
        if attempt.finish is None or attempt.finish.reason != "other":
            self._succeeded(call, attempt, now)
        self._see(offer.provider, vendor_latch.answered)
        if offer.prices.free_tier:
            self._count_free_call(offer.provider, now)
        if session := call.prompt.session:
            self._warm.setdefault(session, {})[offer.id] = now
            self._warm.move_to_end(session)
            while len(self._warm) > SESSIONS_KEPT:
                self._warm.popitem(last=False)

    def _succeeded(self, call: EngineCall, attempt: Attempt, now: float) -> None:
        offer = attempt.chosen.offer
        first_token_s = self._usual_first_token_s(call, attempt) if offer.local else attempt.first_token_s
        first_answer_s = first_token_s if attempt.first_answer_s == attempt.first_token_s else attempt.first_answer_s
        known = offer_health.succeeded(
            self._experience.of(offer.id),
            now,
            first_token_s=first_token_s,
            first_answer_s=first_answer_s,
            tokens_per_s=attempt.tokens_per_s,
        )
        if known.price_until > now:
            known = self._price(known, attempt, now)
        known = offer_health.read(known, attempt.dispatch.read)
        if attempt.finish is not None and attempt.finish.reason == "stop":
            known = self._token_habits(known, call, attempt, booked(attempt))
        self._experience.put(offer.id, known)

    def _price(self, known: OfferHealth, attempt: Attempt, now: float) -> OfferHealth:
        """What an offer takes that costs more than is known, where its vendor says what it charged."""
        from coderoute_ls.selection.pricing.billing import billed_usd, reckoned_usd

        offer, usage = attempt.chosen.offer, booked(attempt).usage
        listed = reckoned_usd(offer, usage, self._providers, now)
        if usage.cost_usd is None or not listed:
            return known
        return offer_health.billed(known, billed_usd(offer, usage, self._providers, now) / listed)

    def _usual_first_token_s(self, call: EngineCall, attempt: Attempt) -> float | None:
        """Seconds to the first token of a local model when it has the prompt in its cache but for a key's worth: what it read for
        the first time is no sign of how late the next answer is. None where nothing can be said."""
        offer, read, first = attempt.chosen.offer, attempt.dispatch.read, attempt.first_token_s
        if first is None or (offer.fim and not call.prompt.fim):
            return None  # it reads a conversation from its start, and of a hole what is new: one says nothing about the other
        if read is None or not read.tokens:
            session = call.prompt.session
            return first if not offer.fim or offer.id in self._warm.get(session, {}) else None
        again = min(read.tokens, offer_health.KEY_TOKENS) / read.tokens
        return max(0.0, first - read.seconds * (1 - again))

    def given_up(self, call: EngineCall, attempt: Attempt) -> None:
        """The caller has gone before anything came. That says how late the offer is, at least, once it is later than this action
        can bear. A local model that loads, or reads a file for the first time, is not what it will be at the next key."""
        offer, budget, waited_s = attempt.chosen.offer, call.action.first_token_budget_s, attempt.waited_s
        cold = offer.local and offer.id not in self._warm.get(call.prompt.session, {})
        if budget is not None and waited_s > budget and not cold:
            self._experience.put(offer.id, offer_health.given_up(self._experience.of(offer.id), self._clock.now(), waited_s))

    def _token_habits(self, known: OfferHealth, call: EngineCall, attempt: Attempt, took: Booked) -> OfferHealth:
        """Only what the vendor counted, and what can be true, says anything about the estimate."""
        cost = attempt.chosen.cost
        known = offer_health.accustomed(
            known,
            call.action.id,
            took.usage,
            predicted_input=cost.tokens_in if took.input_counted else 0,
            predicted_output=cost.tokens_out if took.output_counted else 0,
            usual=offer_health.usual_output(call.action.id, self.health.values()),
        )
        return offer_health.learned(
            known,
            predicted_input=attempt.chosen.cost.tokens_in if took.input_counted else 0,
            # how much a hole took says nothing about how much the model talks
            median_output=0 if call.prompt.fim or not took.output_counted else _expected(call),
            prior=verbosity(attempt.chosen.offer),
            usage=took.usage,
        )

    def failed(self, attempt: Attempt) -> None:
        """The offer failed: its circuit, its limits, or a latch on its vendor."""
        error = attempt.error
        assert error is not None
        offer, now = attempt.chosen.offer, self._clock.now()
        known = self._experience.of(offer.id)
        if error.scope == "account" and attempt.chosen.cost.max_usd == 0:
            known = offer_health.failed(known, now)  # a free offer survives the latch, so it has to fail by itself
        else:
            known = offer_health.after_error(known, now, error, input_tokens=attempt.chosen.cost.tokens_in or None)
        self._experience.put(offer.id, known)
        self._see(offer.provider, lambda state: vendor_latch.latched(state, error, now))

    def failed_too(self, offer_id: str, error: ProviderError) -> None:
        """Another offer of a model of which an error says something."""
        self._experience.put(offer_id, offer_health.after_error(self._experience.of(offer_id), self._clock.now(), error))

    def _count_free_call(self, provider: str, now: float) -> None:
        self._experience.count_free_call(provider, now)
        until = free_limited_until(provider, self._experience.free_calls(provider), now, bought=self._bought_credit)
        self._see(provider, lambda state: replace(state, free_limited_until=until))

    def _see(self, provider: str, change: Callable[[ProviderState], ProviderState]) -> None:
        state = self._providers.get(provider)
        if state is not None and (changed := change(state)) is not state:
            self._providers = {**self._providers, provider: changed}


def _expected(call: EngineCall) -> int:
    return expected_answer(call.action, call.target.document.slice(call.region), call.prompt.max_tokens)
