"""A written edit under review: what is decided about each hunk holds exactly, whatever is typed and undone meanwhile."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from coderoute_ls.domain import Document, Position, Span, TextEdit
from coderoute_ls.edits.review import ReviewedEdit
from coderoute_ls.edits.review.line_changes import blocks_of
from coderoute_ls.text import split_lines
from tests.edits.delayed_reports import applied

LINES = st.sampled_from(["", "a", "b = 1", "é = '😀'", "return x", "}", "    a", "    return x"])
TYPED = st.sampled_from(["x", "\n", "y\n", "\nz", "😀", "", "a\nb\n", "    "])


def document(text: str, version: int = 1) -> Document:
    return Document("file:///a.py", "python", version, split_lines(text))


@dataclass
class Reviewer:
    """An editor with one edit under review, and an undo step for each change."""

    review: ReviewedEdit
    text: str
    version: int = 1
    undoes: list[str] = field(default_factory=list[str])

    @staticmethod
    def of(above: str, old: str, new: str, below: str = "") -> "Reviewer":
        """All parts end with a line ending, or are empty."""
        text = above + new + below
        first = len(split_lines(above)) - 1
        return Reviewer(ReviewedEdit(document(text), first, split_lines(old)[:-1], split_lines(new)[:-1]), text)

    def change(self, *edits: TextEdit) -> None:
        """Edits of the present text, in its order, as one step: what the editor reports is from the last to the first."""
        self.undoes.append(self.text)
        for edit in reversed(edits):
            self.text = applied(self.text, edit)
        self._told(tuple(reversed(edits)))

    def undo(self) -> None:
        """One step back, reported as one replacement of what differs."""
        before, self.text = self.text, self.undoes.pop()
        start = next(
            (n for n, (a, b) in enumerate(zip(before, self.text, strict=False)) if a != b), min(len(before), len(self.text))
        )
        most = min(len(before), len(self.text)) - start
        same = next((n for n in range(most) if before[-1 - n] != self.text[-1 - n]), most)
        span = Span(_position(before, start), _position(before, len(before) - same))
        self._told((TextEdit(span, self.text[start : len(self.text) - same]),))

    def type(self, line: int, character: int, text: str) -> None:
        place = Position(line, character)
        self.change(TextEdit(Span(place, place), text))

    def reject(self, *numbers: int, changed: bool = False) -> None:
        edits = self.review.rejection(numbers or None, changed=changed)
        if edits:
            self.change(*edits)

    def states(self) -> list[str]:
        return [hunk.state for hunk in self.review.hunks]

    def _told(self, edits: tuple[TextEdit, ...]) -> None:
        self.version += 1
        self.review.on_change(document(self.text, self.version), edits)


def _position(text: str, offset: int) -> Position:
    lines = split_lines(text[:offset])
    return Position(len(lines) - 1, len(lines[-1]))


OLD = "def f(x):\n    y = x\n    return y\n\n\ndef g():\n    pass\n"
NEW = "def f(x: int) -> int:\n    return x\n\n\ndef g() -> None:\n    pass\n\n\ndef h():\n    return 1\n"


def test_hunks_are_kept_and_rejected_one_by_one() -> None:
    editor = Reviewer.of("import os\n", OLD, NEW, "print(f(1))\n")
    assert [(hunk.old, hunk.new) for hunk in editor.review.hunks] == [
        (("def f(x):\n", "    y = x\n", "    return y\n"), ("def f(x: int) -> int:\n", "    return x\n")),
        (("def g():\n",), ("def g() -> None:\n",)),
        ((), ("\n", "\n", "def h():\n", "    return 1\n")),
    ]
    editor.review.keep([0])
    editor.reject(1)
    assert editor.states() == ["kept", "rejected", "open"]
    assert editor.text == "import os\n" + NEW.replace("g() -> None", "g()") + "print(f(1))\n"
    editor.reject()
    assert editor.states() == ["kept", "rejected", "rejected"]
    assert (editor.review.tally.kept, editor.review.tally.rejected, editor.review.tally.lines) == (1, 2, 3)
    editor.undo()
    assert editor.states() == ["kept", "rejected", "open"]
    editor.undo()
    assert editor.states() == ["kept", "open", "open"]


def test_rejecting_all_brings_back_the_old_text_and_one_undo_the_new_one() -> None:
    editor = Reviewer.of("import os\n", OLD, NEW, "print(f(1))\n")
    editor.reject()
    assert editor.text == "import os\n" + OLD + "print(f(1))\n"
    editor.undo()
    assert editor.text == "import os\n" + NEW + "print(f(1))\n"
    assert editor.states() == ["open"] * 3


def test_the_undo_of_the_whole_action_takes_back_all_hunks_and_its_redo_opens_them() -> None:
    editor = Reviewer.of("import os\n", OLD, NEW)
    new = editor.text
    editor.undoes.append("import os\n" + OLD)
    editor.undo()
    assert editor.states() == ["rejected"] * 3
    editor.undoes.append(new)
    editor.undo()
    assert editor.states() == ["open"] * 3


def test_a_hunk_that_was_typed_in_is_not_rejected_without_a_word() -> None:
    editor = Reviewer.of("", OLD, NEW)
    editor.type(1, len("    return x"), " + 1")
    assert editor.states() == ["changed", "open", "open"]
    editor.reject()
    assert "return x + 1" in editor.text
    assert editor.states() == ["changed", "rejected", "rejected"]
    editor.reject(0, changed=True)
    assert editor.text == OLD
    editor.undo()
    assert "return x + 1" in editor.text


def test_a_formatter_that_moves_blanks_changes_no_hunk() -> None:
    editor = Reviewer.of("", OLD, NEW)
    editor.change(TextEdit(Span(Position(1, 0), Position(1, 4)), "\t"))
    assert editor.states() == ["open"] * 3
    editor.reject()
    assert editor.text == OLD


@pytest.mark.parametrize(
    ("line", "character", "text"),
    [(0, 0, "# mine\n"), (3, 0, "# mine\n"), (2, 0, "# mine\n"), (2, 0, "    # mine\n    # two\n")],
    ids=["above", "between", "right below a hunk", "two lines"],
)
def test_typing_beside_a_hunk_leaves_it_open_and_stays(line: int, character: int, text: str) -> None:
    editor = Reviewer.of("", OLD, NEW)
    editor.type(line, character, text)
    assert editor.states() == ["open"] * 3
    editor.reject()
    assert sorted(editor.text.splitlines()) == sorted((OLD + text).splitlines())


def test_a_line_begun_at_the_end_of_a_hunk_is_no_part_of_it() -> None:
    editor = Reviewer.of("", OLD, NEW)
    editor.type(1, len("    return x"), "\n")
    editor.type(2, 0, "    # mine")
    assert editor.states() == ["open"] * 3
    editor.reject(0)
    assert editor.text.startswith("def f(x):\n    y = x\n    return y\n    # mine\n")


def test_what_is_deleted_across_hunks_comes_back_only_where_it_is_said() -> None:
    editor = Reviewer.of("", OLD, NEW)
    editor.change(TextEdit(Span(Position(1, 4), Position(4, 5)), ""))
    assert editor.states() == ["changed", "changed", "open"]
    text = editor.text
    editor.reject(0, 1)
    assert editor.text == text


def test_lines_at_the_end_of_a_file_without_a_line_ending() -> None:
    editor = Reviewer(ReviewedEdit(document("a\nb"), 0, ["a"], ["a\n", "b"]), "a\nb")
    editor.reject()
    assert editor.text == "a"
    gone = Reviewer(ReviewedEdit(document("a\n"), 1, ["b\n", "c\n"], []), "a\n")
    gone.change(TextEdit(Span(Position(0, 1), Position(1, 0)), ""))
    gone.reject()
    assert (gone.text, gone.states()) == ("a", ["kept"])  # there is no line any more that they could stand above


@settings(max_examples=300, deadline=None)
@given(
    st.lists(LINES, min_size=1, max_size=6),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 4), TYPED), min_size=1, max_size=4),
    st.sampled_from(["\n", "\r\n"]),
)
def test_the_blocks_of_a_change_make_it(lines: list[str], changes: list[tuple[float, int, str]], eol: str) -> None:
    before = now = eol.join(lines)
    edits: list[TextEdit] = []
    for fraction, length, text in changes:
        places = [n for n in range(len(now) + 1) if now[n - 1 : n + 1] != "\r\n"]
        index = int(fraction * (len(places) - 1))
        begin, end = places[index], places[min(index + length, len(places) - 1)]
        edits.append(TextEdit(Span(_position(now, begin), _position(now, end)), text))
        now = now[:begin] + text + now[end:]
    result = split_lines(before)
    for block in blocks_of(document(before), tuple(edits)):
        result[block.begin : block.end] = block.lines
    assert "".join(result) == now


@st.composite
def edits_under_review(draw: st.DrawFn) -> tuple[Reviewer, str, str, str]:
    above, old, new, below = ("".join(f"{line}\n" for line in draw(st.lists(LINES, max_size=size))) for size in (3, 8, 8, 3))
    return Reviewer.of(above, old, new, below), above, old, below


STEPS = st.one_of(
    st.tuples(st.sampled_from(["keep", "reject", "reject", "undo"]), st.floats(0, 1)),
    st.tuples(st.floats(0, 1), st.integers(0, 3), TYPED),
)


@settings(max_examples=500, deadline=None)
@given(edits_under_review(), st.lists(STEPS, max_size=12))
def test_no_word_of_the_user_is_lost_and_the_chosen_hunks_are_there(
    made: tuple[Reviewer, str, str, str], steps: list[tuple[str, float] | tuple[float, int, str]]
) -> None:
    editor, *_ = made
    for step in steps:
        note(f"{editor.text!r} {editor.states()} {step}")
        hunks = editor.review.hunks
        match step:
            case "undo", _:
                if editor.undoes:
                    editor.undo()
            case (str(decision), fraction):
                if hunks:
                    number = int(fraction * (len(hunks) - 1))
                    before, state, (first, last) = editor.text, hunks[number].state, hunks[number].place
                    if decision == "keep":
                        editor.review.keep([number])
                        assert editor.text == before
                    else:
                        editor.reject(number)
                        lines = split_lines(before)
                        if state == "open":
                            lines[first:last] = hunks[number].old
                        assert editor.text == "".join(lines)
                    if state == "open":
                        assert editor.states()[number] == ("kept" if decision == "keep" else "rejected")
                        others = [old.state for old in hunks if old.id != number]
                        assert [hunk.state for hunk in editor.review.hunks if hunk.id != number] == others
            case (fraction, length, typed):
                start = int(fraction * len(editor.text))
                end = min(start + length, len(editor.text))
                editor.change(TextEdit(Span(_position(editor.text, start), _position(editor.text, end)), typed))
        lines, place = split_lines(editor.text), 0
        for hunk in editor.review.hunks:  # in order, apart, and as they say
            assert place <= hunk.place.first <= hunk.place.last <= len(lines)
            place = hunk.place.last
            now = tuple(lines[hunk.place.first : hunk.place.last])
            same = "".join("".join(now).split()) == "".join("".join(hunk.new).split())
            assert hunk.state == "kept" or (hunk.state == "open") == (now == hunk.new or (same and now != hunk.old)), hunk
            assert hunk.state != "rejected" or now == hunk.old
