"""Work that outlives its request: one task each, with progress the user sees and can cancel.

Commands answer at once with a job's id; cancelling a command's own request would leave it unanswered for ever, so only the
job's task is ever cancelled, through work-done progress.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from itertools import count

from lsprotocol import types as lsp

from coderoute_ls.errors import CoderouteError, Unsupported
from coderoute_ls.server.rpc.client import Client
from coderoute_ls.server.rpc.messages import RunStarted

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
            self._client.progress(self._token, lsp.WorkDoneProgressReport(message=message, cancellable=True))

    def end(self, message: str = "") -> None:
        if self._shown:
            self._shown = False
            self._client.progress(self._token, lsp.WorkDoneProgressEnd(message=message or None))


class Jobs:
    """The running jobs of one session."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._numbers = count(1)

    def __len__(self) -> int:
        return len(self._tasks)

    def start(self, title: str, work: Callable[[str, Progress], Awaitable[None]]) -> RunStarted:
        """Run ``work(job id, progress)`` as a task of its own."""
        job = f"coderoute-{next(self._numbers)}"
        task = asyncio.create_task(self._run(job, title, work), name=job)
        self._tasks[job] = task
        task.add_done_callback(lambda _: self._tasks.pop(job, None))
        return RunStarted(job=job, token=job)

    def cancel(self, token: str | int) -> None:
        if (task := self._tasks.get(str(token))) is not None:
            task.cancel()

    async def close(self) -> None:
        tasks = tuple(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, job: str, title: str, work: Callable[[str, Progress], Awaitable[None]]) -> None:
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
            self._client.show(f"{title} failed inside coderoute-ls; the log has the details.", lsp.MessageType.Error)
        finally:
            progress.end()
