"""When an answer is complete although the model goes on: every token after that is thrown away, so stop reading."""

from coderoute_ls.completion.place import Place
from coderoute_ls.text import indentation

MOST_LINES = 24
"""A ghost text longer than this is not read before it is accepted."""


def complete_at(text: str, place: Place) -> int | None:
    """The length at which the answer so far is complete, or None to read on. Only complete lines are judged."""
    if not text.strip():
        return None
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not place.multiline:
        return _first_line_end(lines)
    return _block_end(lines, place)


def _first_line_end(lines: list[str]) -> int | None:
    """The end of the first line that says something. A leading empty line is the model's way of going to the next line."""
    at = 0
    for line in lines[:-1]:
        at += len(line)
        if line.strip():
            return at
        at += 1
    return None


def _block_end(lines: list[str], place: Place) -> int | None:
    at = len(lines[0])
    depth = _depth(place)
    following = next((line.strip() for line in place.below if line.strip()), "")
    blank = 0
    for number, line in enumerate(lines[1:-1], 1):
        before = at
        at += 1 + len(line)
        if number >= MOST_LINES:
            return before
        if not line.strip():
            blank += 1
            if blank >= 2:
                return before
            continue
        blank = 0
        width = len(indentation(line).expandtabs(4))
        closes = line.strip()[0] in ")]}" or line.strip() in {"end", "fi", "done", "esac"}
        if width < depth and not (closes and width == depth - len(place.unit.expandtabs(4))):
            return before
        if width == depth and closes and place.left.strip():
            return at
        if following and line.strip() == following and len(following) > 3:
            return before
    return None


def _depth(place: Place) -> int:
    """Columns of indentation below which a line no longer belongs to what is being written."""
    return len(place.indent.expandtabs(4))
