"""Indentation as the buffer has it: tabs or blanks, the file's own step, relative to the cursor's line."""

import re
from dataclasses import replace

from coderoute_ls.completion.cursor import Candidate, Cursor
from coderoute_ls.text import indentation

_OPENS = re.compile(r"(?:[{(\[:]|=>|->)\s*(?:#.*|//.*)?$")


def apply(candidate: Candidate, place: Cursor) -> Candidate | None:
    """Drop an indentation that stands there already, then re-indent the lines after the first."""
    lines = candidate.text.split("\n")
    if place.left and not place.left.strip() and lines[0].strip():
        lines[0] = lines[0].removeprefix(place.left) if lines[0].startswith(place.left) else lines[0].lstrip(" \t")
    first = place.left.strip() + lines[0].strip()
    rest = _as_deep_as_needed(_in_our_unit(lines[1:], first, place), first, place)
    return replace(candidate, text="\n".join([lines[0], *(line if line.strip() else "" for line in rest)]))


def _in_our_unit(lines: list[str], first: str, place: Cursor) -> list[str]:
    """The same levels, written as the file writes them. What fits no level (alignment) keeps its odd blanks."""
    used = [line for line in lines if line.strip()]
    if not used:
        return lines
    if place.unit == "\t":
        tabs = any(line.startswith("\t") for line in used)
        return lines if tabs else [_with_tabs(line, _blanks_a_level(used, first, place)) for line in lines]
    if any(line.startswith("\t") for line in used):
        return [_with_blanks(line, place.unit) for line in lines]
    step = _step(lines, first, place)
    ours = len(place.unit)
    return lines if step is None else [_scaled(line, len(place.indent), step, ours) for line in lines]


def _with_tabs(line: str, blanks: int) -> str:
    levels, odd = divmod(len(indentation(line)), blanks)
    return "\t" * levels + " " * odd + line.lstrip(" ") if line.strip() else ""


def _with_blanks(line: str, unit: str) -> str:
    return indentation(line).replace("\t", unit) + line.lstrip(" \t") if line.strip() else ""


def _blanks_a_level(used: list[str], first: str, place: Cursor) -> int:
    """How many blanks the answer uses for what is one tab here: by the level that its first line must have."""
    level = len(place.indent) + bool(_OPENS.search(first))
    width = len(indentation(used[0]))
    return width // level if level and width and width % level == 0 else 4


def _step(lines: list[str], first: str, place: Cursor) -> int | None:
    """The blanks by which the answer goes deeper, where that is half or double of what the file does; else None."""
    ours = len(place.unit)
    opener, width = first, len(place.indent)
    for line in lines:
        if not line.strip():
            continue
        deeper = len(indentation(line)) - width
        if _OPENS.search(opener) and deeper in (ours // 2, ours * 2):
            steps = {len(indentation(other)) - len(place.indent) for other in lines if other.strip()}
            return deeper if all(step % deeper == 0 for step in steps if step > 0) else None
        opener, width = line, len(indentation(line))
    return None


def _scaled(line: str, base: int, step: int, ours: int) -> str:
    extra = len(indentation(line)) - base
    if not line.strip() or extra <= 0:
        return line
    return " " * (base + extra // step * ours) + line.lstrip(" ")


def _as_deep_as_needed(lines: list[str], first: str, place: Cursor) -> list[str]:
    """After a line that opens a block the next one is deeper; an answer that forgot where it stands is shifted as a whole."""
    next_line = next((line for line in lines if line.strip()), "")
    if not next_line or not _OPENS.search(first):
        return lines
    wanted = place.indent if next_line.strip()[0] in ")]}" else place.indent + place.unit
    missing = _columns(wanted) - _columns(indentation(next_line))
    if missing <= 0 or _columns(indentation(next_line)) > _columns(place.indent):
        return lines
    shift = wanted[len(wanted) - missing // (4 if place.unit == "\t" else 1) :]
    return [shift + line if line.strip() else line for line in lines]


def _columns(blanks: str) -> int:
    return len(blanks.expandtabs(4))
