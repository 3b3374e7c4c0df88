"""How long to wait after a keystroke: learned from the user's typing and from the time to the model's first token.

Waiting is worth it only while the next key is about to come: asking between two keys of a burst wastes a request. It is
worth less the sooner the model would answer. So the wait is between the configured minimum and the user's own gap between
keys, nearer to the gap the slower the model is.
"""

from collections import deque

from coderoute_ls.completion.types import InlineRequest

LONGEST_S, LONGEST_LOCAL_S = 0.400, 0.280
"""A local model is asked before the built-in engine's draft is shown in its place (`DRAFT_AFTER_S`), which nothing delays."""
_PAUSE_S = 1.0
"""A longer gap is thinking, not typing."""
_SLOW_S = 0.300
"""A first token after this long counts half."""


class Rhythm:
    """The last gaps between keystrokes. Times are seconds on any clock that never goes back."""

    def __init__(self) -> None:
        self._gaps: deque[float] = deque(maxlen=40)
        self._last: float | None = None

    def key(self, now: float) -> None:
        """Something was typed."""
        if self._last is not None and 0 < now - self._last < _PAUSE_S:
            self._gaps.append(now - self._last)
        self._last = now

    @property
    def gap_s(self) -> float | None:
        """A gap that four of five keys come within; None before enough were seen."""
        if len(self._gaps) < 8:
            return None
        return sorted(self._gaps)[int(len(self._gaps) * 0.8)]


def wait_s(shortest_s: float, gap_s: float | None, first_token_s: float | None, *, local: bool = False) -> float:
    """Seconds to wait after a key: at least ``shortest_s``, at most 400 ms (280 before a ``local`` model), or ``shortest_s`` when
    that is more. A faster model never makes it longer, and a slower typist never makes it shorter."""
    if gap_s is None or gap_s <= shortest_s:
        return shortest_s
    first = _SLOW_S if first_token_s is None else first_token_s
    share = first / (first + _SLOW_S)
    return max(shortest_s, min(LONGEST_LOCAL_S if local else LONGEST_S, shortest_s + (gap_s - shortest_s) * share))


def deadlines_s(request: InlineRequest) -> tuple[float, float]:
    """Soft and hard, in seconds. Who asked by hand waits longer, and for whole answers."""
    soft, hard = request.inline.soft_deadline_ms / 1000, request.inline.hard_deadline_ms / 1000
    return (hard, 2 * hard) if request.invoked else (min(soft, hard), hard)
