"""Every reply under ``cases/`` ends as its file says: in the wanted text, or refused where that is fine. Never otherwise."""

from pathlib import Path

import pytest

from coderoute_ls.actions import actions
from coderoute_ls.actions.action_region import part_of_line
from coderoute_ls.domain import Diagnostic, Document, Position, Span, Target
from coderoute_ls.edits import EditStateMachine
from coderoute_ls.text import split_lines
from tests.edits.delayed_reports import applied
from tests.support.reply_case import ReplyCase, read, reply_cases

HERE = Path(__file__).parent / "cases"
KINDS = sorted(path.name for path in HERE.iterdir())


def play(case: ReplyCase, pieces: list[str]) -> tuple[str, str]:
    """The text afterwards, and why the reply was refused."""
    text, span = case.source
    path = f"/w/{case.name}"
    document = Document(f"file://{path}", case.language, 1, split_lines(text), path)
    action = actions()[case.action]
    diagnostics = (Diagnostic(span, "it is wrong"),) if action.needs_diagnostic else ()
    target = Target(document, span, case.header.get("instruction", "change it"), diagnostics, "/w")
    region = action.region(target)
    assert region is not None, "the action does not apply"
    if action.surface == "new_file":
        document = Document("file:///w/new", case.language, 1, [""])
        text, region = "", Span(Position(0, 0), Position(0, 0))
    within = action.surface == "replace" and not action.needs_diagnostic
    job = EditStateMachine(document, region, action.surface, selection=part_of_line(document, span) if within else None)
    job.asked_for(target.instruction if case.action == "edit" else "")
    for piece in pieces:
        job.feed(piece)
    job.finish()
    flush = job.next_flush()
    for edit in reversed(flush.edits if flush else ()):
        text = applied(text, edit)
    return text, job.problem


def right(case: ReplyCase, text: str, problem: str) -> bool:
    if any(text.rstrip("\n") == wanted.rstrip("\n") for wanted in case.wanted):
        return True
    before = "" if case.action == "tests" else case.source[0]
    return text == before and bool(problem) and case.refusal_is_fine


@pytest.mark.parametrize("kind", KINDS)
def test_each_reply_ends_as_wanted_or_is_refused(kind: str) -> None:
    wrong: dict[str, str] = {}
    for path in reply_cases(HERE):
        if path.parent.name == kind:
            case = read(path)
            text, problem = play(case, case.pieces)
            if not right(case, text, problem):
                wrong[case.label] = problem or text
    assert wrong == {}


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_comes_of_a_reply_in_single_characters(kind: str) -> None:
    for path in [path for path in reply_cases(HERE) if path.parent.name == kind][::7]:
        case = read(path)
        assert play(case, list("".join(case.pieces))) == play(case, case.pieces), case.label


@pytest.mark.parametrize("kind", KINDS)
def test_of_each_kind_most_end_in_the_wanted_text(kind: str) -> None:
    """A refusal costs the user nothing, but is no answer: where one is fine, still most replies are fitted."""
    cases = [read(path) for path in reply_cases(HERE) if path.parent.name == kind]
    fitted = sum(play(case, case.pieces)[0].rstrip("\n") in {text.rstrip("\n") for text in case.wanted} for case in cases)
    assert fitted >= 0.7 * len(cases)
