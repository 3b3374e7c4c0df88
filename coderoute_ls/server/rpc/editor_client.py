"""All requests and notifications to the editor; each request is shielded and has a time-out.

pygls fails when a task that awaits an editor's answer is cancelled (pygls#621), and some editors never answer (Vim+ALE):
so nothing else in `server` sends a request.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, cast

from lsprotocol import types as lsp

from coderoute_ls.errors import Unsupported
from coderoute_ls.server.rpc.client_capabilities import ClientCapabilities
from coderoute_ls.server.rpc.json_rpc import Protocol
from coderoute_ls.server.rpc.messages import coderoute_messages
from coderoute_ls.text.invisible_characters import without_controls

log = logging.getLogger(__name__)

ANSWER_TIMEOUT = 10.0
"""Seconds an editor may take to apply an edit, register a capability or hand out its settings."""
HUMAN_TIMEOUT = 600.0
"""Seconds a person may take to answer a question."""


class Client:
    """The editor at the other end."""

    def __init__(self, protocol: Protocol, can: ClientCapabilities) -> None:
        self._protocol = protocol
        self.can = can

    # -- requests -----------------------------------------------------------------------------------------------------

    async def request(
        self,
        method: str,
        params: object,
        timeout: float | None = ANSWER_TIMEOUT,  # noqa: ASYNC109
        late: Callable[[Any], None] | None = None,
    ) -> Any:
        """The editor's answer. Raises `Unsupported` when it refuses or stays silent; cancelling the caller harms nothing.
        ``late`` is told an answer that comes after that.
        """
        answer = asyncio.ensure_future(self._protocol.send_request_async(method, params))
        answer.add_done_callback(_consume)
        try:
            return await asyncio.wait_for(asyncio.shield(answer), timeout)
        except TimeoutError:
            if late is not None:
                answer.add_done_callback(partial(_tell, late))
            raise Unsupported(f"{self.can.editor or 'The editor'} did not answer {method} within {timeout:g} s") from None
        except asyncio.CancelledError:
            raise
        except Exception as error:
            raise Unsupported(f"{self.can.editor or 'The editor'} refused {method}: {error}") from error

    async def apply(self, edit: lsp.WorkspaceEdit, *, timeout: float | None = ANSWER_TIMEOUT) -> bool:  # noqa: ASYNC109
        """True when the editor applied it; False when it refused, for example because the version was stale."""
        params = lsp.ApplyWorkspaceEditParams(edit=edit)
        return cast("lsp.ApplyWorkspaceEditResult", await self.request(lsp.WORKSPACE_APPLY_EDIT, params, timeout)).applied

    async def apply_grouped(self, edit: coderoute_messages.GroupedEdit, *, timeout: float | None = ANSWER_TIMEOUT) -> bool:  # noqa: ASYNC109
        answer = await self.request(coderoute_messages.APPLY_GROUPED_EDIT, edit, timeout)
        return coderoute_messages.Applied.read(answer).applied

    async def ask_text(self, prompt: str, placeholder: str = "") -> str | None:
        """One line from the user, or None when the editor has no input box or the user dismissed it."""
        if not self.can.ours.input:
            return None
        question = coderoute_messages.InputParams(prompt=prompt, placeholder=placeholder)
        answer = await self.request(coderoute_messages.INPUT, question, HUMAN_TIMEOUT)
        return coderoute_messages.InputResult.read(answer).text

    async def ask_choice(self, message: str, choices: tuple[str, ...]) -> str | None:
        """The title of the button that was pressed, or None."""
        params = lsp.ShowMessageRequestParams(lsp.MessageType.Info, message, [lsp.MessageActionItem(c) for c in choices])
        picked = cast("lsp.MessageActionItem | None", await self.request(lsp.WINDOW_SHOW_MESSAGE_REQUEST, params, HUMAN_TIMEOUT))
        return None if picked is None else picked.title

    async def configuration(
        self, section: str, scopes: list[str | None], late: Callable[[list[object]], None] | None = None
    ) -> list[object]:
        """Settings per scope (a folder's address, or None for the whole workspace). ``late``: as for `request`."""
        items = [lsp.ConfigurationItem(scope_uri=scope, section=section) for scope in scopes]

        def told(answer: object) -> None:
            if late is not None:
                late(_listed(answer))

        return _listed(await self.request(lsp.WORKSPACE_CONFIGURATION, lsp.ConfigurationParams(items), late=told))

    async def register(self, *registrations: tuple[str, object]) -> None:
        listed = [lsp.Registration(id=f"coderoute:{method}", method=method, register_options=o) for method, o in registrations]
        await self.request(lsp.CLIENT_REGISTER_CAPABILITY, lsp.RegistrationParams(listed))

    async def show_document(self, uri: str) -> bool:
        params = lsp.ShowDocumentParams(uri=uri, take_focus=False)
        return cast("lsp.ShowDocumentResult", await self.request(lsp.WINDOW_SHOW_DOCUMENT, params)).success

    async def create_progress(self, token: str) -> None:
        await self.request(lsp.WINDOW_WORK_DONE_PROGRESS_CREATE, lsp.WorkDoneProgressCreateParams(token))

    # -- notifications ------------------------------------------------------------------------------------------------

    def notify(self, method: str, params: object) -> None:
        self._protocol.notify(method, params)

    def progress(
        self, token: str, value: lsp.WorkDoneProgressBegin | lsp.WorkDoneProgressReport | lsp.WorkDoneProgressEnd
    ) -> None:
        """Reports are left out while a slow editor has a backlog; begin and end never are."""
        if isinstance(value, lsp.WorkDoneProgressReport) and getattr(self._protocol.writer, "congested", False):
            return
        self._protocol.notify(lsp.PROGRESS, lsp.ProgressParams(token, value))

    def show(self, message: str, kind: lsp.MessageType = lsp.MessageType.Info) -> None:
        self.notify(lsp.WINDOW_SHOW_MESSAGE, lsp.ShowMessageParams(kind, without_controls(message)))

    def status(self, status: coderoute_messages.Status) -> None:
        """Only for a client that announced ``status``."""
        self.notify(coderoute_messages.STATUS, status)

    def finished(self, job: coderoute_messages.JobFinished) -> None:
        if self.can.ours.jobs:
            told = replace(job, message=without_controls(job.message), problems=[without_controls(said) for said in job.problems])
            self.notify(coderoute_messages.JOB_FINISHED, told)


def _tell(late: Callable[[Any], None], answer: "asyncio.Future[Any]") -> None:
    if not answer.cancelled() and answer.exception() is None:
        late(answer.result())


def _listed(answer: object) -> list[object]:
    return list(cast("list[object]", answer or ()))


def _consume(answer: "asyncio.Future[Any]") -> None:
    """A late refusal of a request that was given up is no error of ours."""
    if not answer.cancelled() and answer.exception() is not None:
        log.debug("Late answer: %s", answer.exception())
