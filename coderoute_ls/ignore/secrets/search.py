"""Finds what in a text must never leave: keys by their shape, values by the name beside them, blocks of key material.

Prompts consist of lines that were looked at a keystroke ago, so what each line holds is remembered. A line is looked at closely
only when it holds a word that names secrets, or a long word with a digit in it.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from coderoute_ls.ignore.secrets import hints, names, unnamed_words
from coderoute_ls.ignore.secrets.chosen_passwords import beside_a_user, may_be_beside_a_user
from coderoute_ls.ignore.secrets.key_blocks import MARKS, ends_long, marked, marks, material
from coderoute_ls.ignore.secrets.named_values import Found, following, opens, value_above, values
from coderoute_ls.ignore.secrets.names import Named, names_in, words_of
from coderoute_ls.ignore.secrets.password_forms import anchors, forms
from coderoute_ls.ignore.secrets.plausible import REDACTED
from coderoute_ls.ignore.secrets.shapes import FLAGS, SHAPES, Shape
from coderoute_ls.ignore.secrets.string_literals import literals
from coderoute_ls.ignore.secrets.unnamed_words import anonymous
from coderoute_ls.text import split_lines

CONTINUES = 6
"""Lines after an open one in which its value may be."""
_MOST_LINES = 20_000
_SENT = tuple(shape for shape in SHAPES if not shape.may_be_sent)
_SENT_FLAGS = tuple(shape for shape in FLAGS if not shape.may_be_sent)
_LOGS_ONLY = tuple(shape for shape in (*SHAPES, *FLAGS) if shape.may_be_sent and not shape.in_logs)
_CARRIES_ON = ("+", "\\", "..", "<>", ".", "&")
"""How a line ends whose string literal goes on in the next one."""


class _Look(NamedTuple):
    """What one line holds."""

    found: tuple[Found, ...]
    """Relative to the line's start, in order, none over another."""
    opens: bool
    """The value of a name in it may be on the next lines."""
    strong: bool
    """Whether that name is a strong one."""
    marks: bool
    """It announces a secret of several lines."""
    long: bool
    """It ends in a word as long as a line of key material."""
    names: tuple[Named, ...]
    """The strong ones in it, where it may be half of a login."""


_PLAIN: set[str] = set()
"""Lines in which there is nothing."""
_OTHERS: dict[str, _Look] = {}


def forget() -> None:
    """Look at every line afresh."""
    hints.forget()
    names.forget()
    unnamed_words.forget()
    _PLAIN.clear()
    _OTHERS.clear()


def find(text: str) -> list[Found]:
    """The secrets in the text, in order, none over another."""
    lines, joint = _lines_of(text)
    notable = _notable(lines)
    if not notable:
        return []
    starts = _starts(lines, len(joint))
    found: list[Found] = []
    marked_text, long = False, [-2]
    for number, line in enumerate(lines):
        if line not in notable:
            continue
        look, at = notable[line], starts[number]
        found += (Found(at + start, at + end, kind) for start, end, kind in look.found)
        marked_text = marked_text or look.marks
        if look.opens:
            if look.strong and number and (span := value_above(lines[number - 1], line)) is not None:
                found.append(Found(starts[number - 1] + span[0], starts[number - 1] + span[1], "password"))
            found += _carried_on(lines, starts, number, strong=look.strong)
        if look.names:
            found += (Found(at + start, at + end, "password") for start, end in beside_a_user(lines, number, look.names))
        if look.long:
            long.append(number)
    for first, last in _runs(long):
        found += material(text, starts[first], starts[min(last + 2, len(lines))])
    if marked_text:
        found += marked(text)
    return _apart(found)


def _starts(lines: Sequence[str], joint: int) -> list[int]:
    """The offset of each line, and of the end."""
    starts = list(accumulate(map(len, lines), initial=0))
    return [at + number for number, at in enumerate(starts)] if joint else starts


def _carried_on(lines: list[str], starts: list[int], number: int, *, strong: bool) -> Iterator[Found]:
    """The secrets in the lines after one that ends in a name: until a line that is indented no deeper, unless it only closes."""
    indent = _depth(lines[number])
    for after in range(number + 1, min(number + 1 + CONTINUES, len(lines))):
        line = lines[after].rstrip("\r\n")
        if line.strip():
            spans = list(following(line, strong=strong))
            for start, end in spans:
                yield Found(starts[after] + start, starts[after] + end, "password" if strong else "key")
            if not spans and _depth(line) <= indent and line.lstrip()[0] not in "\"'`)]}+<":
                return


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """(first, last) of each run of two or more numbers that follow each other."""
    first = numbers[0]
    for number, after in zip(numbers, [*numbers[1:], -9], strict=True):
        if after != number + 1:
            if number > first:
                yield first, number
            first = after


def secrets_in(text: str) -> list[str]:
    """What kinds of secrets the text seems to hold, each once: ``aws-key``, ``private-key``, ``password`` …"""
    return list(dict.fromkeys(secret.kind for secret in find(text)))


def redact(text: str) -> str:
    """The text with a word in place of each secret. Idempotent, keeps every line ending, and `secrets_in` finds nothing in the
    result.
    """
    for _ in range(4):  # what a secret hid may be one of its own
        found = find(text)
        if not found:
            break
        text = replaced(text, found)
    return text


def replaced(text: str, found: Iterable[Found], word: str = REDACTED) -> str:
    """The text with this word in place of these secrets; line endings inside of them stay."""
    pieces: list[str] = []
    at = 0
    for start, end, _ in found:
        endings = "".join(char for char in text[start:end] if char in "\r\n")
        pieces += (text[at:start], word, endings)
        at = end
    return "".join((*pieces, text[at:]))


