"""What ``git diff`` prints, file by file: paths, what became of each, and the text, cut where it is too long.

The text has to be printed with the prefixes ``a/`` and ``b/``. Format: https://git-scm.com/docs/diff-format
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Change = Literal["add", "update", "remove", "rename"]
_HEAD = "diff --git "
_ESCAPED = re.compile(rb"\\([0-7]{3}|.)")
_CONTROLS = {b"a": b"\a", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}


@dataclass(frozen=True, slots=True)
class FilePatch:
    """One file's part of a patch."""

    path: str
    """Where the file is now, or was when it was removed; with slashes. Bytes that are no UTF-8 are replacement characters."""
    old_path: str
    """Where it was; the same as ``path`` unless it was renamed."""
    change: Change
    lines: tuple[str, ...]
    """The head and the hunks, with their endings."""

    @property
    def hunks_at(self) -> int:
        """Index of the first line that is no head."""
        return next((at for at, line in enumerate(self.lines) if line.startswith("@@")), len(self.lines))

    def changed_lines(self) -> int:
        """How many lines were added or removed."""
        return sum(line.startswith(("+", "-")) for line in self.lines[self.hunks_at :])

    def changed_names(self) -> tuple[str, ...]:
        """The functions and classes that git names beside its hunks, each once, as it cuts them."""
        named = (line.split("@@", 2)[2].strip() for line in self.lines[self.hunks_at :] if line.startswith("@@"))
        return tuple(dict.fromkeys(name for name in named if name))


def file_patches(text: str) -> list[FilePatch]:
    """The files of a patch, in its order. What stands before the first one is left out."""
    files: list[list[str]] = []
    for line in _lines(text):
        if line.startswith(_HEAD):
            files.append([])
        if files:
            files[-1].append(line)
    return [_file(lines) for lines in files]


def cut(patches: Sequence[FilePatch], most: int) -> tuple[str, int]:
    """The patch in at most about so many characters, and how many lines of it were left out. Small files stay whole; what is
    left is shared by the larger ones, and each says how much of it is missing."""
    left, sizes = most, sorted((sum(map(len, patch.lines)), at) for at, patch in enumerate(patches))
    room: dict[int, int] = {}
    for done, (size, at) in enumerate(sizes):
        room[at] = min(size, max(0, left) // (len(sizes) - done))
        left -= room[at]
    pieces: list[str] = []
    missing = 0
    for at, patch in enumerate(patches):
        kept, here = 0, 0
        for line in patch.lines:
            if here + len(line) > room[at] and kept >= patch.hunks_at:
                break
            kept, here = kept + 1, here + len(line)
        pieces += patch.lines[:kept]
        if gone := len(patch.lines) - kept:
            pieces.append(f"[… {gone} more lines of {' '.join(patch.path.split())} are not shown]\n")
            missing += gone
    return "".join(pieces), missing


def _lines(text: str) -> list[str]:
    """Split at line feeds only: a carriage return is a part of the changed line."""
    *whole, last = text.split("\n")
    return [f"{line}\n" for line in whole] + ([last] if last else [])


def _file(lines: Sequence[str]) -> FilePatch:
    head: list[str] = []
    for line in lines:
        if line.startswith("@@"):
            break
        head.append(line.rstrip("\r\n"))
    said = {key: _after(head, key) for key in ("rename from ", "rename to ", "--- ", "+++ ")}
    both = _halved(head[0].removeprefix(_HEAD))
    old = said["rename from "] or _path(said["--- "], "a/") or both
    new = said["rename to "] or _path(said["+++ "], "b/") or both
    if said["rename to "]:
        return FilePatch(new, old, "rename", tuple(lines))
    if any(line.startswith("new file mode") for line in head):
        return FilePatch(new, new, "add", tuple(lines))
    if any(line.startswith("deleted file mode") for line in head):
        return FilePatch(old, old, "remove", tuple(lines))
    return FilePatch(new, new, "update", tuple(lines))


def _after(head: Sequence[str], key: str) -> str:
    return next((_unquoted(line.removeprefix(key)) for line in head if line.startswith(key)), "")


def _path(named: str, prefix: str) -> str:
    return "" if named == "/dev/null" else named.removeprefix(prefix)


def _halved(named: str) -> str:
    """The path of ``a/PATH b/PATH``, where both are the same: a file that is empty, binary, or only has another mode."""
    half = named[: (len(named) - 1) // 2]
    return _unquoted(half).removeprefix("a/")


def _unquoted(name: str) -> str:
    """git puts a tab behind a name with a blank, and quotes around one with signs that it escapes, as C does; which signs
    those are is a setting (``core.quotePath``)."""
    name = name.rstrip("\t")
    if len(name) < 2 or not name[0] == name[-1] == '"':
        return name
    return _ESCAPED.sub(_meant, name[1:-1].encode("utf-8", "replace")).decode("utf-8", "replace")


def _meant(escaped: re.Match[bytes]) -> bytes:
    sign = escaped[1]
    return bytes([int(sign, 8) & 0xFF]) if sign.isdigit() else _CONTROLS.get(sign, sign)
