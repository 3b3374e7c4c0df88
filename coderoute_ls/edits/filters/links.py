"""Reports are Markdown from a stranger: links in it open web pages, files of the workspace or nothing; there is no HTML.

A link that is not provably harmless loses its syntax and stays readable. Editors run ``command:`` links, so everything is
judged as CommonMark decodes it (entities, backslashes), and what spans lines is refused unseen.
"""

import re
from collections.abc import Iterable, Iterator
from html import unescape

from coderoute_ls.edits.filters.filter import LineFilter

_FENCE = re.compile(r"(?P<marks>`{3,}(?=[^`]*\Z)|~{3,})")
_INLINE = re.compile(r"\\.|(?P<run>`+)|(?P<image>!\[)|(?P<link>\]\()|(?P<reference>\]:)|(?P<tag><(?=[A-Za-z/!?]))")
_AUTOLINK = re.compile(r"<https?://[^\s<>]*>")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_UPWARDS = re.compile(r"^file:.*(?:\.|%2e){2}")
_HARMLESS = ("http:", "https:", "mailto:")


class Links(LineFilter):
    """``workspace`` is the ``file:`` address of the folder into which links may lead; "" for none."""

    def __init__(self, workspace: str = "") -> None:
        super().__init__()
        self._harmless = (*_HARMLESS, f"{workspace.rstrip('/').lower()}/") if workspace.startswith("file:///") else _HARMLESS
        self._closing: re.Pattern[str] | None = None
        """What ends the code block that the line is in."""
        self._code_open = False
        self._disarmed = 0

    def line(self, line: str) -> Iterable[str]:
        # A fence is believed only at the very start of a line: inside a list or a quotation it may end without a closing.
        if self._closing is not None:
            if self._closing.fullmatch(line):
                self._closing = None
            return (line,)
        if fence := _FENCE.match(line):
            marks = fence["marks"]
            self._closing = re.compile(rf" {{0,3}}{marks[0]}{{{len(marks)},}}[ \t]*")
            self._code_open = False
            return (line,)
        if not line.strip():
            self._code_open = False
        return ("".join(self._pieces(line)),)

    def _pieces(self, line: str) -> Iterator[str]:
        at = 0
        while found := _INLINE.search(line, at):
            yield line[at : found.start()]
            start, at = found.span()
            match found.lastgroup:
                case "run":
                    end = self._code_end(line, found)
                    yield line[start:end]
                    at = end
                case "image":
                    yield self._disarm("\\![")
                case "link" | "reference" if not _opens_only(self._harmless, line[at:]):
                    yield self._disarm("]\\" + found.group()[1])
                case "tag" if not _AUTOLINK.match(line, start):
                    yield self._disarm("\\<")
                case _:
                    yield found.group()
        yield line[at:]

    def _code_end(self, line: str, opening: re.Match[str]) -> int:
        """Where a code span ends. A run of backticks that finds no partner on its line may find one on a later line of the
        paragraph, and shift all pairs after it: from then on nothing in the paragraph counts as code."""
        if self._code_open:
            return opening.end()
        for run in re.finditer("`+", line[opening.end() :]):
            if run.group() == opening.group():
                return opening.end() + run.end()
        self._code_open = True
        return opening.end()

    def _disarm(self, text: str) -> str:
        self._disarmed += 1
        self.notes = [f"Links, images and tags disarmed in the report: {self._disarmed}."]
        return text


def _opens_only(allowed: tuple[str, ...], rest: str) -> bool:
    """Whether the destination that starts here is complete and has one of these beginnings, or opens a heading or nothing."""
    destination = rest.lstrip().lstrip("<")
    if not destination:
        return False
    decoded = unescape(_ESCAPE.sub(r"\1", re.split(r"[\s>)]", destination, maxsplit=1)[0]))
    decoded = re.sub(r"[\x00-\x20\x7f]", "", decoded).lower()
    return _SCHEME.match(decoded) is None or (decoded.startswith(allowed) and not _UPWARDS.search(decoded))
