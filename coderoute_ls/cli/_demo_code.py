"""What the demo works on: an unmodified copy of a standard library package, or a file of yours; places from a seed."""

import random
import shutil
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from coderoute_ls.domain import Position, Span
from coderoute_ls.syntax import Definition, definitions
from coderoute_ls.text import split_lines

PACKAGE = "email"
"""The standard library package that is copied when no file is named."""
LANGUAGES = {
    ".c": "c", ".cc": "cpp", ".cpp": "cpp", ".cs": "csharp", ".css": "css", ".go": "go", ".h": "c", ".hpp": "cpp",
    ".html": "html", ".java": "java", ".js": "javascript", ".json": "json", ".jsx": "javascriptreact", ".kt": "kotlin",
    ".lua": "lua", ".php": "php", ".py": "python", ".rb": "ruby", ".rs": "rust", ".scala": "scala", ".sh": "shellscript",
    ".swift": "swift", ".ts": "typescript", ".tsx": "typescriptreact", ".yaml": "yaml", ".yml": "yaml",
}  # fmt: skip
"""File suffix → editors' languageId."""
PROJECT_SIGNS = (".git", "pyproject.toml", "package.json", "Cargo.toml", "go.mod")


@dataclass(frozen=True, slots=True)
class Material:
    """Files to work on, and the folder that is opened as the workspace."""

    folder: Path
    files: tuple[Path, ...]
    title: str
    line: int | None = None
    """Zero-based line that the user named."""


@dataclass(frozen=True, slots=True)
class Place:
    """A line that is being typed: everything after the cursor is cut from it, and kept as what the author wrote."""

    file: Path
    text: str
    """The file with the line cut at the cursor."""
    cursor: Position
    written: str


def standard_package(into: Path) -> Material:
    """Copy the package's own modules, without what is compiled."""
    source = Path(sysconfig.get_paths()["stdlib"]) / PACKAGE
    folder = into / PACKAGE
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("__pycache__"))
    title = f"a copy of the standard library's {PACKAGE}/ (Python {sysconfig.get_python_version()})"
    return Material(folder, tuple(sorted(folder.rglob("*.py"))), title)


def named_file(file: Path, line: int | None) -> Material:
    """One file of the user's, in the project that holds it."""
    file = file.resolve(strict=True)
    project = next((p for p in file.parents if any((p / sign).exists() for sign in PROJECT_SIGNS)), file.parent)
    return Material(project, (file,), str(file), None if line is None else line - 1)


def language_of(file: Path) -> str:
    return LANGUAGES.get(file.suffix.lower(), "plaintext")


def places(material: Material, seed: int) -> Iterator[Place]:
    """Lines cut at a word's start, in an order that the seed fixes; the named line first."""
    shuffle = random.Random(seed)  # noqa: S311 - places to look at, no secret
    lines = [(file, number) for file in material.files for number, line in enumerate(_lines(file)) if _word_starts(line)]
    shuffle.shuffle(lines)
    lines.sort(key=lambda place: place[1] != material.line)
    for file, number in lines:
        text = _lines(file)
        line = text[number].rstrip("\r\n")
        cut = shuffle.choice(_word_starts(line))
        text[number] = line[:cut] + text[number][len(line) :]
        yield Place(file, "".join(text), Position(number, cut), line[cut:])


def functions(material: Material, seed: int) -> Iterator[tuple[Path, Definition]]:
    """Functions of 4 to 60 lines in an order that the seed fixes; with a named line, the one around it first."""
    found = [
        (file, definition)
        for file in material.files
        for definition in definitions(language_of(file), read(file))
        if definition.kind in ("function", "method") and 4 <= _height(definition.span) <= 60
    ]
    random.Random(seed).shuffle(found)  # noqa: S311 - as above
    if (line := material.line) is not None:
        found.sort(key=lambda one: not one[1].span.start.line <= line <= one[1].span.end.line)
    return iter(found)


def _height(span: Span) -> int:
    return span.end.line - span.start.line + 1


def _word_starts(line: str) -> list[int]:
    """Where a word starts after the first one, in a line that starts like code."""
    if not line.strip()[:1].isalpha():
        return []
    return [i for i in range(1, len(line)) if line[:i].strip() and line[i].isalnum() and not line[i - 1].isalnum()]


def read(file: Path) -> str:
    """The file's text, line endings kept; what is no UTF-8 shows as �."""
    return file.read_bytes().decode("utf-8", "replace")


def _lines(file: Path) -> list[str]:
    return list(split_lines(read(file)))
