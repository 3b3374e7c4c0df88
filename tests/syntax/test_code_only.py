"""Code without its strings and comments, at the same places."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.syntax.code_only import code_only


@pytest.mark.parametrize(
    ("language", "text", "code"),
    [
        ("python", 'a = "b"  # c\n', "a =\n"),
        ("python", '"""a\nb = 1\n"""\nc\n', "\n\n\nc\n"),
        ("rust", "let a: &'b str = 'c'; // d", "let a: &'b str =    ;"),
        ("shellscript", "a='b # c' # d", "a="),
        ("markdown", 'a "b" # c', 'a "b" # c'),
        ("lua", "a = [[b\nc]] -- d", "a =\n"),
    ],
)
def test_strings_and_comments_are_blank(language: str, text: str, code: str) -> None:
    assert [line.rstrip() for line in code_only(language, text).split("\n")] == code.split("\n")


@given(st.sampled_from(["python", "typescript", "go", "rust", "elixir", "unknown"]), st.text("a1 \n\"'`#/*-\\()", max_size=60))
def test_every_character_stays_where_it_is(language: str, text: str) -> None:
    code = code_only(language, text)
    assert len(code) == len(text)
    assert all(new in (old, " ") for old, new in zip(text, code, strict=True))
