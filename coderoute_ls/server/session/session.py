"""One editor's session from ``initialize`` to its end: what it knows of documents, folders and settings. Knows no feature."""

import asyncio
import logging
from functools import partial
from typing import Protocol, cast

from lsprotocol import types as lsp

from coderoute_ls.context import Surroundings
from coderoute_ls.domain import Document, TextEdit
from coderoute_ls.errors import Unsupported
from coderoute_ls.file_thread import FileThread
from coderoute_ls.server.backend import Backend
from coderoute_ls.server.rpc.editor_client import Client
from coderoute_ls.server.rpc.positions import PositionConverter
from coderoute_ls.server.session.background_tasks import Background
from coderoute_ls.server.session.cancellable_jobs import Jobs
from coderoute_ls.server.session.configuration import Configuration
from coderoute_ls.server.session.document_uris import address_of, path_of
from coderoute_ls.server.session.documents import Documents
from coderoute_ls.server.session.file_access import FileAccess
from coderoute_ls.server.session.indexing_progress import IndexingProgress
from coderoute_ls.server.session.model_loading_progress import show_loading
from coderoute_ls.server.session.request_context import RequestContexts
from coderoute_ls.server.session.status_line import StatusLine
from coderoute_ls.server.session.workspace_indexing import WATCHERS, WorkspaceIndexing
from coderoute_ls.temporary_folders import sweep

log = logging.getLogger(__name__)


class DocumentListener(Protocol):
    """A part that follows the open documents."""

    def opened(self, document: Document) -> None: ...

    def changed(self, document: Document, edits: tuple[TextEdit, ...]) -> None:
        """``edits`` in order, each on the text that the one before it left."""
        ...

    def closed(self, uri: str) -> None: ...


class Session:
    """The state of one connected editor, and its life. Built when ``initialize`` arrives, so that what the editor can do and
    how it counts positions is known from the start."""

    def __init__(self, backend: Backend, client: Client, positions: PositionConverter, params: lsp.InitializeParams) -> None:
        self.backend = backend
        self._engine = backend.engine
        self.client = client
        self.positions = positions
        self.background = Background()
        self.documents = Documents()
        self.jobs = Jobs(client)
        self.configuration = Configuration(
            client,
            backend.config_dir,
            backend.actions,
            self._settings_changed,
            partial(FileThread, backend.timing.settings_file),
            patience_s=backend.timing.editor_settings,
            policy=backend.policy,
        )
        self.files = FileAccess(self.configuration, backend.timing.folder)
        self.requests = RequestContexts(self.documents, self.configuration, self.files, positions)
        self.context = Surroundings(self.documents, self.files.allowed, self.files.together)
        self.status = StatusLine(client, self.requests, self.configuration, self._engine, backend.team)
        self.indexing = WorkspaceIndexing(
            self.documents, self.configuration, self.files, self._engine.embedded, self.rules_changed, timing=backend.timing
        )
        self._listeners: tuple[DocumentListener, ...] = ()
        self._connected = False
        backend.listen_to_indexing(IndexingProgress(client, self.background).report)
        backend.listen_to_policy(self.configuration.rebuild)
        backend.listen_to_loading(partial(show_loading, self.jobs))
        self._read(params)

    def _read(self, params: lsp.InitializeParams) -> None:
        folders = [folder.uri for folder in params.workspace_folders or ()]
        if not folders and (root := params.root_uri or (params.root_path and address_of(params.root_path))):
            folders = [root]
        self.configuration.set_folders(folders)
        options = cast("object", params.initialization_options)
        if isinstance(options, dict):
            self.configuration.set_client_user(cast("dict[str, object]", options).get("userSettings"))

    # -- life -----------------------------------------------------------------------------------------------------------

    def follow(self, *listeners: DocumentListener) -> None:
        """Tell these of every document from now on, in this order."""
        self._listeners = (*self._listeners, *listeners)

    def connect(self, *registrations: tuple[str, object]) -> None:
        """The editor has heard our answer: register what it lets us, ask for its settings, begin to learn."""
        self._connected = True
        self.background.run(self._connect(registrations))

    async def _connect(self, registrations: tuple[tuple[str, object], ...]) -> None:
        can = self.client.can
        wanted = list(registrations)
        if can.watch_configuration:
            wanted.append((lsp.WORKSPACE_DID_CHANGE_CONFIGURATION, lsp.DidChangeConfigurationRegistrationOptions("coderoute")))
        if can.watch_files:
            wanted.append((lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES, WATCHERS))
        if wanted:
            try:
                await self.client.register(*wanted)
            except Unsupported as error:
                log.warning("%s", error)
        if can.pull_configuration:
            await self.configuration.pull()
        self.configuration.speak()
        self.indexing.begin()
        self.status.send()
        await asyncio.to_thread(sweep)
        await self.backend.start(self.client.ask_choice, partial(self.client.show, kind=lsp.MessageType.Warning))

    async def close(self) -> None:
        """End everything that runs, whatever state it is in."""
        self.indexing.close()
        await self.background.close()
        self.status.close()
        self.requests.close()
        self.configuration.close()

    # -- documents ------------------------------------------------------------------------------------------------------

    def opened(self, params: lsp.DidOpenTextDocumentParams) -> None:
        document = self.documents.open(params.text_document)
        self.files.allowed(document.rules_path)  # git is asked now, so that it has answered when somebody types
        self._learn(document)
        for listener in self._listeners:
            listener.opened(document)

    def changed(self, params: lsp.DidChangeTextDocumentParams) -> None:
        before = self.documents.get(params.text_document.uri)
        change = self.documents.change(params, self.positions)
        if before is None or change is None:
            return
        document, edits = change
        self.context.changed(before, document, edits)
        for listener in self._listeners:
            listener.changed(document, edits)
        self._learn(document)

    def closed(self, params: lsp.DidCloseTextDocumentParams) -> None:
        uri = params.text_document.uri
        for listener in self._listeners:
            listener.closed(uri)
        self.context.closed(uri)
        self.documents.close(uri)
        self._engine.embedded.forget(uri)

    def cancelled(self, params: lsp.WorkDoneProgressCancelParams) -> None:
        self.jobs.cancel(params.token)

    def _learn(self, document: Document) -> None:
        known = document.path or self.files.allowed(document.rules_path)  # files are judged where they are learned
        if known and self.configuration.settings_for(document.uri).settings.embedded.enable:
            self._engine.embedded.learn(document)

    # -- folders and settings -------------------------------------------------------------------------------------------

    def folders_changed(self, params: lsp.DidChangeWorkspaceFoldersParams) -> None:
        stay = self.configuration.without(folder.uri for folder in params.event.removed)
        new = [folder.uri for folder in params.event.added]
        self.files.rules_changed()
        self.configuration.set_folders(stay + new)
        if self.client.can.pull_configuration:
            self.background.run(self.configuration.pull())

    def configuration_changed(self, params: lsp.DidChangeConfigurationParams) -> None:
        if self.client.can.pull_configuration:
            self.background.run(self.configuration.pull())
        else:
            self.configuration.push(cast("object", params.settings))

    def rules_changed(self) -> None:
        """A ``coderoute.toml`` or an ignore file changed on the disk."""
        self.files.rules_changed()
        self.configuration.rebuild()

    def _settings_changed(self) -> None:
        self.files.settings_changed()
        if not self.configuration.pending:
            self.backend.configure(self.configuration.settings_for(""))
            self.backend.work_in(tuple(filter(None, map(path_of, self.configuration.folders))))
        self.indexing.settle()
        if self._connected:
            self.status.send()
