"""Budgets on five levels under any interleaving of what replicas do: a seed decides every step, and replays a failure.

What the database holds is compared after each step with a second bookkeeping that shares nothing with it: it keeps every
reservation and every call for ever, and adds them up anew each time.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg

from coderoute_ls.team.administration import Administration
from coderoute_ls.team.budgets.budget_store import BudgetStore, MoneyRequest
from coderoute_ls.team.keys import Key
from coderoute_ls.team.money import LEVELS, PERIODS, Cap, Level, Period
from tests.team.books import Book, Held, window

LEASE_S = 60
MODELS = ("m/one", "m/two")
FIRST = datetime(2026, 11, 29, 23, 58, tzinfo=UTC)  # a Sunday: the next days end a day, a week and a month


class Simulation:
    """One seed's world: some replicas, keys, budgets and a clock that only the simulation moves."""

    def __init__(self, seed: int, connection: psycopg.Connection, store: BudgetStore) -> None:
        self.chance = random.Random(seed)
        self.connection = connection
        self.store = store
        self.admin = Administration(connection, "simulation")
        self.now = FIRST
        self.held: list[Held] = []
        self.books: dict[int, Book] = {}
        self.revoked: set[int] = set()
        self.log: list[str] = []
        self.turned_away = self.let_through = 0
        connection.execute("CREATE TABLE simulated (at timestamptz)")
        connection.execute("INSERT INTO simulated VALUES (%s)", (self.now,))
        connection.execute(
            "CREATE OR REPLACE FUNCTION coderoute.moment() RETURNS timestamptz LANGUAGE sql AS 'SELECT at FROM simulated'"
        )
        people = (("ann", "web"), ("ann", "web"), ("bob", "web"), ("eve", "data"), ("machine", ""))
        self.keys = [self.admin.create_key(user, team)[1] for user, team in people]
        self.set_budget("organisation", "", "month", 40 * 10**9)
        self.set_budget("team", "web", "week", 40 * 10**9)
        self.set_budget("user", "ann", "day", 40 * 10**9)

    # -- the second bookkeeping -----------------------------------------------------------------------------------------------

    def spent(self, number: int) -> int:
        book = self.books[number]
        return sum(each.billed for each in self.held if each.windows.get(number) == book.starts)

    def reserved(self, number: int) -> int:
        book = self.books[number]
        return sum(each.nusd for each in self.held if each.state == "live" and each.windows.get(number) == book.starts)

    def used(self, number: int) -> int:
        """Now, in the window that is."""
        book = self.books[number]
        over = window(book.period, self.now) > book.starts
        return 0 if over else self.spent(number) + self.reserved(number)

    def check(self, before: dict[int, tuple[datetime, int]], excused: bool) -> None:
        """The database agrees in every sum, and nothing went over a cap. ``before``: of each budget its window and its sum."""
        said = dict[int, tuple[int, int]]()
        for number, spent, reserved in self.connection.execute("SELECT id, spent_nusd, reserved_nusd FROM coderoute.budgets"):
            said[number] = (spent, reserved)
        assert said == {number: (self.spent(number), self.reserved(number)) for number in self.books}
        for number, book in self.books.items():
            used = self.used(number)
            starts, sum_ = before.get(number, (book.starts, 0))
            assert excused or used <= book.cap or (starts == book.starts and used <= sum_), f"{book} holds {used}"
        live = sorted(str(each.id) for each in self.held if each.state == "live")
        rows = self.connection.execute("SELECT id::text FROM coderoute.reservations ORDER BY id::text").fetchall()
        assert [row[0] for row in rows] == live

    # -- what happens ---------------------------------------------------------------------------------------------------------

    async def step(self) -> None:
        """Something happens; afterwards everything must add up."""
        before = {number: (book.starts, self.spent(number) + self.reserved(number)) for number, book in self.books.items()}
        acts = (
            (self.reserve, 40), (self.settle, 20), (self.settle_again, 4), (self.settle_late, 4), (self.release, 4),
            (self.settle_known_call_with_another_reservation, 3), (self.book_without_reservation, 1),
            (self.renew, 6), (self.crash, 2), (self.end_leases, 3), (self.pass_time, 12),
            (self.change_budget, 2), (self.revoke, 0.3),
        )  # fmt: skip
        act = self.chance.choices([act for act, _ in acts], [weight for _, weight in acts])[0]
        name = act.__name__
        self.log.append(name)
        await act()
        self.check(before, excused=name in ("settle_late", "change_budget", "book_without_reservation"))

    def _some(self, state: str, *, once_expired: bool | None = None) -> Held | None:
        found = [each for each in self.held if each.state == state and each.replica >= 0]
        if once_expired is not None:
            found = [each for each in found if (each.expires <= self.now) == once_expired]
        return self.chance.choice(found) if found else None

    async def reserve(self) -> None:
        """One call, or some that arrive together."""
        keys = [self.chance.choice(self.keys) for _ in range(self.chance.choice((1, 1, 2, 5)))]
        requests = [self._request(key) for key in keys]
        answers = await self.store.reserve_all(requests)
        left = [place for place in range(len(keys)) if not self._takes(requests[place], keys[place])]
        if any(keys[place].id not in self.revoked for place in left):  # before one is refused, what has lapsed is freed
            self._lapse()
        left = [place for place in left if not self._takes(requests[place], keys[place])]
        for place, answer in enumerate(answers):
            key = keys[place]
            expected = "reserved" if place not in left else "key" if key.id in self.revoked else "refused"
            assert answer.outcome == expected, f"{answer} to {requests[place]}, number {place} of {len(keys)}"
            self.turned_away += expected == "refused"
            self.let_through += expected == "reserved"
        if self.chance.random() < 0.1:  # the answer was lost: the replica asks again with the same ids
            again = [place for place in range(len(keys)) if place not in left]
            told = await self.store.reserve_all([requests[place] for place in again]) if again else []
            assert {answer.outcome for answer in told} <= {"reserved"}

    def _request(self, key: Key) -> MoneyRequest:
        nusd = self.chance.choice((1, 10**9, self.chance.randrange(1, 12 * 10**9)))
        return MoneyRequest(UUID(int=self.chance.getrandbits(128)), key.id, self.chance.choice(MODELS), nusd)

    def _takes(self, request: MoneyRequest, key: Key) -> bool:
        """Whether there is room for it; if so it is written down."""
        concerned = {number: book for number, book in self.books.items() if book.concerns(key, request.model)}
        if key.id in self.revoked or any(self.used(number) + request.nusd > book.cap for number, book in concerned.items()):
            return False
        lease = self.now + timedelta(seconds=LEASE_S)
        made = Held(request.id, key, request.model, request.nusd, self.now, lease, self.chance.randrange(3))
        self._counts(made, concerned)
        return True

    def _counts(self, made: Held, concerned: dict[int, Book]) -> None:
        """In the windows that are now."""
        for book in concerned.values():
            book.starts = max(book.starts, window(book.period, self.now))
        made.windows = {number: book.starts for number, book in concerned.items()}
        self.held.append(made)

    def _call(self, each: Held, billed: int) -> dict[str, object]:
        return {
            "id": str(each.id), "key_id": each.key.id, "user_name": each.key.user, "team": each.key.team, "repository": "",
            "branch": "", "action": "refactor", "decision": "", "offer": each.model, "model": each.model, "expected_nusd": 1,
            "billed_nusd": billed, "finish": "stop", "error": "", "answered_by": "model", "strongest": "", "single": "",
        }  # fmt: skip

    async def _settle(self, each: Held, billed: int) -> str:
        if self.chance.random() < 0.5:
            return await self.store.settle(each.id, self._call(each, billed))
        (outcome,) = await self.store.settle_all([(each.id, self._call(each, billed))])
        return outcome

    async def settle(self) -> None:
        """One call, or some that end together, of which one may be told twice."""
        some = list(
            {id(each): each for each in (self._some("live") for _ in range(self.chance.choice((1, 1, 4)))) if each}.values()
        )
        for each in some:
            each.billed = self.chance.choice((0, each.nusd, self.chance.randrange(each.nusd + 1)))
            each.state = "settled"
        if len(some) == 1:
            assert await self._settle(some[0], some[0].billed) == "settled"
        elif some:
            twice = [*some, self.chance.choice(some)]
            outcomes = await self.store.settle_all([(each.id, self._call(each, each.billed)) for each in twice])
            assert outcomes == ["settled"] * len(some) + ["known"]

    async def settle_again(self) -> None:
        each = self._some("settled")
        if each is not None:
            assert await self._settle(each, each.billed + 1) == "known"

    async def settle_known_call_with_another_reservation(self) -> None:
        """The call is booked once, whatever it is said to be paid from; the other reservation is free."""
        each, other = self._some("settled"), self._some("live")
        if each is not None and other is not None:
            other.state = "released"
            assert await self.store.settle(other.id, self._call(each, each.billed + 1)) == "known"

    async def book_without_reservation(self) -> None:
        """A call that was paid from a replica's allowance, or whose reservation another call has used up: it did cost."""
        key, model = self.chance.choice(self.keys), self.chance.choice(MODELS)
        used_up = self._some("settled") if self.chance.random() < 0.5 else None
        made = Held(UUID(int=self.chance.getrandbits(128)), key, model, 0, self.now, self.now, 0, "settled")
        made.billed = self.chance.randrange(1, 10**9)
        self._counts(made, {number: book for number, book in self.books.items() if book.concerns(key, model)})
        said = self._call(made, made.billed)
        assert await self.store.settle_all([(used_up.id if used_up else None, said)]) == ["settled"]

    async def settle_late(self) -> None:
        """A replica that was cut off longer than its lease books what the call did cost."""
        each = self._some("lapsed")
        if each is not None:
            each.billed, each.state = self.chance.randrange(each.nusd + 1), "settled"
            assert await self._settle(each, each.billed) == "late"

    async def release(self) -> None:
        each = self._some("live")
        if each is not None:
            each.state = "released"
            if self.chance.random() < 0.5:
                await self.store.release(each.id)
            else:
                assert await self.store.settle_all([(each.id, None)]) == ["released"]
            if self.chance.random() < 0.2:
                await self.store.release(each.id)

    async def renew(self) -> None:
        replica = self.chance.randrange(3)
        mine = [each for each in self.held if each.replica == replica and each.state in ("live", "lapsed")]
        renewed = await self.store.renew([each.id for each in mine])
        assert renewed == {each.id for each in mine if each.state == "live"}
        for each in mine:
            each.expires = self.now + timedelta(seconds=LEASE_S)

    async def crash(self) -> None:
        """A replica is killed: nobody settles, renews or releases what it held."""
        replica = self.chance.randrange(3)
        for each in self.held:
            if each.replica == replica:
                each.replica = -1

    async def end_leases(self) -> None:
        expected = sum(each.state == "live" and each.expires <= self.now for each in self.held)
        assert await self.store.end_leases() == expected
        self._lapse()

    def _lapse(self) -> None:
        for each in self.held:
            if each.state == "live" and each.expires <= self.now:
                each.state = "lapsed"

    async def pass_time(self) -> None:
        seconds = self.chance.choice((1, 5, 20, 70, 70, 3_600, 40_000, 86_400, -2))
        self.now += timedelta(seconds=seconds)
        if self.chance.random() < 0.2:  # just past midnight: a clock that is set back by two seconds is in the day before again
            self.now = window("day", self.now) + timedelta(days=1, seconds=1)
        self.connection.execute("UPDATE simulated SET at = %s", (self.now,))

    async def change_budget(self) -> None:
        level, period = self.chance.choice(LEVELS), self.chance.choice(PERIODS)
        subject = {
            "organisation": "", "team": "web", "user": self.chance.choice(("ann", "machine")),
            "key": self.chance.choice(self.keys).prefix, "model": self.chance.choice(MODELS),
        }[level]  # fmt: skip
        if self.chance.random() < 0.2:
            self._remove_budget(level, subject, period)
        else:
            self.set_budget(level, subject, period, self.chance.randrange(60 * 10**9))

    def _number(self, level: Level, subject: str, period: Period) -> int | None:
        return next((n for n, b in self.books.items() if (b.level, b.subject, b.period) == (level, subject, period)), None)

    def set_budget(self, level: Level, subject: str, period: Period, nusd: int) -> None:
        self.admin.set_budget(level, subject, Cap(nusd, period))
        name = str(self.admin.key(subject).id) if level == "key" else subject
        number = self._number(level, name, period)
        if number is not None:
            self.books[number].cap = nusd
            return
        ((number,),) = self.connection.execute("SELECT max(id) FROM coderoute.budgets").fetchall()
        book = self.books[number] = Book(level, name, period, nusd, window(period, self.now))
        for each in self.held:
            counted = each.state in ("live", "settled") and each.at >= book.starts
            if counted and book.concerns(each.key, each.model):
                each.windows[number] = book.starts

    def _remove_budget(self, level: Level, subject: str, period: Period) -> None:
        name = str(self.admin.key(subject).id) if level == "key" else subject
        number = self._number(level, name, period)
        if number is not None:
            self.admin.remove_budget(level, subject, period)
            del self.books[number]

    async def revoke(self) -> None:
        alive = [key for key in self.keys if key.id not in self.revoked]
        if len(alive) > 2:
            key = self.chance.choice(alive)
            self.admin.revoke_key(key.prefix)
            self.revoked.add(key.id)

    def ends(self) -> Iterator[str]:
        """What is left when every replica is gone: after the leases nothing is set aside."""
        self.now += timedelta(hours=1)  # the clock may have gone back by some seconds
        self.connection.execute("UPDATE simulated SET at = %s", (self.now,))
        self._lapse()
        yield from (f"{book}" for number, book in self.books.items() if self.reserved(number))
