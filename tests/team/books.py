"""The second bookkeeping of the simulator: every reservation and every call for ever, added up anew each time."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from coderoute_ls.team.keys import Key
from coderoute_ls.team.money import Level, Period


@dataclass
class Held:
    """A reservation, as the second bookkeeping knows it for ever."""

    id: UUID
    key: Key
    model: str
    nusd: int
    at: datetime
    expires: datetime
    replica: int
    state: str = "live"
    billed: int = 0
    windows: dict[int, datetime] = field(default_factory=dict[int, datetime])
    """Of each budget that it counts in, by that budget's number."""


@dataclass
class Book:
    """A budget in the second bookkeeping."""

    level: Level
    subject: str
    period: Period
    cap: int
    starts: datetime

    def concerns(self, key: Key, model: str) -> bool:
        whose = {"organisation": "", "team": key.team, "user": key.user, "key": str(key.id), "model": model}
        return whose[self.level] == self.subject


def window(period: Period, at: datetime) -> datetime:
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    match period:
        case "day":
            return midnight
        case "week":
            return midnight - timedelta(days=midnight.weekday())
        case "month":
            return midnight.replace(day=1)
        case "lifetime":
            return datetime.min.replace(tzinfo=UTC)
