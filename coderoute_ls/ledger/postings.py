"""One thing that the ledger is told, as a value: it can be written, kept for later, and put into a file meanwhile."""

import json
from collections.abc import Mapping
from dataclasses import asdict, astuple, dataclass, fields, replace
from typing import Any, cast, get_args

from coderoute_ls.domain import Alternative, LedgerEntry, Outcome, Reservation, ReviewCount
from coderoute_ls.ledger.transactions import LedgerStore

_OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


@dataclass(frozen=True, slots=True)
class Posting:
    """A call, money that is set free, or what became of an answer or of its hunks; the first two may come together."""

    call: LedgerEntry | None = None
    frees: Reservation | None = None
    outcome: tuple[str, Outcome, int | None] | None = None
    review: tuple[str, ReviewCount] | None = None

    def write(self, store: LedgerStore) -> None:
        """Raises sqlite3.Error. Writing a call or an outcome a second time changes nothing."""
        if self.frees is not None:
            store.release(self.frees)
        if self.call is not None:
            store.record(self.call)
        if self.outcome is not None:
            store.outcome(*self.outcome)
        if self.review is not None:
            store.reviewed(*self.review)

    @property
    def billed_usd(self) -> float:
        return 0.0 if self.call is None else self.call.billed_usd


def to_line(posting: Posting) -> bytes:
    """One line of JSON. Of money that was set aside it says only that it is free again: the rest ends with the process."""
    told: dict[str, object] = {}
    if posting.frees is not None:
        told["freed"] = posting.frees.id
    if posting.call is not None:
        told["call"] = asdict(posting.call)
    if posting.outcome is not None:
        told["outcome"] = posting.outcome
    if posting.review is not None:
        told["review"] = (posting.review[0], *astuple(posting.review[1]))
    return json.dumps(told, ensure_ascii=False).encode() + b"\n"


def from_line(line: bytes) -> Posting | None:
    """What `to_line` wrote; None for a line that was cut off, or is none of ours."""
    try:
        told: object = json.loads(line)
        return _posting(cast("Mapping[str, Any]", told)) if isinstance(told, dict) else None
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None


def _posting(told: Mapping[str, Any]) -> Posting:
    call, outcome, review = told.get("call"), told.get("outcome"), told.get("review")
    if outcome is not None:
        name, word, chars = outcome
        if not isinstance(name, str) or word not in _OUTCOMES or not isinstance(chars, int | None):
            raise ValueError("not an outcome")
        outcome = (name, word, chars)
    if review is not None:
        name, *numbers = review
        if not isinstance(name, str) or not all(isinstance(number, int) for number in numbers):
            raise ValueError("not a review")
        review = (name, ReviewCount(*numbers))
    return Posting(None if call is None else _call(call), outcome=outcome, review=review)


def _call(told: Mapping[str, Any]) -> LedgerEntry:
    """Fields that a later version added are left out."""
    other = Alternative(**_known(Alternative, told.get("alternative", {})))
    return replace(LedgerEntry(**_known(LedgerEntry, told)), alternative=other)


def _known(kind: type, told: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that this kind has. Raises ValueError for a value that no field of the ledger holds."""
    found = {field.name: told[field.name] for field in fields(kind) if field.name in told and field.name != "alternative"}
    if not all(isinstance(value, str | int | float | None) for value in found.values()):
        raise ValueError("not a field of a call")
    return found
