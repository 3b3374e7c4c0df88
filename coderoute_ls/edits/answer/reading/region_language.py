"""Whether a text of an answer is code, and code of the region's language."""

import re
from collections.abc import Sequence

from coderoute_ls.edits.answer.lines.similar_lines import similar
from coderoute_ls.edits.answer.reading.code_candidates import Candidate
from coderoute_ls.edits.answer.target_region import Place, written
from coderoute_ls.syntax.code_or_prose import is_code, is_sentence
from coderoute_ls.syntax.language_names import is_named, names_language
from coderoute_ls.text import words

_SIGNS = re.compile(r"[(){}\[\]=;:<>|]")
_ANY = frozenset({"text", "txt", "plaintext", "console", "terminal"})
"""What a fence says of text in any language."""
_SOME = 2
"""Lines that say together whether they are code."""
_COMPARED = 40
"""Lines of a block in another language that are compared with the region's."""


def is_broken_code(lines: Sequence[str], place: Place) -> bool:
    """Text without a fence that is no code for the region, but does not read like words either."""
    return (
        place.knows_words
        and any(_SIGNS.search(line) for line in lines)
        and not any(is_sentence(line, place.names) for line in lines)
    )


def is_code_for(lines: Sequence[str], place: Place) -> bool:
    """What a fence marks is code, unless the grammar that would say so is not there, and it reads like words. Words alone define
    nothing, also where a grammar takes them for calls."""
    if place.knows_words or (place.definitions(lines) and not place.breaks(lines)):
        return True
    text = "\n".join(lines)
    familiar = (
        any(_SIGNS.search(line.lstrip(" >#*+-")) for line in lines)
        or not place.old
        or place.selection
        or not frozenset(words(text)).isdisjoint(place.names)
    )
    return bool(familiar) and not _lacks_signs(lines, place) and is_code(place.language, text, place.near)


def _lacks_signs(lines: Sequence[str], place: Place) -> bool:
    """Not one of several lines has a sign of code, where most lines of the region have."""
    if any(_SIGNS.search(line) for line in lines) or len(written(lines, _SOME)) < _SOME:
        return False
    old = written(place.old)
    return 2 * sum(1 for line in old if _SIGNS.search(line)) > len(old)


def is_foreign(candidate: Candidate, place: Place) -> bool:
    """A block that names another language and is like no line of the region, where no grammar would say that it does not fit."""
    if place.prose or not place.old or not names_language(candidate.info) or candidate.info in _ANY:
        return False
    if is_named(candidate.info, place.language) or is_named(candidate.info, place.document.language):
        return False
    old, new = ([line for line in text if len(line.strip()) > 1][:_COMPARED] for text in (place.old, candidate.lines))
    return not any(similar(line, text) for line in new for text in old)
