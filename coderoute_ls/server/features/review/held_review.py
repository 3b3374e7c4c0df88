"""One edit under review, as the session holds it: what is told about it, counted of it, and sent for it."""

import asyncio
import logging
from collections.abc import Iterator

from coderoute_ls.domain import Document, Ledger, ReviewCount, TextEdit
from coderoute_ls.edits.minimal_edits import common_ends
from coderoute_ls.edits.review import Hunk, ReviewedEdit, Tally, hunks_of
from coderoute_ls.errors import Unsupported
from coderoute_ls.server.features.edit.apply_edit import EditWriter
from coderoute_ls.server.features.review.single_step import apply_as_one_step
from coderoute_ls.server.rpc.editor_client import Client
from coderoute_ls.server.rpc.messages.review_messages import ChoiceOffered, EditUnderReview, ReviewHunk
from coderoute_ls.server.rpc.positions import PositionConverter
from coderoute_ls.text import split_lines

log = logging.getLogger(__name__)

TRIES = 5
"""How often a decision is sent anew while the user types."""
REPORT_S = 1.0
"""Seconds that an editor may take to report a change it has made, or that made it refuse ours."""
_COMPARED = 40_000
"""Product of a region's old and new lines above which only its first and last difference are looked for while it is written: that
happens at every flush, and 400 lines take 18 ms."""


class HeldReview:
    """Built by `of` once the answer is written."""

    def __init__(self, review: ReviewedEdit, job: str, call: str, title: str, choices: list[ChoiceOffered]) -> None:
        self.review = review
        self.job = job
        self.call = call
        self.title = title
        self.times_done = 0
        """How often a change of the document has left nothing to be decided."""
        self._choices = choices
        self._steps = 0
        self._deciding = asyncio.Lock()
        self._news = asyncio.Event()
        """The document has changed."""
        self._counted: Tally | None = None

    @staticmethod
    def of(writer: EditWriter, call: str, title: str, choices: list[ChoiceOffered]) -> "HeldReview":
        standing = writer.edit.standing
        review = ReviewedEdit(writer.edit.document, standing.place.first, standing.original, standing.lines)
        return HeldReview(review, writer.job, call, title, choices)

    @property
    def uri(self) -> str:
        return self.review.document.uri

    @property
    def before(self) -> str:
        """The document without what is undecided."""
        lines = list(self.review.document.lines)
        text = "".join(lines)
        starts = [0]
        for line in lines:
            starts.append(starts[-1] + len(line))
        for edit in reversed(self.review.rejection(changed=True)):
            start, end = (starts[place.line] + place.character for place in edit.span)
            text = text[:start] + edit.text + text[end:]
        return text

    def changed(self, document: Document, edits: tuple[TextEdit, ...]) -> bool:
        undecided = self.review.undecided
        moved = self.review.on_change(document, edits)
        self.times_done += undecided and not self.review.undecided
        self._news.set()
        return moved

    def told(self) -> EditUnderReview:
        review, tally = self.review, self.review.tally
        return EditUnderReview(
            job=self.job,
            uri=self.uri,
            version=review.document.version,
            state="open" if review.undecided else "done",
            title=self.title,
            hunks=[told_hunk(hunk) for hunk in review.hunks if hunk.undecided],
            total=len(review.hunks),
            kept=tally.kept,
            rejected=tally.rejected,
            choices=self._choices,
        )

    def count(self, ledger: Ledger) -> None:
        """Tell the ledger what has become of the hunks, where that is news."""
        tally, before = self.review.tally, self._counted
        if tally == before:
            return
        self._counted = tally
        if before is not None and tally.rejected != before.rejected:
            whole = tally.rejected == len(self.review.hunks)
            ledger.outcome(self.call, "undone" if whole else "partly" if tally.rejected else "accepted")
        ledger.reviewed(self.call, ReviewCount(len(self.review.hunks), tally.kept, tally.rejected, tally.lines))

    async def reject(self, client: Client, positions: PositionConverter, number: int | None, *, changed: bool = False) -> None:
        """Bring the old lines back, of one hunk or of all that are open, as one undo step. Raises `Unsupported` when the editor
        does not take it."""
        numbers = None if number is None else [number]
        async with self._deciding:
            self._steps += 1
            for _ in range(TRIES):
                edits = self.review.rejection(numbers, changed=changed)
                if not edits:
                    return
                self._news.clear()
                applied = await apply_as_one_step(client, positions, self.review.document, edits, f"{self.job}/{self._steps}")
                await self._reported()
                if applied:
                    return
        raise Unsupported("The editor did not take the change; try again.")

    async def _reported(self) -> None:
        """Wait for the editor's own report: what is sent next has to be made on that."""
        try:
            await asyncio.wait_for(self._news.wait(), REPORT_S)
        except TimeoutError:
            log.debug("No report of a change")


def writing_hunks(writer: EditWriter) -> Iterator[ReviewHunk]:
    """What has been written so far."""
    (first, _), old, new = writer.edit.standing.place, writer.edit.standing.original, writer.edit.standing.lines
    if len(old) * len(new) <= _COMPARED:
        yield from map(told_hunk, hunks_of(old, new, first))
        return
    head, tail = common_ends(old, new)
    if len(old) - tail > head or len(new) - tail > head:
        text = "".join(old[head : len(old) - tail])
        yield ReviewHunk(hunk=0, first=first + head, last=first + len(new) - tail, old=text)


def told_hunk(hunk: Hunk) -> ReviewHunk:
    return ReviewHunk(
        hunk=hunk.id, first=hunk.place.first, last=hunk.place.last, old="".join(hunk.old), changed=hunk.state == "changed"
    )


def diff_of(held: HeldReview) -> str:
    """What is undecided, as a unified diff."""
    from difflib import unified_diff

    before, now = (split_lines(text) for text in (held.before, held.review.document.text))
    name = held.uri.rpartition("/")[2]
    ended = (line if line.endswith("\n") else line + "\n" for line in unified_diff(before, now, name, name))
    return "".join(ended)
