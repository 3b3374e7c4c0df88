"""The policy as a replica knows it: the newest version in the database, read again when it changes, and every few seconds."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from coderoute_ls.errors import DatabaseLost
from coderoute_ls.team.database import Database
from coderoute_ls.team.policy.policy import Policy, policy

BOUND_S = 5.0
"""How long a version is used without a look, should word of the next one not arrive."""
MAX_AGE_S = 3_600.0
"""How long clients may use a policy, where the organisation says nothing else."""


@dataclass(frozen=True, slots=True)
class Held:
    """A version of the policy; 0 is the empty one, of an organisation that has said nothing."""

    policy: Policy
    version: int = 0
    max_age_s: float = MAX_AGE_S


LAST_POLICY: LiteralString = "SELECT document, version, max_age_s FROM coderoute.policies ORDER BY version DESC LIMIT 1"

_WITH_THE_TIME: LiteralString = (
    "SELECT extract(epoch FROM coderoute.moment())::float8, held.* FROM (SELECT 1) AS one "  # noqa: S608
    "LEFT JOIN (" + LAST_POLICY + ") AS held ON true"
)


def held_of(row: Sequence[Any] | None) -> Held:
    """What `LAST_POLICY` returned. Raises `ConfigurationError`."""
    return Held(Policy()) if row is None else Held(policy(row[0]), row[1], float(row[2]))


class PolicyStore:
    """``survives_loss``: the last version holds on while the database cannot be asked."""

    def __init__(self, database: Database, *, survives_loss: bool = False, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._survives_loss = survives_loss
        self._clock = clock
        self._held: Held | None = None
        self._until = 0.0
        self._ahead_s = 0.0
        """How far the database's clock is ahead of this one."""

    @property
    def now(self) -> float:
        """Unix time by the database, once a version was read: two replicas whose own clocks differ sign policies in one order."""
        return self._clock() + self._ahead_s

    async def current(self) -> Held:
        """Raises `DatabaseLost`; `ConfigurationError` for a version that this coderoute-ls cannot read."""
        now = self._clock()
        if self._held is not None and now < self._until:
            return self._held
        try:
            ((moment, *row),) = await self._database.rows(_WITH_THE_TIME)
        except DatabaseLost:
            if self._held is not None and self._survives_loss:
                return self._held
            raise
        self._held = held_of(None if row[1] is None else row)
        self._ahead_s = moment - now
        self._until = now + BOUND_S
        return self._held

    def forget(self) -> None:
        """There is a newer version: read it."""
        self._until = 0.0
