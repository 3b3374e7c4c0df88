"""Budgets as a replica uses them: each method is one statement, and doing it twice is doing it once."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from coderoute_ls.team.database import Database
from coderoute_ls.team.money import budget_name, dollars_text

LEASE_S = 60.0
"""What is set aside for a call is free again so long after its replica was last heard of."""
RENEW_S = 15.0
"""Between two renewals of what is under way: three may fail before a lease ends."""


@dataclass(frozen=True, slots=True)
class MoneyRequest:
    """The most that a call may cost, and who pays."""

    id: UUID
    key: int
    """By its number in the table of keys."""
    model: str
    nusd: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What the database says to a request for money."""

    outcome: Literal["reserved", "refused", "key"]
    """``key``: it was revoked, or has expired."""
    level: str = ""
    """Of the budget that refuses; of a reservation that of the one that is used up most; "" where there is none."""
    subject: str = ""
    period: str = ""
    cap_nusd: int = 0
    used_nusd: int = 0
    """Spent and reserved, this call included where its money was set aside."""
    left_nusd: int | None = None
    """The least that is left of all budgets of the call; None where there is none."""

    @property
    def share(self) -> float:
        """How much of that budget is used, 0 to 1."""
        return self.used_nusd / self.cap_nusd if self.cap_nusd else float(self.used_nusd > 0)

    def told(self, key: str) -> str:
        """That budget and how it stands, as a sentence's beginning. ``key``: the prefix of the key that asked."""
        name = budget_name(self.level, key if self.level == "key" else self.subject, self.period)
        return f"{dollars_text(self.used_nusd)} of {dollars_text(self.cap_nusd)} in {name} is spent or set aside"


class BudgetStore:
    """Over the gateway's pool. All methods raise `DatabaseLost`, `ConfigurationError`."""

    def __init__(self, database: Database, *, lease_s: float = LEASE_S) -> None:
        self._database = database
        self._lease_s = lease_s

    async def reserve(self, id: UUID, key: int, model: str, nusd: int) -> Answer:  # noqa: A002  (as the column)
        """`reserve_all` of one."""
        return (await self.reserve_all([MoneyRequest(id, key, model, nusd)]))[0]

    async def reserve_all(self, requests: Sequence[MoneyRequest]) -> list[Answer]:
        """Set money aside for each on every level, or on none, in this order and in one transaction. Before one is refused, what
        dead replicas held is freed."""
        answers = await self._reserve_all(requests)
        refused = [place for place, answer in enumerate(answers) if answer.outcome == "refused"]
        if refused and await self.end_leases():
            again = await self._reserve_all([requests[place] for place in refused])
            for place, answer in zip(refused, again, strict=True):
                answers[place] = answer
        return answers

    async def _reserve_all(self, requests: Sequence[MoneyRequest]) -> list[Answer]:
        query = "SELECT * FROM coderoute.reserve_all(%s, %s, %s, %s, make_interval(secs => %s))"
        columns = zip(*((each.id, each.key, each.model, each.nusd) for each in requests), strict=True)
        rows = await self._database.rows(query, (*map(list, columns), self._lease_s))
        return [
            Answer(outcome, level or "", subject or "", period or "", cap or 0, used or 0, left)
            for outcome, level, subject, period, cap, used, left in rows
        ]

    async def left(self, key: int) -> Answer | None:
        """The budget of this key that has the least left for any model, as it is now; None: there is none. Locks nothing."""
        query = """
            SELECT b.level, b.subject, b.period, b.cap_nusd, coderoute.used(b, coderoute.moment()) AS used_nusd
            FROM coderoute.keys k, coderoute.budgets b
            WHERE k.id = %s AND b.level <> 'model' AND coderoute.concerns(b.level, b.subject, k.user_name, k.team, k.id, '')
            ORDER BY b.cap_nusd - coderoute.used(b, coderoute.moment()) LIMIT 1
        """
        for level, subject, period, cap, used in await self._database.rows(query, (key,)):
            return Answer("reserved", level, subject, period, cap, used, max(cap - used, 0))
        return None

    async def settle(self, reservation: UUID | None, call: Mapping[str, object]) -> str:
        """Free what was set aside, and book the call (columns of ``calls``). Returns ``settled``, ``late`` where the lease had
        ended before, ``known`` where the call was booked already."""
        query = "SELECT coderoute.settle(%s, %s::jsonb)"
        ((outcome,),) = await self._database.rows(query, (reservation, json.dumps(call)))
        return outcome

    async def settle_all(self, bookings: Sequence[tuple[UUID | None, Mapping[str, object] | None]]) -> list[str]:
        """`settle` each, or `release` where there is no call (``released``), in one transaction."""
        told = [{"reservation": None if id_ is None else str(id_), "call": call} for id_, call in bookings]
        rows = await self._database.rows("SELECT * FROM coderoute.settle_all(%s::jsonb)", (json.dumps(told),))
        return [row[0] for row in rows]

    async def release(self, reservation: UUID) -> None:
        """The call never happened."""
        await self._database.rows("SELECT coderoute.release(%s)", (reservation,))

    async def renew(self, reservations: Collection[UUID]) -> set[UUID]:
        """These calls are under way. Returns those whose lease still ran."""
        query = "SELECT coderoute.renew(%s, make_interval(secs => %s))"
        return {row[0] for row in await self._database.rows(query, ([*reservations], self._lease_s))}

    async def end_leases(self) -> int:
        """Free what nobody renewed. Returns how many reservations ended."""
        ((ended,),) = await self._database.rows("SELECT coderoute.end_leases()")
        return ended
