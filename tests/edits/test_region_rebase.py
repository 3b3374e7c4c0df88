"""What edits leave alone, whatever they are."""

from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.domain import Position, Span, TextEdit
from coderoute_ls.edits.region_rebase import untouched_ends
from coderoute_ls.server.session.document_lines import Lines

PIECES = st.sampled_from(["a", "é", "\n", "\r\n", "\r", "x = 1\n", "\n\n"])
TEXTS = st.lists(PIECES, max_size=20).map("".join)
PLACES = st.tuples(st.integers(0, 15), st.integers(0, 6), st.integers(0, 15), st.integers(0, 6))


def clamped(lines: Lines, line: int, character: int) -> Position:
    line = min(line, len(lines) - 1)
    return Position(line, min(character, len(lines[line].rstrip("\r\n"))))


@given(TEXTS, st.lists(st.tuples(PLACES, TEXTS), min_size=1, max_size=4))
def test_the_untouched_ends_of_a_text_are_the_same_after_the_edits(
    text: str, changes: list[tuple[tuple[int, int, int, int], str]]
) -> None:
    before = after = Lines.of(text)
    edits: list[TextEdit] = []
    for (line, character, end_line, end_character), new in changes:
        start, end = sorted([clamped(after, line, character), clamped(after, end_line, end_character)])
        edits.append(TextEdit(Span(start, end), new))
        after = after.replaced(edits[-1].span, new)
    head, tail = untouched_ends(len(before), edits)
    assert head + tail <= min(len(before), len(after))
    assert before[:head] == after[:head]
    assert before[len(before) - tail :] == after[len(after) - tail :]


def test_an_edit_in_the_middle_of_many_lines_leaves_nearly_all_of_them_alone() -> None:
    place = Position(500_000, 2)
    head, tail = untouched_ends(1_000_000, [TextEdit(Span(place, place), "typed\n")])
    assert head + tail > 999_990
