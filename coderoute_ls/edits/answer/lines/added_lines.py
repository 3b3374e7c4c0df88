"""Lines that an answer adds between the user's own and an elision: a check before it, a log line after it.

They are known to be added, and not to stand for some of the lines that the elision leaves out, where they set nothing, use
nothing that those set, end nothing, and hardly say what one of those says.
"""

import re
from collections.abc import Sequence

from coderoute_ls.edits.answer.lines.line_matching import Matching
from coderoute_ls.edits.answer.target_region import closes, width
from coderoute_ls.edits.answer.used_names import bound
from coderoute_ls.text import words

_JUMPS = re.compile(r"\s*(?:return|raise|throw|continue|break|goto|exit|yield)\b(?!.*\s(?:if|unless)\s)")

_REMARK = re.compile(r"\s*(?:#(?!\[)|//|--|;|%|/\*|\*|<!--)")
"""A comment alone may belong to what is left out."""


def beside_added(matching: Matching, line: int, left: int | None, right: int | None) -> tuple[int, int] | None:
    """The old lines around what an elision stands for, where lines that are certainly new stand beside it. ``left`` and ``right``
    are the old lines that are known already; None where lines may be more than added."""
    above, first = _outer(matching, line, -1) if left is None else ([], left)
    below, last = _outer(matching, line, 1) if right is None else ([], right)
    if first is None or last is None:
        return None
    missing = [text for text in matching.old[first + 1 : last] if text.strip()]
    depth = width(matching.new[line])
    if not missing or any(_may_replace(added, missing, before=added is above, depth=depth) for added in (above, below) if added):
        return None
    return first, last


def _outer(matching: Matching, line: int, step: int) -> tuple[list[str], int | None]:
    """The added lines on one side, and the old line behind them; None where that cannot be told."""
    added, beyond = _added(matching, line, step)
    texts = [matching.new[n] for n in added]
    if all(map(_REMARK.match, texts)):
        return texts, None
    end = -1 if step < 0 else len(matching.old)
    return texts, end if beyond is None else matching.place(beyond, step)


def _added(matching: Matching, line: int, step: int) -> tuple[list[int], int | None]:
    """The lines from here on that are like no old one, and the first that is; None at the end."""
    added: list[int] = []
    n = line + step
    while 0 <= n < len(matching.new):
        if matching.new[n].strip():
            inner = width(matching.new[n]) > width(matching.new[line])  # in a block that an added line opens
            if n in matching.exact or n in matching.skipped or (not inner and matching.alike(n)):
                return added, n
            added.append(n)
        n += step
    return added, None


def _may_replace(added: Sequence[str], missing: Sequence[str], *, before: bool, depth: int) -> bool:
    if bound(added) or any(_JUMPS.match(line) and width(line) <= depth for line in added):
        return True
    said = frozenset(word for line in added for word in words(line))
    if before and not said.isdisjoint(bound(missing)):
        return True
    others = [frozenset(words(line)) for line in missing if not closes(line)]
    return any(len(one) > 1 and 2 * len(one & said) > len(one) for one in others)
