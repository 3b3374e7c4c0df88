"""Model servers on this machine, found by asking the ports where they usually listen."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

import orjson

from coderoute_ls.domain.vendor import Vendor
from coderoute_ls.errors import ProviderError, ProviderUnavailable
from coderoute_ls.providers.connections.loopback import open_connection
from coderoute_ls.providers.connections.transport import Transport, read_at_most
from coderoute_ls.providers.credentials import key_header
from coderoute_ls.providers.dialect import dialect
from coderoute_ls.providers.json_access import as_object, as_text, is_list
from coderoute_ls.providers.refusals.classification import failure_from_response, failure_in_stream

MAX_LIST = 1 << 20


@dataclass(frozen=True, slots=True)
class LocalServer:
    """A server that answered, and the models it lists, by the names that its requests take."""

    provider: str
    base_url: str
    models: tuple[str, ...]


async def find_servers(vendors: Iterable[Vendor], transport: Transport, timeout_s: float = 0.3) -> tuple[LocalServer, ...]:
    """The local vendors of these that answer in time, all asked at once. Nobody listening costs no import of the HTTP client."""
    found = await asyncio.gather(*(_ask(vendor, transport, timeout_s) for vendor in vendors if vendor.local and vendor.base_url))
    return tuple(server for server in found if server is not None)


async def _ask(vendor: Vendor, transport: Transport, timeout_s: float) -> LocalServer | None:
    try:
        async with asyncio.timeout(timeout_s):
            if not await _listens(vendor.base_url):
                return None
        # the first request pays for loading the HTTP client, which is nobody's slowness
        async with asyncio.timeout(timeout_s + 2):
            models = await list_models(vendor, transport, key=None, wait_s=timeout_s)
    except (TimeoutError, ProviderError):
        return None
    return LocalServer(vendor.id, vendor.base_url, models)


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


async def list_models(vendor: Vendor, transport: Transport, key: str | None, wait_s: float = 10.0) -> tuple[str, ...]:
    """Names of the models that the vendor lists. Raises `ProviderError`: ModelNotFound where it has no such list,
    ProviderUnavailable where what answers is no model server, although it may say that all is well.
    """
    how = dialect(vendor.dialect)
    headers = {"accept": "application/json", **vendor.headers, **(key_header(vendor, how.auth, key) if key else {})}
    async with transport.send(vendor, vendor.request_url(how.name, how.models_path), headers, wait_s=wait_s) as answer:
        body = await read_at_most(answer, MAX_LIST)
        if answer.status != 200:
            raise failure_from_response(vendor, answer.status, answer.headers, body)
    try:
        listed: object = orjson.loads(body)
    except orjson.JSONDecodeError:
        listed = None
    # Together lists without an object around the list
    bare = is_list(listed) and any(as_object(row).get("id") for row in listed)
    rows = listed if bare else as_object(listed).get("data", as_object(listed).get("models"))
    if not is_list(rows):
        if as_object(listed).get("error"):
            raise failure_in_stream(vendor, listed)
        raise ProviderUnavailable(
            f"{vendor.name} answered with something that is not a list of models: is its base URL right?", provider=vendor.id
        )
    names = (as_text(row.get("id")) or as_text(row.get("name")) for row in map(as_object, rows))
    return tuple(name.removeprefix("models/") for name in names if name)
