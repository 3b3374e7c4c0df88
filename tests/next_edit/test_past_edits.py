"""What was changed, as intentions: joined where the user goes on, gone where they take it back."""

from hypothesis import given, settings
from hypothesis import strategies as st

from coderoute_ls.domain import Position, Span, TextEdit
from coderoute_ls.domain.next_edits import applied
from coderoute_ls.next_edit.past_edits import PastEdits
from tests.next_edit.support import URI, document, edit

TEXT = "a = one(1)\nb = two(2)\nc = three(3)\nd = four(4)\ne = five(5)\nf = six(6)\n"


def test_keys_in_one_line_are_one_intention() -> None:
    known = PastEdits()
    here = document(TEXT)
    for number, char in enumerate("ab"):
        change = edit(2, 4 + number, 4 + number, char)
        known.changed(here, [change], float(number))
        here = document(applied(here, [change]), number + 2)
    (only,) = known.edits
    assert (only.line, only.old, only.new) == (2, ("c = three(3)",), ("c = abthree(3)",))


def test_what_is_taken_back_is_remembered_as_unwanted() -> None:
    known = PastEdits()
    known.changed(document(TEXT), [edit(0, 4, 7, "uno")], 0.0)
    known.changed(document(TEXT.replace("one", "uno")), [edit(0, 4, 7, "one")], 60.0)
    assert known.edits == ()
    assert known.undone[0].new == ("a = uno(1)",)


def test_another_place_is_another_intention_and_lines_above_move_it() -> None:
    known = PastEdits()
    known.changed(document(TEXT), [edit(4, 4, 8, "cinq")], 0.0)
    known.changed(document(TEXT.replace("five", "cinq")), [edit(0, 0, 0, "x = 0\n")], 1.0)
    assert [each.line for each in known.edits] == [5, 0]


def test_a_pause_or_a_save_parts_neighbouring_lines() -> None:
    for saves in (True, False):
        known = PastEdits()
        known.changed(document(TEXT), [edit(1, 4, 7, "deux")], 0.0)
        if saves:
            known.saved(URI)
        known.changed(document(TEXT.replace("two", "deux")), [edit(2, 4, 9, "trois")], 1.0 if saves else 60.0)
        assert len(known.edits) == 2


def test_a_huge_paste_and_a_formatter_are_no_examples() -> None:
    known = PastEdits()
    known.changed(document(TEXT), [edit(0, 0, 0, "x = 1\n" * 5_000)], 0.0)
    known.changed(document(TEXT), [edit(line % 6, 0, 1, "z") for line in range(20)], 1.0)
    assert known.edits == ()


@st.composite
def changes(draw: st.DrawFn) -> list[tuple[int, int, int, int, str]]:
    text = st.sampled_from(["", "x", "foo", "\n", "a\nb", "\r\n", "é𝄞"])
    step = st.tuples(st.integers(0, 9), st.integers(0, 12), st.integers(0, 2), st.integers(0, 12), text)
    return draw(st.lists(step, min_size=1, max_size=12))


@settings(max_examples=60, deadline=None)
@given(changes())
def test_intentions_always_say_what_stands_in_the_document(steps: list[tuple[int, int, int, int, str]]) -> None:
    """However it came about: the new lines of each intention stand where it says."""
    known = PastEdits()
    here = document(TEXT)
    for number, (line, start, more, end, text) in enumerate(steps):
        first = here.clamp(Position(line, start))
        last = here.clamp(Position(line + more, end))
        change = TextEdit(Span(min(first, last), max(first, last)), text)
        known.changed(here, [change], number * 3.0)
        here = document(applied(here, [change]), number + 2)
        for each in known.edits:
            assert [here.line(at) for at in range(each.line, each.end)] == list(each.new)
