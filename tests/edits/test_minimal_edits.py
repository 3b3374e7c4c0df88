"""Edits between two texts are exact, ordered, legal and small."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.domain import Position, Span, TextEdit
from coderoute_ls.edits.minimal_edits import line_edits
from coderoute_ls.text import split_lines

LINES = st.lists(st.sampled_from(["a\n", "b\n", "a\r\n", "\n", "\r\n", "abc\n", "axc\r\n", "    a\n"]), max_size=9)
LAST = st.sampled_from(["", "a", "b", "abc"])


def apply(lines: list[str], edits: tuple[TextEdit, ...], first: int) -> str:
    """From the last to the first, checking that each position is one that LSP knows."""
    text = "".join(lines)
    for edit in reversed(edits):
        offsets: list[int] = []
        for line, character in edit.span:
            at = lines[line - first] if line - first < len(lines) else ""
            assert character <= len(at.rstrip("\r\n")), "a position inside or past a line ending"
            offsets.append(sum(map(len, lines[: line - first])) + character)
        text = text[: offsets[0]] + edit.text + text[offsets[1] :]
    return text


@given(LINES, LAST, LINES, LAST, st.integers(0, 3))
def test_the_edits_make_the_wanted_text(old: list[str], old_last: str, new: list[str], new_last: str, first: int) -> None:
    shown, wanted = ([*lines, last] if last else lines for lines, last in ((old, old_last), (new, new_last)))
    edits = line_edits(shown, wanted, first)
    assert apply(shown, edits, first) == "".join(wanted)
    for one, other in pairwise(edits):
        assert one.span.end <= other.span.start


def test_only_what_differs_in_a_line_is_replaced() -> None:
    edits = line_edits(["x = 1\n", "y = old_name + 1\n", "z = 3\n"], ["x = 1\n", "y = new_name + 1\n", "z = 3\n"], 10)
    assert edits == (TextEdit(Span(Position(11, 4), Position(11, 7)), "new"),)


def test_lines_that_stay_between_changes_are_not_touched() -> None:
    shown = split_lines("a = 1\nkept\nb = 2\nkept too\ngone\n")[:-1]
    wanted = split_lines("a = 9\nkept\nb = 8\nkept too\n")[:-1]
    assert [edit.span.start.line for edit in line_edits(shown, wanted, 0)] == [0, 2, 4]


def test_a_changed_line_ending_replaces_the_ending_whole() -> None:
    (edit,) = line_edits(["a\r\n"], ["a\n"], 0)
    assert edit == TextEdit(Span(Position(0, 1), Position(1, 0)), "\n")
