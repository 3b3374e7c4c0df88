"""Answers kept by the text around them: for the same text again, and for text in which the user has typed part of an answer."""

from collections import OrderedDict, deque
from dataclasses import dataclass, replace

from coderoute_ls.completion.cursor.cursor_context import NEAR, REACH, CursorContext, Key
from coderoute_ls.completion.types import Remembered

ENTRIES = 250
LIFE_S = 300.0
NEWEST = 24
"""Contexts of one document from which typing may continue; older ones are found only by returning to them."""


@dataclass(frozen=True, slots=True)
class Recalled:
    """The answers that fit a context, best first. The first ``typed`` characters are already in the document."""

    answers: tuple[Remembered, ...]
    typed: int


@dataclass(frozen=True, slots=True)
class _Entry:
    time: float
    answers: tuple[Remembered, ...]


class CompletionCache:
    """At most 250 contexts, five minutes each. The caller gives the times, in seconds of any clock that never goes back."""

    def __init__(self, entries: int = ENTRIES, life_s: float = LIFE_S) -> None:
        self.changes = 0
        """Grows with every answer that is remembered."""
        self._entries = entries
        self._life_s = life_s
        self._known: OrderedDict[Key, _Entry] = OrderedDict()
        self._newest: dict[str, deque[Key]] = {}

    def __len__(self) -> int:
        return len(self._known)

    def remember(self, context: CursorContext, answer: Remembered, now: float) -> None:
        """Add an answer to this context; a second one with the same text is dropped."""
        self.changes += 1
        known = self._known.pop(context.key, None)
        others = tuple(other for other in known.answers if other.text) if known else ()
        if answer.text not in {other.text for other in others} and (answer.text or not others):
            others = (*others, answer)
        self._known[context.key] = _Entry(now, others)
        newest = self._newest.setdefault(context.uri, deque(maxlen=NEWEST))
        if context.key not in newest:
            newest.append(context.key)
        while len(self._known) > self._entries:
            self._known.popitem(last=False)

    def recall(self, context: CursorContext, now: float) -> Recalled | None:
        """The answers to this context; else those of the newest context from which typing part of an answer leads here."""
        if answers := self._fresh(context.key, now):
            return Recalled(answers, 0)
        for key in reversed(self._newest.get(context.uri, ())):
            typed, known = _typed(key, context), self._known.get(key)
            if not typed or known is None or not any(answer.text.startswith(typed) for answer in known.answers):
                continue
            for added in range(context.closers_after + 1):
                if key != context.earlier(len(typed), added) or (added and context.auto_closed(typed) < added):
                    continue
                left = (_rest(answer, typed, context.after[:added]) for answer in self._fresh(key, now))
                if rest := tuple(answer for answer in left if answer is not None):
                    return Recalled(rest, len(typed))
        return None

    def forget(self, uri: str) -> None:
        """Drop what belongs to this document."""
        self._newest.pop(uri, None)
        for key in [key for key in self._known if key[0] == uri]:
            del self._known[key]

    def _fresh(self, key: Key, now: float) -> tuple[Remembered, ...]:
        known = self._known.get(key)
        if known is None:
            return ()
        if now - known.time > self._life_s:
            del self._known[key]
            return ()
        self._known.move_to_end(key)
        return known.answers


def _typed(key: Key, context: CursorContext) -> str:
    """What was typed since the context with this key; "" when nothing was, or too much, or somewhere else."""
    near = key[2]
    if len(near) < NEAR:
        # The key begins with the document.
        return (
            context.before[len(near) :][: REACH + 1]
            if context.before.startswith(near) and len(context.before) <= len(near) + REACH
            else ""
        )
    at = context.before.rfind(near)
    return context.before[at + len(near) :] if at >= 0 else ""


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
