"""Several lines that break the syntax are cut back to those that do not, where the language has a grammar."""

from dataclasses import replace

from coderoute_ls.completion.cursor import Candidate, Cursor
from coderoute_ls.syntax import grammar_of, parses
from coderoute_ls.text import indentation, unclosed

_MOST_LINES = 400
"""A longer definition is not parsed: it would cost more than it is worth."""
_ATTEMPTS = 6
_CLOSING = tuple(")]}")


def apply(candidate: Candidate, place: Cursor) -> Candidate | None:
    """Keep as many lines as still parse together with the definition around; all of them where none does, or nobody can say."""
    lines = candidate.text.split("\n")
    section = _section(place) if len(lines) > 1 and grammar_of(place.language) else None
    if section is None:
        return candidate
    before, after = section
    rest = place.right[candidate.replaces :] + after
    if parses(place.language, before + candidate.text + rest) is not False:
        return candidate
    for count in range(len(lines) - 1, max(0, len(lines) - 1 - _ATTEMPTS), -1):
        kept = "\n".join(lines[:count]).rstrip()
        if kept.strip() and not unclosed(kept) and parses(place.language, before + kept + rest):
            return replace(candidate, text=kept)
    return candidate


def _section(place: Cursor) -> tuple[str, str] | None:
    """The text before and after the cursor of the top-level definition that it is in, found by indentation; None when it is
    too long. Lines end with ``\\n``."""
    document, line = place.document, place.position.line
    first, last = line, line + 1
    while first > 0 and not (first < line and _top(document.line(first))):
        first -= 1
    while last < len(document.lines) and (not _top(document.line(last)) or document.line(last).startswith(_CLOSING)):
        last += 1
    if last - first > _MOST_LINES:
        return None
    before = [*(document.line(number) for number in range(first, line)), place.left]
    return "\n".join(before), "\n".join(["", *(document.line(number) for number in range(line + 1, last))])


def _top(line: str) -> bool:
    return bool(line.strip()) and not indentation(line) and not line.startswith(_CLOSING)
