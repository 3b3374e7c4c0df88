"""Documents of words: there the text itself is the answer, perhaps in one block around all of it; fences in it are content."""

from collections.abc import Sequence
from itertools import pairwise

from coderoute_ls.edits.answer.reading.code_blocks import FENCE, Block, blocks, is_fence, unwrapped
from coderoute_ls.edits.answer.reading.code_candidates import Candidate
from coderoute_ls.edits.answer.reading.whole_text import without_numbers
from coderoute_ls.edits.answer.target_region import Place, without_blank_ends

_NAMES = "markdown md text txt plaintext mdx rst restructuredtext tex latex org asciidoc adoc typst quarto qmd rmd"
_WRAPPERS = frozenset(_NAMES.split())


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
    return [Candidate(without_numbers(lines), bare=True)]


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
