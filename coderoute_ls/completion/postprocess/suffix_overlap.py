"""Text that already is after the cursor, or as a line directly before or after it, is not suggested again."""

from dataclasses import replace

from coderoute_ls.completion.cursor.cursor import Candidate, Cursor
from coderoute_ls.text import edit_distance, indentation, overlap, split_lines

_SURE = 3
_TELLING = 10
"""Characters from which a line that is elsewhere is that line, no coincidence."""


def apply(candidate: Candidate, cursor: Cursor) -> Candidate | None:
    """Trim what repeats the rest of the line, then what repeats the next lines (small differences allowed), until nothing does.
    Nothing is left of an answer that only makes the cursor's line the same as its neighbour."""
    text, before = candidate.text, ""
    while text != before:
        before = text = text.rstrip()
        text = _without_rest_of_line(text, cursor.right[candidate.replaces :].rstrip(), cursor)
        text = _without_next_lines(text, cursor)
    return replace(candidate, text=text) if text.strip() and not _doubles_neighbour(text, cursor) else None


def _without_rest_of_line(text: str, right: str, cursor: Cursor) -> str:
    if not right.strip():
        return text
    shared = len(right) if text.endswith(right) else overlap(text, right)
    closing = shared and not any(char.isalnum() or char == "_" for char in right[:shared]) and not right[:shared].isspace()
    if (closing or shared >= min(_SURE, len(right))) and not _torn(text[:-shared], text, cursor):
        return text[:-shared]
    return text


def _without_next_lines(text: str, cursor: Cursor) -> str:
    below = [line for line in cursor.below if line.strip()]
    following = [line.strip() for line in below]
    lines = split_lines(text)
    stripped = [line.strip() for line in lines]
    for count in range(min(len(following), len(lines)), 0, -1):
        kept, last = "".join(lines[: len(lines) - count]).rstrip(), stripped[len(lines) - count :]
        if not all(last) or not all(map(_same, last, following)):
            continue
        if count < len(lines) and _closes_elsewhere(lines[-1], below[count - 1]):
            continue
        # The first line of the answer goes on with the cursor's: it is a line of its own only where that one is blank.
        if not _torn(kept, text, cursor) and (count < len(lines) or not cursor.left.strip()):
            return kept
    return text


def _closes_elsewhere(line: str, below: str) -> bool:
    """Two closers that do not stand equally deep end two blocks."""
    return not any(map(str.isalnum, line)) and len(indentation(line).expandtabs()) > len(indentation(below).expandtabs())


def _torn(kept: str, text: str, cursor: Cursor) -> bool:
    """A closer that belongs to what the answer itself opens is not the one that is after the cursor."""
    return len(cursor.unclosed(kept)) > len(cursor.unclosed(text))


def _doubles_neighbour(text: str, cursor: Cursor) -> bool:
    """The cursor's line would be the next one once more, or the one before it."""
    if "\n" in text or cursor.right.strip():
        return False
    line = (cursor.left + text).strip()
    before = next((above.strip() for above in reversed(cursor.above) if above.strip()), "")
    after = next((below.strip() for below in cursor.below if below.strip()), "")
    return len(line) >= _TELLING and sum(map(str.isalpha, line)) >= _SURE and line in (before, after)


def _same(left: str, right: str) -> bool:
    """Equal, or, from ten characters on, nearly."""
    if left == right:
        return True
    allowed = max(1, len(right) // 20) if len(right) >= 10 else 0
    return allowed > 0 and edit_distance(left, right, allowed) <= allowed
