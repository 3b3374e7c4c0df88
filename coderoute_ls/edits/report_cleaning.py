"""Cleans a report for a read-only document: untrusted Markdown, without thoughts, special tokens and live links."""

from coderoute_ls.edits.answer_size_limit import Bounded
from coderoute_ls.edits.stream_filters.control_character_removal import Controls
from coderoute_ls.edits.stream_filters.line_ending_conversion import Endings
from coderoute_ls.edits.stream_filters.reasoning_removal import Reasoning
from coderoute_ls.edits.stream_filters.report_links import Links
from coderoute_ls.edits.stream_filters.special_token_removal import Tokens
from coderoute_ls.edits.stream_filters.stream_filter import Filter


class ReportText:
    """``workspace`` is the ``file:`` address of the folder into which links may lead."""

    def __init__(self, workspace: str = "") -> None:
        self._workspace = workspace
        self._bound = Bounded()
        self._begin()

    def _begin(self) -> None:
        self._endings = Endings()
        self._reasoning = Reasoning()
        self._steps: list[Filter] = [Tokens(""), Controls(""), Links(self._workspace)]
        self._partial = ""
        self.lines: list[str] = []
        """All lines so far, without endings. They begin anew when what came first turns out to be a thought."""

    def feed(self, text: str) -> None:
        """The next piece of the answer. Raises `BoundExceeded`."""
        self._bound.count(text)
        self._take(self._reasoning.feed(self._endings.feed(text)), last=False)

    def finish(self) -> None:
        """The answer is complete."""
        self._take(self._reasoning.feed(self._endings.finish()), last=False)
        self._take(self._reasoning.finish(), last=True)
        if self._partial:
            self.lines.append(self._partial)
            self._partial = ""

    @property
    def notes(self) -> tuple[str, ...]:
        """What was taken out and the user should know."""
        return tuple(note for step in self._steps for note in step.notes)

    def _take(self, text: str, *, last: bool) -> None:
        if self._reasoning.retracted:
            endings, reasoning = self._endings, self._reasoning
            self._begin()
            self._endings, self._reasoning = endings, reasoning
            self._reasoning.retracted = False
        for step in self._steps:
            text = step.feed(text) + (step.finish() if last else "")
        *lines, self._partial = (self._partial + text).split("\n")
        self.lines += lines
