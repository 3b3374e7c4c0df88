"""Next edits as packages hand them to each other: what was changed, the moment that is asked about, and what is suggested."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from coderoute_ls.domain.documents import Diagnostic, Document, Position, Span, TextEdit

Kind = Literal["edit", "jump", "rename", "replace_all"]
"""``edit``: texts in one document, taken as one undo. ``jump``: a place to look at, no text. ``rename``: a new name for what
is at a place; the editor's own rename does it. ``replace_all``: the same small edit at several places of one document."""
Source = Literal["examples", "model", "ghost"]
"""The user's own edits, a model, or the ghost text's engine."""
FAR = 12
"""Lines from the cursor from which on an edit is shown as a jump first."""


@dataclass(frozen=True, slots=True)
class NextEdit:
    """Positions are those of ``version`` of the document at ``uri``; for any other version the suggestion says nothing."""

    kind: Kind
    uri: str
    version: int
    place: Position
    """Where the change begins; what a jump leads to."""
    edits: tuple[TextEdit, ...] = ()
    """Disjoint, in the order of the text, each on the text of ``version``. Empty for a jump and for a rename."""
    name: str = ""
    """The new name, for a rename."""
    why: str = ""
    """For people: ``repeats 2 of your edits``."""
    confidence: float = 0.0
    """The probability that this is what the user wants, 0 to 1."""
    source: Source = "examples"
    rule: str = ""
    """What found it, for counting: ``repeated``, ``template``, ``async`` …"""
    path: str = ""
    """The file of the document, or ""."""
    sameness: str = ""
    """The same for the same change of the same lines in any version: what was rejected is not suggested again."""
    follows: str = ""
    """The same for all places of one change, as long as the user has not done it once more by hand: a rejected one mutes the
    others."""

    lines: str = ""
    """The same for all suggestions for these very lines: who rejects one does not want the next one there."""
    call: str = ""
    """The engine's call that wrote it, or the ghost text that it is; "" for what came from the user's own edits."""

    @property
    def id(self) -> str:
        """The same change of the same place of the same version has the same id, from any source."""
        said = (self.kind, self.uri, self.version, self.place, self.edits, self.name)
        return fingerprint(said)

    @property
    def keys(self) -> frozenset[str]:
        """What goes into `Situation.rejected` when the user does not want this."""
        return frozenset({self.sameness, self.follows, self.lines} - {""})

    @property
    def places(self) -> int:
        """How many places change."""
        return len(self.edits)

    def far_from(self, uri: str, cursor: Position) -> bool:
        """Whether the user has to be led there before the change can be seen."""
        return self.uri != uri or abs(self.place.line - cursor.line) > FAR

    def jump(self) -> "NextEdit":
        """The same suggestion as a place alone."""
        return replace(self, kind="jump", edits=(), name="")


def fingerprint(said: object) -> str:
    """A short name for any value, the same in every process."""
    return hashlib.blake2b(repr(said).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def applied(document: Document, edits: Sequence[TextEdit]) -> str:
    """The document's text with these edits, which are disjoint and on this very version."""
    parts: list[str] = []
    at = Position(0, 0)
    for edit in sorted(edits, key=lambda each: (each.span.start, each.span.end)):
        parts += [document.slice(Span(at, edit.span.start)), edit.text]
        at = edit.span.end
    return "".join([*parts, document.slice(Span(at, document.end))])


def unchanged_ends(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """How many lines, or characters, both begin with, and how many of what is left both end with."""
    above = 0
    while above < min(len(old), len(new)) and old[above] == new[above]:
        above += 1
    below = 0
    while below < min(len(old), len(new)) - above and old[-1 - below] == new[-1 - below]:
        below += 1
    return above, below


@dataclass(frozen=True, slots=True)
class PastEdit:
    """One intention: lines that became others. Lines are without their endings."""

    uri: str
    path: str
    language: str
    old: tuple[str, ...]
    new: tuple[str, ...]
    line: int = -1
    """Where the new lines begin in the document as it is now; -1 where that is not known."""
    time: float = 0.0
    """Seconds, of its last key, by the clock of whoever reports changes."""
    closed: bool = False
    """Nothing joins it any more."""

    @property
    def end(self) -> int:
        """The line behind the new ones."""
        return self.line + len(self.new)

    def trimmed(self) -> "PastEdit":
        """Without the lines that it left as they were, above and below."""
        old, new = self.old, self.new
        above, below = unchanged_ends(old, new)
        if not above and not below:
            return self
        line = self.line + above if self.line >= 0 else -1
        return replace(self, old=old[above : len(old) - below], new=new[above : len(new) - below], line=line)


@dataclass(frozen=True, slots=True)
class Situation:
    """One moment in one document."""

    document: Document
    cursor: Position
    edits: tuple[PastEdit, ...] = ()
    """What was changed, in all documents, oldest first: `PastEdits.edits`."""
    undone: tuple[PastEdit, ...] = ()
    """What was changed and taken back: `PastEdits.undone`."""
    diagnostics: tuple[Diagnostic, ...] = ()
    """Those of this document, of any server."""
    others: tuple[Document, ...] = ()
    """Other documents that may be read and changed: none that is ignored, secret or generated."""
    rejected: frozenset[str] = frozenset()
    """`Suggestion.keys` of what the user did not want."""
    typing: bool = False
    """The user is typing at the cursor right now: its line is theirs."""
    invoked: bool = False
    """Asked for by hand."""
