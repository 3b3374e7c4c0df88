"""A language server that joined a team: whom it asks, what it tells the gateway, what it says of it."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from coderoute_ls.domain import Position, Span
from coderoute_ls.lsp_client.scripted_editor import items_of
from tests.joined_team.support import LIST, NONE, SOURCE, TEAM_KEY, gateway, member, repository, user
from tests.support.provider import ScriptedProvider
from tests.support.session import Model, session, vendor

QUICK = "\n[inline]\ndebounce_ms = 0\n"
ALL = Span(Position(0, 0), Position(2, 0))


async def answer_rounds(team: ScriptedProvider) -> None:
    """The first round of a gateway that the test plays."""
    for path, body in (("/policy", NONE), ("/offers", LIST)):
        request = await team.request()
        assert request.path.endswith(path)
        await request.respond(200, json.dumps(body).encode())


async def break_off(team: ScriptedProvider) -> None:
    """Whatever it is asked from now on."""
    while True:
        await (await team.request()).abort()


def labels(headers: Mapping[str, str]) -> list[str | None]:
    return [headers.get(f"x-coderoute-{name}") for name in ("repository", "branch", "action")]


async def test_an_action_goes_through_the_gateway_and_says_what_it_is_for(tmp_path: Path) -> None:
    repository(tmp_path / "work")
    better = "def total(prices):\n    return sum(prices) + 0\n"
    async with gateway([f"```python\n{better}```"]) as served, member(tmp_path, user(served.url)) as (editor, team):
        buffer = editor.open((tmp_path / "work" / "a.py").as_uri(), SOURCE)
        started = await editor.run("refactor", buffer, ALL)
        assert (await editor.finished(started.job)).outcome == "applied"
        assert buffer.text == better
        why: Any = await editor.command("coderoute.why", {"action": "refactor"})
        assert "team/cheap/m" in why["text"]
        assert team.reached
        assert served.world.upstream.asked == ["cheap"]
        (headers,) = served.seen
        assert labels(headers) == ["acme/shop", "caf%C3%A9", "refactor"]
        assert headers["x-min-coding-score"] == "0.7"


async def test_ghost_text_goes_through_the_gateway_as_well(tmp_path: Path) -> None:
    repository(tmp_path / "work")
    async with gateway(["sum(prices)"]) as served, member(tmp_path, user(served.url) + QUICK) as (editor, team):
        await team.workplaces.close()  # git has answered
        buffer = editor.open((tmp_path / "work" / "a.py").as_uri(), "def total(prices):\n    return \n")
        shown = await editor.inline(buffer, Position(1, 11), invoked=False).result
        assert items_of(shown)[0]["insertText"].startswith("sum(prices)")
        (headers,) = served.seen
        assert labels(headers) == ["acme/shop", "caf%C3%A9", "inline_completion"]
        assert served.world.upstream.prompts[0].fim is not None


@pytest.mark.parametrize("place", ["coderoute.toml", "the editor"])
async def test_a_folder_cannot_send_code_to_a_gateway_of_its_own(tmp_path: Path, place: str) -> None:
    (tmp_path / "work").mkdir()
    theirs: Any = {}
    async with gateway(["stolen"]) as served, ScriptedProvider() as own:
        if place == "coderoute.toml":
            (tmp_path / "work" / "coderoute.toml").write_text(f'[team]\nurl = "{served.url}"\n', "utf-8")
        else:
            theirs = {"team": {"url": served.url}}
        async with session(tmp_path, vendor(own), environ=TEAM_KEY, settings=theirs) as editor:
            told = await editor.notice()
            assert "team" in told and "only your own config.toml may set it" in told
            buffer = editor.open((tmp_path / "work" / "a.py").as_uri(), SOURCE)
            started = await editor.run("refactor", buffer, ALL)
            await (await own.request()).answer(SOURCE)
            await editor.finished(started.job)
        assert served.seen == []


@pytest.mark.parametrize(
    "url", ["http://gateway.example", "https://user:hunter2@gateway.example", "ftp://127.0.0.1", "https://a/?key=x"]
)
async def test_an_address_that_would_tell_others_is_refused_in_words(tmp_path: Path, url: str) -> None:
    async with session(tmp_path, user(url), environ=TEAM_KEY) as editor:
        told = await editor.notice()
        assert "team.url" in told
        assert "hunter2" not in told


async def test_an_empty_budget_is_told_and_a_key_of_ones_own_answers(tmp_path: Path) -> None:
    async with ScriptedProvider() as own, ScriptedProvider() as team:
        file = vendor(own, (Model("mine", price=0.01),)) + f'[team]\nurl = "{team.url}"\n'
        joining = asyncio.create_task(answer_rounds(team))
        async with member(tmp_path, file) as (editor, _):
            buffer = editor.open((tmp_path / "work" / "a.py").as_uri(), SOURCE)
            started = await editor.run("refactor", buffer, ALL)
            refused = await team.request()
            assert refused.path.endswith("/chat/completions")
            words = "The spending limit is reached: $1.00 of $1.00 in the budget per month of key crk-0a1b2c3d."
            await refused.respond(402, {"error": {"message": words, "type": "budget"}})
            await (await own.request()).answer("```python\n" + SOURCE.replace("sum(prices)", "sum(prices) + 0") + "```")
            assert (await editor.finished(started.job)).outcome == "applied"
            assert "spending limit is reached" in await editor.notice()
        await joining


async def test_a_gateway_that_goes_away_in_the_middle_is_left_for_a_key_of_ones_own_in_the_same_action(tmp_path: Path) -> None:
    better = SOURCE.replace("sum(prices)", "sum(prices) + 0")
    async with ScriptedProvider() as own, ScriptedProvider() as team:
        file = vendor(own, (Model("mine", price=0.01),)) + f'[team]\nurl = "{team.url}"\n'
        joining = asyncio.create_task(answer_rounds(team))
        async with member(tmp_path, file) as (editor, joined):
            await joining
            buffer = editor.open((tmp_path / "work" / "a.py").as_uri(), SOURCE)
            started = await editor.run("refactor", buffer, ALL)
            broken = await team.request()
            assert broken.path.endswith("/chat/completions")
            await broken.abort()
            breaking = asyncio.create_task(break_off(team))
            await (await own.request()).answer(f"```python\n{better}```")
            assert (await editor.finished(started.job)).outcome == "applied"
            why: Any = await editor.command("coderoute.why", {"action": "refactor"})
            assert "team/cheap/m failed" in why["text"]
            assert "scripted/mine answered" in why["text"]
            assert [offer.id for offer in joined.offers.offers] == ["team/cheap/m", "team/dear/m"]
        breaking.cancel()
        await asyncio.wait({breaking})
