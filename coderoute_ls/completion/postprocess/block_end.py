"""Ends the suggestion after its first line where one line is wanted, else where the block ends."""

from dataclasses import replace

from coderoute_ls.completion.cursor.cursor import Candidate, Cursor
from coderoute_ls.completion.stop_rules import complete_at


def apply(candidate: Candidate, cursor: Cursor) -> Candidate | None:
    """Cut by the same rule that stops reading, and drop blank lines at the end."""
    end = complete_at(candidate.text + "\n", cursor, candidate.since)
    text = candidate.text[:end].rstrip()
    if not cursor.multiline and "\n" in text.rstrip() and cursor.right.strip():
        return None
    return replace(candidate, text=text) if text else None
