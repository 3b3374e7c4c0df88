"""pygls' protocol with a faster JSON parser; every request is answered, malformed ones too.

`transport.py` calls `receive`. The one private method replaced is ``_send_data`` (orjson, bytes); a test fails when pygls
stops calling it.
"""

import asyncio
import json
import logging
from collections.abc import Callable
from contextvars import copy_context
from functools import cache
from typing import Any, cast

import orjson
from cattrs import Converter
from lsprotocol import types as lsp
from lsprotocol.converters import get_converter
from pygls.exceptions import (
    JsonRpcException,
    JsonRpcInternalError,
    JsonRpcInvalidParams,
    JsonRpcInvalidRequest,
    JsonRpcParseError,
    JsonRpcServerNotInitialized,
)
from pygls.protocol import LanguageServerProtocol
from pygls.protocol.json_rpc import JsonRPCNotification, JsonRPCRequestMessage, JsonRPCResponseMessage

from coderoute_ls.server.rpc.framing import framed
from coderoute_ls.server.rpc.messages import keystroke_messages
from coderoute_ls.server.rpc.wire import Wire

log = logging.getLogger(__name__)

REQUEST_FAILED = -32803
"""LSP: the request was right, but could not be done."""


@cache
def converter() -> Converter:
    """lsprotocol's converter, shared by all connections; what has no type there stays a plain dict (pygls' own would make
    nested named tuples of it)."""
    made = get_converter()
    for unknown in (JsonRPCNotification, JsonRPCRequestMessage, JsonRPCResponseMessage):
        made.register_structure_hook(unknown, _plain)
    made.register_unstructure_hook_func(_is_ours, Wire.told)
    return made


def _is_ours(kind: object) -> bool:
    """Our own messages write themselves: cattrs would put their Python names on the wire."""
    return isinstance(kind, type) and issubclass(kind, Wire)


def _plain(message: dict[str, Any], kind: type[Any]) -> Any:
    return kind(**{name: message.get(name) for name in kind.__annotations__})


class Protocol(LanguageServerProtocol):
    """One connection to one editor."""

    def __init__(self, server: Any, converter: Any) -> None:
        super().__init__(server, converter)
        self.greeted: int | str | None = None
        """Id of the ``initialize`` that `early_initialize` has answered already."""
        self.exit_code: int | None = None
        self.stopped = asyncio.Event()
        self._initialized = False
        self.builtin(lsp.EXIT, self._exit)

    def builtin(self, method: str, handler: Callable[..., object]) -> None:
        """Answer this method with our handler where pygls has one of its own."""
        manager: Any = self.fm
        manager.add_builtin_feature(method, handler)

    def receive(self, body: bytes) -> None:
        """Handle one message. Malformed ones are answered with an error when they carry an id, and logged otherwise. Never
        raises: no message ends the session.
        """
        try:
            data = _loads(body)
        except (ValueError, RecursionError):
            self._refuse(None, JsonRpcParseError("Parse Error: not JSON"))
            return
        try:
            self._receive(data)
        except Exception as error:
            log.error("%s while handling a message", type(error).__name__, exc_info=error)
            request_id = cast("dict[str, Any]", data).get("id") if isinstance(data, dict) else None
            if isinstance(request_id, int | str):
                self._refuse(request_id, JsonRpcInvalidRequest("Invalid Request: it could not be handled"))

    def _receive(self, data: object) -> None:
        if not isinstance(data, dict) or "jsonrpc" not in data:
            self._refuse(None, JsonRpcInvalidRequest("Invalid Request: not a JSON-RPC 2.0 message"))
            return
        message = cast("dict[str, Any]", data)
        method = str(message.get("method", ""))
        request_id = message.get("id") if method else None
        if request_id is not None and (isinstance(request_id, bool) or not isinstance(request_id, int | str)):
            self._refuse(None, JsonRpcInvalidRequest("Invalid Request: an id is a number or a text"))
            return
        if request_id is not None and (refusal := self._not_now(method)):
            self._refuse(request_id, refusal)
            return
        if request_id is None and method and not self._initialized and method != lsp.EXIT:
            return  # as LSP asks: nothing is known yet that a notification could be about
        if request_id is None and method == lsp.WORKSPACE_EXECUTE_COMMAND:
            self._run_command(message)
            return
        try:
            typed = keystroke_messages.read(message) or self.structure_message(message)
        except JsonRpcException:
            if request_id is not None:
                self._refuse(request_id, JsonRpcInvalidParams(f"Invalid Params: {method} cannot be read as LSP defines it"))
            elif "id" in message:  # a malformed answer: the task that waits for it must learn of it
                unreadable = lsp.ResponseError(code=JsonRpcInternalError.CODE, message="the editor's answer could not be read")
                self._handle_response(message["id"], error=unreadable)
            else:
                log.warning("Ignored a malformed %s", method)
            return
        self._initialized = self._initialized or method == lsp.INITIALIZE
        self.handle_message(cast("Any", typed))

    def _run_command(self, message: dict[str, Any]) -> None:
        """A command that is told and not asked: some clients report so what the user has accepted."""
        try:
            params = converter().structure(message.get("params"), lsp.ExecuteCommandParams)
        except Exception:
            log.warning("Ignored a malformed %s", lsp.WORKSPACE_EXECUTE_COMMAND)
            return
        self._handle_notification(lsp.WORKSPACE_EXECUTE_COMMAND, params)

    def handle_message(self, message: Any) -> None:
        """What pygls does, without asking its structural types what this is: that took longer than reading it."""
        method = getattr(message, "method", None)
        if method is None or self._shutdown:
            super().handle_message(message)
            return
        context, request_id = copy_context(), getattr(message, "id", None)
        if request_id is None:
            context.run(self._handle_notification, method, message.params)
        else:
            context.run(self._handle_request, request_id, method, message.params)

    def _not_now(self, method: str) -> JsonRpcException | None:
        if self._shutdown:
            return JsonRpcInvalidRequest(f"Invalid Request: {method} after shutdown")
        if not self._initialized and method != lsp.INITIALIZE:
            return JsonRpcServerNotInitialized(f"{method} before initialize")
        if self._initialized and method == lsp.INITIALIZE:
            return JsonRpcInvalidRequest("Invalid Request: initialize was already answered")
        return None

    def _refuse(self, request_id: int | str | None, error: JsonRpcException) -> None:
        self._send_data(lsp.ResponseErrorMessage(id=request_id, error=error.to_response_error()))

    def _exit(self, *_: object) -> None:
        self.exit_code = 0 if self._shutdown else 1
        self.stopped.set()

    def _send_data(self, data: Any) -> None:
        if not data or self.writer is None:
            return
        if self.greeted is not None and isinstance(data, JsonRPCResponseMessage) and data.id == self.greeted:
            self.greeted = None
            return
        body = _dumps(data, self._serialize)
        self.writer.write(framed(body))

    def _serialize(self, value: Any) -> Any:
        if isinstance(value, Wire):
            return value.told()
        if isinstance(value, lsp.InlineCompletionResponse) and (told := keystroke_messages.told(value)) is not None:
            return told
        return self._serialize_message(value)


def _loads(body: bytes) -> object:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return json.loads(body)  # lone surrogates, which editors send while a character is being typed


def _dumps(data: object, default: Callable[[Any], Any]) -> bytes:
    try:
        return orjson.dumps(data, default=default, option=orjson.OPT_PASSTHROUGH_DATACLASS)
    except orjson.JSONEncodeError:
        return json.dumps(data, default=default).encode()