def masked(text: str, word: str) -> str:
    """A text for a log, an error or a screen: with this word in place of each secret, and of what is left of one that somebody
    else has masked.
    """
    lowered = text.lower()
    found = [Found(start, end, shape.kind) for shape in _LOGS_ONLY if shape.possible(lowered) for start, end in shape.spans(text)]
    return replaced(text, _apart([*find(text), *found]), word)


def redact_pieces(*pieces: str) -> list[str]:
    """Pieces of one text that follow each other, each redacted by what all of them say: a name in one may tell what is in
    the next. A secret that is cut in two is replaced in both.
    """
    found = find("".join(pieces))
    clean: list[str] = []
    at = 0
    for piece in pieces:
        end = at + len(piece)
        inside = (
            Found(max(start, at) - at, min(stop, end) - at, kind) for start, stop, kind in found if start < end and stop > at
        )
        clean.append(redact(replaced(piece, inside)))
        at = end
    return clean


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def _apart(found: Sequence[Found]) -> list[Found]:
    """In order; those that overlap are joined under the kind of the first one."""
    apart: list[Found] = []
    for secret in sorted(found):
        if apart and secret.start < apart[-1].end:
            if secret.end > apart[-1].end:
                apart[-1] = apart[-1]._replace(end=secret.end)
        elif secret.end > secret.start:
            apart.append(secret)
    return apart


def _lines_of(text: str) -> tuple[list[str], str]:
    """The lines, and what is between them: fast where all end alike."""
    return (split_lines(text), "") if "\r" in text else (text.split("\n"), "\n")


def _notable(lines: list[str]) -> dict[str, _Look]:
    """The lines in which there is something to see."""
    found: dict[str, _Look] = {}
    new: list[str] = []
    for line in set(lines) - _PLAIN:
        known = _OTHERS.get(line)
        if known is None:
            new.append(line)
        else:
            found[line] = known
    if new:
        if len(_PLAIN) + len(_OTHERS) + len(new) > _MOST_LINES:
            forget()
        looks = dict(_looks(new))
        _PLAIN.update(line for line in new if line not in looks)
        _OTHERS.update(looks)
        found |= looks
    return found


def _looks(lines: list[str]) -> Iterator[tuple[str, _Look]]:
    """Each line in which there is something. All lines are searched at once for what makes one worth a look."""
    joined = "\n".join(lines)
    lowered = _lower(joined)
    starts = _starts(lines, 1)
    named: dict[int, list[Named]] = {}
    words = words_of(lowered)
    for name in names_in(joined, lowered, words):
        number = bisect_right(starts, name.start) - 1
        named.setdefault(number, []).append(name.moved(-starts[number]))
    long, random = (
        {bisect_right(starts, at) - 1 for word in told for at in _places(word, joined)}
        for told in unnamed_words.telling_words(joined)
    )
    present = hints.hints_in(lowered, words)
    flags = [shape for shape in _SENT_FLAGS if not present.isdisjoint(shape.hints)]
    hinted = {bisect_right(starts, at) - 1 for hint in (*MARKS, *present) for at in _places(hint, lowered)}
    hinted.update(bisect_right(starts, at) - 1 for at in anchors(joined))
    long_text = "\n".join(lines[number] for number in long).lower()
    shapes = [shape for shape in _SENT if shape.possible(long_text)] if long else []
    for number in sorted({*named, *long, *random, *hinted}):
        line = lines[number]
        tried = (*(shapes if number in long else ()), *(flags if number in hinted else ()))
        look = _look(line, named.get(number, []), tried, long=number in long, unnamed=number in long or number in random)
        if look.found or look.opens or look.marks or look.long or look.names:
            yield line, look


def _places(hint: str, text: str) -> Iterator[int]:
    at = text.find(hint)
    while at >= 0:
        yield at
        at = text.find(hint, at + 1)


def _look(line: str, names: list[Named], shapes: Sequence[Shape], *, long: bool, unnamed: bool) -> _Look:
    plain, lowered = line.rstrip("\r\n"), _lower(line)
    found = [Found(start, end, shape.kind) for shape in shapes if shape.possible(lowered) for start, end in shape.spans(plain)]
    found += (Found(start, end, "password") for start, end in forms(plain))
    if unnamed:
        found += (Found(start, end, "token") for start, end in anonymous(plain))
    if names:
        found += values(plain, names, long=long)
    found += _in_literals(plain, () if unnamed or shapes else names)
    found = _apart([secret for secret in found if plain[secret.start : secret.end].strip() != REDACTED])
    opened = bool(names) and (plain.rstrip().endswith(_CARRIES_ON) if found else opens(plain, names))
    half = () if found else tuple(name for name in names if name.strong and may_be_beside_a_user(plain, name))
    return _Look(tuple(found), opened, any(name.strong for name in names), marks(line), long and ends_long(line), half)


def _in_literals(line: str, names: Sequence[Named]) -> Iterator[Found]:
    """What is in its string literals: a program may write a whole line of settings, or several, in one. Where nothing but these
    names tells of a secret, only in those that hold one of them.
    """
    for literal in literals(line):
        first, last = literal.places[0], literal.places[-1]
        if not names or any(first <= name.start < last for name in names):
            for start, end, kind in find(literal.text):
                yield Found(literal.places[start], literal.places[end], kind)


def _lower(text: str) -> str:
    """Lower case of the same length: a few capital letters become two characters, which would move every offset. A line's is the
    same whatever the other lines are.
    """
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    if "\n" in text:
        return "\n".join(map(_lower, text.split("\n")))
    return "".join(small if len(small := char.lower()) == 1 else char for char in text)
