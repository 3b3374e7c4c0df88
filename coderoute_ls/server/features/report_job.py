"""Explanations: Markdown that streams into a read-only document, else into a file, else into a message."""

import asyncio
import logging
import time
from collections import OrderedDict
from contextlib import aclosing
from pathlib import Path
from typing import Literal

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcInvalidParams
from pygls.uris import from_fs_path

from coderoute_ls.domain import Action, Delta, Finish, Span, Target
from coderoute_ls.edits import Cleaner
from coderoute_ls.engine import Asked, CallRecord, Done
from coderoute_ls.errors import CoderouteError, Unsupported
from coderoute_ls.server.features.engine_call import call_of
from coderoute_ls.server.features.job_services import JobServices
from coderoute_ls.server.rpc.messages import JobFinished
from coderoute_ls.server.session.jobs import Progress

log = logging.getLogger(__name__)

SCHEME = "coderoute"
KEPT = 20
REFRESH_EVERY_S = 0.15
MESSAGE_CHARS = 4_000
"""A message longer than this is no message any more."""

REGISTRATION = lsp.TextDocumentContentRegistrationOptions(schemes=[SCHEME])


class Reports:
    """The documents we provide, by address."""

    def __init__(self, services: JobServices) -> None:
        self._services = services
        self._texts: OrderedDict[str, str] = OrderedDict()

    def content(self, params: lsp.TextDocumentContentParams) -> lsp.TextDocumentContentResult:
        """Answers ``workspace/textDocumentContent``."""
        if params.uri not in self._texts:
            raise JsonRpcInvalidParams(f"Invalid Params: {params.uri} is not here any more; ask for the explanation again")
        return lsp.TextDocumentContentResult(self._texts[params.uri])

    async def run(self, action: Action, target: Target, region: Span, pinned: str | None, job: str, progress: Progress) -> None:  # noqa: PLR0917
        """Ask, and show the answer while it streams. Ends with one `JobFinished`."""
        report = _Report(self._services, self, action, target, job)
        record: CallRecord | None = None
        outcome: Literal["applied", "cancelled", "failed"] = "failed"
        message = ""
        try:
            settings = self._services.configuration.settings_for(target.document.uri)
            snippets = await self._services.calls.snippets(target, settings)
            call = call_of(action, target, region, settings, snippets=snippets, pinned=pinned)
            async with aclosing(self._services.engine.run(call)) as events:
                async for event in events:
                    match event:
                        case Asked():
                            self._services.status.working(event)
                            progress.report(event.chosen.offer.name)
                            if event.restart:
                                report.restart()
                        case Delta():
                            await report.feed(event.text)
                        case Done():
                            record = event.record
                        case Finish():
                            pass
            await report.finish(record)
            outcome = "applied"
        except asyncio.CancelledError:
            outcome = "cancelled"
            raise
        except CoderouteError as error:
            message = error.user_message
            raise
        finally:
            self._services.jobs.finish(
                JobFinished(
                    job=job,
                    action=action.id,
                    uri=target.document.uri,
                    outcome=outcome,
                    message=message,
                    problems=list(report.notes),
                    model=record.answered.offer.name if record and record.answered else "",
                    cost_usd=record.cost_usd if record else None,
                )
            )

    def put(self, uri: str, text: str) -> None:
        self._texts[uri] = text
        while len(self._texts) > KEPT:
            self._texts.popitem(last=False)


class _Report:
    """One explanation on its way to the user."""

    def __init__(self, services: JobServices, reports: Reports, action: Action, target: Target, job: str) -> None:
        self._services = services
        self._reports = reports
        self._title = f"# {action.title}: {_name(target)}\n\n"
        self._job = job
        self._workspace = services.configuration.folder_of(target.document.uri)
        self._cleaner = Cleaner("report", workspace=self._workspace)
        self._lines: list[str] = []
        self._shown_at = 0.0
        self._surface = self._pick(target)
        self._uri = self._address()

    def _pick(self, target: Target) -> Literal["document", "file", "message"]:
        can = self._services.client.can
        wish = self._services.configuration.settings_for(target.document.uri).settings.explain.output
        if wish == "document" and can.text_document_content:
            return "document"
        if wish != "message" and can.show_document:
            return "file"
        return "message"

    def _address(self) -> str:
        if self._surface == "document":
            return f"{SCHEME}:/{self._job}/explanation.md"
        return (from_fs_path(str(self._file)) or "") if self._surface == "file" else ""

    @property
    def _file(self) -> Path:
        return self._services.cache_dir / "explanations" / f"{self._job}.md"

    @property
    def _text(self) -> str:
        return self._title + "\n".join(self._lines)

    @property
    def notes(self) -> tuple[str, ...]:
        """What the clean-up took out."""
        return self._cleaner.notes

    def restart(self) -> None:
        """Another offer answers now: nothing of the first one's text stays."""
        self._cleaner = Cleaner("report", workspace=self._workspace)
        self._lines.clear()

    async def feed(self, text: str) -> None:
        new = self._cleaner.feed(text)
        self._lines += new
        if new and time.monotonic() - self._shown_at >= REFRESH_EVERY_S:
            await self._show()

    async def finish(self, record: CallRecord | None) -> None:
        self._lines += self._cleaner.finish()
        if record and record.answered:
            chosen = record.answered
            price = f"${record.cost_usd:.2g}" if record.cost_usd else "free"
            self._lines += ["", "---", f"*{chosen.offer.name or chosen.offer.id}, {price}: {chosen.why}.*", ""]
        await self._show()
        if self._surface == "message":
            text = self._text
            self._services.client.show(text if len(text) <= MESSAGE_CHARS else text[:MESSAGE_CHARS] + "\n…")

    async def _show(self) -> None:
        first = not self._shown_at
        self._shown_at = time.monotonic()
        if self._surface == "document":
            self._reports.put(self._uri, self._text)
            await self._tell(first)
        elif self._surface == "file":
            await asyncio.to_thread(_write, self._file, self._text)
            if first:
                await self._tell(first)

    async def _tell(self, first: bool) -> None:
        client = self._services.client
        try:
            if first:
                await client.show_document(self._uri)
            else:
                await client.request(lsp.WORKSPACE_TEXT_DOCUMENT_CONTENT_REFRESH, lsp.TextDocumentContentRefreshParams(self._uri))
        except Unsupported as error:
            log.warning("%s", error)


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file.write_text(text, encoding="utf-8")


def _name(target: Target) -> str:
    """File and line, for the report's heading."""
    document = target.document
    return f"{Path(document.path or document.uri).name}:{target.span.start.line + 1}"
