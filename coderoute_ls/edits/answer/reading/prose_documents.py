"""Documents of words: there the text itself is the answer, perhaps in one block around all of it; fences in it are content."""

import re
from collections.abc import Sequence
from itertools import pairwise

from coderoute_ls.edits.answer.reading.code_blocks import FENCE, Block, blocks, is_fence, unwrapped
from coderoute_ls.edits.answer.reading.code_candidates import Candidate
from coderoute_ls.edits.answer.reading.whole_text import without_numbers
from coderoute_ls.edits.answer.target_region import Place, without_blank_ends
from coderoute_ls.text import words

_NAMES = "markdown md text txt plaintext mdx rst restructuredtext tex latex org asciidoc adoc typst quarto qmd rmd"
_WRAPPERS = frozenset(_NAMES.split())
_GAPS = 2
"""Blank stretches in a region that is more than a paragraph under a title."""
_MARKUP = re.compile(r"^\s*(?:[#=*+|>:!\\-]|\d+[.)]\s)|[`<>{}\[\]]|\*\*|://")

_RULE = re.compile(r"(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,}")
_FIRST_SIGNS = re.compile(r"\\\w+|[#=*+>!-]+\s")
"""How a heading, a list or a command begins."""


def prose_candidates(lines: Sequence[str], place: Place) -> list[Candidate]:
    """What the answer may be: one text, or several of which it is not clear which is meant; none where its block is empty."""
    lines = without_blank_ends(lines)
    for longest in (True, False):
        found = blocks(lines, longest=longest)
        if longest and any(_holds_talk(block) for block in found):
            continue
        wrappers = [block for block in found if _is_wrapper(block, place)]
        if not wrappers:
            break
        if _is_content(wrappers[0], found, lines, place):
            break
        named = [block for block in wrappers if block.language]
        texts = {tuple(_inner(block, place)): None for block in (named or wrappers[:1])}
        if len(texts) > 1:
            texts.pop(tuple(place.old), None)
        return [Candidate(list(text)) for text in texts if text]
    return [Candidate(without_numbers(lines))]


def without_lead(lines: Sequence[str], place: Place) -> tuple[list[str], bool]:
    """The text without one line of talk above it, that ends in a colon, and without the rule below that; and whether words at its
    end may be talk, too. The line is talk where the region's first line comes next, or one that begins with the same signs."""
    said, old = ([n for n, line in enumerate(text) if line.strip()] for text in (lines, place.old))
    if len(said) < 2 or not old or place.surface != "replace":
        return list(lines), False
    lead, first = lines[said[0]].strip(), place.old[old[0]].strip()
    if not lead.endswith((":", "：")) or not lead[0].isalpha() or lead in place.keys or said[1] == said[0] + 1:
        return list(lines), False
    ruled = _RULE.fullmatch(lines[said[1]].strip()) is not None and not _RULE.fullmatch(first)
    at = said[1 + ruled] if len(said) > 1 + ruled else said[0]
    signs = _FIRST_SIGNS.match(first)
    alike = lines[at].strip() == first or (signs is not None and lines[at].strip().startswith(signs.group()))
    text = without_blank_ends(lines[at:])
    if at == said[0] or not alike or text == without_blank_ends(place.old):
        return list(lines), False
    return text, _ends_in_talk(text, place)


def _ends_in_talk(lines: Sequence[str], place: Place) -> bool:
    """The last line stands for itself, without markup, and has hardly a word of the region."""
    if len(lines) < 2 or lines[-2].strip() or _MARKUP.search(lines[-1]):
        return False
    return _says_other(lines[-1], "\n".join(place.old))


def _says_other(line: str, text: str) -> bool:
    """Less than a third of the line's words are in the text."""
    known = frozenset(word.casefold() for word in words(text))
    mine = [word.casefold() for word in words(line)]
    return 3 * sum(1 for word in mine if word in known) < len(mine)


def is_only_talk(lines: Sequence[str], place: Place) -> bool:
    """One line without markup, of which hardly a word is the region's or the user's, for a region of several paragraphs."""
    said, old = ([line for line in text if line.strip()] for text in (lines, place.old))
    gaps = sum(1 for one, other in pairwise(without_blank_ends(place.old)) if not one.strip() and other.strip())
    if place.surface != "replace" or len(said) != 1 or gaps < _GAPS or _MARKUP.search(said[0]):
        return False
    return _says_other(said[0], "\n".join((*old, place.instruction)))


def _inner(block: Block, place: Place) -> list[str]:
    """The block's text, or that of the wrapper that is all of it."""
    inner = unwrapped(block)
    return without_numbers(without_blank_ends((inner if inner is block or _is_wrapper(inner, place) else block).lines))


def _holds_talk(block: Block) -> bool:
    """What looks like a bare block in it begins and ends with a blank line: it is talk between two blocks."""
    fences = [(n, found) for n, line in enumerate(block.lines) if (found := FENCE.fullmatch(line))]
    return any(
        b > a + 2 and not block.lines[a + 1].strip() and not block.lines[b - 1].strip()
        for (a, opening), (b, closing) in pairwise(fences)
        if not opening["info"].strip() and not closing["info"].strip()
    )


def _is_wrapper(block: Block, place: Place) -> bool:
    """A block that names a language of words, or none."""
    return block.language in _WRAPPERS or block.language in (place.language.lower(), "")


def _is_content(block: Block, found: Sequence[Block], lines: Sequence[str], place: Place) -> bool:
    """Whether the fence belongs to the document: the region has it, or the answer has text of the region outside of the block."""
    own = [line.strip() for line in place.old if is_fence(line)]
    first = next((line.strip() for line in place.old if line.strip()), "")
    if block.fence in own and (block.language not in _WRAPPERS or first == block.fence):
        outside = _shared([*lines[: block.before], *lines[len(lines) - block.after :]], place)
        inside = _shared(block.lines, place)
        return first == block.fence or outside >= inside
    if block.language in _WRAPPERS and block.language:
        return False
    outside = _shared([*lines[: block.before], *lines[len(lines) - block.after :]], place) if block.closed else 0
    return outside > _shared(block.lines, place) or (len(found) > 1 and bool(own))


def _shared(lines: Sequence[str], place: Place) -> int:
    return sum(1 for line in lines if line.strip() and line.strip() in place.keys and not is_fence(line))
