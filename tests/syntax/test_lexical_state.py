"""What a line far down begins in: the string or comment that an earlier line opened, or code."""

import pytest

from coderoute_ls.completion.cursor.cursor import Cursor
from coderoute_ls.completion.filter_chain import clean
from coderoute_ls.domain import Document, Position
from coderoute_ls.syntax.lexical_state import lead_of
from coderoute_ls.text import split_lines

FAR = "some words of it\n" * 300
OPENED = [
    ("python", 'def f():\n    """Say it.\n', '    """\n    return 1\n', '"""'),
    ("python", "TEXT = r'''\n", "'''\n", "'''"),
    ("typescript", "/**\n", " */\nconst a = 1;\n", "/*"),
    ("rust", 'const A: &str = r#"\n', '"#;\n', '#"'),
    ("go", "var a = `\n", "`\n", "`"),
    ("javascript", "const page = `<p>\n", "`;\n", "`"),
    ("lua", "--[[\n", "]]\n", "--[["),
    ("html", "<!-- it's long\n", "-->\n", "<!--"),
]


@pytest.mark.parametrize(("language", "opening", "closing", "mark"), OPENED, ids=[f"{row[0]} {row[3]}" for row in OPENED])
def test_a_line_in_a_long_string_or_comment_begins_in_it(language: str, opening: str, closing: str, mark: str) -> None:
    lines = split_lines(opening + FAR + closing)
    lead = lead_of(language, lines, 250)
    assert mark in lead
    assert lead.endswith("\n")
    assert lead_of(language, lines, len(lines)) == ""
    assert lead_of(language, lines, 0) == ""


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("javascript", "const sign = a /`/ b;\n"),
        ("ruby", "puts <<~END\n  the users' names\nEND\n"),
        ("perl", "$a =~ s/'//;\n"),
        ("shellscript", "cat <<END\nit's\nEND\n"),
        ("php", "?>\n<p>it's</p>\n<?php\n"),
    ],
)
def test_a_quote_that_nothing_ends_is_not_believed(language: str, text: str) -> None:
    assert lead_of(language, split_lines(text + "call(1)\n" * 200), 150) == ""


def test_a_comment_of_one_line_and_code_open_nothing() -> None:
    for language, text in (("python", "x = 1  # it's\n"), ("rust", "let a = 'x'; // it's \"\n"), ("c", "int a; /* it's */\n")):
        assert lead_of(language, split_lines(text * 200), 150) == ""


@pytest.mark.parametrize(
    ("opening", "reply", "shown"),
    [
        ('"""', 'functions."""\n    return 1', 'functions."""'),
        ("'''", "functions.'''\n    return 1", "functions.'''"),
        ('r"""', "more (of it", "more (of it"),
        ('"""', "This tells people what it is for.", "This tells people what it is for."),
        ('"""', "a: `b`", "a: `b`"),
    ],
)
def test_ghost_text_in_a_docstring_that_begins_far_above_is_a_docstrings(opening: str, reply: str, shown: str) -> None:
    above = f"def f():\n    {opening}Say it.\n\n" + "    Some words of it.\n" * 90
    lines = split_lines(f"{above}    Make the \n")
    found = clean(reply, Cursor(Document("file:///a.py", "python", 1, tuple(lines)), Position(len(lines) - 2, 13)))
    assert found is not None
    assert found.text == shown
