"""What a model's wire format for next edits is made of: a prompt from a region and its history, and new lines from an answer."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from coderoute_ls.domain import Diagnostic, Position, Snippet
from coderoute_ls.domain.next_edits import PastEdit


@dataclass(frozen=True, slots=True)
class RegionRequest:
    """One region of a document that a model may write anew. Lines are without their endings; nothing in it is secret."""

    path: str
    language: str
    lines: tuple[str, ...]
    """The document, or the window of it that is shown."""
    first: int
    """The region's first line in ``lines``."""
    end: int
    """The line behind the region."""
    cursor: Position
    """In ``lines``; within the region."""
    edits: tuple[PastEdit, ...] = ()
    """Oldest first."""
    snippets: tuple[Snippet, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def region(self) -> tuple[str, ...]:
        return self.lines[self.first : self.end]

    def marked(self, mark: str, first: int = 0, end: int | None = None) -> list[str]:
        """Some of the lines with a mark where the cursor is."""
        shown = list(self.lines)
        line, at = self.cursor
        if 0 <= line < len(shown):
            shown[line] = shown[line][:at] + mark + shown[line][at:]
        return shown[first:end]


@dataclass(frozen=True, slots=True)
class Codec:
    """A row of the table: how one family of models is asked, and how its answers are read."""

    prompt_format: str
    render: Callable[[RegionRequest], str]
    parse: Callable[[str, RegionRequest], list[str] | None]
    """The region's new lines; None for no edit, and for an answer that is not of this format."""
    stops: tuple[str, ...] = ()
    no_edit: str = ""
    """The word that a model answers when nothing is to be changed; "" where it writes the region as it is."""
    chat: bool = False
    """The prompt is one message of a user, not a text to be continued."""
    read: Callable[[str], RegionRequest | None] | None = None
    """The other way: the request that an editor has written as a prompt of this format; None for any other text."""
    write: Callable[[list[str] | None, RegionRequest], str] | None = None
    """The answer of this format that says these new lines of the region, None for no edit: what `parse` reads."""


_FENCE = re.compile(r"\A\s*```[^\n]*\n(?P<inside>.*?)\n?```\s*\Z", re.DOTALL)
_DIFF = re.compile(r"^(?:@@ -\d|--- [ab]/|\+\+\+ [ab]/|diff --git )", re.MULTILINE)


def unfenced(answer: str) -> str:
    """What stands in the fence that is around a whole answer; else the answer."""
    match = _FENCE.match(answer)
    return match["inside"] if match else answer


def lines_of(text: str, request: RegionRequest, *leaks: str) -> list[str] | None:
    """The text as new lines of the region; None where there are none, or where something of the format is left in it: a marker, a
    diff, a fence that the region did not have."""
    shown = "\n".join(request.region)
    foreign = [leak for leak in (*leaks, "```", "<|") if leak in text and leak not in shown]
    if foreign or (_DIFF.search(text) and not _DIFF.search(shown)):
        return None
    lines = text.replace("\r\n", "\n").rstrip("\n").split("\n")
    blank = not text.strip()
    if blank and any(line.strip() for line in request.region):
        return None
    kept = len(request.region) - len("\n".join(request.region).rstrip("\n").split("\n"))
    return [*lines, *[""] * kept]


_HUNK = re.compile(r"^@@ -\d+(?:,\d+)? \+(?P<line>\d+)(?:,\d+)? @@[^\n]*\n(?P<body>(?:[-+ \\\n][^\n]*\n?)*)", re.MULTILINE)


def edits_of(diff: str, path: str) -> list[PastEdit]:
    """Each hunk of a unified diff as an edit."""
    found: list[PastEdit] = []
    for hunk in _HUNK.finditer(diff):
        body = [line for line in hunk["body"].splitlines() if not line.startswith("\\")]
        old = tuple(line[1:] for line in body if not line.startswith("+"))
        new = tuple(line[1:] for line in body if not line.startswith("-"))
        found.append(PastEdit("", path, "", old, new, int(hunk["line"]) - 1).trimmed())
    return [edit for edit in found if edit.old != edit.new]


def region_of(path: str, before: str, region: str, after: str, mark: str, edits: Sequence[PastEdit]) -> RegionRequest | None:  # noqa: PLR0917
    """The request of three texts that follow each other, each but the last with its line ends; the cursor is at ``mark``. None
    where that is missing."""
    above, inside = before.splitlines(), region.removesuffix("\n").split("\n")
    line = next((index for index, text in enumerate(inside) if mark in text), None)
    if line is None:
        return None
    cursor = Position(len(above) + line, inside[line].index(mark))
    inside[line] = inside[line].replace(mark, "", 1)
    lines = (*above, *inside, *after.splitlines())
    return RegionRequest(path, "", lines, len(above), len(above) + len(inside), cursor, tuple(edits))


def unified(edit: PastEdit, before: str = "", after: str = "") -> str:
    """The edit as a small diff without context; ``before`` and ``after`` are prefixes of the paths."""
    old, new = "".join(f"-{line}\n" for line in edit.old), "".join(f"+{line}\n" for line in edit.new)
    start = max(edit.line, 0) + 1
    head = f"--- {before}{edit.path}\n+++ {after}{edit.path}\n"
    return f"{head}@@ -{start},{len(edit.old)} +{start},{len(edit.new)} @@\n{old}{new}"
