"""Our commands: each takes one typed argument and answers at once; work that takes longer is a job."""

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams

from coderoute_ls.domain import Action, Span, Target
from coderoute_ls.errors import CoderouteError, Unsupported
from coderoute_ls.server.backend import Backend
from coderoute_ls.server.features.instruction.instruction_history import InstructionHistory
from coderoute_ls.server.features.instruction.named_context import NamedContexts
from coderoute_ls.server.features.job_dependencies import JobDependencies
from coderoute_ls.server.features.next_edit.shared_next_edits import SharedNextEdits
from coderoute_ls.server.features.own_prompts.own_actions import OwnActions
from coderoute_ls.server.features.report.report_job import Reports
from coderoute_ls.server.features.run_request import run_request
from coderoute_ls.server.rpc.json_rpc import REQUEST_FAILED
from coderoute_ls.server.rpc.messages import coderoute_messages
from coderoute_ls.server.rpc.messages.instruction_messages import Sent
from coderoute_ls.server.session.cancellable_jobs import Progress, Subject, Work
from coderoute_ls.server.session.document_uris import path_of
from coderoute_ls.server.session.file_access import FileAccess
from coderoute_ls.server.session.request_context import RequestContexts
from coderoute_ls.settings import MOST_BYTES, WORKSPACE_FILE, with_quality
from coderoute_ls.storage import read_regular, write_atomic
from coderoute_ls.text.invisible_characters import without_controls


