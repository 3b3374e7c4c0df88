"""Lines that stand for others: "rest of the code", "existing code", a bare ``...``. The old lines come back in their place.

What a comment says is not read. A new comment or ellipsis that is where the region has lines which the answer lacks is an
elision. An ellipsis can be nothing else; a comment counts where the lines on both its sides are the user's.
"""

import re
from collections import Counter
from collections.abc import Sequence
from enum import IntEnum
from itertools import pairwise
from typing import NamedTuple

from coderoute_ls.edits.answer.lines.added_lines import beside_added
from coderoute_ls.edits.answer.lines.line_matching import Matching
from coderoute_ls.edits.answer.lines.similar_lines import similar
from coderoute_ls.edits.answer.target_region import closes, width
from coderoute_ls.syntax.comment_and_string_marks import comment_text

_DOTS = re.compile(r"(?:\.\.\.+|…|\. \. \.)[;,]?")
_ANY_MARK = re.compile(r"(?:#+|//+|--+|;+|%+)\s*(?P<said>(?:\.\.\.+|…).*)")
"""Models take one language's comment for another's: before an ellipsis any will do."""
_BRACKETS = re.compile(r"\(.*\)|\[.*\]|<.*>|\{.*\}", re.DOTALL)
_ELLIPSES = ("...", "…")
_BOTH = 2
_COMMAS = frozenset({"json", "jsonc", "json5"})
"""Languages in which all that stands beside each other is a list's."""
_ASIDE = re.compile(r"[(\[*_<{]{1,3}\s*(?P<said>(?:(?:\.\.\.+|…)\s*)?[^\W\d_][\w\s',;’-]*(?:\.\.\.+|…)?|…)\s*[)\]*_>}]{1,3}")
"""Words in brackets or stressed, as they stand for others in texts."""
_REMARK = re.compile(r"(?:#+|//+|--+|;+|%+|/\*+|<!--)\s*[^\W\d_][^{}();=]*")
"""A comment in words, whatever language it is of."""
_FILLER = re.compile(r"(?:pass|\.\.\.|…|return\s*(?:\.\.\.|…)|todo!\(\)|unimplemented!\(\))[;,]?\s*(?:#|//|--|/\*|%)\s*\S")
_FILLERS = ("pass", "return", "todo!", "unimplemented!", "rem")
"""Elisions that begin with a letter do so with one of these."""
_WORD = re.compile(r"[^\W\d_]{2}")
_PIECE = (
    r"(?:code|class|functions?|file|methods?|body|module|implementation|logic|fields|members|cases|imports|lines|props|properties"
    r"|tests|items|entries|rows|columns|routes|rules|styles|keys|options|config(?:uration)?|definitions|handlers|attributes"
    r"|elements|contents?|statements|variables|dependencies|declarations)"
)
_SAYS_REST = re.compile(
    rf"\b(?:rest of (?:the |this |your )?(?:\w+ )?{_PIECE}"
    rf"|(?:existing|original|previous|remaining|unchanged|other) (?:\w+ )?{_PIECE}"
    r"|(?:remains?|stays?|is|are|code|left|rest) (?:the same|unchanged|as is|as before)"
    r"|same as (?:before|above|the original)|unchanged\W*$|omitted (?:for|here)|no changes?\b)",
    re.IGNORECASE,
)


class Strength(IntEnum):
    """How certain it is that a new line stands for others."""

    NONE = 0
    COMMENT = 1
    """Any comment."""
    LIKELY = 2
    """A comment in brackets, or with an ellipsis at one end only; a statement that does nothing, with a comment."""
    DOTS = 3
    """An ellipsis alone, a comment in ellipses, or one that begins with an ellipsis and says that it stands for code."""


class Filled(NamedTuple):
    """The lines of the new text; ``kept`` are the numbers of those that are the region's own, put back."""

    lines: list[str]
    kept: frozenset[int] = frozenset()


class Ambiguous(Exception):
    """An elision whose lines cannot be told."""


def strength(line: str, language: str) -> Strength:
    """What the line could be, in any place."""
    text = line.strip()
    if not _may_be_comment(text):
        return Strength.NONE
    if _DOTS.fullmatch(text):
        return Strength.DOTS
    if any_mark := _ANY_MARK.match(text):
        return _after_dots(any_mark["said"])
    if aside := _ASIDE.fullmatch(text):
        return _of_aside(aside["said"])
    if _FILLER.match(text):
        return Strength.LIKELY
    said = comment_text(text, language)
    if said is None:
        return Strength.NONE
    if _DOTS.match(said.lstrip("[(<{ ")):
        return _after_dots(said)
    if _BRACKETS.fullmatch(said) or said.endswith(("...", "…")):
        return Strength.LIKELY
    return Strength.COMMENT if said else Strength.NONE


