"""Any sequence of reservations, settlements and crashes keeps to the budget."""

import sqlite3
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from coderoute_ls.domain import LedgerEntry, Limits, Reservation
from coderoute_ls.ledger import nano_usd
from coderoute_ls.ledger.schema import migrate
from coderoute_ls.ledger.transactions import AHEAD_SECONDS, RESERVATION_SECONDS, LedgerStore
from tests.ledger.moments import NOON

DAILY, WORKSPACE = Limits(daily_usd=1.0), Limits(workspace_daily_usd=0.6)
BOTH = Limits(daily_usd=1.0, workspace_daily_usd=0.6)
FOLDERS = st.sampled_from(["/a", "/b"])
SLOTS = st.sampled_from([1, 2, 3])
CALLS = st.sampled_from([1, 16])
ROUNDING = 1e-6

Held = tuple[int, str, Reservation]
"""Process, workspace, reservation."""


class Budgets(RuleBasedStateMachine):
    """Three processes, two workspaces, one ledger; beside it a plain model of who has set aside and spent what."""

    reservations: Bundle[Any] = Bundle("reservations")

    def __init__(self) -> None:
        super().__init__()
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        migrate(self.connection)
        self.process = {1: 1, 2: 2, 3: 3}
        self.held: dict[str, tuple[int, str, float, float]] = {}
        self.spent = {"/a": 0.0, "/b": 0.0}
        self.calls = 0
        self.now = NOON

    def store(self, process: int) -> LedgerStore:
        return LedgerStore(self.connection, process=process, alive=lambda process: process in self.process.values())

    def reserved(self, folder: str | None = None) -> float:
        return sum(
            usd
            for process, place, usd, expires in self.held.values()
            if process in self.process.values() and expires > self.now and folder in (None, place)
        )

    @rule(target=reservations, slot=SLOTS, folder=FOLDERS, usd=st.floats(1e-9, 0.5) | st.floats(1e-9, 1e-3), calls=CALLS)
    def reserve(self, slot: int, folder: str, usd: float, calls: int) -> Held | None:
        process = self.process[slot]
        everywhere = sum(self.spent.values()) + self.reserved()
        here = self.spent[folder] + self.reserved(folder)
        made = self.store(process).reserve(folder, usd, BOTH, self.now, calls=calls)
        if made is None:
            assert everywhere + usd > 1.0 - ROUNDING or here + usd > 0.6 - ROUNDING, "refused although there was room"
            return None
        assert usd - ROUNDING <= made.usd <= calls * usd + ROUNDING
        assert everywhere + made.usd <= 1.0 + ROUNDING
        assert here + made.usd <= 0.6 + ROUNDING
        life = RESERVATION_SECONDS + (AHEAD_SECONDS if nano_usd.promise(made.usd) > nano_usd.promise(usd) else 0.0)
        self.held[made.id] = (process, folder, made.usd, self.now + life)
        return process, folder, made

    @rule(held=reservations, share=st.floats(0, 1))
    def settle_one_call_of_several(self, held: Held | None, share: float) -> None:
        if held is None or held[2].id not in self.held or held[0] not in self.process.values():
            return
        process, folder, made = held
        _, _, usd, expires = self.held[made.id]
        if expires <= self.now:
            return
        self.calls += 1
        piece = Reservation(made.id, usd * share)
        self.store(process).settle(piece, LedgerEntry(str(self.calls), self.now, folder, "edit", billed_usd=piece.usd))
        self.held[made.id] = (process, folder, usd - piece.usd, expires)
        self.spent[folder] += piece.usd

    @rule(held=consumes(reservations), share=st.floats(0, 1))
    def settle_within_the_most_it_can_cost(self, held: Held | None, share: float) -> None:
        if held is None or held[0] not in self.process.values() or self.held[held[2].id][3] <= self.now:
            return
        process, folder, made = held
        self.calls += 1
        left = self.held[made.id][2]
        billed = left * share
        self.store(process).settle(
            made, LedgerEntry(str(self.calls), self.now, folder, "edit", expected_usd=made.usd, billed_usd=billed)
        )
        del self.held[made.id]
        self.spent[folder] += billed

    @rule(held=consumes(reservations))
    def release(self, held: Held | None) -> None:
        if held is not None and held[0] in self.process.values():
            self.store(held[0]).release(held[2])
            del self.held[held[2].id]

    @rule(slot=SLOTS)
    def crash_and_start_again(self, slot: int) -> None:
        self.process[slot] += 10

    @rule(seconds=st.floats(1, RESERVATION_SECONDS))
    def wait(self, seconds: float) -> None:
        self.now = min(self.now + seconds, NOON + 6 * 3600)

    @invariant()
    def spent_and_reserved_stay_within_every_cap(self) -> None:
        for folder in self.spent:
            everywhere, here = (self.store(0).left(folder, limits, self.now) for limits in (DAILY, WORKSPACE))
            assert everywhere is not None
            assert here is not None
            assert abs(everywhere - (1.0 - sum(self.spent.values()) - self.reserved())) < ROUNDING
            assert abs(here - (0.6 - self.spent[folder] - self.reserved(folder))) < ROUNDING
            assert sum(self.spent.values()) + self.reserved() <= 1.0 + ROUNDING
            assert self.spent[folder] + self.reserved(folder) <= 0.6 + ROUNDING

    def teardown(self) -> None:
        self.connection.close()


TestBudgets = Budgets.TestCase
TestBudgets.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
