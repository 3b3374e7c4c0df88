"""Answers remembered by the text around them: exact repeats, and answers that the user is typing (or accepting) through."""

from collections import OrderedDict
from dataclasses import dataclass, replace

from coderoute_ls.completion.moment import REACH, Moment
from coderoute_ls.completion.values import Remembered

ENTRIES = 250
LIFE_S = 300.0


@dataclass(frozen=True, slots=True)
class Recalled:
    """What fits a moment, best first. ``typed`` characters of it stand in the document already."""

    answers: tuple[Remembered, ...]
    typed: int


class Memory:
    """At most 250 moments, five minutes each. Times are given in, on any clock that never goes back."""

    def __init__(self, entries: int = ENTRIES, life_s: float = LIFE_S) -> None:
        self._entries = entries
        self._life_s = life_s
        self._known: OrderedDict[tuple[str, str, str, str], tuple[float, tuple[Remembered, ...]]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._known)

    def remember(self, moment: Moment, answer: Remembered, now: float) -> None:
        """Add an answer to this moment; a second one with the same text is dropped."""
        _, others = self._known.pop(moment.key, (now, ()))
        if all(answer.text != other.text for other in others):
            others = tuple(other for other in others if other.text) + ((answer,) if answer.text or not others else ())
        self._known[moment.key] = (now, others)
        while len(self._known) > self._entries:
            self._known.popitem(last=False)

    def recall(self, moment: Moment, now: float) -> Recalled | None:
        """The answers to the longest way back that lead here: none typed first, then one character typed, and so on."""
        closers = moment.closers_after
        for typed in range(min(REACH, len(moment.before)) + 1):
            for added in range(closers + 1 if typed else 1):
                answers = self._fresh(moment.earlier(typed, added), now)
                if not answers:
                    continue
                text = moment.before[len(moment.before) - typed :] if typed else ""
                if added and moment.auto_closed(text) < added:
                    continue
                rest = tuple(left for answer in answers if (left := _rest(answer, text, moment.after[:added])) is not None)
                if rest:
                    return Recalled(rest, typed)
        return None

    def forget(self, uri: str) -> None:
        """Drop what belongs to this document."""
        for key in [key for key in self._known if key[0] == uri]:
            del self._known[key]

    def _fresh(self, key: tuple[str, str, str, str], now: float) -> tuple[Remembered, ...]:
        known = self._known.get(key)
        if known is None:
            return ()
        if now - known[0] > self._life_s:
            del self._known[key]
            return ()
        self._known.move_to_end(key)
        return known[1]


def _rest(answer: Remembered, typed: str, added: str) -> Remembered | None:
    """What is left of an answer once ``typed`` was typed and the editor closed with ``added``; None when nothing is."""
    if not typed:
        return answer
    if not answer.text.startswith(typed) or len(answer.text) == len(typed):
        return None
    left = answer.text[len(typed) :]
    if not added:
        return replace(answer, text=left)
    if answer.replaces == 0 and left.endswith(added):
        left = left.removesuffix(added)
        return replace(answer, text=left) if left else None
    return replace(answer, text=left, replaces=answer.replaces + len(added))
