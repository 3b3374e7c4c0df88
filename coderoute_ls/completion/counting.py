"""What became of suggestions: shown, read, accepted, rejected; counted here and told to the ledger."""

from collections import Counter, OrderedDict
from dataclasses import dataclass
from typing import Literal

from coderoute_ls.completion.moment import Moment
from coderoute_ls.completion.ports import Clock, Feedback
from coderoute_ls.completion.values import Remembered
from coderoute_ls.domain.ledger import Call, Ledger

Counted = Literal["asked", "shown", "read", "accepted", "partly", "rejected", "typed", "cached", "cancelled", "superseded"]
READ_S = 0.750
REJECTED_S = 10.0
_KEPT = 200


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

    def show(self, item: str, moment: Moment, answer: Remembered) -> None:
        """The editor was given this answer. The same answer shown further on, while it is typed, counts once."""
        self._shown[item] = Shown(moment, answer, self._calls.setdefault(answer.call or item, self._clock.monotonic()))
        if len(self._calls) > _KEPT:
            self._calls.popitem(last=False)
        if len(self._shown) > _KEPT:
            self._shown.popitem(last=False)
        if self._shown[item].since == self._clock.monotonic():
            self.counts["shown"] += 1
            if answer.call:
                self._ledger.outcome(answer.call, "shown", len(answer.text))

    def reused(self, kind: Literal["typed", "cached"], item: str, folder: str, text: str) -> None:
        """An answer was given without a request."""
        self.counts[kind] += 1
        answered_by = "typed" if kind == "typed" else "cache"
        self._ledger.record(
            Call(item, self._clock.now(), folder, "inline_completion", answered_by=answered_by, shown_chars=len(text))
        )

    def accept(self, item: str, chars: int | None) -> Shown | None:
        """The user took the suggestion, or its first ``chars`` characters. None when it is not known (any more)."""
        shown = self._shown.get(item)
        if shown is None or shown.settled:
            return None
        whole = chars is None or chars >= len(shown.answer.text)
        self.counts["accepted" if whole else "partly"] += 1
        if shown.answer.call:
            self._ledger.outcome(shown.answer.call, "accepted" if whole else "partly", chars)
        if shown.answer.draft is not None:
            self._feedback(shown.answer.draft, True)
        self._settle(shown)
        return shown

    def passed_by(self, uri: str) -> None:
        """The user went another way: what was shown in this document is not wanted. What was hardly seen is not held against
        anybody."""
        now = self._clock.monotonic()
        for shown in self._shown.values():
            if shown.settled or shown.moment.uri != uri:
                continue
            seen = now - shown.since
            self._settle(shown)
            if seen < READ_S:
                continue
            self.counts["read"] += 1
            self.counts["rejected"] += 1
            if shown.answer.call:
                self._ledger.outcome(shown.answer.call, "rejected")
            if shown.answer.draft is not None:
                self._feedback(shown.answer.draft, False)

    def _settle(self, shown: Shown) -> None:
        """All showings of one answer share its fate."""
        for other in self._shown.values():
            if other is shown or (shown.answer.call and other.answer.call == shown.answer.call):
                other.settled = True
