"""From a whole answer to the new lines of a region, or the sentence why it does not fit. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from coderoute_ls.edits.answer.checks.early_end import CUT
from coderoute_ls.edits.answer.checks.final_check import BREAKS, objection
from coderoute_ls.edits.answer.doc_comment import NO_COMMENT, documentation
from coderoute_ls.edits.answer.lines import partial_answer
from coderoute_ls.edits.answer.lines.elision import Ambiguous, Filled, filled, is_only_remarks, markers, says_rest
from coderoute_ls.edits.answer.lines.partial_line_selection import whole_lines
from coderoute_ls.edits.answer.lines.reindentation import indented
from coderoute_ls.edits.answer.lines.repeated_below import Outside
from coderoute_ls.edits.answer.lines.repeated_surroundings import trimmed
from coderoute_ls.edits.answer.lines.usage_example import without_usage_example
from coderoute_ls.edits.answer.patch import Hunk, NoPatch, applied, before_and_after, hunks, is_framed
from coderoute_ls.edits.answer.python_functions import is_cut_off, misses_names
from coderoute_ls.edits.answer.reading.answer_wrappers import escapes_code, is_escaped, is_json, unescaped
from coderoute_ls.edits.answer.reading.code_blocks import blocks
from coderoute_ls.edits.answer.reading.code_candidates import Candidate, Reading, readings
from coderoute_ls.edits.answer.reading.prose_documents import is_only_talk, prose_candidates, without_lead
from coderoute_ls.edits.answer.reading.region_language import is_broken_code, is_code_for, is_foreign
from coderoute_ls.edits.answer.reading.whole_text import whole_text
from coderoute_ls.edits.answer.remarks import remarks
from coderoute_ls.edits.answer.target_region import Place, without_blank_ends
from coderoute_ls.edits.three_way_merge import merged
from coderoute_ls.syntax.prose_and_markup import is_markup
from coderoute_ls.text import with_endings, words

EMPTY = "The model gave an empty answer."
THOUGHT = "The model's answer is only reasoning that never ends."
WORDS = "The model answered with words instead of code."
TALK = "The answer is one line that says nothing of what the region says."
AROUND = "The answer has words around the text, and it is not clear where the text ends."
LEAD = "A line above the text, which leads to it, was left out of the answer."
ELIDED = "The answer leaves lines out, and it is not clear which."
OUTSIDE = "The answer also changes lines outside of the region."
PART = "The answer may be meant for a part of the region, and it is not clear for which."
SEVERAL = "The answer has several code blocks, and it is not clear which of them is meant."
PATCH = "The answer is a patch that does not apply to the region."
FOREIGN = "The answer is in another language than the region."
CHOSEN = "The answer has another version, too; the one that is most like the region was taken."
EXAMPLE = "An example of use below the definition was left out of the answer."
SELECTED = "It is not clear whether the answer is for the selected part or for the whole line."


@dataclass(frozen=True, slots=True)
class Fit:
    """What becomes of an answer. ``lines`` are the region's new lines, without endings; None when it is refused, for
    ``problem``."""

    lines: list[str] | None
    problem: str = ""
    notes: tuple[str, ...] = ()
    """What was taken out, or what the answer does that the user may not expect."""


@dataclass(frozen=True, slots=True)
class _Tried:
    """One candidate's lines in the region, or why not. ``whole``: it is meant for all of the region."""

    lines: list[str] | None
    problem: str = ""
    whole: bool = True
    notes: tuple[str, ...] = ()


def fit(answer: str, place: Place) -> Fit:
    """The whole answer of a model that ended well."""
    text = whole_text(answer, "\n".join(place.old), place.near, place.language, prose=place.prose)
    lines = without_blank_ends(text.lines)
    if not lines:
        return Fit(None, THOUGHT if text.thinking else EMPTY)
    if place.surface == "insert":
        tried = _documented(lines, place)
    elif place.prose:
        tried = _prose(lines, place)
    else:
        tried = _code(lines, place)
    return Fit(tried.lines, tried.problem, (*text.notes, *tried.notes, *remarks(tried.lines, place)))


def _code(lines: list[str], place: Place) -> _Tried:
    """An answer for code, as it is; else, where it is written as HTML text, as a page shows it."""
    if is_markup(place.language) or not is_escaped(lines, place.near):
        return _read(lines, place)
    as_it_is = place.knows_words and not escapes_code(lines, place.near, place.language)
    if as_it_is and (tried := _read(lines, place)).lines is not None:
        return tried
    return _read(unescaped(lines), place)


def _read(lines: list[str], place: Place) -> _Tried:
    found = list(readings(lines, place))
    return _patched(lines, found, place) or _best(lines, found, place)


