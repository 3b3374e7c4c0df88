"""One run of an action that changes text: ask, stream into the region, check, report; then keep, undo or retry."""

import asyncio
import logging
from contextlib import aclosing
from dataclasses import replace
from typing import Literal

from coderoute_ls.domain import Action, Chosen, Delta, Finish, Position, Span, Target, TextEdit
from coderoute_ls.edits import EditJob
from coderoute_ls.engine import Asked, CallRecord, Done
from coderoute_ls.errors import CoderouteError, Unsupported
from coderoute_ls.server.features.edit_review import EditReview
from coderoute_ls.server.features.edit_writer import EditWriter
from coderoute_ls.server.features.engine_call import call_of
from coderoute_ls.server.features.job_services import JobServices
from coderoute_ls.server.features.test_destination import Destination
from coderoute_ls.server.rpc.messages import ChoiceOffered, JobFinished, RunStarted
from coderoute_ls.server.session.jobs import Progress, Subject
from coderoute_ls.server.session.uninterrupted import end_tasks, uninterrupted

log = logging.getLogger(__name__)

PREVIEW_CHARS = 60
"""How much of the last line the progress message shows while nothing is written yet."""

_TYPED = "You typed inside the lines being rewritten, so the rest of the answer was not written."
_FAILED = "The action failed inside coderoute-ls; the log has the details."
_LATER = "The editor has not answered yet; what it writes of the answer is taken back when it does."
_CLOSED = "The file was closed, so the rest of the answer was not written."

Choice = Literal["keep", "undo", "retry"]
Outcome = Literal["applied", "unchanged", "cancelled", "stopped", "failed"]


