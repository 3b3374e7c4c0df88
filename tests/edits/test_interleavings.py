"""Whatever the user types while an answer streams in, and in whatever order the editor tells: nothing of theirs is lost."""

from collections import deque
from dataclasses import dataclass
from typing import Literal

from hypothesis import given, note, settings
from hypothesis import strategies as st

from coderoute_ls.domain import Document, Position, Span, TextEdit
from coderoute_ls.edits import EditStateMachine
from coderoute_ls.server.rpc.positions import ENCODINGS, PositionConverter
from coderoute_ls.text import indent_unit, indentation, split_lines
from tests.edits.buffer import Buffer
from tests.edits.delayed_reports import DelayedReports, applied

LINES = st.sampled_from(
    ["", "a", "b = 1", "é = '😀'", "return x", "}", "字 = [", "def f():", "    a", "    return x", "        e\u0301"]
)
Where = Literal["above", "below", "anywhere"]
WHERE: list[Where] = ["above", "above", "above", "above", "below", "below", "below", "below", "anywhere"]
TYPED = st.sampled_from(["x", "\n", "y\n", "\nz", "😀", "", "a\nb\n", "    "])


@dataclass
class Session(DelayedReports):
    """One editor that reports in any position encoding, with one job."""

    buffer: Buffer
    border: PositionConverter
    base: str
    """The indentation at the region."""
    one_by_one: bool
    """Reports each edit of a flush in a message of its own."""
    added_at_open_end: bool
    """The answer is added after a last line that has no ending."""
    near: bool = False
    """The user has edited a line of the region."""

    def flush(self) -> None:
        flush = self.job.next_flush()
        if flush is None:
            return
        assert not self.answers, "a second flush while the first is on its way"
        assert flush.version == self.job.document.version, "computed on another version than the newest known"
        edits = self.border.edits_out(self.job.document.lines, flush.edits)
        before = self.buffer.document()
        reports = self.buffer.apply(edits, flush.version)
        self.answers.append(reports is not None)
        if reports is not None:
            self._report(before, tuple(reports))

    def type(self, where: Where, fraction: float, length: int, text: str) -> None:
        """Somewhere above, below or anywhere; never into the middle of a line ending."""
        text = text.replace("\n", self.buffer.document().eol)
        places = [n for n in range(len(self.buffer.text) + 1) if self.buffer.text[n - 1 : n + 1] != "\r\n"]
        first, last = self.buffer.extent
        index = int(fraction * (len(places) - 1))
        if where == "above":
            index = int(fraction * sum(n < first for n in places))
        elif where == "below":
            index = max(0, len(places) - 1 - int(fraction * sum(n > last for n in places)))
        begin, end = places[index], places[min(index + length, len(places) - 1)]
        if end - begin == len(self.buffer.text) > 0:
            return  # looks like an editor that sends the whole text each time: what is the same in it counts as untouched
        self.near = self.near or self.buffer.near_region(begin, end)
        self.buffer.shared = self.buffer.shared or self.near
        report = self.buffer.type(begin, end, text)
        self.changes.append((self.buffer.document(), (report,)))

    def _report(self, before: Document, reports: tuple[TextEdit, ...]) -> None:
        if not self.one_by_one:
            self.changes.append((self.buffer.document(), reports))
            return
        text, version = before.text, before.version
        for count, edit in enumerate(reports):
            version = version + 1 if count == 0 else version
            text = applied(text, edit)
            self.changes.append((Document(before.uri, before.language, version, split_lines(text)), (edit,)))


