"""Whether a region may hold these lines: the last look at an answer before it is written, and why it is refused.

Each rule says what would be lost or broken. An answer that none of them speaks against is known to fit.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from coderoute_ls import syntax
from coderoute_ls.edits.answer.checks.early_end import CUT, lacks_its_frame, runs_past_its_end, stops_in_a_statement
from coderoute_ls.edits.answer.checks.empty_bodies import is_emptied, is_still_empty, lacks_bodies
from coderoute_ls.edits.answer.checks.lost_keys import lost_keys
from coderoute_ls.edits.answer.checks.new_holder import new_holder
from coderoute_ls.edits.answer.checks.python_blocks import breaks_blocks
from coderoute_ls.edits.answer.checks.unlike_region import is_unlike
from coderoute_ls.edits.answer.checks.words_left import words_left
from coderoute_ls.edits.answer.parameters import Pairs, lost_parameters, overload, parameters, with_other_parameters
from coderoute_ls.edits.answer.refusals import PART, TALKS, UNLIKE
from coderoute_ls.edits.answer.target_region import Place, width, written
from coderoute_ls.edits.answer.used_names import bound, lost_names
from coderoute_ls.syntax import Definition
from coderoute_ls.syntax.brackets import open_closers, scan, strays

BREAKS = "The file parsed before and would not parse with the answer."
UNBALANCED = "The answer leaves a bracket or a string open, or closes one that it does not open."
BODILESS = "The answer leaves out the body."
STOPS = "The region returns a value, and the answer does not."
REPEATS = "The answer repeats lines that stand next to the region."
_KINDS = frozenset({"function", "method", "class", "interface", "type", "enum", "module"})
_HOLDERS = frozenset({"class", "interface", "module"})
_WORD = re.compile(r"\w")
_GIVES = re.compile(r"\b(?:return|yield|raise|throw|panic|lambda)\b|=>|->|\b(?:fun|def)\b[^(=]*\([^()]*\)[^()=]*=(?!=)")
_GIVES_A_VALUE = re.compile(_GIVES.pattern.replace("raise|throw|panic|", ""))
"""The same where the user asked for nothing: a body that only throws is a place for code."""
_GIVES_BY_WORD = re.compile(r"\b(?:return|yield|raise|lambda)\b")
"""Where an arrow only says of what type a result is."""
_GIVES_NOTHING = re.compile(r"->\s*[\w.]*(?:None|NoReturn|Never)\s*:|\)\s*:\s*(?:void|never)\b")
"""A signature that says so."""
_WORDS = re.compile(r"\w\W+\w")
_ONE_OF_A_NAME = frozenset({"python", "javascript", "javascriptreact", "php", "lua", "ruby"})
"""Languages in which a second definition of a name takes the place of the first."""
_ONE_FUNCTION_OF_A_NAME = frozenset({"typescript", "typescriptreact", "go", "golang", "rust", "c"})
"""Languages in which a second function of a name, with a body, is an error; methods may share one."""
_HEADER = re.compile(
    r"^(?P<blanks>[ \t]*)(?:(?:pub|public|private|protected|internal|static|async|export|local|open|final|abstract|sealed"
    r"|override|virtual|inline|extern|const|data|partial)\s+)*"
    r"(?:defp?|defmacrop?|defmodule|function|func|fun|fn|proc|procedure|method|sub|subroutine|class|struct|module|message|type|enum"
    r"|interface|trait|impl|object|record|service|resource|namespace|template|macro|iterator|contract|package)\b\W*"
    r"(?P<name>[^\W\d]\w*)",
    re.MULTILINE,
)
"""The first line of a definition, in languages for which there is no grammar."""
_BRACKETS = ("()", "[]", "{}")


def objection(lines: Sequence[str], place: Place) -> str:
    """Why these lines may not be the region; "" when nothing speaks against them."""
    if place.breaks(lines) or (place.language == "python" and breaks_blocks(lines, place.old)):
        return BREAKS
    if _is_unbalanced(lines, place):
        return UNBALANCED
    if words_left(lines, place):
        return TALKS
    found = place.definitions(lines)
    if is_emptied(lines, place) or is_still_empty(lines, place) or lacks_bodies(found, place):
        return BODILESS
    if left_out := _left_out(lines, found, place):
        return f"The answer leaves out {_listed(left_out)}."
    if keys := lost_keys(lines, place):
        return f"The answer leaves out {_listed(keys)}."
    if holder := new_holder(found, place):
        return f"The answer puts what it changes into `{holder}`, which is not there."
    if again := _defined_again(lines, found, place):
        return f"The answer defines {_listed(again)} again, which is outside of the region already."
    if twice := _defined_twice(lines, found, place):
        return f"The answer defines {_listed(twice)} twice."
    pairs = with_other_parameters(found, place)
    if fewer := _fewer_parameters(pairs, place):
        return f"The answer takes parameters away from {_listed(fewer)}."
    if not place.prose and (names := lost_names(place, lines) or lost_parameters(lines, pairs, place)):
        return f"The answer uses {_listed(names)}, but leaves out the lines where that is set."
    if _stops(lines, place) or (runs_past_its_end(lines, place) and not _mentioned("return", place.instruction)):
        return STOPS
    if is_unlike(lines, place):
        return UNLIKE
    if stops_in_a_statement(lines, place):
        return CUT
    if lacks_its_frame(lines, place):
        return PART
    if _doubled(lines, place):
        return REPEATS
    return ""


def _is_unbalanced(lines: Sequence[str], place: Place) -> bool:
    """Where no parser would say so: brackets or strings of several lines do not balance, and those of the region did."""
    if place.prose or place.errors_before is not None:
        return False
    text = "\n".join(lines)
    if all(text.count(pair[0]) == text.count(pair[1]) for pair in _BRACKETS) and text.count('"""') % 2 == 0:
        return False
    return not _balances(place.language, text) and _balances(place.language, "\n".join(place.old))


