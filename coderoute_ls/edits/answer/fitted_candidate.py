"""One text of an answer in its region: as all of it, else as a part of it, else why not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from coderoute_ls.edits.answer.checks.attached_above import other_attached
from coderoute_ls.edits.answer.checks.early_end import CUT
from coderoute_ls.edits.answer.checks.empty_bodies import holds_a_place
from coderoute_ls.edits.answer.checks.final_check import BODILESS, objection
from coderoute_ls.edits.answer.checks.one_of_the_lines import is_one_of_the_lines
from coderoute_ls.edits.answer.checks.only_added import is_only_added
from coderoute_ls.edits.answer.lines import partial_answer
from coderoute_ls.edits.answer.lines.elision import Ambiguous, Filled, filled, is_only_remarks, markers, says_rest
from coderoute_ls.edits.answer.lines.partial_line_selection import selected_lines, whole_lines
from coderoute_ls.edits.answer.lines.reindentation import indented
from coderoute_ls.edits.answer.lines.repeated_below import Outside
from coderoute_ls.edits.answer.lines.repeated_surroundings import Trimmed, trimmed
from coderoute_ls.edits.answer.lines.usage_example import without_usage_example
from coderoute_ls.edits.answer.python_functions import is_cut_off, misses_names
from coderoute_ls.edits.answer.reading.answer_wrappers import is_json
from coderoute_ls.edits.answer.reading.code_candidates import Candidate
from coderoute_ls.edits.answer.reading.json_members import is_wrapped, members_alone
from coderoute_ls.edits.answer.reading.region_language import is_code_for, is_foreign
from coderoute_ls.edits.answer.refusals import ATTACHED, ELIDED, EXAMPLE, FOREIGN, OUTSIDE, PART, SELECTED, WORDS
from coderoute_ls.edits.answer.target_region import Place, closes, written


@dataclass(frozen=True, slots=True)
class Tried:
    """One candidate's lines in the region, or why not. ``whole``: it is meant for all of the region."""

    lines: list[str] | None
    problem: str = ""
    whole: bool = True
    notes: tuple[str, ...] = ()


def tried_in(candidate: Candidate, place: Place) -> Tried:
    """One candidate: as the whole region, else as a part of it; members also without an object around them."""
    tried = _tried(candidate, place)
    stays = tried.lines is not None and not is_wrapped(tried.lines, place)
    if not stays and (members := members_alone(candidate.lines, place)):
        return _tried(replace(candidate, lines=members), place)
    return tried if stays or tried.lines is None else Tried(None, PART)


def _tried(candidate: Candidate, place: Place) -> Tried:
    selected = whole_lines(candidate.lines, place)
    if selected is None:
        return Tried(None, SELECTED)
    if not place.prose and not candidate.bare and not is_code_for(selected, place):
        return Tried(None, WORDS)
    if not place.prose and is_only_remarks(selected, place.old):
        return Tried(None, ELIDED)
    if is_foreign(candidate, place) or (not place.prose and _is_data(candidate, place)):
        return Tried(None, FOREIGN)
    notes: tuple[str, ...] = ()
    try:
        own = trimmed(selected, place)
        new = own.lines
        if not place.prose:
            new, example = without_usage_example(new, place)
            notes = (EXAMPLE,) if example else ()
        whole = filled(new, place.old, place.language) if place.surface == "replace" else Filled(new)
    except Outside:
        return Tried(None, OUTSIDE)
    except Ambiguous:
        found = partial_answer.members(trimmed(selected, place).lines, place)
        return Tried(None, ELIDED) if not found or objection(found, place) else Tried(found)
    elided = bool(whole.kept)
    result = indented(whole.lines, place, whole.kept)
    if other_attached(new, selected, place):
        return Tried(None, ATTACHED)
    if elided and holds_a_place(new, place):
        return Tried(None, BODILESS)
    problem = objection(result, place)
    if not problem and _leaves_out(selected, new, result, place, elided=elided):
        problem = ELIDED
    if place.prose and not problem and not elided and is_one_of_the_lines(new, place):
        problem = PART
    if not problem and not elided and is_only_added(result, place):
        return Tried(None, PART)
    if place.prose or elided or not place.old or problem == CUT:
        return Tried(None if problem else result, problem, notes=notes)
    early = not problem and (partial_answer.stops_early(new, place) or _is_cut_off(result, place))
    if early and (_is_between(selected, own, place) or (selected != candidate.lines and _replaces(candidate.lines, place))):
        early = False
    if not problem and not early:
        return Tried(result, notes=notes)
    if not early:
        return replace(_as_part(new, place, problem), notes=notes)
    part = partial_answer.placed(new, place)
    return Tried(part, whole=False, notes=notes) if part and not objection(part, place) else Tried(None, PART)


def _leaves_out(selected: Sequence[str], new: Sequence[str], result: Sequence[str], place: Place, *, elided: bool) -> bool:
    """A mark of an elision is left where none can be filled, or words that say that more follows."""
    if not place.prose and says_rest(result, place.old, place.language):
        return True
    said = selected if place.prose else new
    return not elided and (place.prose or place.surface != "replace") and bool(markers(said, place.keys, place.language))


def _is_data(candidate: Candidate, place: Place) -> bool:
    """JSON, where neither the lines nor what is selected of them is like that."""
    return is_json(candidate.lines, place.old) and is_json(candidate.lines, selected_lines(place))


def _is_between(selected: Sequence[str], own: Trimmed, place: Place) -> bool:
    """The answer also has the line right above the region and the one right below it: what is between them is all of it."""
    above, below = written(selected[: own.above])[-1:], written(selected[len(selected) - own.below :], 1) if own.below else []
    if not above or not below or any(map(closes, (*above, *below))):
        return False
    texts = written(place.above)[-1:] + written(place.below, 1)
    return [line.strip() for line in texts] == [line.strip() for line in (*above, *below)]


def _replaces(lines: Sequence[str], place: Place) -> bool:
    """The answer to a selection inside of lines is not a few of the selected lines, and a parser found it to be right there."""
    return place.errors_before is not None and not all(line.strip() in place.keys for line in lines)


def _is_cut_off(result: Sequence[str], place: Place) -> bool:
    asked = partial_answer.wants_less(place) or "return" in place.instruction
    return place.language == "python" and not asked and is_cut_off(result, place.old)


def _as_part(new: Sequence[str], place: Place, problem: str) -> Tried:
    """The one region that a part can be meant for."""
    parts = (lines for lines in partial_answer.readings(new, place) if not says_rest(lines, place.old, place.language))
    found = {tuple(lines) for lines in parts if not objection(lines, place)}
    good = {lines for lines in found if place.language != "python" or not misses_names(lines, place.old)}
    if len(good) == 1:
        return Tried(list(good.pop()), whole=False)
    return Tried(None, PART if found else problem)
