"""Drops what an answer repeats from before the cursor, and keeps what comes after the repetition."""

import re
from dataclasses import replace

from coderoute_ls.completion.cursor.cursor import Candidate, Cursor
from coderoute_ls.text import indentation

_LEAST = 4
"""Characters from which the same text is a repetition, no coincidence."""
_TAB = 4
_TOKEN_STARTS = re.compile(r"\w+|[^\w\s]+")
_WORD_END = re.compile(r"\w+\Z")
_LAST_WORD = re.compile(r"(?<![^\s(\[{=,;:])([A-Za-z]{2,})[ \t]+\Z")
"""A word and the blanks before the cursor."""
_ASSIGNS = re.compile(r"[\w.$]+\s*(?::=|<-|[-+*/|&]?=)")
"""A line that gives a value to a name: the same again says nothing, however short."""
_WORD_START = re.compile(r"\w+")


def apply(candidate: Candidate, cursor: Cursor) -> Candidate | None:
    """Drop repeated lines above together with the start of the cursor's own, or the start of that line alone."""
    behind = _without_lines_above(candidate.text, cursor)
    text, since = behind if behind is not None else (_without_start_of_line(candidate.text, cursor), None)
    if text is None:
        return candidate
    return replace(candidate, text=text, since=since) if text.strip() else None


def may_go_on(text: str, rest: str, cursor: Cursor) -> bool:
    """Whether the lines of an answer so far only say again what is above, and what follows goes on to the cursor's line: the
    answer's own text is still to come."""
    left, said = cursor.left.strip(), [line.strip() for line in text.split("\n") if line.strip()]
    above = [key for key in cursor.keys_above if key]
    if cursor.before.inside or sum(map(len, said)) < 2 * _LEAST:
        return False
    for start in range(len(above) - len(said) + 1):
        if above[start : start + len(said)] == said:
            behind = above[start + len(said)] if start + len(said) < len(above) else left
            following = rest.split("\n", 1)[0].strip()
            if following.startswith(behind) or behind.startswith(following):
                return True
    return False


def _without_lines_above(text: str, cursor: Cursor) -> tuple[str, int | None] | None:
    """The text behind the lines above and what is on the cursor's, and the columns of the first of them; None where it
    repeats neither."""
    left = cursor.left.strip()
    lines = text.split("\n")
    said = [number for number, line in enumerate(lines) if line.strip()]
    above = [key for key in cursor.keys_above if key]
    first = lines[said[0]].strip() if said else ""
    for count in range(min(len(above), len(said) - 1), -1, -1):
        if count and above[len(above) - count] != first:
            continue
        repeated = above[len(above) - count :]
        if [lines[number].strip() for number in said[:count]] != repeated or count >= len(said):
            continue
        last = lines[said[count]].lstrip()
        if not _tells(repeated, left) or not last.startswith(left):
            continue
        # The blanks between what is there and what is new belong to one of the two, not to both.
        here = last[len(left) :] if left else lines[said[count]]
        if left and cursor.left.endswith((" ", "\t")):
            here = here.lstrip(" \t")
        since = _columns([line for line in cursor.above if line.strip()][-count]) if count else None
        return "\n".join([here, *lines[said[count] + 1 :]]), since
    return None


def _columns(line: str) -> int:
    return len(indentation(line).expandtabs(_TAB))


def _without_start_of_line(text: str, cursor: Cursor) -> str | None:
    """The text behind the last words on the cursor's line, which it begins with again; None where it does not."""
    left, said = cursor.near_left, text.lstrip(" \t")
    if _ASSIGNS.fullmatch(target := left.strip()) and said.startswith(target) and not cursor.before.inside and not cursor.prose:
        rest = said[len(target) :]
        return rest.lstrip(" \t") if not rest.startswith("=") else None
    if (word := _LAST_WORD.search(left)) is not None and said.startswith(word.group()) and _is_said_once(word[1], cursor):
        return said[len(word.group()) :].lstrip(" \t")
    for start in (match.start() for match in _TOKEN_STARTS.finditer(left)):
        repeated = left[start:]
        if not said.startswith(repeated.rstrip()) or not said.startswith(repeated):
            continue
        if len(repeated.strip()) >= _LEAST and sum(map(str.isalpha, repeated)) >= 2:
            return said[len(repeated) :]
        if (word := _WORD_END.search(left)) is not None and word.start() == start and _restarts(word.group(), said, text, cursor):
            return said[len(repeated) :]
    return None


def _is_said_once(word: str, cursor: Cursor) -> bool:
    """Whether this word is never written twice in a row."""
    return word != "not" and not cursor.prose and not cursor.before.inside


def _restarts(typed: str, said: str, text: str, cursor: Cursor) -> bool:
    """Whether the answer writes the word at the cursor anew instead of going on with it."""
    first = _WORD_START.match(said)
    if first is None or text[:1] in (" ", "\t") or len(first.group()) == len(typed):
        return False
    if re.search(rf"\b{re.escape(typed + first.group())}\b", cursor.near):
        return False
    return len(typed) >= 2 or re.search(rf"\b{re.escape(first.group())}\b", cursor.near) is not None


def _tells(repeated: list[str], left: str) -> bool:
    """Long enough that it is a repetition, not a coincidence."""
    return len(left) >= _LEAST or sum(len(line) for line in repeated) >= 2 * _LEAST
