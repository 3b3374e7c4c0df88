"""An engine on scripted parts: offers of three vendors, an upstream that plays a list, a clock that only sleeping moves."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from coderoute_ls.actions import actions
from coderoute_ls.app.health_store import HealthStore
from coderoute_ls.domain import (
    Answer,
    Delta,
    Document,
    Draft,
    Finish,
    Limits,
    Message,
    NullLedger,
    Offer,
    Position,
    Prices,
    Prompt,
    ProviderState,
    Reservation,
    Score,
    Span,
    StreamEvent,
    Target,
    Usage,
)
from coderoute_ls.domain import LedgerEntry as Row
from coderoute_ls.domain.next_edits import NextEdit, Situation
from coderoute_ls.engine import CallLog, Engine, EngineCall, Event, Router
from coderoute_ls.selection import Catalog
from coderoute_ls.settings import effective, parse

Step = StreamEvent | BaseException


def offer(provider: str, price: float, score: float = 0.9, context: int = 100_000) -> Offer:
    """One model of one vendor; the price is for input and output alike, in USD per million tokens."""
    return Offer(
        id=f"{provider}/m",
        model=f"{provider}-m",
        provider=provider,
        wire_id="m",
        dialect="openai-chat",
        name=provider.capitalize(),
        capabilities={"text": True, "streaming": True},
        context=context,
        max_output=50_000,
        prices=Prices(Decimal(str(price)), Decimal(str(price)), source="test", date="2026-11-21"),
        scores={"coding": Score(score, score, score, "multi", "test", "2026-11-21", 9)},
    )


CHEAP, DEAR, THIRD = offer("cheap", 1.0), offer("dear", 2.0), offer("third", 2.5)


class Clock:
    def __init__(self) -> None:
        self.time = 1_795_000_000.0

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.time += seconds


@dataclass
class Upstream:
    """Plays, for each vendor, one list of events per request; an exception in it is raised."""

    plays: dict[str, list[Sequence[Step]]]
    asked: list[str] = field(default_factory=list[str])
    closed: list[str] = field(default_factory=list[str])
    prompts: list[Prompt] = field(default_factory=list[Prompt])
    may_answer: asyncio.Event | None = None
    """Until it is set nobody answers."""

    async def stream(self, offer: Offer, prompt: Prompt) -> AsyncGenerator[StreamEvent, None]:
        self.prompts.append(prompt)
        self.asked.append(offer.provider)
        try:
            if self.may_answer is not None:
                await self.may_answer.wait()
            for step in self.plays[offer.provider].pop(0):
                if isinstance(step, BaseException):
                    raise step
                yield step
        finally:
            self.closed.append(offer.provider)

    def prepare(self, offer: Offer) -> None: ...

    async def close(self) -> None: ...


class Ledger(NullLedger):
    """Keeps what it is told; refuses reservations when it is empty."""

    def __init__(self, budget: float = 1.0) -> None:
        self.budget = budget
        self.rows: list[Row] = []
        self.released = 0

    async def reserve(self, workspace: str, usd: float, limits: Limits, *, model: str = "") -> Reservation | None:
        return Reservation("r", usd) if usd <= self.budget else None

    def settle(self, reservation: Reservation, call: Row) -> None:
        self.rows.append(call)

    def release(self, reservation: Reservation) -> None:
        self.released += 1

    def record(self, call: Row) -> None:
        self.rows.append(call)


class Embedded:
    """In place of the built-in engine: answers explanations with a fixed text."""

    ready = True

    def learn(self, document: Document) -> None: ...
    def forget(self, uri: str) -> None: ...
    def add_folder(self, root: str, globs: Sequence[str] = ()) -> None: ...
    def remove_folder(self, root: str) -> None: ...
    def feedback(self, draft: Draft, accepted: bool) -> None: ...

    async def draft(self, document: Document, position: Position) -> Draft | None:
        del document, position

    async def answer(self, action: str, target: Target, region: Span) -> Answer | None:
        del action, target, region
        return Answer("by structure\nonly\n", True, ("a rule",))

    async def next_edits(self, situation: Situation) -> tuple[NextEdit, ...]:
        del situation
        return ()

    async def close(self) -> None: ...


@dataclass
class World:
    engine: Engine
    upstream: Upstream
    ledger: Ledger
    clock: Clock
    experience: HealthStore = field(default_factory=lambda: HealthStore(None))


def world(
    plays: dict[str, list[Sequence[Step]]],
    offers: Sequence[Offer] = (CHEAP, DEAR, THIRD),
    *,
    ledger: Ledger | None = None,
    embedded: Embedded | None = None,
) -> World:
    clock, upstream, kept, experience = Clock(), Upstream(plays), ledger or Ledger(), HealthStore(None)
    catalog = Catalog("2026-11-21", "sha256:test", tuple(offers))
    router = Router(
        lambda: catalog,
        ledger=kept,
        experience=experience,
        clock=clock,
        actions=actions(),
        answers=frozenset({"explain"}),
    )
    router.use(lambda: catalog, {one.provider: ProviderState(reachable=True) for one in offers})
    return World(Engine(router, upstream, embedded or Embedded(), kept, CallLog(), clock), upstream, kept, clock, experience)


def call(action: str = "explain", text: str = "What does this do?", **settings: object) -> EngineCall:
    """A call about a small document, with these user settings."""
    document = Document("file:///w/a.py", "python", 1, ("x = 1\n", ""), "/w/a.py")
    layer, issues = parse(settings, actions(), "user")
    assert not issues
    span = Span(Position(0, 0), Position(1, 0))
    prompt = Prompt(messages=(Message("user", text),), max_tokens=1_000)
    return EngineCall(actions()[action], prompt, Target(document, span, folder="/w"), span, effective(layer))


async def heard(engine: Engine, asked: EngineCall) -> list[Event]:
    return [event async for event in engine.run(asked)]


def answer(text: str = "fine", tokens: int = 100) -> list[Step]:
    return [Delta(text), Finish("stop", Usage(input=tokens, output=tokens))]
