"""A name that nothing goes by, and the known ones that it was probably meant to be."""

from collections.abc import Iterable
from difflib import get_close_matches

_LIKE = 0.6
"""Likeness, from 0 to 1, below which another name is no suggestion."""


def nearest(name: str, known: Iterable[str], most: int = 3) -> tuple[str, ...]:
    """The known names nearest to this one, the nearest first: those that hold it, then those that are spelled like it.

    >>> nearest("refator", ["refactor", "explain", "fix"])
    ('refactor',)
    """
    wanted = name.strip().lower()
    by_lower = {candidate.lower(): candidate for candidate in known}
    holding = sorted((lower for lower in by_lower if wanted and wanted in lower), key=lambda lower: (len(lower), lower))
    alike = get_close_matches(wanted, [lower for lower in by_lower if lower not in holding], most, _LIKE)
    return tuple(by_lower[lower] for lower in (*holding, *alike)[:most])


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """``; did you mean …?`` to go on a sentence with; its full stop where nothing is near."""
    near = nearest(name, known)
    return f"; did you mean {' or '.join((', '.join(near[:-1]), near[-1]) if len(near) > 1 else near)}?" if near else "."