class Commands:
    """Answers ``workspace/executeCommand``."""

    def __init__(  # noqa: PLR0917
        self,
        backend: Backend,
        requests: RequestContexts,
        files: FileAccess,
        services: JobDependencies,
        reports: Reports,
        accepted: Callable[[coderoute_messages.AcceptParams], None],
        next_edits: SharedNextEdits,
        actions: OwnActions,
        more: Mapping[str, Callable[[Any], object]],
        history: InstructionHistory,
        named: NamedContexts,
    ) -> None:
        """``more``: commands that other features answer."""
        self._backend = backend
        self._actions = actions
        self._requests = requests
        self._files = files
        self._services = services
        self._client = services.client
        self._reports = reports
        self._history = history
        self._named = named
        self._next_edits = next_edits.edits
        self._handlers: Mapping[str, Callable[[Any], object]] = {
            "coderoute.run": self.run,
            "coderoute.choose": self.choose,
            "coderoute.showAnswer": self.show_answer,
            "coderoute.decideHunk": services.reviews.decide,
            "coderoute.beforeEdit": lambda params: services.reviews.before(params.job),
            "coderoute.showDiff": self.show_diff,
            "coderoute.accept": accepted,
            "coderoute.acceptNextEdit": lambda params: next_edits.accepted(params.item),
            "coderoute.why": self.why,
            "coderoute.usage": self.usage,
            "coderoute.sent": self.sent,
            "coderoute.setQuality": self.set_quality,
            "coderoute.pause": self.pause,
            **more,
        }

    def execute(self, params: lsp.ExecuteCommandParams) -> object:
        handler = self._handlers.get(params.command)
        if handler is None:
            raise JsonRpcInvalidParams(f"Invalid Params: there is no command {params.command!r}")
        try:
            return handler(_argument(params))
        except CoderouteError as error:
            raise JsonRpcException(message=without_controls(error.user_message), code=REQUEST_FAILED) from error

    # -- actions ----------------------------------------------------------------------------------------------------------

    def run(self, params: coderoute_messages.RunParams) -> coderoute_messages.RunStarted:
        """Start an action on the version of the document that is open now."""
        request = run_request(self._actions.of(params.uri), self._requests, params)
        action, target, region = request.action, request.target, request.region
        if params.instruction.strip():
            self._services.background.run(self._history.add(params.instruction))
        work = self._with_named(params, target, lambda told: self._work(action, told, region, params.offer))
        return self._services.jobs.start(action.title, self._once_settled(work), Subject(action.id, params.uri))

    def _with_named(self, params: coderoute_messages.RunParams, target: Target, work: Callable[[Target], Work]) -> Work:
        """The work, once what the user names is read. One thing of it that may not be sent, and nothing is asked."""
        if not params.context:
            return work(target)

        async def read(job: str, progress: Progress) -> None:
            named = await self._named.snippets(params.context, target)
            await work(replace(target, named=named))(job, progress)

        return read

    def _once_settled(self, work: Work) -> Work:
        """Nothing is sent by settings that the editor has not told yet."""
        configuration = self._services.configuration
        if not configuration.pending:
            return work

        async def wait(job: str, progress: Progress) -> None:
            await configuration.settled()
            await work(job, progress)

        return wait

    def _work(self, action: Action, target: Target, region: Span, pinned: str | None) -> Work:
        """The job that the action is."""
        if action.surface == "report":
            return lambda job, progress: self._reports.run(action, target, region, pinned, job, progress)
        if not self._client.can.takes(action.surface):
            able = "create and open files for a server" if self._client.can.apply_edit else "take edits from a server"
            raise Unsupported(f"{self._client.can.editor or 'This editor'} does not {able}, so {action.title} cannot run.")
        if action.surface != "new_file":
            from coderoute_ls.server.features.edit.rewrite_job import RewriteJob  # many sessions only complete

            return RewriteJob(self._services, action, target, region, pinned).run
        return lambda job, progress: self._elsewhere(action, target, region, pinned, job, progress)

    async def _elsewhere(  # noqa: PLR0917
        self, action: Action, target: Target, region: Span, pinned: str | None, job: str, progress: Progress
    ) -> None:
        """The answer goes into another file than the one it is about."""
        from coderoute_ls.server.features.edit.destination_file import destination
        from coderoute_ls.server.features.edit.rewrite_job import RewriteJob

        try:
            into = await destination(self._client, self._services.documents, self._files, target)
        except CoderouteError as error:
            uri, message = target.document.uri, error.user_message
            failed = coderoute_messages.JobFinished(job=job, action=action.id, uri=uri, outcome="failed", message=message)
            self._services.jobs.finish(failed)
            raise
        await RewriteJob(self._services, action, target, region, pinned, into).run(job, progress)

    def choose(self, params: coderoute_messages.JobChoice) -> coderoute_messages.RunStarted | None:
        """Keep, undo or retry a finished edit, or look at the answer."""
        kept = self._services.writers.chosen(params.job, params.choice)
        if params.choice == "keep" and self._services.reviews.keep_all(params.job):
            return None
        if kept is None and self._services.reviews.stands(params.job, partly=False):
            kept = self._services.writers.brought_back(params.job, params.choice)
        if kept is None:
            raise Unsupported("That edit can no longer be taken back here; use the editor's own undo.")
        writer, rewrite = kept
        return rewrite.act(writer, params.choice)

    def show_answer(self, params: coderoute_messages.AnswerParams) -> coderoute_messages.RunStarted | None:
        """Show a model's answer as it came."""
        found = self._services.writers.remembered(params.job)
        if found is None:
            raise Unsupported("There is no answer to show: none was given yet, or its file was closed.")
        return found[1].act(found[0], "show")

    def show_diff(self, params: coderoute_messages.ReviewQuestion) -> None:
        """Show what is undecided of an edit as a text."""
        from coderoute_ls.server.features.review.shown_difference import show_difference

        self._services.background.run(show_difference(self._services, self._services.reviews.required(params.job)))

    # -- questions and settings -------------------------------------------------------------------------------------------

    def why(self, params: coderoute_messages.WhyParams) -> coderoute_messages.Why:
        from coderoute_ls.server.features.why import why  # loads the selector whole, which few sessions need

        return why(self._backend.engine, params, self._next_edits, self._backend.team())

    def usage(self, params: coderoute_messages.Wire) -> coderoute_messages.Usage:
        del params
        return coderoute_messages.Usage(text=self._backend.usage())

    def sent(self, params: coderoute_messages.Wire) -> Sent:
        from coderoute_ls.server.features.instruction.sent_prompt import sent  # looked at by few

        del params
        return Sent(text=sent(self._backend.engine))

    def set_quality(self, params: coderoute_messages.QualityParams) -> None:
        """Write the preset into the folder's file; every other line of it stays."""
        configuration = self._services.configuration
        path = path_of(configuration.folder_of(params.uri))
        if not path:
            raise Unsupported("There is no workspace folder to keep the setting in; open one, or set it in your config.toml.")
        file = Path(path) / WORKSPACE_FILE
        try:
            text = read_regular(file, MOST_BYTES, links=False).decode("utf-8-sig") if os.path.lexists(file) else ""
            write_atomic(file, with_quality(text, params.quality).encode())
        except (OSError, UnicodeDecodeError) as error:
            wrong = getattr(error, "strerror", None) or error
            raise Unsupported(f"{file} cannot be changed ({wrong}). Correct that, or set it in your config.toml.") from None
        configuration.rebuild()

    def pause(self, params: coderoute_messages.PauseParams) -> coderoute_messages.Status:
        self._requests.paused = not self._requests.paused if params.paused is None else params.paused
        self._services.status.send()
        return self._services.status.now()


def _argument(params: lsp.ExecuteCommandParams) -> coderoute_messages.Wire:
    given: list[Any] = list(params.arguments or ({},))
    try:
        return coderoute_messages.COMMANDS[params.command].read(given[0])
    except ValueError as error:
        raise JsonRpcInvalidParams(f"Invalid Params: {params.command}: {error}") from None
