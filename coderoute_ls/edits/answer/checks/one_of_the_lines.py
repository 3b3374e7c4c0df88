"""Documents of words: an answer that is one of the region's lines, changed, is hardly meant for all of it."""

from collections.abc import Sequence
from difflib import SequenceMatcher

from coderoute_ls.edits.answer.lines.partial_answer import wants_less
from coderoute_ls.edits.answer.lines.similar_lines import similar
from coderoute_ls.edits.answer.target_region import Place, written

_SEVERAL = 3
"""Lines of a region of which one may be a part."""
_NEARLY = 0.8


def is_one_of_the_lines(new: Sequence[str], place: Place) -> bool:
    """The answer is one line, nearly one of several in the region, and the user did not want less."""
    said, old = written(new, 2), written(place.old)
    if len(said) != 1 or len(old) < _SEVERAL or wants_less(place):
        return False
    text = said[0].strip()
    return sum(SequenceMatcher(None, text, line.strip()).ratio() >= _NEARLY for line in old if similar(text, line)) == 1
