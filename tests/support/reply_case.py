"""A model's reply and what must come of it, as a text file: header lines, the file, the reply, what is wanted.

The first section is the file, with ``$0`` at the cursor or ``$0…$0`` around the selection; ``reply`` is what the model says, cut
into pieces at ``¦``; ``wanted`` is the whole document afterwards. Sections ``also …`` are right too. The header
``refusal: is fine`` (or ``unchanged-with-a-note: is fine``) allows an untouched document with a problem told.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from coderoute_ls.domain import Span
from tests.support.markers import unmark

SECTION = re.compile(r"^-- (.+) --\n", re.MULTILINE)
PIECE = "¦"
LANGUAGES = {
    "c": "c", "cpp": "cpp", "cs": "csharp", "css": "css", "elm": "elm", "ex": "elixir", "go": "go", "hs": "haskell",
    "html": "html", "java": "java", "js": "javascript", "json": "json", "jsx": "javascriptreact", "kt": "kotlin", "lua": "lua",
    "md": "markdown", "php": "php", "py": "python", "R": "r", "r": "r", "rb": "ruby", "rs": "rust", "scala": "scala",
    "sh": "shellscript", "sql": "sql", "svelte": "svelte", "swift": "swift", "tex": "latex", "toml": "toml", "ts": "typescript",
    "tsx": "typescriptreact", "txt": "plaintext", "vue": "vue", "yaml": "yaml", "zig": "zig",
}  # fmt: skip
NAMES = {"Dockerfile": "dockerfile", "Makefile": "makefile"}


@dataclass(frozen=True)
class ReplyCase:
    """One file of cases. Texts are as written; the reply without its last line end unless the header keeps it."""

    path: Path
    header: dict[str, str]
    name: str
    marked: str
    reply: str
    wanted: tuple[str, ...]

    @property
    def label(self) -> str:
        """Folder and file, as a test's id."""
        return f"{self.path.parent.name}/{self.path.stem}"

    @property
    def action(self) -> str:
        return self.header["kind"]

    @property
    def language(self) -> str:
        name = Path(self.name).name
        return self.header.get("lang") or NAMES.get(name) or LANGUAGES.get(name.rpartition(".")[2], "plaintext")

    @cached_property
    def source(self) -> tuple[str, Span]:
        """The file's text, and the cursor or selection."""
        return unmark(self.marked)

    @property
    def pieces(self) -> list[str]:
        reply = self.reply if "keep-reply-newline" in self.header else self.reply.removesuffix("\n")
        return reply.split(PIECE)

    @property
    def refusal_is_fine(self) -> bool:
        return "unchanged-with-a-note" in self.header or "refusal" in self.header


def read(path: Path) -> ReplyCase:
    """Raises ValueError where a section is missing."""
    head, *rest = SECTION.split(path.read_text("utf-8"))
    header = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in head.splitlines() if line)}
    (name, marked), *others = zip(rest[::2], rest[1::2], strict=True)
    sections = dict(others)
    wanted = tuple(text for key, text in others if key == "wanted" or key.startswith("also"))
    return ReplyCase(path, header, name, marked, sections["reply"], wanted)


def reply_cases(folder: Path) -> list[Path]:
    """Every file of cases below a folder, ghost text aside, in order."""
    return sorted(path for path in folder.glob("*/*.txt") if "kind: inline\n" not in path.read_text("utf-8"))


def ghost_cases(folder: Path) -> list[Path]:
    """The files of ghost text below a folder, in order."""
    return sorted(path for path in folder.glob("*/*.txt") if "kind: inline\n" in path.read_text("utf-8"))
