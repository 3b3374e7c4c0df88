"""Templates with holes, by anti-unification: what two changes have in common is text, what differs is a hole, and every hole of
the new side is one of the old side.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from coderoute_ls.next_edit.by_example.changes import Change
from coderoute_ls.next_edit.by_example.tokens import is_blank, is_word

MOST_HOLES = 6
LONGEST = 160
"""Tokens of a side that is compared."""
_PAIRS = {"(": ")", "[": "]", "{": "}"}

Part = str | int
"""A token, or the number of a hole."""


@dataclass(frozen=True, slots=True)
class Template:
    """``old`` becomes ``new``; a number stands for whatever was in that hole."""

    old: tuple[Part, ...]
    new: tuple[Part, ...]
    blanks: frozenset[int] = frozenset()
    """Holes of blanks: indentations that differ."""
    words: frozenset[int] = frozenset()
    """Holes that hold one name."""

    @property
    def holes(self) -> int:
        return len({part for part in self.old if isinstance(part, int)})

    @property
    def text(self) -> tuple[str, ...]:
        """The old side's tokens that are no hole."""
        return tuple(part for part in self.old if isinstance(part, str))

    def pattern(self) -> str:
        """A regular expression for the old side; hole ``n`` is the group ``hn``."""
        seen: set[int] = set()
        parts: list[str] = []
        for part in self.old:
            if isinstance(part, str):
                parts.append(re.escape(part))
            elif part in seen:
                parts.append(f"(?P=h{part})")
            else:
                seen.add(part)
                inside = r"[^\S\n]*" if part in self.blanks else r"[^\W\d][\w$]*" if part in self.words else r"[^\n]{1,160}?"
                parts.append(f"(?P<h{part}>{inside})")
        return "".join(parts)

    def filled(self, match: re.Match[str]) -> str | None:
        """The new side for a place of the old one; None where what is in a hole is no whole expression."""
        for part in self.old:
            if isinstance(part, int) and part not in self.blanks and not balanced(match[f"h{part}"]):
                return None
        return "".join(part if isinstance(part, str) else match[f"h{part}"] for part in self.new)


def exact(change: Change) -> Template:
    """The change as it is, without holes."""
    return Template(change.old, change.new)


@lru_cache(maxsize=512)
def kept_inside(change: Change) -> Template | None:
    """What one change leaves as it is between two parts that it changes may be a hole: ``Optional[int]`` to ``int | None``."""
    best: tuple[int, int, int] | None = None
    for tag, first, last, new_first, _ in SequenceMatcher(None, change.old, change.new, autojunk=False).get_opcodes():
        if tag == "equal" and first and last < len(change.old) and any(map(is_word, change.old[first:last])):
            if best is not None:
                return None
            best = first, last, new_first
    if best is None:
        return None
    first, last, new_first = best
    if not balanced("".join(change.old[first:last])) or not any(map(is_word, (*change.old[:first], *change.old[last:]))):
        return None
    words = frozenset({0}) if last - first == 1 else frozenset[int]()
    new = (*change.new[:new_first], 0, *change.new[new_first + last - first :])
    return Template((*change.old[:first], 0, *change.old[last:]), new, words=words)


@lru_cache(maxsize=2048)
def unified(one: Change, two: Change) -> Template | None:
    """What two changes have in common. None where that is too little to know one from the other, or where a hole of the new side
    is none of the old one."""
    if one.key == two.key:
        return exact(one)
    if max(len(one.old), len(two.old), len(one.new), len(two.new)) > LONGEST or not one.old or not two.old:
        return None
    if len(set(one.old) & set(two.old)) * 2 < min(len(set(one.old)), len(set(two.old))):
        return None
    old: list[Part] = []
    fills: list[tuple[tuple[str, ...], tuple[str, ...]]] = []
    for tag, a, a_end, b, b_end in SequenceMatcher(None, one.old, two.old, autojunk=False).get_opcodes():
        if tag == "equal":
            old += one.old[a:a_end]
            continue
        fill = one.old[a:a_end], two.old[b:b_end]
        if not all(_may_fill(side) for side in fill):
            return None
        if fill not in fills:
            fills.append(fill)
        old.append(fills.index(fill))
    if not fills or len(fills) > MOST_HOLES or not any(isinstance(part, str) and is_word(part) for part in old):
        return None
    new = _with_holes(one.new, [fill[0] for fill in fills])
    if new != _with_holes(two.new, [fill[1] for fill in fills]) or tuple(old) == tuple(new):
        return None
    return Template(
        tuple(old),
        new,
        frozenset(n for n, fill in enumerate(fills) if all(map(is_blank, (*fill[0], *fill[1])))),
        frozenset(n for n, fill in enumerate(fills) if all(len(side) == 1 and is_word(side[0]) for side in fill)),
    )


def _may_fill(side: Sequence[str]) -> bool:
    if not side:
        return False
    if all(map(is_blank, side)):
        return "\n" not in side
    return "\n" not in side and not is_blank(side[0]) and not is_blank(side[-1]) and balanced("".join(side))


def _with_holes(tokens: tuple[str, ...], fills: list[tuple[str, ...]]) -> tuple[Part, ...]:
    return tuple(_holes(tokens, sorted(enumerate(fills), key=lambda item: -len(item[1]))))


def _holes(tokens: tuple[str, ...], fills: list[tuple[int, tuple[str, ...]]]) -> Iterator[Part]:
    at = 0
    while at < len(tokens):
        hole = next(((n, fill) for n, fill in fills if tokens[at : at + len(fill)] == fill), None)
        yield tokens[at] if hole is None else hole[0]
        at += 1 if hole is None else len(hole[1])


def balanced(text: str) -> bool:
    """Whether brackets and double quotes close in the text what they open there."""
    stack: list[str] = []
    for char in text:
        if char in _PAIRS:
            stack.append(_PAIRS[char])
        elif char in ")]}" and (not stack or stack.pop() != char):
            return False
    return not stack and text.count('"') % 2 == 0
