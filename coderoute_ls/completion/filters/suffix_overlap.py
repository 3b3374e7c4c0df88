"""Text that already stands after the cursor is not suggested again."""

from dataclasses import replace

from coderoute_ls.completion.place import Candidate, Place
from coderoute_ls.text import edit_distance, overlap

_LINES = 3
_SURE = 3


def apply(candidate: Candidate, place: Place) -> Candidate | None:
    """Trim what repeats the rest of the line, then what repeats the next lines (up to three, small differences allowed)."""
    text = _without_rest_of_line(candidate.text, place.right.rstrip())
    text = _without_next_lines(text, place)
    return replace(candidate, text=text) if text.strip() else None


def _without_rest_of_line(text: str, right: str) -> str:
    if not right.strip():
        return text
    if text.endswith(right):
        return text[: -len(right)]
    shared = overlap(text, right)
    closing = shared and not any(char.isalnum() or char == "_" for char in right[:shared]) and not right[:shared].isspace()
    return text[:-shared] if closing or shared >= _SURE else text


def _without_next_lines(text: str, place: Place) -> str:
    following = [line.strip() for line in place.below if line.strip()][:_LINES]
    lines = text.splitlines(keepends=True)
    stripped = [line.strip() for line in lines]
    for count in range(min(len(following), len(lines)), 0, -1):
        last = stripped[len(lines) - count :]
        if (
            all(last)
            and _same("\n".join(last), "\n".join(following[:count]))
            and not (count == len(lines) and place.left.strip())
        ):
            return "".join(lines[: len(lines) - count]).rstrip("\r\n")
    return text


def _same(left: str, right: str) -> bool:
    """Equal, or, from ten characters on, nearly."""
    if left == right:
        return True
    allowed = max(1, len(right) // 20) if len(right) >= 10 else 0
    return allowed > 0 and edit_distance(left, right, allowed) <= allowed
