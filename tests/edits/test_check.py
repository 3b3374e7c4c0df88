"""What an edit broke is told from what was broken before."""

import pytest

from coderoute_ls.domain import Document
from coderoute_ls.edits.check import broke
from coderoute_ls.text import split_lines


def document(language: str, text: str) -> Document:
    return Document("file:///a", language, 1, split_lines(text))


@pytest.mark.parametrize(
    ("language", "old", "new"),
    [
        ("python", "    return 1\n", "    return (1\n"),
        ("typescript", "  return 1;\n", "  return {;\n"),
        ("go", "\treturn 1\n", "\treturn (\n"),
        ("rust", "    1\n", "    let = ;\n"),
        ("java", "  int a;\n", "  int = a;\n"),
        ("c", "  return 1;\n", "  return (;\n"),
    ],
)
def test_an_edit_that_does_not_parse_where_the_old_text_did_broke_it(language: str, old: str, new: str) -> None:
    head, tail = {
        "python": ("def f():\n", ""),
        "typescript": ("function f() {\n", "}\n"),
        "go": ("package a\n\nfunc f() int {\n", "}\n"),
        "rust": ("fn f() -> i32 {\n", "}\n"),
        "java": ("class A {\n", "}\n"),
        "c": ("int f(void) {\n", "}\n"),
    }[language]
    before = document(language, head + old + tail)
    assert broke(before, document(language, head + new + tail), old, new)
    assert not broke(before, document(language, head + old + tail), old, old)


def test_a_file_that_did_not_parse_anyway_is_judged_by_the_region_alone() -> None:
    head = "def (:\n\n"
    before = document("python", head + "x = 1\n")
    assert broke(before, document("python", head + "x = (\n"), "x = 1\n", "x = (\n")
    assert not broke(before, document("python", head + "x = 2\n"), "x = 1\n", "x = 2\n")


def test_without_a_grammar_nothing_is_claimed() -> None:
    assert not broke(document("cobol", "A"), document("cobol", "("), "A", "(")
