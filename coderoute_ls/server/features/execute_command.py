"""Our commands: each takes one typed argument and answers at once; work that takes longer is a job."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams

from coderoute_ls.domain import Action, Target
from coderoute_ls.errors import CoderouteError, Unsupported
from coderoute_ls.server.features.engine_call import target_of
from coderoute_ls.server.features.rewrite_job import RewriteJob
from coderoute_ls.server.features.test_destination import destination
from coderoute_ls.server.rpc import messages
from coderoute_ls.server.rpc.json_rpc import converter
from coderoute_ls.server.session.documents import path_of
from coderoute_ls.server.session.jobs import Progress, Subject
from coderoute_ls.settings import WORKSPACE_FILE, with_quality
from coderoute_ls.storage import read_bytes, write_atomic

if TYPE_CHECKING:
    from coderoute_ls.server.session.session import Session

REQUEST_FAILED = -32803
"""LSP: the request was right, but could not be done."""


def execute(session: "Session", params: lsp.ExecuteCommandParams) -> object:
    """Answers ``workspace/executeCommand``."""
    handler = HANDLERS.get(params.command)
    if handler is None:
        raise JsonRpcInvalidParams(f"Invalid Params: there is no command {params.command!r}")
    try:
        return handler(session, _argument(params))
    except CoderouteError as error:
        raise JsonRpcException(message=error.user_message, code=REQUEST_FAILED) from error


def _argument(params: lsp.ExecuteCommandParams) -> messages.Wire:
    given: list[Any] = list(params.arguments or ({},))
    try:
        return messages.COMMANDS[params.command].read(given[0])
    except ValueError as error:
        raise JsonRpcInvalidParams(f"Invalid Params: {params.command}: {error}") from None


def run(session: "Session", params: messages.RunParams) -> messages.RunStarted:
    """Start an action on the version of the document that is open now."""
    action = session.house.actions.get(params.action)
    if action is None or not action.kind:
        raise Unsupported(f"There is no action {params.action!r}; there are {', '.join(sorted(session.house.actions))}.")
    document = session.documents.get(params.uri)
    if document is None:
        raise Unsupported("The file is not open in the editor.")
    if not session.configuration.settings_for(document.uri).settings.action(action.id).enable:
        raise Unsupported(f"{action.title} is switched off in the settings.")
    if not session.allowed(document.path):
        raise Unsupported("This file is ignored or secret: nothing of it is sent anywhere.")
    try:
        span = session.border.span_in(document.lines, converter().structure(params.range, lsp.Range))
        diagnostics = tuple(
            session.border.diagnostic_in(document, converter().structure(raw, lsp.Diagnostic)) for raw in params.diagnostics
        )
    except Exception as error:
        raise JsonRpcInvalidParams("Invalid Params: coderoute.run: range or diagnostics are not as LSP defines them") from error
    target = target_of(session, document, span, instruction=params.instruction, diagnostics=diagnostics)
    return start(session, action, target, params.offer)


def start(session: "Session", action: Action, target: Target, pinned: str | None = None) -> messages.RunStarted:
    region = action.region(target)
    if region is None:
        raise Unsupported(f"{action.title} does not apply here: select the lines, or put the cursor into a definition.")
    subject = Subject(action.id, target.document.uri)
    if action.surface == "report":

        async def report(job: str, progress: Progress) -> None:
            await session.reports.run(action, target, region, pinned, job, progress)

        return session.jobs.start(action.title, report, subject)
    if not session.client.can.takes(action.surface):
        able = "create and open files for a server" if session.client.can.apply_edit else "take edits from a server"
        raise Unsupported(f"{session.client.can.editor or 'This editor'} does not {able}, so {action.title} cannot run.")
    if action.surface != "new_file":
        return session.jobs.start(action.title, RewriteJob(session, action, target, region, pinned).run, subject)

    async def elsewhere(job: str, progress: Progress) -> None:
        try:
            into = await destination(session, target)
        except CoderouteError as error:
            uri, message = target.document.uri, error.user_message
            session.jobs.finish(messages.JobFinished(job=job, action=action.id, uri=uri, outcome="failed", message=message))
            raise
        await RewriteJob(session, action, target, region, pinned, into).run(job, progress)

    return session.jobs.start(action.title, elsewhere, subject)


def choose(session: "Session", params: messages.JobChoice) -> messages.RunStarted | None:
    """Keep, undo or retry a finished edit."""
    kept = session.edits.kept(params.job)
    if kept is None:
        raise Unsupported("That edit can no longer be taken back here; use the editor's own undo.")
    writer, rewrite = kept
    return rewrite.act(writer, params.choice)


def accept(session: "Session", params: messages.AcceptParams) -> None:
    session.ghost.accepted(params)


def why(session: "Session", params: messages.WhyParams) -> messages.Why:
    from coderoute_ls.server.features.why import why  # loads the selector whole, which few sessions need

    return why(session, params)


def usage(session: "Session", params: messages.Wire) -> messages.Usage:
    del params
    return messages.Usage(text=session.house.usage())


def set_quality(session: "Session", params: messages.QualityParams) -> None:
    """Write the preset into the folder's file; every other line of it stays."""
    folder = session.configuration.folder_of(params.uri)
    path = path_of(folder)
    if not path:
        raise Unsupported("There is no workspace folder to keep the setting in; open one, or set it in your config.toml.")
    file = Path(path) / WORKSPACE_FILE
    text = read_bytes(file).decode("utf-8-sig") if file.exists() else ""
    write_atomic(file, with_quality(text, params.quality).encode())
    session.configuration.rebuild()


def pause(session: "Session", params: messages.PauseParams) -> messages.Status:
    session.paused = not session.paused if params.paused is None else params.paused
    session.status.send()
    return session.status.now()


HANDLERS: Mapping[str, Callable[["Session", Any], object]] = {
    "coderoute.run": run,
    "coderoute.choose": choose,
    "coderoute.accept": accept,
    "coderoute.why": why,
    "coderoute.usage": usage,
    "coderoute.setQuality": set_quality,
    "coderoute.pause": pause,
}
