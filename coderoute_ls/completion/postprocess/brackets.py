"""Brackets that were balanced stay so, and closers that the editor added are replaced, not doubled."""

from dataclasses import replace

from coderoute_ls.completion.cursor import Candidate, Cursor
from coderoute_ls.text import CLOSERS, OPENERS, QUOTES, split_lines, unclosed, unopened

_SEEN = 20_000
"""Characters that are looked through on each side of the cursor: a line may have megabytes."""


def apply(candidate: Candidate, place: Cursor) -> Candidate | None:
    """Let the answer close what is really open, replace closers right of the cursor that it brings itself, and cut it at the
    first closer too many. What it opens and leaves open in a balanced text is closed behind it."""
    open_left = unclosed("\n".join([*place.above, place.left])[-_SEEN:])
    right = place.right
    standing = _leading_closers(right)
    after = "\n".join([right, *place.below])
    wanted = _wanted(open_left, unopened(after[:_SEEN]), to_the_end=place.sees_end and len(after) <= _SEEN)
    end, _ = _walk(candidate.text, wanted, standing)
    text = candidate.text[:end].rstrip()
    if not wanted:
        text = _closed(text)
    _, replaces = _walk(text, wanted, standing)
    text, replaces = _without_useless_replacement(text, replaces, standing)
    return replace(candidate, text=text, replaces=replaces) if text.strip() else None


def _walk(text: str, wanted: list[str], standing: str) -> tuple[int, int]:
    """How far the text goes until a closer that nothing asks for, and how many of the standing ones it brings itself."""
    closed = replaced = 0
    for index in _strays(text):
        if closed < len(wanted) and wanted[closed] == text[index]:
            closed += 1
        elif replaced < len(standing) and standing[replaced] == text[index]:
            replaced += 1
        else:
            return index, replaced
    return len(text), replaced


def _wanted(opened: list[str], closed_after: list[str], *, to_the_end: bool) -> list[str]:
    """Closers that the text still needs at the cursor, innermost first: what is open on the left and not closed on the right.
    A window shows only the inner ones of both, so they are compared as far as both go."""
    for count in range(len(opened) + 1):
        rest = opened[count:]
        if to_the_end and len(rest) > len(closed_after):
            continue
        if all(a == b for a, b in zip(rest, closed_after, strict=False)):
            return opened[:count]
    return opened


def _strays(text: str) -> list[int]:
    """Where closers stand that nothing in the text opens."""
    stack: list[str] = []
    found: list[int] = []
    for index, char in enumerate(text):
        if char in OPENERS:
            stack.append(OPENERS[char])
        elif char in CLOSERS:
            if stack and stack[-1] == char:
                stack.pop()
            else:
                found.append(index)
    return found


def _leading_closers(right: str) -> str:
    count = 0
    while count < len(right) and (right[count] in CLOSERS or right[count] in QUOTES):
        count += 1
    return right[:count]


def _without_useless_replacement(text: str, replaces: int, standing: str) -> tuple[str, int]:
    """Replacing ``)`` by ``)`` at the very end is nothing: leave what stands there alone."""
    while replaces and text.endswith(standing[replaces - 1]):
        text, replaces = text[:-1], replaces - 1
    return text, replaces


def _closed(text: str) -> str:
    """Cut back to the last line up to which all is closed; a single line gets its closers, as an editor would add them."""
    if not unclosed(text):
        return text
    lines = split_lines(text)
    for count in range(len(lines) - 1, 0, -1):
        kept = "".join(lines[:count])
        if kept.strip() and not unclosed(kept):
            return kept.rstrip()
    first = lines[0].rstrip()
    return first + "".join(unclosed(first)) if first else ""
