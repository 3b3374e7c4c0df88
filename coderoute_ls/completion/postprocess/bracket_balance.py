"""Brackets that were balanced stay so, and closers that the editor added are replaced, not doubled. Those in strings, characters
and comments do not count, and where the language has a grammar nothing is cut or added that it does not ask for.
"""

from collections.abc import Iterator
from dataclasses import replace

from coderoute_ls.completion.cursor.cursor import Candidate, Cursor
from coderoute_ls.syntax.brackets import is_plain, open_closers, strays
from coderoute_ls.syntax.prose_and_markup import is_markup
from coderoute_ls.text import CLOSERS, OPENERS, QUOTES, indentation, split_lines, unclosed, unopened

_REACH = 2_000
"""Characters behind the cursor that are looked at."""
_ENDS = {'"""': '"""', "'''": "'''", "/*": " */", "<!--": " -->", "{-": " -}", "(*": " *)", "<#": " #>"}
"""What ends a string or a comment of several lines."""


def apply(candidate: Candidate, cursor: Cursor) -> Candidate | None:
    """Let the answer close what is really open, replace closers right of the cursor that it brings itself, and cut it at the
    first closer too many. What it opens and leaves open in a balanced text is closed behind it; the closer of a block that it
    opens at the cursor gets a line of its own."""
    if cursor.prose:
        return candidate
    balanced = _balanced(candidate, cursor)
    return None if balanced is None else _with_closer_below(balanced, cursor)


def _with_closer_below(candidate: Candidate, cursor: Cursor) -> Candidate:
    """Between an opener and its closer, which the editor added, lines of a block push the closer down; in one line a brace has a
    blank before it where the other has one behind it."""
    text, closer = candidate.text.rstrip(), cursor.right[:1]
    if candidate.replaces or text[:1] not in ("\n", " ") or cursor.left.rstrip()[-1:] != CLOSERS.get(closer):
        return candidate
    if text[0] == " ":
        inside = closer == "}" and cursor.left.endswith("{") and "\n" not in text
        return replace(candidate, text=f"{text} }}", replaces=1) if inside else candidate
    return replace(candidate, text=f"{text}\n{indentation(cursor.left)}{closer}", replaces=1)


def _balanced(candidate: Candidate, cursor: Cursor) -> Candidate | None:
    text = _within_hole(_within_quotes(candidate.text, cursor), cursor)
    if is_markup(cursor.language):
        return replace(candidate, text=text) if text.strip() else None
    if cursor.right.strip() and cursor.before.inside == "comment" and cursor.scan(text).inside != "comment":
        return None  # the rest of the line would be no comment any more
    if is_plain(cursor.language, text) and not unclosed(text) and not unopened(text):
        return replace(candidate, text=text) if text.strip() else None
    text = _with_ended_strings(text, cursor)
    brackets = cursor.brackets_of(text)
    standing = _leading_closers(cursor.right)
    replaces = 0
    if brackets or (standing and any(char in CLOSERS for char in standing)):
        goes_on = any(char.isalnum() for char in cursor.right[len(standing) : _REACH])
        end, _ = _walk(brackets, len(text), cursor.wanted, "" if goes_on else standing)
        if end < len(text) and (goes_on or not cursor.parses_with(text.rstrip())):
            text = text[:end].rstrip()
        if cursor.unclosed(text):
            if cursor.parses_with(text):
                return replace(candidate, text=text)
            text = _closed(text, cursor)
        _, replaces = _walk(cursor.brackets_of(text), len(text), cursor.wanted, "" if goes_on else standing)
        text, replaces = _without_useless_replacement(text, replaces, standing)
    return replace(candidate, text=text, replaces=replaces) if text.strip() else None


def _within_quotes(text: str, cursor: Cursor) -> str:
    """Between quotes the answer ends where it closes them: the closing one is on the right already."""
    if not any(quote in text for quote in QUOTES) or not any(quote in cursor.right[:_REACH] for quote in QUOTES):
        return text
    quote = cursor.right[0]
    if quote not in QUOTES or cursor.near_left.count(quote) % 2 == 0:
        quote = cursor.tail[:1] if cursor.before.inside == "string" else ""
        if quote not in QUOTES or cursor.right[:_REACH].count(quote) % 2 == 0:
            return text
    first = text.split("\n", 1)[0]
    return text[: first.index(quote)].rstrip() if first.replace(f"\\{quote}", "").count(quote) % 2 else text


