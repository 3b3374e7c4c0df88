"""Indentation as the buffer has it: tabs or blanks, the file's own step, relative to the line that the answer goes on from."""

from dataclasses import dataclass, replace

from coderoute_ls.completion.cursor.cursor import Candidate, Cursor
from coderoute_ls.syntax.block_openers import ends_block, opens_block
from coderoute_ls.syntax.default_indentation import takes_no_tabs
from coderoute_ls.text import indentation

_TAB = 4
"""Columns of a tab in a file that is indented with tabs."""
_REACH = 2_000
"""A longer line is data, and only its end is looked at."""
_STEPS = (2, 3, 4, 8)
"""Columns by which people go deeper."""
_CLOSING = tuple(")]}")


@dataclass(frozen=True, slots=True)
class _Scale:
    """How columns of the answer become columns of the file: ``at`` is ``to`` there, and ``step`` is one ``level``."""

    at: int
    to: int
    step: int
    level: int

    def __call__(self, columns: int) -> int:
        levels, odd = divmod(columns - self.at, self.step)
        # what fits no level is alignment and keeps its distance
        return max(0, self.to + (columns - self.at if odd else levels * self.level))


def apply(candidate: Candidate, cursor: Cursor) -> Candidate | None:
    """Put the first line where the cursor's must stand, and the lines after it as deep as they are meant."""
    lines = candidate.text.split("\n")
    said = [line for line in lines if line.strip()]
    if not said:
        return None
    unit = cursor.known_unit or _own_unit(said, tabs=not takes_no_tabs(cursor.language))
    level = _TAB if unit == "\t" else len(unit)
    first, depth, width = _first_line(lines[0], cursor, unit, level)
    rest = lines[1:]
    used = [line for line in rest if line.strip()]
    if used:
        opens = opens_block(cursor.language, cursor.near_left + lines[0])
        columns = [_columns(line, level) for line in used]
        if width < 0 and not cursor.left.strip() and 0 < min(columns) == _columns(lines[0], level):
            width = min(columns)  # all lines begin with the same blank: it was no model's first word
        tabs = unit != "\t" or any(line.startswith("\t") for line in used)
        scale = _scale(used, columns, _Base(depth, width, opens, level, cursor.language, absolute=tabs))
        rest = [_rendered(line, scale(_columns(line, level)), unit, level) for line in rest]
        if opens and _only_first_is_lost(used, columns, depth + level, cursor.language):
            kept = iter(_rendered(line, _columns(line, level), unit, level) for line in used[1:])
            at = next(number for number, line in enumerate(rest) if line) + 1
            rest = [*rest[:at], *(next(kept) if line else "" for line in rest[at:])]
    return replace(candidate, text="\n".join([first, *rest]))


def _first_line(line: str, cursor: Cursor, unit: str, level: int) -> tuple[str, int, int]:
    """The answer's first line as it goes in at the cursor, the depth that it has then, and its own in the answer (-1 where
    it had none), in columns."""
    depth = _columns(cursor.left, level)
    if cursor.left.strip() or not line.strip():
        return line, depth, -1
    own = _columns(line, level)
    above = next((text[-_REACH:] if len(text) > _REACH else text for text in reversed(cursor.above) if text.strip()), "")
    over = _columns(above, level)
    # at the margin no depth is chosen yet; under a colon there is only one
    free = not cursor.left or above.rstrip().endswith(":")
    missing = free and depth <= over and opens_block(cursor.language, above) and not line.lstrip().startswith(_CLOSING)
    if missing and not cursor.before.inside:
        wanted = over + level
    elif cursor.left:
        wanted = depth
    else:
        wanted = own
    text = _rendered(line, wanted, unit, level)
    body = text.removeprefix(cursor.left) if text.startswith(cursor.left) else line.lstrip(" \t")
    # without any blank, or with the one of a model's first word, the answer goes on where the cursor is
    return body, wanted, own if own > 1 else 0 if missing else -1


