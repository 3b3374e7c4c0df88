"""The open documents: incremental changes in, frozen snapshots out."""

import asyncio
import gc
import sys
from collections.abc import Iterator
from dataclasses import replace

from lsprotocol import types as lsp

from coderoute_ls.domain import Document, TextEdit
from coderoute_ls.ignore import HUGE
from coderoute_ls.server.rpc.positions import PositionConverter
from coderoute_ls.server.session.document_lines import Lines, whole
from coderoute_ls.server.session.document_uris import file_of, key_of, named_path, path_of

SETTLED_S = 1.0
"""After this long no part holds a closed document: what was asked about it has been cancelled."""


class Documents:
    """Every open document at its newest version, the one that was opened or changed last at the end. What `get` returns never
    changes afterwards.
    """

    def __init__(self) -> None:
        self._open: dict[str, Document] = {}
        """By key: who asks may spell an address otherwise than the editor does."""
        self._awaited: dict[str, asyncio.Future[Document]] = {}
        self._closed = 0
        """Characters of documents that were closed since memory was given back."""

    def __iter__(self) -> Iterator[Document]:
        return iter(tuple(self._open.values()))

    def get(self, uri: str) -> Document | None:
        return self._open.get(key_of(uri))

    def open(self, item: lsp.TextDocumentItem) -> Document:
        document = Document(
            uri=item.uri,
            language=item.language_id,
            version=item.version,
            lines=Lines.of(item.text),
            path=path_of(file_of(item.uri)),
            named_path=named_path(item.uri),
        )
        self._open[key_of(item.uri)] = document
        if (awaited := self._awaited.pop(key_of(item.uri), None)) is not None and not awaited.done():
            awaited.set_result(document)
        return document

    def arrival(self, uri: str) -> "asyncio.Future[Document]":
        """Done when the editor opens this document."""
        key = key_of(uri)
        awaited = self._awaited.get(key)
        if awaited is None or awaited.done():
            awaited = self._awaited[key] = asyncio.get_running_loop().create_future()
        return awaited

    def change(
        self, params: lsp.DidChangeTextDocumentParams, border: PositionConverter
    ) -> tuple[Document, tuple[TextEdit, ...]] | None:
        """Apply the changes in order. Returns the new document and the edits in code points, each on the text that the one
        before it left; None when the document is not open.
        """
        key = key_of(params.text_document.uri)
        document = self._open.get(key)
        if document is None:
            return None
        edits: list[TextEdit] = []
        lines = document.lines
        for change in params.content_changes:
            assert isinstance(lines, Lines)
            if isinstance(change, lsp.TextDocumentContentChangePartial):
                span = border.span_in(lines, change.range)
                edits.append(TextEdit(span, change.text))
                lines = lines.replaced(span, change.text)
            else:
                edits.append(TextEdit(whole(lines), change.text))
                lines = Lines.of(change.text)
        changed = replace(document, version=params.text_document.version, lines=lines)
        del self._open[key]  # so that it becomes the newest
        self._open[key] = changed
        return changed, tuple(edits)

    def close(self, uri: str) -> None:
        """Forget it. When megabytes were closed, they go back to the system, once no task works on them any more."""
        document = self._open.pop(key_of(uri), None)
        self._closed += 0 if document is None else document.size
        if self._closed > HUGE:
            self._closed = 0
            asyncio.get_running_loop().call_later(SETTLED_S, give_back)


def give_back() -> None:
    """Return freed memory to the operating system: the C library keeps megabytes in small pieces for later, and ended tasks
    hold what they worked on until they are collected.
    """
    import ctypes  # late: nothing needs it before

    gc.collect()
    if sys.platform == "linux" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)) is not None:
        trim(0)
