"""A team's gateway over HTTP, on a real database: who may ask, who pays, and what the policy lets through."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import httpx
import pytest

from coderoute_ls.app.team.team_gateway import POLICY_KEY, TeamCallers, team_callers
from coderoute_ls.domain import Delta, Finish, Offer, Prices, Usage
from coderoute_ls.domain.vendor import BUDGET_HEADER
from coderoute_ls.settings.all_settings import GatewaySettings
from coderoute_ls.team.database import Database
from coderoute_ls.team.keys import Scopes, new_key
from coderoute_ls.team.money import cap
from coderoute_ls.team.policy.policy_store import PolicyStore
from coderoute_ls.team.policy.signed_policy import SignedPolicy, new_signing_key, public_key_of, verified
from tests.engine.support import CHEAP, DEAR, THIRD, Step, World, offer
from tests.gateway.support import able, gateway_of, listening
from tests.support.postgres import cluster
from tests.team.conftest import Team, migrated

pytestmark = pytest.mark.postgres

PRIVATE = new_signing_key()
ANSWER: Sequence[Step] = (Delta("Hi"), Finish("stop", Usage(20, 10), "cheap"))
COST = 30_000
"""Of this answer at the cheap model, a dollar per million tokens, in billionths of a dollar."""
TOKENS = 30_000
"""Longest answer: a call may cost up to 0.03 USD and a little."""


@dataclass
class Replica:
    """What a test has in hand."""

    client: httpx.AsyncClient
    world: World
    callers: TeamCallers

    async def chat(self, key: str, headers: Mapping[str, str] | None = None, **body: object) -> httpx.Response:
        said = {"model": "coderoute", "messages": [{"role": "user", "content": "Hello"}], "max_tokens": TOKENS, **body}
        return await self.client.post(
            "/v1/chat/completions", json=said, headers={"authorization": f"Bearer {key}", **(headers or {})}
        )

    async def booked(self) -> None:
        """Until all is written."""
        async with asyncio.timeout(30):
            while self.callers.ledger.waiting:  # noqa: ASYNC110  (what another process holds sets no event)
                await asyncio.sleep(0.01)


@asynccontextmanager
async def replica(
    url: str, answers: int = 20, settings: GatewaySettings | None = None, offers: Sequence[Offer] = (CHEAP, DEAR)
) -> AsyncGenerator[Replica]:
    """A gateway of the team, whose models give this many answers each."""
    plays = {each.provider: [ANSWER] * answers for each in offers}
    gateway, world = gateway_of(plays, [able(each) for each in offers])
    async with (
        team_callers(url, settings or GatewaySettings(), {POLICY_KEY: PRIVATE}) as callers,
        listening(replace(gateway, callers=callers)) as address,
        httpx.AsyncClient(base_url=address, trust_env=False, timeout=60) as client,
    ):
        yield Replica(client, world, callers)


async def until(ask: Callable[[], Awaitable[httpx.Response]], good: Callable[[httpx.Response], bool]) -> httpx.Response:
    """The first good answer: word of a change takes a moment."""
    async with asyncio.timeout(30):
        while not good(response := await ask()):  # noqa: ASYNC110  (what another process holds sets no event)
            await asyncio.sleep(0.01)
    return response


def told(response: httpx.Response) -> str:
    body: Any = response.json()
    return body["error"]["message"]


async def test_a_key_opens_the_gateway_and_its_call_is_booked_with_what_it_was_for(team: Team) -> None:
    secret, key = team.admin.create_key("ann", "web", caps=[cap("1/day")])
    async with replica(team.url) as served:
        names = {"x-coderoute-repository": "acme/shop", "x-coderoute-branch": "caf%C3%A9", "x-coderoute-action": "refactor"}
        response = await served.chat(secret, names)
        assert response.status_code == 200, response.text
        await served.booked()
    columns = "key_id, user_name, team, repository, branch, action, model, billed_nusd, reserved_nusd >= billed_nusd, late"
    assert team.query(f"SELECT {columns} FROM coderoute.calls") == [
        (key.id, "ann", "web", "acme/shop", "café", "refactor", "cheap-m", COST, True, False)
    ]
    assert team.query("SELECT spent_nusd, reserved_nusd FROM coderoute.budgets") == [(COST, 0)]


async def test_a_bound_on_the_answer_is_always_sent_to_the_model(team: Team) -> None:
    secret, _ = team.admin.create_key("ann")
    async with replica(team.url) as served:
        body = {"model": "coderoute", "messages": [{"role": "user", "content": "Hello"}]}
        response = await served.client.post("/v1/chat/completions", json=body, headers={"x-api-key": secret})
        assert response.status_code == 200, response.text
        assert served.world.upstream.prompts[0].max_tokens > 0


async def test_wrong_expired_revoked_and_foreign_keys_are_each_told(team: Team) -> None:
    old, _ = team.admin.create_key("ann", lives=timedelta(microseconds=1))
    gone, key = team.admin.create_key("ann")
    async with replica(team.url) as served:
        assert (await served.chat(gone)).status_code == 200
        team.admin.revoke_key(key.prefix)
        cases = (
            (new_key(), "does not know it"),
            (old, "expired on"),
            ("cr-token-of-a-test", "missing or wrong"),
            ("-", "missing"),
        )
        for secret, words in cases:
            response = await served.chat(secret)
            assert (response.status_code, response.headers["www-authenticate"]) == (401, "Bearer")
            assert words in told(response)
        response = await until(lambda: served.chat(gone), lambda response: response.status_code == 401)
        assert "was revoked" in told(response)
        assert served.world.upstream.asked == ["cheap"]  # nobody was asked for a key that had been revoked
        foreign = await served.client.get("/v1/models", headers={"authorization": f"Bearer {old}", "host": "evil.example"})
        assert foreign.status_code == 403


async def test_a_key_does_only_what_its_scopes_say(team: Team) -> None:
    scopes = Scopes(faces=("anthropic-messages",), models=("dear/*",), lowest_floor=0.3, highest_floor=0.8)
    narrow, _ = team.admin.create_key("ann", scopes=scopes)
    looks, _ = team.admin.create_key("eve", scopes=Scopes(rights=("usage",)))
    async with replica(team.url) as served:
        refused = await served.chat(narrow)
        assert (refused.status_code, "may not use" in told(refused)) == (403, True)
        assert (await served.chat(looks)).status_code == 403
        assert (await served.client.get("/v1/models", headers={"x-api-key": looks})).status_code == 200
        body = {"model": "coderoute", "max_tokens": TOKENS, "messages": [{"role": "user", "content": "Hello"}]}
        wanted = {"x-api-key": narrow}
        assert (await served.client.post("/v1/messages", json=body, headers=wanted)).headers["x-coderoute-model"] == "dear/m"
        high = await served.client.post("/v1/messages", json=body, headers={**wanted, "x-min-coding-score": "0.85"})
        assert (high.status_code, "up to 0.80" in told(high)) == (403, True)
        low = await served.client.post("/v1/messages", json={**body, "model": "cheap/m"}, headers=wanted)
        assert low.status_code == 422


SPARING = replace(offer("sparing", 0), prices=Prices(Decimal(300), Decimal("0.001"), source="test", date="2026-11-21"))
"""Dearer than the others as a rule, and cheaper at its most: it charges for what it reads."""


async def test_what_is_left_is_spent_on_a_good_model_that_it_has_room_for(team: Team) -> None:
    secret, key = team.admin.create_key("ann", caps=[cap("1/day")])
    chain = (CHEAP, DEAR, THIRD)
    async with replica(team.url, offers=(*chain, SPARING)) as served:
        assert (await served.chat(secret)).json()["model"] == "cheap/m"
        await served.booked()
        team.admin.set_budget("key", key.prefix, cap("0.025/day"))
        answered = await served.chat(secret)
        assert (answered.status_code, answered.json()["model"]) == (200, "sparing/m")
        record = served.world.engine.records.last("gateway")
        assert record is not None
        assert [hop.offer for hop in record.hops] == [each.id for each in chain]
        assert all(f"in the budget per day of key {key.prefix}" in hop.error for hop in record.hops)
        rejected = {each.offer: each for each in served.world.engine.router.explained(record).rejected}
        assert rejected["cheap/m"].reason == "over_budget"
        assert rejected["cheap/m"].detail.startswith("up to $0.03")
        assert served.world.upstream.asked == ["cheap", "sparing"]
        team.admin.set_budget("key", key.prefix, cap("1/day"))
        assert (await served.chat(secret)).json()["model"] == "cheap/m"  # nothing is remembered of the refusal
        team.admin.set_budget("key", key.prefix, cap("0.001/day"))
        refused = await served.chat(secret)
        assert refused.status_code == 402
        assert "in the budget per day of key" in told(refused)


@pytest.mark.parametrize("off_s", [-3_600.0, -2.0, 2.0, 3_600.0])
async def test_replicas_sign_by_the_clock_of_the_database(team: Team, off_s: float) -> None:
    database = Database(team.url)
    await database.open()
    try:
        here = PolicyStore(database, clock=lambda: time.time() + off_s)
        await here.current()
        ((moment,),) = team.query("SELECT extract(epoch FROM coderoute.moment())::float8")
        assert isinstance(moment, float)
        assert abs(here.now - moment) < 1.5
    finally:
        await database.close()


async def test_an_empty_budget_refuses_in_words_and_leaves_others_alone(team: Team) -> None:
    poor, key = team.admin.create_key("ann", "web", caps=[cap("0.01/month")])
    rich, _ = team.admin.create_key("bob", "web")
    async with replica(team.url) as served:
        response = await served.chat(poor)
        assert response.status_code == 402
        assert f"$0.00 of $0.01 in the budget per month of key {key.prefix}" in told(response)
        assert (await served.chat(rich)).status_code == 200


async def test_two_replicas_and_the_last_cent_exactly_one_wins(team: Team) -> None:
    """The budget has room for one call at its longest. Answers wait until the other replica's caller was told no."""
    secret, _ = team.admin.create_key("ann", "web")
    team.admin.set_budget("team", "web", cap("0.04/day"))
    async with replica(team.url) as one, replica(team.url) as two:
        for _ in range(10):
            go_on = asyncio.Event()
            for each in (one, two):
                each.world.upstream.may_answer = go_on
            asking = [asyncio.create_task(each.chat(secret)) for each in (one, two)]
            (refused,), (waiting,) = await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
            assert refused.result().status_code == 402
            go_on.set()
            assert (await waiting).status_code == 200
            await one.booked()
            await two.booked()
    assert team.query("SELECT spent_nusd, reserved_nusd FROM coderoute.budgets") == [(10 * COST, 0)]


