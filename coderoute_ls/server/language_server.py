"""The server: which feature answers which method, and how it runs on stdio or a socket."""

import asyncio
import inspect
import logging
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, BinaryIO, cast

from lsprotocol import types as lsp
from pygls.capabilities import ServerCapabilitiesBuilder
from pygls.lsp.server import LanguageServer

from coderoute_ls import __version__
from coderoute_ls.processes import when_ended
from coderoute_ls.server.backend import Backend
from coderoute_ls.server.features.code_actions import KINDS
from coderoute_ls.server.features.next_edit import copilot_inline_edit as copilot
from coderoute_ls.server.features.report.report_job import REGISTRATION
from coderoute_ls.server.rpc import client_capabilities, stdio
from coderoute_ls.server.rpc.editor_client import Client
from coderoute_ls.server.rpc.json_rpc import Protocol, converter
from coderoute_ls.server.rpc.messages.chat_messages import CHAT, CHAT_MODELS, COUNT_TOKENS
from coderoute_ls.server.rpc.messages.coderoute_messages import COMMANDS, USER_SETTINGS
from coderoute_ls.server.rpc.messages.commit_messages import COMMIT_MESSAGE
from coderoute_ls.server.rpc.messages.control_messages import DEFINITIONS
from coderoute_ls.server.rpc.messages.instruction_messages import CONVERSATION, INSTRUCTIONS, PREVIEW
from coderoute_ls.server.rpc.messages.next_edit_messages import NEXT_EDIT, NEXT_EDIT_OUTCOME
from coderoute_ls.server.rpc.positions import PositionConverter
from coderoute_ls.server.session.session import Session
from coderoute_ls.server.session_features import Features
from coderoute_ls.server.startup.early_initialize import Greeting

log = logging.getLogger(__name__)

SWITCH_S = 0.0005
"""Most seconds that a thread which writes the ledger or reads a file keeps a keystroke from the interpreter. Python's own 5 ms
would be felt."""
TRIGGER_CHARACTERS = (".", "(", " ", "=", ",", ":")


class Server(LanguageServer):
    """pygls' server. What goes wrong inside a handler is logged and answered, never shown to the user as a traceback."""

    def report_server_error(self, error: Exception, source: Any) -> None:
        log.error("%s in %s", type(error).__name__, source, exc_info=error)


