"""The smallest edits from one list of lines to another: unchanged lines untouched, changed ones cut to what differs."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from coderoute_ls.domain import Position, Span, TextEdit
from coderoute_ls.text import common_prefix

_CHUNK = 64
_LARGE = 1_000_000
"""Product of the two sides' lines above which lines that repeat often no longer count as anchors: it would take seconds."""


def line_edits(shown: Sequence[str], wanted: Sequence[str], first: int) -> tuple[TextEdit, ...]:
    """Edits that turn ``shown``, whose first line is line ``first`` of the document, into ``wanted``. Lines have their endings.

    All on the same version, in order, never overlapping; no position ever falls inside a ``\\r\\n``.
    """
    edits: list[TextEdit] = []
    for begin, end, start, stop in changed_blocks(shown, wanted):
        at, removed, added = first + begin, shown[begin:end], wanted[start:stop]
        if len(removed) == len(added):
            pairs = zip(removed, added, strict=True)
            edits += (text_edit(at + index, (a,), b) for index, (a, b) in enumerate(pairs) if a != b)
        else:
            edits.append(text_edit(at, removed, "".join(added)))
    return tuple(edits)


def changed_blocks(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Stretches that differ, in order, as (begin, end) in the old lines and (start, stop) in the new ones."""
    head, tail = common_ends(old, new)
    inner = _blocks(old[head : len(old) - tail], new[head : len(new) - tail])
    yield from ((head + begin, head + end, head + start, head + stop) for begin, end, start, stop in inner)


def common_ends(left: Sequence[str], right: Sequence[str]) -> tuple[int, int]:
    """How many lines both start with, and how many of the others both end with."""
    limit = min(len(left), len(right))
    head = 0
    while head < limit and left[head : head + _CHUNK] == right[head : head + _CHUNK] and head + _CHUNK <= limit:
        head += _CHUNK
    while head < limit and left[head] == right[head]:
        head += 1
    tail, limit = 0, limit - head
    while tail + _CHUNK <= limit and _slice_back(left, tail) == _slice_back(right, tail):
        tail += _CHUNK
    while tail < limit and left[len(left) - 1 - tail] == right[len(right) - 1 - tail]:
        tail += 1
    return head, tail


def _slice_back(lines: Sequence[str], tail: int) -> Sequence[str]:
    end = len(lines) - tail
    return lines[end - _CHUNK : end]


def _blocks(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Stretches that differ, as (begin, end) in the old lines and (start, stop) in the new ones."""
    if not old or not new:
        if old or new:
            yield 0, len(old), 0, len(new)
        return
    matcher = SequenceMatcher(None, old, new, autojunk=len(old) * len(new) > _LARGE)
    yield from (code[1:] for code in matcher.get_opcodes() if code[0] != "equal")


def text_edit(line: int, old: Sequence[str], new: str) -> TextEdit:
    """Replace these lines by a text, leaving alone what both start and end with."""
    text = "".join(old)
    start = common_prefix(text, new)
    while _splits_ending(text, start) or _splits_ending(new, start):
        start -= 1
    same = common_prefix(text[start:][::-1], new[start:][::-1])
    while _splits_ending(text, len(text) - same) or _splits_ending(new, len(new) - same):
        same -= 1
    span = Span(_position(line, old, start), _position(line, old, len(text) - same))
    return TextEdit(span, new[start : len(new) - same])


def _splits_ending(text: str, offset: int) -> bool:
    return 0 < offset < len(text) and text[offset - 1] == "\r" and text[offset] == "\n"


def _position(line: int, lines: Sequence[str], offset: int) -> Position:
    for text in lines:
        if offset < len(text) or (offset == len(text) and not text.endswith(("\n", "\r"))):
            break
        line, offset = line + 1, offset - len(text)
    return Position(line, offset)
