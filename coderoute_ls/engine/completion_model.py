"""The engine for ghost text: one action of the completion axis, asked at every keystroke."""

import math
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing, suppress
from dataclasses import replace

from coderoute_ls.completion import Answering, Event, ModelRequest, Prospect, Purpose
from coderoute_ls.domain import Action, Decision, Delta, Draft, Fim, Finish, Offer, OfferHealth, Priority, Prompt, Target
from coderoute_ls.engine.engine import Engine
from coderoute_ls.engine.router import Router
from coderoute_ls.engine.types import Asked, EngineCall, RoutedCall, shortened
from coderoute_ls.errors import CoderouteError
from coderoute_ls.selection import EMBEDDED
from coderoute_ls.settings import Effective

_PROBE = Prompt(fim=Fim(" " * 6_000, " " * 2_000))
"""A prompt of ordinary size: asks the selector where ghost text would go, before there is a real one."""

FRESH_S = 1.0
"""Seconds for which a decision holds that was made ahead: prices and budget may be another second's by then."""
SLOW_PER_S, SLOW_CHARS = 400.0, 4_000
"""A local model that reads fewer tokens in a second gets prompts of so many characters, and reads nothing ahead: what it reads
for the first time keeps the user waiting for seconds."""
WINDOW_CHARS, ANSWER_TOKENS = 3, 384
"""Characters of a token, at least, and room for an answer, in a local model's window."""

PRIORITIES: Mapping[Purpose, Priority] = {"invoked": "by_hand", "typing": "typing", "ahead": "ahead", "warming": "ahead"}


class CompletionModel:
    """Chooses and asks for one action. ``settings_for`` takes a document's address; ``asking`` hears of each offer that is
    asked."""

    def __init__(
        self,
        engine: Engine,
        action: Action,
        settings_for: Callable[[str], Effective],
        asking: Callable[[Asked], None] = lambda event: None,
    ) -> None:
        self._engine = engine
        self._action = action
        self._settings_for = settings_for
        self._asking = asking
        self._foreseen: tuple[str, Decision] | None = None
        """The document's address, not the document: a closed one would be kept alive."""
        self._thought: tuple[ModelRequest, RoutedCall] | None = None

    def prospect(self, target: Target) -> Prospect:
        likely = self._likely(target)
        self._foreseen, chosen = (target.document.uri, likely), likely.chosen
        effective = self._settings_for(target.document.uri)
        if chosen is None or chosen.offer.provider == EMBEDDED.provider:
            return Prospect(local=True, first_token_s=0.0, alone_from=0.0 if effective.settings.embedded.enable else math.inf)
        health = self._engine.router.health.get(chosen.offer.id)
        return Prospect(
            local=chosen.offer.local,
            first_token_s=health.first_token_s if health else None,
            ahead=chosen.offer.local and not _slow(health),
            max_chars=_prompt_chars(chosen.offer, health),
            alone_from=self._engine.router.alone_from(self._action, effective),
            below_floor=likely.unmet is not None,
        )

    def prepare(self, target: Target) -> None:
        foreseen = self._foreseen
        chosen = (foreseen[1] if foreseen is not None and foreseen[0] == target.document.uri else self._likely(target)).chosen
        if chosen is not None and chosen.offer.provider != EMBEDDED.provider:
            self._engine.upstream.prepare(chosen.offer)

    def think(self, question: ModelRequest) -> None:
        with suppress(CoderouteError):  # asking raises it again
            self._thought = (question, self._routed(question))

    async def ask(self, question: ModelRequest) -> AsyncGenerator[Event, None]:
        routed = self._decided_ahead(question) or self._routed(question)
        async with aclosing(self._engine.run(routed)) as events:
            async for event in events:
                match event:
                    case Asked():
                        self._asking(event)
                        offer = event.chosen.offer
                        embedded = offer.provider == EMBEDDED.provider
                        yield Answering(event.call, local=offer.local, embedded=embedded, restart=event.restart)
                    case Delta() | Finish():
                        yield event
                    case _:
                        pass

    def _decided_ahead(self, question: ModelRequest) -> RoutedCall | None:
        """What `think` has found, where it is still what would be found now."""
        thought, self._thought = self._thought, None
        if thought is None or not question.asks_as(thought[0]):
            return None
        settings = self._settings_for(question.brief.target.document.uri)
        return _still(thought[1], question.draft, settings, self._engine.router, self._engine.clock.now())

    def _routed(self, question: ModelRequest) -> RoutedCall:
        brief, action = question.brief, self._action
        prompt = action.prompt(brief)
        temperature = prompt.temperature if question.temperature is None else question.temperature
        prompt = replace(
            prompt,
            max_tokens=question.max_tokens,
            stop=question.stop,
            temperature=temperature,
            priority=PRIORITIES[question.purpose],
        )
        settings = self._settings_for(brief.target.document.uri)
        prompt = shortened(prompt, action, settings)
        call = EngineCall(action, prompt, brief.target, brief.region, settings, draft=question.draft)
        routed = self._engine.choose(call)
        if question.purpose not in ("warming", "ahead") or routed.decision.chosen is None:
            return routed
        # What is read ahead is for the server with the cache: when that one fails, the next offer would cost money for nothing.
        return self._engine.choose(replace(call, pinned=routed.decision.chosen.offer.id))

    def _likely(self, target: Target) -> Decision:
        settings = self._settings_for(target.document.uri)
        return self._engine.router.decide(EngineCall(self._action, _PROBE, target, target.span, settings))[0]


def _still(routed: RoutedCall, draft: Draft | None, settings: Effective, router: Router, now: float) -> RoutedCall | None:
    """The same call, decided a moment ago, with a draft that has come since. None where it has to be decided once more: the draft
    wins or may win, or settings, vendors or the health of an offer in the chain are others now."""
    call, decision, state = routed.call, routed.decision, routed.state
    same = call.settings is settings and state.providers is router.providers and now - state.now <= FRESH_S
    chain = (chosen.offer.id for chosen in decision.chain)
    if not same or any(state.health.get(offer) is not router.health.get(offer) for offer in chain):
        return None
    if draft is None or draft is call.draft:
        return routed
    if decision.unmet is not None or draft.answers_alone(router.alone_from(call.action, settings)):
        return None
    alone = draft.completes_line and settings.settings.embedded.answer_alone
    request = replace(decision.request, embedded_score=draft.probability, embedded_alone=alone)
    return RoutedCall(replace(call, draft=draft), replace(decision, request=request), state)


def _slow(health: OfferHealth | None) -> bool:
    return health is not None and health.read_per_s is not None and health.read_per_s < SLOW_PER_S


def _prompt_chars(offer: Offer, health: OfferHealth | None) -> int:
    """The longest prompt for ghost text: only a local model has a window so small, or reads so slowly, that it matters."""
    most = Prospect().max_chars if not (offer.local and _slow(health)) else SLOW_CHARS
    return min(most, max(0, offer.context - ANSWER_TOKENS) * WINDOW_CHARS) if offer.local and offer.context else most
