"""What is told of an answer that fits and does what the user may not expect."""

from collections.abc import Sequence

from coderoute_ls.edits.answer.remarks.dropped_checks import dropped_checks
from coderoute_ls.edits.answer.remarks.spare_definitions import spare_definitions
from coderoute_ls.edits.answer.target_region import Place

DROPPED = "The answer drops a check: {}"
SPARE = "The answer adds {}, which nothing uses: it may be another version of the same."


def remarks(lines: Sequence[str] | None, place: Place) -> list[str]:
    """A sentence for each; none where nothing is written, or into a document of words."""
    if lines is None or place.prose or place.surface != "replace":
        return []
    return [
        *(DROPPED.format(f"`{check}`") for check in dropped_checks(lines, place)),
        *(SPARE.format(f"`{name}`") for name in spare_definitions(lines, place)),
    ]
