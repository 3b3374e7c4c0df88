"""What is fetched of the gateway, one round at a time, and what holds when it is down, slow, wrong or talks nonsense."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from coderoute_ls.app.application import Application
from coderoute_ls.app.joined_team.joined_team import BARRED_S, MEANWHILE, OFFERS_FILE, JoinedTeam
from coderoute_ls.domain import Document, Message, OfferHealth, Position, Prompt, Span, Target
from coderoute_ls.domain.vendor import LEFT_HEADER, TEAM
from coderoute_ls.engine import EngineCall
from coderoute_ls.errors import NoOffer, OutOfCredit
from coderoute_ls.selection.offer_list import MOST_OFFERS, offer_list
from coderoute_ls.settings import USER_FILE, effective, load
from coderoute_ls.storage import HOME_VARIABLE, OFFLINE_VARIABLE
from coderoute_ls.team.policy.policy import Policy
from coderoute_ls.team.policy.signed_policy import SignedPolicy, new_signing_key, public_key_of, sign
from tests.gateway.support import TOKEN
from tests.joined_team.support import LIST, NONE, OFFERS, PRIVATE, TEAM_KEY, user
from tests.support.provider import ScriptedProvider, ScriptedRequest
from tests.support.session import KEY, NOBODY_LOCAL, Model, vendor

PLACE = Span(Position(0, 0), Position(0, 0))
OWN_KEY = {KEY: "sk-scripted-0123456789abcdef"}
STRICT = Policy(privacy="any", deny=frozenset({"dear/*"}))


@dataclass
class Member:
    """A machine that joined, without an editor."""

    application: Application
    told: list[str] = field(default_factory=list[str])

    @property
    def team(self) -> JoinedTeam:
        assert self.application.team.joined is not None
        return self.application.team.joined

    @property
    def asks(self) -> str:
        """Whom a refactoring would go to; what is said where nobody may be asked."""
        application = self.application
        action = application.actions["refactor"]
        own, _ = load(application.places.config / USER_FILE, tuple(application.actions), "user")
        settings = effective(own, *application.team.policy((own,)))
        prompt = Prompt(messages=(Message("user", "x" * 400),), max_tokens=1_000)
        call = EngineCall(action, prompt, Target(Document("file:///a.py", "python", 1, ("",)), PLACE), PLACE, settings)
        application.configure(settings)
        try:
            return application.engine.choose(call).decision.chain[0].offer.id
        except NoOffer as error:
            return error.user_message


@asynccontextmanager
async def machine(home: Path, file: str, environ: Mapping[str, str] = TEAM_KEY) -> AsyncGenerator[Member]:
    (home / "config").mkdir(parents=True, exist_ok=True)
    (home / "config" / "config.toml").write_text(file + NOBODY_LOCAL, "utf-8")
    application = Application({HOME_VARIABLE: str(home), OFFLINE_VARIABLE: "1", **environ}, keyring=None)
    member = Member(application)
    member.team._tell = member.told.append  # pyright: ignore[reportPrivateUsage]  (in place of an editor)
    try:
        yield member
    finally:
        await application.close()


def signed(held: Policy = STRICT, version: int = 1, issued: float | None = None, private: str = PRIVATE) -> dict[str, Any]:
    return sign(SignedPolicy(held, version, time.time() if issued is None else issued, 600.0), private)


async def answered(
    server: ScriptedProvider, path: str, status: int = 200, body: Any = None, headers: Mapping[str, str] | None = None
) -> ScriptedRequest:
    request = await server.request()
    assert request.path.endswith(path)
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    await request.respond(status, body if isinstance(body, bytes) else json.dumps(body).encode(), headers)
    return request


async def one_round(member: Member, server: ScriptedProvider, offers: Any = LIST, *, policy: Any = None) -> bool:
    """``policy`` None: it signs none."""
    going = asyncio.create_task(member.team.refresh())
    await answered(server, "/v1/policy", 200, NONE if policy is None else policy)
    await answered(server, "/v1/offers", 200, offers, {"etag": '"1"'})
    return await going


async def test_nobody_is_asked_before_the_gateway_was_reached_once(tmp_path: Path) -> None:
    async with ScriptedProvider() as server, machine(tmp_path, user(server.url)) as member:
        assert "not known yet" in member.asks
        assert await one_round(member, server)
        assert member.asks == "team/cheap/m"


async def test_what_was_fetched_is_there_at_the_next_start_without_network(tmp_path: Path) -> None:
    async with ScriptedProvider() as server:
        url = server.url
        async with machine(tmp_path, user(url)) as member:
            assert await one_round(member, server, policy=signed())
    async with machine(tmp_path, user(url)) as member:
        await member.team.load()
        assert member.asks == "team/cheap/m"
        assert [offer.id for offer in member.team.offers.offers] == ["team/cheap/m", "team/dear/m"]
        assert not await member.team.refresh()  # nobody is there
        assert not member.team.reached
        assert "No model can be asked" in member.asks
    async with machine(tmp_path, user("https://another.test")) as member:
        await member.team.load()
        assert member.team.offers.offers == ()  # another gateway's list says nothing


async def test_a_list_that_did_not_change_is_not_sent_again(tmp_path: Path) -> None:
    async with ScriptedProvider() as server, machine(tmp_path, user(server.url)) as member:
        await one_round(member, server)
        going = asyncio.create_task(member.team.refresh())
        await answered(server, "/policy", 200, NONE)
        request = await server.request()
        assert request.headers["if-none-match"] == '"1"'
        await request.respond(304)
        assert await going
        assert member.asks == "team/cheap/m"


OWN_MODEL = (Model("mine", price=0.01),)


async def test_own_keys_stand_by_and_stand_in_when_the_gateway_is_gone(tmp_path: Path) -> None:
    async with ScriptedProvider() as own:
        async with ScriptedProvider() as server:
            url = server.url
            file = vendor(own, OWN_MODEL) + f'[team]\nurl = "{url}"\n'
            async with machine(tmp_path, file, {**TEAM_KEY, **OWN_KEY}) as member:
                await one_round(member, server)
                assert member.asks == "team/cheap/m"  # although a key of one's own would be cheaper
        async with machine(tmp_path, file, {**TEAM_KEY, **OWN_KEY}) as member:
            await member.team.load()
            assert member.asks == "team/cheap/m"  # it is not known yet to be gone
            await member.team.refresh()
            assert member.asks == "scripted/mine"


async def test_own_keys_are_left_alone_where_the_policy_says_so(tmp_path: Path) -> None:
    async with ScriptedProvider() as own, ScriptedProvider() as server:
        file = vendor(own, OWN_MODEL) + f'[team]\nurl = "{server.url}"\n'
        async with machine(tmp_path, file, {**TEAM_KEY, **OWN_KEY}) as member:
            await one_round(member, server, policy=signed(Policy(own_keys=False)))
            assert member.asks == "team/cheap/m"
            going = asyncio.create_task(member.team.refresh())
            await answered(server, "/policy", 503, {"error": {"message": "The team's database cannot be reached."}})
            assert not await going
            assert "No model can be asked" in member.asks


async def test_own_keys_are_left_alone_where_the_user_says_so(tmp_path: Path) -> None:
    async with ScriptedProvider() as own, ScriptedProvider() as server:
        file = vendor(own, OWN_MODEL) + f'[team]\nurl = "{server.url}"\nown_keys = false\n'
        async with machine(tmp_path, file, OWN_KEY) as member:  # no key of the team's
            await member.team.refresh()
            assert "scripted" not in member.asks


@pytest.mark.parametrize("what", ["malformed", "empty", "page", "huge", "many", "rows", "deep", "deep row", "unbelievable"])
async def test_a_list_that_is_nonsense_leaves_the_one_before(tmp_path: Path, what: str) -> None:
    bodies: dict[str, Any] = {
        "malformed": b'{"format": 1, "offers": [',
        "empty": b"",
        "page": b"<html>Please log in to the hotel's network</html>",
        "huge": b'{"format": 1, "offers": [], "more": "' + b"x" * (33 << 20) + b'"}',
        "many": {"format": 1, "offers": [dict[str, Any]()] * (MOST_OFFERS + 1)},
        "rows": {"format": 1, "offers": [1, 2]},
        "deep": b"[" * 100_000,
        "deep row": b'{"format": 1, "offers": [{"more": ' + b"[" * 960 + b"]" * 960 + b"}]}",
        "unbelievable": {"format": 1, "offers": [{"offer": {**row["offer"], "max_output": -1}} for row in LIST["offers"]]},
    }
    async with ScriptedProvider() as server, machine(tmp_path, user(server.url)) as member:
        await one_round(member, server)
        going = asyncio.create_task(member.team.refresh())
        await answered(server, "/policy", 200, NONE)
        request = await server.request()
        try:
            await request.respond(200, bodies[what] if isinstance(bodies[what], bytes) else json.dumps(bodies[what]).encode())
        except ConnectionError:
            assert what == "huge"  # it is not read to its end
        assert not await going
        assert member.team.trouble
        assert member.asks == "team/cheap/m"
        assert member.team.reached


@pytest.mark.parametrize(("status", "words"), [(401, "key"), (403, "Team gateway")])
async def test_a_key_that_is_wrong_or_was_revoked_is_told_once(tmp_path: Path, status: int, words: str) -> None:
    refusal = {"error": {"message": f"The key crk-0a1b2c3d was revoked. {TOKEN}", "type": "authentication"}}
    async with ScriptedProvider() as own, ScriptedProvider() as server:
        file = vendor(own, OWN_MODEL) + f'[team]\nurl = "{server.url}"\n'
        async with machine(tmp_path, file, {**TEAM_KEY, **OWN_KEY}) as member:
            await one_round(member, server)
            for _ in range(2):
                going = asyncio.create_task(member.team.refresh())
                await answered(server, "/policy", status, refusal)
                assert not await going
            assert words in member.team.trouble
            assert TOKEN not in member.team.trouble
            if status == 401:
                assert member.told == [f"{member.team.trouble} {MEANWHILE}"]
                assert member.asks == "scripted/mine"


@pytest.mark.parametrize("wrong", ["signature", "future", "old", "earlier", "no document"])
async def test_a_policy_that_is_not_believed_is_told_and_the_one_before_holds(tmp_path: Path, wrong: str) -> None:
    now = time.time()
    documents: dict[str, Any] = {
        "signature": signed(Policy(), 3, private=new_signing_key()),
        "future": signed(Policy(), 3, now + 3_600),
        "old": signed(Policy(), 3, now - 3_600),
        "earlier": signed(Policy(), 1),
        "no document": ["a policy"],
    }
    team = f'policy_key = "{public_key_of(PRIVATE)}"'
    async with ScriptedProvider() as server, machine(tmp_path, user(server.url, team=team)) as member:
        assert await one_round(member, server, policy=signed(Policy(deny=frozenset({"cheap/*"})), 2))
        assert member.asks == "team/dear/m"
        await one_round(member, server, policy=documents[wrong])
        assert member.asks == "team/dear/m"
        assert len(member.told) == 1


async def test_a_policy_that_was_never_believed_lets_nobody_be_asked(tmp_path: Path) -> None:
    team = f'policy_key = "{public_key_of(new_signing_key())}"'
    async with ScriptedProvider() as server, machine(tmp_path, user(server.url, team=team)) as member:
        await one_round(member, server, policy=signed(Policy()))
        assert "signature is wrong" in member.asks
        await one_round(member, server)  # it says that it signs none: a key was named, so one is expected
        assert "not known yet" in member.asks


async def test_an_answer_that_does_not_come_holds_up_nothing(tmp_path: Path) -> None:
    async with ScriptedProvider() as server, machine(tmp_path, user(server.url)) as member:
        await one_round(member, server)
        going = asyncio.create_task(member.team.refresh())
        await server.request()  # and nothing more
        assert member.asks == "team/cheap/m"
        going.cancel()
        await asyncio.wait({going})


async def test_without_a_key_nobody_is_asked_and_nothing_is_sent(tmp_path: Path) -> None:
    async with ScriptedProvider() as server, machine(tmp_path, user(server.url), {}) as member:
        assert await member.team.refresh()
        assert server.log == []


async def test_a_gateway_that_is_not_at_this_address_does_not_say_that_it_signs_no_policy(tmp_path: Path) -> None:
    async with ScriptedProvider() as server, machine(tmp_path, user(server.url)) as member:
        going = asyncio.create_task(member.team.refresh())
        await answered(server, "/v1/policy", 404, b"<html>default backend: 404</html>")
        assert not await going
        assert "is the address in [team] url right?" in member.asks
        assert "not known yet" in member.asks
        assert await one_round(member, server)
        assert member.asks == "team/cheap/m"


@pytest.mark.parametrize("mark", ['"\xe9"', '"' + "x" * 5_000 + '"', '"a\tb"'])
async def test_a_mark_that_cannot_be_sent_back_keeps_no_round_after_it_from_being_asked(tmp_path: Path, mark: str) -> None:
    async with ScriptedProvider() as server, machine(tmp_path, user(server.url)) as member:
        going = asyncio.create_task(member.team.refresh())
        await answered(server, "/policy", 200, NONE)
        await answered(server, "/offers", 200, LIST, {"etag": mark})
        assert await going
        going = asyncio.create_task(member.team.refresh())
        await answered(server, "/policy", 200, NONE)
        request = await answered(server, "/offers", 200, LIST)
        assert "if-none-match" not in request.headers
        assert await going


async def test_what_an_offer_is_barred_for_at_the_gateway_holds_for_a_while_and_is_said_again(tmp_path: Path) -> None:
    barred = offer_list(OFFERS, {}, {"cheap/m": OfferHealth(limited_until=9e9, open_until=9e9, missing_until=9e9, streak=3)})
    async with ScriptedProvider() as server, machine(tmp_path, user(server.url)) as member:
        await one_round(member, server, barred)
        known = member.application.experience.of("team/cheap/m")
        latest = time.time() + BARRED_S
        assert latest - 60 < known.limited_until == known.open_until == known.missing_until <= latest
        assert member.asks == "team/dear/m"
        member.application.experience.learn("team/cheap/m", lambda _: OfferHealth())
        going = asyncio.create_task(member.team.refresh())
        await answered(server, "/policy", 200, NONE)
        await (await server.request()).respond(304)
        assert await going
        assert member.asks == "team/dear/m"  # the same list says it once more


async def test_a_list_that_comes_when_another_gateway_was_joined_meanwhile_is_not_taken_for_its(tmp_path: Path) -> None:
    async with ScriptedProvider() as server, machine(tmp_path, user(server.url)) as member:
        going = asyncio.create_task(member.team.refresh())
        await answered(server, "/policy", 200, NONE)
        request = await server.request()
        member.team.use(replace(member.application.vendors[TEAM], base_url="https://another.test/v1"), TOKEN)
        await request.respond(200, json.dumps(LIST).encode(), {"etag": '"1"'})
        await going
        assert member.team.offers.offers == ()
        assert member.team.fetched is None


@pytest.mark.parametrize("fetched", ["NaN", "Infinity", "1e400", "-1", "1" + "0" * 400, "true", '"now"'])
async def test_a_kept_list_without_a_time_that_can_be_is_fetched_anew(tmp_path: Path, fetched: str) -> None:
    async with ScriptedProvider() as server, machine(tmp_path, user(server.url)) as member:
        await one_round(member, server)
        file = member.application.places.cache / OFFERS_FILE
        kept = json.loads(file.read_text("utf-8"))
        kept["fetched"] = "TIME"
        file.write_text(json.dumps(kept).replace('"TIME"', fetched), "utf-8")
        async with machine(tmp_path, user(server.url)) as again:
            going = asyncio.create_task(again.team.meet())
            await answered(server, "/policy", 200, NONE)
            await answered(server, "/offers", 200, LIST)
            await going
            assert again.asks == "team/cheap/m"


async def test_that_no_budget_is_left_is_told_once_until_an_answer_is_paid_for_again(tmp_path: Path) -> None:
    async with machine(tmp_path, user("https://models.example.com")) as member:
        for usd in ("0.0044", "0.0123"):
            member.team.failed(OutOfCredit(f"This call could cost up to ${usd}.", provider=TEAM))
        assert len(member.told) == 1
        member.team.heard({LEFT_HEADER: "0.5"})
        member.team.failed(OutOfCredit("This call could cost up to $0.7.", provider=TEAM))
        assert len(member.told) == 2


async def test_that_the_gateway_is_gone_and_others_are_asked_is_told_once(tmp_path: Path) -> None:
    async with ScriptedProvider() as own:
        async with ScriptedProvider() as server:
            file = vendor(own, OWN_MODEL) + f'[team]\nurl = "{server.url}"\n'
            async with machine(tmp_path, file, {**TEAM_KEY, **OWN_KEY}) as member:
                await one_round(member, server)
        async with machine(tmp_path, file, {**TEAM_KEY, **OWN_KEY}) as member:
            await member.team.load()
            for _ in range(3):
                assert not await member.team.refresh()
            assert member.asks == "scripted/mine"
            assert [MEANWHILE in words for words in member.told] == [True]
