"""The last calls of this process, newest first: the source of ``coderoute.why``."""

from collections import OrderedDict
from collections.abc import Callable

from coderoute_ls.engine.types import CallRecord

KEPT = 200


class CallLog:
    """Keeps the last `KEPT` records and tells listeners of each."""

    def __init__(self) -> None:
        self._records: OrderedDict[str, CallRecord] = OrderedDict()
        self._listeners: list[Callable[[CallRecord], None]] = []

    def listen(self, listener: Callable[[CallRecord], None]) -> None:
        self._listeners.append(listener)

    def add(self, record: CallRecord) -> CallRecord:
        self._records[record.id] = record
        while len(self._records) > KEPT:
            self._records.popitem(last=False)
        for listener in self._listeners:
            listener(record)
        return record

    def get(self, call_id: str) -> CallRecord | None:
        return self._records.get(call_id)

    def last(self, action: str | None = None, uri: str | None = None) -> CallRecord | None:
        """The newest record, of this action when one is named, and about this document when there is one."""
        newest = [record for record in reversed(self._records.values()) if action in (None, record.action)]
        return next((record for record in newest if record.uri == uri), next(iter(newest), None))
