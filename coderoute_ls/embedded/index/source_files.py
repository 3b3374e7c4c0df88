"""Which files of a workspace folder are learned: source the user writes, nearest first, up to a size."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from coderoute_ls.ignore import HUGE, Ignore, generated, redact
from coderoute_ls.storage import read_regular

_CODE = (
    "py pyi ts tsx mts cts js jsx mjs cjs vue svelte go rs java kt kts scala swift c h cc cpp cxx hpp hh hxx m mm cs rb php lua "
    "sh bash zsh fish pl pm ex exs erl hs ml mli clj dart jl r zig nim sol sql css scss less html graphql proto tf cmake toml "
    "yaml yml"
)
_FOREIGN = (
    "node_modules __pycache__ .git .hg .svn .venv venv .tox .nox .mypy_cache .ruff_cache .pytest_cache dist build target vendor "
    "third_party site-packages .idea .vscode .cache coverage"
)
SUFFIXES = frozenset(f".{suffix}" for suffix in _CODE.split())
SKIPPED = frozenset(_FOREIGN.split())
"""Folders of code that the user did not write."""
HEAD = 4_096


@dataclass(frozen=True, slots=True)
class Found:
    """A file that may be learned, as it was when it was looked at."""

    path: str
    size: int
    modified_ns: int


def walk(root: str, ignore: Ignore) -> Iterator[Found]:
    """Files below ``root`` that may be learned by their name, size and the ignore rules. Links are not followed."""
    folders = [root]
    while folders:
        folder = folders.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError:
            continue
        below: list[str] = []
        files: dict[str, os.stat_result] = {}
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in SKIPPED:
                    below.append(entry.path)
            elif entry.is_file(follow_symlinks=False) and learnable(entry.name):
                try:
                    facts = entry.stat(follow_symlinks=False)
                except OSError:
                    continue
                if 0 < facts.st_size <= HUGE:
                    files[entry.path] = facts
        for path in ignore.allowed_among([*below, *files]):
            if (found := files.get(path)) is not None:
                yield Found(path, found.st_size, found.st_mtime_ns)
            else:
                folders.append(path)


def learnable(name: str) -> bool:
    return Path(name).suffix.lower() in SUFFIXES


def text_of(path: str) -> str | None:
    """The file's text with secrets blotted out; None for binary, generated and minified files."""
    try:
        text = read_regular(path, HUGE, links=False).decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    if "\0" in text[:HEAD] or generated(path, text[:HEAD]):
        return None
    return redact(text)


def nearness(path: str, to: str) -> int:
    """Steps in the folder tree between two files: 0 in one folder."""
    here, there = Path(path).parent.parts, Path(to).parent.parts
    shared = 0
    for a, b in zip(here, there, strict=False):
        if a != b:
            break
        shared += 1
    return len(here) + len(there) - 2 * shared