def _balances(language: str, text: str) -> bool:
    """Whether every bracket has its other half; also where a string ends with its line, which some languages' signs only seem
    to begin."""
    found = scan(language, text)
    if found.torn >= 0:
        return True
    return not (found.inside == "string" or open_closers(found.brackets) or strays(found.brackets))


def _left_out(lines: Sequence[str], found: Sequence[Definition], place: Place) -> list[str]:
    """Definitions of the region that the answer has no more and that were to stay: as many others do not take their place, the
    user did not name them, and they were not helpers that only the rest of the region used."""
    before = _named(place.definitions_before)
    if not before:
        return _headless(lines, place)
    now = _named(found)
    text = "\n".join(lines)
    lost = [name for name in dict.fromkeys(before) if name not in now and name not in bound(lines)]
    added = [one for one in found if one.kind in _KINDS and one.name not in before]
    return [
        name
        for name in lost
        if not _mentioned(name, place.instruction)
        and not any(_takes_its_place(one, name, lines, place) for one in added)
        and (added or _mentioned(name, text) or not _is_helper(name, place))
    ]


def _headless(lines: Sequence[str], place: Place) -> list[str]:
    """The name of the block that the region is, where there is no grammar: the answer neither says it nor begins a definition."""
    if place.errors_before is not None or place.prose:
        return []
    old = written((line for line in place.old if _WORD.match(line.lstrip())), 2)
    if len(old) != 2 or width(old[1]) <= width(old[0]) or old[0] in lines:
        return []
    names = [found["name"] for found in _headers(old[:1])]
    if not names or _mentioned(names[0], "\n".join((*lines, place.instruction))):
        return []
    return [] if _headers(lines) else names


def _takes_its_place(new: Definition, name: str, lines: Sequence[str], place: Place) -> bool:
    """Whether a definition of the answer is one of the region under another name: the user asked for that name (a
    function takes the place of a class only with lines of it), or half of the lines are the same and nothing around the region
    uses the old name."""
    own = next(one for one in place.definitions_before if one.name == name)
    was, is_now = _keys_of(own, place.old, place), _keys_of(new, lines, place)
    if _mentioned(new.name, place.instruction):
        return own.kind not in _HOLDERS or new.kind in _HOLDERS or not was.isdisjoint(is_now)
    if new.kind != own.kind or (not _is_local(own, place) and _mentioned(name, place.in_place([]))):
        return False
    return 2 * len(was & is_now) >= min(len(was), len(is_now))


def _keys_of(definition: Definition, lines: Sequence[str], place: Place) -> frozenset[str]:
    """The lines of a definition that is in these lines of the region, without its header and brackets alone."""
    first, last = (place.row(position.line) for position in definition.span)
    header = place.row(definition.name_span.start.line)
    rows = [row for row in range(max(0, first), min(len(lines), last + 1)) if row > header]
    return frozenset(lines[row].strip() for row in rows if _WORD.search(lines[row]))


def _is_helper(name: str, place: Place) -> bool:
    """Whether the region uses what goes by this name outside of its definition (to call itself is no use), and
    nothing around the region does. A function inside of a function is not seen from there."""
    own = [one for one in place.definitions_before if one.name == name]
    rows = {row for one in own for row in range(place.row(one.span.start.line), place.row(one.span.end.line) + 1)}
    if not _mentioned(name, "\n".join(line for row, line in enumerate(place.old) if row not in rows)):
        return False
    return all(_is_local(one, place) for one in own) or not _mentioned(name, place.in_place([]))


def _is_local(definition: Definition, place: Place) -> bool:
    """Whether a function of the region holds this definition."""
    return any(
        one is not definition and one.kind in ("function", "method") and one.span.contains(definition.span)
        for one in place.definitions_before
    )


def _named(definitions: Iterable[Definition]) -> list[str]:
    return [definition.name for definition in definitions if definition.kind in _KINDS]


