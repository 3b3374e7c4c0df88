"""An answer that is only a part of the region: a few of its lines changed, its signature, the body of its definition."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from coderoute_ls.edits.answer.checks.early_end import ends_alike, runs_for_ever
from coderoute_ls.edits.answer.lines.changed_members import is_whole, members
from coderoute_ls.edits.answer.lines.line_matching import Matching
from coderoute_ls.edits.answer.lines.reindentation import indented
from coderoute_ls.edits.answer.lines.similar_lines import adds_a_word, lead, similar
from coderoute_ls.edits.answer.target_region import Place, closes, width, without_blank_ends, written
from coderoute_ls.edits.answer.used_names import bound
from coderoute_ls.text import indentation, words

_CLAUSE = re.compile(r"\s*\}?\s*(?:finally|except|else|elif|catch|rescue|ensure)\b")
_JUMPS = re.compile(r"\s*(?:return|raise|throw|continue|break)\b")
_REMOVES = re.compile(
    r"(?i)\b(?:remov|delet|drop|strip|eras|omit|cut|shorten|simplif|without|rid\b|entfern|lösch|weg|streich|ohne|kürz"
    r"|supprim|enlev|retir|effac|sans|elimin|borra|quita|suprim|apag|tira|sin\b|sem\b|rimuov|togli|cancell|senza"
    r"|verwijder|wis|zonder|usuń|usun|skasuj|smaz|odstra|удал|убер|убрать|стере|без\b|видал|прибер)"
    r"|删|移除|去掉|去除|削除|消し|消す|取り除|なくし|삭제|제거|없애|지워|sil\b|kaldır|hapus|xóa|حذف|احذف|أزل|हटा"
)
"""Words of many languages for taking something away. They only let an answer pass; none is looked for in answers."""
_NOTHING = ("return", "return None", "pass", "continue")
"""Statements without which the end of a function does the same."""
_TOLERANT = frozenset({"css", "scss", "less"})
"""Languages whose grammar takes a part of a rule for a rule."""
_ENDS = ("return", "raise", "throw", "}", "end", "yield", ")", "]", "fi", "done")


def readings(new: Sequence[str], place: Place) -> Iterator[list[str]]:
    """Every region that the lines may be meant for, as a part of it."""
    for first, last in dict.fromkeys((*_stretch(new, place), *_header(new, place), *_body(new, place))):
        yield _put(new, place, first, last)
    if found := members(new, place):
        yield found


def placed(new: Sequence[str], place: Place) -> list[str]:
    """The region with the lines in the place of those that they change, where no parser could say that they are not all of it;
    empty where they may be, or may leave out what is between them."""
    told = place.errors_before is not None and place.language not in _TOLERANT
    if told or place.surface != "replace" or wants_less(place) or _all_known(new, place):
        return []
    for first, last in _stretch(new, place):
        enough = len(written(place.old[first : last + 1])) <= len(written(new))
        enough = enough and _terminator(without_blank_ends(new)[-1]) == _terminator(place.old[last])
        if not enough or not (first or last + 1 < len(place.old)) or _unused(new, place, first, last):
            continue
        if not _takes_in(new, place, first, last):
            return _put(new, place, first, last)
    return []


def _terminator(line: str) -> str:
    """What says at a line's end whether its statement, or list, goes on below."""
    return line.rstrip()[-1:] if line.rstrip().endswith((";", ",", "\\", "|", "&")) else ""


def _unused(new: Sequence[str], place: Place, first: int, last: int) -> bool:
    """What the other lines set was used by the old ones and is not by the new ones: these may stand for the others, too."""
    gone = frozenset(words("\n".join(place.old[first : last + 1]))) - frozenset(words("\n".join(new)))
    return not gone.isdisjoint(bound([*place.old[:first], *place.old[last + 1 :]], place.language))


def _takes_in(new: Sequence[str], place: Place, first: int, last: int) -> bool:
    """The lines have most of what another old line says: they may stand for that one, too."""
    gained = frozenset(words("\n".join(new))) - frozenset(words("\n".join(place.old[first : last + 1])))
    others = [frozenset(words(line)) for n, line in enumerate(place.old) if not first <= n <= last]
    return any(len(said & gained) > 1 and 2 * len(said & gained) >= len(said) for said in others)


def stops_early(new: Sequence[str], place: Place) -> bool:
    """The lines are a stretch of the region, changed, and end where it goes on: they may be meant for the whole of it, or not."""
    if _is_closed_early(new, place) or _begins_late(new, place) or _is_header_alone(new, place):
        return True
    found = _stretch(new, place) or _aligned(new, place)
    if not found:
        return False
    ((first, last),) = found
    old = [n for n, line in enumerate(place.old) if line.strip()]
    if first == old[0] and (last == old[-1] or is_one_line(new, place) or _nothing_is_left(last, new, place)):
        return False
    if _all_known(new, place):
        return not _asked_away(last, place) and (2 * (last - first + 1) < len(old) or _is_cut(new, last, place))
    return first != old[0] or not any(
        one.strip().startswith(word) and other.strip().startswith(word) and _depth(other, new) <= _depth(one, place.old)
        for one, other in zip(_endings(place.old), _endings(new), strict=True)
        for word in _ENDS
    )


