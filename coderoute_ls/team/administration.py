"""What administrators change: keys and budgets. Each change is one transaction that also writes its line of the audit log."""

import getpass
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, LiteralString

import psycopg

from coderoute_ls.errors import ConfigurationError
from coderoute_ls.team.keys import Key, Scopes, hash_of, new_key, prefix_of
from coderoute_ls.team.money import Cap, Level, Period, budget_name
from coderoute_ls.team.policy.policy import policy
from coderoute_ls.team.policy.policy_store import LAST_POLICY, Held, held_of

KEY_COLUMNS: LiteralString = (
    "id, prefix, user_name, team, faces, models, lowest_floor, highest_floor, rights, created_at, expires_at, revoked_at"
)


@dataclass(frozen=True, slots=True)
class Budget:
    """A budget and how it stands in its present window. Money in billionths of a dollar."""

    level: Level
    subject: str
    """Of a key its prefix; "" for the organisation."""
    period: Period
    cap_nusd: int
    spent_nusd: int
    reserved_nusd: int
    starts: datetime | None
    """None: it has always been."""

    @property
    def left_nusd(self) -> int:
        """What may still be set aside."""
        return max(self.cap_nusd - self.spent_nusd - self.reserved_nusd, 0)


@dataclass(frozen=True, slots=True)
class Change:
    """A line of the audit log."""

    at: datetime
    actor: str
    action: str
    subject: str
    detail: Mapping[str, object]


def key_of(row: Sequence[Any]) -> Key:
    """`KEY_COLUMNS` of a row of the table of keys."""
    number, prefix, user, team, faces, models, lowest, highest, rights, *times = row
    faces, models = (None if names is None else tuple(names) for names in (faces, models))
    return Key(number, prefix, user, team, Scopes(faces, models, lowest, highest, tuple(rights)), *times)


