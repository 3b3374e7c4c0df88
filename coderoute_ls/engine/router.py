"""From a call to a decision: which offer to ask, or why none, and what it costs."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from coderoute_ls.domain import (
    Action,
    Chosen,
    Decision,
    Document,
    Fim,
    Floor,
    HoleByPrompt,
    OfferHealth,
    Position,
    Prompt,
    ProviderState,
    Request,
    Span,
    State,
    Target,
)
from coderoute_ls.domain.clock import Clock
from coderoute_ls.domain.ledger import Alternative, Ledger
from coderoute_ls.engine.accounting import booked, limits
from coderoute_ls.engine.attempt import Attempt
from coderoute_ls.engine.feedback import Feedback
from coderoute_ls.engine.ports import HealthMemory
from coderoute_ls.engine.types import Answered, CallRecord, EngineCall
from coderoute_ls.providers.fill_in_middle_by_prompt import FENCE_TOKENS, told_besides
from coderoute_ls.selection import EMBEDDED, without_models
from coderoute_ls.selection.decision.built_in_engine import alone_from
from coderoute_ls.selection.decision.hard_regions import FailedRegions, difficulties, raised
from coderoute_ls.selection.pricing.expected_length import UNSEEN_TOKENS, expected_answer, joined_pieces, prompt_pieces
from coderoute_ls.selection.reasons_in_words import place, remedy, remedy_of_pick
from coderoute_ls.settings import Effective

if TYPE_CHECKING:
    from coderoute_ls.engine.prepared_catalog import PreparedCatalog
    from coderoute_ls.selection import Catalog
    from coderoute_ls.selection.decision.suitable_offers import Suitable


USUAL_CHARS = 8_000
"""A prompt of ordinary size."""


class Router:
    """The selector with its memory, ``feedback``: which vendors can be reached, how offers fared, whose prompt cache is warm.

    ``catalog`` is called when a vendor can be reached, or somebody wants to see it. ``answers``: ids of the actions that the
    built-in engine can answer when no model can.
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
        self._prepared: PreparedCatalog | None = None
        self._ghost: tuple[PreparedCatalog, Effective, str] | None = None
        """What `ghost_text` said last, and of what."""
        self._ledger = ledger
        self.feedback = Feedback(experience, clock)
        self._clock = clock
        self._actions = actions
        self._answers = answers
        self._seed = seed
        self.failed_regions = FailedRegions()

    # -- what may be chosen -----------------------------------------------------------------------------------------------

    @property
    def catalog(self) -> "Catalog":
        return self.prepared.catalog

    @property
    def prepared(self) -> "PreparedCatalog":
        """The catalogue, prepared. The first look costs a tenth of a second."""
        if self._prepared is None:
            from coderoute_ls.engine.prepared_catalog import PreparedCatalog

            self._prepared = PreparedCatalog(self._source(), self.providers, self._ledger)
        return self._prepared

    @property
    def providers(self) -> Mapping[str, ProviderState]:
        return self.feedback.providers

    @property
    def health(self) -> Mapping[str, OfferHealth]:
        return self.feedback.health

    def use(
        self, catalog: "Callable[[], Catalog]", providers: Mapping[str, ProviderState], *, bought_credit: bool = False
    ) -> None:
        """Another catalogue, other keys: latched refusals of vendors end here, since their cause may have changed.
        ``bought_credit`` raises the day's free requests where a vendor says so.
        """
        self._source = catalog
        self._prepared = None
        self.feedback.use(providers, bought_credit=bought_credit)

    def request(self, call: EngineCall) -> Request:
        """The call as the selector sees it: sizes, limits and wishes, none of its text."""
        action, prompt, effective = call.action, call.prompt, call.settings
        settings = effective.settings
        own = settings.action(action.id)
        draft = call.draft
        required, images, pages, unseen = action.required, (), 0, UNSEEN_TOKENS
        if not prompt.text_only:
            from coderoute_ls.engine.conversation.prompt_needs import needs, sizes, unseen_tokens

            required |= needs(prompt)
            images, pages = sizes(prompt)
            unseen += unseen_tokens(prompt)
        return Request(
            action=action.id,
            axis=action.axis,
            floor=effective.floor_for(action.id, action.axis, action.min_coding_score),
            chars=prompt.chars,
            pieces=prompt_pieces(prompt),
            by_prompt=None if prompt.fim is None else by_prompt(prompt.fim),
            unseen_tokens=unseen,
            language=call.target.document.language,
            messages=max(1, len(prompt.messages)),
            max_tokens=prompt.max_tokens,
            choices=prompt.choices,
            median_output=expected_answer(action, call.target.document.slice(call.region), prompt.max_tokens),
            required=required,
            images=images,
            pages=pages,
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
            allow_free=effective.free_is_agreed(action.id) or bool((call.pinned and not call.because) or own.model),
            pinned=call.pinned or own.model,
            embedded_score=draft.probability if draft else None,
            embedded_alone=draft is not None and draft.completes_line and settings.embedded.answer_alone,
            embedded_available=settings.embedded.enable and action.id in self._answers,
        )

    def alone_from(self, action: Action, effective: Effective) -> float:
        """The probability from which the built-in engine's draft answers this action without a model being asked; inf: never."""
        embedded, pinned = effective.settings.embedded, effective.settings.action(action.id).model
        floor = effective.floor_for(action.id, action.axis, action.min_coding_score).value
        return alone_from(floor, allowed=embedded.enable and embedded.answer_alone and not pinned)

    def decide(self, call: EngineCall, ledger: Ledger | None = None) -> tuple[Decision, State]:
        """Which offer to ask (``chosen`` is None when none may be), and the state in which that was decided. ``ledger``:
        who pays, where that is not the router's own."""
        request = self.request(call)
        state = self._state(call, ledger)
        if not (request.pinned or self._within_reach()):
            return without_models(request, state), state
        learn = call.settings.settings.learn
        decision = self.prepared.decide(request, state, learn=learn)
        if (floor := self._raised_floor(call, decision, state)) is not None:
            decision = self.prepared.decide(replace(request, floor=floor), state, learn=learn)
        return decision, state

    def _raised_floor(self, call: EngineCall, decision: Decision, state: State) -> Floor | None:
        """The floor that leaves the cheap step out, where the region or the turn is hard and the user lets a stronger model be
        asked."""
        request = decision.request
        if request.objective != "cost" or request.pinned:
            return None
        what, why = "turn", call.hard
        if not why and call.action.surface == "replace" and call.settings.settings.action(call.action.id).escalate:
            failures = self.failed_regions.count(call.target, call.region)
            what, why = "region", difficulties(call.target, call.region, failures)
        if not why:
            return None
        return raised(decision, self._next_up(decision, decision.chosen, state), f"a hard {what} ({', '.join(why)})")

    def _within_reach(self) -> bool:
        """Whether the catalogue has a say: a vendor can be reached, or none is even enabled, which is told differently."""
        known = self.providers.values()
        return any(state.reachable for state in known) or not any(state.enabled for state in known)

    def explained(self, record: CallRecord) -> Decision:
        """The decision of a past call with every rejected offer, its reason and the frontier."""
        return self.prepared.explained(record.decision, record.state)

    def as_if(self, decision: Decision, state: State) -> str:
        """The offer that the request would go to with a key, a line for each vendor; "" where a vendor can be reached."""
        from coderoute_ls.selection.report.suggested_keys import as_if, as_if_text, keyless

        return as_if_text(as_if(decision.request, self.catalog, state)) if keyless(state) else ""

    def ghost_text(self, effective: Effective) -> str:
        """Which of the vendors within reach give ghost text, and by which model, in words; "" while no catalogue is loaded."""
        if self._prepared is None:
            return ""
        if self._ghost is None or self._ghost[:2] != (self._prepared, effective):
            from coderoute_ls.selection.report.ghost_text_vendors import ghost_text, told

            within = [name for name, state in self.providers.items() if state.reachable]
            document = Document("", "python", 0, ("",))
            span = Span(Position(0, 0), Position(0, 0))
            usual = Prompt(fim=Fim(" " * USUAL_CHARS, ""), max_tokens=256)
            request = self.request(EngineCall(self._actions["inline_completion"], usual, Target(document, span), span, effective))
            found = ghost_text(request, self.catalog, State(self._clock.now()), within)
            self._ghost = self._prepared, effective, told(found, within)
        return self._ghost[2]

    def stronger(self, record: CallRecord) -> Chosen | None:
        """The next offer up the frontier from the one that answered, priced for the same request; None at the top."""
        return self._next_up(record.decision, record.answered, record.state)

    def _next_up(self, decision: Decision, below: Chosen | None, state: State) -> Chosen | None:
        if below is None:
            return None
        low = below.score.low if below.score else 0.0
        frontier = self.prepared.explained(decision, state).frontier
        point = next((p for p in frontier if p.score > low and p.offer != below.offer.id), None)
        return None if point is None else self.prepared.pinned(decision, state, point.offer)

    def suitable(self, call: EngineCall, most: int) -> "tuple[Suitable, ...]":
        """The offers that the call may go to, whichever model is set for its action, the cheapest first."""
        return self.prepared.suitable(self.request(call), self._state(call), most) if self._within_reach() else ()

    def again(self, call: EngineCall, decision: Decision, offer: str) -> Chosen | None:
        """This offer, priced for the same request by what is known now; None when it may not be asked."""
        return self.prepared.pinned(decision, self._state(call), offer)

    def why_nobody(self, decision: Decision) -> str:
        """One sentence for the user: why no offer may be asked, and what to do about it."""
        rule = decision.unmet.rule.removeprefix("all_") if decision.unmet else "no_offers"
        action, floor, pinned = decision.request.action, decision.request.floor, decision.request.pinned
        told = remedy_of_pick(pinned, action) if pinned and rule == "not_allowed" else remedy(rule, action)
        return f"No model can be asked for {action} (floor {floor.value:.2f}, {place(floor.origin)}): {told}"

    def _state(self, call: EngineCall, ledger: Ledger | None = None) -> State:
        return State(
            now=self._clock.now(),
            providers=self.providers,
            health=dict(self.health),
            warm=self.feedback.warm(call.prompt.session),
            budget_left_usd=(ledger or self._ledger).left_usd(call.target.folder, limits(call.settings)),
            seed=self._seed,
        )

    def alternative(self, call: EngineCall, decision: Decision, state: State, answered: Answered) -> Alternative:
        """What the answer would have cost at the strongest model, and at one that suits all actions of its kind."""
        if not self._within_reach():
            return Alternative()
        axis = decision.request.axis
        floors = (
            call.settings.floor_for(action.id, axis, action.min_coding_score).value
            for action in self._actions.values()
            if action.axis == axis
        )
        return self.prepared.alternative(decision.request, max(floors, default=0.0), state, answered)

    def failed(self, attempt: Attempt) -> None:
        """The offer failed. What concerns its model concerns the model's other efforts at this vendor as well."""
        self.feedback.failed(attempt)
        if attempt.error is not None and attempt.error.scope == "model":
            failed = attempt.chosen.offer
            for offer in self.catalog.offers:
                if (offer.provider, offer.wire_id) == (failed.provider, failed.wire_id) and offer.id != failed.id:
                    self.feedback.failed_too(offer.id, attempt.error)

    def dearer(self, attempt: Attempt) -> str:
        """That the answer cost more than by the catalogue's prices, or may have, in words; "" where nothing says so."""
        return self.prepared.dearer(attempt.chosen.offer, booked(attempt).usage, self._clock.now())

    def billed_usd(self, attempt: Attempt) -> float:
        """What the attempt is booked with, in USD; 0 when no vendor may charge for it."""
        if not attempt.may_cost or attempt.chosen.offer.provider == EMBEDDED.provider:
            return 0.0
        return self.prepared.billed_usd(attempt.chosen.offer, booked(attempt).usage, self._clock.now())


def by_prompt(fim: Fim) -> HoleByPrompt:
    """What filling this hole takes on top where a model is told how to by a prompt."""
    return HoleByPrompt(joined_pieces([*told_besides(fim)]), FENCE_TOKENS)
