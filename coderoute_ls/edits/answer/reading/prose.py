"""Documents of words: there the text itself is the answer, perhaps in one block around all of it; fences in it are content."""

from collections.abc import Iterator, Sequence

from coderoute_ls.edits.answer.place import Place, without_blank_ends
from coderoute_ls.edits.answer.reading.blocks import Block, blocks, is_fence
from coderoute_ls.edits.answer.reading.candidates import Candidate

_NAMES = "markdown md text txt plaintext mdx rst restructuredtext tex latex org asciidoc adoc typst quarto qmd rmd"
_WRAPPERS = frozenset(_NAMES.split())


def prose_candidates(lines: Sequence[str], place: Place) -> Iterator[Candidate]:
    """The likeliest first; there is always one."""
    lines = without_blank_ends(lines)
    found = blocks(lines, longest=True)
    whole = Candidate(list(lines))
    if not found:
        yield whole
        return
    outer = next((block for block in found if _is_wrapper(block, place)), None)
    if outer is not None and not _is_content(outer, found, lines, place):
        yield Candidate(without_blank_ends(outer.lines))
        return
    yield whole


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
