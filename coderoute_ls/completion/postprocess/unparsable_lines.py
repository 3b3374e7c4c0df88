"""Several lines that break the syntax are cut back to those that do not, where the language has a grammar."""

from dataclasses import replace

from coderoute_ls.completion.cursor.cursor import Candidate, Cursor
from coderoute_ls.syntax import parses

_ATTEMPTS = 6


def apply(candidate: Candidate, cursor: Cursor) -> Candidate | None:
    """Keep as many lines as still parse together with the definition around; all where none does or that is not known."""
    lines = candidate.text.split("\n")
    section = cursor.section if len(lines) > 1 else None
    if section is None:
        return candidate
    before, after = section
    rest = cursor.right[candidate.replaces :] + after
    if parses(cursor.language, before + candidate.text + rest) is not False:
        return candidate
    for count in range(len(lines) - 1, max(0, len(lines) - 1 - _ATTEMPTS), -1):
        kept = "\n".join(lines[:count]).rstrip()
        if kept.strip() and not cursor.unclosed(kept) and parses(cursor.language, before + kept + rest):
            return replace(candidate, text=kept)
    return candidate
