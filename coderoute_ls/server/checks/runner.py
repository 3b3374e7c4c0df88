"""The user's own check of an edit (``actions.<id>.check``): in a copy of the folder, and only in trusted workspaces."""

import asyncio
import shlex
import threading
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path

from coderoute_ls.domain import Document
from coderoute_ls.errors import Unsupported
from coderoute_ls.server.checks.command import Verdict, check
from coderoute_ls.server.checks.folder_permissions import FolderPermissions
from coderoute_ls.server.checks.workspace_copy import WorkspaceCopy, copied_workspace
from coderoute_ls.server.rpc.editor_client import Client
from coderoute_ls.server.session.cancellable_jobs import Progress
from coderoute_ls.server.session.configuration import Configuration
from coderoute_ls.server.session.document_uris import path_of
from coderoute_ls.server.session.documents import Documents
from coderoute_ls.server.session.shielded_work import uninterrupted

RUN, REFUSE = "Run it here", "Never here"


class CheckRunner:
    """Runs checks; remembers which command was allowed in which folder, since a check runs the folder's own code."""

    def __init__(self, client: Client, documents: Documents, configuration: Configuration, config_dir: Path) -> None:
        self._client = client
        self._documents = documents
        self._configuration = configuration
        self._permissions = FolderPermissions(client, config_dir / "allowed_checks.json", "checks")

    async def verdict(self, action: str, document: Document, progress: Progress) -> Verdict | None:
        """What the action's check says about the folder with this document in it; None where none is set, or none may run.
        Raises `Unsupported` when the folder is too large to copy."""
        command = self._configuration.settings_for(document.uri).settings.action(action).check
        folder = path_of(self._configuration.folder_of(document.uri))
        if not command or not folder or not document.path or not await self._allowed(folder, command):
            return None
        progress.report(f"Checking: {' '.join(command)}")
        root = Path(folder)
        texts = {Path(each.path): each.text for each in self._documents if each.path}
        async with _copied(root, texts) as copy:
            file = copy.folder / Path(document.path).relative_to(root)
            verdict = await check(_found(command, root, copy.folder), copy.folder, file)
            return replace(verdict, left_out=copy.left_out)

    async def _allowed(self, folder: str, command: tuple[str, ...]) -> bool:
        """Asked once per folder and command, and kept; where the user cannot be asked, nothing runs."""
        spelled = _spelled(command)
        if (said := self._permissions.known(folder, spelled)) is not None:
            return said
        question = f"After this edit, run `{spelled}` on a copy of {folder}? It runs code of that folder."
        return await self._permissions.asked(folder, spelled, question, (RUN, REFUSE))


def _spelled(command: Sequence[str]) -> str:
    """As one would type it: two commands that differ are spelled differently."""
    return shlex.join(command)


@asynccontextmanager
async def _copied(root: Path, texts: Mapping[Path, str]) -> AsyncGenerator[WorkspaceCopy]:
    """`copied_workspace` in a thread, removed whenever and however often the check is cancelled."""
    stopped = threading.Event()
    copying = copied_workspace(root, texts, stopped=stopped.is_set)
    entering = asyncio.ensure_future(asyncio.to_thread(copying.__enter__))
    try:
        try:
            copy = await asyncio.shield(entering)
        except asyncio.CancelledError:
            stopped.set()
            raise
        except OSError as error:
            raise Unsupported(f"{root.name} cannot be copied for a check: {error.strerror}.") from None
        yield copy
    finally:
        await uninterrupted(_removed(copying, entering))


async def _removed(copying: AbstractContextManager[WorkspaceCopy], entering: "asyncio.Future[WorkspaceCopy]") -> None:
    await asyncio.wait({entering})
    if entering.exception() is None:  # else there is no copy any more
        await asyncio.to_thread(copying.__exit__, None, None, None)


def _found(command: Sequence[str], root: Path, copy: Path) -> tuple[str, ...]:
    """A program named relative to the folder, in an environment that is not copied, is run from where it is."""
    program, *arguments = command
    there = root / program
    names_folder = len(Path(program).parts) > 1 and not Path(program).is_absolute()
    if names_folder and not (copy / program).exists() and there.is_file():
        program = str(there)
    return (program, *arguments)
