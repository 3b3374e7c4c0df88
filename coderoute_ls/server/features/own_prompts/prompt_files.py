"""Reads the prompts of one folder of files: each ``NAME.md`` is an action, or a problem with its line."""

import os
from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from coderoute_ls.actions.own_prompt import ID, PromptError, own_action
from coderoute_ls.domain import Action
from coderoute_ls.storage import read_regular

MOST_BYTES = 64 * 1024
MOST_FILES = 50
SUFFIX = ".md"

Signature = tuple[tuple[str, int, int], ...]
"""Name, time and size of each file: while it is the same, nothing has changed."""


@dataclass(frozen=True, slots=True)
class PromptFiles:
    """What one folder holds."""

    signature: Signature = ()
    actions: tuple[tuple[Action, str], ...] = ()
    """Each with its file."""
    problems: tuple[str, ...] = ()
    digest: str = ""
    """Of all texts: another one is other prompts."""


def signature_of(folder: Path) -> Signature:
    """What is there now; empty where there is no such folder. Hidden files are what editors keep while they write. Blocks."""
    try:
        with os.scandir(folder) as entries:
            found = [entry for entry in entries if entry.name.endswith(SUFFIX) and not entry.name.startswith(".")]
    except OSError:
        return ()
    return tuple(sorted(map(_state, found)))


def _state(entry: os.DirEntry[str]) -> tuple[str, int, int]:
    """A file that cannot be looked at, such as a link to nothing, says why when it is read: the others hold."""
    try:
        stat = entry.stat()
    except OSError:
        return (entry.name, -1, -1)
    return (entry.name, stat.st_mtime_ns, stat.st_size)


def prompt_files(folder: Path, signature: Signature, taken: Collection[str], *, inside: Path | None = None) -> PromptFiles:
    """The prompts of a folder. ``taken``: names of actions that there are already. ``inside``: no file may lie outside of this
    folder, by whatever links. Blocks.
    """
    actions: list[tuple[Action, str]] = []
    problems: list[str] = []
    digest = sha256()
    for name, _, _ in signature[:MOST_FILES]:
        file = folder / name
        try:
            text = _text(file, inside)
            digest.update(f"{name}\0{text}\0".encode())
            actions.append((_action(file.stem, text, taken), str(file)))
        except ValueError as error:
            problems.append(f"{file}: {error}")
        except OSError as error:
            problems.append(f"{file} cannot be read ({error.strerror or error})")
    if len(signature) > MOST_FILES:
        problems.append(f"{folder} holds {len(signature)} prompts; the first {MOST_FILES} are used")
    return PromptFiles(signature, tuple(actions), tuple(problems), digest.hexdigest())


def _text(file: Path, inside: Path | None) -> str:
    """Raises OSError, and ValueError for what is no text."""
    if inside is not None and not Path(os.path.realpath(file)).is_relative_to(os.path.realpath(inside)):
        raise ValueError("is a link that leads out of the folder: put a file there")
    content = read_regular(file, MOST_BYTES)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise PromptError(line, "is not UTF-8 text: save the file as UTF-8") from None


def _action(name: str, text: str, taken: Collection[str]) -> Action:
    if not ID.fullmatch(name):
        raise ValueError("call the file by small letters, digits, - and _, beginning with a letter")
    if name in taken:
        raise ValueError(f"there is an action {name} already: give the file another name")
    return own_action(name, text)
