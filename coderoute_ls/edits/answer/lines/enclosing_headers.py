"""What is around a region: the first lines of the blocks and definitions that hold it."""

import re
from collections.abc import Sequence

from coderoute_ls import syntax
from coderoute_ls.edits.answer.target_region import SEEN, Place, plain, width, written

_WORD = re.compile(r"\w")


def headers(place: Place) -> frozenset[str]:
    """First lines of what is around the region: by their indentation, and by the tree where there is one."""
    found: list[str] = []
    depth = len(place.base.expandtabs(8))
    above, _ = place.around
    depth = _add_headers(above.lines, depth, found)
    if depth and place.first > SEEN:
        _add_headers(written(plain(place.document.lines[: place.first - SEEN])), depth, found)
    for definition in syntax.definitions_around(place.document, place.first):
        start = definition.span.start.line
        if start < place.first <= definition.span.end.line:
            end = definition.body.start.line if definition.body else start
            found += [place.document.line(n).strip() for n in range(start, min(end, place.first - 1) + 1)]
    return frozenset(key for key in found if key)


def _add_headers(above: Sequence[str], depth: int, found: list[str]) -> int:
    """Up from the last of these lines: each that is further out than all below it. Returns how deep the outermost is."""
    for n in range(len(above) - 1, -1, -1):
        if width(above[n]) >= depth:
            continue
        found.append(above[n].strip())
        depth = width(above[n])
        if not _WORD.search(above[n]) and n:
            found.append(above[n - 1].strip())
        if not depth:
            break
    return depth
