"""The recorded scenarios: a buffer, what was edited before, the cursors, and the text that is wanted, or silence."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from coderoute_ls.domain import Document, Position
from coderoute_ls.domain.next_edits import PastEdit, Situation

SHARED = Path(__file__).parents[2].parent / "shared" / "data" / "nes" / "scenarios"
_SECTION = re.compile(r"^-- (.+) --\n", re.MULTILINE)
_EDIT = re.compile(r"<\|file\|> *(?P<path>[^\n]*)\n<\|old\|>\n(?P<old>.*?)<\|new\|>\n(?P<new>.*?)(?=<\|file\|>|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Scenario:
    """One file of the evaluation."""

    name: str
    path: Path
    language: str
    file: str
    buffer: str
    edits: tuple[PastEdit, ...]
    cursors: tuple[Position, ...]
    """Each is a case of its own where silence is wanted."""
    requests: int
    """How often a completion is asked for; what was shown before is accepted."""
    expected: str | None
    """None: silence is wanted."""
    modified: bool
    """False: the buffer was never touched, nobody is to be asked."""

    def situation(self, text: str, cursor: Position, rejected: frozenset[str] = frozenset()) -> Situation:
        document = Document(self.file, self.language, 1, lines_of(text), self.file)
        return Situation(document, document.clamp(cursor), self._placed(document), rejected=rejected)

    def _placed(self, document: Document) -> tuple[PastEdit, ...]:
        """The edits with the lines where their new text stands, if it does."""
        lines = [line.rstrip("\r\n") for line in document.lines]
        return tuple(_placed(edit, lines, document.uri) for edit in self.edits)


def lines_of(text: str) -> list[str]:
    """As a document holds them: with line ends, the last one without."""
    lines = text.splitlines(keepends=True)
    return [*lines, ""] if not lines or lines[-1].endswith("\n") else lines


def _placed(edit: PastEdit, lines: list[str], uri: str) -> PastEdit:
    new = list(edit.new)
    at = -1
    if edit.uri == uri and new:
        at = next((n for n in range(len(lines) - len(new) + 1) if lines[n : n + len(new)] == new), -1)
    return PastEdit(edit.uri, edit.path, edit.language, edit.old, edit.new, at).trimmed()


def scenarios(folder: Path = SHARED) -> list[Scenario]:
    """All scenarios of a folder. Raises FileNotFoundError where there is none."""
    if not folder.is_dir():
        raise FileNotFoundError(f"no recorded scenarios at {folder}")
    return [_read(path) for path in sorted(folder.glob("*.txtar"))]


def _read(path: Path) -> Scenario:
    head, *parts = _SECTION.split(path.read_text("utf-8"))
    sections = dict(zip(parts[::2], parts[1::2], strict=True))
    values = dict(line.split(":", 1) for line in head.splitlines()[1:] if ":" in line)
    values = {name.strip(): value.strip() for name, value in values.items()}
    language, file = values.get("language", ""), values.get("file", "")
    places = [f"{values.get('row', '1')}:{values.get('col', '0')}", *filter(None, values.get("cursor-positions", "").split(","))]
    steps = sections.get("steps", "")
    return Scenario(
        path.stem,
        path,
        language,
        file,
        sections["buffer.txt"],
        tuple(_edits(sections.get("history", ""), language)),
        tuple(_cursor(place) for place in places),
        len(re.findall(r"^request-completion", steps, re.MULTILINE)) or 1,
        sections.get("expected"),
        values.get("modified", "true") != "false",
    )


def _cursor(place: str) -> Position:
    row, column = place.split(":")
    return Position(int(row) - 1, int(column))


def _edits(history: str, language: str) -> Iterator[PastEdit]:
    for match in _EDIT.finditer(history):
        path = match["path"].strip()
        yield PastEdit(path, path, language, tuple(match["old"].splitlines()), tuple(match["new"].splitlines()))
