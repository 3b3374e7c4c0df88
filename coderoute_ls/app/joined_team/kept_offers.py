"""The gateway's list of offers in the user's cache: for the next start, which may be without network."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from coderoute_ls.errors import ConfigurationError
from coderoute_ls.selection.offer_list import MOST_BYTES, NO_LIST, TeamOffers, offers_in
from coderoute_ls.selection.record import LATEST_S
from coderoute_ls.storage import read_regular, write_atomic


@dataclass(frozen=True, slots=True)
class KeptOffers:
    """A list as it was fetched, and when (Unix time)."""

    offers: TeamOffers
    etag: str
    fetched: float


def kept_offers(file: Path, url: str) -> KeptOffers | None:
    """What was kept of the gateway at this address; None where there is nothing that can be used. Blocks."""
    try:
        said = cast("object", json.loads(read_regular(file, MOST_BYTES + 4_096)))
        told = cast("dict[str, object]", said) if isinstance(said, dict) else {}
        etag, fetched = told.get("etag"), told.get("fetched")
        if told.get("url") != url or not isinstance(etag, str) or not isinstance(fetched, int | float):
            return None
        if not 0 <= fetched <= LATEST_S:  # a NaN, or what is no number of this clock, would never be too old
            return None
        return KeptOffers(offers_in(told.get("list")), etag, float(fetched))
    except (OSError, ValueError, ConfigurationError, RecursionError):
        return None


def keep_offers(file: Path, url: str, content: bytes, etag: str, now: float) -> TeamOffers:
    """Read a list that was fetched, and keep it. Raises `ConfigurationError` for one that is none: that is not kept. Blocks."""
    try:
        document = cast("object", json.loads(content))
        offers = offers_in(document)
        kept = json.dumps({"url": url, "etag": etag, "fetched": now, "list": document})
    except (ValueError, RecursionError):  # deeper than any list is
        raise ConfigurationError(NO_LIST) from None
    write_atomic(file, kept.encode())
    return offers
