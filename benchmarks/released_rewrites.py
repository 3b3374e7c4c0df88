"""Rewrites that somebody did, as calls of the engine: what changed between two releases of public packages.

Definitions for ``edit`` and ``refactor``, statements of them for ``fix``, functions for ``document``. The answer is what the
later release made of the region, or its docstring, in a fence.
"""

import ast
import random
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from zlib import crc32

from platformdirs import user_cache_path

from benchmarks.edits import VERSIONS, download
from coderoute_ls.actions import actions
from coderoute_ls.domain import Action, Brief, Document, Position, Prompt, Span, Target
from coderoute_ls.engine.types import EngineCall
from coderoute_ls.settings import Effective, effective, parse

RELEASES: Mapping[str, tuple[str, ...]] = {
    **VERSIONS,
    "aiohttp": ("3.9.5", "3.11.11"), "fastapi": ("0.95.2", "0.111.1", "0.115.6"), "pydantic": ("2.5.3", "2.10.4"),
    "sqlalchemy": ("2.0.20", "2.0.36"), "starlette": ("0.27.0", "0.41.3"), "trio": ("0.22.2", "0.27.0"),
    "networkx": ("3.1", "3.4.2"), "marshmallow": ("3.20.2", "3.23.2"),
}  # fmt: skip
PLACES = 200
REWRITES = ("edit", "refactor", "fix")
ACTIONS = (*REWRITES, "document")
KINDS = {"edit": "definition", "refactor": "definition", "fix": "statement", "document": "docstring"}
MOST_CHARS = 8_000
LONGEST_FILE = 200_000


@dataclass(frozen=True)
class Place:
    """One rewrite that somebody did."""

    action: str
    path: str
    call: EngineCall
    prompt: str
    answer: str

    @property
    def held_out(self) -> bool:
        return crc32(self.path.encode()) % 3 == 0


Rewrite = tuple[str, str, str, int, int, str]
"""Kind of region, path, text before, its first line and the one behind its last, and what became of it."""


def places() -> list[Place]:
    """Up to `PLACES` of each action, the same ones in every run. Raises OSError or CalledProcessError without a registry."""
    known = {action.id: action for action in actions().values()}
    settings = effective(parse({}, tuple(known), "user")[0])
    found = list(_rewrites(user_cache_path("coderoute-ls-benchmarks")))
    random.Random(18).shuffle(found)
    return [
        _place(known[action], settings, *row[1:])
        for action in ACTIONS
        for row in [row for row in found if row[0] == KINDS[action]][:PLACES]
    ]


def _rewrites(cache: Path) -> Iterator[Rewrite]:
    for package, versions in RELEASES.items():
        for old, new in pairwise(versions):
            before, after = (_sources(download(cache, package, version)) for version in (old, new))
            for path in sorted(before.keys() & after.keys()):
                if before[path] != after[path]:
                    yield from _changes(f"{package}-{old}/{path}", before[path], after[path])


def _sources(wheel: Path) -> dict[str, str]:
    """The Python files of a package, but for its vendored and generated giants."""
    with zipfile.ZipFile(wheel) as archive:
        rows = [row for row in archive.infolist() if row.filename.endswith(".py") and row.file_size < LONGEST_FILE]
        return {row.filename: archive.read(row).decode("utf-8", "replace").replace("\r\n", "\n") for row in rows}


def _changes(path: str, before: str, after: str) -> Iterator[Rewrite]:
    old, new = _definitions(before), _definitions(after)
    for name in sorted(old.keys() & new.keys()):
        first, last, region = _lines(before, old[name])
        if (written := _docstring(after, new[name])) is not None and last - first <= 120:
            yield "docstring", path, before, first, last, written
        changed = _lines(after, new[name])[2]
        if region == changed or not 3 <= last - first <= 120 or not 0.4 < len(changed) / len(region) < 2.5:
            continue
        yield "definition", path, before, first, last, changed
        for one, other in zip(getattr(old[name], "body", ()), getattr(new[name], "body", ()), strict=False):
            start, end, statement = _lines(before, one)
            replaced = _lines(after, other)[2]
            if statement != replaced and type(one) is type(other) and end - start <= 12:
                yield "statement", path, before, start, end, replaced
                break


def _definitions(text: str) -> dict[str, ast.stmt]:
    found: dict[str, ast.stmt] = {}

    def walk(body: Sequence[ast.stmt], name: str) -> None:
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                inner = f"{name}.{node.name}"
                found[inner] = node
                walk(node.body, inner)

    try:
        walk(ast.parse(text).body, "")
    except (SyntaxError, ValueError):
        return {}
    return found


def _docstring(text: str, node: ast.stmt) -> str | None:
    """The lines of a function's docstring."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or ast.get_docstring(node) is None:
        return None
    return _lines(text, node.body[0])[2]


def _lines(text: str, node: ast.stmt) -> tuple[int, int, str]:
    """First line, line behind the last, and the text between."""
    first, last = node.lineno - 1, node.end_lineno or node.lineno
    return first, last, "\n".join(text.split("\n")[first:last]) + "\n"


def _place(action: Action, settings: Effective, path: str, before: str, first: int, last: int, changed: str) -> Place:  # noqa: PLR0917
    document = Document(f"file:///{path}", "python", 1, before.splitlines(keepends=True) or [""])
    region = Span(Position(first, 0), Position(last, 0))
    target = Target(document, region, instruction="Make it handle the new case as well." if action.id == "edit" else "")
    prompt = action.prompt(Brief(target, region, (), MOST_CHARS))
    call = EngineCall(action, prompt, target, region, settings)
    return Place(action.id, path, call, prompt_text(prompt), f"```python\n{changed}```\n")


def prompt_text(prompt: Prompt) -> str:
    return "\n".join([prompt.system, *(message.text for message in prompt.messages)])
