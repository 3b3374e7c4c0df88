"""One job and one editor, step by step: the cases that have a name."""

from dataclasses import replace

import pytest

from coderoute_ls.domain import Document, Position, Span, TextEdit
from coderoute_ls.edits import EditStateMachine, Flush
from coderoute_ls.text import split_lines

TEXT = "import os\n\ndef f(x):\n    return x\n\ndef g(y):\n    return y\n"
REGION = Span(Position(2, 0), Position(4, 0))
ANSWER = "```python\ndef f(value):\n    return value\n```\n"


def document(text: str = TEXT, version: int = 1) -> Document:
    return Document("file:///a.py", "python", version, split_lines(text))


def changed(before: Document, *edits: TextEdit) -> tuple[Document, tuple[TextEdit, ...]]:
    """The next version after these edits, and the edits."""
    text = before.text
    for edit in edits:
        lines = split_lines(text)
        start, end = (sum(map(len, lines[: place.line])) + place.character for place in edit.span)
        text = text[:start] + edit.text + text[end:]
    return replace(before, version=before.version + 1, lines=split_lines(text)), edits


def insert(line: int, character: int, text: str) -> TextEdit:
    return TextEdit(Span(Position(line, character), Position(line, character)), text)


def flushed(job: EditStateMachine) -> Flush:
    flush = job.next_flush()
    assert flush is not None
    return flush


def applied(job: EditStateMachine) -> None:
    """The editor applies the next flush, reports it and answers."""
    flush = flushed(job)
    job.on_change(*changed(job.document, *reversed(flush.edits)))
    job.answered(True)


def test_a_whole_answer_lands_in_the_region_alone() -> None:
    job = EditStateMachine(document(), REGION)
    job.feed(ANSWER)
    job.finish()
    applied(job)
    assert job.settled
    assert job.document.text == TEXT.replace("def f(x):\n    return x", "def f(value):\n    return value")


def test_nothing_more_is_sent_while_a_flush_is_on_its_way() -> None:
    job = EditStateMachine(document(), REGION)
    job.feed("def f(value):\n")
    flush = flushed(job)
    job.feed("    return value\n")
    assert job.next_flush() is None
    job.answered(True)
    assert job.next_flush() is None, "answered, but the change has not been seen: its version is unknown"
    job.on_change(*changed(job.document, *flush.edits))
    assert flushed(job).version == 2


def test_typing_above_moves_the_region_and_below_does_nothing() -> None:
    job = EditStateMachine(document(), REGION)
    assert job.on_change(*changed(job.document, insert(0, 0, "import re\n"))) == "shifted"
    assert job.on_change(*changed(job.document, insert(7, 0, "    # here\n"))) == "shifted"
    assert job.region == Span(Position(3, 0), Position(5, 0))


def test_several_edits_of_one_message_on_both_sides_are_followed() -> None:
    job = EditStateMachine(document(), REGION)
    assert job.on_change(*changed(job.document, insert(6, 0, "\n"), insert(0, 0, "\n"))) == "shifted"
    assert job.region.start.line == 3


@pytest.mark.parametrize("place", [(2, 0), (2, 4), (3, 12)])
def test_typing_on_a_line_of_the_region_stops_the_job(place: tuple[int, int]) -> None:
    job = EditStateMachine(document(), REGION)
    job.feed("def f(value):\n")
    assert job.on_change(*changed(job.document, insert(*place, "!"))) == "stopped"
    assert job.stopped
    assert job.next_flush() is None


def test_joining_the_line_above_with_the_place_of_an_insertion_stops_the_job() -> None:
    job = EditStateMachine(document(), Span(Position(3, 0), Position(3, 0)), "insert")
    assert job.on_change(*changed(job.document, TextEdit(Span(Position(2, 9), Position(3, 0)), ""))) == "stopped"


def test_an_editor_that_sends_the_whole_text_is_followed() -> None:
    job = EditStateMachine(document(), REGION)
    job.feed(ANSWER)
    whole = Span(Position(0, 0), job.document.end)
    assert job.on_change(*changed(job.document, TextEdit(whole, "import re\n" + TEXT))) == "shifted"
    flush = flushed(job)
    after, _ = changed(job.document, *reversed(flush.edits))
    assert job.on_change(after, (TextEdit(Span(Position(0, 0), job.document.end), after.text),)) == "echo"
    job.answered(True)
    assert "def f(value)" in job.document.text


def test_an_echo_that_comes_together_with_typing_elsewhere_is_both() -> None:
    job = EditStateMachine(document(), REGION)
    job.feed(ANSWER)
    job.finish()
    flush = flushed(job)
    job.answered(True)
    assert job.on_change(*changed(job.document, *reversed(flush.edits), insert(6, 12, "  # typed"))) == "echo"
    assert job.settled
    assert job.region == REGION


