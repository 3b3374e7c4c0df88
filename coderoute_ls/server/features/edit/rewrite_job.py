"""One run of an action that changes text: ask, stream into the region, check, report; then keep, undo or retry."""

import asyncio
import logging
from dataclasses import replace

from coderoute_ls.domain import Action, Chosen, Span, Target
from coderoute_ls.edits import still_diagnosed
from coderoute_ls.errors import CoderouteError, Unsupported
from coderoute_ls.server.features.edit.apply_edit import EditWriter
from coderoute_ls.server.features.edit.destination_file import Destination, delete_created
from coderoute_ls.server.features.edit.edit_attempt import EditAttempt, edit_of
from coderoute_ls.server.features.edit.edit_outcome import TORN, EditReview, Outcome, outcome_of, why_stopped
from coderoute_ls.server.features.edit.escalation import FirstAnswer, because, may_be_better
from coderoute_ls.server.features.edit.keep_undo_retry import Choice, choices_of, pressed_button, take_back_answer, title_of
from coderoute_ls.server.features.job_dependencies import JobDependencies
from coderoute_ls.server.features.report.report_document import show_text
from coderoute_ls.server.rpc.messages.coderoute_messages import JobFinished, RunStarted
from coderoute_ls.server.rpc.messages.review_messages import ChoiceOffered
from coderoute_ls.server.session.cancellable_jobs import Progress, Subject
from coderoute_ls.server.session.shielded_work import uninterrupted

log = logging.getLogger(__name__)

_FAILED = "The action failed inside coderoute-ls; the log has the details."
_LATER = "The editor has not answered yet; what it writes of the answer is taken back when it does."
_BACK = "The file was closed while an answer was written into it. The part of the answer that was written is taken back now."


