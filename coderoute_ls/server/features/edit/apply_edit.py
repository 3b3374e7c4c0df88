"""``workspace/applyEdit`` for an answer that streams: one flush in flight, versioned, never over what the user types."""

import asyncio
import logging
from collections import OrderedDict
from contextlib import suppress
from typing import TYPE_CHECKING, Literal, Protocol, cast

from lsprotocol import types as lsp

from coderoute_ls.domain import Document, Position, Span, TextEdit
from coderoute_ls.domain.clock import Clock
from coderoute_ls.errors import Unsupported
from coderoute_ls.server.rpc.editor_client import ANSWER_TIMEOUT, Client
from coderoute_ls.server.rpc.json_rpc import converter
from coderoute_ls.server.rpc.messages.coderoute_messages import GroupedEdit, Json, RunStarted
from coderoute_ls.server.rpc.positions import PositionConverter

if TYPE_CHECKING:  # loaded with the first edit
    from coderoute_ls.edits import EditStateMachine

log = logging.getLogger(__name__)

FLUSH_EVERY_S = 0.05
"""The first flush goes out at once; later ones at most this often."""
KEPT = 20
"""Finished edits that can still be undone or retried."""
RETRY_S = 1.0
"""Seconds after which an editor that refused a flush at the end, and reports no change, is asked again."""


