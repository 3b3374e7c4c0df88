"""The team's page over HTTP, on a real database: who may look, and what they see."""

import asyncio
import base64
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from coderoute_ls.app.team.team_gateway import TeamCallers, team_callers
from coderoute_ls.domain import Delta, Finish, Usage
from coderoute_ls.settings.all_settings import GatewaySettings
from coderoute_ls.team.keys import Scopes, new_key
from coderoute_ls.team.money import cap
from tests.engine.support import CHEAP, DEAR
from tests.gateway.support import able, gateway_of, listening, serving
from tests.team.conftest import Team

pytestmark = pytest.mark.postgres

LOOKS = Scopes(rights=("usage",))
ANSWER = (Delta("Hi"), Finish("stop", Usage(20, 10), "cheap"))


@asynccontextmanager
async def served(team: Team) -> AsyncGenerator[tuple[httpx.AsyncClient, TeamCallers]]:
    """A replica with its page, and a client without a key."""
    gateway, world = gateway_of({vendor: [ANSWER] * 20 for vendor in ("cheap", "dear")}, (able(CHEAP), able(DEAR)))
    async with team_callers(team.url, GatewaySettings(), {}) as callers:
        callers.watch(gateway.engine, world.experience)
        async with (
            listening(replace(gateway, callers=callers, pages=callers.pages)) as url,
            httpx.AsyncClient(base_url=url, trust_env=False, timeout=60) as client,
        ):
            yield client, callers


async def written(callers: TeamCallers) -> None:
    """Until all is booked."""
    async with asyncio.timeout(30):
        while callers.ledger.waiting:  # noqa: ASYNC110  (what another process holds sets no event)
            await asyncio.sleep(0.01)


def basic(secret: str) -> dict[str, str]:
    """As a browser sends what was typed into its question."""
    return {"authorization": "Basic " + base64.b64encode(f"anybody:{secret}".encode()).decode()}


def call(team: Team, name: str, user: str, *, usd: float = 0.01, error: str = "", model: str = "cheap-m", ago: str = "0") -> None:
    """Book a call as a replica does."""
    nusd = int(usd * 10**9)
    team.connection.execute(
        "INSERT INTO coderoute.calls (id, at, user_name, team, repository, branch, action, decision, offer, model, floor, score, "
        "expected_nusd, billed_nusd, reserved_nusd, late, total_s, first_token_s, finish, error, answered_by, strongest, "
        "strongest_nusd, single, single_nusd) VALUES (%s, coderoute.moment() - %s::interval, %s, 'web', '', '', 'refactor', %s, "
        "%s, %s, 0.7, 0.75, %s, %s, %s, false, 2.5, 0.5, 'stop', %s, 'model', 'dear/m', 2900000000, 'dear/m', 1500000000)",
        (name, ago, user, name, f"cheap/{model}", model, nusd, nusd, 2 * nusd, error),
    )


async def test_only_a_key_that_may_look_at_spending_opens_the_page(team: Team) -> None:
    may, _ = team.admin.create_key("boss", scopes=LOOKS)
    may_not, _ = team.admin.create_key("ann")
    gone, key = team.admin.create_key("eve", scopes=LOOKS)
    team.admin.revoke_key(key.prefix)
    old, _ = team.admin.create_key("bob", scopes=LOOKS, lives=timedelta(microseconds=1))
    async with served(team) as (client, _):
        for headers, status, words in (
            ({}, 401, "key is missing or wrong"),
            (basic("nonsense"), 401, "key is missing or wrong"),
            ({"authorization": "Basic ?"}, 401, "key is missing or wrong"),
            (basic(new_key()), 401, "does not know it"),
            (basic(gone), 401, "was revoked"),
            (basic(old), 401, "expired on"),
            (basic(may_not), 403, "--right usage"),
            (basic(may), 200, "Team spending"),
            ({"authorization": f"Bearer {may}"}, 200, "Team spending"),
        ):
            response = await client.get("/team", headers=headers)
            assert (response.status_code, words in response.text) == (status, True), response.text
            assert response.headers["www-authenticate"].startswith("Basic ") if status == 401 else True


