"""From a call to a decision, and from what became of it to what the next decision knows."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from coderoute_ls.domain import Action, Axis, Chosen, Decision, Offer, OfferHealth, ProviderState, Request, State
from coderoute_ls.domain.ledger import Alternative, Ledger
from coderoute_ls.engine.accounting import limits, usage_of
from coderoute_ls.engine.attempt import Attempt
from coderoute_ls.engine.clock import Clock
from coderoute_ls.engine.ports import HealthMemory
from coderoute_ls.engine.types import CallRecord, EngineCall
from coderoute_ls.selection import EMBEDDED, without_models
from coderoute_ls.selection.health import offer_health
from coderoute_ls.selection.pricing.fees import free_limited_until
from coderoute_ls.selection.pricing.token_estimate import verbosity

if TYPE_CHECKING:
    from coderoute_ls.engine.prepared_catalog import PreparedCatalog
    from coderoute_ls.selection import Catalog

SESSIONS_KEPT = 50


class Router:
    """The selector with its memory: which vendors can be reached, how offers fared, whose prompt cache is warm.

    ``catalog`` is called when a vendor can be reached, or somebody wants to see it. ``answers``: ids of the actions that the
    built-in engine can answer when nobody else can.
    """

    def __init__(
        self,
        catalog: "Callable[[], Catalog]",
        *,
        ledger: Ledger,
        experience: HealthMemory,
        clock: Clock,
        actions: Mapping[str, Action],
        answers: frozenset[str],
        seed: int = 0,
    ) -> None:
        self._source = catalog
        self._market: PreparedCatalog | None = None
        self._ledger = ledger
        self._experience = experience
        self._clock = clock
        self._actions = actions
        self._answers = answers
        self._seed = seed
        self._providers: Mapping[str, ProviderState] = {}
        self._bought_credit = False
        self._warm: OrderedDict[str, dict[str, float]] = OrderedDict()

    # -- what may be chosen -----------------------------------------------------------------------------------------------

    @property
    def catalog(self) -> "Catalog":
        return self.market.catalog

    @property
    def market(self) -> "PreparedCatalog":
        """The catalogue, prepared. The first look costs a tenth of a second."""
        if self._market is None:
            from coderoute_ls.engine.prepared_catalog import PreparedCatalog

            self._market = PreparedCatalog(self._source(), self._providers, self._ledger)
        return self._market

    @property
    def providers(self) -> Mapping[str, ProviderState]:
        return self._providers

    @property
    def health(self) -> Mapping[str, OfferHealth]:
        return self._experience.health

    def use(
        self, catalog: "Callable[[], Catalog]", providers: Mapping[str, ProviderState], *, bought_credit: bool = False
    ) -> None:
        """Another catalogue, other keys: latched refusals of vendors end here, since their cause may have changed.
        ``bought_credit`` raises the day's free requests where a vendor says so.
        """
        self._source = catalog
        self._market = None
        self._providers = dict(providers)
        self._bought_credit = bought_credit

    # -- deciding -----------------------------------------------------------------------------------------------------------

    def request(self, call: EngineCall) -> Request:
        """The call as the selector sees it: sizes, limits and wishes, none of its text."""
        action, prompt, effective = call.action, call.prompt, call.settings
        settings = effective.settings
        own = settings.action(action.id)
        draft = call.draft
        return Request(
            action=action.id,
            axis=action.axis,
            floor=effective.floor_for(action.id, action.axis, action.min_coding_score),
            chars=prompt.chars,
            language=call.target.document.language,
            messages=max(1, len(prompt.messages)),
            max_tokens=prompt.max_tokens,
            median_output=min(action.median_output, prompt.max_tokens),
            required=action.required,
            cacheable_chars=prompt.cacheable_chars,
            session=prompt.session,
            objective=own.objective or settings.objective,
            first_token_budget_s=action.first_token_budget_s,
            max_cost_usd=effective.cap_for(action.id, action.axis, action.max_cost_usd),
            on_unmet_floor=settings.on_unmet_floor,
            score_bound=settings.score_bound,
            trust_vendor_scores=settings.trust_vendor_scores,
            allow=settings.models.allow,
            deny=settings.models.deny,
            privacy=settings.privacy,
            pinned=call.pinned or own.model,
            embedded_score=draft.probability if draft else None,
            embedded_alone=draft is not None and draft.completes_line and settings.embedded.answer_alone,
            embedded_available=settings.embedded.enable and action.id in self._answers,
        )

    def decide(self, call: EngineCall) -> tuple[Decision, State]:
        """Whom to ask (``chosen`` is None when nobody may be), and the state in which that was decided."""
        request = self.request(call)
        state = self._state(call)
        if request.pinned or self._within_reach():
            return self.market.decide(request, state, learn=call.settings.settings.learn), state
        return without_models(request, state), state

    def _within_reach(self) -> bool:
        """Whether the catalogue has a say: a vendor can be reached, or none is even enabled, which is told differently."""
        known = self._providers.values()
        return any(state.reachable for state in known) or not any(state.enabled for state in known)

    def explained(self, record: CallRecord) -> Decision:
        """The decision of a past call with every rejected offer, its reason and the frontier."""
        return self.market.explained(record.decision, record.state)

    def stronger(self, record: CallRecord) -> Chosen | None:
        """The next offer up the frontier from the one that answered, priced for the same request; None at the top."""
        answered = record.answered
        if answered is None:
            return None
        low = answered.score.low if answered.score else 0.0
        point = next((p for p in self.explained(record).frontier if p.score > low and p.offer != answered.offer.id), None)
        return None if point is None else self.market.pinned(record.decision, record.state, point.offer)

    def why_nobody(self, decision: Decision) -> str:
        """One sentence for the user: why no offer may be asked, and what to do about it."""
        rule = decision.unmet.rule.removeprefix("all_") if decision.unmet else "no_offers"
        action, floor = decision.request.action, decision.request.floor
        return f"No model can be asked for {action} (floor {floor.value:.2f} from {floor.origin}): " + _REMEDIES.get(
            rule.partition(":")[0], f"every offer was rejected ({rule}). `coderoute-ls route {action} --explain` lists them."
        )

    def _state(self, call: EngineCall) -> State:
        return State(
            now=self._clock.now(),
            providers=self._providers,
            health=dict(self._experience.health),
            warm=dict(self._warm.get(call.prompt.session, {})) if call.prompt.session else {},
            budget_left_usd=self._ledger.left_usd(call.target.folder, limits(call.settings)),
            seed=self._seed,
        )

    def alternative(self, call: EngineCall, decision: Decision, state: State) -> Alternative:
        """What the call would have cost at the strongest model, and at one that suits all actions."""
        if not self._within_reach():
            return Alternative()
        floors: dict[Axis, float] = {}
        for action in self._actions.values():
            floor = call.settings.floor_for(action.id, action.axis, action.min_coding_score).value
            floors[action.axis] = max(floor, floors.get(action.axis, 0.0))
        return self.market.alternative(decision.request, floors, state)

    def billed_usd(self, attempt: Attempt) -> float:
        """What the attempt cost, in USD; 0 when nothing arrived before it failed."""
        if not attempt.sent or attempt.chosen.offer.provider == EMBEDDED.provider:
            return 0.0
        return self.market.billed_usd(attempt.chosen.offer, usage_of(attempt), self._clock.now())

    def asking(self, offer: Offer) -> None:
        """This offer is asked now: while its circuit is half open, it is the one probe, and nobody else asks."""
        known = self._experience.of(offer.id)
        if known.trips:
            self._experience.put(offer.id, offer_health.probing(known, self._clock.now()))

    # -- learning from what happened ------------------------------------------------------------------------------------------

    def succeeded(self, call: EngineCall, attempt: Attempt) -> None:
        """The offer answered: its offer_health, its speed, its token habits, and its warm prompt cache."""
        offer = attempt.chosen.offer
        if offer.provider == EMBEDDED.provider:
            return
        now = self._clock.now()
        # a local server reads a conversation from its start, and of a hole what is new: one says nothing about the other
        first_token_s = None if offer.local and offer.fim and not call.prompt.fim else attempt.first_token_s
        known = offer_health.succeeded(
            self._experience.of(offer.id), now, first_token_s=first_token_s, tokens_per_s=attempt.tokens_per_s
        )
        usage = attempt.finish.usage if attempt.finish else None
        if usage is not None and attempt.finish is not None and attempt.finish.reason == "stop":
            known = offer_health.learned(
                known,
                predicted_input=attempt.chosen.cost.tokens_in,
                # how much a hole took says nothing about how much the model talks
                median_output=0 if call.prompt.fim else min(call.action.median_output, call.prompt.max_tokens),
                prior=verbosity(offer),
                usage=usage,
            )
        self._experience.put(offer.id, known)
        if offer.prices.free_tier:
            self._count_free_call(offer.provider, now)
        if session := call.prompt.session:
            self._warm.setdefault(session, {})[offer.id] = now
            self._warm.move_to_end(session)
            while len(self._warm) > SESSIONS_KEPT:
                self._warm.popitem(last=False)

    def failed(self, attempt: Attempt) -> None:
        """The offer failed: its circuit, its limits, or a latch on its vendor."""
        error = attempt.error
        assert error is not None
        offer = attempt.chosen.offer
        known = self._experience.of(offer.id)
        tokens = attempt.chosen.cost.tokens_in or None
        self._experience.put(offer.id, offer_health.after_error(known, self._clock.now(), error, input_tokens=tokens))
        if blocked := offer_health.provider_block(error):
            self._mark(offer.provider, blocked=blocked)

    def _count_free_call(self, provider: str, now: float) -> None:
        self._experience.count_free_call(provider, now)
        until = free_limited_until(provider, self._experience.free_calls(provider), now, bought=self._bought_credit)
        self._mark(provider, free_limited_until=until)

    def _mark(self, provider: str, **known: Any) -> None:
        if (state := self._providers.get(provider)) is not None:
            self._providers = {**self._providers, provider: replace(state, **known)}


_REMEDIES = {
    "no_credentials": "no key is set and no local server was found. Set one, for example OPENROUTER_API_KEY, "
    "or start Ollama; `coderoute-ls providers` lists all.",
    "auth_blocked": "the key was refused. `coderoute-ls providers check` says which one.",
    "no_credit": "the account is out of credit.",
    "over_budget": "the spending limit is reached. `coderoute-ls usage` shows what was spent.",
    "over_cap": "every model would pass the cap for one call ([budget] in your config.toml).",
    "no_offers": "the catalogue is empty.",
}
