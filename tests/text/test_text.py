"""Pure text helpers."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coderoute_ls import text
from coderoute_ls.domain import Document, Position

LINES = st.text(alphabet="ab \t\r\n\x0b\x85\u2028é😀({[)}]", max_size=60)


@settings(deadline=None)
@given(LINES)
def test_lines_join_to_the_text_and_only_the_three_line_endings_of_the_protocol_end_them(value: str) -> None:
    lines = text.split_lines(value)
    assert "".join(lines) == value
    assert not lines[-1].endswith(("\r", "\n"))
    for line in lines[:-1]:
        assert line.endswith(("\n", "\r"))
        assert not set(line.removesuffix("\r\n")[:-1] if not line.endswith("\r\n") else line[:-2]) & {"\r", "\n"}


@settings(deadline=None)
@given(LINES)
def test_line_starts_are_where_lines_start(value: str) -> None:
    at, expected = 0, list[int]()
    for line in text.split_lines(value):
        expected.append(at)
        at += len(line)
    assert text.line_starts(value) == expected


@settings(deadline=None)
@given(st.text("abc", max_size=12), st.text("abc", max_size=12))
def test_overlap_is_the_longest_end_that_is_also_a_start(left: str, right: str) -> None:
    sizes = [n for n in range(min(len(left), len(right)) + 1) if left.endswith(right[:n])]
    assert text.overlap(left, right) == max(sizes)


@settings(deadline=None)
@given(st.text("ab", max_size=10), st.text("ab", max_size=10), st.integers(0, 6))
def test_edit_distance_matches_the_textbook_below_its_limit(left: str, right: str, limit: int) -> None:
    table = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i in range(len(left) + 1):
        for j in range(len(right) + 1):
            if not i or not j:
                table[i][j] = i + j
            else:
                table[i][j] = min(table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + (left[i - 1] != right[j - 1]))
    assert text.edit_distance(left, right, limit) == min(table[-1][-1], limit + 1)


@settings(deadline=None)
@given(st.text("([{)}]x", max_size=20))
def test_appending_what_is_unclosed_leaves_nothing_unclosed(value: str) -> None:
    assert text.unclosed(value + "".join(text.unclosed(value))) == []


@pytest.mark.parametrize(
    ("lines", "unit"),
    [
        (["def f():", "    a", "    if b:", "        c"], "    "),
        (["func f() {", "\ta()", "\tif b {", "\t\tc()"], "\t"),
        (["a:", "  b:", "    c: 1", "  d: 2"], "  "),
        (["no indentation", "at all"], "    "),
    ],
)
def test_the_indentation_unit_is_the_most_frequent_step(lines: list[str], unit: str) -> None:
    assert text.indent_unit(lines) == unit


def test_endings_are_replaced_whatever_they_were() -> None:
    assert text.with_endings("a\r\nb\rc\nd", "\r\n") == "a\r\nb\r\nc\r\nd"


def test_stray_closers_are_those_that_nothing_opens() -> None:
    assert text.unopened("a) + (b)]") == [")", "]"]


@settings(deadline=None)
@given(st.lists(st.text("abc \t", max_size=12), min_size=1, max_size=120), st.data(), st.integers(0, 600))
def test_a_window_is_the_text_around_the_cursor_within_its_budget(lines: list[str], data: st.DataObject, budget: int) -> None:
    document = Document("file:///a", "python", 1, text.split_lines("\n".join(lines)))
    number = data.draw(st.integers(0, len(lines) - 1))
    position = Position(number, data.draw(st.integers(0, len(lines[number]))))
    offset = len("\n".join([*lines[:number], lines[number][: position.character]]))
    before, after = text.window(document, position, budget)
    assert len(before) + len(after) <= budget
    assert document.text[:offset].endswith(before)
    assert document.text[offset:].startswith(after)
    if len(document.text) <= budget // 4:
        assert before + after == document.text


def test_the_start_of_a_cut_window_stays_while_the_user_types_some_lines() -> None:
    starts: set[str] = set()
    for typed in range(12):
        lines = [f"line {number:05}\n" for number in range(400 + typed)]
        document = Document("file:///a", "python", 1, lines)
        before, _ = text.window(document, Position(400 + typed, 0), 3_000)
        starts.add(before[:12])
    assert len(starts) <= 2
