"""What holds, layer over layer, and what a repository may not say."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.domain import Floor
from coderoute_ls.settings import Declared, Effective, Origin, declarations, effective, parse

ACTIONS = ("inline_completion", "refactor", "explain")


def joined(*layers: tuple[Origin, dict[str, Any]]) -> Effective:
    """The layers given, in order; nothing in them may be malformed."""
    parsed = [parse(raw, ACTIONS, origin) for origin, raw in layers]
    assert [issues for _, issues in parsed] == [()] * len(parsed)
    return effective(*(layer for layer, _ in parsed))


def floor(score: float, action: str = "refactor") -> dict[str, Any]:
    return {"actions": {action: {"min_coding_score": score}}}


def refactor_floor(*layers: tuple[Origin, dict[str, Any]]) -> Floor:
    return joined(*layers).floor_for("refactor", "coding", 0.70)


# -- floors ---------------------------------------------------------------------------------------------------------------


def test_an_omitted_floor_is_the_actions_own() -> None:
    assert refactor_floor() == Floor(0.70, "default")


def test_the_highest_place_that_speaks_wins() -> None:
    places: list[tuple[Origin, dict[str, Any]]] = [
        ("user", floor(0.1)), ("workspace", floor(0.2)), ("editor", floor(0.3)), ("request", floor(0.4)),
    ]  # fmt: skip
    for upto, expected in enumerate((0.1, 0.2, 0.3, 0.4), start=1):
        assert refactor_floor(*places[:upto]) == Floor(expected, places[upto - 1][0])


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_folder_may_lower_and_raise_the_users_floor_and_loosens_nothing_by_it(own: float, folders: float) -> None:
    user: dict[str, Any] = {
        **floor(own),
        "privacy": "zdr",
        "models": {"deny": ["cheap/*"]},
        "budget": {"action_usd": 0.1, "daily_usd": 1.0},
    }
    alone, beside = joined(("user", user)), joined(("user", user), ("workspace", floor(folders)))
    assert beside.floor_for("refactor", "coding", 0.70) == Floor(folders, "workspace")
    assert beside.cap_for("refactor", "coding", 0.2) == alone.cap_for("refactor", "coding", 0.2) == 0.1
    for limits in ("privacy", "models", "budget", "providers"):
        assert getattr(beside.settings, limits) == getattr(alone.settings, limits)


@pytest.mark.parametrize(
    ("quality", "coding", "completion"), [("economy", 0.60, 0.50), ("balanced", 0.70, 0.55), ("best", 0.80, 0.70)]
)
def test_presets_move_all_floors(quality: str, coding: float, completion: float) -> None:
    settings = joined(("workspace", {"quality": quality}))
    assert settings.floor_for("refactor", "coding", 0.70) == Floor(coding, "workspace")
    assert settings.floor_for("inline_completion", "completion", 0.55) == Floor(completion, "workspace")


def test_presets_stay_within_the_scale() -> None:
    assert joined(("user", {"quality": "best"})).floor_for("x", "coding", 0.90).value == 0.95
    assert joined(("user", {"quality": "economy"})).floor_for("x", "coding", 0.05).value == 0.0


def test_within_one_place_an_actions_own_floor_beats_the_preset() -> None:
    assert refactor_floor(("workspace", {"quality": "best", **floor(0.3)})) == Floor(0.3, "workspace")


def test_a_higher_places_preset_beats_a_lower_places_floor() -> None:
    assert refactor_floor(("user", floor(0.3)), ("workspace", {"quality": "best"})) == Floor(0.80, "workspace")
    assert refactor_floor(("user", floor(0.3)), ("workspace", {"quality": "balanced"})) == Floor(0.70, "workspace")
    assert refactor_floor(("user", {"quality": "best"}), ("workspace", floor(0.3))) == Floor(0.3, "workspace")


def test_a_general_objective_beats_lower_places_in_the_same_way() -> None:
    own = {"actions": {"refactor": {"objective": "quality"}}}
    assert joined(("user", own), ("workspace", {"objective": "free"})).settings.action("refactor").objective is None
    assert joined(("user", own)).settings.action("refactor").objective == "quality"


# -- trust ----------------------------------------------------------------------------------------------------------------

_SAMPLE: dict[str, object] = {
    "boolean": True,
    "integer": 77,
    "number": 0.33,
    "text": "made-up",
    "list": ["made-up"],
    "table": {"X-A": "b"},
}
_SPECIAL: dict[str, object] = {
    "providers.<id>.base_url": "https://evil.example/v1",
    "providers.<id>.key_env": "AWS_SECRET_ACCESS_KEY",
    "providers.<id>.models": [{"id": "m", "coding": 1.0}],
    "providers.<id>.enable": False,
    "catalog.sources": ["https://evil.example/c"],
    "ledger.enable": False,
    "gateway.secrets": "refuse",
    "team.url": "https://evil.example",
    "team.own_keys": False,
}


def _set(declared: Declared) -> dict[str, Any]:
    value = _SPECIAL.get(declared.name) or (
        next(word for word in declared.enum if word != declared.default) if declared.enum else _SAMPLE[declared.type]
    )
    raw: Any = _SPECIAL.get(declared.name, value)
    for part in reversed(declared.name.replace("actions.<id>", "actions.refactor").replace("<id>", "openai").split(".")):
        raw = {part: raw}
    return raw


@pytest.mark.parametrize("declared", [d for d in declarations() if not d.safe], ids=lambda declared: declared.name)
@pytest.mark.parametrize("origin", ["workspace", "editor"])
def test_what_only_the_user_may_set_is_ignored_elsewhere_and_named(declared: Declared, origin: Origin) -> None:
    assert joined(("user", _set(declared))).settings != joined().settings
    layer, (issue,) = parse(_set(declared), ACTIONS, origin)
    assert layer.values == {}
    said = issue.message.partition("; until it is corrected, ")[0]
    assert said.endswith("is ignored: only your own config.toml may set it")


def test_one_sentence_stands_for_a_whole_table_that_a_workspace_may_not_set() -> None:
    hostile = {
        "providers": {f"p{number}": {"base_url": "https://evil.example", "fee": -1} for number in range(100)},
        "quality": "best",
    }
    layer, issues = parse(hostile, ACTIONS, "workspace")
    assert layer.values == {("quality",): "best"}
    assert [issue.key for issue in issues] == ["providers"]


def test_limits_can_only_be_lowered() -> None:
    settings = joined(("user", {"budget": {"daily_usd": 3}}), ("workspace", {"budget": {"daily_usd": 9, "action_usd": 0.1}}))
    assert settings.settings.budget.daily_usd == 3
    assert settings.settings.budget.action_usd == 0.1
    assert [issue.message for issue in settings.ignored] == ["budget.daily_usd is ignored: the lower value already holds"]


def test_lists_of_what_is_off_add_up() -> None:
    settings = joined(
        ("user", {"models": {"deny": ["a/*"]}, "context": {"ignore": ["*.sql"]}}),
        ("workspace", {"models": {"deny": ["b/*"]}, "context": {"ignore": ["data/"]}}),
        ("editor", {"models": {"deny": ["a/*"]}}),
    ).settings
    assert settings.models.deny == ("a/*", "b/*")
    assert settings.context.ignore == ("*.sql", "data/")


def test_what_is_allowed_is_what_all_allow() -> None:
    settings = joined(
        ("user", {"models": {"allow": ["openai/*", "mistral/*"]}}),
        ("workspace", {"models": {"allow": ["*/gpt-5", "mistral/code"]}}),
    ).settings
    expected = {"openai/gpt-5", "openai/*/gpt-5", "mistral/*/gpt-5", "mistral/gpt-5", "mistral/code"}
    assert set(settings.models.allow) == expected


def test_lists_that_contradict_each_other_allow_nothing() -> None:
    settings = joined(("user", {"models": {"allow": ["openai/*"]}}), ("workspace", {"models": {"allow": ["mistral/*"]}})).settings
    assert settings.models.allow == ("",)


def test_joined_lists_may_be_longer_than_anybody_may_write() -> None:
    off = {place: [f"{place}{number}/*" for number in range(200)] for place in ("user", "workspace", "editor")}
    models = joined(
        ("user", {"models": {"deny": off["user"]}}),
        ("workspace", {"models": {"deny": off["workspace"], "allow": ["*a*b*c"]}}),
        ("editor", {"models": {"deny": off["editor"], "allow": ["*d*e*"]}}),
    ).settings.models
    assert len(models.deny) == 600
    assert any(glob.count("*") > 3 for glob in models.allow)


def test_privacy_only_gets_stricter() -> None:
    strict, lax = {"privacy": "zdr"}, {"privacy": "no_training"}
    assert joined(("user", lax), ("workspace", strict)).settings.privacy == "zdr"
    assert joined(("user", strict), ("workspace", lax)).settings.privacy == "zdr"
    assert (
        joined(
            ("workspace", {"context": {"other_files": False}}), ("editor", {"context": {"other_files": True}})
        ).settings.context.other_files
        is False
    )


def test_the_wait_after_a_keystroke_only_grows() -> None:
    assert joined(("workspace", {"inline": {"debounce_ms": 10}})).settings.inline.debounce_ms == 75
    assert joined(("workspace", {"inline": {"debounce_ms": 300}})).settings.inline.debounce_ms == 300


def test_the_command_line_may_say_everything() -> None:
    settings = joined(("workspace", {"privacy": "zdr"}), ("request", {"privacy": "any", "budget": {"daily_usd": 99}})).settings
    assert (settings.privacy, settings.budget.daily_usd) == ("any", 99)


@given(st.floats(0, 1), st.floats(0, 9) | st.none(), st.floats(0, 9) | st.none(), st.sampled_from(["user", "none"]))
def test_no_repository_raises_what_one_call_may_cost(score: float, budget: float | None, action: float | None, who: str) -> None:
    user: list[tuple[Origin, dict[str, Any]]] = [("user", {"budget": {"action_usd": 0.3}})] if who == "user" else []
    hostile: dict[str, Any] = {
        "quality": "best",
        "objective": "quality",
        "actions": {"refactor": {"min_coding_score": score, "max_cost_usd": action}},
    }
    hostile["budget"] = {"action_usd": budget}
    before = joined(*user).cap_for("refactor", "coding", 0.2)
    assert joined(*user, ("workspace", hostile), ("editor", hostile)).cap_for("refactor", "coding", 0.2) <= before


def test_the_user_may_raise_the_cap_of_one_action_up_to_the_budget() -> None:
    raised = {"actions": {"refactor": {"max_cost_usd": 0.4}}}
    assert joined(("user", raised)).cap_for("refactor", "coding", 0.2) == 0.4
    assert joined(("user", {**raised, "budget": {"action_usd": 0.3}})).cap_for("refactor", "coding", 0.2) == 0.3
    assert joined().cap_for("inline_completion", "completion", 0.2) == 0.05


def test_every_value_is_shown_with_where_it_came_from() -> None:
    settings = joined(
        ("user", {"providers": {"mine": {"headers": {"X-Team": "secret team"}}}}), ("workspace", {"quality": "best"})
    )
    shown = {name: (value, origin) for name, value, origin in settings.shown()}
    assert shown["quality"] == ("best", "workspace")
    assert shown["privacy"] == ("any", "default")
    assert shown["providers.mine.headers"] == ("…", "user")
