"""What ``ask`` and ``route`` say to somebody who joined: who answers instead of the team, and why nobody may."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from coderoute_ls.cli._exit_codes import NO_MODEL
from coderoute_ls.cli._program import main
from coderoute_ls.storage import HOME_VARIABLE, OFFLINE_VARIABLE
from tests.gateway.support import TOKEN
from tests.joined_team.support import LIST, NONE, TEAM_KEY
from tests.joined_team.test_rounds import OWN_KEY, OWN_MODEL, answered
from tests.support.provider import ScriptedProvider
from tests.support.session import NOBODY_LOCAL, vendor

ASK, ROUTE = ("ask", "hello"), ("route", "refactor")
SPENT = "The spending limit is reached: $1.00 of $1.00 in the budget per month of key crk-0a1b2c3d"


class Member:
    """Somebody with a key of the team's and one of their own."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.home, self._patch, self._capsys = home, monkeypatch, capsys

    def joins(self, url: str, own: ScriptedProvider, team: str = "", **keys: str) -> None:
        config = self.home / "config" / "config.toml"
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text(vendor(own, OWN_MODEL) + f'[team]\nurl = "{url}"\n{team}\n{NOBODY_LOCAL}', "utf-8")
        for name, value in {HOME_VARIABLE: str(self.home), OFFLINE_VARIABLE: "1", **TEAM_KEY, **OWN_KEY, **keys}.items():
            self._patch.setenv(name, value)

    async def runs(self, words: Sequence[str]) -> tuple[int, str, str]:
        """Exit code, stdout, stderr."""
        code = await asyncio.to_thread(main, list(words))
        told = self._capsys.readouterr()
        assert TOKEN not in told.out + told.err
        return code, told.out, told.err


@pytest.fixture
def someone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Member:
    monkeypatch.chdir(tmp_path)
    return Member(tmp_path, monkeypatch, capsys)


async def meets(team: ScriptedProvider, policy: Any = NONE) -> None:
    await answered(team, "/policy", 200, policy)
    await answered(team, "/offers", 200, LIST)


async def test_what_the_team_offered_last_is_among_the_models(someone: Member) -> None:
    async with ScriptedProvider() as own, ScriptedProvider() as team:
        someone.joins(team.url, own)
        running = asyncio.create_task(someone.runs(ROUTE))
        await meets(team)
        assert (await running)[0] == 0
        code, out, _ = await someone.runs(("models", "--provider", "team", "--json"))
        assert code == 0
        assert {"cheap-m", "dear-m"} <= {row["id"] for row in json.loads(out)["models"]}
        assert "team/dear/m" in (await someone.runs(("models", "show", "team/dear/m")))[1]


async def test_that_the_team_has_no_budget_left_is_said_where_a_key_of_ones_own_answers(someone: Member) -> None:
    async with ScriptedProvider() as own, ScriptedProvider() as team:
        someone.joins(team.url, own)
        running = asyncio.create_task(someone.runs(ASK))
        await meets(team)
        await (await team.request()).respond(402, json.dumps({"error": {"message": SPENT, "type": "budget"}}).encode())
        await (await own.request()).answer("Hi")
        code, out, err = await running
        assert (code, out) == (0, "Hi\n")
        assert f"team/cheap/m failed: Team gateway refused (402): {SPENT}" in err
        assert "scripted/mine" in err


@pytest.mark.parametrize("team_says", ["own_keys = false", "policy"])
async def test_no_key_of_ones_own_pays_where_it_is_forbidden(someone: Member, team_says: str) -> None:
    from coderoute_ls.team.policy.policy import Policy
    from tests.joined_team.test_rounds import signed

    by_policy = team_says == "policy"
    async with ScriptedProvider() as own, ScriptedProvider() as team:
        someone.joins(team.url, own, "" if by_policy else team_says)
        running = asyncio.create_task(someone.runs(ASK))
        await meets(team, signed(Policy(own_keys=False)) if by_policy else NONE)
        await (await team.request()).respond(402, json.dumps({"error": {"message": SPENT, "type": "budget"}}).encode())
        code, _, err = await running
        assert code != 0
        assert SPENT in err
        assert own.log == []


