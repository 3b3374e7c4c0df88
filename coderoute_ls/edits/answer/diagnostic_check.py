"""Whether a fix can have removed its diagnostic: what is known without running anything."""

from collections.abc import Sequence
from textwrap import dedent

from coderoute_ls import syntax
from coderoute_ls.edits.answer.target_region import Place, plain

UNCHANGED = "The fix leaves the diagnostic's lines as they were, so the diagnostic is still there."
STILL_BROKEN = "The lines had a syntax error, and with the fix they still have one."


def still_diagnosed(lines: Sequence[str], place: Place) -> str:
    """Why the diagnostic that these lines of the region shall remove is still there; "" where it may be gone."""
    lines = plain(lines)
    if lines == place.old:
        return UNCHANGED
    before = _errors(place.old, place)
    now = _errors(lines, place) if before else None
    whole_before, whole_now = (place.errors_before, place.errors(lines)) if now else (None, None)
    worse = bool(now and before and whole_now and whole_before and now >= before and whole_now >= whole_before)
    return STILL_BROKEN if worse else ""


def _errors(lines: Sequence[str], place: Place) -> int | None:
    """Syntax errors of these lines by themselves; None when that cannot be known."""
    return syntax.errors(place.language, dedent("\n".join(lines)) + "\n")