def _after_dots(said: str) -> Strength:
    """Of a comment that begins with an ellipsis: people, too, go on with a sentence so ("...and then close it")."""
    if said.startswith(("[", "(", "<", "{")) or said.endswith(("...", "…")) or not _WORD.search(said) or _SAYS_REST.search(said):
        return Strength.DOTS
    return Strength.LIKELY


def _of_aside(said: str) -> Strength:
    """Of words in brackets, that people write as well: with an ellipsis at both ends, or with one and words that say so."""
    ends = said.startswith(_ELLIPSES) + said.endswith(_ELLIPSES)
    return Strength.DOTS if ends == _BOTH or (ends and _SAYS_REST.search(said)) else Strength.NONE


def markers(lines: Sequence[str], known: frozenset[str], language: str) -> list[int]:
    """Numbers of the lines that can be nothing but elisions. ``known`` are the user's own lines, without blanks around them."""
    return [n for n, line in enumerate(lines) if line.strip() not in known and strength(line, language) is Strength.DOTS]


def filled(new: Sequence[str], old: Sequence[str], language: str = "") -> Filled:
    """The answer's lines with the old ones in the places that it leaves out. Raises `Ambiguous` where they align in no way, or in
    more than one.
    """
    known = frozenset(map(str.strip, old))
    fresh = [n for n, key in enumerate(map(str.strip, new)) if key not in known]
    possible = {n: rank for n in fresh if (rank := strength(new[n], language)) > 0}
    said = Counter(new[n].strip() for n in possible)
    possible = {n: max(rank, Strength.LIKELY) if said[new[n].strip()] > 1 else rank for n, rank in possible.items()}
    if not possible or not known:
        if Strength.DOTS in possible.values() and not known:
            raise Ambiguous
        return Filled(list(new))
    matching = Matching(new, old, frozenset(n for n, rank in possible.items() if rank > Strength.COMMENT))
    gaps = {n: _gap(matching, n, rank, language) for n, rank in possible.items()}
    lines: list[str] = []
    kept: set[int] = set()
    for number, line in enumerate(new):
        gap = gaps.get(number)
        if gap is None:
            lines.append(line)
        else:
            kept.update(range(len(lines), len(lines) + len(gap)))
            lines += (old[at] for at in gap)
    _separate(lines, kept, language)
    if _drops_lines(lines, old, [n for n, gap in gaps.items() if gap is not None and not gap], matching):
        raise Ambiguous
    return Filled(lines, frozenset(kept))


def _separate(lines: list[str], kept: set[int], language: str) -> None:
    """Where members that were put back meet new ones, the comma that a list's last one has not."""
    said = [n for n, line in enumerate(lines) if line.strip()]
    for one, other in pairwise(said):
        line = lines[one].rstrip()
        if (
            (one in kept) == (other in kept)
            or width(lines[one]) != width(lines[other])
            or line.endswith((",", ";", "{", "[", "("))
        ):
            continue
        before = next((n for n in reversed(said) if n < one and width(lines[n]) <= width(line)), None)
        sibling = before is not None and width(lines[before]) == width(line) and lines[before].rstrip().endswith(",")
        if not closes(lines[other]) and (sibling or (language in _COMMAS and not closes(lines[one]))):
            lines[one] = f"{line},"


def _drops_lines(lines: Sequence[str], old: Sequence[str], idle: Sequence[int], matching: Matching) -> bool:
    """Whether an elision between other lines stands for nothing (``idle``), and yet more old lines are gone than new ones came:
    then it is not known what it stands for."""
    if not any(matching.new_before(n) is not None and matching.new_after(n) is not None for n in idle):
        return False
    before, now = ({line.strip() for line in text if line.strip()} for text in (old, lines))
    return len(before - now) > len(now - before)


