"""Whether lines that no fence marks are code for a region."""

import re
from collections.abc import Sequence

from coderoute_ls import syntax
from coderoute_ls.edits.answer.lines.partial_line_selection import selected_lines, whole_lines
from coderoute_ls.edits.answer.lines.reindentation import indented
from coderoute_ls.edits.answer.lines.repeated_below import Outside
from coderoute_ls.edits.answer.lines.repeated_surroundings import trimmed
from coderoute_ls.edits.answer.lines.similar_lines import lead, similar
from coderoute_ls.edits.answer.reading.json_members import members_alone
from coderoute_ls.edits.answer.target_region import Place
from coderoute_ls.syntax.code_or_prose import has_signs, is_code, reads_as_code
from coderoute_ls.syntax.prose_and_markup import is_markup
from coderoute_ls.text import words

_FEW = 40
"""Lines of an answer that are compared with the region's one by one."""
_STATEMENT = re.compile(r"^[ \t]*+[\w.]++(?: [\w.]++)?(?:\(| = )", re.MULTILINE)
"""A call, a definition or an assignment: more than bare words."""
_TAG = re.compile(r"\s*<[a-z][a-z0-9-]*[\s/>]")


def code_alone(lines: Sequence[str], place: Place) -> bool:
    """Whether lines that no fence marks are code for this region: the grammar finds nothing wrong with them there, and they
    have something in common with it; without a grammar that knows words, they share most of their lines with it."""
    text = "\n".join(lines)
    if place.prose:
        return True
    if members := members_alone(lines, place):
        lines = members
        text = "\n".join(lines)
    if place.selection and (reads_as_code(place.language, text) or similar(text, "\n".join(selected_lines(place)))):
        lines = whole_lines(lines, place) or lines
        text = "\n".join(lines)
    if not place.knows_words:
        own = _own(lines, place)
        return (_is_like(own, place) or _defines_same(own, place)) and is_code(place.language, text, place.near)
    ready = list(lines)
    if place.breaks(ready):
        ready = roughly_indented(lines, place)
        if place.breaks(ready):
            ready = roughly_indented(_own(lines, place), place)
            if place.breaks(ready):
                return False
    if not _STATEMENT.search(text):
        parsed = syntax.tree(place.language, text)
        if parsed is not None and not parsed.has_error and not has_signs(parsed):
            return False
    shared = any(line.strip() in place.keys and len(line.strip()) > 1 for line in lines)
    return shared or not place.old or _alike(lines, ready, place)


def _is_like(lines: Sequence[str], place: Place) -> bool:
    """Half of the lines are the region's, unchanged or changed; or the first of several is."""
    old, new = ([line for line in text if len(line.strip()) > 1] for text in (place.old, lines))
    if len(new) > _FEW:
        return 2 * sum(line.strip() in place.keys for line in new) >= min(len(old), len(new))
    shared = [line for line in new if any(similar(line, text) or _sets_same(line, text) for text in old)]
    if is_markup(place.language) and new and _TAG.match(new[0]) and new[-1].rstrip().endswith(">"):
        return True
    begins = len(new) > 1 and bool(old) and similar(new[0], old[0]) and new[0] in shared
    return begins or (bool(shared) and 2 * len(shared) >= min(len(old), len(new)))


def _sets_same(line: str, text: str) -> bool:
    """The two are one line with a word before it, or set or name the same by the same sign, and one is as whole as the other."""
    line, text = line.strip(), text.strip()
    said = lead(line)
    return line[-1:] == text[-1:] and (line.endswith(f" {text}") or (said is not None and said[1] != "" and said == lead(text)))


def _defines_same(lines: Sequence[str], place: Place) -> bool:
    """The region's definition, by name, in a file that still parses."""
    ready = roughly_indented(lines, place)
    names = {one.name for one in place.definitions_before}
    return bool(names) and any(one.name in names for one in place.definitions(ready)) and not place.breaks(ready)


def _own(lines: Sequence[str], place: Place) -> list[str]:
    """The lines without those that are around the region already."""
    try:
        return trimmed(lines, place).lines
    except Outside:
        return list(lines)


def _alike(lines: Sequence[str], ready: Sequence[str], place: Place) -> bool:
    """The same definition, or the same kind of statements."""
    mine, theirs = place.definitions(ready), place.definitions_before
    if theirs:
        return any(one.kind == other.kind for one in mine for other in theirs)
    before, now = (_kinds(text, place) for text in (place.old, lines))
    return bool(before & now) or bool(frozenset(words("\n".join(lines))) & frozenset(words("\n".join(place.old))))


def _kinds(lines: Sequence[str], place: Place) -> frozenset[str]:
    parsed = syntax.tree(place.language, "\n".join(lines))
    if parsed is None:
        return frozenset()
    return frozenset(child.kind for child in parsed.root.named_children if child.kind not in ("ERROR", "expression_statement"))


def roughly_indented(lines: Sequence[str], place: Place) -> list[str]:
    """The lines as they would be in the region, whatever they leave out."""
    return indented(lines, place)
