"""One attempt at an edit: asks a model, shows it while it streams, then fits and writes the whole answer."""

import asyncio
from dataclasses import dataclass, replace

from coderoute_ls.actions.action_region import part_of_line
from coderoute_ls.actions.edit import written_instruction
from coderoute_ls.domain import Action, Chosen, Delta, Finish, Prompt, Span, Target
from coderoute_ls.edits import EditStateMachine, badly_ended
from coderoute_ls.engine import Asked, CallRecord
from coderoute_ls.selection import EMBEDDED
from coderoute_ls.server.features.edit.apply_edit import EditWriter
from coderoute_ls.server.features.edit.destination_file import Destination
from coderoute_ls.server.features.engine_call import call_that_fits
from coderoute_ls.server.features.job_dependencies import JobDependencies
from coderoute_ls.server.features.report.conversations import Conversation, place_of, with_answer, without_text
from coderoute_ls.server.session.cancellable_jobs import Progress
from coderoute_ls.server.session.shielded_work import end_tasks, uninterrupted

PREVIEW_CHARS = 60
"""How much of the last line the progress message shows while nothing is written yet."""


def edit_of(action: Action, target: Target, into: Destination) -> EditStateMachine:
    """The region as it is now, and what of it is selected."""
    within = action.surface == "replace" and not action.needs_diagnostic
    selection = part_of_line(target.document, target.span) if within else None
    return EditStateMachine(into.document, into.region, action.surface, selection=selection, unit=into.unit)


class EditAttempt:
    """Asks, once or again on another offer. ``pinned`` is the offer to ask, or None for the one that is chosen."""

    def __init__(  # noqa: PLR0917
        self, services: JobDependencies, action: Action, target: Target, region: Span, into: Destination, pinned: str | None
    ) -> None:
        self._services = services
        self._action = action
        self._target = target
        self._region = region
        self._into = into
        self.pinned = pinned
        self.because = ""
        """Why ``pinned`` is asked, where a failed check named it and not the user."""
        self.chosen: Chosen | None = None
        """Who answers."""
        self.record: CallRecord | None = None
        self.call_id = ""
        self._prompt: Prompt | None = None

    async def write(self, writer: EditWriter, progress: Progress) -> None:
        """One model's answer, or that of the ones behind it, to its last line in the editor; none when the user typed there."""
        await self._stream(writer, progress)
        if not writer.edit.stopped:
            await self._conclude(writer.edit)
        await writer.settle()
        if writer.edit.complete:
            self._remember(writer)

    def _remember(self, writer: EditWriter) -> None:
        """From now on one can ask about the answer."""
        record, target = self.record, self._target
        if self._prompt is not None and record is not None and record.answered is not None:
            told = with_answer(self._prompt, writer.edit.answer)
            title = f"{self._action.title}: {place_of(target)}"
            kept = Conversation(writer.job, title, self._action, without_text(target), told, record)
            self._services.conversations.keep(kept)

    async def _conclude(self, edit: EditStateMachine) -> None:
        """The answer is all there: decide what of it is written."""
        if problem := badly_ended(self.record.finish if self.record else None):
            edit.refuse(problem)
            return
        fit = await asyncio.to_thread(edit.fit)
        if not edit.stopped:
            edit.finish(fit)

    async def _stream(self, writer: EditWriter, progress: Progress) -> None:
        """Until the answer is complete, or the user typed where it goes."""
        reading = asyncio.create_task(self._read(writer, progress))
        stopping = asyncio.create_task(writer.stopped.wait())
        pumping = asyncio.create_task(writer.pump()) if self.live else None
        try:
            await asyncio.wait({reading, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if reading.done():
                reading.result()
        finally:
            await uninterrupted(end_tasks(reading, stopping, pumping))

    async def _read(self, writer: EditWriter, progress: Progress) -> None:
        edit = writer.edit
        calls, router = self._services.calls, self._services.engine.router
        settings = self._services.configuration.settings_for(self._target.document.uri)
        snippets = (*self._into.snippets, *await calls.snippets(self._target, settings))
        if calls.asks(self._action, self._target):
            # What would be refused is refused before the user has thought of an instruction.
            self._services.engine.choose(
                call_that_fits(router, self._action, self._target, self._region, settings, pinned=self.pinned)
            )
        self._target = await calls.instructed(self._action, self._target)
        if self._action.id == "edit" or self._action.says:
            edit.asked_for(self._action.says or self._target.instruction.strip() or written_instruction(self._target))
        call = call_that_fits(router, self._action, self._target, self._region, settings, snippets=snippets, pinned=self.pinned)
        call = replace(call, because=self.because)
        self._prompt = call.prompt
        self.record = await self._services.engine.tell(call, _Reading(self, writer, progress))
        writer.wake()

    def asked(self, event: Asked, edit: EditStateMachine) -> None:
        """Note who answers. Until the first word comes there is time to read the file that the answer goes into."""
        self.chosen, self.call_id = event.chosen, event.call
        self._services.status.working(event)
        self._services.background.run(asyncio.to_thread(edit.place.parse_ahead))

    @property
    def live(self) -> bool:
        """Write while the answer streams: only where each flush can carry its version."""
        can = self._services.client.can
        wish = self._services.configuration.settings_for(self._target.document.uri).settings.edits.streaming
        return can.document_changes and (wish == "live" or (wish == "auto" and can.ours.grouped_edits))


@dataclass(frozen=True, slots=True)
class _Reading:
    """Listens to the engine for one edit."""

    writing: EditAttempt
    writer: EditWriter
    progress: Progress

    def asked(self, event: Asked) -> None:
        self.writing.asked(event, self.writer.edit)
        if event.restart:
            self.writer.edit.take_back()
        if event.chosen.offer.provider == EMBEDDED.provider:
            self.writer.edit.trust()
        self.progress.report(event.chosen.offer.name)
        self.writer.wake()

    async def said(self, delta: Delta) -> None:
        edit = self.writer.edit
        edit.feed(delta.text)
        if not self.writing.live and (line := "".join(edit.wanted[-1:]).strip()):
            self.progress.report(line[-PREVIEW_CHARS:])
        self.writer.wake()

    def ended(self, finish: Finish) -> None:
        """`EditAttempt.record` tells."""
