"""A language server, a replica on a real PostgreSQL, and what the team sees of the call afterwards."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from coderoute_ls.cli._doctor_team import team as doctor
from coderoute_ls.domain import Position, Span
from coderoute_ls.providers.configured_vendors import configured
from coderoute_ls.settings.all_settings import Team as TeamSettings
from coderoute_ls.storage import HOME_VARIABLE, directories
from coderoute_ls.team.keys import Scopes
from coderoute_ls.team.money import cap
from tests.joined_team.support import SOURCE, member, repository, user
from tests.support.provider import ScriptedProvider
from tests.support.session import KEY, Model, vendor
from tests.team.conftest import Team
from tests.team.test_team_gateway import replica

pytestmark = pytest.mark.postgres

ALL = Span(Position(0, 0), Position(2, 0))


async def test_what_a_member_asks_is_booked_on_their_key_with_repository_branch_and_action(team: Team, tmp_path: Path) -> None:
    repository(tmp_path / "work")
    secret, key = team.admin.create_key("ann", "web", caps=[cap("20/month")])
    async with replica(team.url) as served:
        url = str(served.client.base_url)
        async with member(tmp_path, user(url), key={"CODEROUTE_TEAM_KEY": secret}) as (editor, joined):
            assert [offer.wire_id for offer in joined.offers.offers] == ["cheap/m", "dear/m"]
            buffer = editor.open((tmp_path / "work" / "a.py").as_uri(), SOURCE)
            started = await editor.run("explain", buffer, ALL)
            assert (await editor.finished(started.job)).outcome == "applied"
            await editor.shown_document()
            why: Any = await editor.command("coderoute.why", {"action": "explain"})
            assert "team/cheap/m" in why["text"]
            assert "is left of the budgets that pay for it" in why["text"]
            assert "policy 0 was signed" in why["text"]
        await served.booked()
    columns = "key_id, user_name, team, repository, branch, action, model"
    assert team.query(f"SELECT {columns} FROM coderoute.calls") == [
        (key.id, "ann", "web", "acme/shop", "café", "explain", "cheap-m")
    ]


async def test_doctor_says_what_is_left_of_the_budgets_before_anything_was_asked(team: Team, tmp_path: Path) -> None:
    secret, key = team.admin.create_key("ann", "web", caps=[cap("20/month")])
    team.admin.set_budget("model", "cheap-m", cap("1/day"))  # of one model: others can be asked beyond it

    def examined(url: str) -> list[str]:
        environ = {"CODEROUTE_TEAM_KEY": secret}
        vendors, places = configured({}, environ, team_url=url), directories({HOME_VARIABLE: str(tmp_path)})
        found = doctor(TeamSettings(url=url), vendors, environ, lambda _: None, places, offline=False)
        return [f"{check.state}: {check.text}" for check in found if "budget" in check.text]

    async with replica(team.url) as served:
        url = str(served.client.base_url)
        of_key, of_team = (
            f"budget per month of key {key.prefix} is spent or set aside",
            "budget per week of team web is spent or set aside",
        )
        (told,) = await asyncio.to_thread(examined, url)
        assert told == f"ok: $20.00 is left of the budgets that pay for it. $0.00 of $20.00 in the {of_key}"
        team.admin.set_budget("team", "web", cap("5/week"))
        (told,) = await asyncio.to_thread(examined, url)
        assert told == f"ok: $5.00 is left of the budgets that pay for it. $0.00 of $5.00 in the {of_team}"
        team.query("UPDATE coderoute.budgets SET spent_nusd = cap_nusd WHERE level = 'team'")
        (told,) = await asyncio.to_thread(examined, url)
        assert told == f"problem: $0 is left of the budgets that pay for it. $5.00 of $5.00 in the {of_team}"
        team.admin.remove_budget("team", "web", "week")
        team.admin.remove_budget("key", key.prefix, "month")
        assert await asyncio.to_thread(examined, url) == []


async def test_a_key_with_few_rights_sees_and_asks_only_what_they_allow(team: Team, tmp_path: Path) -> None:
    secret, _ = team.admin.create_key("ann", scopes=Scopes(models=("dear/*",), lowest_floor=0.3, highest_floor=0.8))
    async with replica(team.url) as served:
        url = str(served.client.base_url)
        async with member(tmp_path, user(url), key={"CODEROUTE_TEAM_KEY": secret}) as (editor, joined):
            assert [offer.wire_id for offer in joined.offers.offers] == ["dear/m"]
            buffer = editor.open("file:///a.py", SOURCE)
            started = await editor.run("explain", buffer, ALL)
            assert (await editor.finished(started.job)).outcome == "applied"
            await editor.shown_document()
        assert served.world.upstream.asked == ["dear"]


@pytest.mark.parametrize("forbids", ["the policy", "the user"])
async def test_two_laptops_over_one_budget_are_told_and_only_who_may_pays_for_themselves(
    team: Team, tmp_path: Path, forbids: str
) -> None:
    secret, key = team.admin.create_key("ann", "web", caps=[cap("0.000001/month")])
    if forbids == "the policy":
        team.admin.set_policy({"own_keys": False}, timedelta(minutes=5))
    environ = {"CODEROUTE_TEAM_KEY": secret, KEY: "sk-scripted-0123456789abcdef"}
    async with replica(team.url) as served, ScriptedProvider() as own:
        joins = f'[team]\nurl = "{served.client.base_url}"\n'
        strict, free = (vendor(own, (Model("mine", price=0.01),)) + joins + more for more in ("own_keys = false\n", ""))
        async with (
            member(tmp_path / "one", strict, key=environ) as (one, _),
            member(tmp_path / "two", free, key=environ) as (two, _),
        ):
            for editor, pays in ((one, False), (two, forbids == "the user")):
                buffer = editor.open("file:///a.py", SOURCE)
                started = await editor.run("explain", buffer, ALL)
                if pays:
                    await (await own.request()).answer("It adds them up.")
                over = await editor.finished(started.job)
                assert over.outcome == ("applied" if pays else "failed")
                for said in (await editor.notice(), *([] if pays else [await editor.notice()])):
                    assert "spending limit is reached" in said
                    assert key.prefix in said
                if pays:
                    await editor.shown_document()
        assert len(own.log) == (1 if forbids == "the user" else 0)
        assert served.world.upstream.asked == []
    assert team.query("SELECT spent_nusd, reserved_nusd FROM coderoute.budgets") == [(0, 0)]
