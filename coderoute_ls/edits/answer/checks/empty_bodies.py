"""Answers that are a definition without its inside: a header and nothing that does anything, or a place for code to come."""

import re
from collections.abc import Sequence

from coderoute_ls.edits.answer.checks.early_end import ends_alike
from coderoute_ls.edits.answer.lines.similar_lines import similar
from coderoute_ls.edits.answer.target_region import Place, closes, width, written
from coderoute_ls.syntax import Definition

_FEW = 3
"""Lines of a region that is hardly more than a header."""
_MOST = 6
"""Lines that a definition without a body may have, with its brackets and comments."""
_BEGINS_COMMENT = r"(?:#|//|--|/\*|\*|;|%)"
_NOTHING = re.compile(rf"\s*(?:(?:pass|\.\.\.|…|return|nil|null|undefined)[;,]?|{_BEGINS_COMMENT}.*|[\"']{{3}}.*)\s*")
"""A line of a body that does nothing."""
_NO_VALUE = re.compile(r"\s*return\s+(?:null|nil|None|undefined|false|False|true|True|0|-1|\"\"|''|\[\]|\{\})[;,]?\s*")
"""One that gives a value which says nothing."""
_COMMENT = re.compile(rf"\s*{_BEGINS_COMMENT}")
_STUB = re.compile(
    r"\s*(?:(?:todo|unimplemented)!\(.*\)|TODO\(.*\)|\?\?\?"
    r"|(?i:(?:throw|raise|die|croak|panic|fatalError|preconditionFailure|error|stop)\b.*"
    r"(?:not[ _]?(?:yet )?(?:implement|support)|unimplemented|unsupported|\btodo\b).*))[;,]?\s*"
)
"""A line of a body that only says that code is to come."""
_STUB_WANTED = re.compile(r"(?i)throw|raise|panic|exception|error|implement|support")
_FAILS_WANTED = re.compile(r"(?i)throw|raise|panic|exception|error|unimplement|unsupport|comment|doc")
_NO_BODY = re.compile(r"(?:\{\s*\}|:\s*(?:pass|\.\.\.)|\bdo\s+end|\)\s*end)[;,]?\s*$")
_EMPTY_WANTED = re.compile(
    r"(?i)empty|stub|skeleton|abstract|interface|placeholder|mock|no.?op|body|todo|declar|protocol|prototype|leer|vide|vac"
)
"""What a user says who wants that. The words only let an answer pass."""


def empty_wanted(place: Place) -> bool:
    """The user spoke of it."""
    return _EMPTY_WANTED.search(place.instruction) is not None


def is_emptied(lines: Sequence[str], place: Place) -> bool:
    """The answer is the region's first line and nothing that does anything, where the region goes on for several lines; and the
    user did not speak of that."""
    said, old = written(lines, _MOST + 1), written(place.old, _FEW + 1)
    if len(said) > _MOST or len(old) <= _FEW or place.prose or place.surface != "replace" or width(old[1]) <= width(old[0]):
        return False
    stubs = not _STUB_WANTED.search(place.instruction)
    values = "return" not in place.instruction and any(_COMMENT.match(line) and line.strip() not in place.keys for line in said)
    doing = [
        line
        for line in said
        if not (
            closes(line)
            or _NOTHING.fullmatch(line)
            or (stubs and _is_new(line, _STUB, place))
            or (values and _is_new(line, _NO_VALUE, place))
        )
    ]
    if len(doing) != 1 or not similar(doing[0], old[0]) or empty_wanted(place):
        return False
    return _NO_BODY.search(doing[0]) is not None or ends_alike(doing[0], old[0])


def holds_a_place(lines: Sequence[str], place: Place) -> bool:
    """The comment in an emptied definition is a place for code, and stands for no lines: below it a value is given that says
    nothing, or an error that says so."""
    fresh = any(_is_new(line, _NO_VALUE, place) or _is_new(line, _STUB, place) for line in written(lines, _MOST))
    return fresh and is_emptied(lines, place)


def is_still_empty(lines: Sequence[str], place: Place) -> bool:
    """The region is a definition with nothing but a place for code in it, the user wanted something of it, and what is new in the
    answer is such a place again."""
    said, old = written(lines, _MOST + 1), written(place.old, _MOST + 1)
    if max(len(said), len(old)) > _MOST or len(old) < 2 or place.prose or not place.instruction or width(old[1]) <= width(old[0]):
        return False
    if empty_wanted(place) or _FAILS_WANTED.search(place.instruction):
        return False
    fresh = [line for line in said if line.strip() not in place.keys]
    return bool(fresh) and all(map(_is_place, fresh)) and all(_is_place(line) or closes(line) for line in old[1:])


def _is_place(line: str) -> bool:
    """For code to come; a docstring says something."""
    return _STUB.fullmatch(line) is not None or (_NOTHING.fullmatch(line) is not None and '"""' not in line and "'''" not in line)


def _is_new(line: str, pattern: re.Pattern[str], place: Place) -> bool:
    return line.strip() not in place.keys and pattern.fullmatch(line.strip()) is not None


def lacks_bodies(found: Sequence[Definition], place: Place) -> bool:
    """What the region defines, the answer only declares, and the user did not want that."""
    declared = {one.name for one in found if one.body is None} - {one.name for one in found if one.body is not None}
    return (
        bool(declared)
        and not empty_wanted(place)
        and any(
            one.name in declared and one.body is not None and one.kind in ("function", "method")
            for one in place.definitions_before
        )
    )
