"""A behaviour as a text file: prose, then sections ``-- name --``.

A section named like a file (it holds a dot) is that file of the workspace; the one with ``$0`` is opened and asked about.
``answer`` is what the scripted model says, cut into chunks at ``¦``; without it only the built-in engine is there.
``diagnostic`` is the message of an error at the marked text; the action is then the one that the editor is offered for it.
The last section is what must come out; ``--update`` writes it anew.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from coderoute_ls.domain import Span
from tests.support.markers import unmark

SECTION = re.compile(r"^-- (.+) --\n", re.MULTILINE)
CHUNK = "¦"


@dataclass(frozen=True, slots=True)
class Scenario:
    path: Path
    prose: str
    sections: dict[str, str]

    @property
    def action(self) -> str:
        """The folder's name is the action's id."""
        return self.path.parent.name

    @property
    def files(self) -> dict[str, str]:
        """Name → content, marks removed."""
        return {name: text.replace("$0", "") for name, text in self.sections.items() if "." in name}

    @property
    def source(self) -> tuple[str, str, Span]:
        """Name of the marked file, its text, and the cursor or selection."""
        name = next(name for name, text in self.sections.items() if "." in name and "$0" in text)
        return name, *unmark(self.sections[name])

    @property
    def chunks(self) -> list[str] | None:
        """The model's answer, piece by piece; None where no model is to be asked."""
        answer = self.sections.get("answer")
        return None if answer is None else answer.removesuffix("\n").split(CHUNK)

    @property
    def diagnostic(self) -> str | None:
        """What a checker says about the marked text; None where it says nothing."""
        said = self.sections.get("diagnostic")
        return None if said is None else said.strip()

    @property
    def expected(self) -> str:
        return list(self.sections.values())[-1]

    def update(self, result: str) -> None:
        """Write the result as what is expected."""
        *others, last = self.sections
        parts = [self.prose, *(f"-- {name} --\n{self.sections[name]}" for name in others), f"-- {last} --\n{result}"]
        self.path.write_text("".join(parts), "utf-8")


def read(path: Path) -> Scenario:
    """Raises ValueError where there is no section, or one name stands twice."""
    prose, *rest = SECTION.split(path.read_text("utf-8"))
    sections = dict(zip(rest[::2], rest[1::2], strict=True))
    if not sections or len(sections) < len(rest) // 2:
        raise ValueError(f"{path}: sections are missing, or one name stands twice")
    return Scenario(path, prose, sections)


def scenarios(folder: Path) -> list[Path]:
    """Every scenario file below a folder, in order."""
    return sorted(folder.glob("*/*.txt"))
