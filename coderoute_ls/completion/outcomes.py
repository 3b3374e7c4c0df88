"""What happened to suggestions: shown, read, accepted, rejected; counted here and told to the ledger."""

from collections import Counter, OrderedDict
from dataclasses import dataclass
from typing import Any, Literal

from coderoute_ls.completion.cursor.cursor_context import CursorContext
from coderoute_ls.completion.ports import Feedback
from coderoute_ls.completion.types import Remembered, Suggestion
from coderoute_ls.domain.clock import Clock
from coderoute_ls.domain.ledger import Ledger, LedgerEntry

Counted = Literal["asked", "shown", "read", "accepted", "partly", "rejected", "typed", "cached", "cancelled", "superseded"]
READ_S = 0.750
_KEPT = 200


@dataclass(slots=True)
class Outcome:
    """What happens to one answer, however often it is shown while it is typed."""

    uri: str
    since: float
    partly: bool = False
    """Some of it was taken."""
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A suggestion that an editor was given."""

    context: CursorContext
    answer: Remembered
    outcome: Outcome


class OutcomeCounter:
    """Counts since the start, and the suggestions whose outcome is still open."""

    def __init__(self, clock: Clock, ledger: Ledger, feedback: Feedback) -> None:
        self.counts: Counter[Counted] = Counter()
        self._clock = clock
        self._ledger = ledger
        self._feedback = feedback
        self._shown: OrderedDict[str, Shown] = OrderedDict()
        self._outcomes: OrderedDict[str, Outcome] = OrderedDict()
        self._open: dict[str, Shown] = {}
        """By call, the last showing of what is not settled."""
        self._typed: OrderedDict[str, None] = OrderedDict()

    def show(self, item: str, context: CursorContext, answer: Remembered) -> None:
        """The editor was given this answer. The same answer shown further on, while it is typed, counts once."""
        call = answer.call or item
        outcome = self._outcomes.get(call)
        if outcome is None:
            outcome = self._outcomes[call] = Outcome(context.uri, self._clock.monotonic())
            self.counts["shown"] += 1
            if answer.call:
                self._ledger.outcome(answer.call, "shown", len(answer.text))
        shown = self._shown[item] = Shown(context, answer, outcome)
        if not outcome.settled:
            self._open[call] = shown
        _trim(self._outcomes)
        _trim(self._shown)

    def reused(self, kind: Literal["typed", "cached"], suggestion: Suggestion, folder: str) -> None:
        """An answer was given without a request. Typing through one suggestion is one record, however many keys it takes."""
        self.counts[kind] += 1
        if kind == "typed":
            if suggestion.call in self._typed:
                return
            self._typed[suggestion.call] = None
            _trim(self._typed)
        answered_by = "typed" if kind == "typed" else "cache"
        call = LedgerEntry(
            suggestion.id,
            self._clock.now(),
            folder,
            "inline_completion",
            answered_by=answered_by,
            shown_chars=len(suggestion.text),
        )
        self._ledger.record(call)

    def accept(self, item: str, chars: int | None) -> Shown | None:
        """The user took the suggestion, or its first ``chars`` characters; what is left of it may be taken later. None when it
        is not known (any more), or was taken already."""
        shown = self._shown.get(item)
        if shown is None or shown.outcome.settled:
            return None
        outcome, answer = shown.outcome, shown.answer
        whole = chars is None or chars >= len(answer.text)
        if whole or not outcome.partly:
            self.counts["accepted" if whole else "partly"] += 1
            if answer.draft is not None and not outcome.partly:
                self._feedback(answer.draft, True)
        outcome.settled, outcome.partly = whole, True
        if answer.call:
            self._ledger.outcome(answer.call, "accepted" if whole else "partly", chars)
        return shown

    def passed_by(self, uri: str, context: CursorContext | None = None) -> None:
        """The user typed something else: what was shown in this document is not wanted. An answer that was hardly seen counts
        against no model, and one that was typed to its end was right."""
        now = self._clock.monotonic()
        for call, shown in [
            (call, shown) for call, shown in self._open.items() if shown.outcome.settled or shown.outcome.uri == uri
        ]:
            del self._open[call]
            if not shown.outcome.settled:
                self._judge(shown, context, now)

    def withdraw(self, uri: str) -> None:
        """A better answer replaces what is shown in this document: the user has not judged the old one."""
        for call in [call for call, shown in self._open.items() if shown.outcome.uri == uri]:
            del self._open[call]

    def _judge(self, shown: Shown, context: CursorContext | None, now: float) -> None:
        shown.outcome.settled = True
        if shown.outcome.partly:
            return
        answer = shown.answer
        typed = context is not None and context.before.endswith(answer.text.rstrip())
        seen = now - shown.outcome.since >= READ_S
        self.counts["read"] += seen
        if answer.draft is not None and (typed or seen):
            self._feedback(answer.draft, typed)
        if seen and not typed:
            self.counts["rejected"] += 1
            if answer.call:
                self._ledger.outcome(answer.call, "rejected")


def _trim(kept: OrderedDict[str, Any]) -> None:
    while len(kept) > _KEPT:
        kept.popitem(last=False)