class EditWriter:
    """Writes one job's edits into one document. ``changed`` is called with every change of the document, also the user's."""

    def __init__(self, client: Client, positions: PositionConverter, clock: Clock, job: str, edit: "EditStateMachine") -> None:
        self._client = client
        self._positions = positions
        self._clock = clock
        self.job = job
        self.edit = edit
        self.stopped = asyncio.Event()
        """The user typed where the answer goes, or closed the document."""
        self.wrote = False
        """Something was sent to the editor."""
        self._taken_back = ""
        self._wake = asyncio.Event()
        self._delivering: asyncio.Task[None] | None = None
        """The last flush, until the editor has answered: no cancellation of the job ends it, and no time-out."""
        self._first = True
        self._grouped = client.can.ours.grouped_edits

    @property
    def uri(self) -> str:
        return self.edit.document.uri

    def changed(self, document: Document, edits: tuple[TextEdit, ...]) -> None:
        self.edit.on_change(document, edits)
        self._told()

    def catch_up(self, now: Document | None) -> None:
        """What was typed between the command and now, before anybody told the writer of changes."""
        before = self.edit.document
        if now is not None and now is not before:
            self.changed(now, (TextEdit(Span(Position(0, 0), before.end), now.text),))

    def _told(self) -> None:
        """The editor has told something: each waiting task looks at it."""
        if self.edit.stopped:
            self.stopped.set()
        self._wake.set()

    def closed(self) -> None:
        """The user closed the document."""
        self.edit.abandon()
        self._told()

    def reopened(self, document: Document) -> None:
        """The document is back, perhaps at another address."""
        self._delivering = None
        self.edit.reopened(document)
        self._told()

    def wake(self) -> None:
        """There may be something to flush."""
        self._wake.set()

    def abandon(self) -> None:
        """The editor is gone."""
        self.closed()
        if self._delivering is not None:
            self._delivering.cancel()

    @property
    def answer(self) -> str:
        """The answer as it came, also once it was taken back: the editor's undo may bring it back."""
        return self.edit.answer or self._taken_back

    async def pump(self) -> None:
        """Flush what is new, for ever; cancelled when the answer has ended."""
        while not self.edit.stopped:
            if self._flush():
                await self._clock.sleep(FLUSH_EVERY_S)
                continue
            await self._wake.wait()
            self._wake.clear()

    async def settle(self, *, patient: bool = False) -> None:
        """Write what is still missing, or take back what has to go; returns when that is done, or when nothing may be written.

        What the editor refuses is offered again after each change, and each second. Raises `Unsupported` after 10 seconds; a
        ``patient`` call goes on.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + ANSWER_TIMEOUT
        while not self.edit.settled:
            self._flush()
            self._wake.clear()
            if loop.time() >= until and not patient:
                raise Unsupported("The editor did not take the last part of the edit.")
            try:
                await asyncio.wait_for(self._wake.wait(), RETRY_S)
            except TimeoutError:
                self.edit.try_again()
        await self._end_group()

    async def take_back(self, *, whole: bool = False) -> None:
        """The region as it was, with what the user typed in it; ``whole`` as `EditStateMachine.take_back` has it. Raises
        `Unsupported` as `settle` does.
        """
        self._taken_back = self.answer
        self.edit.take_back(whole=whole)
        await self.settle()

    def _flush(self) -> bool:
        """Send what is new, unless a flush is on its way or there is nothing to send."""
        if (flush := self.edit.next_flush()) is None:
            return False
        try:
            edits = self._positions.edits_out(self.edit.document.lines, flush.edits)
        except BaseException:
            self.edit.answered(False)
            raise
        self.wrote = True
        self._delivering = asyncio.create_task(self._deliver(flush.version, edits))
        return True

    async def _deliver(self, version: int, edits: list[lsp.TextEdit]) -> None:
        """Send one flush and learn what became of it, however long the editor takes."""
        client, applied = self._client, False
        try:
            if self._grouped:
                applied = await client.apply_grouped(self._group(self._versioned(version, edits), last=False), timeout=None)
            elif client.can.document_changes:
                applied = await client.apply(self._versioned(version, edits), timeout=None)
            else:
                applied = await client.apply(lsp.WorkspaceEdit(changes={self.uri: edits}), timeout=None)
        except Unsupported as error:
            log.warning("A flush was lost: %s", error)
        except Exception:
            log.exception("A flush could not be sent")
        finally:
            if self._delivering is asyncio.current_task():  # the document was not closed and opened meanwhile
                self.edit.answered(applied)
            self._told()

    async def _end_group(self) -> None:
        if self._grouped and not self._first:
            with suppress(Unsupported):
                await self._client.apply_grouped(self._group(lsp.WorkspaceEdit(document_changes=[]), last=True))
            self._first = True  # what may follow, an undo or another model's answer, is a step of its own

    def _versioned(self, version: int, edits: list[lsp.TextEdit]) -> lsp.WorkspaceEdit:
        identifier = lsp.OptionalVersionedTextDocumentIdentifier(uri=self.uri, version=version)
        return lsp.WorkspaceEdit(document_changes=[lsp.TextDocumentEdit(identifier, list(edits))])

    def _group(self, edit: lsp.WorkspaceEdit, *, last: bool) -> GroupedEdit:
        first, self._first = self._first, False
        return GroupedEdit(job=self.job, first=first, last=last, edit=cast("Json", converter().unstructure(edit)))


class FinishedEdit(Protocol):
    """An edit that was written, and what the user can still do about it."""

    def act(self, writer: EditWriter, choice: Literal["keep", "undo", "retry", "show"]) -> RunStarted | None: ...

    def undone(self) -> None:
        """The user has taken it back by the editor's own undo."""
        ...

    def reopened(self, writer: EditWriter) -> None:
        """The document was closed with half of the answer in it, and is open again."""
        ...