def _within_hole(text: str, cursor: Cursor) -> str:
    """Between brackets inside of a string, as where a value is put in, the answer ends where it closes them: what closes them
    stands on the right already."""
    standing = cursor.right[:1]
    if cursor.before.inside != "string" or standing not in CLOSERS or unclosed(cursor.tail)[:1] != [standing]:
        return text
    stray = next((at for at, char in strays(tuple(_signs(text))) if char == standing), len(text))
    return text[:stray].rstrip()


def _signs(text: str) -> Iterator[tuple[int, str]]:
    """Every bracket with its offset."""
    return ((at, char) for at, char in enumerate(text) if char in CLOSERS or char in OPENERS)


def _with_ended_strings(text: str, cursor: Cursor) -> str:
    """A string or comment of several lines that the answer begins and leaves open is ended; of one with a string left open in a
    line the lines before are kept. Nothing is left where the rest of the line would become part of a comment."""
    found = cursor.scan(text)
    if found.torn >= 0 and not cursor.parses_with(text):
        text = text[: found.torn].rpartition("\n")[0].rstrip()
        found = cursor.scan(text)
    if not found.inside or found.since < 0:
        return text
    began = text[found.since :]
    for opening, end in _ENDS.items():
        if began.startswith(opening) and _ended(cursor, text.rstrip() + end):
            return text.rstrip() + end
    if found.inside == "comment":
        return "" if cursor.right.strip() else text
    if cursor.parses_with(text):
        return text
    return text[: found.since].rpartition("\n")[0].rstrip()


def _ended(cursor: Cursor, text: str) -> bool:
    found = cursor.scan(text)
    return not found.inside and found.torn < 0


def _walk(brackets: tuple[tuple[int, str], ...], length: int, wanted: list[str], standing: str) -> tuple[int, int]:
    """How far the text goes until a closer that nothing asks for, or that crosses an opener of its own, and how many of the
    standing ones it brings itself."""
    closed = replaced = 0
    for index, char in strays(brackets):
        if open_closers(tuple(one for one in brackets if one[0] < index)):
            return index, replaced
        if closed < len(wanted) and wanted[closed] == char:
            closed += 1
        elif replaced < len(standing) and standing[replaced] == char:
            replaced += 1
        else:
            return index, replaced
    return length, replaced


def _leading_closers(right: str) -> str:
    count = 0
    while count < min(len(right), _REACH) and (right[count] in CLOSERS or right[count] in QUOTES):
        count += 1
    return right[:count]


def _without_useless_replacement(text: str, replaces: int, standing: str) -> tuple[str, int]:
    """Replacing ``)`` by ``)`` at the very end is nothing: leave what is there alone."""
    while replaces and text.endswith(standing[replaces - 1]):
        text, replaces = text[:-1], replaces - 1
    return text, replaces


def _closed(text: str, cursor: Cursor) -> str:
    """Cut back to the last line up to which all is closed; a single line gets its closers, as an editor would add them: on a line
    of its own where a block begins."""
    lines = split_lines(text)
    for count in range(len(lines) - 1, 0, -1):
        kept = "".join(lines[:count])
        if kept.strip() and not cursor.unclosed(kept):
            return kept.rstrip()
    said = next((line.rstrip() for line in lines if line.strip()), "")
    if not said:
        return ""
    first = text[: len(text) - len(text.lstrip("\n"))] + said
    closers = "".join(cursor.unclosed(first))
    inside = cursor.scan(first).inside if closers else ""
    commented = inside == "comment"
    if inside == "string" or (commented and cursor.right.strip()):
        return ""
    own_line = commented or (first.endswith("{") and not cursor.right.strip())
    outer = indentation(said if first[0] == "\n" else cursor.left + first)
    return f"{first}\n{outer}{closers}" if own_line else first + closers