async def test_the_policy_bounds_requests_and_is_served_signed(team: Team) -> None:
    secret, _ = team.admin.create_key("ann")
    async with replica(team.url) as served:
        assert (await served.chat(secret)).headers["x-coderoute-model"] == "cheap/m"
        version = team.admin.set_policy({"deny": ["cheap/*"], "floors": {"*": 0.8}}, timedelta(minutes=5))

        def signed_in(response: httpx.Response) -> SignedPolicy:
            return verified(response.json(), public_key_of(PRIVATE))

        ask = partial(served.client.get, "/v1/policy", headers={"x-api-key": secret})
        signed = signed_in(await until(ask, lambda response: signed_in(response).version == version))
        assert (signed.version, signed.max_age_s, signed.policy.deny) == (version, 300.0, frozenset({"cheap/*"}))
        assert (await served.chat(secret)).headers["x-coderoute-model"] == "dear/m"
        assert (await served.chat(secret, model="cheap/m")).status_code == 422
        team.admin.set_policy({"floors": {"*": 0.95}}, timedelta(minutes=5))
        by_name = partial(served.chat, secret, model="dear/m")
        response = await until(by_name, lambda response: response.status_code != 200)
        assert response.status_code == 422  # neither a name nor the lack of a better model goes below the organisation's floor


