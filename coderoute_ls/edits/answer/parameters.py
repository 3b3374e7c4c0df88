"""The parameters of a function, as far as brackets and commas of its signature tell: how many, and their names."""

import re
from collections.abc import Sequence

from coderoute_ls.edits.answer.target_region import Place
from coderoute_ls.edits.answer.tree_names import unset_names
from coderoute_ls.edits.answer.used_names import names_around
from coderoute_ls.syntax import Definition

_PIECES = re.compile(r"[^\s()\[\]{}<>,]+|[()\[\]{}<>,]")
"""What a signature consists of: brackets, commas, and what is between them."""
_OPENING, _CLOSING = frozenset("([{<"), frozenset(")]}>")
_ARROWS = re.compile(r"[-=]>|<=|>=")
_NAME = re.compile(r"[^\W\d]\w*")


def parameters(definition: Definition) -> list[str]:
    """Each parameter with what is said of it, but for what is inside of brackets."""
    text = _ARROWS.sub("", definition.signature)
    start = text.find("(", text.find(definition.name) + len(definition.name))
    found: list[list[str]] = [[]]
    depth = 1
    for piece in _PIECES.findall(text, start + 1) if start >= 0 else ():
        if depth == 1 and piece not in _CLOSING and piece != ",":
            found[-1].append(piece)
        elif depth == 1 and piece == ",":
            found.append([])
        depth += (piece in _OPENING) - (piece in _CLOSING)
        if not depth:
            break
    return [" ".join(pieces) for pieces in found if pieces]


def lost_parameters(lines: Sequence[str], place: Place) -> list[str]:
    """Parameters of the region that its functions do not take any more under that name, and that the answer goes on to use: a
    part of the old lines was left as it was."""
    was = {one.name: one for one in place.definitions_before if one.kind in ("function", "method")}
    lost: list[str] = []
    for one in place.definitions(lines):
        old = was.get(one.name)
        if old is None or old.signature == one.signature:
            continue
        gone = _names(old, place.language) - _names(one, place.language)
        rows = range(one.span.start.line, one.span.end.line + 1)
        lost += unset_names(place.language, place.in_place(lines), rows, sorted(gone)) or () if gone else ()
    if not lost:
        return []
    around = names_around(place)
    return [name for name in dict.fromkeys(lost) if name not in around]


def _names(definition: Definition, language: str) -> set[str]:
    """The name is before a colon or a default, and behind a type; in Go the type is behind."""
    said = [re.split(r"[:=]", piece, maxsplit=1)[0] for piece in parameters(definition)]
    found = [_NAME.findall(text) for text in said]
    return {names[0 if language == "go" else -1] for names in found if names}
