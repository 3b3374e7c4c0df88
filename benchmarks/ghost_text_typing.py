"""The typist and the model of the ghost-text benchmark: real functions, human key gaps, answers that are partly wrong.

Key gaps are log-normal with mean and standard deviation of the inter-key interval in Dhakal, Feit, Kristensson and Oulasvirta,
"Observations on Typing from 136 Million Keystrokes" (CHI 2018, doi 10.1145/3173574.3174220), table 3: 238.66 and 111.60 ms over
168,960 people who copied English sentences. The deviation is between people; that one person's gaps spread as widely, pauses,
corrections and accepting are assumptions of ours, the latter named below.
"""

import asyncio
import math
import random
import selectors
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass
from typing import Any

from benchmarks.embedded_data import REPORT, Package, releases
from coderoute_ls.completion import Answering, Event, ModelRequest, Prospect
from coderoute_ls.domain import Delta, Document, Finish, Position, Span, Target, TextEdit
from coderoute_ls.syntax import definitions
from coderoute_ls.text import split_lines

PACKAGES = ("flask", "zod", "tokio")
MEAN_S, SPREAD_S = 0.23866, 0.1116
PAUSE_SHARE, PAUSE_S = 0.04, (0.8, 3.0)
"""Assumption: one key in 25 is preceded by a pause to think."""
CORRECTED_SHARE = 0.03
"""Assumption: so many keys are first mistyped and deleted."""
ACCEPTED_SHARE = 0.3
"""Assumption: of the suggestions of ten characters or more that are right, so many are accepted after half a second; the
others are typed through."""
RIGHT, DRIFTING = 0.6, 0.3
CHARS_PER_TOKEN = 4


@dataclass(frozen=True, slots=True)
class Typed:
    """One function body to type into its file."""

    path: str
    language: str
    before: str
    body: str
    after: str

    def keys(self) -> Iterator[str]:
        """What each key inserts: a character, or a line ending together with the indentation that the editor adds."""
        at = 0
        while at < len(self.body):
            end = at + 1
            if self.body[at] == "\n":
                while end < len(self.body) and self.body[end] in " \t":
                    end += 1
            yield self.body[at:end]
            at = end

    def document(self, typed: str, version: int) -> tuple[Document, Position]:
        """The file with so much of the body in it, and the cursor."""
        head = self.before + typed
        lines = split_lines(head)
        document = Document(
            f"file:///bench/{self.path}", self.language, version, split_lines(head + self.after), f"/bench/{self.path}"
        )
        return document, Position(len(lines) - 1, len(lines[-1]))


def functions(count: int, seed: int = 1) -> list[Typed]:
    """So many functions of each package's newest release, 5 to 16 lines long."""
    chosen: list[Typed] = []
    for package in (package for package in REPORT if package.name in PACKAGES):
        found = list(_functions(package))
        random.Random(f"{package.name}/{seed}").shuffle(found)
        chosen += found[:count]
    return chosen


def _functions(package: Package) -> Iterator[Typed]:
    for path, lines in sorted(releases(package)[1].items()):
        text = "".join(lines)
        if len(text) > 40_000 or "test" in path:
            continue
        starts = [0]
        for line in lines:
            starts.append(starts[-1] + len(line))
        for found in definitions(package.language, text):
            body = found.body
            if found.kind not in ("function", "method") or body is None or not 4 <= body.end.line - body.start.line <= 15:
                continue
            start, end = starts[body.start.line] + body.start.character, starts[body.end.line] + body.end.character
            yield Typed(path, package.language, text[:start], text[start:end], text[end:])


def gaps(chance: random.Random) -> Iterator[float]:
    """Seconds before each next key."""
    spread = math.sqrt(math.log(1 + (SPREAD_S / MEAN_S) ** 2))
    middle = math.log(MEAN_S) - spread**2 / 2
    while True:
        pause = chance.uniform(*PAUSE_S) if chance.random() < PAUSE_SHARE else 0.0
        yield pause + chance.lognormvariate(middle, spread)


class TruthModel:
    """Answers with what the user is about to type: right, drifting away, or useless, always the same to the same question."""

    def __init__(self, first_token_s: float, token_s: float, prospect: Prospect) -> None:
        self.requests = 0
        self.tokens = 0
        self.typing: Typed | None = None
        self._first_token_s = first_token_s
        self._token_s = token_s
        self._prospect = prospect

    def prospect(self, target: Target) -> Prospect:
        del target
        return self._prospect

    def prepare(self, target: Target) -> None:
        del target

    def think(self, question: ModelRequest) -> None:
        del question

    async def ask(self, question: ModelRequest) -> AsyncGenerator[Event, None]:
        self.requests += 1
        yield Answering(call=str(self.requests))
        await asyncio.sleep(self._first_token_s)
        brief = question.brief
        answer = self.answer(brief.target.document, brief.region.start)
        if question.stop and question.stop[0] in answer:
            answer = answer[: answer.index(question.stop[0])]
        for at in range(0, min(len(answer), question.max_tokens * CHARS_PER_TOKEN), CHARS_PER_TOKEN):
            self.tokens += 1
            yield Delta(answer[at : at + CHARS_PER_TOKEN])
            await asyncio.sleep(self._token_s)
        yield Finish("stop")

    def answer(self, document: Document, position: Position) -> str:
        """What it says at this place."""
        assert self.typing is not None
        typed = document.slice(Span(Position(0, 0), position)).removeprefix(self.typing.before)
        chance = random.Random(typed)
        draw = chance.random()
        if not self.typing.body.startswith(typed) or draw > RIGHT + DRIFTING:
            return "value = None  # to do\n"
        rest = "\n".join(self.typing.body[len(typed) :].split("\n")[:5]) + "\n"
        if draw <= RIGHT:
            return rest
        kept = int(len(rest) * chance.uniform(0.2, 0.7))
        return rest[:kept] + f"other_{chance.randrange(99)}(value)\n"


def edit(at: Position, text: str = "", deleted: int = 0) -> TextEdit:
    """An insertion, or so many characters deleted before a place on its line."""
    return TextEdit(Span(Position(at.line, at.character - deleted), at), text)


class WarpLoop(asyncio.SelectorEventLoop):
    """An event loop whose time jumps over every wait: ten minutes of typing take as long as their work."""

    def __init__(self) -> None:
        super().__init__(_WarpSelector(self))
        self.warped = 0.0

    def time(self) -> float:
        return self.warped


class _WarpSelector(selectors.DefaultSelector):
    def __init__(self, loop: WarpLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> Any:
        if timeout is not None and timeout > 0:
            self._loop.warped += timeout
        return super().select(0)


class LoopClock:
    """The completer's clock on a warped loop."""

    def now(self) -> float:
        return asyncio.get_running_loop().time()

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