class EditWriters:
    """The documents that are being written into."""

    def __init__(self) -> None:
        self._writers: dict[str, list[EditWriter]] = {}
        self._kept: OrderedDict[str, tuple[EditWriter, FinishedEdit]] = OrderedDict()
        self._undone: OrderedDict[str, tuple[EditWriter, FinishedEdit]] = OrderedDict()
        """Those that were taken back: the editor's undo, or its redo, may bring them back again."""
        self._closed: list[tuple[EditWriter, FinishedEdit | None]] = []
        """Those whose document was closed while they wrote; with the edit once that has ended."""

    def begin(self, writer: EditWriter) -> None:
        """Raises `Unsupported` when another job is writing in the same lines."""
        for other in self._writers.get(writer.uri, ()):
            if other.edit.region.overlaps(writer.edit.region) or other.edit.region == writer.edit.region:
                raise Unsupported("Another action is still writing in these lines; wait for it, or cancel it.")
        self.follow(writer)

    def follow(self, writer: EditWriter) -> None:
        """Tell this one of the changes of its document."""
        writers = self._writers.setdefault(writer.uri, [])
        if writer not in writers:
            writers.append(writer)

    def end(self, writer: EditWriter) -> None:
        writers = self._writers.get(writer.uri, [])
        if writer in writers:
            writers.remove(writer)
        if not writers:
            self._writers.pop(writer.uri, None)
        self._closed = [(other, finished) for other, finished in self._closed if other is not writer or finished]

    def left(self, writer: EditWriter, rewrite: FinishedEdit) -> None:
        """Half of the answer may be in a document that is closed: tell the edit when it is open again."""
        self._closed = [(other, rewrite if other is writer else finished) for other, finished in self._closed][-KEPT:]

    def opened(self, document: Document) -> None:
        """A document that was closed is back, or the same text under another name."""
        for writer, finished in tuple(self._closed):
            if writer.uri != document.uri and list(writer.edit.document.lines) != list(document.lines):
                continue
            self._closed.remove((writer, finished))
            writer.reopened(document)
            self.follow(writer)
            if finished is not None:
                finished.reopened(writer)

    def changed(self, document: Document, edits: tuple[TextEdit, ...]) -> None:
        kept = [(writer, finished) for writer, finished in self._kept.values() if writer.uri == document.uri]
        for writer in (*self._writers.get(document.uri, ()), *(writer for writer, _ in kept)):
            writer.changed(document, edits)
        for writer, finished in kept:
            if writer.edit.stopped and writer.edit.undone:
                self.taken_back(writer, finished)
                finished.undone()

    def keep(self, writer: EditWriter, rewrite: FinishedEdit) -> None:
        """Follow a finished edit for a while, so that it can still be undone or tried again."""
        self._kept[writer.job] = (writer, rewrite)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def taken_back(self, writer: EditWriter, finished: FinishedEdit) -> None:
        """It is followed no longer, and remembered for when it comes back."""
        self.end(writer)
        self._kept.pop(writer.job, None)
        self._undone[writer.job] = (writer, finished)
        while len(self._undone) > KEPT:
            self._undone.popitem(last=False)

    def brought_back(self, job: str, choice: str) -> tuple[EditWriter, FinishedEdit] | None:
        """One that was taken back once and is in the document again, for what the user has chosen to do about it."""
        return self._undone.get(job) if choice == "show" else self._undone.pop(job, None)

    def kept(self, job: str) -> tuple[EditWriter, FinishedEdit] | None:
        """The finished edit, which is followed no longer."""
        return self._kept.pop(job, None)

    def remembered(self, job: str = "") -> tuple[EditWriter, FinishedEdit] | None:
        """The finished edit, or the last one; it is followed on."""
        return self._kept.get(job) if job else next(reversed(self._kept.values()), None)

    def chosen(self, job: str, choice: str) -> tuple[EditWriter, FinishedEdit] | None:
        """The finished edit, for what the user has chosen to do about it: only looking leaves it for another choice."""
        return self.remembered(job) if choice == "show" else self.kept(job)

    def closed(self, uri: str) -> None:
        for writer in self._writers.pop(uri, ()):
            writer.closed()
            self._closed.append((writer, None))
        for known in (self._kept, self._undone):
            for job in [job for job, (writer, _) in known.items() if writer.uri == uri]:
                del known[job]

    def close(self) -> None:
        """The editor is gone: nothing can be written any more, and nothing taken back."""
        for writers in self._writers.values():
            for writer in writers:
                writer.abandon()

    def of(self, uri: str) -> tuple[EditWriter, ...]:
        """Those who write into this document: while there are any, it gets no ghost text."""
        return tuple(self._writers.get(uri, ()))