@pytest.mark.parametrize("way", ["refuse", "local"])
async def test_a_lost_database_refuses_what_costs_or_pays_from_an_allowance(way: Any) -> None:
    with cluster() as server:
        with migrated(server) as team:
            secret, _ = team.admin.create_key("ann", caps=[cap("10/day")])
        settings = GatewaySettings(on_database_loss=way, local_allowance_usd=0.04)
        async with replica(team.url, settings=settings) as served:
            assert (await served.chat(secret)).status_code == 200
            await served.booked()
            server.stop("immediate")
            first, second = await served.chat(secret), await served.chat(secret)
            if way == "refuse":
                assert first.status_code == second.status_code == 503
                assert "cannot be reached" in told(first)
            else:
                assert first.status_code == 200, first.text
                assert first.headers[BUDGET_HEADER].startswith("local;")
                assert second.status_code == 200  # the first cost less than it might have
                served.callers.ledger.allowance.nusd = COST * 2
                assert (await served.chat(secret)).status_code == 503
            server.start()
            await served.booked()
            response = await until(lambda: served.chat(secret), lambda response: response.status_code == 200)
            assert BUDGET_HEADER not in response.headers
            await served.booked()
        with migrated(server, team.url) as again:
            ((spent, reserved),) = again.query("SELECT spent_nusd, reserved_nusd FROM coderoute.budgets")
            ((calls,),) = again.query("SELECT count(*) FROM coderoute.calls")
            assert isinstance(calls, int)
            assert (spent, reserved) == (COST * calls, 0)
