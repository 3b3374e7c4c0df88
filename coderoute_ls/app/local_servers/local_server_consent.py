"""Model servers on this machine: found by asking, used once the user has agreed, remembered by address."""

import asyncio
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import cast

from coderoute_ls.errors import Unsupported
from coderoute_ls.providers.configured_vendors import Vendor
from coderoute_ls.providers.connections.transport import Transport
from coderoute_ls.providers.local_server_discovery import LocalServer, find_servers
from coderoute_ls.server.backend import AskUser
from coderoute_ls.storage import Unwritten, read_document, write_document

VERSION = 1
USE, IGNORE = "Use it", "Ignore it"


class LocalServers:
    """The servers that may be asked. ``file`` keeps what the user said of each address."""

    def __init__(self, transport: Transport, file: Path, unwritten: Unwritten) -> None:
        self._transport = transport
        self._unwritten = unwritten
        self._said: dict[str, bool] = {}
        """What the user said in this session, also where it could not be kept."""
        self._file = file
        self.used: tuple[LocalServer, ...] = ()
        self.ask: AskUser = _nobody
        """Puts a question to the user."""
        self._dismissed: set[str] = set()
        """Addresses of which the user said nothing: asked about once in a session."""

    def slots_of(self, provider: str) -> int | None:
        """How many requests this provider's server answers at once, where it says so."""
        return next((server.slots for server in self.used if server.provider == provider), None)

    async def find(
        self, vendors: Iterable[Vendor], named: Collection[str], key_of: Callable[[str], str | None]
    ) -> tuple[LocalServer, ...]:
        """Those that answer now and may be asked. One that was not met before is asked about, unless its vendor is ``named``
        in the user's settings."""
        servers = await find_servers(vendors, self._transport, key_of=key_of)
        agreed = dict(cast("dict[str, bool]", (read_document(self._file, VERSION).content or {}).get("used", {}))) | self._said
        for server in servers:
            if server.base_url not in agreed | dict.fromkeys(self._dismissed) and server.provider not in named:
                answer = await _answer(self.ask, server)
                if answer is None:
                    self._dismissed.add(server.base_url)
                    continue
                agreed[server.base_url] = self._said[server.base_url] = answer
                try:
                    await asyncio.to_thread(write_document, self._file, VERSION, {"used": agreed})
                except OSError as error:
                    self._unwritten.failed("What you said of this model server", error)
        return tuple(server for server in servers if agreed.get(server.base_url) or server.provider in named)


async def _nobody(question: str, buttons: tuple[str, ...]) -> str | None:
    del question, buttons


async def _answer(ask: AskUser, server: LocalServer) -> bool | None:
    question = (
        f"A model server answers at {server.base_url} ({len(server.models)} models). "
        "On a shared machine it may be somebody else's. Send code to it?"
    )
    try:
        answer = await ask(question, (USE, IGNORE))
    except Unsupported:
        return None
    return None if answer is None else answer == USE
