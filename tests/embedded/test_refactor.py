"""Safe rewrites: applied inside the selection only, each named with its rule, or none at all."""

from coderoute_ls.domain import Answer, Document, Position, Span
from coderoute_ls.embedded.refactor.refactor import refactor
from coderoute_ls.text import split_lines

TWO = """\
def first(x):
    if x:
        return 1
    else:
        return 2


def second(x):
    if x:
        return 1
    else:
        return 2
"""


def refactored(text: str, first: int, last: int, language: str = "python") -> Answer:
    document = Document("file:///a", language, 1, split_lines(text))
    answer = refactor(document, Span(Position(first, 0), Position(last, 0)))
    assert answer is not None
    return answer


def test_a_rewrite_is_applied_and_named_with_its_rule() -> None:
    answer = refactored(TWO, 0, 5)
    assert answer.changed
    assert answer.text == "def first(x):\n    if x:\n        return 1\n    return 2\n"
    assert any("RET505" in note and note.startswith("line 4") for note in answer.notes)


def test_nothing_outside_of_the_region_is_touched() -> None:
    assert "else" in TWO.splitlines()[10]
    assert refactored(TWO, 7, 12).text == "def second(x):\n    if x:\n        return 1\n    return 2\n"


def test_code_with_nothing_to_rewrite_comes_back_as_it_is() -> None:
    answer = refactored("def f(a, b):\n    return a + b\n", 0, 2)
    assert not answer.changed
    assert answer.text == "def f(a, b):\n    return a + b\n"
    assert answer.notes == ("nothing safe to change",)


def test_style_is_the_users() -> None:
    ugly = "def f( a,b ):\n  x = 'one'\n  return {  'a':a,\"b\":b, 'x':x }\n"
    assert not refactored(ugly, 0, 3).changed


def test_code_that_does_not_parse_is_left_alone() -> None:
    assert not refactored("def f(:\n    return 1\n", 0, 2).changed


def test_an_import_that_others_may_use_stays() -> None:
    assert "import os" in refactored("import os\n\nx = 1\n", 0, 3).text


def test_line_endings_are_kept() -> None:
    answer = refactored(TWO.replace("\n", "\r\n"), 0, 5)
    assert answer.changed
    assert answer.text == "def first(x):\r\n    if x:\r\n        return 1\r\n    return 2\r\n"
