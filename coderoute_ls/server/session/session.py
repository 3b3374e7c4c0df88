"""One editor's session: the only place in this room where state lives."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import cast

from lsprotocol import types as lsp
from pygls.capabilities import ServerCapabilitiesBuilder
from pygls.uris import from_fs_path

from coderoute_ls.context import Surroundings
from coderoute_ls.domain import Action, Document
from coderoute_ls.embedded import Progress
from coderoute_ls.engine import Engine
from coderoute_ls.errors import Unsupported
from coderoute_ls.ignore import Ignore
from coderoute_ls.processes import when_ended
from coderoute_ls.providers.local_model.model_files import Slow
from coderoute_ls.server.checks.runner import CheckRunner
from coderoute_ls.server.features.edit_writer import EditWriters
from coderoute_ls.server.features.inline_completion import InlineCompletions
from coderoute_ls.server.features.report_job import REGISTRATION, Reports
from coderoute_ls.server.rpc import client_capabilities
from coderoute_ls.server.rpc.client import Client
from coderoute_ls.server.rpc.json_rpc import Protocol
from coderoute_ls.server.rpc.positions import PositionConverter
from coderoute_ls.server.session.configuration import Configuration
from coderoute_ls.server.session.documents import Documents, path_of
from coderoute_ls.server.session.indexing_progress import IndexingProgress
from coderoute_ls.server.session.jobs import Jobs
from coderoute_ls.server.session.model_loading_progress import show_loading
from coderoute_ls.server.session.status_line import StatusLine
from coderoute_ls.server.session.workspace_indexing import WATCHERS, WorkspaceIndexing
from coderoute_ls.settings import Effective
from coderoute_ls.temporary_folders import sweep

log = logging.getLogger(__name__)


AskUser = Callable[[str, tuple[str, ...]], Awaitable[str | None]]
"""Puts a question with buttons to the user; the title of the pressed one, or None."""


@dataclass(frozen=True, slots=True)
class Backend:
    """What `compose` builds and a session lives in."""

    engine: Engine
    actions: Mapping[str, Action]
    config_dir: Path
    cache_dir: Path
    configure: Callable[[Effective], None]
    """The user's own settings are these now: who may be asked, with which keys, at which prices."""
    start: Callable[[AskUser], Coroutine[object, object, None]]
    """Work to do once after the editor is connected: find local servers, refresh the catalogue."""
    listen_to_learning: Callable[[Callable[[Progress], None]], None]
    """Who hears how far the built-in engine is with learning a folder."""
    listen_to_loading: Callable[[Slow], None]
    """Who hears of a model file that takes its time to load."""
    usage: Callable[[], str]
    """What was asked, spent and accepted lately, as Markdown."""
    close: Callable[[], Coroutine[object, object, None]]


