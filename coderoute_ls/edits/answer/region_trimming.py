"""From a region of a document to the place of an answer: without blank ends, with its indentation."""

from coderoute_ls.domain import Document, Surface
from coderoute_ls.edits.answer.lines.multiline_strings import inside_strings
from coderoute_ls.edits.answer.target_region import Place, plain, width
from coderoute_ls.syntax.default_indentation import usual_step
from coderoute_ls.text import indent_step, indentation

_NO_STEPS = frozenset({5, 7})
"""Columns by which nobody indents blocks: there lines are put under what is above them."""
_FOLLOWING = 20
"""Lines below an empty region that are looked at."""


def place_of(  # noqa: PLR0917
    document: Document, first: int, last: int, surface: Surface = "replace", unit: str = "", appended: bool = False
) -> Place:
    """The place of the lines ``first`` up to ``last``. ``unit``: one level of indentation where the document does not say."""
    said = _unit(document, first, last)
    unit = "" if len(said) in _NO_STEPS else said or unit or usual_step(document.language)
    base = "" if appended else _base(document, first, last, unit)
    return Place(document, first, last, surface=surface, unit=unit, base=base, appended=appended)


def _unit(document: Document, first: int, last: int) -> str:
    """One level of indentation as the document's first lines use it; where the region is indented by the other of tabs and blanks
    (the first lines may be a long string), as the region and what is near it do. "" when they do not say."""
    unit = indent_step(document.lines[:400])
    inside = {line[0] for line in document.lines[first:last] if line[:1] in " \t" and line.strip()}
    if inside == {"\t"}:
        return "\t"
    if inside == {" "} and unit == "\t":
        return indent_step(document.lines[first:last]) or indent_step(document.lines[max(0, first - 100) : last + 100]) or unit
    return unit


def without_blank_ends(document: Document, first: int, last: int) -> tuple[int, int]:
    """Blank lines around the code stay out of it; a region of nothing but blank lines is kept whole."""
    written = [number for number in range(first, last) if document.lines[number].strip()]
    return (written[0], written[-1] + 1) if written else (first, last)


def gap_above(document: Document, first: int, last: int, *, appended: bool) -> list[str]:
    """The blank lines that keep more tests apart from what is above them."""
    above = document.line(last - 1 if appended else first - 1)
    count = 0 if not above.strip() or above.rstrip().endswith("{") else 2 if document.language == "python" else 1
    return [document.eol] * count


def _base(document: Document, first: int, last: int, unit: str) -> str:
    """What the answer's code starts with: the smallest indentation of the region's code, else that of what is after it."""
    lines = plain(document.lines[first:last])
    strings = inside_strings(document.language, lines)
    inside = [line for n, line in enumerate(lines) if line.strip() and n not in strings]
    if inside:
        return indentation(min(inside, key=width))
    if blank := max((indentation(line) for line in lines), key=len, default=""):
        return blank  # where the cursor is in an indented blank line
    below = next((line for line in document.lines[last : last + _FOLLOWING] if line.strip()), "")
    # Before the end of a block is inside the block.
    return indentation(below) + ((unit or "    ") if below.lstrip().startswith(("}", ")", "]")) else "")
