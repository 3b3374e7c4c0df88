"""``GET /team``: the page that shows a team's spending. A browser asks for a key; its user name does not matter."""

import base64
import binascii
import logging
from dataclasses import dataclass
from urllib.parse import parse_qs

from coderoute_ls.gateway.caller_error import CallerError
from coderoute_ls.gateway.gateway import Gateway
from coderoute_ls.gateway.http.http_exchange import (
    FAILED,
    Headers,
    Receive,
    Scope,
    Send,
    check_method,
    headers_of,
    respond_bytes,
)

log = logging.getLogger(__name__)

_REALM = 'Basic realm="coderoute-ls: a key of the team as the password", charset="UTF-8"'


@dataclass(frozen=True)
class TeamPage:
    """An ASGI application that answers browsers, errors too."""

    gateway: Gateway

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del receive
        pages = self.gateway.pages
        if pages is None:
            body = b"This gateway is of no team: `coderoute-ls gateway --database` runs one that is.\n"
            await respond_bytes(send, 404, body, {"content-type": "text/plain; charset=utf-8"})
            return
        status, headers = 200, pages.headers()
        try:
            gateway = await self.gateway.admitted(with_key(headers_of(scope)))
            check_method(scope, "GET")
            async with gateway.slot():
                assert gateway.pages is not None
                found = await gateway.pages.page(scope["path"], _query(scope))
            if found is None:
                status, found = 404, pages.message("Not found", "There is no such call or page. /team shows all spending.")
        except CallerError as error:
            status, found = error.status, pages.message("The page cannot be shown", error.message)
            headers |= error.headers
            if status == 401:
                headers["www-authenticate"] = _REALM
        except Exception:
            log.exception("The page %s failed", scope["path"])
            status, found = FAILED.status, pages.message("The page cannot be shown", FAILED.message)
        await respond_bytes(send, status, found.encode(), {**headers, "content-type": "text/html; charset=utf-8"})


def with_key(headers: Headers) -> Headers:
    """With the password that a browser sends as any other caller sends its key."""
    scheme, _, said = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return headers
    try:
        password = base64.b64decode(said, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        password = ""
    return {**headers, "authorization": f"Bearer {password}"}


def _query(scope: Scope) -> dict[str, str]:
    """Of a name that comes twice the first."""
    said: bytes = scope["query_string"]
    return {name: values[0] for name, values in parse_qs(said.decode("latin-1")).items()}
