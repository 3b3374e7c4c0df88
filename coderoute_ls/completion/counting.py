"""What became of suggestions: shown, read, accepted, rejected; counted here and told to the ledger."""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from coderoute_ls.completion.moment import Moment
from coderoute_ls.completion.ports import Clock, Feedback
from coderoute_ls.completion.values import Remembered, Suggestion
from coderoute_ls.domain.ledger import Call, Ledger

Counted = Literal["asked", "shown", "read", "accepted", "partly", "rejected", "typed", "cached", "cancelled", "superseded"]
READ_S = 0.750
_KEPT = 200
_ASIDE_S = 0.02


@dataclass(slots=True)
class Shown:
    """A suggestion that an editor was given."""

    moment: Moment
    answer: Remembered
    since: float
    settled: bool = False


class Tally:
    """Counts since the start, and the suggestions whose fate is still open."""

    def __init__(self, clock: Clock, ledger: Ledger, feedback: Feedback) -> None:
        self.counts: Counter[Counted] = Counter()
        self._clock = clock
        self._ledger = ledger
        self._feedback = feedback
        self._shown: OrderedDict[str, Shown] = OrderedDict()
        self._calls: OrderedDict[str, float] = OrderedDict()
        self._typed: OrderedDict[str, None] = OrderedDict()
        self._untold: list[Callable[[], None]] = []

    def show(self, item: str, moment: Moment, answer: Remembered) -> None:
        """The editor was given this answer. The same answer shown further on, while it is typed, counts once."""
        new = answer.call not in self._calls
        self._shown[item] = Shown(moment, answer, self._calls.setdefault(answer.call or item, self._clock.monotonic()))
        _trim(self._calls)
        _trim(self._shown)
        if new:
            self.counts["shown"] += 1
            if answer.call:
                self._tell(lambda: self._ledger.outcome(answer.call, "shown", len(answer.text)))

    def reused(self, kind: Literal["typed", "cached"], suggestion: Suggestion, folder: str) -> None:
        """An answer was given without a request. Typing through one suggestion is one record, however many keys it takes."""
        self.counts[kind] += 1
        if kind == "typed":
            if suggestion.call in self._typed:
                return
            self._typed[suggestion.call] = None
            _trim(self._typed)
        answered_by = "typed" if kind == "typed" else "cache"
        call = Call(
            suggestion.id,
            self._clock.now(),
            folder,
            "inline_completion",
            answered_by=answered_by,
            shown_chars=len(suggestion.text),
        )
        self._tell(lambda: self._ledger.record(call))

    def flush(self) -> None:
        """Tell the ledger what it was not told yet."""
        untold, self._untold = self._untold, []
        for tell in untold:
            tell()

    def _tell(self, tell: Callable[[], None]) -> None:
        """A little later, so that no answer waits for the ledger's thread."""
        if not self._untold:
            asyncio.get_running_loop().call_later(_ASIDE_S, self.flush)
        self._untold.append(tell)

    def accept(self, item: str, chars: int | None) -> Shown | None:
        """The user took the suggestion, or its first ``chars`` characters. None when it is not known (any more)."""
        shown = self._shown.get(item)
        if shown is None or shown.settled:
            return None
        whole = chars is None or chars >= len(shown.answer.text)
        self.counts["accepted" if whole else "partly"] += 1
        if shown.answer.call:
            self.flush()
            self._ledger.outcome(shown.answer.call, "accepted" if whole else "partly", chars)
        if shown.answer.draft is not None:
            self._feedback(shown.answer.draft, True)
        self._settle(shown)
        return shown

    def passed_by(self, uri: str, moment: Moment | None = None) -> None:
        """The user went another way: what was shown in this document is not wanted. What was hardly seen is not held against
        anybody, and what was typed to its end was right."""
        now = self._clock.monotonic()
        for shown in self._shown.values():
            if shown.settled or shown.moment.uri != uri:
                continue
            typed = moment is not None and moment.before.endswith(shown.answer.text.rstrip())
            seen = now - shown.since >= READ_S
            self._settle(shown)
            self.counts["read"] += seen
            if shown.answer.draft is not None and (typed or seen):
                self._feedback(shown.answer.draft, typed)
            if not seen or typed:
                continue
            self.counts["rejected"] += 1
            if call := shown.answer.call:
                self._tell(lambda call=call: self._ledger.outcome(call, "rejected"))

    def _settle(self, shown: Shown) -> None:
        """All showings of one answer share its fate."""
        for other in self._shown.values():
            if other is shown or (shown.answer.call and other.answer.call == shown.answer.call):
                other.settled = True


def _trim(kept: OrderedDict[str, Any]) -> None:
    while len(kept) > _KEPT:
        kept.popitem(last=False)
