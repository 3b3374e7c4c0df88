"""The gate: what is not shown, whoever suggests it."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coderoute_ls.domain import Position, Span, TextEdit
from coderoute_ls.domain.next_edits import NextEdit, PastEdit, Situation, applied
from coderoute_ls.next_edit.by_example import candidates
from coderoute_ls.next_edit.gate import ConfidenceThreshold, why_suppressed
from coderoute_ls.next_edit.suggestion_from_answer import model_edit
from tests.next_edit.support import document, past, situation

TEXT = "def f(a):\n    x = a + 1\n    return x\n\n\ny = f(2)\n"
DONE = past("    x = a", "    x = a + 1", 1)


def suggested(new: str, text: str = TEXT) -> NextEdit:
    here = document(text)
    found = model_edit(here, 0, len(here.lines) - 1, new.split("\n")[:-1], "a model")
    assert found is not None
    return replace(found, confidence=1.0)


REFUSED = {
    "undoes": TEXT.replace("a + 1", "a"),
    "blanks": TEXT.replace("y = f(2)", "y  =  f( 2 )"),
    "breaks": TEXT.replace("y = f(2)", "y = f(2"),
    "rewrites": TEXT + "z = 1\n" * 60,
    "repeats": TEXT.replace("y = f(2)\n", "y = f(2)\n    x = a + 1\n    return x\n").replace(
        "    return x\n\n\n", "    return x\n\n\n"
    ),
    "secret": TEXT.replace("y = f(2)", 'y = f(2)\nkey = "ghp_16C7e42F292c6912E7710c838347Ae178B4a"'),
}


@pytest.mark.parametrize("why", [why for why in REFUSED if why != "repeats"])
def test_a_suggestion_is_refused(why: str) -> None:
    assert why_suppressed(suggested(REFUSED[why]), situation(TEXT, DONE, cursor=1)) == why


def test_lines_that_stand_there_already_are_not_written_again() -> None:
    twice = TEXT.replace("    return x\n", "    return x\n    x = a + 1\n    return x\n", 1)
    assert why_suppressed(suggested(twice), situation(TEXT, DONE, cursor=1)) in ("repeats", "breaks")


def test_another_version_the_users_line_and_what_was_rejected_are_silent() -> None:
    good = suggested(TEXT.replace("y = f(2)", "y = f(3)"))
    here = situation(TEXT, DONE, cursor=5)
    assert why_suppressed(good, here) is None
    assert why_suppressed(replace(good, version=7), here) == "stale"
    assert why_suppressed(good, replace(here, typing=True)) == "typing"
    assert why_suppressed(good, replace(here, rejected=good.keys)) == "rejected"
    assert why_suppressed(replace(good, confidence=0.2), here) == "unsure"
    assert why_suppressed(replace(good, uri="file:///nowhere"), here) == "stale"


def test_without_any_edit_only_the_line_at_the_cursor_is_finished() -> None:
    assert why_suppressed(suggested(TEXT.replace("y = f(2)", "y = f(2) + 1")), situation(TEXT, cursor=5)) is None
    assert why_suppressed(suggested(TEXT.replace("y = f(2)", "y = f(2) + 1")), situation(TEXT, cursor=0)) == "unprompted"


def test_spans_outside_of_the_document_and_across_each_other_are_malformed() -> None:
    good = suggested(TEXT.replace("y = f(2)", "y = f(3)"))
    outside = TextEdit(Span(Position(90, 0), Position(90, 3)), "x")
    assert why_suppressed(replace(good, edits=(outside,)), situation(TEXT, DONE)) == "malformed"
    assert why_suppressed(replace(good, edits=(*good.edits, *good.edits)), situation(TEXT, DONE)) == "malformed"
    assert why_suppressed(replace(good, edits=()), situation(TEXT, DONE)) == "malformed"


def test_the_floor_follows_what_the_user_takes() -> None:
    assert ConfidenceThreshold().rejected().value > ConfidenceThreshold().value > ConfidenceThreshold().accepted().value
    threshold = ConfidenceThreshold()
    for _ in range(100):
        threshold = threshold.rejected()
    assert threshold.value < 1


@st.composite
def histories(draw: st.DrawFn) -> tuple[str, tuple[PastEdit, ...], tuple[PastEdit, ...], int]:
    names = st.sampled_from(["alpha", "beta", "gamma", "delta"])
    lines: list[str] = draw(st.lists(st.builds("{} = {}({}, 1)".format, names, names, names), min_size=4, max_size=12))
    done: list[PastEdit] = []
    for line in draw(st.lists(st.integers(0, len(lines) - 1), min_size=1, max_size=4, unique=True)):
        old, new = draw(names), draw(st.sampled_from(["omega", "psi", "alpha.x", "alpha"]))
        changed = lines[line].replace(old, new)
        if changed != lines[line]:
            done.append(past(lines[line], changed, line))
            lines[line] = changed
    undone = tuple(replace(each, line=-1) for each in done[1:2]) if draw(st.booleans()) else ()
    kept = tuple(each for each in done if all(each.new != other.new for other in undone))
    return "\n".join(lines) + "\n", kept, undone, draw(st.integers(0, len(lines) - 1))


@settings(max_examples=60, deadline=None)
@given(histories())
def test_an_accepted_suggestion_changes_exactly_its_ranges_and_brings_back_nothing(
    made: tuple[str, tuple[PastEdit, ...], tuple[PastEdit, ...], int],
) -> None:
    text, edits, undone, cursor = made
    here = document(text, version=5)
    moment = Situation(here, Position(cursor, 0), edits, undone, typing=True)
    for each in candidates(moment):
        if why_suppressed(each, moment) is not None:
            continue
        assert each.version == here.version
        after = document(applied(here, each.edits))
        touched = {line for one in each.edits for line in range(one.span.start.line, one.span.end.line + 1)}
        assert cursor not in touched
        assert len(after.lines) == len(here.lines)
        assert [after.line(n) for n in range(len(here.lines)) if n not in touched] == [
            here.line(n) for n in range(len(here.lines)) if n not in touched
        ]
        for line in touched:
            assert all((after.line(line),) != one.new or (here.line(line),) != one.old for one in undone)
            assert all((after.line(line),) != one.old or (here.line(line),) != one.new for one in edits)


@pytest.mark.parametrize("language", ["python", "go", "plaintext", "nosuch", "markdown"])
@pytest.mark.parametrize("strange", ["z = '\ud800'", "\x00\x01", "q = 1\r\nr = 2\rs = 3", "𝄞 = 'é'", "\x0c", "x" * 100_000])
def test_strange_documents_raise_nothing_and_get_no_strange_text(strange: str, language: str) -> None:
    text = f"a = old(1, 2)\nb = 3\nc = new(1, 2)\nd = 4\ne = old(1, 2)\n{strange}\n"
    moment = situation(text, past("c = old(1, 2)", "c = new(1, 2)", 2), cursor=2, language=language)
    for each in candidates(moment):
        assert why_suppressed(each, moment) != "malformed"
    foreign = model_edit(moment.document, 1, 2, ["b = '\udc00'"], "a model")
    assert foreign is not None
    assert why_suppressed(replace(foreign, confidence=1.0), moment) == "malformed"
