"""JSON closes what it leaves out: an answer with a few keys of an object parses as well as all of it."""

import re
from collections.abc import Sequence

from coderoute_ls.edits.answer.lines.partial_answer import wants_less
from coderoute_ls.edits.answer.target_region import Place, width

_JSON = frozenset({"json", "jsonc", "json5"})
_KEY = re.compile(r"(?P<blanks>[ \t]*)\"(?P<name>[^\"]+)\"\s*:")
_FEW = 2


def lost_keys(lines: Sequence[str], place: Place) -> list[str]:
    """Half of the region's outermost keys or more, with the last of them, that the answer has nowhere and the user did not
    name. None where the user wanted something removed."""
    if place.language not in _JSON or wants_less(place):
        return []
    before, said = _outer_keys(place.old), "\n".join(lines)
    lost = [key for key in before if f'"{key}"' not in said]
    if len(lost) < _FEW or 2 * len(lost) < len(before) or lost[-1] != before[-1] or len(_outer_keys(lines)) >= len(before):
        return []
    return [] if any(key in place.instruction for key in lost if len(key) > 1) else lost


def _outer_keys(lines: Sequence[str]) -> list[str]:
    """The names of the outermost lines that begin with one, once each."""
    found = [match for line in lines if (match := _KEY.match(line))]
    depth = min((width(one["blanks"]) for one in found), default=0)
    return list(dict.fromkeys(one["name"] for one in found if width(one["blanks"]) == depth))
