"""Cleans the untrusted Markdown of reports: links open files of the workspace or nothing; no HTML, no images.

A link that is not provably harmless loses its syntax and stays readable: its marks become entities, which no renderer takes
for marks, and its address a code span, in which no renderer looks for links. Editors run ``command:`` links, and code that is
explained can say to a model what to link to, so everything is judged as CommonMark decodes it (entities, backslashes), and
what spans lines is refused unseen.
"""

import re
from collections.abc import Iterable, Iterator
from html import unescape
from urllib.parse import unquote

from coderoute_ls.edits.stream_filters.stream_filter import LineFilter
from coderoute_ls.text.markdown_escaping import ADDRESS_LIKE, as_code, entity

_FENCE = re.compile(r"(?P<marks>`{3,}|~{3,})[\w+#. -]*\Z")
"""A fence that is one in every renderer; with a bar behind it, it is the head of a table in some."""
_INLINE = re.compile(
    r"\\(?P<escaped>.)|(?P<run>`+)|(?P<tildes>~{3,})|(?P<image>!\[)|(?P<link>\]\()|(?P<reference>\]:)|(?P<tag><(?=[A-Za-z/!?]))|(?P<address>"
    + ADDRESS_LIKE.pattern
    + ")",
    re.IGNORECASE,
)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_SIMPLE = re.compile(r"(?P<address>[^\s()<>\"'`\[\]]+)\)")
"""A destination without blanks, brackets and titles, up to the closing bracket."""
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_DECODINGS = 3
_ABSOLUTE = ("/", "~", "www.")
"""How an address begins that is neither relative nor names its scheme."""


class Links(LineFilter):
    """``workspace`` is the ``file:`` address of the folder into which links may lead; "" for none."""

    def __init__(self, workspace: str = "") -> None:
        super().__init__()
        self._harmless = (f"{workspace.rstrip('/').lower()}/",) if workspace.startswith("file:///") else ()
        self._closing: re.Pattern[str] | None = None
        """What ends the code block that the line is in."""
        self._disarmed = 0

    def line(self, line: str) -> Iterable[str]:
        # A fence is believed only at the very start of a line: inside a list or a quotation it may end without a closing.
        if self._closing is not None:
            if self._closing.fullmatch(line):
                self._closing = None
            return (line,)
        if fence := _FENCE.match(line):
            marks = fence["marks"]
            self._closing = re.compile(rf" {{0,3}}{marks[0]}{{{len(marks)},}}[ \t]*")
            return (line,)
        return ("".join(self._pieces(line)),)

    def _pieces(self, line: str) -> Iterator[str]:
        at = 0
        while found := _INLINE.search(line, at):
            yield line[at : found.start()]
            start, at = found.span()
            match found.lastgroup:
                case "run" if (end := _code_end(line, found)) is not None:
                    yield line[start:end]
                    at = end
                case "run" | "tildes":
                    yield entity(found.group()[0]) * len(found.group())
                case "image":
                    yield self._disarm("!" + entity("["))
                case "link" if (end := _destination(self._harmless, line, at)) is not None:
                    yield line[start:end]
                    at = end
                case "link" | "reference":
                    yield self._disarm("]" + entity(found.group()[1]))
                case "tag":
                    yield self._disarm(entity("<"))
                case "address":
                    yield _spelled_out(line, found)
                case "escaped" if found["escaped"] in "<![]`":
                    yield entity(found["escaped"])
                case _:
                    yield found.group()
        yield line[at:]

    def _disarm(self, text: str) -> str:
        self._disarmed += 1
        self.notes = [f"Links, images and tags disarmed in the report: {self._disarmed}."]
        return text


def _code_end(line: str, opening: re.Match[str]) -> int | None:
    """Where a code span ends that is one in every renderer: on its line, and with nothing alive behind a bar, at which a table
    would cut it. Backticks that find no partner on their line may find one later, and are no longer backticks."""
    for run in re.finditer("`+", line[opening.end() :]):
        if run.group() == opening.group():
            inside = line[opening.end() : opening.end() + run.start()]
            return None if "|" in inside and _INLINE.search(inside) else opening.end() + run.end()
    return None


def _spelled_out(line: str, found: re.Match[str]) -> str:
    """What a renderer may take for a link, as code."""
    shown = found.group().rstrip(".,:;!?'")
    rest = found.group()[len(shown) :]
    before = " " if line[found.start() - 1 : found.start()] == "`" else ""
    after = " " if not rest and line[found.end() : found.end() + 1] == "`" else ""
    return f"{before}{as_code(shown)}{after}{rest}"


def _destination(allowed: tuple[str, ...], line: str, at: int) -> int | None:
    """Where a link's destination ends, if it is complete and leads to a heading, or to a file of the workspace."""
    found = _SIMPLE.match(line, at)
    if found is None:
        return None
    decoded = re.sub(r"[\x00-\x20\x7f]", "", _decoded(found["address"])).lower()
    if decoded.startswith("#"):
        return found.end()
    inside = decoded.startswith(allowed or "\0") if _SCHEME.match(decoded) else not decoded.startswith(_ABSOLUTE)
    return found.end() if inside and ".." not in decoded and "\\" not in decoded else None


def _decoded(address: str) -> str:
    """What a renderer may read in an address: some decode percent signs once more than others."""
    decoded = unescape(_ESCAPE.sub(r"\1", address))
    for _ in range(_DECODINGS):
        decoded = unquote(decoded)
    return decoded
