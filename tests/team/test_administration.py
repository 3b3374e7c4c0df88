"""Keys and budgets as administrators make them; what they change is written down."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.errors import ConfigurationError
from coderoute_ls.team.administration import Administration
from coderoute_ls.team.keys import Scopes, hash_of, lifetime, looks_like_a_key, new_key
from coderoute_ls.team.money import PERIODS, Cap, Level, Period, cap
from tests.team.conftest import Team

pytestmark = pytest.mark.postgres


def test_a_key_is_shown_once_and_kept_as_a_hash(team: Team) -> None:
    secret, key = team.admin.create_key("ann", "web", scopes=Scopes(models=("m/*",), lowest_floor=0.5), lives=timedelta(days=90))
    assert looks_like_a_key(secret)
    assert team.admin.keys() == [key]
    assert key.scopes == Scopes(models=("m/*",), lowest_floor=0.5)
    kept = str(team.query("SELECT k::text, a::text FROM coderoute.keys k, coderoute.audit a"))
    assert secret[len(key.prefix) + 1 :] not in kept
    assert hash_of(secret).hex() in kept


def test_a_key_ends_by_time_or_is_revoked_once(team: Team) -> None:
    _, key = team.admin.create_key("ann", lives=timedelta(hours=1))
    now = datetime.now(UTC)
    assert (key.state(now), key.state(now + timedelta(hours=2))) == ("live", "expired")
    assert team.admin.revoke_key(key.prefix).state(now) == "revoked"
    with pytest.raises(ConfigurationError, match="revoked already, at 20"):
        team.admin.revoke_key(key.prefix)
    with pytest.raises(ConfigurationError, match="no key 'crk-nothere'"):
        team.admin.revoke_key("crk-nothere")


@pytest.mark.parametrize("user", ["", "  ", "a\nb", "\x1b[2J"])
def test_a_key_without_a_user_that_can_be_named_is_refused(team: Team, user: str) -> None:
    with pytest.raises(ConfigurationError, match="name of its user"):
        team.admin.create_key(user)
    assert team.admin.keys() == []
    assert team.admin.audit() == []


def test_budgets_of_all_levels_are_listed_as_they_stand(team: Team) -> None:
    _, key = team.admin.create_key("ann", "web", caps=[cap("3/day")])
    others: list[tuple[Level, str]] = [("organisation", ""), ("team", "web"), ("user", "ann"), ("model", "deepseek/v4")]
    for level, subject in others:
        team.admin.set_budget(level, subject, cap("20/month"))
    team.admin.set_budget("team", "web", cap("25.5/month"))
    shown = [(each.level, each.subject, each.period, each.cap_nusd) for each in team.admin.budgets()]
    assert shown == [
        ("key", key.prefix, "day", 3 * 10**9),
        ("organisation", "", "month", 20 * 10**9),
        ("team", "web", "month", 25_500_000_000),
        ("user", "ann", "month", 20 * 10**9),
        ("model", "deepseek/v4", "month", 20 * 10**9),
    ]
    team.admin.remove_budget("key", key.prefix, "day")
    with pytest.raises(ConfigurationError, match=f"not the budget per day of key {key.prefix}"):
        team.admin.remove_budget("key", key.prefix, "day")
    with pytest.raises(ConfigurationError, match="that is named"):
        team.admin.set_budget("team", "", cap("1/day"))


def test_every_change_is_written_down_and_stays(team: Team) -> None:
    _, key = team.admin.create_key("ann", "web", caps=[cap("3/day")])
    team.admin.set_budget("team", "web", cap("1/day"))
    team.admin.remove_budget("team", "web", "day")
    team.admin.revoke_key(key.prefix)
    told = [(change.actor, change.action, change.subject) for change in team.admin.audit()]
    who, team_day = "root of the tests", "the budget per day of team web"
    assert told == [
        (who, "key.revoke", key.prefix),
        (who, "budget.remove", team_day),
        (who, "budget.set", team_day),
        (who, "key.create", key.prefix),
    ]
    for change in ("UPDATE coderoute.audit SET actor = 'eve'", "DELETE FROM coderoute.audit", "TRUNCATE coderoute.audit"):
        with pytest.raises(psycopg.errors.RaiseException, match="only added to"):
            team.query(change)


def test_two_administrators_at_once_lose_nothing(team: Team) -> None:
    _, key = team.admin.create_key("ann", "web")

    def change(number: int) -> str:
        with psycopg.connect(team.url, autocommit=True) as connection:
            admin = Administration(connection, f"admin {number}")
            admin.set_budget("team", "web", Cap(number, "day"))
            try:
                admin.revoke_key(key.prefix)
            except ConfigurationError:
                return "too late"
            return "revoked"

    with ThreadPoolExecutor(8) as pool:
        outcomes = [*pool.map(change, range(8))]
    assert sorted(outcomes) == ["revoked", *["too late"] * 7]
    (budget,) = team.admin.budgets()
    told = [change for change in team.admin.audit() if change.action == "budget.set"]
    assert len(told) == 8
    assert told[0].actor == f"admin {budget.cap_nusd}"  # the last one holds, and the log says whose it is


@given(st.integers(0, 10**18), st.sampled_from(PERIODS))
def test_a_cap_is_read_as_it_is_written_to_the_billionth(nusd: int, period: Period) -> None:
    made = Cap(nusd, period)
    assert cap(str(made)) == made


@pytest.mark.parametrize("text", ["", "20", "2/year", "-1/day", "1e3/day", "0.1234567890/day", "nan/day", "99999999999/day"])
def test_what_is_no_budget_is_told_with_how_to_write_one(text: str) -> None:
    with pytest.raises(ConfigurationError, match="20/month"):
        cap(text)


@pytest.mark.parametrize("text", ["", "90", "0d", "90m", "-1d", "1.5d", "999999d"])
def test_what_is_no_lifetime_is_told_with_how_to_write_one(text: str) -> None:
    with pytest.raises(ConfigurationError, match="90d"):
        lifetime(text)


def test_no_two_keys_are_alike_and_each_has_the_form() -> None:
    made = {new_key() for _ in range(1_000)}
    assert len(made) == 1_000
    assert all(map(looks_like_a_key, made))
