"""What another process' journal says of money: what it spent, and what it has set aside and not freed."""

import json
import math
from pathlib import Path
from typing import cast

from coderoute_ls.domain import Reservation


def held_line(reservation: Reservation) -> bytes:
    """The journal's line about money that is set aside."""
    return json.dumps({"held": reservation.id, "usd": reservation.usd}).encode() + b"\n"


class OpenPostings:
    """Reads one file as it grows."""

    def __init__(self) -> None:
        self._offset = 0
        self._spent: dict[str, float] = {}
        """USD by call: a call that stands there twice counts once."""
        self._held: dict[str, float] = {}

    def follow(self, file: Path) -> None:
        """Read what was added since the last time. Raises OSError."""
        with file.open("rb") as stream:
            if stream.seek(0, 2) < self._offset:  # another file under the same name
                self._offset = 0
                self._spent.clear()
                self._held.clear()
            stream.seek(self._offset)
            lines = stream.read()
        whole = lines[: lines.rfind(b"\n") + 1]
        self._offset += len(whole)
        for line in whole.splitlines():
            self._take(line)

    def usd(self, *, alive: bool) -> float:
        """What was spent, and for a process that lives what it has set aside as well."""
        return sum(self._spent.values()) + (sum(self._held.values()) if alive else 0.0)

    def _take(self, line: bytes) -> None:
        try:
            told: object = json.loads(line)
        except (ValueError, RecursionError):
            return
        if not isinstance(told, dict):
            return
        told = cast("dict[str, object]", told)
        if isinstance(held := told.get("held"), str):
            self._held[held] = _amount(told.get("usd"))
        if isinstance(freed := told.get("freed"), str):
            self._held.pop(freed, None)
        if isinstance(call := told.get("call"), dict):
            call = cast("dict[str, object]", call)
            self._spent[str(call.get("id"))] = _amount(call.get("billed_usd"))


def _amount(value: object) -> float:
    if not isinstance(value, int | float) or not math.isfinite(value):
        return 0.0
    return max(float(value), 0.0)
