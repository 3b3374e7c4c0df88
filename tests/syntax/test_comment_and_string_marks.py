"""A language's comments: what is written for it is read as a comment, by the reader of comments and by the lexer alike."""

import time

import pytest

from coderoute_ls.syntax.brackets import scan
from coderoute_ls.syntax.comment_and_string_marks import comment_text, knows_language, languages_with_marks, line_comment
from coderoute_ls.syntax.prose_and_markup import is_markup, is_prose

ENDED_ONLY = {"css", "postcss", "json", "ocaml", "coq", "mathematica", "jinja2", "nunjucks", "vue-html"}
"""Languages in which every comment has an end mark, or that have none."""


@pytest.mark.parametrize("language", languages_with_marks())
def test_a_comment_that_is_written_is_read_as_one(language: str) -> None:
    mark = line_comment(language)
    if comment_text(f"{mark} some words", language) is None:
        assert language in ENDED_ONLY or is_markup(language) or is_prose(language)
        return
    assert comment_text(f"  {mark} some words", language) == "some words"
    assert comment_text("value", language) is None
    if knows_language(language) and not is_prose(language) and not is_markup(language):
        assert scan(language, f"{mark} some (words").inside == "comment"
        assert scan(language, f"{mark} some (words\n").brackets == ()


@pytest.mark.parametrize(
    ("language", "line", "said"),
    [
        ("html", "<!-- the rest -->", "the rest"),
        ("css", "/* the rest */", "the rest"),
        ("css", "// the rest", None),
        ("typescriptreact", "{/* the rest */}", "the rest"),
        ("lua", "--[[ the rest ]]", "the rest"),
        ("haskell", "{- the rest -}", "the rest"),
        ("ocaml", "(* the rest *)", "the rest"),
        ("powershell", "<# the rest #>", "the rest"),
        ("bazel", "# the rest", "the rest"),
        ("ksh", "# the rest", "the rest"),
        ("emacs-lisp", ";; the rest", "the rest"),
        ("postgres", "-- the rest", "the rest"),
        ("rust", "#[derive(Debug)]", None),
        ("ruby", "#!/usr/bin/env ruby", None),
        ("json", "// the rest", None),
        ("an unknown language", "// the rest", "the rest"),
    ],
)
def test_what_a_comment_says(language: str, line: str, said: str | None) -> None:
    assert comment_text(line, language) == said


def test_an_address_in_a_style_sheet_is_no_comment() -> None:
    assert [char for _, char in scan("css", "a { background: url(http://x/y) }").brackets] == ["{", "(", ")", "}"]


def test_a_long_row_of_stars_takes_no_time() -> None:
    began = time.process_time()
    assert comment_text("/" + "*" * 50_000 + "x", "c") is None
    assert comment_text("/" + "*" * 50_000 + " said " + "*" * 50_000 + "/", "c") == "said"
    assert time.process_time() - began < 1.0
