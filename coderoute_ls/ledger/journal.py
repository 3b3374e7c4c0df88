"""What the ledger could not take yet, in a file beside it: a line per posting, a file per process.

Money that is set aside meanwhile is in it too, so that processes whose ledger cannot be written keep one budget together.
"""

import json
import math
import os
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import cast

from coderoute_ls.domain import Reservation
from coderoute_ls.ledger.postings import Posting, from_line, to_line
from coderoute_ls.ledger.transactions import LedgerStore
from coderoute_ls.processes import is_running

ABANDONED_S = 3_600.0
"""A file that did not change for this long is taken over, even if its process may still run."""


class Journal:
    """The files of one ledger. ``folders``: where they may lie; the first that can be written is used."""

    def __init__(self, ledger: Path, folders: Iterable[Path], process: int, alive: Callable[[int], bool] = is_running) -> None:
        self._prefix = f"{ledger.name}.unwritten-"
        self._folders = tuple(dict.fromkeys(folders))
        self._process = process
        self._name = f"{self._prefix}{process}-{os.urandom(4).hex()}.jsonl"
        self._alive = alive
        self.files: list[Path] = []
        """This process' own, those that something is in; what comes next goes into the last one, if it can."""
        self._read: dict[Path, OpenPostings] = {}
        """What was read of the others' files."""

    def append(self, postings: Iterable[Posting]) -> bool:
        """Put these into the file; False where no folder takes them."""
        return self._put(b"".join(map(to_line, postings)))

    def hold(self, reservation: Reservation) -> bool:
        """Tell the others that this money is set aside; False where they cannot be told."""
        return self._put(held_line(reservation))

    def others_usd(self) -> float:
        """What other processes have spent, or set aside, and could not write into the ledger."""
        found = [file for folder in self._folders for file in folder.glob(f"{self._prefix}*.jsonl") if file.name != self._name]
        self._read = {file: self._read.get(file) or OpenPostings() for file in found}
        total = 0.0
        for file, postings in self._read.items():
            with suppress(OSError):
                postings.follow(file)
                total += postings.usd(alive=not self._ended(file))
        return total

    def _put(self, lines: bytes) -> bool:
        for file in dict.fromkeys((*reversed(self.files), *(folder / self._name for folder in self._folders))):
            with suppress(OSError):
                _append(file, lines)
                self.files = [*(other for other in self.files if other != file), file]
                return True
        return False

    def clear(self) -> None:
        """All of it is in the ledger now."""
        for file in tuple(self.files):
            with suppress(OSError):
                file.unlink(missing_ok=True)
                self.files.remove(file)

    def absorb(self, store: LedgerStore) -> int:
        """Write into the ledger what processes that are gone left behind. Returns how many postings. Raises sqlite3.Error."""
        count = 0
        for folder in self._folders:
            for file in sorted(folder.glob(f"{self._prefix}*.jsonl")):
                with suppress(OSError):
                    if self._abandoned(file):
                        postings = [found for line in file.read_bytes().splitlines() if (found := from_line(line)) is not None]
                        store.together([posting.write for posting in postings])
                        file.unlink()
                        count += len(postings)
        return count

    def _abandoned(self, file: Path) -> bool:
        if not self._process_of(file).isdecimal() or file in self.files:
            return False
        return self._ended(file) or time.time() - file.stat().st_mtime > ABANDONED_S

    def _ended(self, file: Path) -> bool:
        """Whether the process that wrote it is gone."""
        process = self._process_of(file)
        # our own number is that of another life; in this one, to read it twice changes nothing
        return not process.isdecimal() or int(process) == self._process or not self._alive(int(process))

    def _process_of(self, file: Path) -> str:
        return file.name.removeprefix(self._prefix).partition("-")[0]


def _append(file: Path, lines: bytes) -> None:
    """Add all of the lines or none, as far as the disk lets that be known. Raises OSError."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "ab", buffering=0) as stream:
        before = os.fstat(handle).st_size
        try:
            if stream.write(lines) != len(lines):
                raise OSError("the disk stored only a part")
        except OSError:
            with suppress(OSError):
                os.ftruncate(handle, before)
            raise


# --- money in it --------------------------------------------------------------------------------------------------------------


def held_line(reservation: Reservation) -> bytes:
    """The journal's line about money that is set aside."""
    return json.dumps({"held": reservation.id, "usd": reservation.usd}).encode() + b"\n"


class OpenPostings:
    """What another process' journal says of money: what it spent, and what it has set aside and not freed. Reads one file as it
    grows."""

    def __init__(self) -> None:
        self._offset = 0
        self._spent: dict[str, float] = {}
        """USD by call: a call that is there twice counts once."""
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
