"""Patterns in the syntax of .gitignore, matched in linear time: a hostile one cannot hold anybody up.

git's own ``wildmatch`` is the model. Between two stars the first place that fits is taken and kept (an atomic group), which is as
good as any later one, because a star follows; so no regular expression here tries places again and again.
"""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from coderoute_ls.text.path_key import ignores_case

MOST_RULES = 5_000
MOST_BYTES = 4_096
"""Of one pattern: no path is longer."""
_STAR = b"*"
_PLAIN = re.compile(rb"[^*?\[\\]*[^*?\[\\/](?=\*\*+(?:/|\Z))", re.DOTALL)
_ALL = re.compile(b"", re.DOTALL)
CASE = re.IGNORECASE if ignores_case() else re.RegexFlag(0)
"""As git's ``core.ignoreCase``, which it sets where the file system ignores case: of ASCII only."""
_POSIX_CLASSES = {
    b"alpha": b"a-zA-Z",
    b"digit": b"0-9",
    b"alnum": b"a-zA-Z0-9",
    b"upper": b"A-Z",
    b"lower": b"a-z",
    b"xdigit": b"0-9a-fA-F",
    b"space": rb" \t-\r",
    b"blank": rb" \t",
    b"punct": rb"!-/:-@\[-`{-~",
    b"cntrl": rb"\x00-\x1f\x7f",
    b"print": rb"\x20-\x7e",
    b"graph": rb"\x21-\x7e",
}


class _Unmatchable(Exception):
    """git matches nothing with such a pattern."""


class Rule(NamedTuple):
    """One line of an ignore file."""

    whole: bytes
    """What the path or name has to be, where the pattern is plain text; "" else."""
    glob: re.Pattern[bytes] | None
    takes_back: bool
    folders_only: bool
    of_name: bool
    """Whether it speaks of a file's name, wherever the file lies, rather than of its path."""

    def matches(self, path: bytes, name: bytes, *, folder: bool) -> bool:
        if self.folders_only and not folder:
            return False
        asked = name if self.of_name else path
        if self.glob is not None:
            return self.glob.match(asked) is not None
        return asked == self.whole or (CASE == re.IGNORECASE and asked.lower() == self.whole.lower())


_EVERYTHING = Rule(b"", _ALL, takes_back=False, folders_only=False, of_name=True)
"""In place of what cannot be read: nothing is allowed that it might have named."""


