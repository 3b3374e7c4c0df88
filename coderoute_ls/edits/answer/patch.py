"""Answers that are patches: unified diffs, SEARCH/REPLACE blocks, ``*** Begin Patch``, conflict markers.

A patch is applied when every old line of it is in one place only, in the region and what is around it, and nothing outside
of the region changes.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from coderoute_ls.edits.answer.lines.similar_lines import similar
from coderoute_ls.edits.answer.target_region import Place, width
from coderoute_ls.text import indentation

_SEARCH = re.compile(r"<{5,9}(?: .*)?|-{5,9} ?SEARCH")
_MIDDLE = re.compile(r"={5,9}")
_BASE = re.compile(r"\|{5,9}(?: .*)?")
_REPLACE = re.compile(r">{5,9}(?: .*)?|\+{5,9} ?REPLACE")
_FRAME = re.compile(
    r"--- \S.*|\+\+\+ \S.*|diff .*|index [0-9a-f]+\.\..*|\\ No newline.*"
    r"|\*\*\* (?:Begin Patch|End Patch|Update File:.*|End of File)"
)
_HUNK = re.compile(r"@@.*")


_WORDS = re.compile(r"\w\W+\w")
_NAMES = ("diff", "patch", "udiff")
_MARKED = re.compile(r"\n((?:[<+-]|@@|\*\*\* |diff |index ).*)")
"""What a line of a patch may begin with, that is no line of its context."""


class NoPatch(Exception):
    """The patch does not apply cleanly."""


@dataclass(slots=True)
class Hunk:
    """Lines before and after; ``pairs`` says which of the new lines are old ones, kept."""

    old: list[str] = field(default_factory=list[str])
    new: list[str] = field(default_factory=list[str])
    kept: dict[int, int] = field(default_factory=dict[int, int])
    """New line → the old line that it is."""


def hunks(lines: Sequence[str], place: Place, info: str = "") -> list[Hunk]:
    """The hunks of an answer that is a patch; none when it is no patch. ``info``: the info string of its block."""
    own = place.keys
    if info not in _NAMES:
        likely = {found.group(1).strip() for found in _MARKED.finditer("\n" + "\n".join(lines))}
        if likely <= own:
            return []
    if any(_SEARCH.fullmatch(line.strip()) and line.strip() not in own for line in lines):
        return list(_replacements(lines))
    named = info in _NAMES
    framed = any(_FRAME.fullmatch(line) or _HUNK.fullmatch(line) for line in lines if line.strip() not in own)
    marked = [line for line in lines if line.strip()]
    shaped = all(line[0] in "+- \t\\" or line.strip() in own for line in marked) and _removes_own(marked, own)
    if not (named or framed or shaped) or place.language in ("diff", "patch"):
        return []
    found = list(_unified(lines, place))
    return found if any(hunk.old != hunk.new for hunk in found) else []


def before_and_after(blocks: Sequence[Sequence[str]], place: Place) -> list[Hunk]:
    """The hunks of an answer that shows lines of the region as they are, and in the next block what they become ("replace this
    … with this"); none when it is another answer. The second block has none of the region's other lines: else it is meant for
    more of it."""
    if len(blocks) % 2:
        return []
    found = [Hunk(list(old), list(new)) for old, new in zip(blocks[::2], blocks[1::2], strict=True)]
    return found if all(_is_excerpt(hunk, place) for hunk in found) else []


def _is_excerpt(hunk: Hunk, place: Place) -> bool:
    """Whether the old lines are a part of the region, and the new ones are meant for no more than that part."""
    keys = [key for key in place.old_keys if key]
    old, new = ([line.strip() for line in lines if line.strip()] for lines in (hunk.old, hunk.new))
    others = {key for key in keys if key not in old and _WORDS.search(key)}
    stands = any(keys[n : n + len(old)] == old for n in range(len(keys) - len(old) + 1))
    whole = bool(new) and keys[:1] != old[:1] and similar(new[0], keys[0])
    return stands and bool(old) and bool(others) and others.isdisjoint(new) and not whole


def is_framed(lines: Sequence[str], place: Place, info: str = "") -> bool:
    """It says that it is a patch: by the name of its block, by the marks of a conflict, or by the head of a hunk or file."""
    new = [line for line in lines if line.strip() not in place.keys]
    marked = any(_SEARCH.fullmatch(line.strip()) for line in new) and any(_REPLACE.fullmatch(line.strip()) for line in new)
    headed = any(_HUNK.fullmatch(line) or line.startswith(("*** Begin Patch", "+++ ")) for line in new)
    return info in _NAMES or marked or headed


def _removes_own(lines: Sequence[str], own: frozenset[str]) -> bool:
    """Lines with a minus are the user's, and there are some."""
    removed = [line[1:].strip() for line in lines if line.startswith("-")]
    return bool(removed) and all(text in own or not text for text in removed)


def _replacements(lines: Sequence[str]) -> Iterator[Hunk]:
    """SEARCH/REPLACE blocks and conflicts. What is around a conflict is in the file before and after."""
    hunk = Hunk()
    state = "around"
    for line in lines:
        text = line.strip()
        if state != "old" and _SEARCH.fullmatch(text):
            if hunk.old or hunk.new:
                yield hunk
            hunk, state = Hunk(), "old"
        elif state in ("old", "base") and _MIDDLE.fullmatch(text):
            state = "new"
        elif state == "old" and _BASE.fullmatch(text):
            state = "base"
        elif state == "new" and _REPLACE.fullmatch(text):
            state = "around"
        elif state == "old":
            hunk.old.append(line)
        elif state == "new":
            hunk.new.append(line)
    if state != "around":
        raise NoPatch
    if hunk.old or hunk.new:
        yield hunk


def _unified(lines: Sequence[str], place: Place) -> Iterator[Hunk]:
    hunk = Hunk()
    mark = "" if _lacks_blanks(lines, place) else " "
    for line in lines:
        if _HUNK.fullmatch(line) or _FRAME.fullmatch(line):
            if hunk.old or hunk.new:
                yield hunk
            hunk = Hunk()
        elif line.startswith("-"):
            hunk.old.append(line[1:])
        elif line.startswith("+"):
            hunk.new.append(line[1:])
        else:
            hunk.kept[len(hunk.new)] = len(hunk.old)
            hunk.old.append(line.removeprefix(mark))
            hunk.new.append(line.removeprefix(mark))
    if hunk.old or hunk.new:
        yield hunk


def _lacks_blanks(lines: Sequence[str], place: Place) -> bool:
    """The lines that a patch keeps are written without the blank before them: as they stand in the file."""
    kept = [line for line in lines if line.strip() and line[0] not in "+-@\\" and not _FRAME.fullmatch(line)]
    if any(not line[0].isspace() for line in kept):
        return True
    known = frozenset((*place.above, *place.old, *place.below))
    return bool(kept) and all(line.rstrip() in known for line in kept)


def applied(found: Sequence[Hunk], place: Place) -> list[str]:
    """The region after the patch. Raises `NoPatch`."""
    text = [*place.above, *place.old, *place.below]
    first, last = len(place.above), len(place.above) + len(place.old)
    for hunk in found:
        old, new, kept = _without_blank_ends(hunk)
        if not old:
            raise NoPatch
        start = _only_place(old, text)
        changed = list(_rewritten(old, new, kept, text[start : start + len(old)]))
        head = next((n for n in range(min(len(old), len(changed))) if text[start + n] != changed[n]), min(len(old), len(changed)))
        tail = 0
        while tail < min(len(old), len(changed)) - head and text[start + len(old) - 1 - tail] == changed[-1 - tail]:
            tail += 1
        if start + head < first or start + len(old) - tail > last:
            raise NoPatch
        text[start : start + len(old)] = changed
        last += len(changed) - len(old)
    return text[first:last]


def _without_blank_ends(hunk: Hunk) -> tuple[list[str], list[str], dict[int, int]]:
    """Blank lines at both ends on both sides say nothing."""
    old, new, kept = list(hunk.old), list(hunk.new), dict(hunk.kept)
    while old and new and not old[-1].strip() and not new[-1].strip():
        old.pop()
        new.pop()
        kept.pop(len(new), None)
    while old and new and not old[0].strip() and not new[0].strip():
        del old[0], new[0]
        kept = {a - 1: b - 1 for a, b in kept.items() if a and b}
    return old, new, kept


def _only_place(old: Sequence[str], text: Sequence[str]) -> int:
    """Where these lines stand: to the blank, else blanks around them aside; in one place only."""
    for key in (str.rstrip, str.strip):
        wanted, lines = [key(line) for line in old], [key(line) for line in text]
        places = [n for n in range(len(lines) - len(wanted) + 1) if lines[n : n + len(wanted)] == wanted]
        if len(places) == 1:
            return places[0]
        if places:
            raise NoPatch
    raise NoPatch


def _rewritten(old: Sequence[str], new: Sequence[str], kept: dict[int, int], real: Sequence[str]) -> Iterator[str]:
    """The new lines, moved as far as the patch's old lines have to be moved to be the real ones."""
    shifts = {width(b) - width(a) for a, b in zip(old, real, strict=True) if a.strip()}
    if len(shifts) > 1:
        raise NoPatch
    shift = shifts.pop() if shifts else 0
    for number, line in enumerate(new):
        if number in kept:
            yield real[kept[number]]
        elif not shift or not line.strip():
            yield line if line.strip() else ""
        else:
            tabs = any("\t" in indentation(text) for text in real)
            columns = max(0, width(line) + shift)
            yield ("\t" * (columns // 8) + " " * (columns % 8) if tabs else " " * columns) + line.lstrip()
