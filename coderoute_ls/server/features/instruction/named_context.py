"""Files, parts of files and symbols that the user names for a prompt. The rules for what may be sent hold for them as well."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from lsprotocol import types as lsp

from coderoute_ls.domain import Document, Position, Snippet, Span, Target
from coderoute_ls.errors import Unsupported
from coderoute_ls.ignore import HUGE, redact_pieces
from coderoute_ls.server.rpc.json_rpc import converter
from coderoute_ls.server.rpc.messages.instruction_messages import NamedContext
from coderoute_ls.server.rpc.positions import PositionConverter
from coderoute_ls.server.session.document_uris import path_of
from coderoute_ls.server.session.documents import Documents
from coderoute_ls.server.session.file_access import FileAccess
from coderoute_ls.storage import read_regular
from coderoute_ls.syntax.definitions import definitions
from coderoute_ls.syntax.language_names import common_name
from coderoute_ls.text import split_lines
from coderoute_ls.text.invisible_characters import without_controls

MOST = 20
"""Named for one prompt."""
AROUND = 2_000
"""Characters on each side of a part that are looked at for what they say of it."""


@dataclass(frozen=True, slots=True)
class Named:
    """One thing that was named: its text, or why there is none."""

    label: str
    text: str = ""
    problem: str = ""

    @property
    def snippet(self) -> Snippet:
        return Snippet(self.label, self.text, "named")


@dataclass(frozen=True, slots=True)
class NamedContexts:
    """Reads what is named: open documents as they are in the editor, others from the disk."""

    documents: Documents
    files: FileAccess
    positions: PositionConverter

    async def look(self, named: Sequence[NamedContext], target: Target) -> list[Named]:
        """Each in its order, for a prompt about this target."""
        return [await self._one(each, target) for each in named[:MOST]]

    async def snippets(self, named: Sequence[NamedContext], target: Target) -> tuple[Snippet, ...]:
        """All of them. Raises `Unsupported` with the first one's reason where one may not be sent: the answer is not to be about
        less than the user thinks."""
        if len(named) > MOST:
            raise Unsupported(f"At most {MOST} files and symbols can be named at once; remove some.")
        found = await self.look(named, target)
        for each in found:
            if each.problem:
                raise Unsupported(f"{each.label}: {each.problem}")
        return tuple(each.snippet for each in found)

    async def _one(self, named: NamedContext, target: Target) -> Named:
        path = path_of(named.uri)
        label = _shown(path or named.uri, target.folder)
        document = self.documents.get(named.uri)
        if document is None and not path:
            return Named(label, problem="it is neither open nor a file.")
        if not await self.files.known(document.rules_path if document else path):
            return Named(label, problem="it is ignored or secret, so nothing of it is sent. Remove it.")
        if not self.files.together(named.uri, target.document.uri):
            return Named(label, problem="its folder's settings allow less than those of the file you ask about. Remove it.")
        if document is None:
            if not self.files.in_folders(named.uri):
                return Named(label, problem="it lies outside of the opened folders. Open it first, or remove it.")
            try:
                document = await asyncio.to_thread(_read, named.uri, path)
            except (OSError, ValueError) as error:
                return Named(label, problem=f"it cannot be read ({getattr(error, 'strerror', None) or error}).")
        if document.size > HUGE:
            return Named(label, problem=f"it has {document.size:,} characters, more than {HUGE:,}. Name a part of it.")
        try:
            span = await asyncio.to_thread(self._part, document, named)
        except ValueError as error:
            return Named(label, problem=f"{error}.")
        if span is None:
            span = Span(Position(0, 0), document.end)
        elif named.symbol:
            label = f"{label} · {without_controls(named.symbol)}"
        else:
            label = f"{label}:{span.start.line + 1}-{max(span.end.line, span.start.line + 1)}"
        text = _clear(document, span)
        return Named(label, text) if text.strip() else Named(label, problem="there is nothing in it.")

    def _part(self, document: Document, named: NamedContext) -> Span | None:
        """The part that is meant; None for the whole. Raises ValueError."""
        if named.symbol:
            found = (one for one in definitions(document.language, document.text) if one.name == named.symbol)
            if (definition := next(found, None)) is None:
                raise ValueError(f"it defines no {named.symbol[:80]!r}")
            return document.whole_lines(definition.span)
        if named.range is None:
            return None
        try:
            wanted = converter().structure(named.range, lsp.Range)
        except Exception:
            raise ValueError("its part is no range as LSP defines it") from None
        return document.whole_lines(self.positions.span_in(document.lines, wanted))


def _read(uri: str, path: str) -> Document:
    """A file of the disk. Raises OSError, and ValueError for what is no text."""
    data = read_regular(path, HUGE * 4)
    if b"\0" in data:
        raise ValueError("it is no text")
    text = data.decode("utf-8-sig")
    return Document(uri, common_name(PurePath(path).suffix[1:] or "text"), 0, tuple(split_lines(text)), path)


def _clear(document: Document, span: Span) -> str:
    """The part without its secrets, seen by what is around it."""
    above, below = document.before(span.start, AROUND), document.after(span.end, AROUND)
    return redact_pieces(above, document.slice(span), below)[1]


def _shown(path: str, folder: str) -> str:
    pure = PurePath(path)
    return without_controls(pure.relative_to(folder).as_posix() if folder and pure.is_relative_to(folder) else pure.name)
