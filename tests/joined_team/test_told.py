"""What doctor and ``policy explain`` say of the team, and what own keys stand by for."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.cli._program import main
from coderoute_ls.cli.doctor import examine
from coderoute_ls.domain import Offer, OfferHealth, ProviderState, State
from coderoute_ls.domain.vendor import TEAM
from coderoute_ls.selection import Catalog, Floor, Request, select
from coderoute_ls.selection.offer_list import offer_list, offers_in
from coderoute_ls.storage import HOME_VARIABLE
from coderoute_ls.team.policy.policy import Policy
from tests.engine.support import offer
from tests.gateway.support import TOKEN
from tests.joined_team.support import user
from tests.joined_team.test_rounds import machine, one_round, signed
from tests.support.provider import ScriptedProvider
from tests.support.session import NOBODY_LOCAL

NOW = 1_795_262_400.0


def checks(home: Path, file: str, **environ: str) -> list[str]:
    """What doctor says of the team, asking nobody."""
    (home / "config").mkdir(parents=True, exist_ok=True)
    (home / "config" / "config.toml").write_text(file + NOBODY_LOCAL, "utf-8")
    found = examine(home, {HOME_VARIABLE: str(home), **environ}, lambda _: None, now=NOW, offline=True)
    return [f"{check.state}: {check.text}" for check in found if check.area == "team"]


def test_doctor_says_nothing_of_a_team_where_none_is_joined(tmp_path: Path) -> None:
    assert checks(tmp_path, "") == []


def test_doctor_says_that_the_key_is_missing_or_cannot_be_one(tmp_path: Path) -> None:
    file = user("https://models.example.com")
    assert checks(tmp_path, file) == ["problem: joined https://models.example.com/v1, but no key is there"]
    (wrong,) = checks(tmp_path, file, CODEROUTE_TEAM_KEY="Bearer crk-secret")
    assert "begins with a word like" in wrong
    assert "secret" not in wrong


async def test_doctor_and_policy_explain_tell_what_was_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with ScriptedProvider() as server, machine(tmp_path, user(server.url)) as member:
        await one_round(member, server, policy=signed(Policy(floors={"refactor": 0.8}, own_keys=False)))
        url = server.url
    told = await asyncio.to_thread(checks, tmp_path, user(url), CODEROUTE_TEAM_KEY=TOKEN)
    assert told[0] == f"ok: joined {url}/v1, key from environment CODEROUTE_TEAM_KEY"
    assert told[1].startswith("ok: 2 offers, 2 of them for ghost text, as of 0 minutes ago")
    assert told[2].startswith("ok: policy 1 was signed 0 minutes ago and holds")
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    monkeypatch.delenv("CODEROUTE_DATABASE", raising=False)
    assert await asyncio.to_thread(main, ["policy", "explain", "--json", "--folder", str(tmp_path)]) == 0
    rows = {row["bound"]: (row["value"], row["from"]) for row in json.loads(capsys.readouterr().out)}
    assert rows["floor of refactor"] == (0.8, "policy")
    assert rows["team.own_keys"] == (False, "policy")
    assert rows["floor of fix"] == (0.7, "default")


# -- own keys stand by --------------------------------------------------------------------------------------------------------

prices = st.sampled_from([0.1, 1.0, 2.0, 4.0])
scores = st.sampled_from([0.5, 0.72, 0.9])
teams = st.lists(st.tuples(prices, scores), max_size=3)
owns = st.lists(st.tuples(prices, scores), min_size=1, max_size=3)


def catalog(team: list[tuple[float, float]], own: list[tuple[float, float]]) -> tuple[Catalog, list[str]]:
    listed = [offer(f"t{n}", *row) for n, row in enumerate(team)]
    behind: tuple[Offer, ...] = offers_in(json.loads(json.dumps(offer_list(listed, {}, {})))).offers
    mine = [offer(f"own{n}", *row) for n, row in enumerate(own)]
    return Catalog("2026-11-21", "sha256:test", (*behind, *mine)), [one.provider for one in mine]


@given(teams, owns, st.sampled_from(["cost", "speed", "quality"]))
def test_own_keys_are_chosen_only_where_the_team_reaches_no_floor(
    team: list[tuple[float, float]], own: list[tuple[float, float]], objective: Any
) -> None:
    known, mine = catalog(team, own)
    states = {TEAM: ProviderState(reachable=True), **{name: ProviderState(reachable=True, stands_by=True) for name in mine}}
    request = Request("refactor", "coding", Floor(0.7), chars=4_000, objective=objective)
    decision = select(request, known, State(NOW, states))
    reaching = any(score >= 0.7 for _, score in team)
    if reaching:
        assert decision.chosen is not None and decision.chosen.offer.provider == TEAM
        kinds = [one.offer.provider == TEAM for one in decision.chain]
        assert kinds == sorted(kinds, reverse=True)  # what is one's own comes last
    elif any(score >= 0.7 for _, score in own):
        assert decision.chosen is not None and decision.chosen.offer.provider in mine


def test_a_cheaper_key_of_ones_own_is_named_in_why_it_was_not_asked() -> None:
    known, mine = catalog([(2.0, 0.9)], [(0.1, 0.9)])
    states = {TEAM: ProviderState(reachable=True), mine[0]: ProviderState(reachable=True, stands_by=True)}
    request = Request("refactor", "coding", Floor(0.7), chars=4_000)
    decision = select(request, known, State(NOW, states))
    assert decision.chosen is not None
    assert "own0/m would cost" in decision.chosen.why
    assert "stands in for your team's gateway" in decision.chosen.why
    gone = {**states, "own0": ProviderState(reachable=True), TEAM: ProviderState(reachable=False)}
    instead = select(request, known, State(NOW, gone)).chosen
    assert instead is not None and instead.offer.id == "own0/m"


def test_an_offer_that_fails_at_the_gateway_is_left_alone_here() -> None:
    known, _ = catalog([(1.0, 0.9), (2.0, 0.9)], [(9.0, 0.9)])
    health = {"team/t0/m": OfferHealth(open_until=NOW + 60, streak=3)}
    request = Request("refactor", "coding", Floor(0.7), chars=4_000)
    chosen = select(request, known, State(NOW, {TEAM: ProviderState(reachable=True)}, health)).chosen
    assert chosen is not None and chosen.offer.id == "team/t1/m"
