"""Lists of keys close what they leave out: an answer with a few keys of an object or a rule parses as well as all of it."""

import re
from collections.abc import Sequence

from coderoute_ls.edits.answer.lines.partial_answer import wants_less
from coderoute_ls.edits.answer.target_region import Place, width

_JSON = frozenset({"json", "jsonc", "json5"})
_JSON_KEY = re.compile(r"(?P<blanks>[ \t]*)\"(?P<name>[^\"]+)\"\s*:")
_KEY = re.compile(r"(?P<blanks>[ \t]*)[\"']?(?P<name>[\w.-]+)[\"']?\s*(?::(?!:)|=(?![=>]))")
_LISTS = frozenset(
    {*_JSON, "css", "scss", "less", "yaml", "toml", "ini", "terraform", "hcl", "properties", "dotenv", "editorconfig"}
)
"""Languages that say what is, by name, and nothing of what to do."""
_FEW = 2


def lost_keys(lines: Sequence[str], place: Place) -> list[str]:
    """Half of the region's outermost keys or more, with the last of them, that the answer has nowhere and the user did not
    name. None where the user wanted something removed."""
    if place.language not in _LISTS or place.surface != "replace" or wants_less(place):
        return []
    pattern = _JSON_KEY if place.language in _JSON else _KEY
    before, now, said = _outer_keys(place.old, pattern), _outer_keys(lines, pattern), "\n".join(lines)
    shorthands = tuple(f"{key}-" for key in now)  # as CSS has them: `padding` says what `padding-top` did
    lost = [key for key in before if key not in now and not key.startswith(shorthands) and not _is_said(key, said, pattern)]
    if len(lost) < _FEW or 2 * len(lost) < len(before) or lost[-1] != before[-1] or len(now) >= len(before):
        return []
    return [] if any(key in place.instruction for key in lost if len(key) > 1) else lost


def _is_said(key: str, text: str, pattern: re.Pattern[str]) -> bool:
    """The key is somewhere in the answer, in whatever depth."""
    if pattern is _JSON_KEY:
        return f'"{key}"' in text
    return re.search(rf"(?<![\w.-]){re.escape(key)}[\"']?\s*[:=]", text) is not None


def _outer_keys(lines: Sequence[str], pattern: re.Pattern[str]) -> list[str]:
    """The names of the outermost lines that begin with one, once each."""
    found = [match for line in lines if (match := pattern.match(line))]
    depth = min((width(one["blanks"]) for one in found), default=0)
    return list(dict.fromkeys(one["name"] for one in found if width(one["blanks"]) == depth))
