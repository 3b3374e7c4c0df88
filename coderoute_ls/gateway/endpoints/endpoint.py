"""What the endpoints that ask no model share."""

from dataclasses import dataclass

from coderoute_ls.gateway.caller_error import CallerError
from coderoute_ls.gateway.faces.chat_completions import FACE as PLAIN
from coderoute_ls.gateway.faces.face import Json
from coderoute_ls.gateway.gateway import Gateway
from coderoute_ls.gateway.http.http_exchange import Headers, Receive, Scope, Send, admitted, headers_of, respond
from coderoute_ls.gateway.http.request_body import Disconnected


@dataclass(frozen=True)
class Endpoint:
    """An ASGI application that answers callers with the token by one JSON object. Subclasses write `answer`."""

    gateway: Gateway

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = headers_of(scope)
        try:
            if (refused := admitted(self.gateway, headers)) is not None:
                raise refused
            await respond(send, 200, await self.answer(headers, receive))
        except CallerError as error:
            await respond(send, error.status, PLAIN.error(error), dict(error.headers))
        except Disconnected:
            pass

    async def answer(self, headers: Headers, receive: Receive) -> Json:
        """Raises `CallerError`."""
        raise NotImplementedError
