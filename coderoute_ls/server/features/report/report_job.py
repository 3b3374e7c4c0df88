"""The job of an explanation: asks, and streams Markdown into a read-only document, else into a file."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from coderoute_ls.domain import Action, Delta, Finish, Span, Target
from coderoute_ls.engine import Asked
from coderoute_ls.server.features.engine_call import call_that_fits
from coderoute_ls.server.features.job_dependencies import JobDependencies
from coderoute_ls.server.features.report.conversations import Conversation, place_of, with_answer, without_text
from coderoute_ls.server.features.report.virtual_documents import SCHEME
from coderoute_ls.server.session.cancellable_jobs import Progress, Subject

if TYPE_CHECKING:  # loaded with the first report
    from coderoute_ls.server.features.report.report_document import ReportDocument

REGISTRATION = lsp.TextDocumentContentRegistrationOptions(schemes=[SCHEME])


@dataclass(frozen=True, slots=True)
class _Showing:
    """Listens to the engine for one document."""

    services: JobDependencies
    report: "ReportDocument"
    progress: Progress

    def asked(self, event: Asked) -> None:
        self.services.status.working(event)
        self.progress.report(event.chosen.offer.name)
        if event.restart:
            self.report.restart()

    async def said(self, delta: Delta) -> None:
        await self.report.feed(delta.text)

    def ended(self, finish: Finish) -> None:
        self.report.problem = finish.problem


class Reports:
    """The documents we provide, by address."""

    def __init__(self, services: JobDependencies) -> None:
        self._services = services
        self.content = services.texts.content

    async def run(self, action: Action, target: Target, region: Span, pinned: str | None, job: str, progress: Progress) -> None:  # noqa: PLR0917
        """Ask, and show the answer while it streams. Ends with one `JobFinished`."""
        from coderoute_ls.server.features.report.report_document import ReportDocument

        report = ReportDocument(self._services, f"{action.title}: {place_of(target)}", target, job)
        with self._services.jobs.telling(job, Subject(action.id, target.document.uri)) as ending:
            try:
                settings = self._services.configuration.settings_for(target.document.uri)
                snippets = await self._services.calls.snippets(target, settings)
                router = self._services.engine.router
                call = call_that_fits(router, action, target, region, settings, snippets=snippets, pinned=pinned)
                record = await self._services.engine.tell(call, _Showing(self._services, report, progress))
                if record is not None:
                    ending.model = record.answered.offer.name if record.answered else ""
                    ending.cost_usd = record.cost_usd
                await report.finish(record)
                if record is not None and record.answered is not None:
                    prompt = with_answer(call.prompt, report.answer)
                    title = f"{action.title}: {place_of(target)}"
                    kept = Conversation(job, title, action, without_text(target), prompt, record, report)
                    self._services.conversations.keep(kept)
            finally:
                ending.problems = report.notes
