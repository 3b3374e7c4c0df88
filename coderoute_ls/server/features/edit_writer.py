"""Writing an answer into a document while it streams: one flush in flight, versioned, never over what the user types."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable
from contextlib import suppress
from typing import TYPE_CHECKING, cast

from lsprotocol import types as lsp

from coderoute_ls.domain import Document, TextEdit
from coderoute_ls.edits import EditJob, Flush
from coderoute_ls.errors import Unsupported
from coderoute_ls.server.rpc.json_rpc import converter
from coderoute_ls.server.rpc.messages import GroupedEdit, Json

if TYPE_CHECKING:
    from coderoute_ls.server.features.rewrite_job import RewriteJob
    from coderoute_ls.server.session.session import Session

log = logging.getLogger(__name__)

FLUSH_EVERY_S = 0.05
"""The first flush goes out at once; later ones at most this often."""
KEPT = 20
"""Finished edits that can still be undone or retried."""
SETTLE_S = 5.0
"""Seconds to wait at the end for an editor that refused a flush to report what changed."""


class EditWriter:
    """One job's hand in one document. ``changed`` is called with every change of the document, whoever made it."""

    def __init__(self, session: "Session", job: str, edit: EditJob) -> None:
        self._session = session
        self.job = job
        self.edit = edit
        self.stopped = asyncio.Event()
        """The user typed where the answer goes, or closed the document."""
        self._wake = asyncio.Event()
        self._first = True
        self._grouped = session.client.can.ours.grouped_edits

    @property
    def uri(self) -> str:
        return self.edit.document.uri

    def changed(self, document: Document, edits: tuple[TextEdit, ...]) -> None:
        self.edit.on_change(document, edits)
        if self.edit.stopped:
            self.stopped.set()
        self._wake.set()

    def closed(self) -> None:
        """The user closed the document."""
        self.edit.abandon()
        self.stopped.set()
        self._wake.set()

    def wake(self) -> None:
        """There may be something to flush."""
        self._wake.set()

    async def pump(self) -> None:
        """Flush what is new, for ever; cancelled when the answer has ended."""
        clock = self._session.engine.clock
        while not self.edit.stopped:
            await self._wake.wait()
            self._wake.clear()
            if (flush := self.edit.next_flush()) is not None:
                await self._send(flush)
                await clock.sleep(FLUSH_EVERY_S)
                self._wake.set()

    async def settle(self) -> None:
        """Write what is still missing; returns when the editor shows all of it, or cannot be brought to."""
        while not self.edit.stopped and not self.edit.settled:
            if (flush := self.edit.next_flush()) is not None:
                await self._send(flush)
                continue
            self._wake.clear()
            try:
                await asyncio.wait_for(self._wake.wait(), SETTLE_S)
            except TimeoutError:
                raise Unsupported("The editor refused the last part of the edit, and nothing changed since.") from None
        await self._end_group()

    async def _send(self, flush: Flush) -> None:
        """Send one flush and wait for the editor's word; a cancelled job still learns what became of its last flush."""
        await _uninterrupted(self._deliver(flush))

    async def _deliver(self, flush: Flush) -> None:
        lines = self.edit.document.lines
        edits = self._session.border.edits_out(lines, flush.edits)
        applied = False
        try:
            if self._grouped:
                applied = await self._session.client.apply_grouped(self._group(self._versioned(flush.version, edits), last=False))
            elif self._session.client.can.document_changes:
                applied = await self._session.client.apply(self._versioned(flush.version, edits))
            else:
                applied = await self._session.client.apply(lsp.WorkspaceEdit(changes={self.uri: edits}))
        except Unsupported as error:
            log.warning("A flush was lost: %s", error)
        self.edit.answered(applied)

    async def _end_group(self) -> None:
        if self._grouped and not self._first:
            with suppress(Unsupported):
                await self._session.client.apply_grouped(self._group(lsp.WorkspaceEdit(document_changes=[]), last=True))
            self._first = True  # what may follow, an undo or another model's answer, is a step of its own

    def _versioned(self, version: int, edits: list[lsp.TextEdit]) -> lsp.WorkspaceEdit:
        identifier = lsp.OptionalVersionedTextDocumentIdentifier(uri=self.uri, version=version)
        return lsp.WorkspaceEdit(document_changes=[lsp.TextDocumentEdit(identifier, list(edits))])

    def _group(self, edit: lsp.WorkspaceEdit, *, last: bool) -> GroupedEdit:
        first, self._first = self._first, False
        return GroupedEdit(job=self.job, first=first, last=last, edit=cast("Json", converter().unstructure(edit)))


async def _uninterrupted(work: Awaitable[None]) -> None:
    """Finish the work even when the caller is cancelled meanwhile, then pass the cancellation on."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise


class EditWriters:
    """The documents that are being written into."""

    def __init__(self) -> None:
        self._writers: dict[str, list[EditWriter]] = {}
        self._kept: OrderedDict[str, tuple[EditWriter, RewriteJob]] = OrderedDict()

    def begin(self, writer: EditWriter) -> None:
        """Raises `Unsupported` when another job is writing in the same lines."""
        for other in self._writers.get(writer.uri, ()):
            if other.edit.region.overlaps(writer.edit.region) or other.edit.region == writer.edit.region:
                raise Unsupported("Another action is still writing in these lines; wait for it, or cancel it.")
        self._writers.setdefault(writer.uri, []).append(writer)

    def end(self, writer: EditWriter) -> None:
        writers = self._writers.get(writer.uri, [])
        if writer in writers:
            writers.remove(writer)
        if not writers:
            self._writers.pop(writer.uri, None)

    def changed(self, document: Document, edits: tuple[TextEdit, ...]) -> None:
        kept = [writer for writer, _ in self._kept.values() if writer.uri == document.uri]
        for writer in (*self._writers.get(document.uri, ()), *kept):
            writer.changed(document, edits)

    def keep(self, writer: EditWriter, rewrite: "RewriteJob") -> None:
        """Follow a finished edit for a while, so that it can still be undone or tried again."""
        self._kept[writer.job] = (writer, rewrite)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def kept(self, job: str) -> "tuple[EditWriter, RewriteJob] | None":
        """The finished edit, which is followed no longer."""
        return self._kept.pop(job, None)

    def closed(self, uri: str) -> None:
        for writer in self._writers.get(uri, ()):
            writer.closed()
        for job in [job for job, (writer, _) in self._kept.items() if writer.uri == uri]:
            del self._kept[job]

    def of(self, uri: str) -> tuple[EditWriter, ...]:
        """Those who write into this document: while there are any, it gets no ghost text."""
        return tuple(self._writers.get(uri, ()))
