"""Reading settings: a bad key falls back alone and is named."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic.alias_generators import to_camel

from coderoute_ls.settings import Issue, declarations, effective, first_file, load, parse, schema, with_quality
from coderoute_ls.settings.layer import Layer

ACTIONS = ("inline_completion", "refactor", "explain")
UNTIL = "until it is corrected, the last valid value holds, and where there was none"
NOTHING_READ = f"{UNTIL} privacy = local_only, context.other_files = false, catalog.refresh = 0"


def said(raw: object, origin: str = "user") -> list[str]:
    return [issue.message for issue in parse(raw, ACTIONS, "editor" if origin == "editor" else "user")[1]]


def test_files_and_editors_spell_the_same_settings_their_own_way() -> None:
    file, none = parse(
        {"actions": {"inline_completion": {"min_coding_score": 0.6}}, "context": {"max_tokens": 100}}, ACTIONS, "user"
    )
    editor, neither = parse(
        {"actions": {"inlineCompletion": {"minCodingScore": 0.6}}, "context": {"maxTokens": 100}}, ACTIONS, "editor"
    )
    assert none == neither == ()
    assert (
        file.values
        == editor.values
        == {("actions", "inline_completion", "min_coding_score"): 0.6, ("context", "max_tokens"): 100}
    )


def test_a_number_in_a_name_is_spelled_in_both_ways() -> None:
    for spelling in ("bought_10_usd", "bought10Usd"):
        assert parse({"openrouter": {spelling: True}}, ACTIONS, "user")[0].values == {("openrouter", "bought_10_usd"): True}


def test_a_bad_value_falls_back_alone_and_names_key_and_range() -> None:
    layer, issues = parse(
        {"actions": {"refactor": {"min_coding_score": 1.4, "enable": False}}, "quality": "best"}, ACTIONS, "workspace"
    )
    assert layer.values == {("actions", "refactor", "enable"): False, ("quality",): "best"}
    assert issues == (
        Issue(
            "workspace",
            "actions.refactor.min_coding_score",
            "actions.refactor.min_coding_score must be a number from 0 to 1; it is ignored",
        ),
    )
    assert str(issues[0]).startswith("coderoute.toml: actions.refactor")


def test_a_null_is_an_omitted_key() -> None:
    assert parse({"quality": None, "inline": {"debounceMs": None}, "actions": {"refactor": None}}, ACTIONS, "editor") == (
        Layer("editor", {}),
        (),
    )
    assert parse(None, ACTIONS, "editor") == (Layer("editor", {}), ())


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        ({"qualty": "best"}, "qualty is not a setting and is ignored; did you mean quality?"),
        ({"actions": {"refactr": {}}}, "actions.refactr is not an action and is ignored; did you mean refactor?"),
        ({"quality": "finest"}, "quality must be one of economy, balanced, best; it is ignored"),
        (
            {"inline": {"enable": "yes"}},
            f"inline.enable must be true or false; {UNTIL} inline.enable = false",
        ),
        (
            {"budget": {"daily_usd": True}},
            f"budget.daily_usd must be a number, 0 or more; {UNTIL} budget.daily_usd = 0.0",
        ),
        (
            {"budget": {"daily_usd": float("nan")}},
            f"budget.daily_usd must be a number, 0 or more; {UNTIL} budget.daily_usd = 0.0",
        ),
        ({"inline": 3}, f"inline must be a table; {UNTIL} inline.enable = false"),
        ({"actions": 3}, f"actions must be a table; {NOTHING_READ}"),
        (
            {"models": {"deny": "openai/*"}},
            f"models.deny must be a list; {UNTIL} models.deny = ['*']",
        ),
        (
            {"providers": {"mine": {"models": [{"coding": 0.5}]}}},
            f"providers.mine.models.0.id is missing; what needs it is ignored; {UNTIL} providers.mine.enable = false",
        ),
        (
            {"actions": {"refactor": {"check": "make test"}}},
            "actions.refactor.check must be a list of words, never a shell line; it is ignored",
        ),
        (["quality"], f"the settings must be a table; {NOTHING_READ}"),
    ],
)
def test_every_mistake_is_named_with_what_would_be_right(raw: object, complaint: str) -> None:
    assert said(raw) == [complaint]


def test_editors_read_the_key_as_they_wrote_it() -> None:
    assert said({"inline": {"debounceMs": -1}}, "editor") == [
        "coderoute.inline.debounceMs must be a whole number from 0 to 5000; it is ignored"
    ]


def test_a_file_full_of_mistakes_is_named_in_a_few_words() -> None:
    sent = {f"nonsense{number}": number for number in range(5_000)}
    issues = parse({**sent, "quality": "best"}, ACTIONS, "workspace")[1]
    assert len(issues) == 21
    assert issues[-1].message == "4980 more mistakes"
    assert said({"context": {"ignore": ["x"] * 100_000}}) == [
        f"context.ignore must have at most 200 entries; {UNTIL} context.ignore = ['*']"
    ]


def test_a_bad_part_of_a_list_leaves_the_others() -> None:
    layer, issues = parse({"models": {"deny": ["openai/*", 3, "a[b]", "x/*"]}}, ACTIONS, "user")
    assert layer.values == {("models", "deny"): ("openai/*", "x/*")}
    assert [issue.key for issue in issues] == ["models.deny.2", "models.deny.1"]


@pytest.mark.parametrize(
    "provider",
    [
        {"key_env": "sk-live-0123456789"},
        {"headers": {"Authorization": "Bearer sk-live-0123456789"}},
        {"headers": {"x-api-key": "sk-live-0123456789"}},
        {"base_url": "https://user:sk-live-0123456789@example.com/v1"},
        {"api_key": "sk-live-0123456789"},
    ],
)
def test_a_key_in_a_settings_file_is_refused_and_never_repeated(provider: dict[str, object]) -> None:
    layer, issues = parse({"providers": {"openai": provider}}, ACTIONS, "user")
    assert layer.values == {}
    assert len(issues) == 1
    assert "0123456789" not in str(issues[0])


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
keys = st.sampled_from([part for declared in declarations() for part in declared.name.split(".")]) | st.sampled_from(ACTIONS)
plausible = st.recursive(json, lambda inner: st.dictionaries(keys, inner, max_size=4), max_leaves=30)


@given(plausible)
def test_nothing_that_is_sent_raises(raw: object) -> None:
    for origin in ("user", "workspace", "editor"):
        layer, _ = parse(raw, ACTIONS, origin)
        effective(layer)


def test_the_caller_keeps_what_it_sent() -> None:
    raw = {"models": {"deny": ["a", 3]}}
    parse(raw, ACTIONS, "user")
    assert raw == {"models": {"deny": ["a", 3]}}


# -- files ----------------------------------------------------------------------------------------------------------------


def test_a_file_that_is_absent_sets_nothing(tmp_path: Path) -> None:
    assert load(tmp_path / "coderoute.toml", ACTIONS, "workspace") == (Layer("workspace", {}), ())


@pytest.mark.parametrize(
    ("content", "why"), [(b"quality = ", "is not valid TOML"), (b"\xff", "is not UTF-8"), (b"#" * 2_000_000, "larger than")]
)
def test_a_broken_file_is_ignored_as_a_whole_and_says_why(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "coderoute.toml"
    path.write_bytes(content)
    layer, (issue,) = load(path, ACTIONS, "workspace")
    assert layer.values == {}
    assert str(path) in issue.message
    assert why in issue.message


@pytest.mark.parametrize(
    "content", [b'\xef\xbb\xbfquality = "best"\r\n', b'\xef\xbb\xbf# ours\r\nquality = "best"', b'quality = "best"\n']
)
def test_a_file_as_editors_on_windows_write_it_is_read(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.toml").write_bytes(content)
    assert load(tmp_path / "a.toml", ACTIONS, "user") == (Layer("user", {("quality",): "best"}), ())


def test_a_first_file_holds_every_setting_as_a_comment(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(first_file(workspace=False), "utf-8")
    assert load(path, ACTIONS, "user") == (Layer("user", {}), ())
    assert "# min_coding_score =" in path.read_text("utf-8")
    assert "base_url" in path.read_text("utf-8")
    assert "base_url" not in first_file(workspace=True)


def test_a_first_file_is_valid_once_its_values_are_uncommented(tmp_path: Path) -> None:
    lines = [
        line.removeprefix("# ")
        for line in first_file(workspace=False).splitlines()
        if line.startswith("# [") or (" = " in line and line.split(" = ")[0].removeprefix("# ").isidentifier())
    ]
    path = tmp_path / "config.toml"
    path.write_text("\n".join(lines), "utf-8")
    layer, issues = load(path, ACTIONS, "user")
    assert issues == ()
    assert layer.values[("budget", "daily_usd")] == 5.0
    assert effective(layer).settings.inline == effective().settings.inline


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", 'quality = "best"\n'),
        ("# ours\nprivacy = 'zdr'\n", "quality = \"best\"\n# ours\nprivacy = 'zdr'\n"),
        ('a = 1\nquality = "economy" # cheap\n[actions.refactor]\n', 'a = 1\nquality = "best"\n[actions.refactor]\n'),
        ("[x]\nquality = 1", 'quality = "best"\n[x]\nquality = 1'),
        ('a = 1\r\nquality = "economy"\r\n', 'a = 1\r\nquality = "best"\r\n'),
    ],
)
def test_setting_the_quality_changes_one_line(before: str, after: str) -> None:
    assert with_quality(before, "best") == after


# -- the declaration ------------------------------------------------------------------------------------------------------


def test_every_setting_is_described_and_its_default_is_valid() -> None:
    for declared in declarations():
        assert declared.doc.endswith("."), declared.name
        if declared.default is not None and "<id>" not in declared.name:
            raw: object = declared.default
            for part in reversed(declared.name.split(".")):
                raw = {part: raw}
            assert said(raw) == [], declared.name


def test_the_two_spellings_map_both_ways() -> None:
    names = [declared.name.split(".") for declared in declarations()]
    for parts in names:
        siblings = {name[-1] for name in names if name[:-1] == parts[:-1]}
        assert len({to_camel(name) for name in siblings}) == len(siblings)


def test_the_schema_of_a_workspace_file_has_only_what_it_may_set() -> None:
    user, workspace = str(schema(workspace=False)), str(schema(workspace=True))
    for declared in declarations():
        assert declared.doc in user.replace('\\"', '"').replace("\\'", "'"), declared.name
        assert (declared.doc in workspace.replace("\\'", "'")) == declared.safe, declared.name
