"""Chooses which parts of other files a completion's prompt shows: definitions, similar code, recent edits, in that order."""

import asyncio
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import PurePath

from coderoute_ls.context.definition_outlines import Outlines
from coderoute_ls.context.imported_files import HEAD_LINES, Imported, imported
from coderoute_ls.context.recent_edits import RecentEdits
from coderoute_ls.context.similar_code import Piece, Pieces, most_similar
from coderoute_ls.domain import Document, Position, Snippet, Target, TextEdit
from coderoute_ls.ignore import HUGE, generated, redact, redact_pieces
from coderoute_ls.text import words

READ_S = 0.080
"""Most time to wait for files that were not read before; they are there the next time."""
_NEAR_LINES = 20
_AROUND = 2_000
"""Characters around a piece that are looked at for what they say of it."""
_BUCKET = 8
"""The choice stays while the cursor stays within so many lines: a prompt that starts the same is cheaper."""
_FILES = 24
"""Most imported files that are read."""
_OPEN_FILES = 24
"""Most open files that are looked at: those that were opened or changed last."""
_SHARES = {"definition": 0.5, "edit": 0.25}
"""Largest share of the budget; what is left goes to similar pieces."""


class Surroundings:
    """Pieces of other files for a place in a document. One for the whole session."""

    def __init__(
        self,
        documents: Iterable[Document],
        allowed: Callable[[str], bool],
        together: Callable[[str, str], bool] = lambda uri, asked: True,
    ) -> None:
        """``allowed``: whether a path's text may be sent at all. ``together``: whether the text at one address may stand in a
        prompt about another."""
        self._documents = documents
        self._allowed = allowed
        self._together = together
        self._edits = RecentEdits()
        self._pieces = Pieces()
        self._outlines = Outlines()
        self._last: tuple[object, tuple[Snippet, ...]] = (None, ())
        self._files: dict[str, tuple[str, list[Imported]]] = {}
        self._loading: dict[str, asyncio.Task[None]] = {}
        self._loaded = 0

    def changed(self, before: Document, document: Document, edits: tuple[TextEdit, ...]) -> None:
        """A document changed."""
        self._edits.changed(before, document, edits)

    def closed(self, uri: str) -> None:
        """A document was closed."""
        self._edits.closed(uri)
        self._pieces.forget(uri)
        self._files.pop(uri, None)

    async def close(self) -> None:
        """Wait for files that are still being read."""
        await asyncio.gather(*self._loading.values())

    async def gather(self, target: Target, max_chars: int) -> tuple[Snippet, ...]:
        """At most ``max_chars`` of snippets, most stable first. Paths are relative to the workspace folder."""
        document, line = target.document, target.span.start.line
        newest = islice(reversed(tuple(self._documents)), _OPEN_FILES + 1)
        others = [
            other for other in newest if other.uri != document.uri and other.size <= HUGE and self._may_show(other, document)
        ]
        versions = tuple((other.uri, other.version) for other in others)
        key = (document.uri, line // _BUCKET, max_chars, versions, self._edits.begun, self._loaded)
        if self._last[0] == key:
            return self._last[1]
        around = document.before(Position(line, 0), 1_500) + document.after(Position(line, 0), 500)
        defined = await self._definitions(target, around, int(max_chars * _SHARES["definition"]))
        edited = self._recent(target, int(max_chars * _SHARES["edit"]))
        left = max_chars - sum(len(snippet.text) for snippet in (*defined, *edited))
        similar = await self._similar(target, others, around, left)
        chosen = (*defined, *similar, *edited)
        self._last = (key, chosen)
        return chosen

    def _may_show(self, other: Document, document: Document) -> bool:
        return self._allowed(other.rules_path) and self._together(other.uri, document.uri)

    async def _definitions(self, target: Target, around: str, budget: int) -> list[Snippet]:
        """Of imported files, the definitions whose names are used near the cursor."""
        await self._load(target.document, target.folder)
        files = self._files.get(target.document.uri, ("", []))[1]
        used = set(words(around))
        chosen: list[Snippet] = []
        for path, names in files:
            outline = self._outlines.known(path)
            if outline is None or not self._together(path.as_uri(), target.document.uri):
                continue
            shown = [text for name, text in outline.shown.items() if name in used and (not names or name in names)]
            text = "\n".join(shown)
            if text and len(text) <= budget:
                budget -= len(text)
                chosen.append(Snippet(_short(str(path), target.folder), text + "\n", "definition"))
        return chosen

    async def _load(self, document: Document, folder: str) -> None:
        """Find and read what the document imports, aside; wait for it a little."""
        head = "".join(document.lines[:HEAD_LINES])
        known = self._files.get(document.uri)
        if known is not None and known[0] == head and all(self._outlines.known(path) for path, _ in known[1]):
            return
        task = self._loading.get(document.uri)
        if task is None:
            task = self._loading[document.uri] = asyncio.create_task(self._read(document, folder, head))
        await asyncio.wait({task}, timeout=READ_S)

    async def _read(self, document: Document, folder: str, head: str) -> None:
        def look() -> list[Imported]:
            files = [(path, names) for path, names in imported(document, folder) if self._allowed(str(path))][:_FILES]
            for path, _ in files:
                if self._outlines.known(path) is None:
                    self._outlines.read(path)
            return files

        try:
            self._files[document.uri] = (head, await asyncio.to_thread(look))
            self._loaded += 1
        finally:
            del self._loading[document.uri]

    async def _similar(self, target: Target, others: list[Document], around: str, budget: int) -> list[Snippet]:
        pieces: list[Piece] = []
        for other in others:
            if not generated(other.path, ""):
                if not self._pieces.known(other):
                    await asyncio.sleep(0)  # cutting takes milliseconds: let others go first
                pieces += self._pieces.of(other)
        chosen: list[Piece] = []
        for piece in most_similar(pieces, around)[:8]:
            if len(piece.text) <= budget:
                budget -= len(piece.text)
                chosen.append(piece)
        chosen.sort(key=lambda piece: (piece.document.uri, piece.start))
        return [Snippet(_short(piece.document.path, target.folder), _clear(piece), "open") for piece in chosen]

    def _recent(self, target: Target, budget: int) -> list[Snippet]:
        chosen: list[Snippet] = []
        for hunk in reversed(self._edits.elsewhere(target.document, target.span.start.line, _NEAR_LINES)):
            diff = redact(hunk.diff())
            if self._may_show(hunk.document, target.document) and diff and len(diff) <= budget:
                budget -= len(diff)
                chosen.append(Snippet(_short(hunk.document.path, target.folder), diff, "edit"))
        return chosen[::-1]


def _clear(piece: Piece) -> str:
    """The piece without its secrets, seen by what is around it."""
    above = piece.document.before(Position(piece.start, 0), _AROUND)
    return redact_pieces(above, piece.text, piece.document.after(Position(piece.end, 0), _AROUND))[1]


def _short(path: str, folder: str) -> str:
    """Below the workspace folder, else the bare name: the place of the user's files is private."""
    pure = PurePath(path)
    if folder and pure.is_relative_to(folder):
        return pure.relative_to(folder).as_posix()
    return pure.name or "untitled"
