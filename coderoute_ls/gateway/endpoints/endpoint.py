"""What the endpoints that ask no model share."""

import logging
from dataclasses import dataclass, replace
from typing import ClassVar, Protocol

from coderoute_ls.gateway.caller_error import CallerError
from coderoute_ls.gateway.faces.chat_completions import FACE as PLAIN
from coderoute_ls.gateway.faces.face import Json
from coderoute_ls.gateway.gateway import Gateway
from coderoute_ls.gateway.http.http_exchange import (
    FAILED,
    Headers,
    Receive,
    Scope,
    Send,
    check_method,
    headers_of,
    respond,
)
from coderoute_ls.gateway.http.request_body import Disconnected

log = logging.getLogger(__name__)


class _TellsErrors(Protocol):
    def error(self, error: CallerError) -> Json: ...


@dataclass(frozen=True)
class Endpoint:
    """An ASGI application that answers callers with the token by one JSON object. Subclasses write `answer`."""

    gateway: Gateway

    method: ClassVar[str] = "GET"
    face: ClassVar[_TellsErrors] = PLAIN
    """In whose shape errors are told."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = headers_of(scope)
        try:
            gateway = await self.gateway.admitted(headers)
            check_method(scope, self.method)
            async with gateway.slot():
                await replace(self, gateway=gateway).reply(headers, receive, send)
        except CallerError as error:
            await respond(send, error.status, self.face.error(error), dict(error.headers))
        except Disconnected:
            pass
        except Exception:
            log.exception("A request to %s failed", scope["path"])
            await respond(send, FAILED.status, self.face.error(FAILED))

    async def reply(self, headers: Headers, receive: Receive, send: Send) -> None:
        """Answer by JSON; overridden where the answer is something else."""
        await respond(send, 200, await self.answer(headers, receive))

    async def answer(self, headers: Headers, receive: Receive) -> Json:
        """Raises `CallerError`."""
        raise NotImplementedError