def _is_closed_early(new: Sequence[str], place: Place) -> bool:
    """The lines are the region's first ones, unchanged, and ends of blocks after them, where the region goes on."""
    ending = next(iter(written(reversed(new), 1)), "")
    if not closes(ending):
        return False
    said = written(new)
    while said and closes(said[-1]):
        said.pop()
    old = [n for n, key in enumerate(place.old_keys) if key]
    if not said or len(said) >= len(old) or runs_for_ever(new) or all(closes(place.old[n]) for n in old[len(said) :]):
        return False
    last = old[len(said) - 1]
    return len(said) < len(written(new)) and _is_cut(said, last, place) and not _asked_away(last, place)


def _begins_late(new: Sequence[str], place: Place) -> bool:
    """Where no parser would say so: the first line is one from the middle of the region, and of the lines above that the answer
    has none."""
    if place.errors_before is not None or wants_less(place):
        return False
    first = next(iter(written(new, 1)), "").strip().rstrip(";,")
    if not first or place.old_keys[0].rstrip(";,") == first:
        return False
    found = [n for n, key in enumerate(place.old_keys) if key.startswith(first) and key.rstrip(";,") == first]
    above = frozenset(key.rstrip(";,") for key in place.old_keys[: found[0]] if key) if len(found) == 1 else ()
    return len(above) > 1 and frozenset(above).isdisjoint(line.strip().rstrip(";,") for line in new)


def _is_header_alone(new: Sequence[str], place: Place) -> bool:
    """Where no parser would say so: the answer is one line, the first one of the region's block changed, and it ends as that
    did."""
    said, old = written(new, 2), written(place.old, 2)
    if place.errors_before is not None or len(said) != 1 or len(old) != 2 or width(old[1]) <= width(old[0]):
        return False
    return similar(said[0], old[0]) and ends_alike(said[0], old[0])


def _all_known(new: Sequence[str], place: Place) -> bool:
    """Every line is the region's, unchanged."""
    return all(line.strip() in place.keys for line in new if line.strip())


def _depth(line: str, lines: Sequence[str]) -> int:
    """Columns that a line is deeper than the first one."""
    return width(line) - width(next(text for text in lines if text.strip()))


def _nothing_is_left(last: int, new: Sequence[str], place: Place) -> bool:
    """What follows the old line that the answer's last one is: the rest of its own statement, a bare ``return``, lines that
    stand elsewhere in the answer, or the last clauses of a statement whose start the answer has no more."""
    tail = [line for line in place.old[last + 1 :] if line.strip()]
    ending = next(line.strip() for line in reversed(new) if line.strip())
    depth = width(place.old[last])
    if ending != place.old[last].strip() and all(width(line) > depth or (width(line) == depth and closes(line)) for line in tail):
        return True
    said = frozenset(line.strip() for line in new)
    rest = [line.strip() for line in tail if not closes(line)]
    left = [text for text in rest if text not in said and text.rstrip(";") not in _NOTHING]
    return 3 * len(left) <= len(rest) or _ends_what_is_gone(last, tail, said, place)


def _ends_what_is_gone(last: int, tail: Sequence[str], said: frozenset[str], place: Place) -> bool:
    """The tail is nothing but clauses (``finally``, ``else``) of a statement whose first line is not in the answer."""
    depth = width(tail[0])
    if any(width(line) < depth or (width(line) == depth and not (_CLAUSE.match(line) or closes(line))) for line in tail):
        return False
    opening = next((line.strip() for line in reversed(place.old[: last + 1]) if line.strip() and width(line) == depth), "")
    return bool(opening) and opening not in said


def wants_less(place: Place) -> bool:
    """The user wants something removed."""
    return _REMOVES.search(place.instruction) is not None


def _asked_away(last: int, place: Place) -> bool:
    """The user wanted something removed, or named what only the lines behind this one have."""
    if wants_less(place):
        return True
    kept = frozenset(words("\n".join(place.old[: last + 1])))
    lost = frozenset(words("\n".join(place.old[last + 1 :])))
    return not frozenset(words(place.instruction)).isdisjoint(lost - kept)


def _is_cut(new: Sequence[str], last: int, place: Place) -> bool:
    """The lines are the region's first ones, unchanged, and do not end with a jump out of its body, after which nothing runs."""
    if [line.strip() for line in new if line.strip()] != [key for key in place.old_keys[: last + 1] if key]:
        return False
    inner = [width(line) for line in written(place.old)[1:] if not closes(line)]
    ending = written(new)[-1]
    return not (_JUMPS.match(ending) and bool(inner) and width(ending) - width(new[0]) <= min(inner) - width(place.old[0]))


def _aligned(new: Sequence[str], place: Place) -> list[tuple[int, int]]:
    """The same as a stretch, where only the lines before the last one tell which of several equal old lines that is."""
    mine, theirs = written(new), [n for n, key in enumerate(place.old_keys) if key]
    if not mine or not theirs or mine[-1].strip() == place.old_keys[theirs[-1]] or not similar(mine[0], place.old[theirs[0]]):
        return []
    last = Matching(mine, place.old).near(len(mine) - 1)
    return [] if last is None else [(theirs[0], last)]


