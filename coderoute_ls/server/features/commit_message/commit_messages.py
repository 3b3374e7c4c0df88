"""Writes commit messages: for an input box that asks, and into the file that git opens in an editor."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams

from coderoute_ls.actions.commit_message import LANGUAGES, message_of, message_region, verbose_diff
from coderoute_ls.domain import Action, Delta, Document, Finish, Position, Snippet, Span, Target, TextEdit
from coderoute_ls.edits import badly_ended
from coderoute_ls.engine import Asked, CallRecord
from coderoute_ls.errors import CoderouteError, Unsupported
from coderoute_ls.server.features.commit_message.staged_changes import Known, staged_changes
from coderoute_ls.server.features.engine_call import call_that_fits
from coderoute_ls.server.features.job_dependencies import JobDependencies
from coderoute_ls.server.rpc.json_rpc import REQUEST_FAILED
from coderoute_ls.server.rpc.messages.coderoute_messages import RunStarted
from coderoute_ls.server.rpc.messages.commit_messages import COMMIT_MESSAGE, CommitMessage, CommitMessageParams
from coderoute_ls.server.session.cancellable_jobs import Progress, Subject
from coderoute_ls.server.session.document_uris import path_of
from coderoute_ls.server.session.request_context import RequestContexts
from coderoute_ls.settings import Effective
from coderoute_ls.text import split_lines
from coderoute_ls.text.invisible_characters import without_controls
from coderoute_ls.untrusted_files import read_text

_MOST_PATH = 8_192
_UNWRITTEN = "The model wrote no message. Ask again, or a stronger model."


class CommitMessages:
    """One for all editors of a session."""

    def __init__(self, services: JobDependencies, requests: RequestContexts, action: Action, known: Known) -> None:
        self._services = services
        self._requests = requests
        self._action = action
        self._known = known

    def handle(self, raw: object) -> Awaitable[CommitMessage]:
        """Answers ``coderoute/commitMessage``."""
        try:
            params = CommitMessageParams.read(raw)
        except ValueError as error:
            raise JsonRpcInvalidParams(f"Invalid Params: {COMMIT_MESSAGE}: {error}") from None
        return self._answer(params)

    async def _answer(self, params: CommitMessageParams) -> CommitMessage:
        try:
            self._requests.required_running()
            return await self._message(params, path_of(params.uri))
        except CoderouteError as error:
            raise JsonRpcException(message=without_controls(error.user_message), code=REQUEST_FAILED) from error

    # -- a file that git has opened ---------------------------------------------------------------------------------------

    def offered(self, document: Document, settings: Effective) -> Iterator[lsp.CodeAction]:
        """The code action for the file of a commit message."""
        able = self._services.client.can.apply_edit and settings.settings.action(self._action.id).enable
        if document.language in LANGUAGES and document.path and able:
            run = CommitMessageParams(uri=document.uri)
            title = f"{self._action.title} from what is staged"
            command = lsp.Command(title, "coderoute.commitMessage", arguments=[run.told()])
            yield lsp.CodeAction(title=title, kind="refactor.rewrite.coderoute.commit", command=command)

    def write(self, params: CommitMessageParams) -> RunStarted:
        """``coderoute.commitMessage``: write it into this document, as a job."""
        self._requests.required_running()
        document = self._services.documents.get(params.uri)
        if document is None or not document.path:
            raise Unsupported("The file of the commit message is not open in the editor.")
        if not self._services.client.can.apply_edit:
            raise Unsupported(f"{self._services.client.can.editor or 'This editor'} does not take edits from a server.")
        subject = Subject(self._action.id, params.uri)
        return self._services.jobs.start(self._action.title, partial(self._write, params, document), subject)

    async def _write(self, params: CommitMessageParams, before: Document, job: str, progress: Progress) -> None:
        with self._services.jobs.telling(job, Subject(self._action.id, params.uri)) as ending:
            await self._services.configuration.settled()
            begun = before.slice(message_region(before))
            folder = str(await asyncio.to_thread(_worktree, Path(before.path)))
            asked = CommitMessageParams(uri=params.uri, begun=begun, offer=params.offer)
            found = await self._message(asked, folder, verbose=verbose_diff(before), report=progress.report)
            ending.message, ending.model, ending.cost_usd = " ".join(found.notes), found.model, found.cost_usd
            await self._apply(params.uri, begun, found.text)

    async def _apply(self, uri: str, begun: str, message: str) -> None:
        """Put the message where the user's words stand, unless they have changed meanwhile. One edit, one undo step."""
        client, document = self._services.client, self._services.documents.get(uri)
        if document is None or document.slice(region := message_region(document)) != begun:
            client.show(f"You went on writing, so this was not put in:\n{message}")
            return
        after = document.line(region.end.line)[region.end.character :]
        gap = "\n" if after.startswith("#") else ""
        edits = self._services.positions.edits_out(document.lines, (TextEdit(region, message + gap),))
        identifier = lsp.OptionalVersionedTextDocumentIdentifier(uri=uri, version=document.version)
        edit = (
            lsp.WorkspaceEdit(document_changes=[lsp.TextDocumentEdit(identifier, list(edits))])
            if client.can.document_changes
            else lsp.WorkspaceEdit(changes={uri: list(edits)})
        )
        if not await client.apply(edit):
            client.show(f"The editor did not take the message:\n{message}")

    # -- the message --------------------------------------------------------------------------------------------------------

    async def _message(
        self,
        params: CommitMessageParams,
        folder: str,
        *,
        verbose: str = "",
        report: Callable[[str], None] = lambda _: None,
    ) -> CommitMessage:
        """Raises `CoderouteError`."""
        services, action = self._services, self._action
        await services.configuration.settled()
        settings = services.configuration.settings_for(params.uri)
        if not settings.settings.action(action.id).enable:
            raise Unsupported(f"{action.title} is switched off in the settings.")
        staged = await staged_changes(folder, self._known, verbose=verbose)
        if staged.written:
            return CommitMessage(text=staged.written, notes=["git has written this message itself; no model was asked."])
        document = Document(params.uri, "diff", 0, split_lines(staged.text))
        target = Target(document, Span(Position(0, 0), document.end), params.begun, folder=staged.root)
        region = action.region(target)
        if region is None:
            raise Unsupported("What is staged holds no text that could be described.")
        subjects = Snippet("", "\n".join(staged.subjects), "subjects")
        router = services.engine.router
        call = call_that_fits(router, action, target, region, settings, snippets=(subjects,), pinned=params.offer)
        listener = _Listener(services, report)
        record = await services.engine.tell(call, listener)
        if problem := badly_ended(listener.finish):
            raise Unsupported(problem)
        text = message_of("".join(listener.pieces))
        if not text or record is None:
            raise Unsupported(_UNWRITTEN)
        notes = [*staged.notes, *record.notes]
        return CommitMessage(text=text, model=_model(record), cost_usd=record.cost_usd, notes=notes)


