"""From what a model said to what may be shown: the filters in their order, each in a file of its own."""

from collections.abc import Callable

from coderoute_ls.completion.filters import (
    brackets,
    echo,
    indents,
    repetition,
    scope,
    short,
    special_tokens,
    suffix_overlap,
    unfinished,
)
from coderoute_ls.completion.place import Candidate, Place

Filter = Callable[[Candidate, Place], Candidate | None]

FILTERS: tuple[Filter, ...] = (
    special_tokens.apply,
    echo.apply,
    unfinished.apply,
    indents.apply,
    scope.apply,
    suffix_overlap.apply,
    repetition.apply,
    brackets.apply,
    short.apply,
)
"""In this order: first what is no text at all, then what does not belong here, then how it is written, last whether it is worth
showing."""


def clean(text: str, place: Place, *, cut: bool = False) -> Candidate | None:
    """What of an answer may be shown at this place; None when nothing. ``cut``: the model was still writing."""
    candidate: Candidate | None = Candidate(text, cut=cut)
    for step in FILTERS:
        if candidate is None or not candidate.text:
            return None
        candidate = step(candidate, place)
    return candidate if candidate is not None and candidate.text else None
