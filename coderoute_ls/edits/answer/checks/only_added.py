"""The user wanted something added, and the answer is that alone: what is there was to stay."""

import re
from collections.abc import Sequence

from coderoute_ls.edits.answer.lines.partial_answer import wants_less
from coderoute_ls.edits.answer.lines.similar_lines import lead, similar
from coderoute_ls.edits.answer.target_region import Place, closes, width, written
from coderoute_ls.text import words

_WANTED = re.compile(
    r"(?i)\b(?:add(?:s|ing|ed)?\b|append|insert|includ|introduc|füge|hinzu|ergänz|einfüg|ajout|insér|añad|agreg|insert|adicion"
    r"|acrescent|inser|aggiun|inseri|voeg|toevoeg|dodaj|wstaw|добав|встав|дополн|додай)|添加|增加|加上|加入|插入|追加|加え|挿入|추가|삽입|أضف|जोड़|ekle"
)
"""What a user says who wants that. Read here alone, to refuse."""
_FEW = 4
"""One of so many words of a text, or lines of code, is left, at least, where it was rewritten."""


def is_only_added(lines: Sequence[str], place: Place) -> bool:
    """Nothing of the region is in the answer: no line of it, and none of its outermost lines, changed."""
    old = written(place.old)
    if place.surface != "replace" or not old or wants_less(place) or not _WANTED.search(place.instruction):
        return False
    if place.prose:
        before, now = (frozenset(word.casefold() for word in words("\n".join(text))) for text in (old, lines))
        return bool(before) and _FEW * len(before & now) < len(before)
    said = frozenset(line.strip() for line in lines)
    kept = [line.strip() for line in old if not closes(line)]
    if not kept or _FEW * sum(line in said for line in kept) >= len(kept):
        return False
    mine, theirs = _outermost(lines), _outermost(old)
    if len(theirs) == 1 == len(mine) and _takes_away(mine[0], theirs[0], place):
        return True
    return not any(_is_one(line, theirs, more=len(mine) >= len(theirs)) for line in mine)


def _takes_away(line: str, other: str, place: Place) -> bool:
    """The one line lacks words of the old one of which the user did not speak: it is another one of the kind, for beside it."""
    said = frozenset(word.casefold() for word in words(f"{line} {place.instruction}"))
    return any(word.casefold() not in said for word in words(other))


def _outermost(lines: Sequence[str]) -> list[str]:
    said = [line for line in lines if line.strip() and not closes(line)]
    depth = min(map(width, said), default=0)
    return [line.strip() for line in said if width(line) == depth]


def _is_one(line: str, others: Sequence[str], *, more: bool) -> bool:
    """The line is one of these, changed; where there are fewer lines than before, like one of them alone."""
    alike = [other for other in others if similar(line, other) or (lead(line) is not None and lead(line) == lead(other))]
    shared = frozenset(words(line))
    alike = alike or [other for other in others if 2 * len(shared & frozenset(words(other))) > len(shared)]
    return bool(alike) and (more or len(alike) == 1)
