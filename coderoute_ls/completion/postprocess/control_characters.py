"""Control, escape, invisible and direction characters never reach the buffer: a reviewer would not see what they do."""

from dataclasses import replace

from coderoute_ls.completion.cursor.cursor import Candidate, Cursor
from coderoute_ls.text.invisible_characters import without_controls


def apply(candidate: Candidate, cursor: Cursor) -> Candidate | None:
    """The text without them, None when nothing is left."""
    del cursor
    text = without_controls(candidate.text)
    return candidate if text == candidate.text else replace(candidate, text=text) if text else None
