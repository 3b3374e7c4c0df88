"""Eight real processes that spend one team's money and are killed at random, the database once among them.

``TEAM_REQUESTS=100000`` for the full size, ``TEAM_SEED`` for other kills.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import psycopg
import pytest

from coderoute_ls.team.money import Cap, Level, Period
from tests.support.postgres import Cluster, cluster
from tests.team.conftest import Team, migrated
from tests.team.spender import MODELS, MOST_NUSD

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.timeout(3_000)]

REQUESTS = int(os.environ.get("TEAM_REQUESTS", "2500"))
PROCESSES = 8
SEED = int(os.environ.get("TEAM_SEED", "1"))
KILL_EVERY_S = float(os.environ.get("TEAM_KILL_EVERY_S", "0.7"))
LOOK_EVERY_S = 0.1

WATCH = """
CREATE TABLE over_the_cap (at timestamptz, budget bigint, used bigint, cap bigint);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
$$
BEGIN
    INSERT INTO over_the_cap VALUES (clock_timestamp(), NEW.id, NEW.spent_nusd + NEW.reserved_nusd, NEW.cap_nusd);
    RETURN NULL;
END
$$;
CREATE TRIGGER watch AFTER UPDATE ON coderoute.budgets FOR EACH ROW
WHEN (NEW.spent_nusd + NEW.reserved_nusd > NEW.cap_nusd) EXECUTE FUNCTION note();
CREATE TABLE clock_ahead (by interval);
INSERT INTO clock_ahead VALUES ('0 s');
CREATE OR REPLACE FUNCTION coderoute.moment() RETURNS timestamptz LANGUAGE sql AS
'SELECT clock_timestamp() + by FROM clock_ahead';
"""
ADDED_UP = """
SELECT b.id, b.spent_nusd - (
    SELECT coalesce(sum(c.billed_nusd), 0) FROM coderoute.calls c
    WHERE c.at >= b.starts AND coderoute.concerns(b.level, b.subject, c.user_name, c.team, c.key_id, c.model)
), b.reserved_nusd - (
    SELECT coalesce(sum(r.nusd), 0) FROM coderoute.reservations r
    WHERE r.at >= b.starts AND coderoute.concerns(b.level, b.subject, r.user_name, r.team, r.key_id, r.model)
) FROM coderoute.budgets b
"""


class Replicas:
    """The processes, and what each was certain of before it died."""

    def __init__(self, url: str, folder: Path) -> None:
        self._url = url
        self._folder = folder
        self._chance = random.Random(SEED)
        self._started = 0
        self.killed = 0
        self._running = [self._start() for _ in range(PROCESSES)]

    def _start(self) -> subprocess.Popen[bytes]:
        self._started += 1
        log, skew = self._folder / f"{self._started}.log", self._chance.choice((-2.0, 0.0, 2.0))
        words = [self._url, str(SEED * 10_000 + self._started), str(log), str(skew)]
        return subprocess.Popen([sys.executable, "-m", "tests.team.spender", *words], stderr=subprocess.DEVNULL)

    def kill_one(self) -> None:
        """And start another in its place."""
        number = self._chance.randrange(PROCESSES)
        self._running[number].kill()
        self._running[number].wait()
        self.killed += 1
        self._running[number] = self._start()

    def end(self) -> None:
        """Half are told to end, and book what waits; half are killed."""
        for number, process in enumerate(self._running):
            process.send_signal(signal.SIGTERM if number % 2 else signal.SIGKILL)
        for process in self._running:
            process.wait()

    def told(self) -> list[list[str]]:
        """All lines of all logs."""
        return [line.split() for path in self._folder.glob("*.log") for line in path.read_text("utf-8").splitlines()]

    def requests(self) -> int:
        """How many were answered, yes or no."""
        data = (path.read_bytes() for path in self._folder.glob("*.log"))
        return sum(each.count(b"R ") + each.count(b"N ") for each in data)


def budgets(team: Team) -> None:
    """On five levels, of which each is reached: all together ask for about twice what the organisation has."""
    people = [("ann", "web"), ("bob", "web"), ("eve", "data"), ("machine", "data")]
    keys = [team.admin.create_key(user, name)[1] for user, name in people]
    whole = REQUESTS * MOST_NUSD // 10
    caps: list[tuple[Level, str, Period, int]] = [
        ("organisation", "", "lifetime", whole), ("organisation", "", "month", whole * 2),
        ("team", "web", "month", whole * 2 // 3), ("team", "data", "week", whole * 2 // 3),
        ("user", "ann", "day", whole // 3), ("user", "eve", "month", whole // 2),
        ("key", keys[1].prefix, "day", whole // 4), ("key", keys[3].prefix, "lifetime", whole // 3),
        ("model", MODELS[0], "day", whole // 2), ("model", MODELS[1], "month", whole // 2),
    ]  # fmt: skip
    for level, subject, period, nusd in caps:
        team.admin.set_budget(level, subject, Cap(nusd, period))


def check_sums(url: str) -> bool:
    """In one snapshot, which is some commit: each sum is that of the rows. False while the database is not there."""
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            for number, spent, reserved in connection.execute(ADDED_UP.encode()):
                assert (spent, reserved) == (0, 0), f"budget {number} is off by {spent} and {reserved}"
    except psycopg.OperationalError:
        return False
    return True


def run(server: Cluster, team: Team, replicas: Replicas) -> tuple[int, int]:
    """Until all requests were made; returns how often everything was added up, and how often the database was killed."""
    looked, database_killed, last, look_at = 0, 0, time.monotonic(), 0.0
    while (done := replicas.requests()) < REQUESTS:
        if (begun := time.monotonic()) > look_at:
            looked += check_sums(team.url)
            look_at = time.monotonic() + 10 * (time.monotonic() - begun)  # of the database's time a tenth
        if time.monotonic() - last > KILL_EVERY_S:
            replicas.kill_one()
            last = time.monotonic()
        if done > REQUESTS / 2 and not database_killed:
            database_killed += 1
            server.stop("immediate")
            server.start()
        time.sleep(LOOK_EVERY_S)
    replicas.end()
    return looked, database_killed


def test_no_cap_is_passed_and_nothing_is_lost_or_doubled_whoever_is_killed(tmp_path: Path) -> None:
    begun = time.monotonic()
    with cluster(durable=True) as server:
        with migrated(server) as team:
            budgets(team)
            team.query(WATCH)
        replicas = Replicas(team.url, tmp_path)
        looked, database_killed = run(server, team, replicas)
        took = time.monotonic() - begun
        with migrated(server, team.url) as team:
            team.query("UPDATE clock_ahead SET by = '1 hour'")  # all leases have ended
            while team.query("SELECT coderoute.end_leases()") != [(0,)]:
                pass
            assert check_sums(team.url)
            _nothing_went_wrong(team, replicas.told())
            ((calls, late),) = team.query("SELECT count(*), count(*) FILTER (WHERE late) FROM coderoute.calls")
            ((lapsed,),) = team.query("SELECT count(*) FROM coderoute.lapsed")
    kinds = Counter(line[0] for line in replicas.told())
    print(  # noqa: T201  (shown by -s: the figures of the proof)
        f"{replicas.requests():,} requests in {took:.0f} s ({kinds['N']:,} refused), {replicas.killed} replicas and "
        f"{database_killed} database killed, {calls:,} calls booked ({late} late), {lapsed} lapsed, added up {looked} times"
    )
    assert kinds["N"] > 0
    assert replicas.killed > 0


def _nothing_went_wrong(team: Team, told: list[list[str]]) -> None:
    ((late,),) = team.query("SELECT coalesce(sum(billed_nusd), 0)::bigint FROM coderoute.calls WHERE late")
    assert isinstance(late, int)
    over = team.query("SELECT budget, max(used - cap) FROM over_the_cap GROUP BY budget HAVING max(used - cap) > %s", late)
    assert over == []  # what was booked after its lease, of a process that stood still, is the only excuse
    assert team.query("SELECT id FROM coderoute.budgets WHERE reserved_nusd <> 0") == []
    assert team.query("SELECT id FROM coderoute.reservations") == []
    booked = {str(row[0]): row[1] for row in team.query("SELECT id, billed_nusd FROM coderoute.calls")}
    lapsed = {str(row[0]) for row in team.query("SELECT id FROM coderoute.lapsed")}
    confirmed = {line[1]: int(line[2]) for line in told if line[0] == "S"}
    assert {call: booked.get(call) for call in confirmed} == confirmed  # nothing that was confirmed is lost, or booked otherwise
    freed = {line[1] for line in told if line[0] == "F"}
    for line in told:
        if line[0] == "R":  # each reservation has exactly one end; of the last one before a kill the log may not know it
            ends = (line[1] in booked) + (line[1] in lapsed) + (line[1] in freed)
            assert ends == 1 or (ends == 0 and line[1] not in confirmed), line
    assert not lapsed & booked.keys()