@pytest.mark.parametrize("words", [ASK, ROUTE])
async def test_a_key_that_is_refused_is_said_before_others_answer(someone: Member, words: Sequence[str]) -> None:
    async with ScriptedProvider() as own, ScriptedProvider() as team:
        someone.joins(team.url, own)
        running = asyncio.create_task(someone.runs(ROUTE))
        await meets(team)
        assert (await running)[0] == 0
        kept = someone.home / "cache" / "team-offers.json"
        kept.write_text(json.dumps({**json.loads(kept.read_text("utf-8")), "fetched": 0.0}), "utf-8")
        running = asyncio.create_task(someone.runs(words))
        await answered(team, "/policy", 401, {"error": {"message": f"The key was revoked. {TOKEN}", "type": "authentication"}})
        if words is ASK:
            await (await own.request()).answer("Hi")
        code, out, err = await running
        assert code == 0
        assert "The key was revoked" in err
        assert "Meanwhile your own keys and models are asked" in err
        assert "scripted/mine" in (err if words is ASK else out)


@pytest.mark.parametrize("words", [ASK, ROUTE])
@pytest.mark.parametrize("case", ["no key", "refused", "not there", "gone"])
async def test_where_no_policy_is_known_it_is_said_why(someone: Member, words: Sequence[str], case: str) -> None:
    why = {
        "no key": "No key of the team's is set",
        "refused": "The key was revoked",
        "not there": "is the address in [team] url right?",
        "gone": "No connection to Team gateway",
    }
    async with ScriptedProvider() as left:
        nobody = left.url
    async with ScriptedProvider() as own, ScriptedProvider() as team:
        url = nobody if case == "gone" else team.url
        someone.joins(url, own, CODEROUTE_TEAM_KEY="" if case == "no key" else TOKEN)
        running = asyncio.create_task(someone.runs(words))
        if case == "refused":
            await answered(team, "/policy", 401, {"error": {"message": "The key was revoked.", "type": "authentication"}})
        elif case == "not there":
            await answered(team, "/policy", 404, b"<html>404</html>")
        code, _, err = await running
        assert code == NO_MODEL
        assert "not known yet" in err
        assert why[case] in err
        assert "Meanwhile" not in err
        assert own.log == []


async def test_a_question_asked_outside_of_a_repository_is_booked_under_none(someone: Member) -> None:
    async with ScriptedProvider() as own, ScriptedProvider() as team:
        someone.joins(team.url, own)
        running = asyncio.create_task(someone.runs(ASK))
        await meets(team)
        asked = await team.request()
        await asked.answer("Hi")
        code, out, _ = await running
        assert (code, out) == (0, "Hi\n")
        assert {name: told for name, told in asked.headers.items() if "x-coderoute-" in name} == {"x-coderoute-action": "ask"}
        assert own.log == []


OWN_LIMIT = "This gateway answers 64 requests at once, and no more."
VENDOR_LIMIT = "Cheap limits how often it may be asked (429): try again in 30 s."


@pytest.mark.parametrize("words", [OWN_LIMIT, VENDOR_LIMIT])
@pytest.mark.parametrize("own_keys", [True, False])
async def test_whose_limit_it_is_comes_with_the_answer_of_another(someone: Member, words: str, own_keys: bool) -> None:
    limited = json.dumps({"error": {"message": words, "type": "rate_limit"}}).encode()
    async with ScriptedProvider() as own, ScriptedProvider() as team:
        someone.joins(team.url, own, "" if own_keys else "own_keys = false")
        running = asyncio.create_task(someone.runs(ASK))
        await meets(team)
        for _ in LIST["offers"]:  # each model at the gateway may have a limit of its own
            await (await team.request()).respond(429, limited, {"retry-after": "30"})
        if own_keys:
            await (await own.request()).answer("Hi")
        code, out, err = await running
        assert f"Team gateway refused (429): {words}" in err
        assert (code == 0) == own_keys
        assert out == ("Hi\n" if own_keys else "")
        assert ("by a key of your own" in err) == own_keys
        assert bool(own.log) == own_keys


async def test_a_short_wait_that_the_gateway_asks_for_is_waited_for(someone: Member) -> None:
    limited = json.dumps({"error": {"message": OWN_LIMIT, "type": "overloaded"}}).encode()
    async with ScriptedProvider() as own, ScriptedProvider() as team:
        someone.joins(team.url, own)
        running = asyncio.create_task(someone.runs(ASK))
        await meets(team)
        await (await team.request()).respond(429, limited, {"retry-after-ms": "50"})
        await (await team.request()).answer("Hi")
        code, out, err = await running
        assert (code, out) == (0, "Hi\n")
        assert "team/cheap/m" in err
        assert own.log == []
