"""The last calls of this process, newest first: what ``coderoute.why`` tells from."""

from collections import OrderedDict
from collections.abc import Callable

from coderoute_ls.engine.types import Record

KEPT = 200


class Records:
    """Keeps the last `KEPT` records and tells listeners of each."""

    def __init__(self) -> None:
        self._records: OrderedDict[str, Record] = OrderedDict()
        self._listeners: list[Callable[[Record], None]] = []

    def listen(self, listener: Callable[[Record], None]) -> None:
        self._listeners.append(listener)

    def add(self, record: Record) -> Record:
        self._records[record.id] = record
        while len(self._records) > KEPT:
            self._records.popitem(last=False)
        for listener in self._listeners:
            listener(record)
        return record

    def get(self, call_id: str) -> Record | None:
        return self._records.get(call_id)

    def last(self, action: str | None = None) -> Record | None:
        """The newest record, of this action when one is named."""
        return next((r for r in reversed(self._records.values()) if action in (None, r.action)), None)
