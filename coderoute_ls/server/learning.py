"""Progress of the built-in engine while it learns a workspace folder."""

from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from coderoute_ls.embedded import Progress
from coderoute_ls.errors import Unsupported

if TYPE_CHECKING:
    from coderoute_ls.server.session import Session


class Learning:
    """Turns the engine's reports into work-done progress, one per folder."""

    def __init__(self, session: "Session") -> None:
        self._session = session
        self._shown: set[str] = set()

    def report(self, progress: Progress) -> None:
        """Called on the event loop, some times a second."""
        client = self._session.client
        if progress.note:
            client.show(progress.note)
        if not client.can.progress:
            return
        token = f"coderoute-learning:{progress.root}"
        ended = progress.done >= progress.total
        if progress.root not in self._shown:
            if not ended:
                self._shown.add(progress.root)
                self._session.background(self._begin(token, progress.root))
            return
        if ended:
            self._shown.discard(progress.root)
            client.progress(token, lsp.WorkDoneProgressEnd(f"{progress.total:,} files"))
        else:
            share = round(100 * progress.done / progress.total)
            client.progress(token, lsp.WorkDoneProgressReport(message=f"{progress.done:,} files", percentage=share))

    async def _begin(self, token: str, root: str) -> None:
        client = self._session.client
        try:
            await client.create_progress(token)
        except Unsupported:
            return
        client.progress(token, lsp.WorkDoneProgressBegin(title=f"Learning {Path(root).name}", percentage=0))
