"""Progress of the built-in engine while it learns a workspace folder."""

import asyncio
from pathlib import Path

from lsprotocol import types as lsp

from coderoute_ls.embedded import Progress
from coderoute_ls.errors import Unsupported
from coderoute_ls.server.rpc.editor_client import Client
from coderoute_ls.server.session.background_tasks import Background


class IndexingProgress:
    """Turns the engine's reports into work-done progress, one per folder and time that it is learned."""

    def __init__(self, client: Client, background: Background) -> None:
        self._client = client
        self._background = background
        self._reports: dict[str, asyncio.Queue[Progress]] = {}
        self._noted: set[str] = set()
        self._unwanted: set[str] = set()
        """Folders whose progress the editor has refused: it is not asked again."""

    def report(self, progress: Progress) -> None:
        """Called on the event loop, some times a second."""
        client = self._client
        if progress.note and progress.note not in self._noted:
            self._noted.add(progress.note)
            client.show(progress.note)
        if not client.can.progress or progress.root in self._unwanted:
            return
        if progress.root not in self._reports:
            self._reports[progress.root] = asyncio.Queue()
            self._background.run(self._show(progress.root))
        self._reports[progress.root].put_nowait(progress)

    async def _show(self, root: str) -> None:
        """A task of its own, because the editor has to accept the progress before it hears of it."""
        client, reports = self._client, self._reports[root]
        token = f"coderoute-learning:{root}"
        try:
            await client.create_progress(token)
        except Unsupported:
            self._unwanted.add(root)
            del self._reports[root]
            return
        client.progress(token, lsp.WorkDoneProgressBegin(title=f"Learning {Path(root).name}", percentage=0))
        while (progress := await reports.get()).done < progress.total:
            share = round(100 * progress.done / progress.total)
            client.progress(token, lsp.WorkDoneProgressReport(message=f"{progress.done:,} files", percentage=share))
        del self._reports[root]
        client.progress(token, lsp.WorkDoneProgressEnd(message=f"{progress.total:,} files"))
