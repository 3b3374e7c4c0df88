"""Places of a text that a rule fits, with what speaks for and against doing it there."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from coderoute_ls.next_edit.examples.rules import Rule, nearest
from coderoute_ls.next_edit.examples.tokens import boundary, is_blank, tokens

MOST = 60
"""Places of one rule in one text; a rule that fits more says nothing."""
REACH = 160
"""Characters around a place that its context is taken from."""
COMPARED = 4
"""Tokens of context, blanks not counted, that are compared on each side."""


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


def sites_of(rule: Rule, text: str) -> list[Site]:
    """Where the rule fits. Nothing where it fits too often, or where its own result stands already."""
    pattern = rule.searched
    if pattern is None:
        return []
    found: list[Site] = []
    for match in pattern.finditer(text):
        site = _site(rule, text, match)
        if site is not None:
            found.append(site)
            if len(found) > MOST:
                return []
    return found


def _site(rule: Rule, text: str, match: re.Match[str]) -> Site | None:
    start, end = match.span("at")
    if not (boundary(text, start) and boundary(text, end)):
        return None
    new = rule.template.filled(match)
    if new is None or new == match["at"] or stands_already(text, start, end, new):
        return None
    before = tokens(text[max(0, start - REACH) : start])[::-1]
    after = tokens(text[end : end + REACH])
    left, right = _agreement(rule, before, after)
    return Site(rule, start, end, match["at"], new, left, right, _missing(rule, before, after))


def stands_already(text: str, start: int, end: int, new: str) -> bool:
    """Whether the place has what would be written: what is added to the old text stands beside it."""
    old = text[start:end]
    at = new.find(old) if old else 0
    while at >= 0:
        before, after = new[:at], new[at + len(old) :]
        if old and text[start - len(before) : start] == before and text[end : end + len(after)] == after:
            return bool(before or after)
        at = new.find(old, at + 1) if old else -1
    bare = new.strip()
    if old or not bare:
        return False
    return text[:start].rstrip()[-len(bare) :] == bare or text[end : end + len(new) + REACH].lstrip()[: len(bare)] == bare


def _agreement(rule: Rule, before: Sequence[str], after: Sequence[str]) -> tuple[int, int]:
    best = (0, 0)
    for example in rule.examples[-8:]:
        change = example.change
        pair = _same(before, change.left[::-1]), _same(after, change.right)
        best = max(best, pair, key=sum)
    return best


def _missing(rule: Rule, before: Sequence[str], after: Sequence[str]) -> int:
    left, right = nearest(rule.left[::-1], COMPARED), nearest(rule.right, COMPARED)
    return _count(left) - _same(before, left) + _count(right) - _same(after, right)


def _count(context: Sequence[str]) -> int:
    return sum(not is_blank(token) for token in context)


def _same(one: Sequence[str], two: Sequence[str]) -> int:
    """How many tokens from the place on are the same; blanks are not counted, but a line end is no blank."""
    same = 0
    for a, b in zip(_solid(one), _solid(two), strict=False):
        if a != b or same >= COMPARED:
            break
        same += 1
    return same


def _solid(context: Sequence[str]) -> Iterator[str]:
    return (token for token in context if not is_blank(token) or "\n" in token)
