"""What of an answer may be meant for the region: its blocks, all blocks together, or text without a fence around it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from coderoute_ls import syntax
from coderoute_ls.edits.answer.lines.elision import Strength, strength
from coderoute_ls.edits.answer.lines.multiline_strings import inside_text
from coderoute_ls.edits.answer.reading.answer_wrappers import without_prompts
from coderoute_ls.edits.answer.reading.code_blocks import Block, blocks, fences_in, is_fence, unwrapped
from coderoute_ls.edits.answer.reading.unfenced_code import code_alone, roughly_indented
from coderoute_ls.edits.answer.reading.whole_text import without_numbers
from coderoute_ls.edits.answer.target_region import Place, without_blank_ends
from coderoute_ls.syntax.code_or_prose import has_signs, is_sentence
from coderoute_ls.text import words

_TRIES = 24
_INLINE = re.compile(r"`[^`]*`")
_LIST = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+")
_OPENS_STRING = re.compile(r"[\"'`]|/[*]|<!--|[{]-|[(][*]|--\[|<[#<]|#\||^=\w", re.MULTILINE)
"""What a string or comment of several lines may begin with."""
_CODE = re.compile(r"[=(){}\[\];|<>$@\\]")
_STARTS_A_SENTENCE = re.compile(r"[^\W\d_][a-zà-ÿа-я']*+ [^\W\d_]+ \S")
"""Three words, the first of which has no capitals inside; that it begins with one is looked at, too."""
_SHELLS = frozenset({"sh", "bash", "shell", "console", "shellsession", "zsh", "text", "txt", "output", "plaintext", "diff"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """Lines that may be the answer. ``bare``: no fence says that they are code."""

    lines: list[str]
    bare: bool = False
    info: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read an answer: candidates of which one should fit, then their join."""

    single: list[Candidate]
    joined: list[Candidate]


def readings(lines: Sequence[str], place: Place) -> Iterator[Reading]:
    """The ways to read it, the likelier first: a fence inside of a block is content where it may be."""
    seen: list[list[Candidate]] = []
    fences = fences_in(lines)
    if fences and _is_code_with_fences(lines, place):
        yield Reading([Candidate(without_blank_ends(lines), bare=True)], [])
        return
    for longest in (True, False):
        found = [unwrapped(block) for block in blocks(lines, longest=longest, fences=fences)]
        found = _in_language([block for block in found if any(line.strip() for line in block.lines)], place)
        if not found:
            break
        if longest and not all(_may_hold_fences(block, place) for block in found):
            continue
        single = [_candidate(block, place) for block in found]
        single = [candidate for candidate in single if candidate.lines]
        if single and single not in seen:
            seen.append(single)
            yield Reading(single, _joined(single))
        if len(fences) < 3 and seen:
            break  # of one block there is one reading
    if not seen and (bare := _bare(lines, place)):
        yield Reading([Candidate(text, bare=True) for text in bare], [])


def _in_language(found: list[Block], place: Place) -> list[Block]:
    """Without blocks that name another language, where one names the region's."""
    own = syntax.grammar_of(place.language)
    names = [syntax.grammar_of(block.language) for block in found]
    if own is None or own not in names:
        return found
    return [block for block, name in zip(found, names, strict=True) if name == own or not (name or block.language in _SHELLS)]


def _is_code_with_fences(lines: Sequence[str], place: Place) -> bool:
    """Code that no fence marks, with fences in its comments and strings."""
    text = without_blank_ends(lines)
    first = next((n for n, line in enumerate(text[:-1]) if is_fence(line)), 0)
    if not place.knows_words or not first or not _OPENS_STRING.search("\n".join(text[:first])):
        return False
    return _holds_fences(text, place) and not is_sentence(text[0], place.names) and code_alone(text, place)


def _candidate(block: Block, place: Place) -> Candidate:
    lines = without_blank_ends(block.lines)
    if not block.info and len(lines) > 1 and _names_language(lines[0], place):
        lines = without_blank_ends(lines[1:])
    lines = without_prompts(without_numbers(lines, alone=True), place.language, place.keys)
    if block.closed:
        return Candidate(lines, info=block.language)
    # The model did not close it: words may have followed.
    options = _bare(lines, place)
    return Candidate(options[0] if options else [], info=block.language)


def _may_hold_fences(block: Block, place: Place) -> bool:
    """A block with fences in it: they are the region's own, or the grammar finds nothing wrong with them."""
    inner = [fence.text for fence in fences_in(block.lines) if is_fence(fence.text)]
    if not inner or all(line.strip() in place.keys for line in inner):
        return True
    text = without_blank_ends(block.lines)
    return place.knows_words and _holds_fences(text, place) and not place.breaks(roughly_indented(text, place))


def _holds_fences(lines: Sequence[str], place: Place) -> bool:
    """Every fence is inside of a string or a comment: where a backtick is a quote, a parser takes a fence for a string."""
    inside = inside_text(place.language, lines)
    return all(n in inside for n, line in enumerate(lines) if is_fence(line))


