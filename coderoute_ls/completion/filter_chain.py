"""From what a model said to what may be shown: the filters in their order, each in a file of its own."""

from collections.abc import Callable
from dataclasses import replace

from coderoute_ls.completion.cursor.cursor import Candidate, Cursor
from coderoute_ls.completion.postprocess import (
    brackets,
    control_characters,
    echo,
    fences,
    indents,
    parsing,
    repetition,
    scope,
    short,
    special_tokens,
    suffix_overlap,
    talk,
    thoughts,
    unfinished,
)
from coderoute_ls.completion.stop_rules import complete_at
from coderoute_ls.text import with_endings

Filter = Callable[[Candidate, Cursor], Candidate | None]

FILTERS: tuple[Filter, ...] = (
    thoughts.apply,
    special_tokens.apply,
    control_characters.apply,
    fences.apply,
    echo.apply,
    unfinished.apply,
    indents.apply,
    talk.apply,
    scope.apply,
    suffix_overlap.apply,
    repetition.apply,
    brackets.apply,
    parsing.apply,
    suffix_overlap.apply,
    short.apply,
)
"""In this order: first what is no text at all, then how it is written, then what does not belong here (cutting at a bracket can
uncover an overlap, so that is looked for again), last whether it is worth showing."""

_BEFORE_TALK = FILTERS[: FILTERS.index(talk.apply)]


def clean(text: str, place: Cursor, *, cut: bool = False, judged: int = 0) -> Candidate | None:
    """What of an answer may be shown at this place, with the document's line endings; None when nothing. ``cut``: the model
    was still writing. ``judged``: what `completion_of` said of this answer. Inside the filters every line ends with ``\n``."""
    text = with_endings(text, "\n")
    end, _ = _completion_of(text, place, judged)
    candidate = _through(FILTERS, Candidate(text[:end], cut=cut and end is None), place)
    return replace(candidate, text=with_endings(candidate.text, place.eol)) if candidate else None


def complete(text: str, place: Cursor) -> bool:
    """Whether reading on would not change what `clean` shows: every token after this point is thrown away."""
    return completion_of(text, place)[0] is not None


def completion_of(text: str, place: Cursor, judged: int = 0) -> tuple[int | None, int]:
    """The end of the line with which an answer is complete, None while it is not; and up to where that was looked for, to be
    given in again when more has come."""
    return _completion_of(with_endings(text, "\n"), place, judged) if "\n" in text or "\r" in text else (None, judged)


def _completion_of(text: str, place: Cursor, judged: int) -> tuple[int | None, int]:
    """Lines after the end are not looked at, so that it does not matter how far the stream was read."""
    at = text.find("\n", judged) + 1
    while at:
        candidate = _through(_BEFORE_TALK, Candidate(text[:at]), place)
        if candidate is not None and _is_complete(candidate, place):
            return at, judged
        judged, at = at, text.find("\n", at) + 1
    return None, judged


def _is_complete(candidate: Candidate, place: Cursor) -> bool:
    """An answer that begins with talk is not: its code may come behind it."""
    return complete_at(candidate.text, place, candidate.since) is not None and talk.apply(candidate, place) is not None


def _through(filters: tuple[Filter, ...], candidate: Candidate, place: Cursor) -> Candidate | None:
    for step in filters:
        passed = step(candidate, place) if candidate.text else None
        if passed is None:
            return None
        candidate = passed
    return candidate