def test_a_refused_flush_is_made_again_on_the_version_that_was_missed() -> None:
    job = EditStateMachine(document(), REGION)
    job.feed(ANSWER)
    assert flushed(job).version == 1
    job.on_change(*changed(job.document, insert(0, 0, "\n")))
    job.answered(False)
    flush = flushed(job)
    assert flush.version == 2
    assert flush.edits[0].span.start.line == 3


def test_an_editor_that_refuses_for_no_reason_is_not_asked_again_until_something_changes() -> None:
    job = EditStateMachine(document(), REGION)
    job.feed(ANSWER)
    flushed(job)
    job.answered(False)
    assert job.blocked
    assert job.next_flush() is None
    job.on_change(*changed(job.document, insert(0, 0, "\n")))
    assert not job.blocked
    assert job.next_flush() is not None


def test_typing_into_what_was_written_before_the_editor_has_answered_stops_the_job() -> None:
    """Also where nothing stood: only the answer tells that the text the user typed into was ours."""
    job = EditStateMachine(document(), Span(Position(3, 0), Position(3, 0)))
    job.trust()
    job.feed("x = 1\ny = 2\n")
    flush = flushed(job)
    job.on_change(*changed(job.document, *flush.edits))
    job.on_change(*changed(job.document, insert(3, 5, "!")))
    job.answered(True)
    assert job.stopped


def test_typing_into_the_finished_answer_at_once_does_not_make_it_incomplete() -> None:
    job = EditStateMachine(document(), REGION)
    job.feed(ANSWER)
    assert not job.complete
    job.finish()
    flush = flushed(job)
    job.on_change(*changed(job.document, *reversed(flush.edits)))
    assert job.on_change(*changed(job.document, insert(3, 4, "!"))) == "stopped"
    job.answered(True)
    assert job.complete


def test_text_that_the_user_typed_by_chance_as_we_would_have_is_theirs() -> None:
    job = EditStateMachine(document("def f():\n    return 1\n"), Span(Position(0, 0), Position(2, 0)))
    job.trust()
    job.feed("import os\ndef f():\n    return 1\n")
    flush = flushed(job)
    typed = changed(job.document, *flush.edits)
    assert job.on_change(*typed) == "echo"
    job.answered(False)
    assert not job.stopped
    job.take_back()
    assert job.next_flush() is None, "nothing of ours is in the buffer"
    assert job.document.text == "import os\ndef f():\n    return 1\n"


def test_edits_reported_one_by_one_are_one_echo() -> None:
    job = EditStateMachine(document("a = 1\nb = 2\nc = 3\nd = 4\n"), Span(Position(0, 0), Position(4, 0)))
    job.feed("a = 10\nb = 2\nc = 30\nd = 4\n")
    job.finish()
    flush = flushed(job)
    assert len(flush.edits) == 2
    for edit in reversed(flush.edits):
        assert job.on_change(*changed(job.document, edit)) == "echo"
    job.answered(True)
    assert job.settled


def test_a_taken_back_answer_leaves_the_region_as_it_was_and_another_may_follow() -> None:
    job = EditStateMachine(document(), REGION)
    job.feed("def f(value):\n")
    applied(job)
    assert job.touched
    job.take_back()
    applied(job)
    assert job.document.text == TEXT
    job.feed("def f(z):\n    return z\n")
    job.finish()
    applied(job)
    assert job.document.text == TEXT.replace("def f(x):\n    return x", "def f(z):\n    return z")


def test_an_answer_without_content_changes_nothing() -> None:
    job = EditStateMachine(document(), REGION)
    job.feed("I'm sorry, I cannot do that for you.")
    job.finish()
    assert job.settled
    assert job.next_flush() is None
    assert job.problem == "The model answered with words instead of code."


def test_a_docstring_goes_into_the_body_with_its_indentation() -> None:
    job = EditStateMachine(document(), Span(Position(3, 0), Position(3, 0)), "insert")
    job.feed('def f(x):\n    """Give x back."""\n    return x\n')
    job.finish()
    applied(job)
    assert job.document.text == TEXT.replace("def f(x):\n", 'def f(x):\n    """Give x back."""\n')


def test_snippet_syntax_and_paths_are_plain_text() -> None:
    hostile = "x = '${1:name} $0 $TM_FILENAME'\n# ../../../etc/passwd\n# other.py\n"
    job = EditStateMachine(document("a\n"), Span(Position(0, 0), Position(1, 0)))
    job.feed(f"```python other.py\n{hostile}```")
    job.finish()
    applied(job)
    assert job.document.text == hostile


def test_a_region_must_be_whole_lines() -> None:
    with pytest.raises(ValueError, match="whole lines"):
        EditStateMachine(document(), Span(Position(2, 1), Position(4, 0)))