class RewriteJob:
    """The state of one run, from the command to the user's last choice about it."""

    def __init__(  # noqa: PLR0917
        self,
        services: JobServices,
        action: Action,
        target: Target,
        region: Span,
        pinned: str | None,
        into: Destination | None = None,
    ) -> None:
        self._services = services
        self._action = action
        self._target = target
        self._region = region
        self._pinned = pinned
        self._into = into or Destination(target.document, region)
        """Where the answer goes: over the region, or into another file."""
        self._chosen: Chosen | None = None
        self._record: CallRecord | None = None
        self._call_id = ""
        settings = services.configuration.settings_for(target.document.uri)
        self._escalates = settings.settings.action(action.id).escalate
        self._review = EditReview(settings.cap_for(action.id, action.axis, action.max_cost_usd))

    async def run(self, job: str, progress: Progress) -> None:
        """Stream the answer into the region. Ends with one `JobFinished`, however it ends."""
        edits = self._services.writers
        services = self._services
        edit = EditJob(self._into.document, self._into.region, self._action.surface)
        writer = EditWriter(services.client, services.positions, services.engine.clock, job, edit)
        try:
            edits.begin(writer)
        except Unsupported as error:
            self._finish(writer, "failed", error.user_message)
            raise
        try:
            self._catch_up(writer)
            self._services.suspend(writer.uri)
            complete = await self._write(writer, progress)
            if complete:
                edits.keep(writer, self)
                self._finish(writer, "applied" if writer.edit.touched else "unchanged")
            else:
                message = _CLOSED if self._services.documents.get(writer.uri) is None else _TYPED
                self._services.client.show(message)
                self._finish(writer, "stopped", message)
        except BaseException as error:
            await uninterrupted(self._abandon(writer, error))
            raise
        self._release(writer)

    async def _write(self, writer: EditWriter, progress: Progress) -> bool:
        """The answer, and a stronger model's where the check asks for it; False when the user stopped it by typing there."""
        complete = await self._answer(writer, progress)
        if complete and not self._escalates:
            self._release(writer)  # nothing more will be written: a long check holds nobody up
            self._services.writers.keep(writer, self)
        while complete and await self._asks_for_more(writer, progress):
            complete = await self._answer(writer, progress)
        return complete

    async def _abandon(self, writer: EditWriter, error: BaseException) -> None:
        """Take back what was written, say how the job ended, and let go of the lines. Cancelling does not reach this."""
        cancelled = isinstance(error, asyncio.CancelledError)
        message = error.user_message if isinstance(error, CoderouteError) else "" if cancelled else _FAILED
        self._services.writers.kept(writer.job)  # there is no choice left
        try:
            self._services.writers.follow(writer)
            settings = self._services.configuration.settings_for(writer.uri).settings
            await (writer.settle() if cancelled and settings.edits.on_cancel == "keep" else writer.take_back())
        except Unsupported as refusal:
            log.warning("The edit could not be taken back yet: %s", refusal)
            message = f"{message} {_LATER}".strip()
            self._services.background.run(self._settle_later(writer))
        except Exception:
            log.exception("The edit could not be taken back")
            self._release(writer)
        else:
            self._release(writer)
        self._finish(writer, "cancelled" if cancelled else "failed", message)

    async def _settle_later(self, writer: EditWriter) -> None:
        """Wait for an editor that does not answer, or refuses, for as long as the document is open."""
        try:
            await writer.settle(patient=True)
        finally:
            self._release(writer)

    def _release(self, writer: EditWriter) -> None:
        """Other jobs may write in these lines again, and ghost text may come back."""
        self._services.writers.end(writer)
        if not self._services.writers.of(writer.uri):
            self._services.resume(writer.uri)

    def _catch_up(self, writer: EditWriter) -> None:
        """What was typed between the command and now, before anybody told the writer of changes."""
        before, now = writer.edit.document, self._services.documents.get(writer.uri)
        if now is not None and now is not before:
            writer.changed(now, (TextEdit(Span(Position(0, 0), before.end), now.text),))

    # -- the answer -------------------------------------------------------------------------------------------------------

    async def _answer(self, writer: EditWriter, progress: Progress) -> bool:
        """One model's answer, or that of the ones behind it, to its last line in the editor; False when the user stopped it
        by typing there."""
        await self._stream(writer, progress)
        if not writer.edit.stopped:
            writer.edit.finish()
            await writer.settle()
        if writer.edit.complete and writer.edit.touched:  # until the user says otherwise
            self._services.engine.ledger.outcome(self._call_id, "accepted")
        return writer.edit.complete

    async def _stream(self, writer: EditWriter, progress: Progress) -> None:
        """Until the answer is complete, or the user typed where it goes."""
        reading = asyncio.create_task(self._read(writer, progress))
        stopping = asyncio.create_task(writer.stopped.wait())
        pumping = asyncio.create_task(writer.pump()) if self._live else None
        try:
            await asyncio.wait({reading, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if reading.done():
                reading.result()
        finally:
            await uninterrupted(end_tasks(reading, stopping, pumping))

    async def _read(self, writer: EditWriter, progress: Progress) -> None:
        edit = writer.edit
        self._target = await self._services.calls.instructed(self._action, self._target)
        settings = self._services.configuration.settings_for(self._target.document.uri)
        snippets = (*self._into.snippets, *await self._services.calls.snippets(self._target, settings))
        call = call_of(self._action, self._target, self._region, settings, snippets=snippets, pinned=self._pinned)
        async with aclosing(self._services.engine.run(call)) as events:
            async for event in events:
                match event:
                    case Asked():
                        self._chosen, self._call_id = event.chosen, event.call
                        if event.restart:
                            edit.take_back()
                        self._services.status.working(event)
                        progress.report(event.chosen.offer.name)
                    case Delta():
                        edit.feed(event.text)
                        if not self._live and (line := "".join(edit.wanted[-1:]).strip()):
                            progress.report(line[-PREVIEW_CHARS:])
                    case Done():
                        self._record = event.record
                    case Finish():
                        pass
                writer.wake()

    @property
    def _live(self) -> bool:
        """Write while the answer streams: only where each flush can carry its version."""
        can = self._services.client.can
        wish = self._services.configuration.settings_for(self._target.document.uri).settings.edits.streaming
        return can.document_changes and (wish == "live" or (wish == "auto" and can.ours.grouped_edits))

    # -- what came of it ----------------------------------------------------------------------------------------------------

    async def _asks_for_more(self, writer: EditWriter, progress: Progress) -> bool:
        """Review what stands. True when the check failed and a stronger offer is to be asked instead, on the old text."""
        review = self._review
        await review.look(writer.edit, self._into.document, self._record)
        if not writer.edit.touched:
            return False
        try:
            verdict = await self._services.checks.verdict(self._action.id, writer.edit.document, progress)
        except Unsupported as error:
            review.problems.append(error.user_message)
            return False
        if verdict is None:
            return False
        review.checked(verdict, self._chosen, self._record)
        stronger = self._stronger()
        if verdict.passed or not self._escalates or writer.edit.stopped or not review.affords(stronger) or stronger is None:
            return False
        self._services.engine.ledger.outcome(self._call_id, "retried")
        await writer.take_back()
        self._pinned = stronger.offer.id
        return True

    def _finish(self, writer: EditWriter, outcome: Outcome, message: str = "") -> None:
        record = self._record
        finished = JobFinished(
            job=writer.job,
            action=self._action.id,
            uri=writer.uri,
            outcome=outcome,
            message=message or "; ".join(self._review.steps or (record.notes if record else ())),
            problems=self._review.problems if outcome in {"applied", "unchanged"} else [],
            choices=self._choices() if outcome == "applied" and not writer.edit.stopped else [],
            model=self._chosen.offer.name if self._chosen else "",
            cost_usd=(self._review.spent_usd or record.cost_usd) if record else None,
        )
        self._services.jobs.finish(finished)
        can = self._services.client.can
        if finished.problems and not can.ours.jobs:
            said = f"{self._action.title}: {' '.join(finished.problems)}"
            if finished.choices and can.show_message_request:
                self._services.background.run(self._offer(said, finished))
            else:
                self._services.client.show(said)

    def _choices(self) -> list[ChoiceOffered]:
        choices = [ChoiceOffered(choice="keep", title="Keep"), ChoiceOffered(choice="undo", title="Undo")]
        if (stronger := self._stronger()) is not None:
            price = f"≈ ${stronger.cost.expected_usd:.2g}" if stronger.cost.expected_usd else "free"
            choices.append(ChoiceOffered(choice="retry", title=f"Retry on {stronger.offer.name} ({price})"))
        return choices

    def _stronger(self) -> Chosen | None:
        """The next offer up the frontier from the one that answered."""
        return None if self._record is None else self._services.engine.router.stronger(self._record)

    # -- the user's choice ----------------------------------------------------------------------------------------------------

    async def _offer(self, said: str, finished: JobFinished) -> None:
        """The choices as buttons of a message, where the editor has no better place for them."""
        buttons: dict[str, Choice] = {offered.title: offered.choice for offered in finished.choices}
        try:
            pressed = await self._services.client.ask_choice(said, tuple(buttons))
        except Unsupported:
            return  # nobody has answered for a long time
        if pressed in buttons and (kept := self._services.writers.kept(finished.job)) is not None:
            self.act(kept[0], buttons[pressed])

    def act(self, writer: EditWriter, choice: Choice) -> RunStarted | None:
        """Do what the user chose, as a job of its own."""
        if choice == "keep":
            return None

        async def take_back(job: str, progress: Progress) -> None:
            self._services.writers.begin(writer)  # followed again: it has to hear of its own last edits
            await uninterrupted(self._undo(writer))
            if choice == "retry" and (again := self.retry(writer)) is not None:
                await again.run(job, progress)
            else:
                self._services.jobs.finish(JobFinished(job=job, action=self._action.id, uri=writer.uri, outcome="applied"))

        subject = Subject(self._action.id, writer.uri)
        return self._services.jobs.start("Retry" if choice == "retry" else "Undo", take_back, subject)

    async def _undo(self, writer: EditWriter) -> None:
        try:
            await writer.take_back()
        except Unsupported:
            self._services.background.run(self._settle_later(writer))
            raise
        self._services.writers.end(writer)
        self._services.engine.ledger.outcome(self._call_id, "undone")

    def retry(self, writer: EditWriter) -> "RewriteJob | None":
        """The same again on a stronger offer, on the document as it is after `undo`; None where there is none."""
        stronger = self._stronger()
        document = self._services.documents.get(writer.uri)
        if stronger is None or document is None:
            return None
        self._services.engine.ledger.outcome(self._call_id, "retried")
        into = replace(self._into, document=document, region=writer.edit.region)
        if document.uri != self._target.document.uri:
            return RewriteJob(self._services, self._action, self._target, self._region, stronger.offer.id, into)
        target = replace(self._target, document=document)
        return RewriteJob(self._services, self._action, target, into.region, stronger.offer.id, into)
