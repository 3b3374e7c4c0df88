"""An answer that is some functions of the region, or methods of a class in it: each takes the place of its old one, by name."""

from collections.abc import Sequence
from dataclasses import replace

from coderoute_ls.edits.answer.lines.elision import Strength, strength
from coderoute_ls.edits.answer.lines.reindentation import indented
from coderoute_ls.edits.answer.target_region import Place
from coderoute_ls.syntax import Definition
from coderoute_ls.text import indentation

_HOLDERS = frozenset({"class", "interface", "module"})


def members(new: Sequence[str], place: Place) -> list[str]:
    """The region with those of its definitions replaced that the answer has, by name: some of its functions, or methods of a
    class with or without the class's own line. Whatever else the answer has is the region's, or stands for it."""
    theirs = place.definitions_before
    ready = indented(new, place)
    mine = place.definitions(ready)
    if not mine and theirs and theirs[0].body is not None and theirs[0].kind in _HOLDERS and is_whole(theirs[0], place):
        ready = _within(new, theirs[0], place)
        mine = place.definitions(ready)
    leaves = [one for one in mine if one.name not in {other.container for other in mine}]
    pairs = [(one, [other for other in theirs if other.name == one.name]) for one in leaves]
    if not pairs or len(leaves) >= len(theirs) or any(len(found) != 1 for _, found in pairs):
        return []
    if not all(is_whole(one, place, ready) and is_whole(other, place) for one, (other,) in pairs):
        return []
    rows = {row for one in leaves for row in _rows(one, place)}
    new_ones = {
        n: strength(line, place.language) for n, line in enumerate(ready) if line.strip() and line.strip() not in place.keys
    }
    if any((n in rows and rank is Strength.DOTS) or (n not in rows and not rank) for n, rank in new_ones.items()):
        return []
    result = list(place.old)
    for one, (other,) in sorted(pairs, key=lambda pair: -pair[1][0].span.start.line):
        first, last = _rows(other, place)[0], _rows(other, place)[-1]
        base = indentation(place.old[first])
        result[first : last + 1] = indented([ready[row] for row in _rows(one, place)], replace(place, base=base))
    return result


def _within(new: Sequence[str], holder: Definition, place: Place) -> list[str]:
    """The lines as members of a class of the region: some languages read a method only there."""
    first, start, last = (
        place.row(line)
        for line in (holder.name_span.start.line, holder.body.start.line if holder.body else 0, holder.span.end.line)
    )
    inner = next((indentation(line) for line in place.old[start + 1 : last] if line.strip()), place.base)
    return [*place.old[first : start + 1], *indented(new, replace(place, base=inner)), place.old[last]]


def is_whole(definition: Definition, place: Place, lines: Sequence[str] | None = None) -> bool:
    """Whether a definition that begins in the region, or in the lines put in its place, ends in it, too."""
    return place.row(definition.span.end.line) < len(place.old if lines is None else lines)


def _rows(definition: Definition, place: Place) -> range:
    """The lines of a definition, counted from the region's first."""
    start, end = definition.span
    return range(place.row(start.line), place.row(end.line) + (end.character > 0))
