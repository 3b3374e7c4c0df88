"""All edits under review in one session: follows their documents, tells the editor how each stands, and the ledger what was kept.

Each edit has a review of its own, by its job. What is decided is sent as one undo step, and counts once the editor reports it.
"""

from collections import OrderedDict
from collections.abc import Awaitable
from dataclasses import replace
from typing import TYPE_CHECKING

from coderoute_ls.domain import Document, Ledger, TextEdit
from coderoute_ls.errors import Unsupported
from coderoute_ls.server.features.edit.apply_edit import EditWriter
from coderoute_ls.server.rpc.editor_client import Client
from coderoute_ls.server.rpc.messages.review_messages import (
    REVIEW,
    BeforeEdit,
    ChoiceOffered,
    EditUnderReview,
    HunkDecided,
    HunkDecision,
)
from coderoute_ls.server.rpc.positions import PositionConverter
from coderoute_ls.server.session.background_tasks import Background
from coderoute_ls.server.session.configuration import Configuration
from coderoute_ls.text.invisible_characters import without_controls

if TYPE_CHECKING:  # loaded with the first edit
    from coderoute_ls.server.features.review.held_review import HeldReview

KEPT = 20
"""Edits that are followed; the oldest one counts as kept."""
_GONE = "That edit is not under review any more; use the editor's own undo."
_CHANGED = "You have changed these lines since they were written. Reject them together with what you changed?"