class Administration:
    """Over one connection in autocommit. All methods raise `ConfigurationError` for what cannot be done, and psycopg.Error."""

    def __init__(self, connection: psycopg.Connection, actor: str | None = None) -> None:
        """``actor``: who is written down; None is this user of the operating system."""
        self.connection = connection
        self._actor = actor or getpass.getuser()

    # -- keys -----------------------------------------------------------------------------------------------------------------

    def create_key(
        self, user: str, team: str = "", *, scopes: Scopes | None = None, lives: timedelta | None = None, caps: Sequence[Cap] = ()
    ) -> tuple[str, Key]:
        """A new key, which is in no place but the first value returned, with budgets of its own."""
        if not user.strip() or not user.isprintable() or not team.isprintable():
            raise ConfigurationError("A key needs the name of its user (--user), in signs that can be printed.")
        scopes = scopes or Scopes()
        secret = new_key()
        values = (
            prefix_of(secret), hash_of(secret), user, team, _listed(scopes.faces), _listed(scopes.models), scopes.lowest_floor,
            scopes.highest_floor, [*scopes.rights], lives,
        )  # fmt: skip
        with self.connection.transaction():
            made = self.connection.execute(
                "INSERT INTO coderoute.keys (prefix, hash, user_name, team, faces, models, lowest_floor, highest_floor, rights, "
                "expires_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, coderoute.moment() + %s::interval) RETURNING id",
                values,
            ).fetchone()
            assert made is not None
            for cap in caps:
                self._set_budget("key", str(made[0]), cap)
            told = {
                "user": user,
                "team": team,
                "budgets": [str(cap) for cap in caps],
                "lives": None if lives is None else str(lives),
            }
            self._write_down("key.create", prefix_of(secret), told)
        return secret, self.key(prefix_of(secret))

    def key(self, prefix: str) -> Key:
        """The key with this prefix."""
        found = [key for key in self.keys() if key.prefix == prefix]
        if not found:
            raise ConfigurationError(f"There is no key {prefix[:40]!r}. `coderoute-ls team key list` shows the prefixes.")
        return found[0]

    def now(self) -> datetime:
        """By the database's clock, by which keys end."""
        row = self.connection.execute("SELECT coderoute.moment()").fetchone()
        assert row is not None
        return row[0]

    def keys(self) -> list[Key]:
        """All keys, the newest first."""
        query = f"SELECT {KEY_COLUMNS} FROM coderoute.keys ORDER BY id DESC"  # noqa: S608
        return [key_of(row) for row in self.connection.execute(query).fetchall()]

    def revoke_key(self, prefix: str) -> Key:
        """From now on it opens nothing, at no replica."""
        with self.connection.transaction():
            done = self.connection.execute(
                "UPDATE coderoute.keys SET revoked_at = coderoute.moment() WHERE prefix = %s AND revoked_at IS NULL", (prefix,)
            )
            if done.rowcount:
                self._write_down("key.revoke", prefix, {})
        key = self.key(prefix)
        if not done.rowcount and key.revoked_at is not None:
            raise ConfigurationError(f"The key {prefix} was revoked already, at {key.revoked_at:%Y-%m-%d %H:%M:%S %Z}.")
        return key

    # -- budgets --------------------------------------------------------------------------------------------------------------

    def set_budget(self, level: Level, subject: str, cap: Cap) -> None:
        """Add a budget, or give it another cap: calls from now on keep it. Of a key ``subject`` is the prefix."""
        with self.connection.transaction():
            self._set_budget(level, self._subject(level, subject), cap)
            self._write_down("budget.set", budget_name(level, subject, cap.period), {"cap": str(cap)})

    def remove_budget(self, level: Level, subject: str, period: Period) -> None:
        name = budget_name(level, subject, period)
        with self.connection.transaction():
            given = (level, self._subject(level, subject), period)
            if self.connection.execute("SELECT coderoute.remove_budget(%s, %s, %s)", given).fetchone() != (True,):
                raise ConfigurationError(f"There is not {name}. `coderoute-ls team budget list` shows those that there are.")
            self._write_down("budget.remove", name, {})

    def budgets(self) -> list[Budget]:
        """All budgets as they stand now."""
        found = self.connection.execute(
            "SELECT level, coalesce(k.prefix, subject), period, cap_nusd, "
            "CASE WHEN starts = now_ THEN spent_nusd ELSE 0 END, CASE WHEN starts = now_ THEN reserved_nusd ELSE 0 END, "
            "nullif(now_, '-infinity') "
            "FROM coderoute.budgets b CROSS JOIN LATERAL coderoute.present(b, coderoute.moment()) AS now_ "
            "LEFT JOIN coderoute.keys k ON level = 'key' AND subject = k.id::text ORDER BY b.id"
        ).fetchall()
        return [Budget(*row) for row in found]

    def _set_budget(self, level: Level, subject: str, cap: Cap) -> None:
        self.connection.execute("SELECT coderoute.set_budget(%s, %s, %s, %s)", (level, subject, cap.period, cap.nusd))

    def _subject(self, level: Level, subject: str) -> str:
        """As the table has it."""
        if (level == "organisation") != (not subject):
            raise ConfigurationError("A budget is of the organisation, or of a team, user, key or model that is named.")
        return str(self.key(subject).id) if level == "key" else subject

    # -- policy ---------------------------------------------------------------------------------------------------------------

    def set_policy(self, document: object, max_age: timedelta, *, instead_of: int | None = None) -> int:
        """From now on this holds at every replica; clients use it for ``max_age``. ``instead_of``: the version that is thought to
        hold; another one, of another administrator, is not replaced. Returns the new version.
        """
        read = policy(document)
        with self.connection.transaction():
            self.connection.execute("LOCK TABLE coderoute.policies IN EXCLUSIVE MODE")
            before = self.policy()
            if instead_of is not None and before.version != instead_of:
                raise ConfigurationError(
                    f"The policy is of version {before.version} by now, not {instead_of}: somebody else changed it. Look at it "
                    "with `coderoute-ls policy show`, and set yours again."
                )
            made = self.connection.execute(
                "INSERT INTO coderoute.policies (document, max_age_s) VALUES (%s, %s) RETURNING version",
                (json.dumps(read.as_json()), max(int(max_age.total_seconds()), 1)),
            ).fetchone()
            assert made is not None
            self._write_down("policy.set", f"version {made[0]}", {"before": before.policy.as_json(), "after": read.as_json()})
        return made[0]

    def policy(self) -> Held:
        """The version that holds."""
        row = self.connection.execute(LAST_POLICY).fetchone()
        return held_of(row)

    # -- what was changed -----------------------------------------------------------------------------------------------------

    def audit(self, most: int = 1_000) -> list[Change]:
        """The last changes, the newest first."""
        found = self.connection.execute(
            "SELECT at, actor, action, subject, detail FROM coderoute.audit ORDER BY id DESC LIMIT %s", (most,)
        ).fetchall()
        return [Change(*row) for row in found]

    def _write_down(self, action: str, subject: str, detail: Mapping[str, object]) -> None:
        self.connection.execute(
            "INSERT INTO coderoute.audit (actor, action, subject, detail) VALUES (%s, %s, %s, %s)",
            (self._actor, action, subject, json.dumps(detail)),
        )


def _listed(names: tuple[str, ...] | None) -> list[str] | None:
    return None if names is None else [*names]