class Patterns:
    """The rules of one ignore file, or of one list."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        rules: list[Rule] = []
        for line in lines:
            if (rule := _rule(line)) is not None:
                rules.append(rule if len(rules) < MOST_RULES else _EVERYTHING)
                if rule is _EVERYTHING or len(rules) > MOST_RULES:
                    break
        self._last_first = rules[::-1]
        if rules and rules[-1] is _EVERYTHING:
            self._last_first = [_EVERYTHING]

    def said(self, path: bytes, *, folder: bool) -> bool | None:
        """Whether the last rule that speaks of this path ignores it; None where none does."""
        name = path.rpartition(b"/")[2]
        for rule in self._last_first:
            if rule.matches(path, name, folder=folder):
                return not rule.takes_back
        return None

    def ignores(self, path: str) -> bool:
        """Whether a file is ignored, itself or with a folder that it lies in. ``path``: relative to where the rules hold."""
        steps = os.fsencode(path.replace(os.sep, "/")).split(b"/")
        return any(self.said(b"/".join(steps[:depth]), folder=depth < len(steps)) for depth in range(1, len(steps) + 1))


@lru_cache(maxsize=64)
def patterns_of(lines: tuple[str, ...]) -> Patterns:
    """Those of a setting."""
    return Patterns(line.encode("utf-8", "surrogateescape") for line in lines)


def _rule(line: bytes) -> Rule | None:
    """The rule of a line; None for a comment, and for what matches nothing."""
    if line.startswith(b"#"):
        return None
    pattern = _without_spaces(line)
    takes_back = pattern.startswith(b"!")
    pattern = pattern[takes_back:]
    if len(pattern) > MOST_BYTES:
        return None if takes_back else _EVERYTHING
    folders_only = pattern.endswith(b"/")
    pattern = pattern[: len(pattern) - folders_only]
    of_name = b"/" not in pattern
    pattern = pattern.removeprefix(b"/")
    if not pattern:
        return None
    if not any(char in pattern for char in b"*?[\\"):
        return Rule(pattern, None, takes_back, folders_only, of_name)
    try:
        return Rule(b"", re.compile(_expression(pattern), re.DOTALL | CASE), takes_back, folders_only, of_name)
    except _Unmatchable:
        return None


def _without_spaces(line: bytes) -> bytes:
    """Without the blanks at its end that no backslash keeps."""
    kept = line.rstrip(b" ")
    backslashes = len(kept) - len(kept.rstrip(b"\\"))
    return kept + b" " if backslashes % 2 and len(kept) < len(line) else kept


def _expression(pattern: bytes) -> bytes:
    """A path's steps one after another; ``**`` stands for any number of them. git takes plain text at the beginning off before it
    looks for ``**``, so that ``a**/b`` is an ``a`` and then any number of steps.
    """
    plain = _PLAIN.match(pattern)
    if plain is not None and b"/" in pattern:
        return re.escape(plain[0]) + _expression(pattern[plain.end() :])
    steps = [b"**" if step is None else _step(step) for step in _steps(pattern)]
    if steps[-1] == b"**":
        steps[-1] = b".*"
    last = b"(?:[^/]*/)*" if b"**" in steps else b""
    runs: list[list[bytes]] = [[]]
    for step in steps:
        if step == b"**":
            runs.append([])
        else:
            runs[-1].append(step)
    written = b"".join(step + b"/" for step in runs[0]) if len(runs) > 1 else b"/".join(runs[0])
    for run in runs[1:-1]:
        written += b"(?>(?:[^/]*/)*?" + b"".join(step + b"/" for step in run) + b")" if run else b""
    return written + (last + b"/".join(runs[-1]) if len(runs) > 1 else b"") + rb"\Z"


def _steps(pattern: bytes) -> Iterator[Sequence[bytes] | None]:
    """Each step of the path as what its characters have to be, and stars between them; None for ``**``."""
    step: list[bytes] = []
    at = begins = 0
    while at < len(pattern):
        char = pattern[at : at + 1]
        at += 1
        if char == b"\\":
            char = pattern[at : at + 1]
            if not char:
                raise _Unmatchable
            at += 1
            if char != b"/":
                step.append(re.escape(char))
        elif char == b"*":
            if step[-1:] != [_STAR]:
                step.append(_STAR)
        elif char == b"?":
            step.append(b"[^/]")
        elif char == b"[":
            written, at = _class(pattern, at)
            step.append(written)
        elif char != b"/":
            step.append(re.escape(char))
        if char == b"/":
            yield _whole_step(step, pattern[begins : at - 1])
            step, begins = [], at
    yield _whole_step(step, pattern[begins:])


def _whole_step(step: list[bytes], pattern: bytes) -> Sequence[bytes] | None:
    return None if step == [_STAR] and pattern.startswith(b"**") else step


def _step(step: Sequence[bytes]) -> bytes:
    """One step, from its beginning to its end."""
    pieces: list[bytes] = [b""]
    for char in step:
        if char == _STAR:
            pieces.append(b"")
        else:
            pieces[-1] += char
    if len(pieces) == 1:
        return pieces[0]
    between = b"".join(b"(?>[^/]*?" + piece + b")" for piece in pieces[1:-1] if piece)
    return b"(?>" + pieces[0] + between + b"[^/]*" + pieces[-1] + rb"(?=/|\Z))"


def _class(pattern: bytes, at: int) -> tuple[bytes, int]:
    """A character class, and where it ends. ``at``: after its bracket."""
    negated = pattern[at : at + 1] in (b"!", b"^")
    at += negated
    begins, members, before = at, b"", -1
    while at < len(pattern) and (pattern[at] != 0x5D or at == begins):
        if pattern.startswith(b"[:", at) and (end := pattern.find(b"]", at)) > 0 and pattern[end - 1 : end] == b":":
            name = pattern[at + 2 : end - 1]
            if name not in _POSIX_CLASSES:
                raise _Unmatchable
            members, at, before = members + _POSIX_CLASSES[name], end + 1, -1
        elif pattern[at] == 0x2D and before >= 0 and pattern[at + 1 : at + 2] not in (b"", b"]"):
            last, at = _member(pattern, at + 1)
            members += rb"\x%02x-\x%02x" % (before, last) if before <= last else b""
            before = -1
        else:
            before, at = _member(pattern, at)
            members += rb"\x%02x" % before
    if at >= len(pattern):
        raise _Unmatchable
    if negated:
        return b"[^/" + members + b"]", at + 1
    return (b"(?!/)[" + members + b"]" if members else b"(?!)"), at + 1


def _member(pattern: bytes, at: int) -> tuple[int, int]:
    at += pattern[at] == 0x5C
    if at >= len(pattern):
        raise _Unmatchable
    return pattern[at], at + 1
