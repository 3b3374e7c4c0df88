"""Definitions of a file by name, in short: signatures, and for classes the signatures of their members."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from coderoute_ls.ignore import HUGE, generated, redact
from coderoute_ls.syntax import Definition, definitions
from coderoute_ls.untrusted_files import read_text

_LANGUAGES = {
    ".py": "python",
    ".ts": "typescript",
    ".tsx": "typescriptreact",
    ".js": "javascript",
    ".jsx": "javascriptreact",
    ".mjs": "javascript",
    ".go": "go",
    ".rs": "rust",
    ".java": "java",
    ".c": "c",
    ".h": "c",
    ".cpp": "cpp",
    ".hpp": "cpp",
    ".cc": "cpp",
}
_MEMBERS = 14
_LONGEST = 160
_PARSED = 1 << 16
"""Longest file that is parsed: the parser holds the interpreter for about 0.2 ms per kB."""


@dataclass(frozen=True, slots=True)
class Outline:
    """What one version of a file defines at its top."""

    stamp: int
    shown: Mapping[str, str]
    """Name → its signature and those of its members, one a line."""


class Outlines:
    """Outlines of files on disk, read again when the file changed."""

    def __init__(self) -> None:
        self._known: dict[Path, Outline] = {}

    def known(self, path: Path) -> Outline | None:
        """The outline of the file as it is now, if it was read already."""
        found = self._known.get(path)
        return found if found is not None and found.stamp == _stamp(path) else None

    def read(self, path: Path) -> None:
        """Read and parse the file. May take some milliseconds: call it in a thread."""
        stamp = _stamp(path)
        if len(self._known) > 500:
            self._known.clear()
        self._known[path] = Outline(stamp, _shown(path) if stamp else {})


def _shown(path: Path) -> Mapping[str, str]:
    text = read_text(path, min(HUGE, _PARSED))
    return {} if generated(str(path), text[:4_000]) else outline(_LANGUAGES.get(path.suffix, ""), redact(text))


def outline(language: str, text: str) -> Mapping[str, str]:
    """Top-level definitions of a text by name."""
    found = definitions(language, text)
    shown: dict[str, str] = {}
    for definition in found:
        if definition.container or definition.name in shown:
            continue
        members = [_line(member) for member in found if member.container == definition.name and _inside(member, definition)]
        shown[definition.name] = "\n".join([_line(definition), *(f"    {member}" for member in members[:_MEMBERS])])
    return shown


def _line(definition: Definition) -> str:
    return definition.signature[:_LONGEST]


def _inside(member: Definition, definition: Definition) -> bool:
    return definition.span.start <= member.span.start and member.span.end <= definition.span.end


def _stamp(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
