"""From a whole answer to the new lines of a region, or the sentence why it does not fit. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from coderoute_ls.edits.answer.checks.final_check import BREAKS, objection
from coderoute_ls.edits.answer.doc_comment import NO_COMMENT, documentation
from coderoute_ls.edits.answer.fitted_candidate import Tried, tried_in
from coderoute_ls.edits.answer.lines.partial_line_selection import selected_lines
from coderoute_ls.edits.answer.patch import Hunk, NoPatch, applied, before_and_after, hunks, is_framed
from coderoute_ls.edits.answer.reading.code_blocks import blocks
from coderoute_ls.edits.answer.reading.code_candidates import Candidate, Reading, readings
from coderoute_ls.edits.answer.reading.html_entities import as_shown
from coderoute_ls.edits.answer.reading.prose_documents import prose_candidates
from coderoute_ls.edits.answer.reading.region_language import is_broken_code
from coderoute_ls.edits.answer.reading.remarks_around_text import has_remarks, is_only_talk, without_lead
from coderoute_ls.edits.answer.reading.whole_text import whole_text
from coderoute_ls.edits.answer.refusals import (
    AROUND,
    CHOSEN,
    EMPTY,
    ESCAPED,
    LEAD,
    PATCH,
    SEVERAL,
    TALK,
    THOUGHT,
    WORDS,
)
from coderoute_ls.edits.answer.remarks import remarks
from coderoute_ls.edits.answer.target_region import Place, without_blank_ends
from coderoute_ls.edits.three_way_merge import merged
from coderoute_ls.text import with_endings, words


@dataclass(frozen=True, slots=True)
class Fit:
    """What becomes of an answer. ``lines`` are the region's new lines, without endings; None when it is refused, for
    ``problem``."""

    lines: list[str] | None
    problem: str = ""
    notes: tuple[str, ...] = ()
    """What was taken out, or what the answer does that the user may not expect."""


def fit(answer: str, place: Place) -> Fit:
    """The whole answer of a model that ended well."""
    own, selected = ("\n".join(lines) for lines in (place.old, selected_lines(place)))
    text = whole_text(answer, own, place.near, place.language, prose=place.prose, selected=selected)
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


def _code(lines: list[str], place: Place) -> Tried:
    """An answer for code; where it is written as HTML text, as a page shows it."""
    tried = Tried(None, ESCAPED)
    for text in as_shown(lines, place):
        if (tried := _read(text, place)).lines is not None:
            break
    return tried


def _read(lines: list[str], place: Place) -> Tried:
    found = list(readings(lines, place))
    return _patched(lines, found, place) or _best(lines, found, place)


def as_it_is(answer: str, place: Place) -> Fit:
    """An answer that is known to be the region's text."""
    lines = without_blank_ends(with_endings(answer, "\n").split("\n"))
    if not lines:
        return Fit(None, EMPTY)
    found = documentation(lines, place) if place.surface == "insert" else None
    return Fit(found or lines)


def _patched(lines: list[str], found: Sequence[Reading], place: Place) -> Tried | None:
    """A patch, bare or in a block. None when it is none."""
    texts = [(candidate.lines, candidate.info) for reading in found[:1] for candidate in reading.single if not candidate.bare]
    if place.prose:
        texts = [(list(block.lines), block.language) for block in blocks(lines, longest=False) if block.fence not in place.keys]
    for text, info in texts or [(lines, "")]:
        try:
            if not (changes := hunks(text, place, info)) or (place.prose and not is_framed(text, place, info)):
                continue
        except NoPatch:
            return Tried(None, PATCH)
        return _with(changes, place, PATCH)
    return _exchanged([text for text, _ in texts], place)


def _exchanged(texts: Sequence[Sequence[str]], place: Place) -> Tried | None:
    """Blocks that show what stands there, each with what is to stand there instead. None when they do not."""
    changes = [] if place.prose or place.surface != "replace" else before_and_after(texts, place)
    if not changes:
        return None
    return _with(changes, place, SEVERAL)


