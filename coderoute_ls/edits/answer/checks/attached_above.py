"""Decorators, annotations and attributes right above a region: an answer that begins with others may be meant to replace them."""

import re
from collections.abc import Sequence

from coderoute_ls.edits.answer.target_region import Place, width, written
from coderoute_ls.syntax.comment_and_string_marks import comment_text

_ATTACHED = re.compile(
    r"@(?P<at>[\w.:]+)(?!\s*[-+*/|&]?=)|#!?\[(?P<hash>\w+)|\[(?:assembly:)?(?P<box>[A-Z]\w*)[^=;]*\]|(?P<template>template)\s*<"
)
_NO_DECORATORS = frozenset(
    {"css", "scss", "less", "sass", "ruby", "perl", "objective-c", "objective-cpp", "vb", "bat", "makefile"}
)
"""Languages in which a sign of these begins something else."""
_SEVERAL_KINDS = frozenset({"elixir"})
"""Those in which each name says another thing, as a type and a text."""
_CLOSES = re.compile(r"[)\]}>,;\s]+")


def other_attached(lines: Sequence[str], said: Sequence[str], place: Place) -> bool:
    """The first lines of the answer are attached to what is below them, and the region's are not, or not by that name; and above
    the region stands such a line already. What becomes of that one, the answer cannot say, unless it has it, too: ``said`` is
    all of the answer."""
    if place.prose or place.language in _NO_DECORATORS or place.surface != "replace":
        return False
    names = _names_first(lines)
    if not names:
        return False
    old, (above, line) = _names_first(place.old), _names_above(place)
    if not above or line in map(str.strip, said):
        return False
    return (not old and place.language not in _SEVERAL_KINDS) or not (names - old).isdisjoint(above)


def _names_first(lines: Sequence[str]) -> frozenset[str]:
    """What the attached lines before anything else are called."""
    said = written(lines)
    depth = width(said[0]) if said else 0
    found: list[str] = []
    for line in said:
        name = _name(line)
        if name and width(line) == depth:
            found.append(name)
        elif not found or (width(line) <= depth and not _CLOSES.fullmatch(line)):
            break
    return frozenset(found)


def _names_above(place: Place) -> tuple[frozenset[str], str]:
    """The same of the lines that end right above the region, with the nearest of them: up to a blank line, or one that is neither
    attached, nor a part of such a one, nor a comment."""
    depth = width(next(iter(written(place.old)), ""))
    found: list[str] = []
    nearest = ""
    for line in reversed(place.above):
        if not line.strip():
            break
        name = _name(line) if width(line) == depth else ""
        if name:
            found.append(name)
            nearest = nearest or line.strip()
        elif width(line) <= depth and not _CLOSES.fullmatch(line) and comment_text(line.strip(), place.language) is None:
            break
    return frozenset(found), nearest


def _name(line: str) -> str:
    found = _ATTACHED.match(line.strip())
    return next((text for text in found.groups() if text), "") if found else ""
