"""Definitions that an answer adds and nothing uses, named after one that it changes: another version, most likely."""

from collections import Counter
from collections.abc import Sequence

from coderoute_ls.edits.answer.target_region import Place
from coderoute_ls.text import words


def spare_definitions(lines: Sequence[str], place: Place) -> list[str]:
    """Their names. None where the user named them, or no grammar tells definitions."""
    before = {one.name for one in place.definitions_before if one.kind in ("function", "method")}
    added = [one.name for one in place.definitions(lines) if one.kind in ("function", "method") and one.name not in before]
    named = [name for name in added if any(old.lower() in name.lower() for old in before)]
    if not named:
        return []
    said = Counter(word for line in lines for word in words(line))
    return [name for name in named if said[name] == 1 and name not in place.names and name not in words(place.instruction)]
