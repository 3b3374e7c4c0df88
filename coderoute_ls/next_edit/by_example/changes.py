"""What an edit did, token by token: each stretch of tokens that became another one, with the tokens around it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from coderoute_ls.domain.next_edits import PastEdit
from coderoute_ls.next_edit.by_example.tokens import is_blank, is_word, tokens

AROUND = 20
"""Tokens of context that a change carries on each side."""
MOST = 500
"""Tokens of one side of an edit that is compared token by token."""


_MEMBER = frozenset(".:->")
"""Signs between a thing and its member."""


@dataclass(frozen=True, slots=True)
class Change:
    """``left + old + right`` became ``left + new + right``. Text as it was before the edit, but for ``new``."""

    left: tuple[str, ...]
    old: tuple[str, ...]
    new: tuple[str, ...]
    right: tuple[str, ...]
    whole: bool = False
    """All that the edit did in these lines."""

    @property
    def key(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return self.old, self.new


@dataclass(frozen=True, slots=True)
class _Piece:
    """Tokens ``old`` to ``old_end`` of the old text became ``new`` to ``new_end`` of the new one."""

    old: int
    old_end: int
    new: int
    new_end: int


def changes_of(edit: PastEdit, above: str = "", below: str = "") -> tuple[Change, ...]:
    """The changes of one edit; ``above`` and ``below`` are the lines around it, with line ends."""
    return _changes(edit.old, edit.new, above, below)


@lru_cache(maxsize=256)
def _changes(old_lines: tuple[str, ...], new_lines: tuple[str, ...], above: str, below: str) -> tuple[Change, ...]:
    found: dict[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]], Change] = {}
    for first, last, new_first, new_last in _line_pairs(old_lines, new_lines):
        over = above + "".join(f"{line}\n" for line in old_lines[max(0, first - 3) : first])
        under = "".join(f"{line}\n" for line in old_lines[last : last + 3]) + below
        old = tokens("".join(f"{line}\n" for line in old_lines[first:last]))
        new = tokens("".join(f"{line}\n" for line in new_lines[new_first:new_last]))
        for change in _token_changes(old, new, tokens(over)[-AROUND:], tokens(under)[:AROUND]):
            found.setdefault((change.old, change.new, change.left[-2:]), change)
    return tuple(found.values())


def _line_pairs(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Stretches of lines that belong together: lines that stayed divide them, and where as many lines became as many others, each
    is one of its own."""
    for tag, first, last, new_first, new_last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        same = last - first == new_last - new_first
        alike = same and all(_alike(a, b) for a, b in zip(old[first:last], new[new_first:new_last], strict=True))
        if alike:
            yield from ((first + n, first + n + 1, new_first + n, new_first + n + 1) for n in range(last - first))
        else:
            yield first, last, new_first, new_last


def _alike(old: str, new: str) -> bool:
    a, b = set(filter(is_word, tokens(old))), set(filter(is_word, tokens(new)))
    return len(a & b) * 2 >= min(len(a), len(b)) or (not a and not b)


def _token_changes(old: tuple[str, ...], new: tuple[str, ...], over: tuple[str, ...], under: tuple[str, ...]) -> Iterator[Change]:
    if max(len(old), len(new)) > MOST:
        return
    pieces = _pieces(old, new)
    if len(pieces) > 1:
        joined = _Piece(pieces[0].old, pieces[-1].old_end, pieces[0].new, pieces[-1].new_end)
        yield _change(old, new, joined, over, under, whole=True)
    if len(pieces) == 1 or _mostly_kept(old, pieces):
        for piece in pieces:
            change = _change(old, new, piece, over, under, whole=len(pieces) == 1)
            if _balance(change.old) == _balance(change.new):
                yield change


def _mostly_kept(old: tuple[str, ...], pieces: Sequence[_Piece]) -> bool:
    """Whether the pieces are changes of something that stayed, not what two different texts have in common by chance."""
    gone = sum(_solid(old[piece.old : piece.old_end]) for piece in pieces)
    return gone * 2 <= _solid(old)


def _solid(side: Sequence[str]) -> int:
    return sum(not is_blank(part) for part in side)


def _balance(side: Sequence[str]) -> tuple[int, ...]:
    quotes = sum(side.count(quote) for quote in "\"'`") % 2
    return *(side.count(opener) - side.count(closer) for opener, closer in ("()", "[]", "{}")), quotes


def _pieces(old: tuple[str, ...], new: tuple[str, ...]) -> list[_Piece]:
    """What differs; stretches with nothing but blanks or the dot of a member between them are one."""
    found: list[_Piece] = []
    for tag, first, last, new_first, new_last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        if found and _joins(old[found[-1].old_end : first]):
            found[-1] = _Piece(found[-1].old, last, found[-1].new, new_last)
        else:
            found.append(_Piece(first, last, new_first, new_last))
    return [_shifted(piece, old, new) for piece in found]


def _joins(between: Sequence[str]) -> bool:
    """Whether two pieces with this between them are one change of one thing."""
    return "\n" not in between and all(is_blank(part) or part in _MEMBER for part in between)


def _shifted(piece: _Piece, old: tuple[str, ...], new: tuple[str, ...]) -> _Piece:
    """A pure insertion or deletion may lie a few tokens further left with the same result: where it begins with a word or
    a line, not in the middle of one."""
    first, last, new_first, new_last = piece.old, piece.old_end, piece.new, piece.new_end
    if first != last and new_first != new_last:
        return piece
    both, begin, end = (new, new_first, new_last) if first == last else (old, first, last)
    steps = 0
    best = 0
    while begin - steps > 0 and both[begin - steps - 1] == both[end - steps - 1]:
        steps += 1
        if both[begin - steps - 1 : begin - steps] == ("\n",) or begin == steps:
            best = steps
            break
        if steps >= AROUND:
            break
    return _Piece(first - best, last - best, new_first - best, new_last - best) if best else piece


def _change(
    old: tuple[str, ...], new: tuple[str, ...], piece: _Piece, over: tuple[str, ...], under: tuple[str, ...], *, whole: bool
) -> Change:
    left = (*over, *old[: piece.old])[-AROUND:]
    right = (*old[piece.old_end :], *under)[:AROUND]
    return Change(left, old[piece.old : piece.old_end], new[piece.new : piece.new_end], right, whole)