class Session:
    """Everything that one connected editor needs, wired together."""

    def __init__(self, protocol: Protocol, house: Backend) -> None:
        self.house = house
        self.engine = house.engine
        self.protocol = protocol
        self.client = Client(protocol)
        self.border = PositionConverter()
        self.documents = Documents()
        self.jobs = Jobs(self.client)
        self.configuration = Configuration(self.client, house.config_dir, house.actions, self._settings_changed)
        self.status = StatusLine(self)
        self.reports = Reports(self)
        self.watching = WorkspaceIndexing(self)
        self.edits = EditWriters()
        self.checks = CheckRunner(self)
        self.context = Surroundings(self.documents, self.allowed)
        self.ghost = InlineCompletions(self)
        house.listen_to_learning(IndexingProgress(self).report)
        house.listen_to_loading(partial(show_loading, self.jobs))
        self.paused = False
        self._connected = False
        self._ignores: dict[tuple[str, ...], Ignore] = {}
        self._globs: dict[str, tuple[str, ...]] = {}
        """By path, until the settings change: asked for every open document at every key."""
        self._background: set[asyncio.Task[object]] = set()
        self._stop_watching: Callable[[], None] | None = None

    # -- life -----------------------------------------------------------------------------------------------------------

    def initialize(self, params: lsp.InitializeParams) -> None:
        self.client.can = client_capabilities.read(params)
        self.border = PositionConverter(ServerCapabilitiesBuilder.choose_position_encoding(params.capabilities))
        folders = [folder.uri for folder in params.workspace_folders or ()]
        if not folders and (root := params.root_uri or (params.root_path and from_fs_path(params.root_path))):
            folders = [root]
        self.configuration.set_folders(folders)
        options = cast("object", params.initialization_options)
        if isinstance(options, dict):
            self.configuration.set_client_user(cast("dict[str, object]", options).get("userSettings"))
        if params.process_id is not None:
            self._stop_watching = when_ended(params.process_id, self._orphaned)

    def _orphaned(self) -> None:
        log.warning("The editor is gone; so are we")
        self.protocol.exit_code = 1
        self.protocol.stopped.set()

    def initialized(self) -> None:
        self._connected = True
        self.background(self._connect())

    async def _connect(self) -> None:
        can = self.client.can
        wanted: list[tuple[str, object]] = []
        if can.watch_configuration:
            wanted.append((lsp.WORKSPACE_DID_CHANGE_CONFIGURATION, lsp.DidChangeConfigurationRegistrationOptions("coderoute")))
        if can.watch_files:
            wanted.append((lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES, WATCHERS))
        if can.text_document_content:
            wanted.append((lsp.WORKSPACE_TEXT_DOCUMENT_CONTENT, REGISTRATION))
        if wanted:
            try:
                await self.client.register(*wanted)
            except Unsupported as error:
                log.warning("%s", error)
        if can.pull_configuration:
            await self.configuration.pull()
        self.configuration.speak()
        self.watching.begin()
        self.status.send()
        await asyncio.to_thread(sweep)
        await self.house.start(self.client.ask_choice)

    async def close(self) -> None:
        """End everything that runs, whatever state it is in."""
        if self._stop_watching is not None:
            self._stop_watching()
        self.watching.close()
        self.edits.close()
        await self.jobs.close()
        await self.ghost.close()
        for task in tuple(self._background):
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        self.status.close()
        await self.house.close()

    def background(self, work: Coroutine[object, object, None]) -> None:
        """Run on; failures are logged, and `close` ends it."""
        task: asyncio.Task[object] = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[object]) -> None:
        self._background.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("Background work failed", exc_info=error)

    # -- documents and folders --------------------------------------------------------------------------------------------

    def opened(self, params: lsp.DidOpenTextDocumentParams) -> None:
        document = self.documents.open(params.text_document)
        self._learn(document)
        self.ghost.opened(document)

    def changed(self, params: lsp.DidChangeTextDocumentParams) -> None:
        before = self.documents.get(params.text_document.uri)
        change = self.documents.change(params, self.border)
        if before is None or change is None:
            return
        document, edits = change
        self.context.changed(before, document, edits)
        self.edits.changed(document, edits)
        self.ghost.changed(document, edits)
        self._learn(document)

    def closed(self, params: lsp.DidCloseTextDocumentParams) -> None:
        uri = params.text_document.uri
        self.edits.closed(uri)
        self.background(self.ghost.closed(uri))
        self.context.closed(uri)
        self.documents.close(uri)
        self.engine.embedded.forget(uri)

    def folders_changed(self, params: lsp.DidChangeWorkspaceFoldersParams) -> None:
        gone = {folder.uri for folder in params.event.removed}
        new = [folder.uri for folder in params.event.added]
        self._ignores.clear()
        self.configuration.set_folders([f for f in self.configuration.folders if f not in gone] + new)
        if self.client.can.pull_configuration:
            self.background(self.configuration.pull())

    def cancelled(self, params: lsp.WorkDoneProgressCancelParams) -> None:
        self.jobs.cancel(params.token)

    def configuration_changed(self, settings: object) -> None:
        if self.client.can.pull_configuration:
            self.background(self.configuration.pull())
        else:
            self.configuration.push(settings)

    def rules_changed(self) -> None:
        """A ``coderoute.toml`` or an ignore file changed on the disk."""
        self._ignores.clear()
        self.configuration.rebuild()

    def _settings_changed(self) -> None:
        self._globs.clear()
        self.house.configure(self.configuration.settings_for(""))
        self.watching.settle()
        if self._connected:
            self.status.send()

    # -- what may be read and shown -----------------------------------------------------------------------------------------

    def allowed(self, path: str) -> bool:
        """Whether anything of this file may be sent to a model, by git's rules, the secret names and the folder's globs."""
        globs = self._globs.get(path)
        if globs is None:
            settings = self.configuration.settings_for(from_fs_path(path) or "").settings
            globs = self._globs[path] = settings.context.ignore
        ignore = self._ignores.get(globs)
        if ignore is None:
            folders = tuple(path_of(folder) for folder in self.configuration.folders)
            ignore = self._ignores[globs] = Ignore(folders, globs)
        return ignore.allowed(path)

    def _learn(self, document: Document) -> None:
        if self.configuration.settings_for(document.uri).settings.embedded.enable:
            self.engine.embedded.learn(document)