def _with(changes: Sequence[Hunk], place: Place, unclear: str) -> Tried:
    """The region with these changes; ``unclear``: what is said where one of them has no place."""
    try:
        result = applied(changes, place)
    except NoPatch:
        return Tried(None, unclear)
    problem = objection(result, place)
    return Tried(None if problem else result, problem)


def _best(lines: Sequence[str], found: Sequence[Reading], place: Place) -> Tried:
    """The one block that fits as a whole; else all together; else the one that fits as a part."""
    refused = Tried(None, WORDS if found or not is_broken_code(lines, place) else BREAKS)
    for reading in found:
        whole = [(candidate, tried_in(candidate, place)) for candidate in reading.single]
        chosen = _one([(candidate, tried) for candidate, tried in whole if tried.lines is not None and tried.whole], place)
        if chosen is not None:
            return replace(chosen, notes=(*chosen.notes, CHOSEN)) if _has_versions(whole, chosen, place) else chosen
        for candidate in reading.joined:
            if (tried := tried_in(candidate, place)).lines is not None and tried.whole:
                return tried
        parts = [tried.lines for _, tried in whole if tried.lines is not None]
        if parts:
            # Of what else is like the region it is not told whether the part is to stand there instead, or below.
            unclear = len(whole) > 1 and any(
                _is_shown(candidate, place) or (tried.lines is None and not _is_use(candidate, place))
                for candidate, tried in whole
            )
            return Tried(None, SEVERAL) if unclear else _together(parts, place)
        if refused.problem == WORDS and whole:
            refused = whole[0][1] if len(whole) == 1 else Tried(None, next((t.problem for _, t in whole if t.problem), SEVERAL))
    return refused


def _has_versions(whole: Sequence[tuple[Candidate, Tried]], chosen: Tried, place: Place) -> bool:
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


def _together(parts: Sequence[list[str]], place: Place) -> Tried:
    """The region with all its parts changed."""
    result = parts[0]
    for part in parts[1:]:
        result, clean = merged(place.old, result, part)
        if not clean:
            return Tried(None, SEVERAL)
    problem = objection(result, place) if len(parts) > 1 else ""
    return Tried(None if problem else result, problem, whole=False)


def _one(fitting: Sequence[tuple[Candidate, Tried]], place: Place) -> Tried | None:
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
    return Tried(None, SEVERAL)


def _is_shown(candidate: Candidate, place: Place) -> bool:
    """Every line is the region's: the block only shows some of it."""
    return all(line.strip() in place.keys for line in candidate.lines if line.strip())


def _is_use(candidate: Candidate, place: Place) -> bool:
    """The block has no line of the region, and uses what the region defines: an example."""
    said = frozenset(word for line in candidate.lines for word in words(line))
    return not _common(candidate.lines, place) and any(one.name in said for one in place.definitions_before)


def _common(lines: Sequence[str], place: Place) -> int:
    return sum(1 for line in lines if line.strip() in place.keys and len(line.strip()) > 1)


def _prose(lines: list[str], place: Place) -> Tried:
    """An answer for a document of words: a patch, where it is named so or framed as one; else the text itself."""
    if (patched := _patched(lines, [], place)) is not None:
        return patched
    found = prose_candidates(lines, place)
    if len(found) != 1:
        return Tried(None, SEVERAL if found else EMPTY)
    if is_only_talk(found[0].lines, place):
        return Tried(None, TALK)
    text, ends_in_talk = without_lead(found[0].lines, place)
    if ends_in_talk or (found[0].bare and has_remarks(text, place)):
        return Tried(None, AROUND)
    tried = tried_in(replace(found[0], lines=text), place)
    return tried if len(text) == len(found[0].lines) else replace(tried, notes=(*tried.notes, LEAD))


def _documented(lines: Sequence[str], place: Place) -> Tried:
    found = documentation(lines, place)
    if found is None:
        return Tried(None, NO_COMMENT)
    problem = objection(found, place)
    return Tried(None if problem else found, problem)
