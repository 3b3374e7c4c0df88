"""The built-in engine as the rest of the package sees it: a child process that learns, drafts and answers.

A child, because indexing and voting hold the interpreter: as threads of the server they would stop its loop for tens of
milliseconds. It is started at the first document or folder, and again (a few times) should it die.
"""

import asyncio
import itertools
import logging
from asyncio.subprocess import Process
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import cast

from coderoute_ls.child_process.spawn import python_command, spawn
from coderoute_ls.domain import Answer, Document, Draft, Position, Span, Target
from coderoute_ls.domain.next_edits import NextEdit, Situation
from coderoute_ls.embedded.index.line_difference import difference
from coderoute_ls.embedded.process import worker_messages
from coderoute_ls.embedded.process.wire_format import Malformed
from coderoute_ls.ignore import HUGE

log = logging.getLogger(__name__)

ANSWERS = frozenset({"commit_message", "explain", "refactor"})
"""Actions that the engine can answer."""
MAX_STARTS = 3
"""After so many starts in one session the engine stays silent."""
PATIENCE_S = 10.0
"""An answer that takes longer is given up: something is wrong in the child."""
LEARN_EVERY_S = 0.5
"""Finding what changed takes time that grows with the document: it is not done at every key."""


class EmbeddedEngine:
    """Implements `coderoute_ls.domain.Embedded`.

    ``cache`` is the directory where the index is kept, ``memory_mb`` its bound. ``on_progress`` hears of learning, on the event
    loop. All methods want a running loop.
    """

    def __init__(
        self,
        cache: Path,
        *,
        memory_mb: int = 256,
        on_progress: Callable[[worker_messages.Progress], None] | None = None,
    ) -> None:
        self._setup = worker_messages.Setup(str(cache), memory_mb)
        self._on_progress = on_progress
        self._process: Process | None = None
        self._task: asyncio.Task[None] | None = None
        self._unsent: list[bytes] = []
        self._starts = 0
        self._closed = False
        self._ready = False
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[object]] = {}
        self._folders: dict[str, worker_messages.Folder] = {}
        self._known: dict[str, tuple[Document, list[str]]] = {}
        """What the child was told of each open document."""
        self._unlearned: dict[str, Document] = {}
        self._soon: asyncio.TimerHandle | None = None

    @property
    def ready(self) -> bool:
        return self._ready

    def learn(self, document: Document) -> None:
        """Takes note of this version; what changed is found and sent with the next question, or soon."""
        if document.size > HUGE:
            self.forget(document.uri)
            return
        self._unlearned[document.uri] = document
        if self._soon is None:
            self._soon = asyncio.get_running_loop().call_later(LEARN_EVERY_S, lambda: self._send(*self._changes()))

    def _changes(self) -> Iterator[worker_messages.Change]:
        """What the child has not been told of yet."""
        if self._soon is not None:
            self._soon.cancel()
            self._soon = None
        for document in self._unlearned.values():
            seen, old = self._known.get(document.uri, (None, [""]))
            if seen is None or seen.version != document.version or seen.lines is not document.lines:
                new = list(document.lines)
                self._known[document.uri] = (document, new)
                first, end, new_end = difference(old, new)
                yield worker_messages.Change(document.uri, document.path, first, end, tuple(new[first:new_end]))
        self._unlearned.clear()

    def forget(self, uri: str) -> None:
        self._unlearned.pop(uri, None)
        if self._known.pop(uri, None) is not None:
            self._send(worker_messages.Closed(uri))

    def add_folder(self, root: str, globs: Sequence[str] = ()) -> None:
        self._folders[root] = worker_messages.Folder(root, True, tuple(globs))
        self._send(self._folders[root])

    def remove_folder(self, root: str) -> None:
        if self._folders.pop(root, None) is not None:
            self._send(worker_messages.Folder(root, False))

    async def draft(self, document: Document, position: Position) -> Draft | None:
        self.learn(document)
        if document.uri not in self._unlearned:
            return None
        return cast("Draft | None", await self._ask(worker_messages.DraftAsked(next(self._ids), document.uri, position)))

    async def answer(self, action: str, target: Target, region: Span) -> Answer | None:
        if target.document.size > HUGE:
            return None
        return cast("Answer | None", await self._ask(worker_messages.AnswerAsked(next(self._ids), action, target, region)))

    async def next_edits(self, situation: Situation) -> tuple[NextEdit, ...]:
        documents = (situation.document, *situation.others)
        for document in documents:
            self.learn(document)
        if situation.document.uri not in self._unlearned:
            return ()
        asked = worker_messages.NextEditsAsked(
            next(self._ids),
            tuple(worker_messages.Opened(document.uri, document.language, document.version) for document in documents),
            situation.cursor,
            situation.edits,
            situation.undone,
            situation.diagnostics,
            tuple(sorted(situation.rejected)),
        )
        reply = await self._ask(asked)
        return reply.found if isinstance(reply, worker_messages.NextEdits) else ()

    def feedback(self, draft: Draft, accepted: bool) -> None:
        self._send(worker_messages.Feedback(draft.probability, accepted))

    async def close(self) -> None:
        """Stop the child. Later calls do nothing."""
        self._closed = True
        if self._soon is not None:
            self._soon.cancel()
        if self._task is None:
            return
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
        try:
            await asyncio.wait_for(self._task, 2.0)
        except TimeoutError:
            if self._process is not None:
                with suppress(ProcessLookupError):
                    self._process.kill()
                await self._process.wait()

    async def _ask(
        self, question: worker_messages.DraftAsked | worker_messages.AnswerAsked | worker_messages.NextEditsAsked
    ) -> object:
        future: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self._waiting[question.id] = future
        try:
            self._send(*self._changes(), question)
            return None if self._closed else await asyncio.wait_for(future, PATIENCE_S)
        except TimeoutError:
            return None
        finally:
            self._waiting.pop(question.id, None)

    def _send(self, *messages: worker_messages.Message) -> None:
        """In one piece: each write may wake the child, and wait while it runs."""
        if self._closed:
            return
        packed = b"".join(map(worker_messages.pack, messages))
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.write(packed)
            return
        self._unsent.append(packed)
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run(), name="embedded-engine")

    async def _run(self) -> None:
        while not self._closed and self._starts < MAX_STARTS:
            self._starts += 1
            try:
                process = await spawn(python_command("coderoute_ls.embedded.process.worker"))
            except OSError as error:
                log.warning("the built-in engine cannot start: %s", error.strerror)
                break
            await self._serve(process)
            for future in self._waiting.values():
                if not future.done():
                    future.set_result(None)
            if not self._closed:
                log.warning("the built-in engine's process ended with code %s", process.returncode)
                self._restore()
        self._closed = True

    async def _serve(self, process: Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(worker_messages.pack(self._setup))
        process.stdin.writelines(self._unsent)
        self._unsent.clear()
        self._process = process
        try:
            while True:
                size = worker_messages.size_of(await process.stdout.readexactly(worker_messages.HEADER.size))
                self._hear(worker_messages.unpack(await process.stdout.readexactly(size)))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        except Malformed as error:
            log.warning("the built-in engine's process is ended, it sent %s", error)
            process.kill()
        self._process = None
        self._ready = False
        await process.wait()

    def _hear(self, message: worker_messages.Message) -> None:
        if isinstance(message, worker_messages.Ready):
            self._ready = True
        elif isinstance(message, worker_messages.Progress) and self._on_progress is not None:
            self._on_progress(message)
        elif isinstance(message, worker_messages.Replied):
            future = self._waiting.get(message.id)
            if future is not None and not future.done():
                future.set_result(message.value)

    def _restore(self) -> None:
        """Tell a new child what the old one knew."""
        for folder in self._folders.values():
            self._unsent.append(worker_messages.pack(folder))
        for document, lines in self._known.values():
            self._unsent.append(worker_messages.pack(worker_messages.Change(document.uri, document.path, 0, 1, tuple(lines))))
