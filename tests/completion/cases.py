"""Golden cases of the filters: one text file a filter, any number of cases a file.

::

    === what the case shows
    language: python        (also: multiline, cut: yes; min_chars, replaces: a number; eol: crlf)
    --- document
    def f(a, $0):
    --- reply
    b)
    --- wanted
    b

A section is everything up to the next marker line, without its last line ending. ``∅`` alone as wanted: nothing may be shown.
"""

from dataclasses import dataclass
from pathlib import Path

from coderoute_ls.completion.cursor.cursor import Candidate, Cursor
from coderoute_ls.completion.postprocess.too_short import MIN_CHARS
from coderoute_ls.domain import Document
from coderoute_ls.text import split_lines, with_endings
from tests.support.markers import unmark

FOLDER = Path(__file__).parent / "golden"
NOTHING = "∅"


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    cursor: Cursor
    given: Candidate
    wanted: str | None
    replaces: int

    def __str__(self) -> str:
        return self.name


def cases(filter_name: str) -> list[Case]:
    """The cases of one filter, in order. Raises ValueError for a file that is not one."""
    text = (FOLDER / f"{filter_name}.txt").read_text("utf-8")
    return [_case(part) for part in text.split("=== ")[1:]]


def _case(part: str) -> Case:
    head, *sections = part.split("\n--- ")
    name, *lines = head.split("\n")
    options = {key: value.strip() for key, _, value in (line.partition(":") for line in lines if line.strip())}
    texts = {title: body for title, _, body in (section.partition("\n") for section in sections)}
    if set(texts) != {"document", "reply", "wanted"} or set(options) - {
        "language",
        "multiline",
        "cut",
        "min_chars",
        "replaces",
        "eol",
    }:
        raise ValueError(f"{name}: sections {sorted(texts)}, options {sorted(options)}")
    source, span = unmark(texts["document"])
    eol = {"crlf": "\r\n"}.get(options.get("eol", ""), "\n")
    document = Document("file:///a", options.get("language", "python"), 1, split_lines(with_endings(source, eol)))
    cursor = Cursor(document, span.start, options.get("multiline") == "yes", int(options.get("min_chars", MIN_CHARS)))
    wanted = with_endings(texts["wanted"].removesuffix("\n"), eol)
    return Case(
        name,
        cursor,
        Candidate(texts["reply"], cut=options.get("cut") == "yes"),
        None if wanted == NOTHING else wanted,
        int(options.get("replaces", "0")),
    )
