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
_TYPES_FIRST = frozenset({"java", "csharp", "cpp"})
_NAMES_FIRST = frozenset({"kotlin", "scala"})


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


def overload(definition: Definition, language: str) -> str:
    """The signature without the names of its parameters, by which languages with overloads tell functions of a name apart."""
    head, bracket, rest = definition.signature.partition("(")
    if not bracket or language not in _TYPES_FIRST | _NAMES_FIRST:
        return definition.signature
    said = [re.split(r"=", piece, maxsplit=1)[0].strip() for piece in parameters(definition)]
    types = [piece.rpartition(" ")[0] if language in _TYPES_FIRST else piece.partition(":")[2] for piece in said]
    return f"{head}({','.join(one.strip() for one in types)}{rest[rest.rfind(')') :]}"


Pairs = Sequence[tuple[Definition, Definition]]
"""Functions of an answer, each with what it was."""


def with_other_parameters(found: Sequence[Definition], place: Place) -> Pairs:
    """Those of the answer's functions that may take something else, or under another name."""
    now, was = _by_name(found), _by_name(place.definitions_before)
    pairs = [pair for key in now if len(now[key]) == len(was.get(key, ())) for pair in zip(now[key], was[key], strict=True)]
    return [(one, old) for one, old in pairs if one.signature != old.signature and _before_types(one) != _before_types(old)]


def _by_name(definitions: Sequence[Definition]) -> dict[tuple[str, str], list[Definition]]:
    """Functions by what holds them and their name, which several may have: overloads, a property that is read and set. A class
    has the name of its constructor in many languages, and is none."""
    found: dict[tuple[str, str], list[Definition]] = {}
    for one in definitions:
        if one.kind in ("function", "method"):
            found.setdefault((one.container, one.name), []).append(one)
    return found


def _before_types(definition: Definition) -> list[str]:
    """The parts of a signature up to the colons in them: behind those are types and defaults."""
    return [part.partition(":")[0] for part in definition.signature.split(",")]


def lost_parameters(lines: Sequence[str], pairs: Pairs, place: Place) -> list[str]:
    """Parameters of the region that its functions do not take any more under that name, and that the answer goes on to use: a
    part of the old lines was left as it was. ``pairs`` are those of `with_other_parameters`."""
    if not pairs:
        return []
    gone = [_gone(old, one) for one, old in pairs]
    text = "\n".join(lines)
    used = {name for name in frozenset[str]().union(*gone) if name in text}
    lost: list[str] = []
    for (one, old), names in zip(pairs, gone, strict=True):
        if names & used and (taken := sorted((names & used & _names(old, place.language)) - _names(one, place.language))):
            rows = range(one.span.start.line, one.span.end.line + 1)
            lost += unset_names(place.language, place.in_place(lines), rows, taken) or ()
    if not lost:
        return []
    around = names_around(place)
    return [name for name in dict.fromkeys(lost) if name not in around]


def _gone(old: Definition, one: Definition) -> frozenset[str]:
    """Words of the parts of a signature that changed, which these parts have no more."""
    was, now = old.signature.split(","), one.signature.split(",")
    before, after = ([part for part in mine if part not in theirs] for mine, theirs in ((was, now), (now, was)))
    return frozenset(_NAME.findall(" ".join(before))) - frozenset(_NAME.findall(" ".join(after)))


def _names(definition: Definition, language: str) -> set[str]:
    """The name is before a colon or a default, and behind a type; in Go the type is behind."""
    said = [re.split(r"[:=]", piece, maxsplit=1)[0] for piece in parameters(definition)]
    found = [_NAME.findall(text) for text in said]
    return {names[0 if language == "go" else -1] for names in found if names}
