"""What is decided at the key holds at the request exactly where deciding then would say the same."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.actions import actions
from coderoute_ls.completion import ModelRequest
from coderoute_ls.domain import (
    Brief,
    Decision,
    Document,
    Draft,
    FimSupport,
    Offer,
    OfferHealth,
    Position,
    Prices,
    ProviderState,
    Score,
    Span,
    Target,
)
from coderoute_ls.engine.completion_model import FRESH_S, CompletionModel
from coderoute_ls.engine.ports import HealthMemory
from coderoute_ls.settings import Effective, effective, parse
from tests.engine.support import Step, World, answer, world

DOCUMENT = Document("file:///w/a.py", "python", 1, ("def area(width, height):\n", "    return "), "/w/a.py")
AT = Position(1, 11)
TARGET = Target(DOCUMENT, Span(AT, AT), folder="/w")
QUESTION = ModelRequest(Brief(TARGET, TARGET.span), stop=("\n",))


def filling(provider: str, price: float, score: float = 0.9) -> Offer:
    """A model that fills holes."""
    return Offer(
        f"{provider}/m", f"{provider}-m", provider, "m", "openai-chat", provider.capitalize(),
        capabilities={"text": True, "streaming": True, "fim": True}, context=100_000, max_output=50_000,
        prices=Prices(Decimal(str(price)), Decimal(str(price)), source="test", date="2026-11-21"),
        scores={"completion": Score(score, score, score, "multi", "test", "2026-11-21", 9)},
        fim=FimSupport("openai-completions"),
    )  # fmt: skip


def settings(**told: object) -> Effective:
    layer, issues = parse(told, actions(), "user")
    assert not issues
    return effective(layer)


@dataclass
class Stage:
    here: World
    model: CompletionModel
    settings: Effective
    decided: int = 0

    async def asked(self, question: ModelRequest) -> Decision:
        """Ask to the end; returns the decision of the call that is recorded."""
        async for _ in self.model.ask(question):
            pass
        record = self.here.engine.records.last()
        assert record is not None
        return record.decision


def stage(monkeypatch: pytest.MonkeyPatch, told: Effective | None = None, score: float = 0.9) -> Stage:
    plays: dict[str, list[Sequence[Step]]] = {name: [answer("width * height")] for name in ("cheap", "dear")}
    here = world(plays, [filling("cheap", 0.1, score), filling("dear", 0.2, score)])
    router = here.engine.router
    decide = router.decide
    made = Stage(here, None, told or settings())  # pyright: ignore[reportArgumentType]  set below

    def counted(*args: object) -> object:
        made.decided += 1
        return decide(*args)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(router, "decide", counted)
    made.model = CompletionModel(here.engine, actions()["inline_completion"], lambda uri: made.settings)
    return made


@given(
    probability=st.floats(0, 1),
    completes_line=st.booleans(),
    alone=st.booleans(),
    none=st.booleans(),
    score=st.sampled_from((0.9, 0.1)),
)
async def test_with_any_draft_it_is_what_would_be_decided_then(
    probability: float, completes_line: bool, alone: bool, none: bool, score: float
) -> None:
    draft = None if none else Draft("width * height", probability, completes_line)
    told = settings(embedded={"answer_alone": alone})
    with pytest.MonkeyPatch.context() as patch:
        ahead, anew = stage(patch, told, score), stage(patch, told, score)
        ahead.model.think(QUESTION)
        assert await ahead.asked(replace(QUESTION, draft=draft)) == await anew.asked(replace(QUESTION, draft=draft))


def deny(stage: Stage) -> None:
    stage.settings = settings(models={"deny": ["cheap/*"]})


def lose_the_key(stage: Stage) -> None:
    catalog = stage.here.engine.router.catalog
    stage.here.engine.router.use(
        lambda: catalog, {"cheap": ProviderState(reachable=False), "dear": ProviderState(reachable=True)}
    )


def fail(stage: Stage) -> None:
    router, until = stage.here.engine.router, stage.here.clock.now() + 60
    cast("HealthMemory", vars(router.feedback)["_experience"]).put("cheap/m", OfferHealth(open_until=until))


@pytest.mark.parametrize("change", [deny, lose_the_key, fail])
async def test_what_changed_since_counts(change: Callable[[Stage], None], monkeypatch: pytest.MonkeyPatch) -> None:
    here = stage(monkeypatch)
    here.model.think(QUESTION)
    change(here)
    decision = await here.asked(QUESTION)
    assert decision.chosen is not None
    assert (decision.chosen.offer.id, here.decided) == ("dear/m", 2)


@pytest.mark.parametrize(("waited_s", "decided"), [(0.0, 1), (FRESH_S, 1), (FRESH_S + 0.1, 2)])
async def test_it_holds_for_a_moment(waited_s: float, decided: int, monkeypatch: pytest.MonkeyPatch) -> None:
    here = stage(monkeypatch)
    here.model.think(QUESTION)
    here.here.clock.time += waited_s
    await here.asked(QUESTION)
    assert here.decided == decided


@pytest.mark.parametrize(
    "other",
    [
        replace(QUESTION, brief=replace(QUESTION.brief)),
        replace(QUESTION, max_tokens=64),
        replace(QUESTION, stop=()),
        replace(QUESTION, temperature=0.6),
        replace(QUESTION, purpose="invoked"),
    ],
)
async def test_another_question_is_decided_for_itself(other: ModelRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    here = stage(monkeypatch)
    here.model.think(QUESTION)
    await here.asked(other)
    assert here.decided == 2


async def test_it_is_used_once(monkeypatch: pytest.MonkeyPatch) -> None:
    here = stage(monkeypatch)
    here.here.upstream.plays["cheap"].append(answer("again"))
    here.model.think(QUESTION)
    for _ in range(2):
        await here.asked(QUESTION)
    assert here.decided == 2
