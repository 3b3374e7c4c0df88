"""Fetches one public file, for the catalogue's refresh: bounded, no redirect, no key, nothing again that did not change."""

from collections.abc import Mapping
from dataclasses import dataclass

from coderoute_ls.domain.vendor import Vendor
from coderoute_ls.errors import BoundExceeded, ProviderUnavailable
from coderoute_ls.providers.connections.transport import Transport, origin, read_at_most

LONGEST_MARK = 300


@dataclass(frozen=True, slots=True)
class Fetched:
    """The file as it is now. Give ``etag`` to the next fetch; "" when the server has none."""

    content: bytes
    etag: str


async def fetch(
    url: str, transport: Transport, *, etag: str = "", limit: int = 32 << 20, timeout_s: float = 30.0
) -> Fetched | None:
    """The file at this URL, or None when it did not change since ``etag``. Raises `ProviderError`."""
    source = Vendor(origin(url), origin(url), "", origin(url))
    headers = {"accept": "application/json", "accept-encoding": "gzip", **({"if-none-match": etag} if etag else {})}
    async with transport.send(source, url, headers, wait_s=timeout_s) as answer:
        if answer.status == 304:
            return None
        if answer.status != 200:
            raise ProviderUnavailable(
                f"{url} answered {answer.status}, so nothing was fetched.", provider=source.id, status=answer.status
            )
        content = await read_at_most(answer, limit + 1)
        if len(content) > limit:
            raise BoundExceeded(f"{url} is larger than {limit >> 20} MiB, so it was not read.", provider=source.id)
        return Fetched(content, mark_in(answer.headers))


def mark_in(headers: Mapping[str, str]) -> str:
    """The ETag, where it can be sent back as it came: one that cannot would keep every request after it from being sent."""
    mark = headers.get("etag", "")
    return mark if len(mark) <= LONGEST_MARK and mark.isascii() and mark.isprintable() else ""
