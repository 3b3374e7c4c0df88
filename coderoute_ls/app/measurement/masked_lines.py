"""Lines of a workspace with their end masked, and whether a suggestion would have been right there."""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from coderoute_ls.domain import Document, Position
from coderoute_ls.embedded.index.source_files import walk
from coderoute_ls.ignore import Ignore, secrets_in
from coderoute_ls.storage import read_regular
from coderoute_ls.syntax.language_names import common_name
from coderoute_ls.text import split_lines

MOST_FILES, MOST_CHARS = 400, 60_000
LEAST_MASKED = 6
"""Characters, so that there is something to say."""
_WORD_START = re.compile(r"(?<=[\s(\[{.,=:+\-*/<>!])(?=\w)")
_COMMENT = ("#", "//", "--", "*", "/*", '"""', "'''", "import ", "from ", "use ", "#include")


@dataclass(frozen=True, slots=True)
class MaskedLine:
    """A place where somebody once wrote ``truth``: the rest of a line, which ``document`` does not hold there."""

    document: Document
    position: Position
    truth: str

    def right(self, suggested: str) -> bool:
        """Whether the first line of a suggestion is what stood there, or its beginning: at least a word of it."""
        first = suggested.split("\n", 1)[0].rstrip()
        return len(first.strip()) >= 2 and self.truth.startswith(first)


def masked_lines(folder: Path, count: int, seed: int = 1) -> Iterator[MaskedLine]:
    """So many lines of the folder's code, a few of each file, always the same ones while the folder is the same. What git
    ignores or looks like a secret is left out."""
    chance = random.Random(seed)  # noqa: S311  nothing secret is drawn
    paths = sorted(found.path for found in walk(str(folder), Ignore([str(folder)])) if found.size <= MOST_CHARS)
    chance.shuffle(paths)
    places = [place for path in paths[:MOST_FILES] for place in _places(Path(path), chance)]
    chance.shuffle(places)
    yield from places[:count]


def _places(path: Path, chance: random.Random) -> Iterator[MaskedLine]:
    try:
        text = read_regular(path, MOST_CHARS).decode("utf-8")
    except (OSError, UnicodeDecodeError, ValueError):
        return
    lines = split_lines(text)
    able = [number for number, line in enumerate(lines) if _masks(line)]
    for number in chance.sample(able, min(len(able), 4)):
        line = lines[number].rstrip("\r\n")
        starts = list(_starts(line))
        start = chance.choice(starts)
        ending = lines[number][len(line) :]
        masked = [*lines[:number], line[:start] + ending, *lines[number + 1 :]]
        language = common_name(path.suffix.removeprefix("."))
        document = Document(path.as_uri(), language, 1, masked, str(path))
        yield MaskedLine(document, Position(number, start), line[start:].rstrip())


def _masks(line: str) -> bool:
    bare = line.strip()
    return len(bare) >= 2 * LEAST_MASKED and not bare.startswith(_COMMENT) and any(_starts(line)) and not secrets_in(line)


def _starts(line: str) -> Iterator[int]:
    """Where a word begins behind the first, with enough behind it."""
    indent = len(line) - len(line.lstrip())
    yield from (
        found.start()
        for found in _WORD_START.finditer(line)
        if found.start() > indent + 1 and len(line.rstrip()) - found.start() >= LEAST_MASKED
    )


def shares(places: Sequence[MaskedLine], suggestions: Sequence[str]) -> tuple[int, int]:
    """How many suggestions were right, and how many wrong; the others said nothing."""
    right = sum(place.right(said) for place, said in zip(places, suggestions, strict=True))
    return right, sum(bool(said.strip()) for said in suggestions) - right
