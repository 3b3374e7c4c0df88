"""Which lines differ between two versions of a document."""

_BLOCK = 256


def difference(old: list[str], new: list[str]) -> tuple[int, int, int]:
    """(first line that differs, end in ``old``, end in ``new``), ends exclusive; nothing differs where both ends are ``first``.

    Whole blocks are compared at once, and lines that the versions share are the same objects: some nanoseconds a line.
    """
    same = min(len(old), len(new))
    first = 0
    while first + _BLOCK <= same and old[first : first + _BLOCK] == new[first : first + _BLOCK]:
        first += _BLOCK
    while first < same and old[first] == new[first]:
        first += 1
    end, new_end = len(old), len(new)
    while min(end, new_end) - _BLOCK >= first and old[end - _BLOCK : end] == new[new_end - _BLOCK : new_end]:
        end, new_end = end - _BLOCK, new_end - _BLOCK
    while min(end, new_end) > first and old[end - 1] == new[new_end - 1]:
        end, new_end = end - 1, new_end - 1
    return first, end, new_end