def _joined(single: Sequence[Candidate]) -> list[Candidate]:
    """All blocks as one text, as they come and with a blank line between them."""
    if len(single) < 2:
        return []
    parts = [candidate.lines for candidate in single if candidate.info not in _SHELLS or len({c.info for c in single}) == 1]
    return [Candidate([line for part in parts for line in part])]


def _bare(lines: Sequence[str], place: Place) -> list[list[str]]:
    """Text without a fence, or the part of it that is code: paragraphs of words above and below it go."""
    if fences_in(lines):
        lines = [line for line in lines if not is_fence(line) or line.strip() in place.keys]
    lines = without_blank_ends(lines)
    if len(lines) > 1 and _names_language(lines[0], place):
        lines = without_blank_ends(lines[1:])
    paragraphs = _paragraphs(lines, place)
    if not paragraphs:
        return []
    tries = 0
    for first, last in _spans(len(paragraphs)):
        begin, end = paragraphs[first][0], paragraphs[last - 1][1]
        if any(_said(without_blank_ends(lines[a:b]), place) for a, b in {paragraphs[first], paragraphs[last - 1]}):
            continue
        text = without_blank_ends(lines[begin:end])
        tries += 1
        if tries > _TRIES:
            return []
        if code_alone(text, place):
            return [without_numbers(text)] if len(text) == len(lines) or _is_most(text, lines, place) else []
    return []


def _is_most(text: Sequence[str], lines: Sequence[str], place: Place) -> bool:
    """The paragraphs that go have no more of the region's lines than those that stay: they are words, not broken code."""
    own = [sum(len(line.strip()) > 1 and line.strip() in place.keys for line in part) for part in (text, lines)]
    return 2 * own[0] >= own[1]


def _names_language(line: str, place: Place) -> bool:
    """The line is what an opening fence says, without the fence."""
    name = line.strip().lower()
    own = syntax.grammar_of(place.language)
    same = name in (place.language, place.document.language) or (own is not None and syntax.grammar_of(name) == own)
    return same and line.strip() not in place.keys


def _spans(count: int) -> Iterator[tuple[int, int]]:
    """Runs of paragraphs, long ones first; of equally long ones, those that begin the text."""
    for size in range(count, 0, -1):
        for first in range(min(count - size + 1, 4)):
            yield first, first + size


def _paragraphs(lines: Sequence[str], place: Place) -> list[tuple[int, int]]:
    """First lines and ends: split at blank lines, and between code and a line of words. What is indented belongs to what is
    above it."""
    starts: list[int] = []
    fresh = True
    names = place.names
    said: bool | None = None
    for number, line in enumerate(lines):
        if not line.strip():
            fresh = True
            continue
        if line[:1].isspace() and not fresh and not said:
            said = False
            continue
        before, said = said, not line[:1].isspace() and line.strip() not in place.keys and _is_talk(line, names)
        if (fresh or (before is not None and before != said)) and (
            not starts or not line[:1].isspace() or before or _wordy(lines[starts[-1] : number], names, place)
        ):
            starts.append(number)
        fresh = False
    return list(pairwise([*starts, len(lines)])) if starts else []


def _is_talk(line: str, names: frozenset[str]) -> bool:
    """A sentence that begins with a word of its own, and has nothing in it that code is made of: not code with words after it."""
    first = next(words(line), "")
    bare = _INLINE.sub("", line)
    return first not in names and not _CODE.search(bare) and is_sentence(line, names)


def _said(paragraph: Sequence[str], place: Place) -> bool:
    """A paragraph at an end of the answer that is words, or a new comment that stands for itself."""
    if any(line.strip() in place.keys for line in paragraph):
        return False
    if all(strength(line, place.language) is not Strength.NONE for line in paragraph) and place.old:
        return True
    names = place.names
    if _wordy(paragraph, names, place) or (place.knows_words and all(_LIST.match(line) for line in paragraph)):
        return True
    if place.knows_words and _is_statement(paragraph, place) and not place.breaks([*place.old, *paragraph]):
        return False
    if not place.knows_words and len(paragraph) == 1 and paragraph[0][:1].isupper() and _STARTS_A_SENTENCE.match(paragraph[0]):
        return not _CODE.search(_INLINE.sub("", paragraph[0]))
    return any(is_sentence(line, names) for line in paragraph)


def _wordy(lines: Sequence[str], names: frozenset[str], place: Place) -> bool:
    """Words that are not known, and nothing that code is made of."""
    said: list[str] = []
    for line in lines:
        bare = _LIST.sub("", line)
        if strength(line, place.language) is not Strength.NONE:
            continue
        if _CODE.search(bare) or not names.isdisjoint(words(bare)):
            return False
        said.append(bare)
    return any(next(words(line), "") for line in said) and not (place.knows_words and _is_statement(said, place))


def _is_statement(lines: Sequence[str], place: Place) -> bool:
    """Lines that parse by themselves as more than bare words, or as words after a label."""
    parsed = syntax.tree(place.language, "\n".join(lines))
    if parsed is None or parsed.has_error or not has_signs(parsed):
        return False
    return all(child.kind != "labeled_statement" for child in parsed.root.named_children)
