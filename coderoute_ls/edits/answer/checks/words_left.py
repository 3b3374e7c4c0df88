"""Words of the model, or what it puts around code, at an end of lines that no parser can tell from code: never written."""

import re
from collections.abc import Sequence

from coderoute_ls.edits.answer.lines.multiline_strings import inside_text
from coderoute_ls.edits.answer.reading.code_blocks import is_fence
from coderoute_ls.edits.answer.target_region import Place, closes
from coderoute_ls.syntax.code_or_prose import is_sentence
from coderoute_ls.syntax.comment_and_string_marks import comment_text
from coderoute_ls.syntax.language_names import is_named
from coderoute_ls.syntax.prose_and_markup import is_markup
from coderoute_ls.text import words

_TALKS = re.compile(r"\s*(?:\*\*|__|[#>*-]+ )?[^\W\d_](?:[^\W\d_A-ZÀ-Þ]|['’ ]|$)")
"""A line that begins as a sentence does: a word whose second letter is not a capital."""
_CAPITAL = re.compile(r"\s*(?:\*\*|__|[#>*-]+ )?[^\W\d_a-zß-ÿ]")
_CODE = re.compile(r"[=(){}\[\];|<>$@\\/]|[\w)\]]\.\w|^\s*[\w.-]+:\s|^\s*-\s|\w::|->")
_AROUND = re.compile(
    r"`{1,2}|~{1,2}|={3,}.*|</?[A-Za-z][\w.:-]*(?:[ =][^<>]*)?>|\{(?:code|noformat)\b.*\}"
    r"|\.\. [\w-]+::.*|\[source\b.*\]"
)
"""Marks of fences, tags and documents."""
_AROUND_TEXT = re.compile(r"`{1,2}|~{1,2}|={3,} .+ ={3,}|</?[a-z]+[_-][\w.:-]*(?:[ =][^<>]*)?>|<invoke\b.*>|(?i:copy(?: code)?)")
"""The same around a document of words, which has tags, titles and underlines of its own."""
_FEW = 4
"""Words that a remark may have without the end of a sentence, as a heading."""


def words_left(lines: Sequence[str], place: Place) -> bool:
    """The first or the last line is new, and says something to the user, or belongs to what is around an answer."""
    if place.surface != "replace" or not place.old:
        return False
    ends = [next(((n, line) for n, line in numbered if line.strip()), None) for numbered in _both_ways(lines)]
    suspects = [(n, line) for n, line in filter(None, ends) if line.strip() not in place.keys and _is_left(line, place)]
    if not suspects:
        return False
    inside = inside_text(place.language, lines)
    return any(n not in inside for n, _ in suspects)


def _both_ways(lines: Sequence[str]) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    numbered = list(enumerate(lines))
    return numbered, numbered[::-1]


def _is_left(line: str, place: Place) -> bool:
    text = line.strip()
    if place.prose:
        return _AROUND_TEXT.fullmatch(text) is not None or is_named(text, place.language)
    if comment_text(text, place.language) is not None or (closes(line) and not _AROUND.fullmatch(text)):
        return False
    tags = is_markup(place.language) or place.language.endswith("react")
    if is_fence(line) or (_AROUND.fullmatch(text) and not (tags and text.startswith("<"))):
        return not any(_AROUND.fullmatch(key) or is_fence(key) for key in place.keys)
    return not place.knows_words and not tags and _is_talk(text, place)


def _is_talk(text: str, place: Place) -> bool:
    """A sentence, or a few words that begin with a capital, none of which the file has; where the region has no such lines."""
    if _CODE.search(text) or not _TALKS.match(text) or any(_CAPITAL.match(key) and is_sentence(key) for key in place.keys):
        return False
    names = frozenset(name.casefold() for name in place.names)
    said = [word.casefold() for word in words(text)]
    if not said or said[0] in names:
        return False
    if not text.isascii() or text.endswith((".", "!", "?", ":", "…")):
        return is_sentence(text, place.names)
    return _CAPITAL.match(text) is not None and len(said) > 1 and names.isdisjoint(said)
