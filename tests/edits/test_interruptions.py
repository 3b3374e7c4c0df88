"""Whatever happens in a region while an answer streams into it: the whole answer stands in the end, or the old lines do."""

from collections import deque
from dataclasses import dataclass, field
from itertools import count
from typing import Literal

from hypothesis import example, given, note, settings
from hypothesis import strategies as st

from coderoute_ls.domain import Document, Position, Span, TextEdit
from coderoute_ls.edits import EditStateMachine
from coderoute_ls.text import split_lines
from tests.edits.delayed_reports import DelayedReports, applied

LINES = st.sampled_from(["", "a = 1", "b = 2", "def f():", "    return x", "    a = 1", "}", "call(a, b)", "é = '😀'"])
HEAD, TAIL = "import os\n\n", "last = 1\nend = 2\n"
FIRST = 0xE000
"""What the user types are characters that nobody else has."""
Report = Literal["exact", "whole"]


@dataclass
class Playing(DelayedReports):
    """An editor that applies flushes at once, on their version only, with one job."""

    text: str
    reports: Report
    version: int = 1
    told: str = ""
    before: list[str] = field(default_factory=list[str])
    """Texts that the editor's undo brings back."""
    numbers: "count[int]" = field(default_factory=lambda: count(1))
    lost: bool = False
    """The user has thrown text away."""

    def document(self, text: str) -> Document:
        return Document("file:///a.py", "python", self.version, split_lines(text))

    def change(self, *edits: TextEdit) -> None:
        was = self.text
        self.before.append(was)
        for edit in edits:
            self.text = applied(self.text, edit)
        self.version += 1
        if self.reports == "whole":
            edits = (TextEdit(Span(Position(0, 0), self.document(was).end), self.text),)
        self.changes.append((self.document(self.text), edits))

    def replaced(self, text: str) -> None:
        self.change(TextEdit(Span(Position(0, 0), self.document(self.text).end), text))

    def flush(self, *, refuse: bool = False) -> None:
        if (flush := self.job.next_flush()) is None:
            return
        if refuse or flush.version != self.version:
            self.answers.append(False)
            return
        self.answers.append(True)
        self.change(*reversed(flush.edits))

    def type(self, fraction: float, column: float, kind: str) -> None:
        """A word of its own, in a line or as a line, anywhere in the document."""
        lines = split_lines(self.text)
        line = int(fraction * (len(lines) - 1))
        length = len(lines[line].rstrip("\n"))
        word = chr(FIRST + next(self.numbers))
        at = Position(line, 0 if kind == "line" else int(column * length))
        self.change(TextEdit(Span(at, at), word + "\n" if kind == "line" else word))

    def format(self, kind: str) -> None:
        """Every line, as a formatter does."""
        lines = [line.rstrip("\n") for line in split_lines(self.text)]
        match kind:
            case "indent":
                lines = [line and f"  {line}" for line in lines]
            case "blank lines":
                lines = [line for line in lines if line.strip()]
            case _:
                lines = [part for line in lines for part in line.split(", ")]
                lines = [f"{line}," if line.startswith("call(") else line for line in lines]
        text = "\n".join(lines) + ("\n" if self.text.endswith("\n") and lines[-1] else "")
        if text != self.text:
            self.replaced(text)

    def undo(self) -> None:
        if self.before:
            self.lost = True
            self.replaced(self.before.pop())
            self.before.pop()  # an undo is no step of its own

    def close_and_open(self, *, saved: bool) -> None:
        while self.changes:  # messages come in order
            self.tell_change()
        self.job.abandon()
        self.answers.clear()
        if not saved:
            self.lost, self.text = True, self.before[0] if self.before else self.text
            self.before.clear()  # what was thrown away has no history
        self.version = 1
        self.job.reopened(self.document(self.text))


def words(text: str) -> list[str]:
    return sorted(character for character in text if FIRST <= ord(character) < FIRST + 1000)


