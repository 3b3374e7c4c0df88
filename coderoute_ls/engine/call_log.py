"""The last calls of this process, newest first: the source of ``coderoute.why``; and what the last actions sent."""

from collections import OrderedDict
from collections.abc import Callable

from coderoute_ls.domain import Prompt
from coderoute_ls.engine.types import CallRecord, EngineCall

KEPT = 200
KEPT_PROMPTS = 10
MOST_CHARS = 1_000_000
"""Of one prompt that is kept."""


class SentPrompts:
    """The prompts of actions that the user asked for at a place in a document, without their secrets, as they went out. In memory
    alone: never in a file, a log or a record."""

    def __init__(self) -> None:
        self._prompts: OrderedDict[str, Prompt] = OrderedDict()

    def add(self, call_id: str, call: EngineCall) -> None:
        if call.action.kind and call.prompt.chars <= MOST_CHARS:
            self._prompts[call_id] = call.prompt
            while len(self._prompts) > KEPT_PROMPTS:
                self._prompts.popitem(last=False)

    def last(self) -> tuple[str, Prompt] | None:
        """The call's id and its prompt."""
        return next(reversed(self._prompts.items()), None)


class CallLog:
    """Keeps the last `KEPT` records and tells listeners of each."""

    def __init__(self) -> None:
        self._records: OrderedDict[str, CallRecord] = OrderedDict()
        self._listeners: list[Callable[[CallRecord], None]] = []
        self.sent = SentPrompts()

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
