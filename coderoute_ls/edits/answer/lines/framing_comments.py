"""What models put around the code of an answer: the file's name in a comment, elisions of what is around the region, imports."""

import re
from collections.abc import Sequence

from coderoute_ls.edits.answer.lines.elision import Strength, strength
from coderoute_ls.edits.answer.lines.similar_lines import similar
from coderoute_ls.edits.answer.target_region import Place, width, written
from coderoute_ls.syntax.comment_and_string_marks import comment_text

IMPORT = re.compile(
    r"(?:import|from|using|use|#include|#import|require|require_relative|package|namespace|<\?php|'use strict'|\"use)\b"
)
"""Lines that bring names into a file."""
_PACKAGE = re.compile(r"(?:package|namespace|module)\b")
_IMPORTS_FIRST = frozenset({"go", "golang", "java", "kotlin", "csharp", "haskell", "elm", "dart", "purescript"})
"""Languages in which they stand before anything else."""
_MARKS = " *`'\":-()[]"


def unframed(lines: Sequence[str], place: Place) -> list[str]:
    """The lines without a frame. What the region has itself stays, and what the user asked for at the start of a file."""
    return _without_outer_elisions(_without_name(list(lines), place), place)


def names_file(line: str, place: Place) -> bool:
    """A comment that says nothing but the name of the document's file, perhaps with a word before it."""
    said = comment_text(line, place.language)
    name = (place.document.path or place.document.uri).replace("\\", "/").rpartition("/")[2]
    return said is not None and bool(name) and said.strip(_MARKS).endswith(name)


def _without_name(lines: list[str], place: Place) -> list[str]:
    first = next((n for n, line in enumerate(lines) if line.strip()), None)
    if first is None or lines[first].strip() in place.keys or (place.instruction and not place.first):
        return lines
    rest = lines[first + 1 :]
    return rest if names_file(lines[first], place) and any(line.strip() for line in rest) else lines


def _without_outer_elisions(lines: list[str], place: Place) -> list[str]:
    """Without an elision at the top that a blank line keeps apart, and one like it at the end, where the region's own definition
    is whole between them."""
    first = next((n for n, line in enumerate(lines) if line.strip()), None)
    if first is None or not _is_elision(lines[first], place):
        return lines
    written = [n for n, line in enumerate(lines) if line.strip()]
    if len(written) < 2 or written[1] == written[0] + 1:
        return lines
    if width(lines[written[0]]) > width(lines[written[1]]) or not _starts_with_definition(place):
        return lines
    last = written[-1]
    ends = len(written) > 2 and last > written[-2] + 1 and width(lines[last]) <= width(lines[written[1]])
    kept = lines[written[1] : last if ends and _is_elision(lines[last], place) else len(lines)]
    names = {one.name for one in place.definitions(kept)}
    return kept if names and names >= {one.name for one in place.definitions_before} else lines


def _is_elision(line: str, place: Place) -> bool:
    return strength(line, place.language) is Strength.DOTS and line.strip() not in place.keys


def _starts_with_definition(place: Place) -> bool:
    return any(place.row(one.name_span.start.line) == 0 for one in place.definitions_before)


def adds_imports(lines: Sequence[str], place: Place) -> bool:
    """The answer brings imports for the top of the file, before a definition that is deeper than they do; or such as have no
    place where the region is: they stand beside imports that the answer repeats, or the language wants them first."""
    count = imports_first(lines)
    rest = written(lines[count:], 1)
    if not count or not rest or imports_first(place.old):
        return False
    above = written(place.above)
    known = frozenset(map(str.strip, above))
    fresh = [line.strip() for line in lines[:count] if line.strip() and line.strip() not in known]
    if not fresh or not _begins_region(lines[count:], place):
        return False
    if place.base or (above and any(_PACKAGE.match(line) for line in fresh)):
        return True
    if not above or IMPORT.match(above[-1].strip()) or comment_text(above[-1], place.language) is not None:
        return False
    return place.language in _IMPORTS_FIRST or len(fresh) < len(written(lines[:count]))


def _begins_region(lines: Sequence[str], place: Place) -> bool:
    """Both begin with a definition, or, where no grammar tells, with nearly the same line."""
    if _starts_with_definition(place):
        return bool(place.definitions(lines))
    first, old = written(lines, 1), written(place.old, 1)
    return place.errors_before is None and bool(first and old) and similar(first[0], old[0])


def imports_first(lines: Sequence[str]) -> int:
    """How many lines, blank ones too, are imports before anything else."""
    count = 0
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        if not IMPORT.match(line.strip()):
            break
        count = number + 1
    return count