def rest(text: str) -> str:
    """Without what was typed and what the formatters change."""
    for word in (*words(text), ","):
        text = text.replace(word, "")
    return "".join(text.split())


STEPS = st.one_of(
    st.sampled_from(["feed", "feed", "beat", "beat", "beat", "flush", "refused", "change", "answer"]),
    st.tuples(st.just("type"), st.floats(0, 1), st.floats(0, 1), st.sampled_from(["word", "line"])),
    st.tuples(st.just("format"), st.sampled_from(["indent", "blank lines", "split"])),
    st.sampled_from(["undo", "close", "close unsaved"]),
)


TYPED_ABOVE, TYPED_BELOW = ("type", 0.0, 0.0, "word"), ("type", 0.5, 0.0, "word")


@settings(max_examples=300, deadline=None)
@given(
    st.lists(LINES, min_size=1, max_size=8),
    st.lists(LINES, min_size=1, max_size=8),
    st.lists(STEPS, min_size=4, max_size=25),
    st.sampled_from(["whole", "whole", "cancelled"]),
    st.sampled_from(["exact", "whole"]),
)
# Closed while a flush is not answered, and what was reported might hold it.
@example([""], ["a = 1"], ["beat", TYPED_BELOW, "change", TYPED_ABOVE, "flush", "close"], "whole", "exact")
@example([""], ["a = 1"], ["beat", "close", TYPED_BELOW, "flush", "close"], "whole", "exact")
@example(
    ["", "a = 1", "    a = 1"],
    ["}", ""],
    ["beat", ("type", 0.6, 0.0, "word"), "change", ("format", "blank lines"), ("format", "indent"), "refused", "close"],
    "cancelled",
    "exact",
)
def test_all_or_nothing_stands_with_each_typed_word_or_undo_is_offered(
    old: list[str], new: list[str], steps: list[str | tuple[str | float, ...]], ending: str, reports: Report
) -> None:
    region = "".join(f"{line}\n" for line in old)
    text = HEAD + region + TAIL
    document = Document("file:///a.py", "python", 1, split_lines(text))
    job = EditStateMachine(document, Span(Position(2, 0), Position(2 + len(old), 0)))
    playing = Playing(text, reports, job=job)
    note(f"{region!r} → {new!r}")
    job.trust()
    pieces = deque(f"{line}\n" for line in new)
    for step in steps:
        match step:
            case "feed" | "beat":
                if pieces:
                    job.feed(pieces.popleft())
                if step == "beat":
                    playing.settle(again=True)
            case "flush" | "refused":
                playing.flush(refuse=step == "refused")
            case "change":
                playing.tell_change()
            case "answer":
                playing.tell_answer()
            case "undo":
                playing.undo()
            case "close" | "close unsaved":
                playing.close_and_open(saved=step == "close")
            case ("type", fraction, column, kind):
                playing.type(float(fraction), float(column), str(kind))
            case ("format", kind):
                playing.format(str(kind))
            case _:
                raise AssertionError(step)
    while has_news(playing):
        playing.tell_change()
        playing.tell_answer()
    if ending == "cancelled":
        job.take_back()
    else:
        for piece in pieces:
            job.feed(piece)
        if not job.stopped:
            job.finish()
    playing.settle(again=True)
    judge(playing, region, "".join(new))


def has_news(playing: Playing) -> bool:
    return bool(playing.changes or playing.answers)


def judge(playing: Playing, old: str, new: str) -> None:
    job, typed = playing.job, [chr(FIRST + n) for n in range(1, next(playing.numbers))]
    assert job.settled
    assert not job.closed
    note(f"{playing.text!r} torn={job.torn} stopped={job.stopped}")
    if not playing.lost:
        assert words(playing.text) == sorted(typed)
    nothing = rest(HEAD + old + TAIL)
    wanted = {nothing, rest(HEAD + new + TAIL)} if not job.stopped or job.complete else {nothing}
    if job.torn:
        job.take_back(whole=True)
        playing.settle(again=True)
        wanted = {nothing}
    assert rest(playing.text) in wanted