async def test_no_page_holds_a_script_or_loads_anything(team: Team) -> None:
    secret, _ = team.admin.create_key("<script>alert(1)</script>", scopes=LOOKS)
    call(team, "<img src=x>", '"><script>alert(2)</script>\u202e', error="<b>Bad</b>\x1b[31m\u2066")
    async with served(team) as (client, _):
        for path in ("/team", "/team/calls/%3Cimg%20src%3Dx%3E", "/team/calls/none", "/team?period=%3Cb%3E"):
            response = await client.get(path, headers=basic(secret))
            assert "default-src 'none'" in response.headers["content-security-policy"]
            assert response.headers["cache-control"] == "no-store"
            for sign in ("<script", "<img", "<b>", "http://", "https://", "javascript:", "\u202e", "\u2066", "\x1b"):
                assert sign not in response.text, path


async def test_a_web_page_of_others_cannot_use_the_browsers_key(team: Team) -> None:
    secret, _ = team.admin.create_key("boss", scopes=LOOKS)
    async with served(team) as (client, _):
        for more in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}, {"host": "evil.example"}):
            response = await client.get("/team", headers={**basic(secret), **more})
            assert response.status_code == 403, more
        answer = await client.post("/v1/chat/completions", json={}, headers=basic(secret))
        assert answer.status_code == 401  # what a browser sends by itself asks no model


async def test_the_page_shows_spending_against_budgets_and_models_and_errors(team: Team) -> None:
    secret, _ = team.admin.create_key("boss", scopes=LOOKS)
    _, full = team.admin.create_key("ann", "web", caps=[cap("0/month")])
    team.admin.set_budget("organisation", "", cap("100/month"))
    call(team, "a", "ann", usd=1.25)
    call(team, "b", "bob", usd=0.5, model="dear-m")
    call(team, "c", "bob", usd=0.0, error="RateLimited")
    call(team, "old", "carl", usd=7, ago="800 hours")
    async with served(team) as (client, _):
        page = (await client.get("/team?period=today", headers=basic(secret))).text
        for words in (
            "<dd>$1.75<small>3 calls</small>",
            f"Budget per month of key {full.prefix}",
            '<td class="used-up">used up</td>',
            "Budget per month of the organisation",
            '<td class="within">within</td>',
            '<th scope="row">dear-m</th><td class="n">$0.50</td>',
            '<th scope="row">cheap/cheap-m</th><td>RateLimited</td><td class="n">1</td>',
            '<a href="/team/calls/old">',
        ):
            assert words in page, words
        assert '<th scope="row">carl</th>' not in page
        assert (await client.get("/team?period=century", headers=basic(secret))).status_code == 404


async def test_an_empty_team_is_told_how_to_begin(team: Team) -> None:
    secret, _ = team.admin.create_key("boss", scopes=LOOKS)
    async with served(team) as (client, _):
        page = (await client.get("/team", headers=basic(secret))).text
        assert "1 key is live" in page
        assert "coderoute-ls team key create" in page
        assert "coderoute-ls team budget set" in page


async def test_a_call_is_shown_with_the_words_of_its_decision(team: Team) -> None:
    looks, _ = team.admin.create_key("boss", scopes=LOOKS)
    asks, key = team.admin.create_key("ann", "web", caps=[cap("1/day")])
    async with served(team) as (client, callers):
        body = {"model": "coderoute", "messages": [{"role": "user", "content": "Hello"}], "max_tokens": 100}
        answer = await client.post("/v1/chat/completions", json=body, headers={"authorization": f"Bearer {asks}"})
        decision = answer.headers["x-coderoute-decision"]
        await written(callers)
        await callers.explanations.close()
        page = await client.get(f"/team/calls/{decision}", headers=basic(looks))
        assert page.status_code == 200
        for words in ("Why this model", "Chosen: cheap/m", "Why: ", f"ann of web · key {key.prefix}", "The same call elsewhere"):
            assert words in page.text, page.text
        assert "Hello" not in page.text
    async with served(team) as (client, _):  # another replica, later
        assert "Chosen: cheap/m" in (await client.get(f"/team/calls/{decision}", headers=basic(looks))).text


async def test_a_gateway_of_no_team_has_no_page() -> None:
    async with serving({}) as alone:
        response = await alone.client.get("/team")
        assert (response.status_code, "of no team" in response.text) == (404, True)
