"""Model servers on this machine, found by asking the ports where they usually listen."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

import orjson

from coderoute_ls.domain.vendor import Vendor
from coderoute_ls.errors import ProviderError
from coderoute_ls.providers.connections.loopback import open_connection
from coderoute_ls.providers.connections.transport import Transport, origin, read_at_most
from coderoute_ls.providers.json_access import as_count, as_object

MAX_PROPS = 1 << 20
"""Most bytes of a server's account of itself: its chat template is in it."""
PROPS_S = 2.0
"""A server that is there may be busy; without its word it is learned from a key that waits."""


@dataclass(frozen=True, slots=True)
class LocalServer:
    """A server that answered, and the models it lists, by the names that its requests take."""

    provider: str
    base_url: str
    models: tuple[str, ...]
    slots: int | None = None
    """Requests that it answers at once, where it says so."""


def _no_key(vendor: str) -> None:
    del vendor


async def find_servers(
    vendors: Iterable[Vendor], transport: Transport, timeout_s: float = 0.3, *, key_of: Callable[[str], str | None] = _no_key
) -> tuple[LocalServer, ...]:
    """The local vendors of these that answer in time, all asked at once. Without any, no HTTP client is imported. ``key_of`` is
    the key of a vendor: a server may want one for its list, too."""
    local = (vendor for vendor in vendors if vendor.local and vendor.base_url)
    found = await asyncio.gather(*(_ask(vendor, transport, timeout_s, key_of(vendor.id)) for vendor in local))
    return tuple(server for server in found if server is not None)


async def _ask(vendor: Vendor, transport: Transport, timeout_s: float, key: str | None) -> LocalServer | None:
    try:
        async with asyncio.timeout(timeout_s):
            if not await _listens(vendor.base_url):
                return None
        from coderoute_ls.providers.model_list import list_models

        # the first request pays for loading the HTTP client, which says nothing of the server
        async with asyncio.timeout(timeout_s + 2):
            models = await list_models(vendor, transport, key=key, wait_s=timeout_s)
    except (TimeoutError, ProviderError):
        return None
    slots = await _slots(vendor, transport, key) if vendor.tells_timings else None
    return LocalServer(vendor.id, vendor.base_url, models, slots)


async def _slots(vendor: Vendor, transport: Transport, key: str | None) -> int | None:
    """What llama.cpp says of itself at ``/props``; None where it does not answer there."""
    headers = {"authorization": f"Bearer {key}"} if key else {}
    with suppress(TimeoutError, ProviderError, orjson.JSONDecodeError):
        async with transport.send(vendor, f"{origin(vendor.base_url)}/props", headers, wait_s=PROPS_S) as answer:
            said = as_object(orjson.loads(await read_at_most(answer, MAX_PROPS)))
            return (as_count(said.get("total_slots")) or None) if answer.status == 200 else None
    return None


async def _listens(url: str) -> bool:
    parts = urlsplit(url)
    try:
        _, writer = await open_connection(parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
    except (OSError, ValueError):
        return False
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return True
