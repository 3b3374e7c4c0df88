"""Keys of people and machines: their form, their hash, what they may do, and whether they may."""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from coderoute_ls.errors import ConfigurationError

_FORM = re.compile(r"crk-[0-9a-f]{8}-[A-Za-z0-9_-]{43}")
PREFIX_LENGTH = 12
RIGHTS = ("ask", "usage")
"""``ask``: send requests; ``usage``: look at everybody's spending."""


@dataclass(frozen=True, slots=True)
class Scopes:
    """What a key may do. None and 0 to 1 restrict nothing."""

    faces: tuple[str, ...] | None = None
    """Names of the gateway's faces."""
    models: tuple[str, ...] | None = None
    """Globs of ``provider/model``."""
    lowest_floor: float | None = None
    """No request with this key gets a weaker model;"""
    highest_floor: float | None = None
    """and none may ask for a higher floor."""
    rights: tuple[str, ...] = ("ask",)


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is stored: the key itself is shown once and kept nowhere."""

    id: int
    prefix: str
    user: str
    team: str
    scopes: Scopes
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None

    def state(self, now: datetime) -> str:
        """``live``, ``expired`` or ``revoked``."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= now else "live"


def new_key() -> str:
    """A key that nobody has: 256 random bits behind a prefix by which it is listed."""
    return f"crk-{secrets.token_hex(4)}-{secrets.token_urlsafe(32)}"


def looks_like_a_key(text: str) -> bool:
    """Whether it can be one at all: what cannot is refused without asking the database."""
    return _FORM.fullmatch(text) is not None


def prefix_of(key: str) -> str:
    return key[:PREFIX_LENGTH]


def hash_of(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()


def lifetime(text: str) -> timedelta:
    """From ``90d``, ``12h`` or ``4w``. Raises `ConfigurationError`."""
    found = re.fullmatch(r"(\d{1,5})([hdw])", text.strip())
    if found is None or int(found[1]) == 0:
        raise ConfigurationError(f"{text[:40]!r} is no lifetime. Write hours, days or weeks, as in 12h, 90d or 4w.")
    return timedelta(hours=int(found[1]) * {"h": 1, "d": 24, "w": 168}[found[2]])
