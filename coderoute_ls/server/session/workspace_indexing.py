"""Tells the built-in engine what to learn: the workspace's folders and files that change outside of the editor."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from lsprotocol import types as lsp

from coderoute_ls.domain import Embedded, Timing
from coderoute_ls.embedded.index.source_files import SKIPPED, SUFFIXES
from coderoute_ls.server.session.configuration import Configuration
from coderoute_ls.server.session.document_uris import key_of, path_of
from coderoute_ls.server.session.documents import Documents
from coderoute_ls.server.session.file_access import FileAccess
from coderoute_ls.settings import WORKSPACE_FILE

IGNORE_FILE = ".gitignore"
LOOKED_AT = 50
"""Files of one message that are held against the ignore rules; beyond that one of them will matter."""
WATCHERS = lsp.DidChangeWatchedFilesRegistrationOptions(
    [
        *(lsp.FileSystemWatcher(f"**/{name}") for name in (WORKSPACE_FILE, IGNORE_FILE)),
        lsp.FileSystemWatcher("**/*.{" + ",".join(sorted(suffix[1:] for suffix in SUFFIXES)) + "}"),
    ]
)


class WorkspaceIndexing:
    """Tells the engine of folders. A change on the disk only marks its folder; the engine's own process then finds what changed,
    so that a checkout of thousands of files costs the server next to nothing."""

    def __init__(
        self,
        documents: Documents,
        configuration: Configuration,
        files: FileAccess,
        engine: Embedded,
        rules_changed: Callable[[], None],
        *,
        timing: Timing,
    ) -> None:
        self.timing = timing
        self._documents = documents
        self._configuration = configuration
        self._files = files
        self._engine = engine
        self._rules_changed = rules_changed
        self._begun = False
        self._learned: dict[str, Sequence[str]] = {}
        """Folder → the workspace's own ignore rules that it was learned by."""
        self._changed: set[str] = set()
        """Addresses of folders with changes on the disk."""
        self._timer: asyncio.TimerHandle | None = None
        self._latest = 0.0

    def begin(self) -> None:
        """The settings are known: learn."""
        self._begun = True
        self.settle()

    def settle(self) -> None:
        """Folders or settings are others: learn what is new, and forget what is no longer to be known."""
        if not self._begun:
            return
        configuration, engine = self._configuration, self._engine
        wanted: dict[str, Sequence[str]] = {}
        for folder in configuration.folders:
            settings = configuration.settings_for(folder).settings
            if settings.embedded.enable and (path := path_of(folder)):
                wanted[path] = settings.context.ignore
        for path in self._learned.keys() - wanted.keys():
            engine.remove_folder(path)
        for path, globs in wanted.items():
            if self._learned.get(path) != globs:
                engine.add_folder(path, globs)
        self._learned = wanted

    def changed(self, params: lsp.DidChangeWatchedFilesParams) -> None:
        """Files have changed on the disk."""
        names = {change.uri.rpartition("/")[2] for change in params.changes}
        if not names.isdisjoint((WORKSPACE_FILE, IGNORE_FILE)):
            self._rules_changed()
        if IGNORE_FILE in names:
            self._changed.update(self._configuration.folders)
        looks = LOOKED_AT
        for change in params.changes:
            folder = self._configuration.folder_of(change.uri)
            if folder and folder not in self._changed:
                looks -= 1
                if looks < 0 or self._matters(change.uri, folder):
                    self._changed.add(folder)
        if self._changed:
            self._wait()

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _matters(self, uri: str, folder: str) -> bool:
        """What is open is known as it is typed; the rest is looked at as when the folder was learned."""
        if self._documents.get(uri) is not None or not SKIPPED.isdisjoint(key_of(uri).removeprefix(key_of(folder)).split("/")):
            return False
        path = path_of(uri)
        return Path(path).suffix.lower() in SUFFIXES and (self._files.allowed(path) or self._files.pending(path))

    def _wait(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        if self._timer is None:
            self._latest = now + self.timing.latest
        else:
            self._timer.cancel()
        self._timer = loop.call_at(min(now + self.timing.quiet, self._latest), self._look)

    def _look(self) -> None:
        self._timer = None
        for folder in self._changed:
            if (path := path_of(folder)) in self._learned:
                self._engine.add_folder(path, self._learned[path])
        self._changed.clear()
