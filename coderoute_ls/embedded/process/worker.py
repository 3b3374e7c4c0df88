"""The child process: it learns, drafts and answers, so that the server's event loop never waits for this work.

One thread reads messages and answers them in order; the indexer has its own thread and reports progress.
"""

import sys
import threading
import traceback
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from coderoute_ls.child_process.parent_death import end_with_parent
from coderoute_ls.domain import Draft
from coderoute_ls.domain.next_edits import NextEdit
from coderoute_ls.embedded.action_answers import answer
from coderoute_ls.embedded.index.index import Index
from coderoute_ls.embedded.index.index_file import IndexFiles
from coderoute_ls.embedded.index.indexer import Indexer
from coderoute_ls.embedded.next_edit_search import next_edits
from coderoute_ls.embedded.prediction.calibration import Calibration
from coderoute_ls.embedded.prediction.drafting import Drafter, Hole
from coderoute_ls.embedded.process import worker_messages
from coderoute_ls.ignore import Ignore, secrets_in
from coderoute_ls.ignore.gitignore_without_git import inside
from coderoute_ls.standard_streams import claim_input, claim_output

SWITCH_S = 0.0005
"""The indexing thread gives way this often."""


class Worker:
    def __init__(self, setup: worker_messages.Setup, out: IO[bytes]) -> None:
        self._out = out
        self._writing = threading.Lock()
        self._answers = ThreadPoolExecutor(1, "embedded-answers")
        self._folders: dict[str, worker_messages.Folder] = {}
        self._ignores: dict[str, Ignore] = {}
        self._elsewhere = Ignore((), waits=True)
        self._index = Index()
        self._store = IndexFiles(Path(setup.cache))
        self._calibration = Calibration(experience=self._store.load_experience())
        self._drafter = Drafter(self._index, self._calibration)
        self._indexer = Indexer(self._index, self._store, setup.memory_mb << 20, self.send)

    def send(self, message: worker_messages.Message) -> None:
        with self._writing:
            self._out.write(worker_messages.pack(message))
            self._out.flush()

    def take(self, message: worker_messages.Message) -> None:
        match message:
            case worker_messages.Change():
                self._change(message)
            case worker_messages.Closed():
                self._close(message.uri)
            case worker_messages.Folder():
                self._folder(message)
            case worker_messages.Feedback():
                self._calibration.judged(message.probability, message.accepted)
                self._store.save_experience(self._calibration.experience)
            case worker_messages.DraftAsked():
                draft = None
                with _reported(), self._indexer.resting():
                    draft = self._draft(message)
                self.send(worker_messages.Replied(message.id, draft))
            case worker_messages.NextEditsAsked():
                found: tuple[NextEdit, ...] = ()
                with _reported(), self._indexer.resting():
                    found = next_edits(message, self._index)
                self.send(worker_messages.Replied(message.id, worker_messages.NextEdits(found)))
            case worker_messages.AnswerAsked():
                self._answers.submit(self._answer, message)
            case _:
                raise TypeError(f"unknown message {type(message).__name__}")

    def _answer(self, asked: worker_messages.AnswerAsked) -> None:
        with _reported():
            self.send(worker_messages.Replied(asked.id, answer(asked.action, asked.target, asked.region, self._index)))
            return
        self.send(worker_messages.Replied(asked.id, None))

    def _folder(self, message: worker_messages.Folder) -> None:
        root = message.root
        if message.present:
            self._folders[root], self._ignores[root] = message, Ignore([root], message.globs, waits=True)
            self._indexer.add(root, message.globs)
            for uri in [uri for uri, buffer in self._index.buffers.items() if not self._allowed(buffer.path)]:
                self._index.close(uri)
        else:
            del self._folders[root], self._ignores[root]
            self._indexer.remove(root)

    def _allowed(self, path: str) -> bool:
        """By the rules of the innermost folder that holds the file."""
        home = max((root for root in self._ignores if inside(path, root)), key=len, default="")
        return self._ignores.get(home, self._elsewhere).allowed(path)

    def _change(self, change: worker_messages.Change) -> None:
        if self._allowed(change.path):
            self._index.open(change.uri, change.path).replace(change.first, change.end, change.lines)

    def _close(self, uri: str) -> None:
        """What was saved is learned from the file; what was not is forgotten."""
        path = self._index.close(uri)
        for root, folder in self._folders.items():
            if path and inside(path, root):
                self._indexer.add(root, folder.globs)

    def _draft(self, asked: worker_messages.DraftAsked) -> Draft | None:
        buffer = self._index.buffers.get(asked.uri)
        if buffer is None or asked.position.line >= len(buffer.lines):
            return None
        line = buffer.lines[asked.position.line].rstrip("\r\n")
        before, after = line[: asked.position.character], line[asked.position.character :]
        made = self._drafter.draft(Hole(buffer, asked.position.line, before, after))
        if made is None or secrets_in(before + made.text):
            return None
        return Draft(made.text, made.probability, made.completes_line)


@contextmanager
def _reported() -> Generator[None]:
    """A request that fails is answered with nothing, and the error's kind and place go to the log; never its words, which may
    be the user's."""
    try:
        yield
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        where = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames[-4:]))
        print(f"coderoute-ls: the built-in engine failed with {type(error).__name__} at {where}", file=sys.stderr)  # noqa: T201


def main() -> None:
    """Serve until the pipe closes, which is also what happens when the server dies."""
    end_with_parent()
    said, out = claim_input(), claim_output()
    sys.setswitchinterval(SWITCH_S)
    setup = worker_messages.read(said)
    if not isinstance(setup, worker_messages.Setup):
        return
    worker = Worker(setup, out)
    worker.send(worker_messages.Ready())
    while (message := worker_messages.read(said)) is not None:
        worker.take(message)


if __name__ == "__main__":
    main()