class Connection:
    """A server for one editor. Must be built in a running event loop; session and features begin with ``initialize``, and
    nothing but that is handled before it."""

    session: Session
    features: Features

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._stop_watching: Callable[[], None] = lambda: None
        self._parts: tuple[Features, Session] | tuple[()] = ()
        """What `close` ends, in this order; empty before ``initialize``."""
        server = Server("coderoute-ls", __version__, protocol_cls=Protocol, converter_factory=converter)
        self.protocol = cast("Protocol", server.protocol)
        _on(server, lsp.INITIALIZE, lambda: self._initialize)
        _on(server, lsp.INITIALIZED, lambda: self._initialized)
        self._answer_requests(server)
        self._follow_notifications(server)

    def _answer_requests(self, server: Server) -> None:
        ghost_text, menu, actions = (
            lsp.InlineCompletionOptions(),
            lsp.CompletionOptions(list(TRIGGER_CHARACTERS)),
            lsp.CodeActionOptions(list(KINDS)),
        )
        _on(
            server,
            lsp.TEXT_DOCUMENT_INLINE_COMPLETION,
            lambda: self._once_settled(self.features.inline_completion.handle),
            ghost_text,
            later=True,
        )
        _on(
            server,
            lsp.TEXT_DOCUMENT_COMPLETION,
            lambda: self._once_settled(self.features.completion_menu.handle),
            menu,
            later=True,
        )
        _on(server, lsp.TEXT_DOCUMENT_CODE_ACTION, lambda: self.features.code_actions.handle, actions, later=True)
        _on(server, lsp.WORKSPACE_TEXT_DOCUMENT_CONTENT, lambda: self.features.reports.content)
        for command in COMMANDS:
            cast("Any", server.command)(command)(_late(lambda: self.features.commands.execute))  # announces it, no more
        self.protocol.builtin(lsp.WORKSPACE_EXECUTE_COMMAND, _late(lambda: self.features.commands.execute))
        _on(server, COMMIT_MESSAGE, lambda: self.features.commit_messages.handle, later=True)
        _on(server, DEFINITIONS, lambda: self.features.definitions.handle, later=True)
        self._answer_about_next_edits(server)
        self._answer_what_our_clients_ask(server)

    def _answer_what_our_clients_ask(self, server: Server) -> None:
        _on(server, CHAT_MODELS, lambda: self._once_settled(self.features.chat.models), later=True)
        _on(server, CHAT, lambda: self._once_settled(self.features.chat.chat), later=True)
        _on(server, COUNT_TOKENS, lambda: self.features.chat.count, later=True)
        _on(server, PREVIEW, lambda: self._once_settled(self.features.previews.handle), later=True)
        _on(server, CONVERSATION, lambda: self._once_settled(self.features.follow_ups.look), later=True)
        _on(server, INSTRUCTIONS, lambda: self.features.history.handle, later=True)

    def _answer_about_next_edits(self, server: Server) -> None:
        """In our own words, and in those of the clients that speak Copilot's."""
        _on(server, NEXT_EDIT, lambda: self._once_settled(self.features.next_edit_requests.handle), later=True)
        _on(server, NEXT_EDIT_OUTCOME, lambda: self.features.next_edit_requests.outcome)
        _on(server, copilot.INLINE_EDIT, lambda: self._once_settled(self.features.copilot_inline_edits.handle), later=True)
        _on(server, copilot.DID_SHOW, lambda: self.features.copilot_inline_edits.shown)
        _on(server, copilot.DID_FOCUS, lambda: self.features.copilot_inline_edits.focused)
        _on(server, copilot.REJECTED, lambda: self.features.copilot_inline_edits.rejected)
        _on(server, copilot.CHECK_STATUS, lambda: self.features.copilot_inline_edits.status)
        for method in copilot.SIGN_IN:
            _on(server, method, lambda: self.features.copilot_inline_edits.sign_in)

    def _follow_notifications(self, server: Server) -> None:
        _on(server, lsp.WORKSPACE_DID_CHANGE_CONFIGURATION, lambda: self.session.configuration_changed)
        _on(server, lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES, lambda: self.session.indexing.changed)
        _on(server, USER_SETTINGS, lambda: self.session.configuration.set_client_user)
        self.protocol.builtin(lsp.TEXT_DOCUMENT_DID_OPEN, _late(lambda: self.session.opened))
        self.protocol.builtin(lsp.TEXT_DOCUMENT_DID_CHANGE, _late(lambda: self.session.changed))
        _on(server, lsp.TEXT_DOCUMENT_DID_SAVE, lambda: self.features.next_edits.saved)
        self.protocol.builtin(lsp.TEXT_DOCUMENT_DID_CLOSE, _late(lambda: self.session.closed))
        self.protocol.builtin(lsp.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS, _late(lambda: self.session.folders_changed))
        self.protocol.builtin(lsp.WINDOW_WORK_DONE_PROGRESS_CANCEL, _late(lambda: self.session.cancelled))

    def _once_settled(self, handle: Callable[[Any], Awaitable[object]]) -> "Handler":
        """Nothing is sent by settings that the editor has not told yet: a request that comes earlier waits for them."""
        configuration = self.session.configuration

        async def wait(params: Any) -> object:
            await configuration.settled()
            return await handle(params)

        return wait if configuration.pending else handle

    def _initialize(self, params: lsp.InitializeParams) -> None:
        encoding = ServerCapabilitiesBuilder.choose_position_encoding(params.capabilities)
        client = Client(self.protocol, client_capabilities.read(params))
        self.session = Session(self._backend, client, PositionConverter(encoding), params)
        self.features = Features(self.session, self._backend)
        self._parts = (self.features, self.session)
        if params.process_id is not None:
            self._stop_watching = when_ended(params.process_id, self._orphaned)

    def _initialized(self, params: lsp.InitializedParams) -> None:
        del params
        content = (lsp.WORKSPACE_TEXT_DOCUMENT_CONTENT, REGISTRATION)
        self.session.connect(*((content,) if self.session.client.can.text_document_content else ()))

    def terminate(self) -> None:
        """The system wants us to end: in order, with children ended and what was learned kept."""
        self.protocol.exit_code = 0
        self.protocol.stopped.set()

    def _orphaned(self) -> None:
        log.warning("The editor has ended; the server ends as well")
        self.protocol.exit_code = 1
        self.protocol.stopped.set()

    async def close(self) -> None:
        """End everything that runs, whatever state it is in."""
        self._stop_watching()
        for part in self._parts:
            await part.close()
        await self._backend.close()


Handler = Callable[[Any], object]


def _on(server: Server, method: str, which: Callable[[], Handler], options: object = None, *, later: bool = False) -> None:
    """Register a handler, which ``which`` finds when a message arrives. ``later``: it returns an awaitable, and is called when
    the message arrives, so that it can take its snapshot before later messages are handled; pygls would start an ``async def``
    only afterwards.
    """
    handle = _late(which)
    if later:
        _mark_as_coroutine_function(handle)
    cast("Any", server.feature)(method, options)(handle)


def _late(which: Callable[[], Handler]) -> Handler:
    def handle(params: Any) -> object:
        return which()(params)

    return handle


def _mark_as_coroutine_function(handle: Callable[[Any], object]) -> None:
    if sys.version_info >= (3, 12):
        inspect.markcoroutinefunction(handle)
    else:
        cast("Any", handle)._is_coroutine = cast("Any", asyncio.coroutines)._is_coroutine


async def serve(
    backend: Backend, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, greeted: int | str | None = None
) -> int:
    """One connection, from its first message to its end; returns the exit code."""
    sys.setswitchinterval(SWITCH_S)
    connection = Connection(backend)
    connection.protocol.greeted = greeted
    with suppress(NotImplementedError, RuntimeError, ValueError):  # Windows has no such signals; tests have other threads
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, connection.terminate)
    try:
        return await stdio.serve(connection.protocol, reader, writer)
    finally:
        await connection.close()


async def serve_stdio(backend: Backend, stdin: BinaryIO, stdout: BinaryIO, greeting: Greeting) -> int:
    """Serve on the process's own pipes what `early_initialize` has begun there."""
    reader, writer = await stdio.stdio_streams(stdin, stdout, greeting.received)
    return await serve(backend, reader, writer, greeting.answered)
