"""Code that an answer has as HTML text, all of it or in part: ``a &lt; b``, also beside a raw ``->``.

An entity in code means its sign, unless the code has a name like it: in C, ``&lt;`` may be the address of a variable. One in a
string or comment may be meant as it stands.
"""

import html
import re
from collections.abc import Sequence

from coderoute_ls.edits.answer.reading.code_blocks import blocks
from coderoute_ls.edits.answer.target_region import Place
from coderoute_ls.syntax.code_only import code_only
from coderoute_ls.syntax.prose_and_markup import is_markup
from coderoute_ls.text import words

_NAMES = r"(?:lt|gt|amp|quot|apos|#39|#x27|nbsp);"
_ENTITY = re.compile(f"&(?:amp;)?{_NAMES}")
"""Also one that was escaped twice."""
_INCLUDE = re.compile(r"^[ \t]*#[ \t]*(?:include|import)[ \t]*<.*>", re.MULTILINE)
"""A line that models often write as it is in code that is HTML text otherwise."""
_RAW = re.compile(r"[<>]|&(?!\w+;|#)")
_ENDS_A_TAG = re.compile(r"</[\w>]|/>")
_HELD = "\ue000"
"""Stands for an entity while strings and comments are looked for: entities hold signs that begin some."""


def as_shown(lines: Sequence[str], place: Place) -> list[list[str]]:
    """The texts that the answer may be, the likelier first; none where it is not clear what is meant as it stands."""
    if not any("&" in line and _ENTITY.search(line) for line in lines):
        return [list(lines)]
    if is_markup(place.language):
        hidden = not any("<" in line for line in lines) and any("<" in line and not _ENTITY.search(line) for line in place.old)
        return [[html.unescape(line) for line in lines]] if hidden else [list(lines)]
    near = _held(place.near, place.language)
    if _HELD in near or _ENDS_A_TAG.search(near):  # as between tags in JSX
        return [list(lines)]
    likely, other = list(lines), list(lines)
    found = blocks(lines, longest=False)
    for first, last in [(block.before + 1, len(lines) - block.after - block.closed) for block in found] or [(0, len(lines))]:
        texts = _shown(likely[first:last], place)
        if not texts:
            return []
        likely[first:last], other[first:last] = texts[0], texts[-1]
    return [likely] if likely == other else [likely, other]


def _shown(lines: list[str], place: Place) -> list[list[str]]:
    """The same for the lines of one block; as many lines in each."""
    text = "\n".join(lines)
    found = list(_ENTITY.finditer(text))
    if not found:
        return [lines]
    coded = _in_code(text, place)
    whole = _RAW.search(_INCLUDE.sub("", text)) is None
    if not any(coded):
        return [lines, _unescaped(text)] if whole else [lines]
    if all(coded) or (whole and not _ENTITY.search(place.near)):
        return [_unescaped(text)]
    known = frozenset(one.group() for one in _ENTITY.finditer(place.near))
    if any(one.group() not in known for one, code in zip(found, coded, strict=True) if not code):
        return []
    ends = iter(coded)
    return [_ENTITY.sub(lambda one: _sign(one.group()) if next(ends) else one.group(), text).split("\n")]


def _in_code(text: str, place: Place) -> list[bool]:
    """For each entity, whether it stands in code, outside of strings and comments, and no name of the code is like it."""
    known = frozenset((*words(place.near), *words(_ENTITY.sub(" ", text))))
    held = _held(text, place.language)
    coded: list[bool] = []
    shorter = 0
    for one in _ENTITY.finditer(text):
        coded.append(held[one.start() - shorter] == _HELD and one.group().strip("&;") not in known)
        shorter += len(one.group()) - 1
    return coded


def _held(text: str, language: str) -> str:
    """The code alone, with a sign of its own for each entity in it."""
    return code_only(language, _ENTITY.sub(_HELD, text))


def _unescaped(text: str) -> list[str]:
    """The lines as a page shows them."""
    return _ENTITY.sub(lambda one: _sign(one.group()), text).split("\n")


def _sign(entity: str) -> str:
    sign = html.unescape(html.unescape(entity))
    return " " if sign == "\u00a0" else sign
