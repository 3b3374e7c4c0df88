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
    """Provider → its last error, for those whose last call failed; of the last 30 days with calls, by the index on days."""
    rows = connection.execute(
        "SELECT substr(offer, 1, instr(offer, '/') - 1) AS provider, offer, error, max(time) FROM calls "
        "WHERE day >= date((SELECT max(day) FROM calls), '-30 days') AND instr(offer, '/') > 0 GROUP BY provider"
    )
    return {provider: Failure(error, offer, time) for provider, offer, error, time in rows if error}