def says_rest(lines: Sequence[str], old: Sequence[str], language: str) -> bool:
    """Whether a new comment says in words that it stands for code, and more old lines are gone than new ones came. The words are
    read here alone, to refuse: what they stand for is not known."""
    known = frozenset(old)
    fresh = [line for line in lines if line not in known and _may_be_comment(line.lstrip())]
    comments = [line for line in fresh if (said := comment_text(line.strip(), language)) is not None and _SAYS_REST.search(said)]
    if not comments:
        return False
    before, now = ({line.strip() for line in text if line.strip()} for text in (old, lines))
    return any(line.strip() not in before for line in comments) and len(before - now) >= len(now - before)


def _may_be_comment(text: str) -> bool:
    return not text[:1].isalnum() or text[:16].lower().startswith(_FILLERS)


def is_only_remarks(lines: Sequence[str], old: Sequence[str]) -> bool:
    """Every line is a comment in the syntax of some language, as a place for code that the model left out; the region is more
    than that, and none of the comments holds one of its lines."""
    if not any(map(str.strip, lines)) or not _are_remarks(lines) or _are_remarks(old):
        return False
    keys = [line.strip() for line in old if len(line.strip()) > 1]
    return not any(key in line for line in lines for key in keys)


def _are_remarks(lines: Sequence[str]) -> bool:
    return all(_REMARK.fullmatch(line.strip()) for line in lines if line.strip())


def _gap(matching: Matching, line: int, rank: Strength, language: str) -> range | None:
    """The old lines that a line stands for; None where it is like any other, an empty range where it stands for nothing."""
    left, right = matching.left(line), matching.right(line)
    if rank > Strength.COMMENT and (left is None or right is None):
        left, right = beside_added(matching, line, left, right) or (left, right)
    if left is None or right is None or left >= right:
        if _unclear(matching, line, rank, language):
            raise Ambiguous
        return None
    missing = [text for text in matching.old[left + 1 : right] if text.strip()]
    dots = rank is Strength.DOTS
    if not missing:
        return range(0) if dots else None
    if not dots and all(strength(text, language) for text in missing):
        return None  # a comment in place of a comment
    code = [text for text in missing if not strength(text, language)]
    if rank is Strength.COMMENT and (len(code) < 2 or _commented_out(matching.new[line], missing)):
        if matching.between_known(line) and not _commented_out(matching.new[line], missing):
            raise Ambiguous  # a line was dropped, or it is meant to stay
        return None
    if rank is Strength.COMMENT and not matching.beside_known(line):
        raise Ambiguous  # what stands beside it is new, and may be all there is
    return _trimmed(matching, line, left, right)


def _commented_out(line: str, missing: Sequence[str]) -> bool:
    """The comment is one of the missing lines, turned into a comment, or one of the comments among them."""
    said = line.strip().lstrip("#/-;%* ").removesuffix("*/").strip()
    return any(similar(said, text) or said == text.strip().lstrip("#/-;%* ").removesuffix("*/").strip() for text in missing)


def _unclear(matching: Matching, line: int, rank: Strength, language: str) -> bool:
    """Whether a line whose sides cannot be told may stand for lines nevertheless."""
    before = matching.new_before(line)
    header = matching.new[before].rstrip() if before is not None else ""
    if rank is Strength.DOTS:
        stub = matching.new[line].strip() in ("...", "…") and header.endswith(":") and before not in matching.exact
        return not (stub and not matching.alike(before))
    after = matching.new_after(line)
    above = -1 if before is None else matching.near(before)
    below = len(matching.old) if after is None else matching.near(after)
    if above is not None and below is not None:
        missing = [text for text in matching.old[above + 1 : below] if text.strip() and not strength(text, language)]
        return len(missing) >= (1 if rank is Strength.LIKELY else 2)
    low, high = matching.around(line)
    lost = sum(1 for n in matching.olds if low < n < high)
    fresh = matching.fresh_around(line)
    if rank is Strength.LIKELY:
        return lost >= fresh + 2
    # A comment says something of what follows it: not so at the end of a block, or before a blank line.
    ends = after is None or width(matching.new[after]) < width(matching.new[line]) or after > line + 1
    return ends and lost >= fresh + 2


def _trimmed(matching: Matching, line: int, left: int, right: int) -> range:
    """Without the blank lines at an end where the answer has its own."""
    new, old = matching.new, matching.old
    first, last = left + 1, right
    if line > 0 and not new[line - 1].strip():
        while first < last and not old[first].strip():
            first += 1
    if line + 1 < len(new) and not new[line + 1].strip():
        while last > first and not old[last - 1].strip():
            last -= 1
    return range(first, last)
