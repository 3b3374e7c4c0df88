"""Paste-ready set-up for editors, one file of data each. The Neovim plugin is in ``neovim/``, ready for the runtime path.

An editor is added by a file that holds ``EDITOR = Editor(...)``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from coderoute_ls.registry import discover

NEOVIM_PLUGIN = Path(__file__).parent / "neovim"
"""Folder to put on Neovim's runtime path."""


@dataclass(frozen=True, slots=True)
class File:
    """One file, or what to add to it."""

    path: str
    """Where it belongs, as the user would write it."""
    text: str
    """``@command@`` stands for the server's executable, ``@plugin@`` for `NEOVIM_PLUGIN`."""
    comment: str = "#"
    """What starts a comment there."""


@dataclass(frozen=True, slots=True)
class Editor:
    """How one editor is set up, and what to expect in it."""

    name: str
    """As in ``coderoute-ls editor NAME``."""
    title: str
    files: tuple[File, ...]
    works: tuple[str, ...]
    limits: tuple[str, ...]
    tested: str
    """With which versions, or why not: one sentence."""

    def render(self, command: str) -> str:
        """All files, ready to paste, each under comments that say where it belongs and what works."""
        notes = [*(f"+ {line}" for line in self.works), *(f"- {line}" for line in self.limits), self.tested]
        parts: list[str] = []
        for index, file in enumerate(self.files):
            head = [file.path, *(notes if index == 0 else ())]
            text = file.text.replace("@command@", command).replace("@plugin@", str(NEOVIM_PLUGIN))
            parts.append("".join(f"{file.comment} {line}\n" for line in head) + text.strip("\n") + "\n")
        return "\n".join(parts)


def editors() -> Mapping[str, Editor]:
    """Every editor by its name."""
    return {editor.name: editor for editor in discover(__name__, "EDITOR", Editor).values()}
