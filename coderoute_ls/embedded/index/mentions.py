"""Where the workspace calls or names something: candidates from the index, confirmed in the text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

import numpy as np

from coderoute_ls.embedded.explain.facts import Mark, Surroundings
from coderoute_ls.embedded.index.index import Index
from coderoute_ls.embedded.index.source_files import text_of
from coderoute_ls.syntax import Node, tree
from coderoute_ls.text.markdown_escaping import as_code

MAX_FILES = 60
"""Candidates that are read; a name that is in more files is too common to say much."""
LANGUAGES = {
    ".py": "python", ".pyi": "python", ".ts": "typescript", ".mts": "typescript", ".tsx": "tsx", ".js": "javascript",
    ".mjs": "javascript", ".jsx": "javascript", ".go": "go", ".rs": "rust", ".java": "java", ".c": "c", ".h": "c", ".cc": "cpp",
    ".cpp": "cpp", ".cxx": "cpp", ".hpp": "cpp", ".hh": "cpp", ".kt": "kotlin", ".swift": "swift", ".rb": "ruby", ".php": "php",
    ".cs": "csharp", ".scala": "scala", ".lua": "lua",
}  # fmt: skip
_CALLS = frozenset(
    {"call", "call_expression", "method_invocation", "invocation_expression", "function_call_expression", "function_call"}
)
_CALLEE = re.compile(r"([A-Za-z_$][\w$]*)\s*$")
_TEST_NAME = re.compile(r"(^|[._-])(tests?|spec)([._-]|$)|[a-z0-9]Tests?$")


@dataclass(frozen=True, slots=True)
class Named:
    """A definition to look for: its name, and where it is itself."""

    name: str
    path: str
    folder: str
    """Root of the workspace folder around it, or ""."""
    text: str
    first: int
    last: int


def surroundings(index: Index, named: Named) -> Surroundings:
    """Calls of this name outside of the definition itself, and tests that name it."""
    callers: list[Mark] = []
    tests: list[Mark] = []
    for path, text in _texts(index, named):
        here = path == named.path
        outside = [line for line in call_lines(path, text, named.name) if not here or not named.first <= line <= named.last]
        marks = [Mark(_place(path, named.folder, line), line, path) for line in outside]
        if is_test(path, named.folder) and not here:
            tests += marks or _first_mention(path, text, named)
        else:
            callers += marks
    return Surroundings(tuple(callers), tuple(tests))


def call_lines(path: str, text: str, name: str) -> list[int]:
    """Zero-based lines with a call of something of this name, by the syntax tree; none where there is no grammar."""
    parsed = tree(LANGUAGES.get(PurePath(path).suffix.lower(), ""), text)
    if parsed is None or name not in text:
        return []
    calls = (node for node in parsed.root.walk() if node.kind in _CALLS)
    return sorted({node.span.start.line for node in calls if callee(node) == name})


def callee(call: Node) -> str:
    """The last part of what is called: ``c`` of ``a.b.c(…)``."""
    function = call.field("function") or call.field("name") or call.field("method")
    match = _CALLEE.search(function.text) if function else None
    return match.group(1) if match else ""


def is_test(path: str, folder: str) -> bool:
    """By the usual names of files, and of folders below ``folder``."""
    pure = PurePath(path)
    if folder and pure.is_relative_to(folder):
        pure = pure.relative_to(folder)
    return bool(_TEST_NAME.search(pure.stem)) or any(part in {"test", "tests", "__tests__", "spec"} for part in pure.parts[:-1])


def _texts(index: Index, named: Named) -> Iterator[tuple[str, str]]:
    """(path, text) of files that hold the name: open ones as they are, the others from disk."""
    yield named.path, named.text
    numbers = [number for number in index.vocabulary.find([named.name, f" {named.name}"]) if number >= 0]
    opened = {buffer.path: buffer for buffer in tuple(index.buffers.values())}
    for path, buffer in opened.items():
        if path != named.path and np.isin(buffer.tokens, numbers).any():
            yield path, "".join(buffer.lines)
    left = MAX_FILES
    for segment in index.segments:
        for path in segment.files_with(numbers):
            if path in opened or path == named.path or not Path(path).is_file():
                continue
            left -= 1
            if left < 0:
                return
            text = text_of(path)
            if text is not None:
                yield path, text


def _first_mention(path: str, text: str, named: Named) -> list[Mark]:
    match = re.search(rf"(?<![\w$]){re.escape(named.name)}(?![\w$])", text)
    if match is None:
        return []
    line = text.count("\n", 0, match.start())
    return [Mark(_place(path, named.folder, line), line, path)]


def _place(path: str, folder: str, line: int) -> str:
    """``tests/test_app.py:5``, as code."""
    pure = PurePath(path)
    inside = pure.relative_to(folder) if folder and pure.is_relative_to(folder) else PurePath(pure.name)
    return as_code(f"{inside.as_posix()}:{line + 1}")
