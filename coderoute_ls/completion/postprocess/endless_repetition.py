"""Cuts an answer where a loop begins: small models may repeat the same line or block again and again."""

import re
from dataclasses import replace

from coderoute_ls.completion.cursor.cursor import Candidate, Cursor
from coderoute_ls.text import split_lines

TIMES = 5
"""A line or block that would stand this often in a row is a loop."""
_BLOCK = 4
_JUMP = re.compile(r"\s*(?:return|break|continue|raise|throw)\b")
_WITHIN_LINE = re.compile(r"(?P<unit>[^\n]{2,24}?)(?P=unit){4,}")


def apply(candidate: Candidate, cursor: Cursor) -> Candidate | None:
    """Keep what comes before the loop, and its first round unless that is above the cursor already."""
    text = _cut_within_line(candidate.text)
    lines = split_lines(text)
    stripped = [line.strip() for line in lines]
    if (again := _jump_again([cursor.left + line for line in lines[:1]] + lines[1:])) is not None:
        text = "".join(lines[:again]).rstrip("\n")
        return replace(candidate, text=text)
    # The cursor's line belongs to the first line of the answer.
    stripped[0] = (cursor.left + stripped[0]).strip() if stripped else ""
    above = cursor.keys_above
    for size in range(1, _BLOCK + 1):
        for start in range(len(stripped) - size + 1):
            block = stripped[start : start + size]
            if not any(any(char.isalnum() for char in line) for line in block):
                continue
            last = stripped[start - 1 : start] or above[-1:]
            known = _rounds_before([*above, *stripped[:start]], block) if last == block[-1:] else 0
            after = _rounds_after(stripped[start:], block)
            if known + after >= TIMES:
                keep = start if known else start + size
                text = "".join(lines[:keep]).rstrip("\n")
                return replace(candidate, text=text) if text.strip() else None
    return replace(candidate, text=text) if text.strip() else None


def _jump_again(lines: list[str]) -> int | None:
    """The first line that repeats the one above it, where that already leaves the block: it would never run."""
    return next(
        (n for n in range(1, len(lines)) if _JUMP.match(lines[n]) and lines[n].rstrip() == lines[n - 1].rstrip()),
        None,
    )


def _rounds_before(lines: list[str], block: list[str]) -> int:
    rounds = 0
    while lines[len(lines) - len(block) * (rounds + 1) : len(lines) - len(block) * rounds] == block:
        rounds += 1
    return rounds


def _rounds_after(lines: list[str], block: list[str]) -> int:
    rounds = 0
    while lines[len(block) * rounds : len(block) * (rounds + 1)] == block:
        rounds += 1
    return rounds


def _cut_within_line(text: str) -> str:
    for match in _WITHIN_LINE.finditer(text):
        if any(char.isalnum() for char in match["unit"]):
            return text[: match.start() + len(match["unit"])]
    return text