def _endings(lines: Sequence[str]) -> tuple[str, str]:
    """The last line, and the first one of the statement that it ends."""
    said = written(lines)
    first = len(said) - 1
    while first and (closes(said[first]) or width(said[first]) > width(said[-1])):
        first -= 1
    return said[-1], said[first]


def is_one_line(new: Sequence[str], place: Place) -> bool:
    """The answer is one line that holds the region's definition with its body."""
    if sum(1 for line in new if line.strip()) != 1:
        return False
    names = {one.name for one in place.definitions_before}
    return any(one.name in names and one.body is not None for one in place.definitions(new))


def _put(new: Sequence[str], place: Place, first: int, last: int) -> list[str]:
    """The region with these of its lines replaced."""
    written = [line for line in place.old[first : last + 1] if line.strip()]
    base = min((indentation(line) for line in written), key=width, default=place.base)
    changed = indented(new, replace(place, base=base))
    return [*place.old[:first], *changed, *place.old[last + 1 :]]


def _stretch(new: Sequence[str], place: Place) -> list[tuple[int, int]]:
    """The old lines that the first and the last new line are, each like no other."""
    ends = [next((line for line in lines if line.strip()), "") for lines in (new, reversed(new))]
    if not ends[0]:
        return []
    first, last = (_only(line, place) for line in ends)
    if first is not None and last is None and closes(ends[1]):
        last = _block_end(first, ends[1].strip(), place)
    if first is None or last is None or last < first or _only_drops(new, place.old[first : last + 1]):
        return []
    return [(first, last)]


def _block_end(first: int, closer: str, place: Place) -> int | None:
    """The old line that closes the block which this one begins."""
    depth = width(place.old[first])
    following = (n for n in range(first + 1, len(place.old)) if place.old_keys[n] and width(place.old[n]) <= depth)
    end = next(following, None)
    return end if end is not None and place.old_keys[end] == closer else None


def _only_drops(new: Sequence[str], old: Sequence[str]) -> bool:
    """The lines have nothing in the place of those old ones that they lack: these may be meant to stay."""
    said, were = written(new), written(old)
    if len(said) >= len(were):
        return False
    return all(any(line.strip() == text.strip() or similar(line, text) for text in were) for line in said)


def _only(line: str, place: Place) -> int | None:
    """The one old line that this line is, or is a change of."""
    key = line.strip()
    equal = [n for n, text in enumerate(place.old_keys) if text == key]
    alike = equal or [n for n, text in enumerate(place.old_keys) if text and (similar(key, text) or adds_a_word(key, text))]
    if not alike and place.errors_before is None and (own := lead(key)):
        alike = [n for n, text in enumerate(place.old_keys) if lead(text) == own]
    return alike[0] if len(alike) == 1 else None


def _header(new: Sequence[str], place: Place) -> Iterator[tuple[int, int]]:
    """The lines before the body, when the answer is a definition of the same name without a body."""
    defined = place.definitions_before
    first = next((line for line in new if line.strip()), "")
    if (
        not defined
        or defined[0].body is None
        or not is_whole(defined[0], place)
        or not similar(first, place.old[0])
        or len(new) > len(place.old)
    ):
        return
    start = place.row(defined[0].body.start.line)
    if not place.document.line(place.first + start).strip().startswith("{") and place.old[start].strip() != "{":
        end = start - 1 if defined[0].body.start.line > defined[0].name_span.start.line else start
        if width(new[-1]) <= width(first) and 0 < end < len(place.old) - 1:
            yield 0, end


def _body(new: Sequence[str], place: Place) -> Iterator[tuple[int, int]]:
    """The lines of the body, when the region is one definition and the answer is none."""
    defined = place.definitions_before
    outer = [one for one in defined if not one.container or one.container not in {other.name for other in defined}]
    if len(outer) != 1 or outer[0].body is None or outer[0].kind not in ("function", "method") or not is_whole(outer[0], place):
        return
    start, end = place.row(outer[0].body.start.line), place.row(outer[0].body.end.line)
    old = place.old
    if old[start].strip().endswith("{") and old[end].strip().startswith("}"):
        start, end = start + 1, end - 1
    if not 0 < start <= end < len(old) or old[start].lstrip().startswith(('"""', "'''")):
        return
    found = place.definitions(new)
    if any(one.name == outer[0].name for one in found):
        return  # the definition itself is not its own body
    if any(place.row(one.span.start.line) <= 0 and place.row(one.span.end.line) >= len(new) - 1 for one in found):
        return  # nor is one that stands for itself
    returns, gives = (any(line.lstrip().startswith("return") for line in lines) for lines in (old[start : end + 1], new))
    if (returns and not gives) or (not gives and 2 * len(written(new)) < len(written(old[start : end + 1]))):
        return  # a few lines may as well be meant for some of these
    if place.definitions(_put(new, place, start, end)) and not Matching(new, old[start : end + 1]).exact:
        yield start, end
