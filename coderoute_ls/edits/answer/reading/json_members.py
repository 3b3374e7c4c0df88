"""Members of an object that an answer has as an object of their own, or without the comma behind them: ``{"k": 2}`` for the
selected ``"k": 1,``."""

import json
import re
from collections.abc import Iterable, Sequence
from typing import cast

from coderoute_ls.edits.answer.lines.partial_line_selection import selected_lines
from coderoute_ls.edits.answer.target_region import Place, width, without_blank_ends, written

_JSON = frozenset({"json", "jsonc", "json5"})
_MEMBER = re.compile(r"\s*(?P<key>\"(?:[^\"\\]|\\.)*\"|'[^']*'|[\w$-]+)\s*(?::(?!:)|=>)")
_LEAST = 3
"""Lines of an object with something in it."""


def members_alone(lines: Sequence[str], place: Place) -> list[str]:
    """The members without the object around them, with a comma behind them as in the region; empty where the answer is something
    else, or has other members than the region, or some that stand elsewhere in the file."""
    if place.surface != "replace" or not _MEMBER.match("\n".join(selected_lines(place)).strip()):
        return []
    return _of_json(lines, place) if place.language in _JSON else _of_code(lines, place)


def is_wrapped(lines: Sequence[str], place: Place) -> bool:
    """Whether the region is members of an object, and the answer is an object on lines of its own."""
    said, old = written(lines), written(place.old, 1)
    if len(said) < _LEAST or not old or place.surface != "replace" or place.prose:
        return False
    return said[0].strip() == "{" and said[-1].strip().rstrip(",;") == "}" and _MEMBER.match(old[0]) is not None


def _of_json(lines: Sequence[str], place: Place) -> list[str]:
    old = "\n".join(selected_lines(place)).strip()
    text = "\n".join(lines).strip()
    inner = text[1:-1] if text.startswith("{") else text.removesuffix(",") if _MEMBER.match(text) else ""
    before, now = (_object("{" + members.strip().removesuffix(",") + "}") for members in (old, inner))
    if not before or not now or (len(now) != len(before) and not before.keys() <= now.keys()):
        return []
    if _stands_around((json.dumps(name) for name in now.keys() - before.keys()), place):
        return []
    found = without_blank_ends(inner.split("\n") if text.startswith("{") else lines)
    found[-1] = found[-1].rstrip().removesuffix(",") + ("," if old.endswith(",") else "")
    return [found[0].strip()] if len(found) == 1 else found


def _of_code(lines: Sequence[str], place: Place) -> list[str]:
    """The lines inside of the brackets, where all the region's outermost keys are among theirs."""
    if not is_wrapped(lines, place):
        return []
    inner = without_blank_ends(without_blank_ends(lines)[1:-1])
    before, now = _keys(place.old), _keys(inner)
    if not now or not before <= now or _stands_around(now - before, place):
        return []
    if written(place.old)[-1].rstrip().endswith(",") and not inner[-1].rstrip().endswith(","):
        inner[-1] = inner[-1].rstrip() + ","
    return inner


def _keys(lines: Sequence[str]) -> set[str]:
    """What the outermost members are called."""
    found = [(width(line), match["key"]) for line in lines if (match := _MEMBER.match(line))]
    return {key for depth, key in found if depth == min(found)[0]}


def _stands_around(keys: Iterable[str], place: Place) -> bool:
    """Whether one of the keys is that of a member above or below the region."""
    around = {match["key"] for line in (*place.above, *place.below) if (match := _MEMBER.match(line))}
    return not around.isdisjoint(keys)


def _object(text: str) -> dict[str, object]:
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}
