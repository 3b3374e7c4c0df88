"""Places of a text that a rule fits, with what speaks for and against doing it there."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from coderoute_ls.next_edit.by_example.changes import Change
from coderoute_ls.next_edit.by_example.learned_rules import COMPARED, Rule, nearest
from coderoute_ls.next_edit.by_example.text import Text
from coderoute_ls.next_edit.by_example.tokens import boundary, is_blank, tokens

MOST = 24
"""Places of one rule that are weighed, those nearest to the user."""
FLOOD = 400
"""Places from which on a rule says nothing."""
REACH = 80
"""Characters around a place that its context is taken from."""
EXAMPLES = 6
"""Examples of a rule that a place is compared with, the newest ones."""


@dataclass(frozen=True, slots=True)
class Site:
    """``text`` at ``start`` to ``end`` (offsets) would become ``new``."""

    rule: Rule
    start: int
    end: int
    text: str
    new: str
    left: int
    """Tokens of context on the left that are as in the example that is most alike, 0 to `COMPARED`."""
    right: int
    missing: int
    """Tokens of context that all examples share and this place does not have, 0 to twice `COMPARED`."""
    alike: float
    """How much the line is like that of the example that is most alike, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Found:
    """The places of one rule: those that were weighed, and how many there are."""

    sites: tuple[Site, ...]
    lines: tuple[int, ...]
    """Of all places, weighed or not."""


def sites_of(rule: Rule, text: Text, near: int) -> Found:
    """Where the rule fits. Nothing where it fits too often, or its own result is there already. ``near``: the user's line."""
    places: list[_Place] = []
    for start, end, new in _matches(rule, text.text):
        if stands_already(text.text, start, end, new):
            continue
        places.append(_Place(start, end, new))
        if len(places) > FLOOD:
            return Found((), ())
    lines = tuple(text.offsets.line(place.start) for place in places)
    order = sorted(range(len(places)), key=lambda number: abs(lines[number] - near))[:MOST]
    sites = (_site(rule, text, places[number]) for number in sorted(order))
    return Found(tuple(site for site in sites if site is not None), lines)


class _Place(NamedTuple):
    start: int
    end: int
    new: str


def _matches(rule: Rule, text: str) -> Iterator[tuple[int, int, str]]:
    """Where the old side is found as whole tokens, and what it becomes there."""
    if rule.literal is not None:
        before, old, after = rule.literal
        whole, new = before + old + after, "".join(str(part) for part in rule.template.new)
        at = text.find(whole)
        while at >= 0:
            start = at + len(before)
            ends = at, start, start + len(old), at + len(whole)
            if all(boundary(text, end) for end in ends):
                yield start, start + len(old), new
            at = text.find(whole, at + 1)
    elif rule.template.holes and rule.searched is not None and all(part in text for part in rule.template.text):
        for match in rule.searched.finditer(text):
            filled = rule.template.filled(match)
            if filled is not None and filled != match.group() and boundary(text, match.start()) and boundary(text, match.end()):
                yield match.start(), match.end(), filled


def _site(rule: Rule, text: Text, place: _Place) -> Site | None:
    start, end, new = place
    before = tokens(text.text[max(0, start - REACH) : start])[::-1]
    after = tokens(text.text[end : end + REACH])
    line = text.offsets.line(start)
    if rule.bare and rule.first_words.isdisjoint(tokens(text.lines[line].lstrip())[:1]):
        return None
    here_left, here_right = _solid(before), _solid(after)
    left, right = max((_agreement(here_left, here_right, each.change) for each in rule.examples[-EXAMPLES:]), key=sum)
    shared_left, shared_right = _solid(nearest(rule.left[::-1], COMPARED)), _solid(nearest(rule.right, COMPARED))
    missing = len(shared_left) - _same(here_left, shared_left) + len(shared_right) - _same(here_right, shared_right)
    words = _line_words(text.lines[line])
    alike = max(_dice(words, words_of(each.change)) for each in rule.examples[-EXAMPLES:])
    return Site(rule, start, end, text.text[start:end], new, left, right, missing, alike)


def stands_already(text: str, start: int, end: int, new: str) -> bool:
    """Whether the place has what would be written: what is added to the old text is beside it."""
    old = text[start:end]
    for before, after in _around(old, new):
        if text.endswith(before, 0, start) and text.startswith(after, end):
            return bool(before or after)
    bare = new.strip()
    if old or not bare:
        return False
    above = text[max(0, start - len(new) - REACH) : start].rstrip()
    return above.endswith(bare) or text[end : end + len(new) + REACH].lstrip().startswith(bare)


@lru_cache(maxsize=4)
def _around(old: str, new: str) -> Sequence[tuple[str, str]]:
    """What ``new`` has before and after the old text, wherever it holds it. Kept for the next place of the same rule."""
    starts = (at.start() for at in re.finditer(f"(?={re.escape(old)})", new)) if old else ()
    return [(new[:at], new[at + len(old) :]) for at in starts]


def _agreement(left: Sequence[str], right: Sequence[str], change: Change) -> tuple[int, int]:
    there_left, there_right = _contexts(change)
    return _same(left, there_left), _same(right, there_right)


@lru_cache(maxsize=1024)
def _contexts(change: Change) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return _solid(change.left[::-1]), _solid(change.right)


def _solid(context: Sequence[str]) -> tuple[str, ...]:
    """The nearest tokens that are no blanks; a line end is none."""
    found: list[str] = []
    for part in context:
        if part == "\n" or not is_blank(part):
            found.append(part)
            if len(found) == COMPARED:
                break
    return tuple(found)


def _same(one: Sequence[str], two: Sequence[str]) -> int:
    same = 0
    for a, b in zip(one, two, strict=False):
        if a != b:
            break
        same += 1
    return same


def _dice(one: frozenset[str], two: frozenset[str]) -> float:
    return 2 * len(one & two) / (len(one) + len(two)) if one or two else 0.0


@lru_cache(maxsize=2048)
def _line_words(line: str) -> frozenset[str]:
    return frozenset(part for part in tokens(line[:400]) if not is_blank(part))


@lru_cache(maxsize=1024)
def words_of(change: Change) -> frozenset[str]:
    """The tokens of the line that a change began in, as it was before."""
    left = "".join(change.left).rsplit("\n", 1)[-1]
    right = "".join((*change.old, *change.right)).split("\n", 1)[0]
    return _line_words(left + right)
