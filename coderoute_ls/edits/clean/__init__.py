"""From what a model streams to what may stand in a document: one file per step, each incremental."""

from collections.abc import Sequence

from coderoute_ls.domain import Surface
from coderoute_ls.edits.clean.comment import Comment
from coderoute_ls.edits.clean.controls import Controls
from coderoute_ls.edits.clean.endings import Endings
from coderoute_ls.edits.clean.fences import Fences
from coderoute_ls.edits.clean.filter import Filter
from coderoute_ls.edits.clean.indent import Indent
from coderoute_ls.edits.clean.links import Links
from coderoute_ls.edits.clean.reasoning import Reasoning
from coderoute_ls.edits.clean.tokens import Tokens
from coderoute_ls.edits.clean.trim import Trim
from coderoute_ls.errors import BoundExceeded

MOST_CHARS = 1 << 20
"""A longer answer is no answer: the largest output any model sells is far below a mebibyte of text."""

__all__ = ["MOST_CHARS", "Cleaner", "Filter"]


class Cleaner:
    """The steps for one answer. ``surface`` says what is expected: code to put over a region, a comment to insert, the text
    of a new file, or a report in Markdown. ``old`` are the lines that are replaced; ``workspace`` is the address of the folder
    into which a report's links may lead.
    """

    def __init__(
        self,
        surface: Surface,
        language: str = "",
        old: Sequence[str] = (),
        *,
        base: str = "",
        unit: str = "    ",
        workspace: str = "",
    ) -> None:
        kept = "".join(old)
        self._steps: list[Filter] = [Endings(), Reasoning(), Tokens(kept), Controls(kept)]
        if surface == "report":
            self._steps += [Links(workspace)]
        else:
            self._steps += [Fences(language, frozenset(line.strip() for line in old))]
            self._steps += [Comment(language)] if surface == "insert" else []
            self._steps += [Trim(), Indent(base, unit)]
        self._chars = 0
        self._partial = ""

    def feed(self, text: str) -> list[str]:
        """Lines, without endings, that are complete now."""
        self._chars += len(text)
        if self._chars > MOST_CHARS:
            raise BoundExceeded(f"The answer is longer than {MOST_CHARS:,} characters; it was dropped.", after_text=True)
        for step in self._steps:
            text = step.feed(text)
        return self._lines(text)

    def finish(self) -> list[str]:
        """The lines that are left once the answer is complete."""
        text = ""
        for step in self._steps:
            text = step.feed(text) + step.finish()
        lines = self._lines(text)
        return [*lines, self._partial] if self._partial else lines

    @property
    def notes(self) -> tuple[str, ...]:
        """What was taken out and the user should know."""
        return tuple(note for step in self._steps for note in step.notes)

    def _lines(self, text: str) -> list[str]:
        *lines, self._partial = (self._partial + text).split("\n")
        return lines
