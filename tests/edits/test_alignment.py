"""While an answer streams, the user sees what came of it and then the old lines that it has not passed yet."""

from hypothesis import given, settings
from hypothesis import strategies as st

from coderoute_ls.edits.streaming_line_diff import Alignment

LINES = st.lists(st.sampled_from(["", "}", "first = 1", "second = 2", "    return total", "call(x)"]), max_size=12)

OLD = ["def area(r):\n", "    if r < 0:\n", "        raise ValueError(r)\n", "    pi = 3.14\n", "    return pi * r * r\n"]


def shown_after(*answer: str) -> list[str]:
    alignment = Alignment(OLD, "\n")
    for line in answer:
        alignment.feed(line)
    return alignment.lines


@settings(max_examples=200)
@given(LINES, LINES)
def test_it_is_always_a_start_of_the_answer_and_an_end_of_the_old_text(old: list[str], answer: list[str]) -> None:
    old = [f"{line}\n" for line in old]
    alignment = Alignment(old, "\n")
    written = 0
    for count, line in enumerate(answer, 1):
        alignment.feed(line)
        lines = alignment.lines
        splits = [
            begin
            for begin in range(written, count + 1)
            if lines[:begin] == [f"{line}\n" for line in answer[:begin]]
            and len(lines) - begin <= len(old)
            and lines[begin:] == old[len(old) - (len(lines) - begin) :]
        ]
        assert splits
        written = splits[0]
    alignment.finish()
    assert alignment.lines == [f"{line}\n" for line in answer]


def test_an_unchanged_line_changes_nothing() -> None:
    assert shown_after("def area(r):", "    if r < 0:") == OLD


def test_a_changed_line_takes_the_place_of_the_one_it_resembles() -> None:
    assert shown_after("def area(radius):") == ["def area(radius):\n", *OLD[1:]]


def test_a_new_line_comes_before_the_tail_which_stays_in_sight() -> None:
    assert shown_after("import math", "") == ["import math\n", "\n", *OLD]


def test_lines_that_the_answer_leaves_out_go_when_it_arrives_behind_them() -> None:
    assert shown_after("def area(r):", "    pi = 3.14") == [OLD[0], *OLD[3:]]


def test_a_blank_line_further_down_is_no_reason_to_drop_what_is_above_it() -> None:
    old = ["first = 1\n", "second = 2\n", "third = 3\n", "\n", "fourth = 4\n"]
    alignment = Alignment(old, "\n")
    alignment.feed("")
    alignment.feed("zeroth = 0.5")
    assert alignment.lines == ["\n", "zeroth = 0.5\n", *old]


def test_the_old_line_endings_stay_on_lines_that_stay() -> None:
    alignment = Alignment(["a = 1\r\n", "b = 2\n"], "\r\n")
    for line in ("a = 1", "b = 2", "c = 3"):
        alignment.feed(line)
    alignment.finish()
    assert alignment.lines == ["a = 1\r\n", "b = 2\n", "c = 3\r\n"]