@dataclass(frozen=True, slots=True)
class _Base:
    """How deep the first line of an answer is: ``depth`` in the file, ``width`` in the answer (-1: it does not say).
    ``absolute``: the columns of the answer can be those of the file."""

    depth: int
    width: int
    opens: bool
    level: int
    language: str
    absolute: bool


def _scale(used: list[str], columns: list[int], base: _Base) -> _Scale:
    """The first line after the first is as deep as the first one says; from there on the answer's own step counts."""
    first, inner = columns[0], _inner_step(used, columns, base.language)
    if not base.opens:
        if 0 <= base.width != base.depth and not (base.width == 0 and first >= base.depth):
            return _Scale(base.width, base.depth, inner or base.level, base.level)
        return _flat(columns, inner, base)
    wanted = base.depth if ends_block(base.language, used[0]) else base.depth + base.level
    if first == wanted and base.absolute:
        return _Scale(first, wanted, inner or base.level, base.level)
    if wanted == base.depth:
        return _Scale(first, max(first, wanted) if base.absolute else wanted, inner or base.level, base.level)
    step = _step(first, columns, inner, base)
    return _Scale(first, wanted, step, base.level)


def _flat(columns: list[int], inner: int, base: _Base) -> _Scale:
    """The first line opens nothing: the next one is where it does, or where the answer says."""
    levels = base.depth // base.level
    own = columns[0] // levels if levels and columns[0] % levels == 0 else 0
    sure = inner == own or not base.absolute
    if sure and own in _STEPS and own != base.level and all(width % own == 0 for width in columns):
        return _Scale(columns[0], base.depth, own, base.level)
    if not base.absolute and not levels:
        step = inner or next((width for width in columns if width), base.level)
        return _Scale(0, 0, step, base.level)
    return _Scale(base.depth, base.depth, inner or base.level, base.level)


def _step(first: int, columns: list[int], inner: int, base: _Base) -> int:
    """The answer's own step, by how deep the first line of the block is in it: from the line above, or from the margin."""
    if inner:
        return inner
    levels = base.depth // base.level + 1
    from_line = first - (base.width if base.width >= 0 else base.depth)
    from_margin = first // levels if first % levels == 0 else 0
    for step in (from_line, from_margin):
        if step in _STEPS and all((width - first) % step == 0 for width in columns):
            return step
    return base.level


def _inner_step(used: list[str], columns: list[int], language: str) -> int:
    """By how many columns the answer goes deeper after a line that opens a block; 0 where it does not."""
    for number in range(len(used) - 1):
        deeper = columns[number + 1] - columns[number]
        if deeper in _STEPS and opens_block(language, used[number]):
            return deeper
    return 0


def _only_first_is_lost(used: list[str], columns: list[int], wanted: int, language: str) -> bool:
    """Whether the lines after the first of a block stand right as they are: after a line that opens nothing no deeper one can
    follow, so that it is the first that lost its indentation."""
    return len(used) > 1 and columns[0] < columns[1] == wanted and not opens_block(language, used[0])


def _own_unit(said: list[str], *, tabs: bool) -> str:
    """One level as the answer writes it, for a file that has none."""
    if tabs and any(line.startswith("\t") for line in said):
        return "\t"
    widths = sorted({len(indentation(line)) for line in said} - {0})
    return " " * (widths[0] if widths and widths[0] in _STEPS else _TAB)


def _rendered(line: str, columns: int, unit: str, level: int) -> str:
    body = line.lstrip(" \t")
    if not body.strip():
        return ""
    if unit != "\t":
        return " " * columns + body
    tabs, odd = divmod(columns, level)
    # one blank behind tabs is how a model's first word begins, unless a comment goes on
    return "\t" * tabs + " " * (0 if odd == 1 and not body.startswith("*") else odd) + body


def _columns(line: str, level: int) -> int:
    return len(indentation(line).expandtabs(level))
