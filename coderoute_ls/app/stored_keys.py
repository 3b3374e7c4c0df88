"""The keys in a keyring, read in a thread that does not keep the process from ending."""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress

log = logging.getLogger(__name__)


async def stored_keys(keyring: Callable[[str], str | None], vendors: Iterable[str]) -> dict[str, str | None]:
    """In a thread that ends with the process: asyncio would wait for one of its own before it ends."""
    loop = asyncio.get_running_loop()
    found: asyncio.Future[dict[str, str | None]] = loop.create_future()

    def look() -> None:
        keys: dict[str, str | None] = {}
        try:
            keys = {vendor: keyring(vendor) for vendor in vendors}
        except Exception as error:
            log.info("The keyring cannot be used (%s)", type(error).__name__)
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(lambda: found.done() or found.set_result(keys))

    threading.Thread(target=look, name="keys", daemon=True).start()
    return await found
