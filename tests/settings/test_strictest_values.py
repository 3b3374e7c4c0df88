"""What holds in the place of what could not be read."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.settings import Effective, LastGood, effective, load, parse
from coderoute_ls.settings.glob_intersection import NOTHING

ACTIONS = ("inline_completion", "refactor", "explain")
LOCAL = {"privacy": "local_only"}


def read(raw: object, origin: str = "user") -> Effective:
    return effective(parse(raw, ACTIONS, "workspace" if origin == "workspace" else "user")[0])


@pytest.mark.parametrize("origin", ["user", "workspace"])
@pytest.mark.parametrize(
    "raw",
    [
        {"privacy": "local-only"}, {"privacy": 3}, {"privacy": ["zdr"]}, {"privacy": {"mode": "zdr"}}, {"privcy": "any"},
        {"Privacy": "zdr"}, {"private": True}, {"local_only": True}, {"data-privacy": "x"}, {"budget": {"privacy": "zdr"}},
        {"general": {"privacy": "zdr"}}, {"settings": [{"mode": "no_training"}]}, {"models": {"vendors": ["local"]}}, [1],
        "local_only", 3, True, {"actions": ["refactor"]},
    ],
)  # fmt: skip
def test_what_may_have_meant_privacy_is_the_strictest(raw: object, origin: str) -> None:
    assert read(raw, origin).settings.privacy == "local_only"


@pytest.mark.parametrize(
    "raw", [{"qualty": "best"}, {"log": {"levl": "debug"}}, {"inline": {"debounce": 3}}, {"colours": "dark"}, []]
)
def test_what_restricts_nothing_falls_back_alone(raw: object) -> None:
    assert read(raw).settings == effective().settings


@pytest.mark.parametrize("origin", ["user", "workspace"])
@pytest.mark.parametrize(
    "raw",
    [
        {"coderoute": LOCAL}, {"coderoute-ls": LOCAL}, {"openrouter": {"coderoute": LOCAL}}, {"bugdet": LOCAL},
        {"inline": {"inlin": {"x": [LOCAL]}}}, {"providers": LOCAL}, {"providers": {"openai": LOCAL}}, {"embeded": "zdr"},
    ],
)  # fmt: skip
def test_privacy_in_a_wrong_place_counts_whatever_the_place_resembles(raw: object, origin: str) -> None:
    assert read(raw, origin).settings.privacy == "local_only"


@pytest.mark.parametrize(
    "key",
    [
        "enabled", "disabled", "no_network", "cloud", "allowCloud", "remote-hosts", "on_device_only", "share_code", "air_gapped",
        "allow_training", "TELEMETRY", "vendors", "block_list",
    ],
)  # fmt: skip
@pytest.mark.parametrize("value", [False, True, 0, "off", {"openai": {"enable": False}}])
def test_a_word_of_a_key_that_means_to_restrict_counts(key: str, value: object) -> None:
    assert read({key: value}).settings.privacy == "local_only"


@pytest.mark.parametrize("key", ["dailyLimit", "limit_usd", "max_cost", "spending", "monthly", "DAILY-CAP", "weekly_eur"])
def test_a_word_of_a_key_that_means_money_leaves_nothing_to_spend(key: str) -> None:
    budget = read({key: 3}).settings.budget
    assert (budget.daily_usd, budget.action_usd, budget.completion_usd) == (0, 0, 0)


@pytest.mark.parametrize("row", [{"enable": False}, {"allow": ["ollama"]}, {"disabled": ["openai"]}, {"only": "ollama"}])
def test_a_word_in_place_of_a_vendor_counts_for_all(row: object) -> None:
    for origin in ("user", "workspace"):
        assert read({"providers": row}, origin).settings.privacy == "local_only"


@pytest.mark.parametrize("row", [{"enable": False}, {"enabled": "off"}, {"Enable": 0}, {"disabled": True}, False, "no"])
@pytest.mark.parametrize("name", ["openai", "OpenAI", "open-ai", " openai "])
def test_a_vendor_that_a_workspace_switches_off_is_asked_nothing_there(name: str, row: object) -> None:
    settings = read({"providers": {name: row}}, "workspace").settings
    assert "openai/*" in settings.models.deny
    assert settings.providers == {}
    assert (
        read({"providers": {name: {"base_url": "https://evil.example", "enable": True}}}, "workspace").settings.models.deny == ()
    )


def test_limits_in_words_are_nothing_to_spend() -> None:
    settings = read({"budget": {"daily_usd": "1,50", "monthly": 3}, "actions": {"refactor": {"max_cost_usd": []}}}).settings
    assert (settings.budget.daily_usd, settings.budget.monthly_usd, settings.action("refactor").max_cost_usd) == (0, 0, 0)


def test_of_lists_what_could_be_read_is_allowed_and_the_rest_denied() -> None:
    assert read({"models": {"allow": ["openai/*", 3]}}).settings.models.allow == ("openai/*",)
    assert read({"models": {"allow": [3]}}).settings.models.allow == NOTHING
    assert read({"models": {"deny": ["openai/*", 3]}}).settings.models.deny == ("openai/*", "*")
    assert read({"context": {"ignore": ["a", 3]}}).settings.context.ignore == ("a", "*")


@pytest.mark.parametrize(
    "row",
    [
        {"enabled": False},
        {"base_url": "nonsense"},
        {"timeout_s": -1},
        {"local": "yes"},
        {"models": [{"coding": 1}]},
        3,
        [],
        "off",
    ],
)
def test_a_bad_row_switches_its_own_vendor_off_and_no_other(row: object) -> None:
    settings = read({"providers": {"openai": row, "mistral": {"timeout_s": 3}}}).settings
    assert not settings.providers["openai"].enable
    assert settings.providers["mistral"].enable
    assert settings.privacy == "any"


def test_a_vendor_that_is_off_under_another_name_is_off() -> None:
    assert not read({"providers": {"OpenAI": {"enable": False}}}).settings.providers["openai"].enable
    assert read({"providers": {"somebody else": {"enable": False}}}).settings.privacy == "local_only"
    own = {"providers": {"mine": {"enable": False, "base_url": "http://localhost/v1", "dialect": "openai-chat"}}}
    assert read(own).settings.privacy == "any"


def test_no_layer_overrules_what_another_one_could_not_say() -> None:
    broken, _ = parse({"privacy": "localonly"}, ACTIONS, "user")
    lax, _ = parse({"privacy": "any"}, ACTIONS, "user")
    assert effective(broken, lax).settings.privacy == "local_only"
    assert effective(lax, broken).settings.privacy == "local_only"


def test_switches_join_by_and() -> None:
    off, on = {"inline": {"enable": False}}, {"inline": {"enable": True}}
    for lower, higher in ((off, on), (on, off)):
        layers = parse(lower, ACTIONS, "user")[0], parse(higher, ACTIONS, "workspace")[0]
        assert not effective(*layers).settings.inline.enable


def test_what_was_read_last_goes_on_holding() -> None:
    good = LastGood()
    before, _ = parse({**LOCAL, "quality": "best", "budget": {"daily_usd": 2}}, ACTIONS, "user")
    good.holding("file", before)
    broken, _ = parse({"privacy": "whatever", "budget": {"daily_usd": "3"}}, ACTIONS, "user")
    settings = effective(good.holding("file", broken)).settings
    assert (settings.privacy, settings.budget.daily_usd, settings.quality) == ("local_only", 2, "balanced")
    whole, _ = parse(3, ACTIONS, "user")
    assert effective(good.holding("file", whole)).settings.budget.daily_usd == 2
    repaired, _ = parse({"privacy": "any"}, ACTIONS, "user")
    assert effective(good.holding("file", repaired)).settings == effective().settings


def test_a_place_that_said_nothing_before_has_no_last_good_value() -> None:
    good = LastGood()
    good.holding("file", parse({}, ACTIONS, "workspace")[0])
    assert effective(good.holding("file", parse(3, ACTIONS, "workspace")[0])).settings.privacy == "local_only"


def test_a_rows_last_good_settings_hold_as_a_whole() -> None:
    good = LastGood()
    good.holding("file", parse({"providers": {"openai": {"timeout_s": 3.0}}}, ACTIONS, "user")[0])
    row = effective(good.holding("file", parse({"providers": {"openai": {"timeout_s": "x"}}}, ACTIONS, "user")[0])).settings
    assert (row.providers["openai"].enable, row.providers["openai"].timeout_s) == (True, 3.0)


@given(st.binary(max_size=60))
def test_no_content_of_a_file_raises(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    file = tmp_path_factory.mktemp("x") / "a.toml"
    file.write_bytes(content)
    layer, issues = load(file, ACTIONS, "user")
    assert not layer.whole or (len(issues) == 1 and effective(layer).settings.privacy == "local_only")


def test_a_mistake_is_told_with_its_line_and_what_would_be_right(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_text('quality = "best"\n[inline]\nenable = true\n[embedded]\n# ours\nenable = "on"\n')
    (issue,) = load(file, ACTIONS, "user")[1]
    assert "embedded.enable must be true or false" in issue.message
    assert issue.message.endswith("(line 6)")


@pytest.mark.parametrize("pattern", ["!", "", "/", "*a" * 90, "x" * 201, "a\0b"])
def test_a_pattern_that_cannot_be_used_ignores_everything(pattern: str) -> None:
    assert "*" in read({"context": {"ignore": [pattern, "data/"]}}).settings.context.ignore