@st.composite
def sessions(draw: st.DrawFn) -> tuple[Session, str]:
    """A session at its start, and the text that its answer will replace: the region without the blank lines around it."""
    eol = draw(st.sampled_from(["\n", "\r\n"]))
    above, inside, below = (draw(st.lists(LINES, max_size=size)) for size in (4, 8, 4))
    text = "".join(line + eol for line in (*above, *inside, *below))
    if draw(st.booleans()):
        text = text.removesuffix(eol)
    document = Document("file:///a.py", "python", 1, split_lines(text))
    first = min(len(above), len(document.lines) - 1)
    last = min(len(above) + len(inside), len(document.lines))
    end = Position(last, 0) if last < len(document.lines) else document.end
    region = Span(Position(first, 0) if inside else end, end)
    border = PositionConverter(draw(st.sampled_from(ENCODINGS)))

    lines = list(document.lines[first:last]) if inside else []
    written = [number for number, line in enumerate(lines) if line.strip()]
    head, tail = (written[0], len(lines) - written[-1] - 1) if written else (0, 0)
    start = len("".join(document.lines[: first + head])) if inside else len(document.slice(Span(Position(0, 0), end)))
    replaced = "".join(lines[head : len(lines) - tail])
    following = next((line for line in split_lines(text[start:]) if line.strip()), "")
    # Before the end of a block is inside it.
    base = indent_unit(tuple(document.lines)) if not written and following.startswith("}") else indentation(following)
    buffer = Buffer(text, border, (start, start + len(replaced)))
    job = EditStateMachine(document, region)
    return Session(buffer, border, base, draw(st.booleans()), region.empty and end.character > 0, job=job), replaced


def answer_for(session: Session, lines: list[str]) -> list[str]:
    """An answer that is indented as the region (or, where that is blank, what follows it), so that it has to arrive as it
    stands."""
    base = session.base
    first = next((number for number, line in enumerate(lines) if line.strip()), None)
    if first is not None:
        lines = [*lines[:first], base + lines[first].strip(), *lines[first + 1 :]]
    return lines


def expected(session: Session, replaced: str, answer: list[str], document: Document) -> str:
    """What stands in place of the region in the end. A file without a last line ending goes on without one."""
    text = "\n".join(answer).strip("\n").replace("\n", document.eol)
    if not text:
        return replaced
    if replaced:
        return text + (document.eol if replaced.endswith("\n") else "")
    added = session.added_at_open_end
    return document.eol + text if added else text + document.eol


def pieces(text: str, sizes: list[int]) -> list[str]:
    cut: list[str] = []
    for size in sizes:
        cut.append(text[:size])
        text = text[size:]
    return [*cut, text]


STEPS = st.one_of(
    st.sampled_from(["feed", "feed", "flush", "flush", "beat", "change", "answer"]),
    st.tuples(st.sampled_from(WHERE), st.floats(0, 1), st.integers(0, 3), TYPED),
)
"""A ``beat`` is the usual course: a piece of the answer, a flush, its answer, its echo."""


@settings(max_examples=400, deadline=None)
@given(
    sessions(),
    st.lists(LINES, min_size=1, max_size=10),
    st.lists(st.integers(3, 20), min_size=3, max_size=15),
    st.lists(STEPS, min_size=8, max_size=40),
    st.sampled_from(["whole", "cancelled", "restarted"]),
)
def test_the_region_ends_as_the_answer_and_everything_else_is_the_users(
    started: tuple[Session, str],
    lines: list[str],
    sizes: list[int],
    steps: list[str | tuple[Where, float, int, str]],
    ending: str,
) -> None:
    session, replaced = started
    buffer, job = session.buffer, session.job
    document = job.document
    note(f"in {document.text!r} at {job.region}")
    answer = answer_for(session, lines)
    chunks = deque(pieces("\n".join(answer) + "\n", sizes))
    job.trust()  # whether an answer fits is another question
    for step in steps:
        match step:
            case "feed" | "beat":
                if chunks:
                    job.feed(chunks.popleft())
                if step == "beat":
                    session.settle()
            case "flush":
                session.flush()
            case "change":
                session.tell_change()
            case "answer":
                session.tell_answer()
            case str():
                raise AssertionError(step)
            case where, fraction, length, typed:
                session.type(where, fraction, length, typed)
    if ending == "whole":
        for chunk in chunks:
            job.feed(chunk)
        job.finish()
    elif ending == "restarted":
        job.take_back()
        answer = answer_for(session, lines[::-1])
        job.trust()
        job.feed("\n".join(answer))
        job.finish()
    else:
        job.take_back()
        answer = []
    session.settle()

    assert job.settled
    if session.near or (job.stopped and not replaced):
        return  # test_interruptions.py tells what becomes of it
    assert not job.stopped, "stopped although nobody touched the region"
    assert buffer.owned("region", "model") == expected(session, replaced, answer, document)
    inner = [n for n, owner in enumerate(buffer.owners) if owner in {"region", "model"}]
    assert not inner or set(buffer.owners[inner[0] : inner[-1] + 1]) <= {"region", "model"}, "the region came apart"
