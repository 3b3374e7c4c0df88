"""Shows one text to the user: in a read-only document, else in a file; in a message where the user wants that."""

import asyncio
import logging
import time
from pathlib import Path
from typing import Literal

from lsprotocol import types as lsp

from coderoute_ls.domain import Target
from coderoute_ls.edits import ReportText
from coderoute_ls.engine import CallRecord
from coderoute_ls.errors import Unsupported
from coderoute_ls.server.features.job_dependencies import JobDependencies
from coderoute_ls.server.features.report.virtual_documents import SCHEME
from coderoute_ls.server.session.document_uris import address_of
from coderoute_ls.temporary_folders import private_folder
from coderoute_ls.text.dollars import price
from coderoute_ls.text.markdown_escaping import as_block, as_text

log = logging.getLogger(__name__)

REFRESH_EVERY_S = 0.15
MESSAGE_CHARS = 4_000
"""A message longer than this is no message any more."""


async def show_text(services: JobDependencies, title: str, text: str, target: Target, job: str) -> None:
    """Show a text as it is: as a code block, so that nothing in it is a link."""
    await ReportDocument(services, title, target, job).show(as_block(text) + "\n")


class ReportDocument:
    """One explanation on its way to the user."""

    def __init__(self, services: JobDependencies, title: str, target: Target, job: str) -> None:
        self._services = services
        self._heading = title
        self._title = f"# {as_text(title)}\n\n"
        self._job = job
        self._workspace = services.configuration.folder_of(target.document.uri)
        self._answer = ReportText(self._workspace)
        self._footer: list[str] = []
        self.problem = ""
        """What is wrong with how the answer ended; it is shown below what came."""
        self._shown_at = 0.0
        self._known = False
        """The editor has asked for it before."""
        self._surface = self._pick(target)
        self._uri = self._address()

    def _pick(self, target: Target) -> Literal["document", "file", "message"]:
        can = self._services.client.can
        wish = self._services.configuration.settings_for(target.document.uri).settings.explain.output
        if wish == "document" and can.text_document_content:
            return "document"
        return "message" if wish == "message" else "file"

    def _address(self) -> str:
        if self._surface == "document":
            return f"{SCHEME}:/{self._job}/explanation.md"
        return address_of(str(self._file)) if self._surface == "file" else ""

    @property
    def _file(self) -> Path:
        return private_folder() / "explanations" / f"{self._job}.md"

    @property
    def _text(self) -> str:
        return self._title + "\n".join((*self._answer.lines, *self._footer))

    @property
    def notes(self) -> tuple[str, ...]:
        """What the clean-up took out, and how the answer ended."""
        return (*self._answer.notes, self.problem) if self.problem else self._answer.notes

    @property
    def answer(self) -> str:
        """The last answer, as it is shown."""
        return "\n".join(self._answer.lines)

    def ask_on(self, question: str) -> None:
        """A further question: its answer comes below what is there, and the document is brought into view again."""
        asked = as_text(" ".join(question.split()))
        self._title = f"{self._text.rstrip()}\n\n## {asked}\n\n"
        self._answer, self._footer, self.problem, self._shown_at = ReportText(self._workspace), [], "", 0.0

    def restart(self) -> None:
        """Another offer answers now: nothing of the first one's text stays."""
        self._answer = ReportText(self._workspace)

    async def feed(self, text: str) -> None:
        before = len(self._answer.lines)
        self._answer.feed(text)
        if len(self._answer.lines) != before and time.monotonic() - self._shown_at >= REFRESH_EVERY_S:
            await self._show()

    async def finish(self, record: CallRecord | None) -> None:
        self._answer.finish()
        self._footer = ["", f"**{as_text(self.problem)}**"] if self.problem else []
        if record and record.answered:
            chosen = record.answered
            paid = price(record.cost_usd, 2)
            said = as_text(f"{chosen.offer.name or chosen.offer.id}, {paid}: {chosen.why}")
            self._footer += ["", "---", f"*{said}.*", ""]
        await self._show()
        self._say()

    async def show(self, text: str) -> None:
        """Nothing but this text."""
        self._footer = text.split("\n")
        await self._show()
        self._say()

    def _say(self) -> None:
        """What an editor is told that opens no document for us: the text, or where it is."""
        client = self._services.client
        if self._surface == "message":
            text = self._text
            client.show(text if len(text) <= MESSAGE_CHARS else text[:MESSAGE_CHARS] + "\n…")
        elif self._surface == "file" and not client.can.show_document:
            client.show(f"{self._heading} is in {self._file}")

    async def _show(self) -> None:
        first = not self._shown_at
        self._shown_at = time.monotonic()
        if self._surface == "document":
            self._services.texts.put(self._uri, self._text)
            await self._tell(first)
        elif self._surface == "file":
            await asyncio.to_thread(_write, self._file, self._text)
            if first and self._services.client.can.show_document:
                await self._tell(first)

    async def _tell(self, first: bool) -> None:
        client = self._services.client
        try:
            if first:
                await client.show_document(self._uri)
            if not first or (self._known and self._surface == "document"):
                await client.request(lsp.WORKSPACE_TEXT_DOCUMENT_CONTENT_REFRESH, lsp.TextDocumentContentRefreshParams(self._uri))
        except Unsupported as error:
            log.warning("%s", error)
        self._known = True


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(exist_ok=True, mode=0o700)
    file.write_text(text, encoding="utf-8")