def _model(record: CallRecord) -> str:
    return record.answered.offer.name or record.answered.offer.id if record.answered else ""


def _worktree(file: Path) -> Path:
    """The folder that a commit message's file belongs to: the one that holds ``.git``, or the linked worktree. Blocks. Raises
    `Unsupported` for others, such as a submodule's: what is staged there is not what this folder says."""
    folder = file.parent
    if folder.name == ".git":
        return folder.parent
    if folder.parent.name == "worktrees" and folder.parent.parent.name == ".git":
        back = read_text(folder / "gitdir", _MOST_PATH).strip()
        named = read_text(back, _MOST_PATH).strip().removeprefix("gitdir: ") if back else ""
        if named and Path(named) == folder:  # both sides say so: no repository can name another one's folder
            return Path(back).parent
    raise Unsupported(f"Which folder {file} belongs to cannot be told, so neither can what is staged.")


@dataclass(slots=True)
class _Listener:
    """Listens to the engine for one message."""

    services: JobDependencies
    report: Callable[[str], None]
    pieces: list[str] = field(default_factory=list[str])
    finish: Finish | None = None

    def asked(self, event: Asked) -> None:
        self.services.status.working(event)
        self.report(event.chosen.offer.name)
        self.pieces.clear()

    async def said(self, delta: Delta) -> None:
        self.pieces.append(delta.text)

    def ended(self, finish: Finish) -> None:
        self.finish = finish
