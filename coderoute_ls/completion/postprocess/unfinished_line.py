"""Drops half a line at the end of an answer that a deadline or a token limit cut."""

from dataclasses import replace

from coderoute_ls.completion.cursor.cursor import Candidate, Cursor


def apply(candidate: Candidate, cursor: Cursor) -> Candidate | None:
    """Only for a cut answer: keep its complete lines; None when there is none."""
    del cursor
    if not candidate.cut:
        return candidate
    complete, newline, _ = candidate.text.rpartition("\n")
    return replace(candidate, text=complete, cut=False) if newline and complete.strip() else None
