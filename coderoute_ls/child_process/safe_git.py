"""Runs git in a folder that somebody else made: nothing that the repository names is executed, and nothing is fetched.

What its configuration could start is switched off: hooks, file monitors, external differs, text converters, signature checkers,
pagers, transports. (https://git-scm.com/docs/git-config; GIT_NO_LAZY_FETCH is known since git 2.39.4.)
"""

import os
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType

from coderoute_ls.child_process.spawn import talk_to

OPTIONS = (
    *("--no-optional-locks", "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}"),
    *("-c", "core.untrackedCache=false", "-c", "safe.bareRepository=explicit"),
)
ENVIRONMENT = {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "", "GIT_TERMINAL_PROMPT": "0"}
"""A repository that lacks an object may name a program that fetches it: nothing is fetched, and no transport is allowed to be.
(Versions of git before 2.39.4 know only the second of these.)"""
_READS = (
    *("--no-pager", "--literal-pathspecs", "-c", "core.quotePath=false", "-c", "log.showSignature=false"),
    *("-c", "diff.external=", "-c", "core.pager=", "-c", "gpg.program=", "-c", "color.ui=false"),
)
_PIECE = 1 << 16


def git_output(
    root: str,
    command: Sequence[str],
    *,
    most_bytes: int,
    timeout_s: float,
    more: Mapping[str, str] = MappingProxyType({}),
) -> tuple[bytes, bool]:
    """What ``git COMMAND`` prints about the repository at ``root``, at most so many bytes, and whether that is all of it. Blocks.

    ``more`` goes into its environment. Raises OSError where git is absent, says no, or takes too long.
    """
    process = talk_to(["git", *OPTIONS, *_READS, "-C", root, *command], {**ENVIRONMENT, **more})
    assert process.stdin is not None and process.stdout is not None
    late = threading.Event()

    def give_up() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(timeout_s, give_up)
    timer.daemon = True
    timer.start()
    pieces: list[bytes] = []
    size = 0
    try:
        process.stdin.close()
        while size < most_bytes and (piece := os.read(process.stdout.fileno(), min(_PIECE, most_bytes - size))):
            pieces.append(piece)
            size += len(piece)
        whole = size < most_bytes
        if not whole:
            process.kill()
        code = process.wait()
    finally:
        timer.cancel()
        with suppress(OSError):
            process.kill()
        process.stdout.close()
        process.wait()
    if late.is_set():
        raise TimeoutError("git takes too long")
    if whole and code:
        raise OSError(f"git {command[0]} ended with {code}")
    return b"".join(pieces), whole
