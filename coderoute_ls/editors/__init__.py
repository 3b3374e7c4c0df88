"""Paste-ready set-up for editors, one file of data each. The Neovim plugin is in ``neovim/``, ready for the runtime path.

An editor is added by a file that holds ``EDITOR = Editor(...)``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from coderoute_ls.module_discovery import discover

NEOVIM_PLUGIN = Path(__file__).parent / "neovim"
"""Folder to put on Neovim's runtime path."""


@dataclass(frozen=True, slots=True)
class File:
    """One file, or what to add to it."""

    path: str
    """Where it belongs, as the user would write it."""
    text: str
    """``@command@`` stands for the server's executable as PATH knows it, ``@file@`` for its path, ``@plugin@`` for
    `NEOVIM_PLUGIN`."""
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
    aliases: tuple[str, ...] = ()
    """Other names that users type."""

    def render(self, command: str, file: str = "") -> str:
        """All files, ready to paste, each under comments that say where it belongs and what works. ``command`` starts the server,
        ``file`` is its absolute path where the two differ."""
        notes = [*(f"+ {line}" for line in self.works), *(f"- {line}" for line in self.limits), self.tested]
        parts: list[str] = []
        stands_for = {"@command@": command, "@file@": file or command, "@plugin@": NEOVIM_PLUGIN.as_posix()}
        for index, part in enumerate(self.files):
            head = [part.path, *(notes if index == 0 else ())]
            text = part.text
            for mark, value in stands_for.items():
                text = text.replace(mark, value)
            parts.append("".join(f"{part.comment} {line}\n" for line in head) + text.strip("\n") + "\n")
        return "\n".join(parts)


def editors() -> Mapping[str, Editor]:
    """Every editor by its name."""
    return {editor.name: editor for editor in discover(__name__, "EDITOR", Editor).values()}


def called(name: str) -> Editor | None:
    """The editor of this name, or of this alias, in any case; None where there is none."""
    wanted = name.lower()
    return next((editor for editor in editors().values() if wanted in (editor.name, *editor.aliases)), None)
