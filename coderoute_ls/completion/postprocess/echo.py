"""A model that repeats what stands before the cursor: the repetition is dropped, what comes after it is meant."""

from dataclasses import replace

from coderoute_ls.completion.cursor import Candidate, Cursor

_LINES = 3
_LEAST = 4


def apply(candidate: Candidate, place: Cursor) -> Candidate | None:
    """Drop up to three repeated lines above together with the cursor's own, or the cursor's line alone."""
    left = place.left.strip()
    lines = candidate.text.split("\n")
    while lines and not lines[0].strip():
        lines.pop(0)
    above = [line.strip() for line in place.above[-_LINES:]]
    for count in range(len(above), -1, -1):
        repeated = above[len(above) - count :]
        if [line.strip() for line in lines[:count]] != repeated or len(lines) <= count:
            continue
        last = lines[count].lstrip()
        if not _tells(repeated, left) or not last.startswith(left):
            continue
        rest = lines[count + 1 :]
        # The blanks between what stands there and what is new belong to one of the two, not to both.
        here = last[len(left) :]
        if place.left.endswith((" ", "\t")):
            here = here.lstrip(" \t")
        text = "\n".join([here, *rest])
        return replace(candidate, text=text) if text.strip() else None
    return candidate


def _tells(repeated: list[str], left: str) -> bool:
    """Long enough that it is a repetition, not a coincidence."""
    return len(left) >= _LEAST or sum(len(line) for line in repeated) >= 2 * _LEAST
