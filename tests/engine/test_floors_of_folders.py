"""A folder's file may lower the user's floor and raise it: which model answers then, and what neither can reach."""

from contextlib import suppress
from dataclasses import replace

import pytest

from coderoute_ls.actions import actions
from coderoute_ls.engine.types import EngineCall
from coderoute_ls.errors import CoderouteError
from coderoute_ls.settings import effective, parse
from tests.engine.support import answer, call, heard, offer, world

WEAK, STRONG = offer("cheap", 1.0, score=0.5), offer("dear", 2.0, score=0.9)


def asked(own: float, folders: float | None, **user: object) -> EngineCall:
    floor = {"actions": {"explain": {"min_coding_score": own}}}
    layers = [parse({**floor, **user}, actions(), "user")[0]]
    if folders is not None:
        layers += [parse({"actions": {"explain": {"min_coding_score": folders}}}, actions(), "workspace")[0]]
    return replace(call(), settings=effective(*layers))


@pytest.mark.parametrize(
    ("own", "folders", "who"), [(0.8, None, "dear"), (0.8, 0.4, "cheap"), (0.4, None, "cheap"), (0.4, 0.8, "dear")]
)
async def test_the_folders_floor_stands_above_the_users(own: float, folders: float | None, who: str) -> None:
    here = world({"cheap": [answer()], "dear": [answer()]}, [WEAK, STRONG])
    await heard(here.engine, asked(own, folders))
    assert here.upstream.asked == [who]


@pytest.mark.parametrize(
    "limit", [{"models": {"deny": ["dear/*"]}}, {"budget": {"action_usd": 0.00001}}, {"privacy": "local_only"}]
)
async def test_a_raised_floor_reaches_nothing_that_the_user_has_closed(limit: dict[str, object]) -> None:
    here = world({"cheap": [answer()], "dear": [answer()]}, [WEAK, STRONG])
    with suppress(CoderouteError):
        await heard(here.engine, asked(0.4, 0.8, **limit))
    assert "dear" not in here.upstream.asked


async def test_a_lowered_floor_reaches_nothing_that_the_user_has_closed() -> None:
    here = world({"cheap": [answer()], "dear": [answer()]}, [WEAK, STRONG])
    await heard(here.engine, asked(0.8, 0.1, models={"deny": ["cheap/*"]}))
    assert here.upstream.asked == ["dear"]
