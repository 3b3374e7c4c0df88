"""Which lines differ between two versions of a document."""

_BLOCK = 256


def difference(old: list[str], new: list[str]) -> tuple[int, int, int]:
    """(first line that differs, end in ``old``, end in ``new``), ends exclusive; nothing differs where both ends are ``first``.

    Whole blocks are compared at once, and lines that the versions share are the same objects: some nanoseconds a line.
    """
    same = min(len(old), len(new))
    first = _common(old, new, same)
    last = _common(old[::-1], new[::-1], same - first)
    return first, len(old) - last, len(new) - last


def _common(left: list[str], right: list[str], limit: int) -> int:
    at = 0
    while at + _BLOCK <= limit and left[at : at + _BLOCK] == right[at : at + _BLOCK]:
        at += _BLOCK
    while at < limit and left[at] == right[at]:
        at += 1
    return at
