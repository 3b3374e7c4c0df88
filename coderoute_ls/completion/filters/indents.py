"""Indentation and line endings as the buffer has them: tabs or blanks, the file's own step, relative to the cursor's line."""

import re
from dataclasses import replace

from coderoute_ls.completion.place import Candidate, Place
from coderoute_ls.text import indent_unit, indentation, with_endings

_OPENS = re.compile(r"(?:[{(\[:]|=>|->)\s*(?:#.*|//.*)?$")


def apply(candidate: Candidate, place: Place) -> Candidate | None:
    """Drop an indentation that stands there already, then re-indent the lines after the first."""
    lines = with_endings(candidate.text, "\n").split("\n")
    if place.left and not place.left.strip() and lines[0].strip():
        lines[0] = lines[0].removeprefix(place.left) if lines[0].startswith(place.left) else lines[0].lstrip(" \t")
    first = place.left.strip() + lines[0].strip()
    rest = _as_deep_as_needed(_in_our_unit(lines[1:], place), first, place)
    return replace(candidate, text=place.eol.join([lines[0], *rest]))


def _in_our_unit(lines: list[str], place: Place) -> list[str]:
    """The same levels, written as the file writes them. What does not fit the levels (alignment) stays aligned."""
    used = [line for line in lines if line.strip()]
    if not used:
        return lines
    ours = place.unit
    theirs = _unit_of(used, place)
    if theirs == ours:
        return lines
    step = len(theirs.expandtabs(4))
    converted: list[str] = []
    for line in lines:
        levels, odd = divmod(len(indentation(line).expandtabs(step)), step)
        converted.append(ours * levels + " " * odd + line.lstrip(" \t") if line.strip() else "")
    return converted


def _unit_of(lines: list[str], place: Place) -> str:
    """The unit that an answer uses: known where it differs in kind from the file's, or is half or double of it throughout."""
    ours = place.unit
    if any(line.startswith("\t") for line in lines):
        return "\t"
    widths = {len(indentation(line)) for line in lines} - {0}
    if not widths:
        return ours
    if ours == "\t":
        found = indent_unit(["", *lines])
        return found if found != "\t" else "    "
    base = len(place.indent)
    deeper = {width - base for width in widths if width > base}
    if len(ours) == 4 and base % 4 == 0 and 2 in deeper and _OPENS.search(place.left + "\n".join(lines)):
        return "  " if base == 0 else ours
    return ours


def _as_deep_as_needed(lines: list[str], first: str, place: Place) -> list[str]:
    """After a line that opens a block the next one is deeper than it; an answer that forgot where it stands is shifted."""
    next_line = next((line for line in lines if line.strip()), "")
    if not next_line or not _OPENS.search(first):
        return lines
    closes = next_line.strip()[0] in ")]}"
    wanted = place.indent if closes else place.indent + place.unit
    found = indentation(next_line)
    missing = len(wanted.expandtabs(4)) - len(found.expandtabs(4))
    if (
        missing <= 0
        or len(found.expandtabs(4)) > len(place.indent.expandtabs(4))
        or not wanted.endswith(place.unit if not closes else wanted)
    ):
        return lines
    shift = place.unit * (missing // len(place.unit.expandtabs(4)))
    return [shift + line if line.strip() else line for line in lines]
