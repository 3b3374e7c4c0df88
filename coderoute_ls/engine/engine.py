"""One call from the finished prompt to the last event: choose, check, reserve, stream, fall back, settle, record."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import dataclass, replace
from uuid import uuid4

from coderoute_ls.domain import Alternative, Chosen, Delta, Embedded, Finish, StreamEvent, Unmet, Upstream, Usage
from coderoute_ls.domain.clock import Clock
from coderoute_ls.domain.ledger import Ledger
from coderoute_ls.engine import secret_check
from coderoute_ls.engine.accounting import affordable, booked, limits, row, spent_up
from coderoute_ls.engine.attempt import Attempt, pause_before_again, sendable, useless_after
from coderoute_ls.engine.call_log import CallLog
from coderoute_ls.engine.ports import Listener
from coderoute_ls.engine.router import Router
from coderoute_ls.engine.types import Answered, Asked, CallRecord, Done, EngineCall, Event, Hop, RoutedCall
from coderoute_ls.errors import BudgetExceeded, ContentRefused, NoOffer, Paused, PriceAboveLimit, ProviderError
from coderoute_ls.selection import EMBEDDED, after_all
from coderoute_ls.selection.decision.least_floor import above


@dataclass(frozen=True, slots=True)
class Engine:
    """Joins selection, providers, the built-in engine and the ledger. Knows neither LSP nor HTTP."""

    router: Router
    upstream: Upstream
    embedded: Embedded
    ledger: Ledger
    records: CallLog
    clock: Clock

    def choose(self, call: EngineCall) -> RoutedCall:
        """Check the prompt and decide which offer to ask; asks no model, keeps nothing. Raises `SecretFound`, `NoOffer`."""
        call = call if call.keep_secrets else secret_check.cleared(call)
        routed = self.decided(call)
        if call.prompt.output is not None and (routed.decision.chosen is None or routed.decision.unmet is not None):
            from coderoute_ls.engine.conversation.structured_output import otherwise

            routed = otherwise(self.decided, routed)
        if routed.decision.chosen is None:
            raise NoOffer(routed.call.settings.closed or self.router.why_nobody(routed.decision))
        return routed

    def decided(self, call: EngineCall) -> RoutedCall:
        """As `choose`, where there may be none."""
        decision, state = self.router.decide(call, self.ledger)
        if least := call.settings.least_floor(call.action.id):
            decision = above(decision, least)
        return RoutedCall(call, decision, state)

    async def run(self, call: EngineCall | RoutedCall) -> AsyncGenerator[Event, None]:
        """Ask as decided. Yields `Asked` before each offer's text, its `Delta`s and its `Finish`, and `Done` at the
        end; raises `CoderouteError` when no model answered. Hold it in ``contextlib.aclosing``: closing it closes the connection.
        """
        routed = call if isinstance(call, RoutedCall) else self.choose(call)
        run = None
        if routed.call.schema_way:
            from coderoute_ls.engine.conversation.structured_output import answered

            source = answered(self.run, routed, self.decided)
        else:
            run = _Run(self, routed)
            source = run.events()
        try:
            async with aclosing(source) as events:
                async for event in events:
                    yield event
        finally:
            if run is not None:
                run.close()

    async def tell(self, call: EngineCall | RoutedCall, listener: Listener) -> CallRecord | None:
        """`run`, for who only wants to be told: returns the record of a call that was answered to its end. Raises the same."""
        record = None
        async with aclosing(self.run(call)) as events:
            async for event in events:
                match event:
                    case Asked():
                        listener.asked(event)
                    case Delta():
                        await listener.said(event)
                    case Finish():
                        listener.ended(event)
                    case Done():
                        record = event.record
                    case _:
                        pass  # tools and signed reasoning: callers that ask for them read `run`
        return record


class _Run:
    """The state of one call: at which hop it is, what became of the ones before, who answered."""

    def __init__(self, engine: Engine, choice: RoutedCall) -> None:
        self._engine = engine
        self._call = choice.call
        self._decision = choice.decision
        self._state = choice.state
        self._id = uuid4().hex
        self._started = engine.clock.now()
        self._attempt: Attempt | None = None
        self._hops: list[Hop] = []
        self._notes: tuple[str, ...] = ()
        self._spent: dict[str, float] = {}
        """USD by offer."""
        self._dearer: Chosen | None = None  # refused for its price: asked again for more where nothing else answers
        self._pauses = 0  # times that it let another request go first
        self._unpaid: BudgetExceeded | None = None
        self._record: CallRecord | None = None

    async def events(self) -> AsyncGenerator[Event, None]:
        failed: Attempt | None = None
        refused = False
        for chosen in self._offers():
            if failed is not None and useless_after(chosen, failed):
                continue
            yield Asked(self._id, chosen, self._decision, restart=failed is not None and failed.chars > 0)
            try:
                async with aclosing(self._answered(chosen)) as events:
                    async for event in events:
                        yield event
                return
            except BudgetExceeded as error:
                self._hops.append(Hop(chosen.offer.id, error.user_message))
                self._unpaid = error
            except ProviderError as error:
                failed = self._fail(error)
                if refused := isinstance(error, ContentRefused):
                    break
        reason = (failed and failed.error) or self._unpaid or NoOffer(self._engine.router.why_nobody(self._decision))
        instead = None if refused else after_all(self._decision.request, self._state, reason.user_message)
        if instead is None:
            raise reason
        unmet = replace(self._decision, unmet=Unmet("all_failed"))
        yield Asked(self._id, instead, unmet, restart=failed is not None and failed.chars > 0)
        try:
            async with aclosing(self._answered(instead)) as events:
                async for event in events:
                    yield event
        except NoOffer:
            raise reason from None

    async def _answered(self, chosen: Chosen) -> AsyncGenerator[Event, None]:
        """The events of one offer, and `Done` with the last of them: nothing fails any more once an answer has a good end."""
        async with aclosing(self._hop(chosen)) as events:
            async for event in events:
                yield event
                if isinstance(event, Finish):
                    yield Done(self._recorded())

    def _offers(self) -> Iterator[Chosen]:
        """The chain, each again when paused; then, for more, what was refused for its price; then what limits have room for."""
        for chosen in self._decision.chain:
            pauses = -1
            while pauses != self._pauses:
                pauses = self._pauses
                yield chosen
        while (refused := self._dearer) is not None:
            self._dearer = None
            if (again := self._engine.router.again(self._call, self._decision, refused.offer.id)) is not None:
                yield again
        if self._unpaid is not None and (routed := affordable(self._engine.decided(self._call), self._hops)) is not None:
            self._decision, self._state = routed.decision, routed.state
            yield from routed.decision.chain

    async def _hop(self, chosen: Chosen) -> AsyncGenerator[StreamEvent, None]:
        """The events of one offer, asked once more where it cannot have got the request, or wants a short pause."""
        for last in (False, True):
            self._attempt = attempt = await self._begin(chosen)
            source = self._embedded(chosen) if chosen.offer.provider == EMBEDDED.provider else self._upstream(attempt)
            try:
                async with aclosing(source) as events:
                    async for event in events:
                        attempt.see(event)
                        yield event
                return
            except ProviderError as error:
                pause = pause_before_again(error, attempt)
                if last or pause is None:
                    raise
                self._fail(error)
                await self._engine.clock.sleep(pause)

    async def _begin(self, chosen: Chosen) -> Attempt:
        reservation = None
        if chosen.cost.max_usd > 0:
            reservation = await self._engine.ledger.reserve(
                self._call.target.folder, chosen.cost.max_usd, limits(self._call.settings), model=chosen.offer.model
            )
            if reservation is None:
                raise spent_up(chosen)
        self._engine.router.feedback.asking(chosen.offer)
        return Attempt(chosen, reservation, self._engine.clock)

    def _upstream(self, attempt: Attempt) -> AsyncGenerator[StreamEvent, None]:
        self._engine.records.sent.add(self._id, self._call)
        asked = sendable(self._call, self._decision, attempt, self._pauses)
        return self._engine.upstream.stream(attempt.chosen.offer, asked)

    async def _embedded(self, chosen: Chosen) -> AsyncGenerator[StreamEvent, None]:
        """The built-in engine's draft, or its answer to an action, in the form of a model's stream."""
        call = self._call
        if call.draft is not None:
            yield Delta(call.draft.text)
        else:
            answer = await self._engine.embedded.answer(call.action.id, call.target, call.region)
            if answer is None:
                raise NoOffer(self._engine.router.why_nobody(self._decision))
            self._notes = answer.notes
            for line in answer.text.splitlines(keepends=True):
                yield Delta(line)
        yield Finish("stop", Usage(), chosen.offer.name)

    def _fail(self, error: ProviderError) -> Attempt:
        """The attempt at hand failed: its health, its money, its line in the record."""
        attempt = self._attempt
        assert attempt is not None
        attempt.error = error
        self._hops.append(Hop(attempt.chosen.offer.id, error.user_message))
        self._count(attempt)
        self._book(attempt)
        self._engine.router.failed(attempt)
        self._pauses += isinstance(error, Paused)
        self._dearer = self._dearer or (attempt.chosen if isinstance(error, PriceAboveLimit) else None)
        self._attempt = None
        return attempt

    def _recorded(self) -> CallRecord:
        """What became of the call, put down once: whether it was answered, given up or cancelled."""
        if self._record is None:
            if (attempt := self._attempt) is not None:
                self._count(attempt)
            self._record = CallRecord(
                id=self._id,
                action=self._call.action.id,
                started=self._started,
                decision=self._decision,
                state=self._state,
                answered=attempt.chosen if attempt else None,
                finish=attempt.finish if attempt else None,
                cost_usd=sum(self._spent.values()),
                usage=booked(attempt).usage if attempt else None,
                first_token_s=attempt.first_token_s if attempt else None,
                total_s=self._engine.clock.now() - self._started,
                hops=tuple(self._hops),
                parts=self._call.prompt.parts,
                notes=(*filter(None, (self._call.because,)), *self._call.notes, *self._notes),
                uri=self._call.target.document.uri,
                warning=attempt.reservation.warning if attempt and attempt.reservation else "",
                dearer=self._engine.router.dearer(attempt) if attempt and attempt.sent else "",
            )
        return self._record

    def close(self) -> None:
        """Settle, learn and keep the record. A caller that has its answer need not wait for it."""
        record, attempt = self._recorded(), self._attempt
        if attempt is not None:
            self._book(attempt)
            if attempt.sent:
                self._engine.router.feedback.answered(self._call, attempt)
            elif attempt.dispatch.left:
                self._engine.router.feedback.given_up(self._call, attempt)
        self._engine.records.add(record)

    def _count(self, attempt: Attempt) -> None:
        """The attempt is over: what it cost."""
        if attempt.never_left:
            return
        offer, attempt.cost_usd = attempt.chosen.offer.id, self._engine.router.billed_usd(attempt)
        self._spent[offer] = self._spent.get(offer, 0.0) + attempt.cost_usd

    def _book(self, attempt: Attempt) -> None:
        """Into the ledger, after it was counted."""
        ledger, reservation = self._engine.ledger, attempt.reservation
        if reservation is not None and attempt.never_left:
            ledger.release(reservation)
            return
        identity = self._id if attempt.error is None else f"{self._id}-{len(self._hops)}"
        entry = row(identity, self._started, self._call, attempt, self._alternative(attempt))
        if reservation is None:
            ledger.record(entry)
        else:
            ledger.settle(reservation, entry)

    def _alternative(self, attempt: Attempt) -> Alternative:
        """What the call would have cost elsewhere: once, where it was answered, and not by what stood in for less."""
        if attempt.error is not None or not attempt.sent or self._stands_in(attempt.chosen):
            return Alternative()
        own, paid = self._spent[attempt.chosen.offer.id], sum(self._spent.values())
        answered = Answered(attempt.chosen, booked(attempt).usage, attempt.text_chars, own, paid)
        return self._engine.router.alternative(self._call, self._decision, self._state, answered)

    def _stands_in(self, chosen: Chosen) -> bool:
        """Whether this offer answers only because a dearer one could not: nothing is saved by an outage."""
        if chosen.offer.provider == EMBEDDED.provider:
            return self._decision.unmet is not None or chosen != self._decision.chosen
        first = self._decision.chain[0]
        return chosen.offer.id != first.offer.id and chosen.cost.expected_usd < first.cost.expected_usd
