"""The organisation's policy on a member's machine: in an editor's session, as it grows old, and without what checks it."""

import json
from pathlib import Path

import pytest

from coderoute_ls.app.joined_team import team_policy
from coderoute_ls.app.joined_team.team_policy import WITHOUT_EXTRA, TeamPolicy
from coderoute_ls.domain import Position, Span
from coderoute_ls.settings import effective
from coderoute_ls.team.policy.policy import FAILS, Fail, Policy
from coderoute_ls.team.policy.signed_policy import SignedPolicy, sign
from tests.joined_team.support import PRIVATE, SOURCE, gateway, member, user

NOW = 1_800_000_000.0
ALL = Span(Position(0, 0), Position(2, 0))
URL = "https://team.test/v1"


def told(held: Policy, version: int = 1) -> bytes:
    return json.dumps(sign(SignedPolicy(held, version, NOW, 600.0), PRIVATE)).encode()


def not_installed(name: str) -> None:
    del name


async def test_a_policy_bounds_what_an_editor_is_offered_and_no_folder_loosens_it(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "coderoute.toml").write_text('[models]\nallow = ["cheap/*", "dear/*"]\n', "utf-8")
    async with gateway(policy=Policy(deny=frozenset({"cheap/*"}))) as served, member(tmp_path, user(served.url)) as (editor, _):
        buffer = editor.open((tmp_path / "work" / "a.py").as_uri(), SOURCE)
        titles = [action["title"] for action in await editor.code_actions(buffer, ALL, only=["refactor"])]
        assert any(title.startswith("Refactor (Dear") for title in titles), titles
        assert not any("Cheap" in title for title in titles)


@pytest.mark.parametrize("fail", FAILS)
def test_a_policy_that_grows_old_holds_on_or_closes_as_it_says_itself(tmp_path: Path, fail: Fail) -> None:
    now = [NOW]
    policy = TeamPolicy(URL, "", tmp_path / "policy.json", lambda: now[0])
    assert effective(*policy.layers).closed
    assert policy.learn(told(Policy(privacy="zdr", fail=fail)))
    assert (effective(*policy.layers).settings.privacy, policy.problem) == ("zdr", "")
    assert policy.changes_in_s == 600.0
    now[0] += 700
    assert policy.stale
    assert policy.changes_in_s is None
    held = effective(*policy.layers)
    assert bool(held.closed) == (fail == "closed")
    assert held.settings.privacy == ("local_only" if fail == "closed" else "zdr")
    assert ("*" in held.settings.models.deny) == (fail == "closed")
    assert "but is too old" in policy.told


def test_without_what_checks_signatures_no_model_is_asked_and_the_remedy_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(team_policy, "find_spec", not_installed)
    policy = TeamPolicy(URL, "", tmp_path / "policy.json", lambda: NOW)
    assert not policy.learn(told(Policy()))
    assert effective(*policy.layers).closed == WITHOUT_EXTRA
