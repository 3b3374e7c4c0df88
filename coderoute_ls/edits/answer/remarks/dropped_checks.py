"""Checks of the region that its answer has no more: conditions after which it gave up, by an error or at once.

A rewrite may take them away on purpose, so they are told and not refused. Read from the lines, so that it holds for every
language.
"""

import re
from collections.abc import Sequence

from coderoute_ls.edits.answer.target_region import Place, width
from coderoute_ls.text import words

_TEST = re.compile(r"(?:(?:\}\s*)?(?:if|unless|guard|when)\b(?P<condition>.*)|(?:assert|require|debug_assert)\b\W?(?P<claim>.*))")
_ERROR = re.compile(r"(?:raise|throw|throws|panic!?|die|bail!|ensure!|error|abort|exit|fail)\b")
_GIVES_UP = re.compile(rf"\{{?\s*(?:{_ERROR.pattern}|return\b)")
_ONE_LINE = re.compile(rf"(?:\)|:|\bthen\b|\{{)\s*(?:{_ERROR.pattern}|return\b)")
_BEHIND = re.compile(rf"(?P<jump>{_ERROR.pattern}|return\b).*\b(?:if|unless)\s+(?P<condition>.+)")
"""In Ruby and Perl: what is done, then when."""
_TESTS = re.compile(
    r"\b(?:if|elif|elsif|unless|guard|when|while|until|assert|require|match|case|switch|and|or|not|max|min|filter|default|else)\b"
    r"|&&|\|\||\?|\bor_|\.get\("
)
"""What a line has that decides something."""
_ABOUT_CHECKS = re.compile(r"(?i)check|guard|valid|error|except|rais|throw|panic|assert|early|return|null|none|nil|empty|branch")
"""What an instruction says that speaks of them."""
_SHORT = 60
_NEAR = 4
"""Lines in which a condition and what it does are looked for."""
_CODE_WORDS = (
    "if elif unless guard when not and or in is none null nil undefined true false let var const self this len length size count "
    "isinstance typeof instanceof hasattr getattr else then do str int bool list dict tuple any all"
)
_WORDS_OF_CODE = frozenset(_CODE_WORDS.split())


def dropped_checks(lines: Sequence[str], place: Place) -> list[str]:
    """The conditions, as they stood, on what the answer still uses and decides nothing by. None where the user spoke of them."""
    found = _checks(place.old, frozenset(lines))
    known = frozenset(line.strip() for line in lines) if found else frozenset[str]()
    found = [check for check in found if check.first not in known]
    if not found or _ABOUT_CHECKS.search(place.instruction):
        return []
    used = frozenset(words("\n".join(lines)))
    decides = frozenset(word for line in lines if _TESTS.search(line) for word in words(line))
    errors = "\n".join(line for line in lines if _ERROR.search(line))
    asked = frozenset(words(place.instruction))
    gone = [
        check
        for check in found
        if not check.names.isdisjoint(used)
        and check.names.isdisjoint(decides)
        and check.names.isdisjoint(asked)
        and not (check.error and check.error in errors)
    ]
    fresh = sum(check.first not in place.keys for check in _checks(lines, place.known))
    firsts = dict.fromkeys(check.first for check in gone) if len(gone) > fresh else ()  # else others stand in their place
    return [first if len(first) <= _SHORT else f"{first[:_SHORT]}…" for first in firsts]


class _Check:
    """One condition: its first line, the names in it, and the words of the error it raises ("" for none)."""

    def __init__(self, first: str, condition: str, error: str) -> None:
        self.first = first
        self.names = frozenset(word for word in words(condition) if word.lower() not in _WORDS_OF_CODE)
        self.error = error


def _checks(lines: Sequence[str], known: frozenset[str]) -> list[_Check]:
    """Those that do not begin with a known line."""
    return [check for n, line in enumerate(lines) if line not in known and (check := _check(n, lines)) is not None]


def _check(n: int, lines: Sequence[str]) -> _Check | None:
    """The check that begins with this line, if one does."""
    text = lines[n].strip()
    if (behind := _BEHIND.match(text)) is not None:
        return _Check(text, behind["condition"], text[behind.start("jump") : behind.start("condition")])
    if (test := _TEST.match(text)) is None:
        return None
    if test["claim"] is not None:
        return _Check(text, test["claim"], "")
    depth = width(lines[n])
    inner = [other.strip() for other in lines[n + 1 : n + 1 + _NEAR] if width(other) > depth and other.strip()]
    jump = next((other for other in inner if _GIVES_UP.match(other)), text if _ONE_LINE.search(text) else "")
    if jump and (jump is text or jump in inner[:1] or not text.endswith((":", "{", "then", "do"))):
        return _Check(text, test["condition"], jump if _ERROR.search(jump) else "")
    return None
