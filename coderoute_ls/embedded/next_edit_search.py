"""Next edits from the last edits alone, in the engine's child process: documents from the index, the gate before the answer."""

from coderoute_ls.domain import Document
from coderoute_ls.domain.next_edits import NextEdit, Situation
from coderoute_ls.embedded.index.index import Index
from coderoute_ls.embedded.process.worker_messages import NextEditsAsked, Opened
from coderoute_ls.next_edit.by_example import candidates
from coderoute_ls.next_edit.gate import ConfidenceThreshold, why_suppressed

MOST = 8
"""Suggestions that are looked at by the gate."""
ANY = ConfidenceThreshold(0.0)
"""How sure a suggestion has to be is the server's to say."""


def next_edits(asked: NextEditsAsked, index: Index) -> tuple[NextEdit, ...]:
    """What passes the gate, best first. Documents that the index does not hold, as ignored ones, are left out."""
    documents = [found for each in asked.documents if (found := _document(each, index)) is not None]
    if not documents or documents[0].uri != asked.documents[0].uri:
        return ()
    situation = Situation(
        documents[0],
        documents[0].clamp(asked.cursor),
        asked.edits,
        asked.undone,
        asked.diagnostics,
        tuple(documents[1:]),
        frozenset(asked.rejected),
    )
    return tuple(each for each in candidates(situation)[:MOST] if why_suppressed(each, situation, ANY) is None)


def _document(opened: Opened, index: Index) -> Document | None:
    buffer = index.buffers.get(opened.uri)
    return None if buffer is None else Document(opened.uri, opened.language, opened.version, tuple(buffer.lines), buffer.path)
