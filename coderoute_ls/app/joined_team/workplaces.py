"""What git says of the folders that calls come from: repository and branch, as a team's gateway books them.

git is asked in a thread, when a folder opens and when a call is made. Nobody who types waits for it.
"""

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import PurePath
from urllib.parse import urlsplit

from coderoute_ls.child_process.safe_git import git_output
from coderoute_ls.domain import Purpose
from coderoute_ls.domain.clock import Clock

FRESH_S, FRESH_TYPING_S = 1.0, 30.0
"""How long an answer counts: for an action, and for what is asked at keystrokes."""
PATIENCE_S = 1.0
"""At most so long an action waits for git."""
_LONGEST = 200
_ANSWER_BYTES, _TIMEOUT_S = 4_096, 2.0
Labels = Mapping[str, str]


class Workplaces:
    """``ask`` says what git knows of a folder; it may block."""

    def __init__(self, clock: Clock, ask: "Callable[[str], Labels] | None" = None) -> None:
        self._clock = clock
        self._ask = ask or labels_of
        self._known: dict[str, tuple[Labels, float]] = {}
        self._asking: dict[str, asyncio.Task[None]] = {}

    def open(self, folders: Iterable[str]) -> None:
        """Calls may come from these soon."""
        for folder in folders:
            self._begin(folder)

    async def labels(self, purpose: Purpose) -> Labels:
        """``repository`` and ``branch``, as far as they are known."""
        folder = purpose.folder
        if not folder:
            return {}
        known, when = self._known.get(folder, ({}, float("-inf")))
        if self._clock.monotonic() - when <= (FRESH_TYPING_S if purpose.typing else FRESH_S):
            return known
        task = self._begin(folder)
        if not purpose.typing:
            await asyncio.wait({task}, timeout=PATIENCE_S)
        return self._known.get(folder, ({}, 0.0))[0]

    async def close(self) -> None:
        """Return when git is asked no more."""
        await asyncio.gather(*self._asking.values(), return_exceptions=True)

    def _begin(self, folder: str) -> asyncio.Task[None]:
        if (task := self._asking.get(folder)) is None:
            task = self._asking[folder] = asyncio.create_task(self._look(folder))
            task.add_done_callback(lambda _: self._asking.pop(folder, None))
        return task

    async def _look(self, folder: str) -> None:
        found = await asyncio.to_thread(self._ask, folder)
        self._known[folder] = found, self._clock.monotonic()


def labels_of(folder: str) -> Labels:
    """What git says; nothing where there is no repository, or no git. Blocks, for seconds at most."""
    git = partial(_line, folder)
    top = git("rev-parse", "--show-toplevel")
    if not top:
        return {}
    name = repository_name(git("config", "--get", "remote.origin.url")) or PurePath(top).name
    found = {"repository": name[:_LONGEST], "branch": git("symbolic-ref", "--short", "-q", "HEAD")[:_LONGEST]}
    return {label: said for label, said in found.items() if said}


def _line(folder: str, *command: str) -> str:
    """The one line that git prints; "" where it says no."""
    with suppress(OSError):
        said, whole = git_output(folder, command, most_bytes=_ANSWER_BYTES, timeout_s=_TIMEOUT_S)
        if whole:
            return said.decode("utf-8", "replace").strip()
    return ""


def repository_name(remote: str) -> str:
    """A repository's name by the address that it is fetched from, without host, user and key; of one on a disk the last part.

    >>> repository_name("git@github.com:acme/shop.git")
    'acme/shop'
    >>> repository_name("https://user:token@gitlab.example/group/sub/shop.git/")
    'group/sub/shop'
    >>> repository_name("/srv/git/shop.git")
    'shop'
    """
    plain = remote.strip().rstrip("/").removesuffix(".git")
    if "://" in plain:
        try:
            parts = urlsplit(plain)
        except ValueError:
            return ""
        path = parts.path.strip("/")
        return path.rpartition("/")[2] if parts.scheme == "file" else path
    if short := re.fullmatch(r"(?:[^/@:]+@)?[\w.-]{2,}:(?!//)/?([^\\]+)", plain):
        return short[1].strip("/")
    return re.split(r"[/\\]", plain)[-1]
