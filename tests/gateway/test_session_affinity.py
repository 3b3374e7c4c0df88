"""A conversation stays with its model as long as a change would cost more than it saves."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from coderoute_ls.domain import Delta, Finish, Usage
from coderoute_ls.domain.conversation import ReasoningToken, TokenEvent
from coderoute_ls.errors import RateLimited
from tests.engine.support import CHEAP, DEAR, Step, answer
from tests.gateway.support import Json, Served, able, serving

LONG = "The rules of this house are long. " * 400
SIGNED: Sequence[Step] = (
    Delta(reasoning="hm"),
    TokenEvent(ReasoningToken("dear", "m-4", "signature", "sig==")),
    Delta("fine"),
    Finish("stop", Usage(input=100, output=100)),
)


async def turn(served: Served, history: list[Json], **more: object) -> list[Json]:
    """The conversation with the next answer, and a further question."""
    response = await served.chat(messages=history, **more)
    assert response.status_code == 200, response.text
    message = response.json()["choices"][0]["message"]
    return [*history, message, {"role": "user", "content": "And then?"}]


def begun() -> list[Json]:
    return [{"role": "system", "content": LONG}, {"role": "user", "content": "Hello"}]


async def test_it_stays_where_a_fall_back_took_it_when_the_other_saves_nothing_much() -> None:
    near = able(replace(DEAR, prices=replace(DEAR.prices, input=CHEAP.prices.input, output=CHEAP.prices.output)))
    plays: dict[str, list[Sequence[Step]]] = {
        "cheap": [(RateLimited("later", retry_after=60),), answer()],
        "dear": [answer(), answer()],
    }
    async with serving(plays, (able(CHEAP), near)) as served:
        history = await turn(served, begun())
        served.world.clock.time += 120  # the cheap one could be asked again
        await turn(served, history)
        assert served.world.upstream.asked == ["cheap", "dear", "dear"]


async def test_it_leaves_for_a_clear_saving() -> None:
    expensive = able(replace(DEAR, prices=replace(DEAR.prices, input=Decimal(4), output=Decimal(4))))
    plays: dict[str, list[Sequence[Step]]] = {
        "cheap": [(RateLimited("later", retry_after=60),), answer()],
        "dear": [answer(), answer()],
    }
    async with serving(plays, (able(CHEAP), expensive)) as served:
        history = await turn(served, begun())
        served.world.clock.time += 120
        await turn(served, history)
        assert served.world.upstream.asked == ["cheap", "dear", "cheap"]


async def test_a_higher_floor_is_stronger_than_habit() -> None:
    better = able(replace(DEAR, scores={"coding": replace(DEAR.scores["coding"], value=0.97, low=0.97, high=0.97)}))
    async with serving({"cheap": [answer()], "dear": [answer()]}, (able(CHEAP), better)) as served:
        history = await turn(served, begun())
        await turn(served, history, min_coding_score=0.95)
        assert served.world.upstream.asked == ["cheap", "dear"]


async def test_the_record_says_that_it_stays() -> None:
    near = able(replace(DEAR, prices=replace(DEAR.prices, input=CHEAP.prices.input, output=CHEAP.prices.output)))
    plays: dict[str, list[Sequence[Step]]] = {
        "cheap": [(RateLimited("later", retry_after=60),)],
        "dear": [SIGNED, SIGNED],
    }
    async with serving(plays, (able(CHEAP), near)) as served:
        history = await turn(served, begun())
        served.world.clock.time += 120
        await turn(served, history)
        record = served.world.engine.records.last()
        assert record is not None and record.answered is not None
        assert "stays with its model" in record.answered.why


async def test_other_conversations_are_other_sessions() -> None:
    plays: dict[str, list[Sequence[Step]]] = {"cheap": [answer(), answer(), answer()]}
    async with serving(plays) as served:
        for name in ("a", "a", "b"):
            await served.chat(session_id=name)
        assert [prompt.session for prompt in served.world.upstream.prompts] == ["a", "a", "b"]
        assert len({prompt.session for prompt in served.world.upstream.prompts}) == 2


async def test_users_share_no_session() -> None:
    plays: dict[str, list[Sequence[Step]]] = {"cheap": [answer() for _ in range(6)]}
    async with serving(plays) as served:
        for user in ("ann", "ann", "ben"):
            await served.chat(user=user)
        for user in ("ann", "ann", "ben"):
            await served.chat(user=user, session_id="a")
        sessions = [prompt.session for prompt in served.world.upstream.prompts]
        assert [sessions.index(session) for session in sessions] == [0, 0, 2, 3, 3, 5]
        assert not any("ann" in session or len(session) > 64 for session in sessions)  # OpenAI's prompt_cache_key
