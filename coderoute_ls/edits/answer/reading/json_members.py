"""A few members of a JSON object that an answer has as an object of their own: ``{"k": 2}`` for the selected ``"k": 1``."""

import json
import re
from collections.abc import Sequence
from typing import cast

from coderoute_ls.edits.answer.lines.partial_line_selection import selected_lines
from coderoute_ls.edits.answer.target_region import Place, without_blank_ends

_JSON = frozenset({"json", "jsonc", "json5"})
_MEMBER = re.compile(r'\s*"(?:[^"\\]|\\.)*"\s*:')


def members_alone(lines: Sequence[str], place: Place) -> list[str]:
    """The members without the object around them, with a comma behind them as in the region; empty where the answer is something
    else, or has other members than the region, or some that stand elsewhere in the file."""
    if place.language not in _JSON or place.surface != "replace":
        return []
    old = "\n".join(selected_lines(place)).strip()
    text = "\n".join(lines).strip()
    if not _MEMBER.match(old) or not text.startswith("{"):
        return []
    before, now = _object("{" + old.removesuffix(",") + "}"), _object(text)
    if not before or not now or (len(now) != len(before) and not before.keys() <= now.keys()):
        return []
    around = "\n".join((*place.above, *place.below))
    if any(f"{json.dumps(name)}:" in around.replace('" :', '":') for name in now.keys() - before.keys()):
        return []
    inner = without_blank_ends(text[1:-1].split("\n"))
    inner[-1] = inner[-1].rstrip().removesuffix(",") + ("," if old.endswith(",") else "")
    return [inner[0].strip()] if len(inner) == 1 else inner


def _object(text: str) -> dict[str, object]:
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}
