"""What a replica may spend while the team's database is out of reach: nothing, or a small allowance of its own."""

from dataclasses import dataclass, field
from uuid import uuid4

from coderoute_ls.domain import Reservation
from coderoute_ls.ledger import nano_usd

MARK = "local:"


@dataclass(slots=True)
class Allowance:
    """What this replica may spend while it knows no budget. Once used up, it comes back when the database has booked all."""

    nusd: int
    """0: calls that cost are refused."""
    used_nusd: int = 0
    """Spent and set aside since the database was lost."""
    _held: dict[str, int] = field(default_factory=dict[str, int])

    def reserve(self, usd: float) -> Reservation | None:
        """None where it does not suffice."""
        amount = nano_usd.promise(usd)
        if self.used_nusd + amount > self.nusd:
            return None
        self.used_nusd += amount
        made = Reservation(f"{MARK}{uuid4()}", usd)
        self._held[made.id] = amount
        return made

    def settle(self, reservation: Reservation, nusd: int) -> None:
        """The call cost this."""
        self.used_nusd += nusd - self._held.pop(reservation.id, 0)

    def restore(self) -> None:
        """The database is there again, and knows what was spent."""
        self.used_nusd = sum(self._held.values())
