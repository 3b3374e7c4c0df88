"""From a model's text to the text that may be shown: the filters in their order, each in its own file."""

from collections.abc import Callable
from dataclasses import replace

from coderoute_ls.completion.cursor.cursor import Candidate, Cursor
from coderoute_ls.completion.postprocess import (
    block_end,
    bracket_balance,
    code_fences,
    control_characters,
    endless_repetition,
    model_reasoning,
    placeholders,
    prose_in_code,
    repeated_context,
    special_tokens,
    string_end,
    suffix_overlap,
    syntax_errors,
    tabs_or_spaces,
    too_short,
    unfinished_line,
    unparsable_lines,
)
from coderoute_ls.completion.stop_rules import complete_at
from coderoute_ls.text import with_endings

Filter = Callable[[Candidate, Cursor], Candidate | None]

FILTERS: tuple[Filter, ...] = (
    model_reasoning.apply,
    special_tokens.apply,
    control_characters.apply,
    code_fences.apply,
    repeated_context.apply,
    string_end.apply,
    unfinished_line.apply,
    tabs_or_spaces.apply,
    prose_in_code.apply,
    placeholders.apply,
    block_end.apply,
    suffix_overlap.apply,
    endless_repetition.apply,
    bracket_balance.apply,
    unparsable_lines.apply,
    suffix_overlap.apply,
    syntax_errors.apply,
    too_short.apply,
)
"""In this order: first what is no text at all, then how it is written, then what does not belong here (cutting at a bracket can
uncover an overlap, so that is looked for again), last whether it is worth showing."""

_BEFORE_TALK = FILTERS[: FILTERS.index(prose_in_code.apply)]


def clean(text: str, cursor: Cursor, *, cut: bool = False, judged: int = 0) -> Candidate | None:
    """The part of an answer that may be shown at this cursor, with the document's line endings; None when nothing. ``cut``: the
    model was still writing. ``judged``: what `completion_of` said of this answer. Inside, each line ends with ``\n``."""
    text = with_endings(text, "\n")
    end, _ = _completion_of(text, cursor, judged)
    candidate = _through(FILTERS, Candidate(text[:end], cut=cut and end is None), cursor)
    return replace(candidate, text=with_endings(candidate.text, cursor.eol)) if candidate else None


def foresee(cursor: Cursor) -> None:
    """Find out what the filters ask about this cursor whatever the answer is: there is time while a model works."""
    _ = cursor.before, cursor.section, cursor.known_unit, cursor.keys_above, cursor.below


def complete(text: str, cursor: Cursor) -> bool:
    """Whether reading on would not change what `clean` shows: every token after this point is thrown away."""
    return completion_of(text, cursor)[0] is not None


def completion_of(text: str, cursor: Cursor, judged: int = 0) -> tuple[int | None, int]:
    """The end of the line with which an answer is complete, None while it is not; and up to where that was looked for, to be
    given in again when more has come."""
    return _completion_of(with_endings(text, "\n"), cursor, judged) if "\n" in text or "\r" in text else (None, judged)


def _completion_of(text: str, cursor: Cursor, judged: int) -> tuple[int | None, int]:
    """Lines after the end are not looked at, so that it does not matter how far the stream was read."""
    at = text.find("\n", judged) + 1
    while at:
        candidate = _through(_BEFORE_TALK, Candidate(text[:at]), cursor)
        if candidate is not None and _is_complete(candidate, cursor):
            said = (text[:at], candidate.text)
            if not any(repeated_context.may_go_on(each, text[at:], cursor) for each in said):
                return at, judged
        judged, at = at, text.find("\n", at) + 1
    return None, judged


def _is_complete(candidate: Candidate, cursor: Cursor) -> bool:
    """An answer that begins with talk is not: its code may come behind it."""
    return complete_at(candidate.text, cursor, candidate.since) is not None and prose_in_code.apply(candidate, cursor) is not None


def _through(filters: tuple[Filter, ...], candidate: Candidate, cursor: Cursor) -> Candidate | None:
    for step in filters:
        passed = step(candidate, cursor) if candidate.text else None
        if passed is None:
            return None
        candidate = passed
    return candidate
