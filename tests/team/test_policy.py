"""Policies form a meet, nothing loosens, and what reaches a client is believed only signed, in time and never older."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coderoute_ls.actions import actions
from coderoute_ls.domain import Privacy
from coderoute_ls.errors import ConfigurationError, NoOffer
from coderoute_ls.selection.catalog.offer_rows import EFFORTS
from coderoute_ls.selection.decision.eligibility import matching
from coderoute_ls.settings import Effective, Layer, effective, parse
from coderoute_ls.settings.effective_settings import PRIVACY
from coderoute_ls.team.policy.policy import ALL, FAILS, Fail, Policy, meet, policy
from coderoute_ls.team.policy.policy_cache import PolicyCache
from coderoute_ls.team.policy.signed_policy import PolicyRefused, SignedPolicy, new_signing_key, public_key_of, sign, verified
from tests.engine.support import offer

ACTIONS = ("refactor", "fix", "inline_completion")
NAMES = ("openai/gpt-5", "openai/gpt-5@high", "deepseek/v4", "mistral/codestral", "local/qwen@low")
globs = st.sampled_from(["openai/*", "*/v4", "*", "deepseek/*", "*gpt*", "mistral/codestral", "?????/*"])
floors = st.dictionaries(st.sampled_from([ALL, *ACTIONS]), st.sampled_from([0.0, 0.4, 0.7, 0.9]), max_size=3)
caps = st.dictionaries(st.sampled_from([ALL, *ACTIONS]), st.sampled_from([0.0, 0.01, 0.2, 3.0]), max_size=3)
policies = st.builds(
    Policy,
    floors=floors,
    privacy=st.sampled_from(PRIVACY),
    allow=st.frozensets(st.frozensets(globs, min_size=1, max_size=3), max_size=2),
    deny=st.frozensets(globs, max_size=2),
    efforts=st.none() | st.frozensets(st.sampled_from(EFFORTS)),
    caps=caps,
    own_keys=st.booleans(),
    fail=st.sampled_from(FAILS),
)
tables: st.SearchStrategy[Any] = st.fixed_dictionaries(
    {},
    optional={
        "privacy": st.sampled_from(PRIVACY),
        "models": st.fixed_dictionaries({}, optional={"allow": st.lists(globs, max_size=2), "deny": st.lists(globs, max_size=2)}),
        "budget": st.fixed_dictionaries({}, optional={"action_usd": st.sampled_from([0.0, 0.1, 9.0])}),
        "actions": st.dictionaries(
            st.sampled_from(ACTIONS),
            st.fixed_dictionaries({}, optional={"min_coding_score": st.sampled_from([0.1, 0.8]), "max_cost_usd": st.just(0.3)}),
        ),
    },
)


def _both(said: tuple[dict[str, Any], dict[str, Any]]) -> dict[str, Any]:
    return said[0] | said[1]


team_tables: st.SearchStrategy[Any] = st.fixed_dictionaries(
    {}, optional={"team": st.fixed_dictionaries({"own_keys": st.booleans()})}
)
own_tables: st.SearchStrategy[Any] = st.tuples(tables, team_tables).map(_both)
"""What the user alone may say is in these as well."""


def layer(table: Any, origin: Any) -> Layer:
    made, issues = parse(table, actions(), origin)
    assert not issues
    return made


def allowed(held: Effective, name: str) -> bool:
    """Whether these settings let this offer be asked, by its name."""
    models, (vendor, _, wire) = held.settings.models, name.partition("/")
    one = offer(vendor, 1.0)
    named = type(one)(name, wire.partition("@")[0], vendor, wire, one.dialect)
    return not (models.deny and matching(named, models.deny)) and not (models.allow and not matching(named, models.allow))


def no_laxer(one: Effective, other: Effective) -> bool:
    """Whether ``one`` allows nothing that ``other`` forbids."""
    return (
        PRIVACY.index(one.settings.privacy) >= PRIVACY.index(other.settings.privacy)
        and one.settings.team.own_keys <= other.settings.team.own_keys
        and all(allowed(other, name) for name in NAMES if allowed(one, name))
        and all(one.floor_for(name, "coding", 0.5).value >= other.floor_for(name, "coding", 0.5).value for name in ACTIONS)
        and all(one.cap_for(name, "coding", 0.5) <= other.cap_for(name, "coding", 0.5) for name in ACTIONS)
        and all(one.least_floor(name) >= other.least_floor(name) for name in ACTIONS)
    )


def keeps(held: Effective, bounds: Policy) -> bool:
    """Whether these settings stay within the policy, whatever else they say."""
    alone = effective(bounds.layer)
    most = {name: min(bounds.caps.get(name, 1e9), bounds.caps.get(ALL, 1e9)) for name in ACTIONS}
    return (
        PRIVACY.index(held.settings.privacy) >= PRIVACY.index(bounds.privacy)
        and held.settings.team.own_keys <= bounds.own_keys
        and all(allowed(alone, name) for name in NAMES if allowed(held, name))
        and all(held.floor_for(name, "coding", 0.5).value >= alone.least_floor(name) for name in ACTIONS)
        and all(held.least_floor(name) >= alone.least_floor(name) for name in ACTIONS)
        and all(held.cap_for(name, "coding", 9.0) <= most[name] for name in ACTIONS)
    )


def same(one: Effective, other: Effective) -> bool:
    return no_laxer(one, other) and no_laxer(other, one)


@given(policies, policies, policies)
def test_policies_form_a_meet(one: Policy, two: Policy, three: Policy) -> None:
    assert one.meet(one) == one
    assert one.meet(two) == two.meet(one)
    assert one.meet(two).meet(three) == one.meet(two.meet(three))
    assert one.meet(Policy()) == one
    assert meet([three, one, two, one]) == meet([one, two, three])


@given(policies, policies, own_tables, tables)
@settings(max_examples=60)
def test_nothing_loosens_in_any_order_of_the_layers(one: Policy, two: Policy, user: object, workspace: object) -> None:
    mine, theirs = layer(user, "user"), layer(workspace, "workspace")
    plain = effective(mine, theirs)
    bound = effective(mine, theirs, one.layer)
    assert no_laxer(bound, plain)
    assert keeps(bound, one)
    assert same(bound, effective(one.layer, mine, theirs))
    assert same(effective(mine, theirs, one.layer, two.layer), effective(two.layer, mine, theirs, one.meet(two).layer))


@given(policies, own_tables)
@settings(max_examples=60)
def test_what_a_request_asks_for_does_not_loosen_a_policy(one: Policy, asked: object) -> None:
    assert keeps(effective(one.layer).under(layer(asked, "request")), one)


@given(policies)
def test_a_policy_is_read_as_it_is_written(one: Policy) -> None:
    assert policy(json.loads(json.dumps(one.as_json()))) == one


@given(st.frozensets(st.sampled_from(EFFORTS)), st.sampled_from(EFFORTS))
def test_only_listed_efforts_are_asked_for_besides_the_default(listed: frozenset[str], effort: str) -> None:
    bound = effective(Policy(efforts=listed).layer)
    assert allowed(bound, "openai/gpt-5")
    assert allowed(bound, f"openai/gpt-5@{effort}") == (effort in listed)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ([], "a table"),
        ({"floor": 1}, "'floor'; there are floors"),
        ({"floors": {"*": 1.5}}, "floors must be"),
        ({"floors": {"*": float("nan")}}, "floors must be"),
        ({"floors": {"*": True}}, "floors must be"),
        ({"floors": {"*": 10**400}}, "floors must be"),
        ({"caps": {"*": float("inf")}}, "caps must be"),
        ({"caps": 3}, "caps must be"),
        ({"caps": {"*": -1}}, "caps must be"),
        ({"privacy": "strict"}, "privacy must be one of any"),
        ({"privacy": ["zdr"]}, "privacy must be one of any"),
        ({"efforts": ["loud"]}, "efforts must be"),
        ({"own_keys": "no"}, "own_keys must be"),
        ({"own_keys": 0}, "own_keys must be"),
        ({"fail": "open"}, "fail must be one of closed"),
        ({"deny": "*"}, "deny must be"),
        ({"deny": [""]}, "deny must be"),
        ({"allow": [["a"], "b"]}, "allow must be"),
    ],
)
def test_a_policy_that_cannot_be_read_whole_is_none(document: object, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        policy(document)


def test_who_set_a_bound_is_known() -> None:
    mine = layer({"privacy": "zdr", "models": {"deny": ["a/*"]}}, "user")
    joined = effective(mine, Policy({"refactor": 0.8}, "no_training", deny=frozenset({"b/*"}), caps={"fix": 0.1}).layer)
    assert joined.settings.privacy == "zdr"
    assert joined.origins["privacy",] == "user"
    assert joined.settings.models.deny == ("a/*", "b/*")
    assert joined.origins["models", "deny"] == "policy"
    assert joined.origins["actions", "fix", "max_cost_usd"] == "policy"
    assert joined.floor_for("refactor", "coding", 0.7).origin == "policy"
    assert joined.floor_for("refactor", "coding", 0.9).origin == "default"


# -- signed, cached -----------------------------------------------------------------------------------------------------------

PRIVATE = new_signing_key()
PUBLIC = public_key_of(PRIVATE)
NOW = 1_800_000_000.0
STRICT = Policy(privacy="zdr")


def document(version: int = 1, issued: float = NOW, *, held: Policy = STRICT, private: str = PRIVATE) -> dict[str, object]:
    return json.loads(json.dumps(sign(SignedPolicy(held, version, issued, 600.0), private)))


def cache(path: Path, now: list[float], public: str = PUBLIC, url: str = "https://team.test/v1") -> PolicyCache:
    made = PolicyCache(path / "policy.json", url, public, lambda: now[0])
    made.load()
    return made


def test_a_signed_policy_is_believed_whole() -> None:
    assert verified(document(), PUBLIC) == SignedPolicy(STRICT, 1, NOW, 600.0)


@pytest.mark.parametrize("change", ["payload", "signature", "other key", "no signature", "no document", "not base64"])
def test_a_policy_that_was_changed_or_signed_by_another_is_refused(change: str) -> None:
    told: Any = document()
    match change:
        case "payload":
            told["payload"] = told["payload"].replace("zdr", "any")
        case "signature":
            told["signature"] = document(2)["signature"]
        case "other key":
            told = document(private=new_signing_key())
        case "no signature":
            del told["signature"]
        case "not base64":
            told["signature"] = "é"
        case _:
            told = "a page of a hotel's network"
    with pytest.raises(PolicyRefused):
        verified(told, PUBLIC)


@pytest.mark.parametrize(
    "odd",
    [
        {"issued": float("nan")},
        {"max_age_s": float("nan")},
        {"max_age_s": float("inf")},
        {"issued": -1.0},
        {"version": float("inf")},
    ],
)
def test_a_signed_policy_that_would_never_grow_old_is_refused(odd: Any) -> None:
    held: dict[str, Any] = {"policy": STRICT, "version": 1, "issued": NOW, "max_age_s": 600.0, **odd}
    with pytest.raises(PolicyRefused, match="cannot be read"):
        verified(sign(SignedPolicy(**held), PRIVATE), PUBLIC)


@pytest.mark.parametrize("skew", [-2.0, 0.0, 2.0])
def test_two_seconds_between_two_clocks_do_not_matter(tmp_path: Path, skew: float) -> None:
    known = cache(tmp_path, [NOW + skew])
    known.learn(document())
    assert known.holds() == STRICT


@pytest.mark.parametrize(
    ("skew", "words"), [(-3_600.0, "3600 seconds in the future: a clock is wrong"), (3_600.0, "seconds old")]
)
def test_an_hour_between_two_clocks_is_told_and_opens_nothing(tmp_path: Path, skew: float, words: str) -> None:
    known = cache(tmp_path, [NOW + skew])
    with pytest.raises(PolicyRefused, match=words):
        known.learn(document())
    with pytest.raises(NoOffer):
        known.holds()


def test_what_a_replica_signs_whose_clock_is_a_little_behind_is_no_old_policy(tmp_path: Path) -> None:
    known = cache(tmp_path, [NOW])
    known.learn(document(2, NOW))
    assert not known.learn(document(2, NOW - 2))
    assert known.held is not None and known.held.issued == NOW
    for older in (document(1, NOW), document(2, NOW - 60)):
        with pytest.raises(PolicyRefused, match="an old one was sent again"):
            known.learn(older)


def test_a_policy_of_the_future_or_too_old_is_refused_and_the_one_before_holds_on(tmp_path: Path) -> None:
    known = cache(tmp_path, [NOW])
    known.learn(document())
    with pytest.raises(PolicyRefused, match="in the future"):
        known.learn(document(2, NOW + 60))
    with pytest.raises(PolicyRefused, match="seconds old"):
        known.learn(document(2, NOW - 700))
    with pytest.raises(PolicyRefused, match="old one was sent again"):
        cache(tmp_path, [NOW]).learn(document(0, NOW + 1, held=Policy()))
    assert known.holds() == STRICT


@pytest.mark.parametrize("fail", FAILS)
def test_without_a_fresh_policy_nothing_is_asked_or_the_last_one_holds_as_that_one_says(tmp_path: Path, fail: Fail) -> None:
    now, strict = [NOW], Policy(privacy="zdr", fail=fail)
    with pytest.raises(NoOffer, match="not known yet"):
        cache(tmp_path, now).holds()
    cache(tmp_path, now).learn(document(held=strict))
    now[0] += 700
    known = cache(tmp_path, now)  # another start, without network
    assert known.stale
    if fail == "last-known":
        assert known.holds() == strict
    else:
        with pytest.raises(NoOffer, match="could not be had in time"):
            known.holds()


def test_a_kept_policy_that_somebody_loosened_is_as_none(tmp_path: Path) -> None:
    cache(tmp_path, [NOW]).learn(document())
    path = tmp_path / "policy.json"
    path.write_text(path.read_text("utf-8").replace("zdr", "any"), "utf-8")
    with pytest.raises(NoOffer):
        cache(tmp_path, [NOW]).holds()


def test_the_policy_of_another_gateway_says_nothing(tmp_path: Path) -> None:
    cache(tmp_path, [NOW]).learn(document())
    with pytest.raises(NoOffer):
        cache(tmp_path, [NOW], url="https://other.test/v1").holds()


def test_without_a_key_the_first_that_is_shown_is_believed_and_no_other_from_then_on(tmp_path: Path) -> None:
    cache(tmp_path, [NOW], "").learn(document())
    known = cache(tmp_path, [NOW], "")  # another start
    with pytest.raises(PolicyRefused):
        known.learn(document(2, held=Policy(), private=new_signing_key()))
    assert not known.learn_none()  # nor is it lifted by silence
    assert known.holds() == STRICT
    known.learn(document(2))


def test_a_gateway_that_never_signed_one_bounds_nothing_here_until_it_does(tmp_path: Path) -> None:
    assert cache(tmp_path, [NOW], "").learn_none()
    known = cache(tmp_path, [NOW], "")
    assert known.holds() == Policy()
    known.learn(document())
    assert cache(tmp_path, [NOW], "").holds() == STRICT
    expected = cache(tmp_path / "named", [NOW])  # the user was told a key: one is expected
    assert not expected.learn_none()
    with pytest.raises(NoOffer):
        expected.holds()


def test_privacy_words_are_those_of_the_settings() -> None:
    strict: Privacy = PRIVACY[-1]
    assert strict == "local_only"
