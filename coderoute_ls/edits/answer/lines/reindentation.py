"""Re-indents a whole answer, with tabs or blanks as in the file: the region's base, the file's steps; what is deeper stays so.

Models shift a whole answer, lose the indentation of its first line, or write another step. Which of these it was is not guessed
from one line: each reading is tried, and the one wins that puts the most of the region's own lines back where they were. Lines
inside of strings move only when the answer moved them like the rest.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import gcd

from coderoute_ls.edits.answer.lines.multiline_strings import inside_strings
from coderoute_ls.edits.answer.target_region import TAB, Place, closes, width
from coderoute_ls.syntax.block_openers import opens_block
from coderoute_ls.syntax.brackets import scan, strays
from coderoute_ls.text import CLOSERS, indent_step, indentation

_SEVERAL = 8


@dataclass(frozen=True, slots=True)
class _Reading:
    """How the answer is written: one step in columns (0: as in the file), and whether its first line stands for itself."""

    step: int
    first_bare: bool


def indented(texts: Sequence[str], place: Place, kept: frozenset[int] = frozenset(), *, comment: bool = False) -> list[str]:
    """The new lines as they are in the file. ``kept``: numbers of lines that stand right already. ``comment``: all of them are
    one comment or docstring; its lines move alike."""
    fresh = [n for n, line in enumerate(texts) if n not in kept and line.strip()]
    if (
        not fresh
        or (not place.unit and not kept and _based(texts, place))
        or (not comment and _stands_right(texts, fresh, place))
    ):
        return _without_blanks(texts, kept)
    strings = frozenset[int]() if place.prose or comment else inside_strings(place.language, texts)
    code = [n for n in fresh if n not in strings] or fresh
    best = texts
    most = float("-inf")
    for reading in _readings(texts, code, place) if not comment else (_Reading(0, False),):
        result = _written(texts, fresh, code, strings, reading, place)
        score = _score(result, code, place, reading)
        if score > most:
            best, most = result, score
    return _without_blanks(best, kept)


def _is_stray(texts: Sequence[str], code: Sequence[int], place: Place) -> bool:
    """The first line is further out than all others, and yet the block that it opens ends with them, or it opens none."""
    if len(code) < 2:
        return False
    first, rest = texts[code[0]], [texts[n] for n in code[1:]]
    least = min(map(width, rest))
    if width(first) >= least or place.prose:
        return False
    if any(width(line) == least and closes(line) for line in _closing_outer(rest, place)):
        return True
    return (
        width(rest[0]) == least
        and first.split(None, 1)[0] == rest[0].split(None, 1)[0]
        and not opens_block(place.language, first)
    )


def _closing_outer(lines: Sequence[str], place: Place) -> list[str]:
    """Lines with nothing but the end of a block that begins above these lines; of keywords like ``end`` that is not known."""
    ends = [line for line in lines if closes(line)]
    words = [line for line in ends if line.strip()[0].isalpha()]
    if not any(line.strip()[0] in CLOSERS for line in ends):
        return words
    text = "\n".join(lines)
    stray = {text.count("\n", 0, at) for at, _ in strays(scan(place.language, text).brackets)}
    return [*words, *(lines[n] for n in stray)]


def _stands_right(texts: Sequence[str], fresh: Sequence[int], place: Place) -> bool:
    """None begins further out than the region, and more than half of the lines are the region's, to the blank: no other reading
    can be better."""
    if len(fresh) <= _SEVERAL:
        return False
    other = [texts[n] for n in fresh if texts[n] not in place.known]
    base = len(place.base.expandtabs(TAB))
    return 2 * len(other) < len(fresh) and (not base or all(width(line) >= base for line in other))


def _without_blanks(texts: Sequence[str], kept: frozenset[int]) -> list[str]:
    """Blank lines hold nothing, but for those that were there."""
    return ["" if text.isspace() and n not in kept else text for n, text in enumerate(texts)]


def _readings(texts: Sequence[str], code: Sequence[int], place: Place) -> Iterator[_Reading]:
    own = _columns(place.unit)
    steps, rest, only_rest = [0], 0, False
    if not place.prose and place.unit:
        rest = _said(texts, code[1:])
        said = {gcd(*(width(texts[n]) for n in code)), _said(texts, code), rest}
        steps += [step for step in sorted(said) if 2 <= step <= TAB and step != own and _fits(step, texts, code)]
        only_rest = rest > 0 and rest != own == _said(texts, code)
    stray = _is_stray(texts, code, place)
    for step in dict.fromkeys(steps):
        if not stray and not (only_rest and step == rest):
            yield _Reading(step, False)
        if len(code) > 1 and width(texts[code[0]]) < min(width(texts[n]) for n in code[1:]):
            yield _Reading(step, True)


def _said(texts: Sequence[str], lines: Sequence[int]) -> int:
    """Columns of one step, as these lines use it; 0 when they do not say."""
    step = indent_step([texts[n] for n in lines])
    return _columns(step) if step else 0


def _fits(step: int, texts: Sequence[str], code: Sequence[int]) -> bool:
    """Every line is so many whole steps deep, but for those that are deeper than the line before them."""
    widths = [width(texts[n]) for n in code]
    return any(widths) and all(after % step == 0 or after > before for before, after in pairwise(widths))


def _written(  # noqa: PLR0917
    texts: Sequence[str], fresh: Sequence[int], code: Sequence[int], strings: frozenset[int], reading: _Reading, place: Place
) -> list[str]:
    """The lines under one reading."""
    depths = _depths(texts, code, reading, place)
    base = _columns_of(place.base)
    lowest = min(depths[n] for n in code)
    shift = base - lowest
    if reading.first_bare:
        rest = [n for n in code if n != code[0]]
        shift = 0 if any(depths[n] >= base for n in rest) else base - min(depths[n] for n in rest)
    result = list(texts)
    for n in code:
        columns = base if reading.first_bare and n == code[0] else max(0, depths[n] + shift)
        result[n] = _indent(columns, place) + texts[n].lstrip(" \t")
    inner = [n for n in fresh if n in strings and n not in code]
    shifts = {n: shift if reading.first_bare else _shift_above(n, texts, result, code, place) for n in inner}
    for n, text in _moved_strings(texts, inner, shifts, place).items():
        result[n] = text
    return result


def _depths(texts: Sequence[str], code: Sequence[int], reading: _Reading, place: Place) -> dict[int, int]:
    """Columns of each line once its steps are as wide as the file's. What is no whole step deeper (an argument under a bracket)
    keeps its distance from the line it belongs to."""
    own = _columns(place.unit)
    if not reading.step:
        return {n: _own_width(texts[n], place) for n in code}
    depths: dict[int, int] = {}
    outer: list[tuple[int, int]] = []
    for n in code:
        columns = width(texts[n])
        while outer and outer[-1][0] >= columns:
            outer.pop()
        if not outer:
            depth = columns // reading.step * own + columns % reading.step
        else:
            more, ours = columns - outer[-1][0], outer[-1][1]
            depth = ours + (more // reading.step * own if more % reading.step == 0 else more)
        depths[n] = depth
        outer.append((columns, depth))
    return depths


def _own_width(line: str, place: Place) -> int:
    """Columns of the indentation, a tab as wide as the file's step where the file has tabs, else as one step."""
    return len(indentation(line).replace("\t", " " * _columns(place.unit)))


