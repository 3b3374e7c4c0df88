"""A selection that starts or ends inside a line. The model is asked for whole lines; some answer with the selected part alone."""

import re
from collections.abc import Sequence

from coderoute_ls.edits.answer.lines.similar_lines import similar
from coderoute_ls.edits.answer.target_region import Place, plain
from coderoute_ls.syntax.brackets import scan, strays
from coderoute_ls.text import CLOSERS

_QUOTES = ("'", '"', "`")


def sides(place: Place) -> tuple[str, str]:
    """What is before the selection on its first line and after it on its last one; blank where all the line is selected."""
    if place.selection is None or place.appended:
        return "", ""
    start, end = place.selection
    if not place.first <= start.line < place.last:
        return "", ""
    after = place.document.line(end.line)[end.character :] if end.line < place.last else ""
    return place.document.line(start.line)[: start.character], after


def selected_lines(place: Place) -> list[str]:
    """What the answer stands for: the selected text alone, where lines are only selected in part."""
    before, after = sides(place)
    lines = list(place.old)
    if after and lines:
        lines[-1] = lines[-1].removesuffix(plain([after])[0])
    if before and lines:
        lines[0] = lines[0].removeprefix(before)
    return lines


def whole_lines(new: Sequence[str], place: Place) -> list[str] | None:
    """The answer as whole lines: with what is beside the selection, where the answer leaves that out. None where it cannot
    be told which of the two the answer is.
    """
    before, after = sides(place)
    head, tail = before.strip(), after.strip()
    if not new or not (head or tail):
        return list(new)
    first, last = new[0].strip(), new[-1].strip()
    quote = head[-1:]
    if len(new) == 1 and quote in _QUOTES and quote == tail[:1] and re.fullmatch(rf"{quote}[^{quote}]*{quote}", first):
        return [before + first[1:-1] + after]
    starts = bool(head) and first.startswith(head)
    ends = bool(tail) and last.endswith(tail) and (starts or not _is_its_own(tail, new, place))
    if (starts and (ends or not tail)) or (ends and not head):
        return list(new)
    if starts or (ends and len(tail) > 1 and similar(first, place.document.line(place.first))):
        return None
    if (
        len(new) > 1
        and place.selection is not None
        and place.selection.start.line == place.selection.end.line
        and similar(new[0], place.old[0])
    ):
        return None
    lines = [before + new[0].lstrip(), *new[1:]]
    if not ends:
        lines[-1] = lines[-1].rstrip() + after
    return lines


def _is_its_own(tail: str, new: Sequence[str], place: Place) -> bool:
    """What stands behind the selection closes brackets, and the answer closes none that it has not opened itself."""
    return tail[0] in CLOSERS and not strays(scan(place.language, "\n".join(new)).brackets)
