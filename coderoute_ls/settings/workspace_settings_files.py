"""The settings' files of a workspace: the folder's own, those of the repository above it, those of directories within it."""
# ruff: noqa: PTH118, PTH120  (asked for each directory with an open document)

import os
from collections.abc import Collection, Mapping
from pathlib import Path

from coderoute_ls.settings.layer import Issue, Layer
from coderoute_ls.settings.settings_files import WORKSPACE_FILE, load
from coderoute_ls.storage import version_of
from coderoute_ls.text.path_key import one_case

_MOST_STEPS = 40
_MISNAMED = ("Coderoute.toml", "CodeRoute.toml", "CODEROUTE.toml", "CODEROUTE.TOML", "coderoute.TOML", ".coderoute.toml")
"""What somebody may have called a folder's file where the system tells cases apart: it forbids what it might say."""


def settings_files(folder: str, directory: str, *, below: bool = False) -> list[Path]:
    """Files that hold in ``directory``, the farthest first: from the top of the repository that ``folder`` is in, or from the
    folder. ``below``: only those within the folder, without its own. Where the folder has none, one whose name is slightly wrong.
    Blocks for a few looks.
    """
    steps = _between(folder, directory) if below else [*reversed(_above(folder)), folder]
    found = [Path(step) / WORKSPACE_FILE for step in steps if os.path.lexists(os.path.join(step, WORKSPACE_FILE))]
    if not below and not any(file.parent == Path(folder) for file in found):
        found += [Path(folder) / name for name in _MISNAMED if os.path.lexists(os.path.join(folder, name))][:1]
    return found


def have_changed(stamps: Mapping[Path, int], found: Mapping[tuple[str, str, bool], Collection[Path]]) -> bool:
    """Whether a file is no longer as it was, or `settings_files` would find others than it did. Blocks for as many looks."""
    if any(version_of(str(file))[0] != known for file, known in stamps.items()):
        return True
    return any(settings_files(folder, to, below=below) != files for (folder, to, below), files in found.items())


def folder_layers(folder: Path, action_ids: Collection[str]) -> tuple[tuple[Layer, ...], tuple[Issue, ...]]:
    """What holds in a folder for an editor that opened it, the farthest file first, and what of that is not used. Blocks."""
    read = [load(file, action_ids, "workspace") for file in settings_files(str(folder.absolute()), "")]
    return tuple(layer for layer, _ in read), tuple(issue for _, issues in read for issue in issues)


def _between(folder: str, directory: str) -> list[str]:
    """The directories below the folder down to this one, however they are spelled; none where it is elsewhere."""
    steps: list[str] = []
    top = one_case(folder.rstrip(os.sep))
    while len(here := one_case(directory)) > len(top) and len(steps) < _MOST_STEPS:
        steps.append(directory)
        directory = os.path.dirname(directory)
    return steps[::-1] if here == top else []


def _above(folder: str) -> list[str]:
    """The directories above the folder, nearest first, up to the top of its repository; none where it is in none."""
    steps: list[str] = []
    here = folder.rstrip(os.sep)
    while not os.path.lexists(os.path.join(here, ".git")):
        above = os.path.dirname(here)
        if above == here or len(steps) == _MOST_STEPS:
            return []
        here = above
        steps.append(here)
    return steps