class RewriteJob:
    """The state of one run, from the command to the user's last choice about it."""

    def __init__(  # noqa: PLR0917
        self,
        services: JobDependencies,
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
        self._into = into or Destination(target.document, region)
        """Where the answer goes: over the region, or into another file."""
        self._asked = EditAttempt(services, action, target, region, self._into, pinned)
        settings = services.configuration.settings_for(target.document.uri)
        self._escalates = settings.settings.action(action.id).escalate and pinned is None  # else the user said which offer to ask
        self._review = EditReview(settings.cap_for(action.id, action.axis, action.max_cost_usd))

    async def run(self, job: str, progress: Progress) -> None:
        """Stream the answer into the region. Ends with one `JobFinished`, however it ends."""
        services, edits = self._services, self._services.writers
        edit = edit_of(self._action, self._target, self._into)
        writer = EditWriter(services.client, services.positions, services.engine.clock, job, edit)
        try:
            edits.begin(writer)
        except Unsupported as error:
            self._finish(writer, "failed", error.user_message)
            raise
        try:
            writer.catch_up(services.documents.get(writer.uri))
            services.reviews.writing(writer, self._action.title)
            services.suspend(writer.uri)
            complete = await self._write(writer, progress)
            if complete:
                edits.keep(writer, self)
                self._finish(writer, outcome_of(writer.edit))
            else:
                self._stopped(writer)
        except BaseException as error:
            await uninterrupted(self._abandon(writer, error))
            raise
        self._release(writer)

    def _stopped(self, writer: EditWriter) -> None:
        """Say what is left of the answer, after the user changed the lines or closed the document."""
        torn, message = writer.edit.torn, why_stopped(writer.edit, wrote=writer.wrote)
        if torn and not writer.edit.closed:
            self._services.writers.keep(writer, self)
        if not torn or self._services.client.can.ours.jobs:
            self._services.client.show(message)
        self._finish(writer, "stopped", message)

    def reopened(self, writer: EditWriter) -> None:
        """The document is open again: what is there of the answer goes."""
        if not writer.edit.settled:
            self._services.client.show(_BACK)
        self._services.background.run(self._settle_later(writer))

    async def _write(self, writer: EditWriter, progress: Progress) -> bool:
        """The answer, and a stronger model's where a check of it fails; False when the user stopped it by typing there."""
        if not await self._answer(writer, progress):
            return False
        if not (self._escalates and self._stronger()):
            self._release(writer)  # nothing more will be written: a long check holds no other job up
            self._services.writers.keep(writer, self)
        failed = await self._failed_check(writer, progress)
        if not (failed and self._escalates and may_be_better(self._asked.record)) or writer.edit.stopped:
            return True
        if not self._review.affords(stronger := self._stronger()) or stronger is None:
            return True
        return await self._ask_stronger(writer, progress, stronger, failed)

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
        if writer.edit.torn:
            message = f"{message} {TORN}".strip()
            self._services.writers.keep(writer, self)
        self._finish(writer, "cancelled" if cancelled else "failed", message)

    async def _settle_later(self, writer: EditWriter) -> None:
        """Wait for an editor that does not answer, or refuses, for as long as the document is open."""
        try:
            await writer.settle(patient=True)
        finally:
            self._release(writer)
        if writer.edit.torn:
            self._services.writers.keep(writer, self)
            await self._offer(TORN, writer.job, choices_of("stopped", None))

    def _release(self, writer: EditWriter) -> None:
        """Other jobs may write in these lines again, and ghost text may come back."""
        if writer.edit.closed and writer.edit.touched and not writer.edit.complete:
            self._services.writers.left(writer, self)
        self._services.writers.end(writer)
        if not self._services.writers.of(writer.uri):
            self._services.resume(writer.uri)

    # -- the answer -------------------------------------------------------------------------------------------------------

    async def _answer(self, writer: EditWriter, progress: Progress) -> bool:
        """One model's answer, or that of the ones behind it, to its last line in the editor; False when the user stopped it
        by typing there."""
        edit = writer.edit
        await self._asked.write(writer, progress)
        if edit.complete and edit.problem:
            self._services.engine.ledger.outcome(self._asked.call_id, "rejected")
        elif edit.complete and edit.touched:  # until the user says otherwise
            self._services.engine.ledger.outcome(self._asked.call_id, "accepted")
        return edit.complete

    # -- what came of it ----------------------------------------------------------------------------------------------------

    async def _failed_check(self, writer: EditWriter, progress: Progress) -> str:
        """Review what was written: why a check of it failed, "" where none did."""
        review, asked = self._review, self._asked
        review.look(writer.edit, asked.record)
        failed = writer.edit.problem
        if not failed and self._action.needs_diagnostic:
            failed = await asyncio.to_thread(still_diagnosed, writer.edit.wanted, writer.edit.place)
            review.problems += [failed] if failed and writer.edit.changes else []
        if not failed and writer.edit.touched:
            failed = await self._failed_own_check(writer, progress)
        if failed:
            self._services.engine.router.failed_regions.add(self._target, self._region)
        return failed

    async def _failed_own_check(self, writer: EditWriter, progress: Progress) -> str:
        """Why the user's own check failed, "" where it passed or none may run."""
        try:
            verdict = await self._services.checks.verdict(self._action.id, writer.edit.document, progress)
        except Unsupported as error:
            self._review.problems.append(error.user_message)
            return ""
        if verdict is None:
            return ""
        self._review.checked(verdict, self._asked.chosen, self._asked.record)
        return "" if verdict.passed else f"{verdict.reason}."

    async def _ask_stronger(self, writer: EditWriter, progress: Progress, stronger: Chosen, failed: str) -> bool:
        """Take back what was written, for the answer of the next offer up; where it does not answer, the first one comes back."""
        review, asked, first = self._review, self._asked, FirstAnswer.of(writer.edit, self._asked)
        if not review.steps:
            review.step(asked.chosen, asked.record, f"failed a check: {failed}")
        progress.report(review.announced(stronger, failed))
        self._services.engine.ledger.outcome(asked.call_id, "retried")
        asked.pinned, asked.because = stronger.offer.id, because(asked.chosen, asked.record, failed)
        await writer.take_back()
        try:
            if not await self._answer(writer, progress):
                return False
        except CoderouteError as error:
            await first.restore(writer, asked, review, error)
            return writer.edit.complete
        steps = len(review.steps)
        failed = await self._failed_check(writer, progress)
        if len(review.steps) == steps:
            review.step(asked.chosen, asked.record, f"failed a check: {failed}" if failed else "answered instead")
        return True

    def _finish(self, writer: EditWriter, outcome: Outcome, message: str = "") -> None:
        record, review = self._asked.record, self._review
        over, torn = outcome in {"applied", "unchanged", "refused"}, writer.edit.torn
        offered = over != torn and not writer.edit.closed
        finished = JobFinished(
            job=writer.job,
            action=self._action.id,
            uri=writer.uri,
            outcome=outcome,
            message=message or review.told(outcome, record.notes if record else ()),
            problems=review.problems if over else [],
            choices=choices_of(outcome if over else "stopped", self._stronger() if over else None) if offered else [],
            model=self._asked.chosen.offer.name if self._asked.chosen else "",
            cost_usd=(review.spent_usd or record.cost_usd) if record else None,
        )
        if outcome == "applied" and not torn:
            self._services.reviews.written(writer, self._asked.call_id, title_of(self._action, finished), finished.choices)
        else:
            self._services.reviews.end(writer.job)
        self._services.jobs.finish(finished)
        problems = finished.problems or ([finished.message] if outcome == "unchanged" or (torn and not over) else [])
        if problems and not self._services.client.can.ours.jobs:
            said = f"{self._action.title}: {' '.join(problems)}"
            if finished.choices:
                self._services.background.run(self._offer(said, finished.job, finished.choices))
            else:
                self._services.client.show(said)

    def _stronger(self) -> Chosen | None:
        """The next offer up the frontier from the one that answered."""
        return None if self._asked.record is None else self._services.engine.router.stronger(self._asked.record)

    # -- the user's choice ----------------------------------------------------------------------------------------------------

    async def _offer(self, said: str, job: str, choices: list[ChoiceOffered]) -> None:
        choice = await pressed_button(self._services, said, choices)
        if choice is not None and (kept := self._services.writers.chosen(job, choice)) is not None:
            self.act(kept[0], choice)

    def act(self, writer: EditWriter, choice: Choice) -> RunStarted | None:
        """Do what the user chose, as a job of its own."""
        if choice == "keep":
            return None
        if choice == "show":
            title = f"{self._action.title}: the answer as it came"
            self._services.background.run(show_text(self._services, title, writer.answer, self._target, writer.job))
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
            await take_back_answer(self._services, writer)
        except Unsupported:
            if writer.edit.settled:
                self._services.writers.end(writer)
            else:
                self._services.background.run(self._settle_later(writer))
            raise
        self._services.writers.taken_back(writer, self)
        self.undone()
        if self._into.created:
            await delete_created(self._services, writer.uri)

    def undone(self) -> None:
        """The user has taken it back, here or by the editor's own undo."""
        self._services.reviews.undone(self._asked.call_id)
        self._services.engine.router.failed_regions.add(self._target, self._region)

    def retry(self, writer: EditWriter) -> "RewriteJob | None":
        """The same again on a stronger offer, on the document as it is after `undo`; None where there is none."""
        stronger = self._stronger()
        document = self._services.documents.get(writer.uri)
        if stronger is None or document is None:
            return None
        self._services.reviews.end(writer.job)
        self._services.engine.ledger.outcome(self._asked.call_id, "retried")
        into = replace(self._into, document=document, region=writer.edit.region)
        if document.uri != self._target.document.uri:
            return RewriteJob(self._services, self._action, self._target, self._region, stronger.offer.id, into)
        target = replace(self._target, document=document)
        return RewriteJob(self._services, self._action, target, into.region, stronger.offer.id, into)