class EditReviews:
    """A document listener, behind the writers."""

    def __init__(
        self,
        client: Client,
        positions: PositionConverter,
        configuration: Configuration,
        ledger: Ledger,
        background: Background,
    ) -> None:
        self._client = client
        self._positions = positions
        self._configuration = configuration
        self._ledger = ledger
        self._background = background
        self._writing: dict[str, tuple[EditWriter, str]] = {}
        """Job → who writes, and the title."""
        self._held: OrderedDict[str, HeldReview] = OrderedDict()
        self._told: dict[str, EditUnderReview] = {}

    # -- the life of a review ---------------------------------------------------------------------------------------------

    def writing(self, writer: EditWriter, title: str) -> None:
        """An action is about to write."""
        if self._client.can.ours.review and self._wanted(writer.uri):
            self._writing[writer.job] = (writer, title)
            self._show_writing(writer, title)

    def written(self, writer: EditWriter, call: str, title: str, choices: list[ChoiceOffered]) -> None:
        """The answer is there as a whole: it can be decided about. ``call`` is its name in the ledger."""
        from coderoute_ls.server.features.review.held_review import HeldReview

        self._writing.pop(writer.job, None)
        held = HeldReview.of(writer, call, title, [*choices, ChoiceOffered(choice="show", title="Show the answer")])
        held.count(self._ledger)
        if not self._wanted(writer.uri) or not held.review.undecided:
            self._tell(EditUnderReview(job=writer.job, uri=writer.uri, version=writer.edit.document.version, state="done"))
            return
        self._held[writer.job] = held
        self._show(held)
        while len(self._held) > KEPT:
            self.end(next(iter(self._held)))

    def end(self, job: str) -> None:
        """Nothing is to be decided, or can be: the edit was kept, taken back, or never written."""
        writing, held = self._writing.pop(job, None), self._held.pop(job, None)
        if writing is not None or held is not None:
            document = writing[0].edit.document if writing is not None else held.review.document if held is not None else None
            assert document is not None
            self._tell(EditUnderReview(job=job, uri=document.uri, version=document.version, state="done"))
        self._told.pop(job, None)

    def _wanted(self, uri: str) -> bool:
        return self._client.can.apply_edit and self._configuration.settings_for(uri).settings.edits.review

    # -- documents --------------------------------------------------------------------------------------------------------

    def opened(self, document: Document) -> None:
        del document

    def changed(self, document: Document, edits: tuple[TextEdit, ...]) -> None:
        for writer, title in tuple(self._writing.values()):
            if writer.uri == document.uri:
                self._show_writing(writer, title)
        for held in self.of(document.uri):
            if held.changed(document, edits):
                held.count(self._ledger)
                self._show(held)

    def closed(self, uri: str) -> None:
        for job in [held.job for held in self.of(uri)]:
            self.end(job)

    def of(self, uri: str) -> "tuple[HeldReview, ...]":
        """Those of this document, the oldest first; also those where nothing is left to be decided."""
        return tuple(held for held in self._held.values() if held.uri == uri)

    # -- decisions --------------------------------------------------------------------------------------------------------

    def decide(self, params: HunkDecision) -> HunkDecided:
        """Keep or reject one hunk. Raises `Unsupported` when there is no such edit or hunk."""
        held = self.required(params.job)
        hunk = held.review.hunk(params.hunk)
        if hunk is None:
            raise Unsupported(_GONE)
        if params.decision == "keep":
            held.review.keep([hunk.id])
            self._decided(held)
        elif hunk.state == "changed" and not params.force:
            return HunkDecided(done=False, message=_CHANGED)
        elif hunk.undecided:
            self._background.run(self._reject(held, hunk.id, changed=params.force))
        return HunkDecided(done=True)

    def keep_all(self, job: str) -> bool:
        """Whatever is undecided of this edit stays; False where it is under no review."""
        if (held := self._held.get(job)) is None:
            return False
        held.review.keep()
        self._decided(held)
        return True

    def stands(self, job: str, *, partly: bool) -> bool:
        """The edit is under review; ``partly``: and some hunk was decided, or all of it was taken back once, so that it is no
        longer one piece."""
        held = self._held.get(job)
        return held is not None and (held.review.decided or held.times_done > 0 or not partly)

    async def while_taken_back(self, job: str, taking_back: Awaitable[None]) -> None:
        """Wait until the whole edit is taken back, as one piece, and end its review where no hunk knows the old lines: a
        formatter may have moved them. The user's undo may have brought the answer back meanwhile: that is reviewed again."""
        held = self._held.get(job)
        before = held.times_done if held is not None else 0
        await taking_back
        if held is not None and held.times_done == before and held.review.undecided:
            self.end(job)

    async def reject_all(self, job: str) -> None:
        """Take back whatever is undecided. Raises `Unsupported` where lines that the user has changed are left, or the editor
        takes no edits."""
        held = self.required(job)
        await held.reject(self._client, self._positions, None)
        left = sum(hunk.state == "changed" for hunk in held.review.hunks)
        if left:
            them = "one change was left, as you have changed its lines" if left == 1 else (
                f"{left} changes were left, as you have changed their lines"
            )  # fmt: skip
            raise Unsupported(f"Taken back, but {them}. Reject what is left by itself to lose both.")

    def undone(self, call: str) -> None:
        """The user has taken back the whole edit: the ledger is told, where its review does not do so anyway."""
        if not any(held.call == call for held in self._held.values()):
            self._ledger.outcome(call, "undone")

    def before(self, job: str) -> BeforeEdit:
        """The document as it would be without all that is undecided."""
        return BeforeEdit(text=self.required(job).before)

    def required(self, job: str) -> "HeldReview":
        """Raises `Unsupported` for an edit that is under no review."""
        if (held := self._held.get(job)) is None:
            raise Unsupported(_GONE)
        return held

    async def _reject(self, held: "HeldReview", number: int, *, changed: bool) -> None:
        try:
            await held.reject(self._client, self._positions, number, changed=changed)
        except Unsupported as error:
            self._client.show(error.user_message)

    def _decided(self, held: "HeldReview") -> None:
        held.count(self._ledger)
        self._show(held)

    # -- telling ----------------------------------------------------------------------------------------------------------

    def _show_writing(self, writer: EditWriter, title: str) -> None:
        from coderoute_ls.server.features.review.held_review import writing_hunks

        message = EditUnderReview(
            job=writer.job,
            uri=writer.uri,
            version=writer.edit.document.version,
            state="writing",
            title=title,
            hunks=list(writing_hunks(writer)),
        )
        self._tell(replace(message, total=len(message.hunks)))

    def _show(self, held: "HeldReview") -> None:
        self._tell(held.told())

    def _tell(self, message: EditUnderReview) -> None:
        """Only what is news: a change elsewhere in the document that moves nothing is none."""
        before = self._told.get(message.job)
        if before is None and message.state == "done":
            return
        if before is not None and replace(before, version=message.version) == message:
            return
        self._told[message.job] = message
        if self._client.can.ours.review:
            clean = [replace(choice, title=without_controls(choice.title)) for choice in message.choices]
            self._client.notify(REVIEW, replace(message, title=without_controls(message.title), choices=clean))
