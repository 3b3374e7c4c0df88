"""An example of use that an answer has below the region's definition: it would run whenever the file is loaded."""

import re
from collections.abc import Sequence

from coderoute_ls.edits.answer.lines.framing_comments import IMPORT
from coderoute_ls.edits.answer.target_region import Place, without_blank_ends
from coderoute_ls.syntax import Definition
from coderoute_ls.syntax.comment_and_string_marks import comment_text
from coderoute_ls.text import words

_SHOWS = re.compile(
    r"\s*(?:print|println|printf|console\.\w+|puts|pp?|echo|cat|var_dump|dump|say|assert|io\.write|System\.out\.\w+)\b"
    r"|if\s+__name__\b"
)
"""What an example does with a result, and where it would be run alone. A call that does neither may be meant: it registers
something."""
_MAIN = "main"
_CALLED = re.compile(r"([^\W\d]\w*)\s*\(|^\s*([^\W\d]\w*)")
_ASKED = re.compile(r"(?i)call|run|print|exampl|usage|use it|test|demo|show|invoke|execut|main|beispiel|exempl|ejempl|aufruf")
"""What a user says who wants one. The words only let an answer pass."""


def without_usage_example(new: Sequence[str], place: Place) -> tuple[list[str], list[str]]:
    """The answer up to the end of its last definition, and the lines below it that show what it does: they use what it defines,
    the region has nothing there, and the user spoke of none. Else all of it, and nothing."""
    lines = list(new)
    last = max((_end(one, place) for one in place.definitions_before if not one.container), default=-1)
    if place.surface != "replace" or not 0 <= last < len(place.old) or any(map(str.strip, place.old[last + 1 :])):
        return lines, []
    found = [one for one in place.definitions(lines) if not one.container]
    main = found.pop() if len(found) > 1 and _is_new_main(found[-1], lines, place) else None
    end = max((_end(one, place) for one in found), default=-1) + 1
    below = [line for line in lines[end:] if line.strip()]
    if not end or not below or lines[end].strip():
        return lines, []
    calls = [line for line in below if comment_text(line.strip(), place.language) is None]
    own = frozenset(one.name for one in found)
    said = frozenset(word for line in calls for word in words(line))
    called = frozenset(name for line in calls for found in _CALLED.findall(line) for name in found if name) - own
    if own.isdisjoint(said) or _ASKED.search(place.instruction) or not called.isdisjoint(words(place.instruction)):
        return lines, []
    if not (main or any(map(_SHOWS.match, calls))) or any(IMPORT.match(line.strip()) for line in calls):
        return lines, []
    return without_blank_ends(lines[:end]), calls


def _is_new_main(main: Definition, lines: Sequence[str], place: Place) -> bool:
    """Where a program begins, that the region has not and the user spoke of nothing like: it only shows what was asked for."""
    if main.name != _MAIN or any(one.name == _MAIN for one in place.definitions_before):
        return False
    said = frozenset(word for line in lines[place.row(main.span.start.line) :] for word in words(line))
    return any(one.name in said for one in place.definitions_before)


def _end(definition: Definition, place: Place) -> int:
    """The last line of a definition, counted from the region's first."""
    end = definition.span.end
    return place.row(end.line) - (end.character == 0)
