"""Where in an answer the code blocks are. What a fence closes is not always certain: there is a short and a long reading.

A block opens with a fence on a line of its own, perhaps indented (in a list), or at the end of a line of words. It closes with
a bare fence of at least as many marks. Between them, fences that open and close in pairs may be content: in a docstring, in
Markdown.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from coderoute_ls.text import indentation

FENCE = re.compile(r"(?P<indent>[ \t]*)(?P<marks>`{3,}|~{3,})[ \t]*(?P<info>[^`]*)")
_AFTER_WORDS = re.compile(r"(?P<words>[^`]*(?:\S[ \t]+|[:：.。!)*]))(?P<fence>`{3,}[\w+#.-]*)")
_BEFORE_WORDS = re.compile(r"(?P<fence>[ \t]*(?:`{3,}|~{3,}))[ \t]+(?P<words>[^\s`={]+[ \t]+[^`={]*)")
_AFTER_CODE = re.compile(r"(?P<code>.*[^`\s])[ \t]*(?P<fence>`{3,})")
_QUOTE = re.compile(r"[ \t]*> ?")


@dataclass(frozen=True, slots=True)
class Block:
    """One code block. ``before`` and ``after`` say how many lines of the answer come before its fence and after its end."""

    info: str
    lines: tuple[str, ...]
    before: int
    after: int
    closed: bool
    fence: str = ""
    """The opening line itself."""

    @property
    def language(self) -> str:
        """The first word of the info string, in lower case: ``python`` of ``Python title=x.py``."""
        return re.split(r"[\s:{,]", self.info.strip().lstrip("{."), maxsplit=1)[0].lower()


@dataclass(frozen=True, slots=True)
class Fence:
    """A line that opens or closes a block, or may do so. ``line`` is its number."""

    text: str
    line: int
    marks: str
    info: str
    indent: int

    def closes(self, opening: "Fence") -> bool:
        if self.info or self.marks[0] != opening.marks[0] or len(self.marks) < len(opening.marks):
            return False
        return self.indent <= opening.indent + 3


def is_fence(line: str) -> bool:
    """The line is a fence, opening or closing."""
    return ("```" in line or "~~~" in line) and FENCE.fullmatch(line) is not None


def blocks(lines: Sequence[str], *, longest: bool, fences: Sequence[Fence] | None = None) -> list[Block]:
    """The blocks of an answer, each as short, or as long, as its fences allow. ``fences``: those in the lines, if they are
    known."""
    fences = fences_in(lines) if fences is None else fences
    found: list[Block] = []
    at = 0
    while at < len(fences):
        opening = fences[at]
        ends = _ends(fences, at)
        end = (ends[-1] if longest else ends[0]) if ends else None
        again = None if ends or longest else _again(fences, at)
        stop = end if end is not None else again
        last = len(lines) if stop is None else fences[stop].line
        content = tuple(lines[opening.line + 1 : last])
        if opening.indent:
            content = tuple(_outdented(line, opening.indent) for line in content)
        after = len(lines) - last - 1 if end is not None else 0
        found.append(Block(opening.info, content, opening.line, max(0, after), end is not None, lines[opening.line].strip()))
        at = end + 1 if end is not None else again or len(fences)
    return found


def unwrapped(block: Block) -> Block:
    """A block whose whole content is another block: the inner one."""
    lines = list(block.lines)
    while lines and not lines[0].strip():
        del lines[0]
    while lines and not lines[-1].strip():
        del lines[-1]
    inner = blocks(lines, longest=True)
    if len(inner) == 1 and inner[0].closed and not inner[0].before and not inner[0].after:
        return replace(inner[0], before=block.before, after=block.after)
    return block


def parted(lines: Sequence[str]) -> list[str]:
    """Every fence on a line of its own: an opening that words are before, a closing that words follow, and one at the end of
    the last line of code, where no other closes the block."""
    result: list[str] = []
    opened, done = "", 0
    for n in [n for n, line in enumerate(lines) if "```" in line or "~~~" in line]:
        result += lines[done:n]
        done = n + 1
        parts = _parts(lines[n], opened, lines[done:])
        for part in parts:
            fence = FENCE.fullmatch(part)
            if fence and not opened:
                opened = fence["marks"]
            elif fence and fence["marks"] == opened and not fence["info"].strip():
                opened = ""
        result += parts
    return _with_last_fence([*result, *lines[done:]], opened)


def _with_last_fence(lines: list[str], opened: str) -> list[str]:
    """The last line ends with a part of the fence that would close the open block: it is that fence."""
    last = max((n for n, line in enumerate(lines) if line.strip()), default=-1)
    if not opened or last < 0:
        return lines
    text = lines[last].rstrip()
    code = text.rstrip(opened[0])
    if not 0 < len(text) - len(code) < len(opened) or opened[0] in code or (code.strip() and len(text) - len(code) == 1):
        return lines
    return [*lines[:last], *([code] if code.strip() else []), opened, *lines[last + 1 :]]


def _parts(line: str, opened: str, below: Sequence[str]) -> list[str]:
    """A line with a fence and something else in it, in two. ``opened``: the marks of the block that it is in."""
    if not opened:
        said = _AFTER_WORDS.fullmatch(line)
        return [said["words"].rstrip(), said["fence"]] if said else [line]
    if (said := _BEFORE_WORDS.fullmatch(line)) and said["fence"].strip() == opened:
        return [said["fence"], said["words"]]
    glued = _AFTER_CODE.fullmatch(line)
    if glued is None or glued["fence"] != opened:
        return [line]
    later = next((found for text in below if (found := FENCE.fullmatch(text))), None)
    return [glued["code"], glued["fence"]] if later is None or later["info"].strip() else [line]


def unquoted(lines: Sequence[str]) -> list[str]:
    """Runs of quoted lines (``> ``) that hold a fence, without the marks."""
    result: list[str] = []
    run: list[str] = []
    for line in (*lines, ""):
        if _QUOTE.match(line):
            run.append(line)
            continue
        bare = [_QUOTE.sub("", quoted, count=1) for quoted in run]
        result += bare if any(map(is_fence, bare)) else run
        run = []
        result.append(line)
    return result[:-1]


def fences_in(lines: Sequence[str]) -> list[Fence]:
    """All fences of a text."""
    found: list[Fence] = []
    text = "".join(lines)
    if "`" not in text and "~" not in text:
        return found
    for number in [n for n, line in enumerate(lines) if "```" in line or "~~~" in line]:
        line = lines[number]
        if fence := FENCE.fullmatch(line):
            found.append(Fence(line, number, fence["marks"], fence["info"].strip(), len(fence["indent"].expandtabs(4))))
    return found


def _ends(fences: Sequence[Fence], at: int) -> list[int]:
    """Every fence that may close the one at this index: all between the two open and close in pairs."""
    opening = fences[at]
    ends: list[int] = []
    inner: list[Fence] = []
    for index in range(at + 1, len(fences)):
        fence = fences[index]
        if not inner and fence.closes(opening):
            ends.append(index)
        if inner and fence.closes(inner[-1]):
            inner.pop()
        elif not inner or fence.info:
            inner.append(fence)
    return ends


def _again(fences: Sequence[Fence], at: int) -> int | None:
    """The next fence at the margin that names a language: there the model begins anew, without having closed the block."""
    return next((n for n in range(at + 1, len(fences)) if fences[n].info and not fences[n].indent), None)


def _outdented(line: str, columns: int) -> str:
    """Without as much of the fence's own indentation as the line has."""
    indent = indentation(line)
    while columns > 0 and indent:
        columns -= 4 if indent[0] == "\t" else 1
        indent, line = indent[1:], line[1:]
    return line
