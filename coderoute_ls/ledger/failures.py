"""When a provider last failed, and how: for `coderoute-ls providers`."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Failure:
    """The last error of a provider that no later answer has outdated. ``time`` is Unix seconds."""

    error: str
    offer: str
    time: float


def last_failures(connection: sqlite3.Connection) -> Mapping[str, Failure]:
    """Provider → its last error, for those whose last call failed."""
    rows = connection.execute(
        "SELECT substr(offer, 1, instr(offer, '/') - 1) AS provider, offer, error, max(time) FROM calls "
        "WHERE instr(offer, '/') > 0 GROUP BY provider"
    )
    return {provider: Failure(error, offer, time) for provider, offer, error, time in rows if error}
