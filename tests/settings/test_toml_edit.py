"""One value of a person's file changes; every other line stays, or the file stays as it is and the user is told what to write."""

import tomllib
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coderoute_ls.settings.toml_edit import with_value

FILE = """\
# mine
quality = "best"   # always

[actions.refactor]  # the dear one
min_coding_score = 0.8
model = "a/b"  # by hand

[inline]
languages_off = [
  "markdown",  # prose
  "text",
]
debounce_ms = 90
"""


@pytest.mark.parametrize(
    ("table", "key", "value", "gone", "new"),
    [
        (("actions", "refactor"), "model", "x/y", 'model = "a/b"  # by hand', 'model = "x/y"'),
        (("actions", "refactor"), "model", None, 'model = "a/b"  # by hand', None),
        (("actions", "explain"), "model", 'x"y\\', None, 'model = "x\\"y\\\\"'),
        (("inline",), "languages_off", ("go",), '  "markdown",  # prose', 'languages_off = ["go"]'),
        (("inline",), "prefetch", False, None, "prefetch = false"),
        ((), "privacy", "zdr", None, 'privacy = "zdr"'),
    ],
)
def test_only_the_lines_of_the_value_change(
    table: tuple[str, ...], key: str, value: str | tuple[str, ...] | bool | None, gone: str | None, new: str | None
) -> None:
    text = with_value(FILE, table, key, value)
    before, after = FILE.splitlines(), text.splitlines()
    if gone is not None:
        assert gone not in after
    if new is not None:
        assert new in after
    kept = [line for line in before if line and line in after]
    assert [line for line in after if line and line in before] == kept
    for line in ("# mine", 'quality = "best"   # always', "min_coding_score = 0.8", "debounce_ms = 90"):
        assert line in after


@pytest.mark.parametrize(
    "text",
    ["actions = { refactor = { model = 'a/b' } }\n", "actions.refactor.model = 'a/b'\n", "[actions]\nrefactor.model = 'a/b'\n"],
)
def test_a_form_that_cannot_be_changed_by_lines_is_told_with_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match=r'write `model = "x/y"` under \[actions.refactor\]'):
        with_value(text, ("actions", "refactor"), "model", "x/y")


def test_a_broken_file_is_left_alone() -> None:
    with pytest.raises(ValueError, match="line 1"):
        with_value("quality = \n", (), "quality", "best")


@pytest.mark.parametrize("text", ["", "# only a word", '[inline]\r\nenable = true\r\n[models]\r\nallow = ["*"]'])
def test_an_empty_unended_or_windows_file_takes_it_too(text: str) -> None:
    changed = with_value(text, ("inline",), "languages_off", ("go", "c"))
    assert tomllib.loads(changed)["inline"]["languages_off"] == ["go", "c"]
    assert changed.count("\r\n") == (changed.count("\n") if "\r" in text else 0)


NAMES = st.sampled_from(["model", "objective", "check"])


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["", "[a]", "[a.b]", '["a"."b c"]', "[[rows]]", "# [a.b]"]), NAMES), max_size=6),
    st.sampled_from([(), ("a",), ("a", "b"), ("a", "b c")]),
    NAMES,
    st.one_of(st.none(), st.text(max_size=8), st.tuples(st.text(max_size=3), st.text(max_size=3))),
)
def test_any_file_ends_up_saying_exactly_that_or_is_refused(
    parts: list[tuple[str, str]], table: tuple[str, ...], key: str, value: str | tuple[str, ...] | None
) -> None:
    text = "".join(f"{head}\n{name} = 'v'\n" if head else f"{name} = 'v'\n" for head, name in parts)
    try:
        before = tomllib.loads(text)
        after = tomllib.loads(with_value(text, table, key, value))
    except ValueError:
        return
    for tree in (before, after):
        here = tree
        for name in table:
            inner = here.get(name)
            here = cast("dict[str, Any]", inner) if isinstance(inner, dict) else {}
        said = here.pop(key, None)
    assert said == (list(value) if isinstance(value, tuple) else value)
    assert _full(before) == _full(after)


def _full(table: dict[str, object]) -> dict[str, object]:
    found = {name: _full(cast("dict[str, object]", part)) if isinstance(part, dict) else part for name, part in table.items()}
    return {name: part for name, part in found.items() if part != {}}