def _mentioned(name: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None


def _defined_again(lines: Sequence[str], found: Sequence[Definition], place: Place) -> list[str]:
    """Definitions in the answer that are outside of the region too, in the same container and with the same signature."""
    before = {_identity(one) for one in place.definitions_before}
    inside = {_identity(one) for one in found} - before
    if not inside:
        return _headed_again(lines, place) if place.errors_before is None and not place.prose else []
    text = place.in_place([])
    around = syntax.definitions(place.language, text)
    outside = {_identity(one) for one in around}
    if place.language in _ONE_OF_A_NAME:
        inside, outside = ({(*one[:3], "") for one in ones} for ones in (inside, outside))
        inside -= {(*one[:3], "") for one in before}
    elif place.language in _ONE_FUNCTION_OF_A_NAME:
        inside, outside = inside | _names_only(inside), outside | _names_only(outside)
    else:
        own = {_overload(one, place) for one in place.definitions_before}
        inside |= {_overload(one, place) for one in found if one.body} - own
        outside |= {_overload(one, place) for one in around if one.body}
    return sorted({name for name, *_ in inside & outside})


def _headed_again(lines: Sequence[str], place: Place) -> list[str]:
    """The same where there is no grammar: by the first lines of blocks, as deep as the region's."""
    fresh = _headers(line for line in lines if line not in place.known)
    before = {found["name"] for found in _headers(place.old)}
    inside = {(found["name"], width(found["blanks"])) for found in fresh if found["name"] not in before}
    if not inside:
        return []
    around = {(found["name"], width(found["blanks"])) for found in _headers((*place.above, *place.below))}
    return sorted({name for name, _ in inside & around})


def _headers(lines: Iterable[str]) -> list[re.Match[str]]:
    """The starts of definitions in these lines."""
    return list(_HEADER.finditer("\n".join(lines)))


def _overload(definition: Definition, place: Place) -> tuple[str, str, str, str]:
    """A definition's identity, but for the names of its parameters."""
    return (*_identity(definition)[:3], overload(definition, place.language))


def _names_only(identities: Iterable[tuple[str, str, str, str]]) -> set[tuple[str, str, str, str]]:
    """Functions without their signatures."""
    return {(*one[:3], "") for one in identities if one[1] == "function"}


def _defined_twice(lines: Sequence[str], found: Sequence[Definition], place: Place) -> list[str]:
    """Definitions that the answer has more often than the region, in one and the same block: the first one would be lost."""
    count = Counter(map(_identity, found))
    if len(count) == len(found):
        return []
    before = Counter(map(_identity, place.definitions_before))
    lists = {key: [one for one in found if _identity(one) == key] for key, n in count.items() if n > max(1, before[key])}
    return [key[0] for key, ones in lists.items() if any(_share_block(a, b, lines, place) for a, b in pairwise(ones))]


def _share_block(one: Definition, other: Definition, lines: Sequence[str], place: Place) -> bool:
    """Nothing between the starts of two definitions stands further out than they do, as an ``else`` would."""
    first, last = place.row(one.span.start.line), place.row(other.span.start.line)
    return width(lines[first]) == width(lines[last]) and all(
        width(line) >= width(lines[first]) for line in written(lines[first:last])
    )


def _identity(definition: Definition) -> tuple[str, str, str, str]:
    return definition.name, definition.kind, definition.container, definition.signature


def _fewer_parameters(pairs: Pairs, place: Place) -> list[str]:
    """Functions of the region that take less than they did, and the user did not ask for anything: who calls them would
    fail. A function inside of a function is called by no other code."""
    if place.instruction:
        return []
    fewer = [was for one, was in pairs if len(parameters(one)) < len(parameters(was))]
    return sorted({one.name for one in fewer if not _is_local(one, place)})


def _stops(lines: Sequence[str], place: Place) -> bool:
    """The region's last statement returns something, and nothing in the answer does."""
    last = next((line.strip() for line in reversed(place.old) if _WORD.search(line)), "")
    if not re.match(r"return\b.*\w", last) or _mentioned("return", place.instruction):
        return False
    gives = _GIVES_BY_WORD if place.language == "python" else _GIVES if place.instruction else _GIVES_A_VALUE
    return not any(gives.search(line) or _GIVES_NOTHING.search(line) for line in reversed(lines))


def _doubled(lines: Sequence[str], place: Place) -> bool:
    """The first line is the one above the region, or the last one is the one below it, and that is more than a bracket."""
    if not any(line.strip() for line in place.old):
        return False
    above, below = _first_written(reversed(place.above)), _first_written(place.below)
    first = above not in place.keys and _first_written(lines) == above
    last = below not in place.keys and _first_written(reversed(lines)) == below
    return (first and _WORDS.search(above) is not None) or (last and _WORDS.search(below) is not None)


def _first_written(lines: Iterable[str]) -> str:
    """The first line that is not blank, without blanks around it; "" for none."""
    return next((line.strip() for line in lines if line.strip()), "")


def _listed(names: Sequence[str]) -> str:
    shown = [f"`{name}`" for name in names[:3]]
    return ", ".join(shown) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
