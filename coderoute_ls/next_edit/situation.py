"""What a next edit is suggested from: the document, the cursor, what was changed, what is known to be wrong. Frozen."""

from dataclasses import dataclass

from coderoute_ls.domain import Diagnostic, Document, Position
from coderoute_ls.next_edit.past_edits import PastEdit


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