def as_it_is(answer: str, place: Place) -> Fit:
    """An answer that is known to be the region's text."""
    lines = without_blank_ends(with_endings(answer, "\n").split("\n"))
    if not lines:
        return Fit(None, EMPTY)
    found = documentation(lines, place) if place.surface == "insert" else None
    return Fit(found or lines)


def _patched(lines: list[str], found: Sequence[Reading], place: Place) -> _Tried | None:
    """A patch, bare or in a block. None when it is none."""
    texts = [(candidate.lines, candidate.info) for reading in found[:1] for candidate in reading.single if not candidate.bare]
    if place.prose:
        texts = [(list(block.lines), block.language) for block in blocks(lines, longest=False) if block.fence not in place.keys]
    for text, info in texts or [(lines, "")]:
        try:
            if not (changes := hunks(text, place, info)) or (place.prose and not is_framed(text, place, info)):
                continue
        except NoPatch:
            return _Tried(None, PATCH)
        return _with(changes, place, PATCH)
    return _exchanged([text for text, _ in texts], place)


def _exchanged(texts: Sequence[Sequence[str]], place: Place) -> _Tried | None:
    """Blocks that show what stands there, each with what is to stand there instead. None when they do not."""
    changes = [] if place.prose or place.surface != "replace" else before_and_after(texts, place)
    if not changes:
        return None
    return _with(changes, place, SEVERAL)


def _with(changes: Sequence[Hunk], place: Place, unclear: str) -> _Tried:
    """The region with these changes; ``unclear``: what is said where one of them has no place."""
    try:
        result = applied(changes, place)
    except NoPatch:
        return _Tried(None, unclear)
    problem = objection(result, place)
    return _Tried(None if problem else result, problem)


def _best(lines: Sequence[str], found: Sequence[Reading], place: Place) -> _Tried:
    """The one block that fits as a whole; else all together; else the one that fits as a part."""
    refused = _Tried(None, WORDS if found or not is_broken_code(lines, place) else BREAKS)
    for reading in found:
        whole = [(candidate, _tried(candidate, place)) for candidate in reading.single]
        chosen = _one([(candidate, tried) for candidate, tried in whole if tried.lines is not None and tried.whole], place)
        if chosen is not None:
            return replace(chosen, notes=(*chosen.notes, CHOSEN)) if _has_versions(whole, chosen, place) else chosen
        for candidate in reading.joined:
            if (tried := _tried(candidate, place)).lines is not None and tried.whole:
                return tried
        parts = [tried.lines for _, tried in whole if tried.lines is not None]
        if parts:
            # Of what else is like the region it is not told whether the part is to stand there instead, or below.
            unclear = len(whole) > 1 and any(
                _is_shown(candidate, place) or (tried.lines is None and not _is_use(candidate, place))
                for candidate, tried in whole
            )
            return _Tried(None, SEVERAL) if unclear else _together(parts, place)
        if refused.problem == WORDS and whole:
            refused = whole[0][1] if len(whole) == 1 else _Tried(None, next((t.problem for _, t in whole if t.problem), SEVERAL))
    return refused


def _has_versions(whole: Sequence[tuple[Candidate, _Tried]], chosen: _Tried, place: Place) -> bool:
    """Whether another block is a version of what was taken: it defines the same, and it is not what stands there."""
    if chosen.lines is None or len(whole) < 2:
        return False
    names = {one.name for one in place.definitions(chosen.lines)}
    return any(
        tried.lines not in (chosen.lines, place.old)
        and not _is_shown(candidate, place)
        and not names.isdisjoint(one.name for one in place.definitions(candidate.lines))
        for candidate, tried in whole
    )


def _together(parts: Sequence[list[str]], place: Place) -> _Tried:
    """The region with all its parts changed."""
    result = parts[0]
    for part in parts[1:]:
        result, clean = merged(place.old, result, part)
        if not clean:
            return _Tried(None, SEVERAL)
    problem = objection(result, place) if len(parts) > 1 else ""
    return _Tried(None if problem else result, problem, whole=False)


def _one(fitting: Sequence[tuple[Candidate, _Tried]], place: Place) -> _Tried | None:
    """Of several blocks that fit: the one that is not just the old text, and that has clearly the most in common with the
    region."""
    changed = {tuple(tried.lines or ()): (candidate, tried) for candidate, tried in fitting}
    if len(changed) > 1:
        changed.pop(tuple(place.old), None)
    if not changed:
        return None
    if len(changed) == 1:
        return next(iter(changed.values()))[1]
    scores = sorted(((_common(candidate.lines, place), n) for n, (candidate, _) in enumerate(changed.values())), reverse=True)
    (best, index), (second, _) = scores[0], scores[1]
    if best >= 2 * second + 1:
        return list(changed.values())[index][1]
    return _Tried(None, SEVERAL)