def _based(texts: Sequence[str], place: Place) -> bool:
    """The lines begin where they should."""
    return min((width(text) for text in texts if text.strip()), default=0) == len(place.base.expandtabs(TAB))


def _columns(unit: str) -> int:
    return TAB if unit == "\t" else len(unit) or 4


def _columns_of(indent: str) -> int:
    return len(indent.expandtabs(TAB)) if "\t" in indent else len(indent)


def _indent(columns: int, place: Place) -> str:
    if place.unit != "\t":
        return " " * columns
    return "\t" * (columns // TAB) + " " * (columns % TAB)


def _shift_above(n: int, texts: Sequence[str], result: Sequence[str], code: Sequence[int], place: Place) -> int:
    """Columns that the code above a line has moved: that in which its string begins."""
    at = bisect_left(code, n)
    above = code[at - 1] if at else code[0]
    return _columns_of(indentation(result[above])) - _own_width(texts[above], place)


def _moved_strings(texts: Sequence[str], inner: Sequence[int], shifts: Mapping[int, int], place: Place) -> dict[int, str]:
    """Lines inside of strings: as the answer has them, or moved like the code, whichever the user's own lines agree with, as
    they are, else by their indentation; where none of them tells, moved when no line is further out than the code."""
    if not inner:
        return {}
    old = place.known
    stay = {n: texts[n] for n in inner}
    move = {n: _shifted(texts[n], shifts[n], place) for n in inner}
    own = {indentation(place.old[n]) for n in inside_strings(place.language, place.old) if place.old[n].strip()}
    written = [n for n in inner if texts[n].strip()]
    for said in (
        [sum(lines[n] in old for n in inner) for lines in (stay, move)],
        [sum(indentation(lines[n]) in own for n in written) for lines in (stay, move)],
    ):
        if said[0] != said[1]:
            return stay if said[0] > said[1] else move
    lowest = min((width(text) for n, text in enumerate(texts) if text.strip() and n not in inner), default=0)
    return move if all(width(texts[n]) >= lowest for n in inner) and lowest + width(texts[inner[0]]) > 0 else stay


def _shifted(text: str, shift: int, place: Place) -> str:
    if not text.strip():
        return text
    columns = _own_width(text, place) + shift
    return _indent(max(0, columns), place) + text.lstrip(" \t")


def _score(result: Sequence[str], code: Sequence[int], place: Place, reading: _Reading) -> float:
    """How many of the region's lines are where they were; then what is usual: the file's step, all moved alike."""
    old = place.known
    known = place.keys
    same = sum(_weight(result[n]) for n in code if result[n] in old)
    moved = sum(_weight(result[n]) for n in code if result[n] not in old and result[n].strip() in known)
    likely = 0.6 * (not reading.first_bare) + 0.1 * (reading.step == 0)
    likely -= 3 * (reading.first_bare and _holds_nothing(result, code, place))
    return same - 0.5 * moved + likely + _even(result, code, place) - 2 * (not reading.first_bare and _leaps(result, code, place))


def _leaps(result: Sequence[str], code: Sequence[int], place: Place) -> bool:
    """The second line is two levels deeper than the first, and no other line does so after the one before it: then the first
    line has lost its indentation."""
    own = _columns(place.unit)
    steps = [_columns_of(indentation(result[b])) - _columns_of(indentation(result[a])) for a, b in pairwise(code)]
    return len(steps) > 2 and steps[0] == 2 * own and own in steps[1:] and not any(step >= 2 * own for step in steps[1:])


def _holds_nothing(result: Sequence[str], code: Sequence[int], place: Place) -> bool:
    """The first line opens a block, and the next one is not in it."""
    first, second = result[code[0]], result[code[1]]
    return width(second) <= width(first) and not closes(second) and opens_block(place.language, first)


def _weight(line: str) -> float:
    """The end of a block is like any other: it says little."""
    return 0.2 if closes(line) else 1


def _even(result: Sequence[str], code: Sequence[int], place: Place) -> float:
    """A little for steps as wide as the file's, between a line and the next deeper one."""
    own = _columns(place.unit)
    steps = [
        _columns_of(indentation(result[b])) - _columns_of(indentation(result[a]))
        for a, b in pairwise(code)
        if _columns_of(indentation(result[b])) > _columns_of(indentation(result[a]))
    ]
    even = sum(1 if step == own else 0.5 * (step % own == 0) for step in steps)
    return 0.5 * even / len(steps) - min(2, len(steps) - even) if steps else 0.0
