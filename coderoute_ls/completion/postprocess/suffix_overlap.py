"""Text that already stands after the cursor is not suggested again."""

from dataclasses import replace

from coderoute_ls.completion.cursor import Candidate, Cursor
from coderoute_ls.text import edit_distance, overlap, split_lines, unclosed

_LINES = 3
_SURE = 3


def apply(candidate: Candidate, place: Cursor) -> Candidate | None:
    """Trim what repeats the rest of the line, then what repeats the next lines (up to three, small differences allowed), until
    nothing does."""
    text, before = candidate.text, ""
    while text != before:
        before = text = text.rstrip()
        text = _without_rest_of_line(text, place.right[candidate.replaces :].rstrip())
        text = _without_next_lines(text, place)
    return replace(candidate, text=text) if text.strip() else None


def _without_rest_of_line(text: str, right: str) -> str:
    if not right.strip():
        return text
    shared = len(right) if text.endswith(right) else overlap(text, right)
    closing = shared and not any(char.isalnum() or char == "_" for char in right[:shared]) and not right[:shared].isspace()
    if (closing or shared >= min(_SURE, len(right))) and not _torn(text[:-shared], text):
        return text[:-shared]
    return text


def _without_next_lines(text: str, place: Cursor) -> str:
    following = [line.strip() for line in place.below if line.strip()][:_LINES]
    lines = split_lines(text)
    stripped = [line.strip() for line in lines]
    for count in range(min(len(following), len(lines)), 0, -1):
        kept, last = "".join(lines[: len(lines) - count]).rstrip(), stripped[len(lines) - count :]
        if not all(last) or not _same("\n".join(last), "\n".join(following[:count])):
            continue
        # The first line of the answer goes on with the cursor's: it is a line of its own only where that one is blank.
        if not _torn(kept, text) and (count < len(lines) or not place.left.strip()):
            return kept
    return text


def _torn(kept: str, text: str) -> bool:
    """A closer that belongs to what the answer itself opens is not the one that stands after the cursor."""
    return len(unclosed(kept)) > len(unclosed(text))


def _same(left: str, right: str) -> bool:
    """Equal, or, from ten characters on, nearly."""
    if left == right:
        return True
    allowed = max(1, len(right) // 20) if len(right) >= 10 else 0
    return allowed > 0 and edit_distance(left, right, allowed) <= allowed
