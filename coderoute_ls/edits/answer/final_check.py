"""Whether a region may hold these lines: the last look at an answer before it is written, and why it is refused.

Each rule says what would be lost or broken. An answer that none of them speaks against is known to fit.
"""

import re
from collections.abc import Iterable, Sequence

from coderoute_ls import syntax
from coderoute_ls.edits.answer.python_blocks import breaks_blocks
from coderoute_ls.edits.answer.target_region import Place
from coderoute_ls.edits.answer.used_names import bound, lost_names
from coderoute_ls.syntax import Definition

BREAKS = "The file parsed before and would not parse with the answer."
STOPS = "The region returns a value, and the answer does not."
REPEATS = "The answer repeats lines that stand next to the region."
_KINDS = frozenset({"function", "method", "class", "interface", "type", "enum", "module"})
_WORD = re.compile(r"\w")
_GIVES = re.compile(r"\b(?:return|yield|raise|throw|panic|lambda)\b|=>|->|\b(?:fun|def)\b[^(=]*\([^()]*\)[^()=]*=(?!=)")
_GIVES_BY_WORD = re.compile(r"\b(?:return|yield|raise|lambda)\b")
"""Where an arrow only says of what type a result is."""
_WORDS = re.compile(r"\w\W+\w")


def objection(lines: Sequence[str], place: Place) -> str:
    """Why these lines may not be the region; "" when nothing speaks against them."""
    if place.breaks(lines) or (place.language == "python" and breaks_blocks(lines, place.old)):
        return BREAKS
    if left_out := _left_out(lines, place):
        return f"The answer leaves out {_listed(left_out)}."
    if again := _defined_again(lines, place):
        return f"The answer defines {_listed(again)} again, which stands outside of the region already."
    if not place.prose and (names := lost_names(place, lines)):
        return f"The answer uses {_listed(names)}, but leaves out the lines where that is set."
    if _stops(lines, place):
        return STOPS
    if _doubled(lines, place):
        return REPEATS
    return ""


def _left_out(lines: Sequence[str], place: Place) -> list[str]:
    """Definitions of the region that the answer has no more and nobody wished away: as many others do not take their place, the
    user did not name them, and they were not helpers that only the rest of the region used.
    """
    before = _named(place.definitions_before)
    if not before:
        return []
    now = _named(place.definitions(lines))
    text = "\n".join(lines)
    lost = [name for name in dict.fromkeys(before) if name not in now and name not in bound(lines)]
    added = [name for name in dict.fromkeys(now) if name not in before]
    if len(added) >= len(lost):
        return []
    return [
        name
        for name in lost
        if not _mentioned(name, place.instruction) and (_mentioned(name, text) or not _is_helper(name, place))
    ]


def _is_helper(name: str, place: Place) -> bool:
    """Whether the region uses what goes by this name outside of its definition (a function that calls itself helps nobody), and
    nothing around the region does. A function inside of a function is not seen from there.
    """
    own = [one for one in place.definitions_before if one.name == name]
    rows = {row for one in own for row in range(place.row(one.span.start.line), place.row(one.span.end.line) + 1)}
    if not _mentioned(name, "\n".join(line for row, line in enumerate(place.old) if row not in rows)):
        return False
    return all(_is_local(one, place) for one in own) or not _mentioned(name, place.in_place([]))


def _is_local(definition: Definition, place: Place) -> bool:
    """Whether a function of the region holds this definition."""
    return any(
        one is not definition and one.kind in ("function", "method") and one.span.contains(definition.span)
        for one in place.definitions_before
    )


def _named(definitions: Iterable[Definition]) -> list[str]:
    return [definition.name for definition in definitions if definition.kind in _KINDS]


def _mentioned(name: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None


def _defined_again(lines: Sequence[str], place: Place) -> list[str]:
    """Definitions in the answer that stand outside of the region too, in the same container and with the same signature."""
    before = {_identity(one) for one in place.definitions_before}
    inside = {_identity(one) for one in place.definitions(lines)} - before
    if not inside:
        return []
    text = place.in_place([])
    outside = {_identity(one) for one in syntax.definitions(place.language, text)}
    return sorted({name for name, *_ in inside & outside})


def _identity(definition: Definition) -> tuple[str, str, str, str]:
    return definition.name, definition.kind, definition.container, definition.signature


def _stops(lines: Sequence[str], place: Place) -> bool:
    """The region's last statement returns something, and nothing in the answer does."""
    last = next((line.strip() for line in reversed(place.old) if _WORD.search(line)), "")
    if not re.match(r"return\b.*\w", last) or _mentioned("return", place.instruction):
        return False
    gives = _GIVES_BY_WORD if place.language == "python" else _GIVES
    return not any(gives.search(line) for line in reversed(lines))


def _doubled(lines: Sequence[str], place: Place) -> bool:
    """The first line is the one above the region, or the last one is the one below it, and that is more than a bracket."""
    if not any(line.strip() for line in place.old):
        return False
    above, below = _first_written(reversed(place.above)), _first_written(place.below)
    first = above not in place.keys and _first_written(lines) == above
    last = below not in place.keys and _first_written(reversed(lines)) == below
    return (first and _WORDS.search(above) is not None) or (last and _WORDS.search(below) is not None)


def _first_written(lines: Iterable[str]) -> str:
    """The first line that is not blank, without blanks around it; "" for none."""
    return next((line.strip() for line in lines if line.strip()), "")


def _listed(names: Sequence[str]) -> str:
    shown = [f"`{name}`" for name in names[:3]]
    return ", ".join(shown) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
