"""The server: which method is answered by what, and how it is run on stdio or a socket."""

import asyncio
import inspect
import logging
import sys
from collections.abc import Callable
from functools import partial
from typing import Any, BinaryIO, cast

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer

from coderoute_ls import __version__
from coderoute_ls.server.features.code_actions import KINDS, code_action
from coderoute_ls.server.features.execute_command import HANDLERS, execute
from coderoute_ls.server.rpc import stdio
from coderoute_ls.server.rpc.json_rpc import Protocol, converter
from coderoute_ls.server.rpc.messages import USER_SETTINGS
from coderoute_ls.server.session.session import Backend, Session
from coderoute_ls.server.startup.early_initialize import Greeting

log = logging.getLogger(__name__)

SWITCH_S = 0.0005
"""So long at most a thread that writes the ledger or reads a file keeps a keystroke from the interpreter. Python's own 5 ms
would be felt."""
TRIGGER_CHARACTERS = (".", "(", " ", "=", ",", ":")


class Server(LanguageServer):
    """pygls' server. What goes wrong inside a handler is logged and answered, never shown to the user as a traceback."""

    def report_server_error(self, error: Exception, source: Any) -> None:
        log.error("%s in %s", type(error).__name__, source, exc_info=error)


def create_session(house: Backend) -> Session:
    """A server for one connection. Must be called in a running event loop."""
    server = Server("coderoute-ls", __version__, protocol_cls=Protocol, converter_factory=converter)
    protocol = cast("Protocol", server.protocol)
    session = Session(protocol, house)
    ghost = session.ghost
    _on(server, lsp.INITIALIZE, session.initialize)
    _on(server, lsp.INITIALIZED, lambda _: session.initialized())
    _on(server, lsp.TEXT_DOCUMENT_INLINE_COMPLETION, ghost.inline, lsp.InlineCompletionOptions(), later=True)
    _on(server, lsp.TEXT_DOCUMENT_COMPLETION, ghost.plain, lsp.CompletionOptions(list(TRIGGER_CHARACTERS)), later=True)
    _on(server, lsp.TEXT_DOCUMENT_CODE_ACTION, partial(code_action, session), lsp.CodeActionOptions(list(KINDS)))
    _on(server, lsp.WORKSPACE_DID_CHANGE_CONFIGURATION, lambda params: session.configuration_changed(params.settings))
    _on(server, lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES, session.watching.changed)
    _on(server, lsp.WORKSPACE_TEXT_DOCUMENT_CONTENT, session.reports.content)
    _on(server, USER_SETTINGS, session.configuration.set_client_user)
    for command in HANDLERS:
        cast("Any", server.command)(command)(partial(execute, session))  # announces it; `execute` below runs it
    protocol.builtin(lsp.TEXT_DOCUMENT_DID_OPEN, session.opened)
    protocol.builtin(lsp.TEXT_DOCUMENT_DID_CHANGE, session.changed)
    protocol.builtin(lsp.TEXT_DOCUMENT_DID_CLOSE, session.closed)
    protocol.builtin(lsp.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS, session.folders_changed)
    protocol.builtin(lsp.WINDOW_WORK_DONE_PROGRESS_CANCEL, session.cancelled)
    protocol.builtin(lsp.WORKSPACE_EXECUTE_COMMAND, partial(execute, session))
    return session


def _on(server: Server, method: str, handler: Callable[[Any], object], options: object = None, *, later: bool = False) -> None:
    """Register a handler. ``later``: it returns an awaitable, and is called when the message arrives, so that it can take its
    snapshot before later messages are handled; pygls would start an ``async def`` only afterwards.
    """

    def handle(params: Any) -> object:
        return handler(params)

    if later:
        _mark_as_coroutine_function(handle)
    cast("Any", server.feature)(method, options)(handle)


def _mark_as_coroutine_function(handle: Callable[[Any], object]) -> None:
    if sys.version_info >= (3, 12):
        inspect.markcoroutinefunction(handle)
    else:
        cast("Any", handle)._is_coroutine = cast("Any", asyncio.coroutines)._is_coroutine


async def serve(
    house: Backend, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, greeted: int | str | None = None
) -> int:
    """One connection, from its first message to its end; returns the exit code."""
    sys.setswitchinterval(SWITCH_S)
    session = create_session(house)
    session.protocol.greeted = greeted
    try:
        return await stdio.serve(session.protocol, reader, writer)
    finally:
        await session.close()


async def serve_stdio(house: Backend, stdin: BinaryIO, stdout: BinaryIO, greeting: Greeting) -> int:
    """Serve on the process's own pipes what `doorstep` has begun there."""
    reader, writer = await stdio.stdio_streams(stdin, stdout, greeting.received)
    return await serve(house, reader, writer, greeting.answered)