def _is_shown(candidate: Candidate, place: Place) -> bool:
    """Every line is the region's: the block only shows some of it."""
    return all(line.strip() in place.keys for line in candidate.lines if line.strip())


def _is_use(candidate: Candidate, place: Place) -> bool:
    """The block has no line of the region, and uses what the region defines: an example."""
    said = frozenset(word for line in candidate.lines for word in words(line))
    return not _common(candidate.lines, place) and any(one.name in said for one in place.definitions_before)


def _common(lines: Sequence[str], place: Place) -> int:
    return sum(1 for line in lines if line.strip() in place.keys and len(line.strip()) > 1)


def _prose(lines: list[str], place: Place) -> _Tried:
    """An answer for a document of words: a patch, where it is named so or framed as one; else the text itself."""
    if (patched := _patched(lines, [], place)) is not None:
        return patched
    found = prose_candidates(lines, place)
    if len(found) != 1:
        return _Tried(None, SEVERAL if found else EMPTY)
    if is_only_talk(found[0].lines, place):
        return _Tried(None, TALK)
    text, ends_in_talk = without_lead(found[0].lines, place)
    if ends_in_talk:
        return _Tried(None, AROUND)
    tried = _tried(replace(found[0], lines=text), place)
    return tried if len(text) == len(found[0].lines) else replace(tried, notes=(*tried.notes, LEAD))


def _tried(candidate: Candidate, place: Place) -> _Tried:
    """One candidate: as the whole region, else as a part of it."""
    selected = whole_lines(candidate.lines, place)
    if selected is None:
        return _Tried(None, SELECTED)
    if not place.prose and not candidate.bare and not is_code_for(selected, place):
        return _Tried(None, WORDS)
    if not place.prose and is_only_remarks(selected, place.old):
        return _Tried(None, ELIDED)
    if is_foreign(candidate, place) or (not place.prose and is_json(candidate.lines, place.old)):
        return _Tried(None, FOREIGN)
    notes: tuple[str, ...] = ()
    try:
        new = trimmed(selected, place).lines
        if not place.prose:
            new, example = without_usage_example(new, place)
            notes = (EXAMPLE,) if example else ()
        whole = filled(new, place.old, place.language) if place.surface == "replace" else Filled(new)
    except Outside:
        return _Tried(None, OUTSIDE)
    except Ambiguous:
        found = partial_answer.members(trimmed(selected, place).lines, place)
        return _Tried(None, ELIDED) if not found or objection(found, place) else _Tried(found)
    elided = bool(whole.kept)
    result = indented(whole.lines, place, whole.kept)
    problem = objection(result, place)
    if not problem and not elided and place.surface != "replace" and markers(new, place.keys, place.language):
        problem = ELIDED
    if not problem and place.prose and not elided and markers(selected, place.keys, place.language):
        problem = ELIDED
    if not problem and not place.prose and says_rest(result, place.old, place.language):
        problem = ELIDED
    if place.prose and not problem and not elided and partial_answer.is_one_of_the_lines(new, place):
        problem = PART
    if place.prose or elided or not place.old or problem == CUT:
        return _Tried(None if problem else result, problem, notes=notes)
    early = not problem and (partial_answer.stops_early(new, place) or _is_cut_off(result, place))
    if not problem and not early:
        return _Tried(result, notes=notes)
    if not early:
        return replace(_as_part(new, place, problem), notes=notes)
    part = partial_answer.placed(new, place)
    return _Tried(part, whole=False, notes=notes) if part and not objection(part, place) else _Tried(None, PART)


def _is_cut_off(result: Sequence[str], place: Place) -> bool:
    asked = partial_answer.wants_less(place) or "return" in place.instruction
    return place.language == "python" and not asked and is_cut_off(result, place.old)


def _as_part(new: Sequence[str], place: Place, problem: str) -> _Tried:
    """The one region that a part can be meant for."""
    found = {tuple(lines) for lines in partial_answer.readings(new, place) if not objection(lines, place)}
    good = {lines for lines in found if place.language != "python" or not misses_names(lines, place.old)}
    if len(good) == 1:
        return _Tried(list(good.pop()), whole=False)
    return _Tried(None, PART if found else problem)


def _documented(lines: Sequence[str], place: Place) -> _Tried:
    found = documentation(lines, place)
    if found is None:
        return _Tried(None, NO_COMMENT)
    problem = objection(found, place)
    return _Tried(None if problem else found, problem)
