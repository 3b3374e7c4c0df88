"""Pure text: lines as LSP cuts them, windows, indentation, overlap. Nothing here knows a language."""

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate

from coderoute_ls.domain import Document, Position

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+\Z")
_NO_ENDINGS = "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
"""What ``str.splitlines`` takes for the end of a line and LSP does not."""
_ENDING = re.compile(r"\r\n|\n|\r")
_BRACKET = re.compile(r"[()\[\]{}]")

OPENERS = {"(": ")", "[": "]", "{": "}"}
CLOSERS = {closer: opener for opener, closer in OPENERS.items()}
QUOTES = frozenset("\"'`")


def split_lines(text: str) -> list[str]:
    """Lines with their endings. Only ``\n``, ``\r\n`` and ``\r`` end a line (``str.splitlines`` knows eight more); the last
    line has no ending and is ``""`` when the text ends with one, so there is always at least one line."""
    odd = any(char in text for char in _NO_ENDINGS)
    lines = _LINE.findall(text) if odd else text.splitlines(keepends=True)
    if not lines or lines[-1][-1] in "\r\n":
        lines.append("")
    return lines


def line_starts(text: str) -> list[int]:
    """Offsets at which lines start; the first is 0."""
    if "\r" in text:
        return [0, *(ending.end() for ending in _ENDING.finditer(text))]
    return list(accumulate((len(line) + 1 for line in text.split("\n")[:-1]), initial=0))


def window(document: Document, position: Position, max_chars: int) -> tuple[str, str]:
    """What is before and after a position, at most so many characters together and at most a quarter of them after it, cut at
    line ends. Typing moves neither end: what is after depends on nothing before, and where the start is cut, it stays the same
    for a while as the document grows. Providers cache by what a prompt starts with."""
    after = document.after(position, max_chars // 4 + 1)
    if len(after) > max_chars // 4:
        after = after[: max_chars // 4]
        after = after[: after.rfind("\n") + 1] or after
    most = max_chars - max_chars // 4
    before = document.before(position, most + 1)
    return (before if len(before) <= most else _steady(document, position, before[1:])), after


def _steady(document: Document, position: Position, before: str) -> str:
    """The text from the next line on whose number is a multiple of 16, or of less when it is short."""
    lines = before.split("\n")
    first = document.clamp(position).line - len(lines) + 1
    step = 16 if len(lines) > 48 else 4 if len(lines) > 12 else 1
    return "\n".join(lines[1 + (-(first + 1)) % step :] if len(lines) > 1 else lines)


def indentation(line: str) -> str:
    """The blanks and tabs that a line starts with."""
    return line[: len(line) - len(line.lstrip(" \t"))]


def indent_unit(lines: Sequence[str]) -> str:
    """One level of indentation as these lines use it: a tab, or so many blanks; four blanks when they do not say."""
    return indent_step(lines) or "    "


def indent_step(lines: Sequence[str]) -> str:
    """One level of indentation as these lines use it; "" when they do not say.

    The most frequent step from a line to a deeper one, over at most 400 lines; any tab where there is no step.
    """
    steps: dict[str, int] = {}
    size, tabs = 1 << 30, False  # of the line before: nothing is deeper than no line
    for line in lines[:400]:
        text = line.lstrip(" \t")
        deep = len(line) - len(text)
        if (deep == size and not deep) or not text.strip():
            continue
        before, size = size, deep
        tabs_before, tabs = tabs, line.startswith("\t")
        if tabs:
            steps["\t"] = steps.get("\t", 0) + (size > before)
        elif 2 <= size - before <= 8 and not tabs_before:
            steps[" " * (size - before)] = steps.get(" " * (size - before), 0) + 1
    return max(steps, key=lambda step: (steps[step], -len(step))) if steps else ""


def overlap(left: str, right: str) -> int:
    """Length of the longest end of ``left`` that ``right`` starts with."""
    limit = min(len(left), len(right))
    tail, head = left[len(left) - limit :], right[:limit]
    for size in range(limit, 0, -1):
        if tail.endswith(head[:size]):
            return size
    return 0


def common_prefix(left: str, right: str) -> int:
    """Number of characters that both start with."""
    for index, (a, b) in enumerate(zip(left, right, strict=False)):
        if a != b:
            return index
    return min(len(left), len(right))


def unclosed(text: str) -> list[str]:
    """Closers that would be needed to balance the text, innermost first. Counts only brackets; unmatched closers do not
    cancel what opens later."""
    stack: list[str] = []
    for char in _BRACKET.findall(text):
        if char in OPENERS:
            stack.append(OPENERS[char])
        elif stack and char == stack[-1]:
            stack.pop()
    return stack[::-1]


def unopened(text: str) -> list[str]:
    """Closers in the text that nothing in it opens, in order."""
    stack: list[str] = []
    stray: list[str] = []
    for char in _BRACKET.findall(text):
        if char in OPENERS:
            stack.append(OPENERS[char])
        elif stack and char == stack[-1]:
            stack.pop()
        else:
            stray.append(char)
    return stray


def edit_distance(left: str, right: str, limit: int) -> int:
    """Levenshtein distance, or ``limit + 1`` when it is larger than ``limit``."""
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    previous = list(range(len(right) + 1))
    for row, a in enumerate(left, 1):
        current = [row]
        for column, b in enumerate(right, 1):
            current.append(min(previous[column] + 1, current[-1] + 1, previous[column - 1] + (a != b)))
        if min(current) > limit:
            return limit + 1
        previous = current
    return min(previous[-1], limit + 1)


def with_endings(text: str, eol: str) -> str:
    """The text with every line ending replaced by ``eol``."""
    return text if eol == "\n" and "\r" not in text else _ENDING.sub(eol, text)


def words(text: str) -> Iterator[str]:
    """Identifiers in the text, in order, with repetitions."""
    return iter(_WORD.findall(text))


_WORD = re.compile(r"[^\W\d]\w*")


def camel(name: str) -> str:
    """``snake_case`` in camelCase, as editors and JSON write it."""
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)
