"""A model is told where its region begins and ends, and which part of a line the user means."""

from coderoute_ls.actions.region_description import bounds
from coderoute_ls.domain import Brief, Document, Target
from coderoute_ls.text import split_lines
from tests.support.markers import unmark


def said(marked: str) -> str:
    text, span = unmark(marked)
    document = Document("file:///m", "python", 1, split_lines(text))
    return bounds(Brief(Target(document, span), document.whole_lines(span)))


def test_the_first_and_the_last_line_are_named() -> None:
    assert "3 lines that are not blank, `def f():` to `return a`" in said("$0def f():\n    a = 1\n    return a\n$0")
    assert "1 line, `x = 1`" in said("$0x = 1\n$0")


def test_a_selection_inside_a_line_is_marked() -> None:
    assert '  "⟦some text⟧",' in said('f(\n  "$0some text$0",\n)\n')
    assert "return ⟦a +\n    b⟧ + c" in said("def f():\n    return $0a +\n    b$0 + c\n")


def test_whole_lines_need_no_marks() -> None:
    assert "⟦" not in said("$0x = 1\n$0")
    assert "⟦" not in said("    $0x = 1$0\n")


def test_an_empty_region_and_endless_lines_are_not_repeated() -> None:
    assert said("$0\n$0") == ""
    assert said(f"$0x = '{'a' * 500}'\n$0") == ""
