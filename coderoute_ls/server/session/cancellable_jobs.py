"""Work that outlives its request: one task each, with progress the user sees and can cancel.

Commands answer at once with a job's id; cancelling a command's own request would leave it unanswered for ever, so only the
job's task is ever cancelled, through work-done progress.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count

from lsprotocol import types as lsp

from coderoute_ls.errors import CoderouteError, Unsupported
from coderoute_ls.server.rpc.editor_client import Client
from coderoute_ls.server.rpc.messages.coderoute_messages import JobFinished, RunStarted
from coderoute_ls.text.invisible_characters import without_controls

log = logging.getLogger(__name__)


class Progress:
    """What one job shows while it works. Silent in editors without work-done progress."""

    def __init__(self, client: Client, token: str, title: str) -> None:
        self._client = client
        self._token = token
        self._title = title
        self._shown = False

    async def begin(self) -> None:
        if not self._client.can.progress:
            return
        try:
            await self._client.create_progress(self._token)
        except Unsupported as error:
            log.warning("No progress: %s", error)
            return
        self._shown = True
        self._client.progress(self._token, lsp.WorkDoneProgressBegin(title=self._title, cancellable=True))

    def report(self, message: str) -> None:
        if self._shown:
            self._client.progress(self._token, lsp.WorkDoneProgressReport(message=without_controls(message), cancellable=True))

    def end(self, message: str = "") -> None:
        if self._shown:
            self._shown = False
            self._client.progress(self._token, lsp.WorkDoneProgressEnd(message=without_controls(message) or None))


@dataclass(frozen=True, slots=True)
class Subject:
    """What a job is about: an action's id, and the document it was asked for in."""

    action: str
    uri: str


@dataclass(slots=True)
class Ending:
    """What the editor is told when a job ends, as far as it is known by then."""

    message: str = ""
    problems: Sequence[str] = ()
    model: str = ""
    cost_usd: float | None = None


Work = Callable[[str, Progress], Awaitable[None]]
"""What a job does: called with its id and its progress."""


class Jobs:
    """The running jobs of one session. Each one with a subject ends with exactly one `JobFinished`, whatever happens to it."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._unfinished: dict[str, Subject] = {}
        self._numbers = count(1)

    def __len__(self) -> int:
        return len(self._tasks)

    def start(self, title: str, work: Work, subject: Subject | None = None) -> RunStarted:
        """Run ``work(job id, progress)`` as a task of its own. Work that has a subject calls `finish`; where it does not, this
        class does."""
        job = f"coderoute-{next(self._numbers)}"
        task = asyncio.create_task(self._run(job, title, work), name=job)
        self._tasks[job] = task
        if subject is not None:
            self._unfinished[job] = subject
        task.add_done_callback(lambda task: self._ended(job, title, task))
        return RunStarted(job=job, token=job)

    def finish(self, finished: JobFinished) -> None:
        """Tell the editor how a job ended; it is told once."""
        if self._unfinished.pop(finished.job, None) is not None:
            self._client.finished(finished)

    @contextmanager
    def telling(self, job: str, subject: Subject) -> Generator[Ending]:
        """Tell the editor how the work within ended: it was applied, or cancelled, or failed with the error's own words."""
        ending, outcome = Ending(), "failed"
        try:
            yield ending
            outcome = "applied"
        except asyncio.CancelledError:
            outcome = "cancelled"
            raise
        except CoderouteError as error:
            ending.message = error.user_message
            raise
        finally:
            self.finish(
                JobFinished(
                    job=job,
                    action=subject.action,
                    uri=subject.uri,
                    outcome=outcome,
                    message=ending.message,
                    problems=[*ending.problems],
                    model=ending.model,
                    cost_usd=ending.cost_usd,
                )
            )

    def _ended(self, job: str, title: str, task: "asyncio.Task[None]") -> None:
        """The last word about a job, also about one that was cancelled before its first step."""
        self._tasks.pop(job, None)
        subject = self._unfinished.get(job)
        if subject is None:
            return
        outcome, message = ("cancelled", "") if task.cancelled() else ("failed", _failure(title))
        self.finish(JobFinished(job=job, action=subject.action, uri=subject.uri, outcome=outcome, message=message))

    def cancel(self, token: str | int) -> None:
        if (task := self._tasks.get(str(token))) is not None:
            task.cancel()

    async def close(self) -> None:
        tasks = tuple(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, job: str, title: str, work: Work) -> None:
        progress = Progress(self._client, job, title)
        await progress.begin()
        try:
            await work(job, progress)
        except CoderouteError as error:
            self._client.show(error.user_message, lsp.MessageType.Error)
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("%s failed", title)
            self._client.show(_failure(title), lsp.MessageType.Error)
        finally:
            progress.end()


def _failure(title: str) -> str:
    return f"{title} failed inside coderoute-ls; the log has the details."
