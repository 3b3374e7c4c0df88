"""Which files must never be sent or learned: secret, git-ignored and generated ones, and links that lead outside.

On an event loop nothing waits: git is asked, and ignore files are read, by a thread. What it has not answered yet is not allowed,
because a file that should stay must not leave meanwhile. `Ignore.known` waits for the answer; elsewhere `allowed` does itself.
"""
# ruff: noqa: PTH100, PTH118, PTH120 - pathlib costs ten times os.path, and paths are asked about at every key

import asyncio
import math
import os
import re
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import PurePath
from typing import NamedTuple

from coderoute_ls.domain import TIMING
from coderoute_ls.file_thread import HeldUp
from coderoute_ls.ignore.git_check_ignore import ANSWER_S, GitProcess, git_is_there, repository_of
from coderoute_ls.ignore.git_thread import later
from coderoute_ls.ignore.gitignore_patterns import patterns_of
from coderoute_ls.ignore.gitignore_without_git import GitignoreRules, git_folder, hangs_git, inside, sources_of, stamp
from coderoute_ls.ignore.hanging_folders import looked
from coderoute_ls.ignore.secret_files import secret_name

_MOST_PARTS = 40
_MEMBER = re.compile(r"[?#]")
"""What follows a file's name in an address that was not taken apart."""
_MOST_VERDICTS = 50_000
_MOST_PROCESSES = 16


def secret_file(path: str) -> bool:
    """Whether the file's name says that it holds keys or passwords. Nothing is read; a link's target is looked at too."""
    return any(secret_name(name) for name in {path, os.path.realpath(path)})


class _Verdict(NamedTuple):
    time: float
    stamps: Mapping[str, int]
    """Of the files that it rests on."""
    allowed: bool
    target: str
    """What the path led to."""


class Ignore:
    """Which files of these workspace folders may be sent to a model or learned from.

    ``globs`` are the workspace's own rules, in the syntax of .gitignore, relative to each folder. Answers are remembered; after
    ``fresh_s`` seconds the files that they rest on are looked at again. ``waits``: whether `allowed` may block for git's answer
    (None: where no event loop runs).
    """

    def __init__(
        self,
        folders: Sequence[str],
        globs: Sequence[str] = (),
        *,
        fresh_s: float = 1.0,
        waits: bool | None = None,
        patience_s: float = TIMING.folder,
    ) -> None:
        self._folders = sorted((os.path.abspath(folder) for folder in folders), key=len, reverse=True)
        self._globs = tuple(globs)
        self._roots: dict[str, str | None] = {}
        self._rules = GitignoreRules()
        self._fresh_s = fresh_s
        self._waits = waits
        self._patience_s = patience_s
        self._verdicts: dict[str, _Verdict] = {}
        self._asked: dict[str, threading.Event] = {}
        self._rests: dict[str, dict[str, int]] = {}
        """By folder: the files that verdicts rest on, as they were then."""
        self._late: set[str] = set()
        """Paths whose answer somebody has waited for in vain."""

    @cached_property
    def _real_folders(self) -> list[str]:
        """What the folders lead to. Blocks, so it is not looked up before somebody waits for it anyway."""
        return [os.path.realpath(folder) for folder in self._folders]

    def allowed(self, path: str) -> bool:
        """False for secret files, git's own folder, what git ignores, what ``globs`` name, links that lead out of all folders,
        and, on an event loop, what has not been answered yet or lies in a folder that hangs. A document without a path is
        allowed: its text is still filtered.
        """
        if not path:
            return True
        known = self._verdicts.get(path)
        if known is not None and time.monotonic() - known.time < self._fresh_s:
            return known.allowed
        waits = not _on_event_loop() if self._waits is None else self._waits
        if waits:
            return self._judge([path])[0]
        try:
            found = looked(self._folder_as_named(path), lambda: self._seen(path), self._patience_s)
        except HeldUp:
            return False
        if isinstance(found, bool):
            return found
        if self._asked.setdefault(path, event := threading.Event()) is event:
            later(lambda: self._answer(found, event))
        return False

    def look_again(self) -> None:
        """Judge anew what rests on a file that has changed, though nobody has told and the verdict is young. What rests on others
        keeps its verdict."""
        for folder, rests in tuple(self._rests.items()):
            try:
                now = looked(folder, lambda files=tuple(rests): {file: stamp(file) for file in files}, self._patience_s)
            except HeldUp:
                continue
            if any(rests[file] != value for file, value in now.items()):
                rests.update(now)
                self._verdicts = {path: verdict._replace(time=-math.inf) for path, verdict in tuple(self._verdicts.items())}

    def allowed_among(self, paths: Iterable[str]) -> list[str]:
        """Those of the paths that are allowed: one question to git for all of them. Blocks."""
        listed = list(paths)
        return [path for path, allowed in zip(listed, self._judge(listed), strict=True) if allowed]

    def pending(self, path: str) -> bool:
        """Whether git is being asked about this path."""
        return path in self._asked

    async def known(self, path: str, timeout_s: float = 2 * ANSWER_S) -> bool:
        """Whether the path is allowed, once git has answered; False when it takes longer, which by default it does not. Whoever
        has less time waits once: who asks next, before git has answered, is told at once.
        """
        if self.allowed(path):
            return True
        pending = self._asked.get(path)
        if pending is None or (path in self._late and timeout_s < 2 * ANSWER_S):
            return False
        if not await asyncio.to_thread(pending.wait, timeout_s):
            self._late.add(path)
        return self.allowed(path)

    def _seen(self, path: str) -> "_Question | bool":
        """The verdict, or, where git or an ignore file has to be read for it, the question."""
        question = self._known(path)
        if isinstance(question, bool) or question.reads or _asks_git(question.root):
            return question
        self._settle(question.root, [question])
        return self._verdicts[path].allowed

    def _known(self, path: str) -> "_Question | bool":
        """The verdict where nothing has to be asked, or nothing that it rests on has changed; else the question."""
        if len(self._verdicts) > _MOST_VERDICTS:
            self._verdicts.clear()
        question, known, now = self._question(path), self._verdicts.get(path), time.monotonic()
        if isinstance(question, bool):
            self._verdicts[path] = _Verdict(now, {}, question, "")
            return question
        if known is None or (known.stamps, known.target) != (question.stamps, question.target):
            return question
        self._verdicts[path] = known._replace(time=now)
        return known.allowed

    def _judge(self, paths: Sequence[str]) -> list[bool]:
        """The verdict on each path. Blocks."""
        judged: dict[str, bool] = {}
        questions: dict[str, list[_Question]] = {}
        for path in dict.fromkeys(paths):
            known = self._known(path)
            if isinstance(known, bool):
                judged[path] = known
            else:
                questions.setdefault(known.root, []).append(known)
        for root, asked in questions.items():
            self._settle(root, asked)
            judged |= {question.path: self._verdicts[question.path].allowed for question in asked}
        return [judged[path] for path in paths]

    def _answer(self, question: "_Question", event: threading.Event) -> None:
        try:
            self._settle(question.root, [question])
        finally:
            self._late.discard(question.path)
            self._asked.pop(question.path, None)
            event.set()

    def _settle(self, root: str, questions: "Sequence[_Question]") -> None:
        """Ask git, or our own rules, and remember the verdicts."""
        stamps = {file: value for question in questions for file, value in question.stamps.items()}
        answers: Sequence[bool | None] = [None] * len(questions)
        if _asks_git(root) and not hangs_git(root, stamps):
            answers = _process(root).ignored([question.target for question in questions], stamps)
        for question, answer in zip(questions, answers, strict=True):
            self._rests.setdefault(self._folder_as_named(question.path), {}).update(question.stamps)
            sources = sources_of(question.target, root)
            ignored = self._rules.ignored(question.target, sources, question.stamps) if answer is None else answer
            self._verdicts[question.path] = _Verdict(time.monotonic(), question.stamps, not ignored, question.target)

    def _question(self, given: str) -> "_Question | bool":
        """What has to be asked of git about a path, or the verdict where nothing has to be."""
        path, target = map(self._as_its_folder, (os.path.abspath(given), os.path.realpath(given)))
        if any(secret_name(name) or _in_git(name) for name in (path, target, _MEMBER.split(path, maxsplit=1)[0])):
            return False
        if self._leads_out(path, target) or self._named(path) or self._named(target):
            return False
        parent = os.path.dirname(target)
        if parent not in self._roots:
            self._roots[parent] = repository_of(parent)
        root = self._roots[parent] or self._folder(target)
        rules = {file: stamp(file) for _, file in sources_of(target, root)}
        if min(rules.values()) < 0:  # too large to be read, by git as well
            return False
        others = [os.path.join(root, ".git"), *(os.path.join(git_folder(root), name) for name in ("index", "config"))]
        reads = not self._rules.have_read(rules)
        return _Question(given, target, root, rules | {file: stamp(file) for file in others}, reads)

    def _leads_out(self, path: str, target: str) -> bool:
        """Whether a path in a folder is, by a link, none of any folder."""
        return any(inside(path, folder) for folder in self._folders) and not any(
            inside(target, folder) for folder in (*self._folders, *self._real_folders)
        )

    def _named(self, path: str) -> bool:
        if not self._globs:
            return False
        patterns = patterns_of(self._globs)
        for folder in (*self._folders, *self._real_folders):
            if inside(path, folder):
                return patterns.ignores(os.path.relpath(path, folder))
        # outside of every folder nobody knows which part of the path the rules are relative to
        parts = PurePath(path).parts[1:]
        return any(
            patterns.ignores(os.path.join(*parts[first:])) for first in range(max(0, len(parts) - _MOST_PARTS), len(parts))
        )

    def _as_its_folder(self, path: str) -> str:
        """The path, with the folder that it lies in spelled as it was opened: rules are relative to that."""
        folder = self._folder(path)
        if not inside(path, folder) or path.startswith(folder):
            return path
        return os.path.join(folder, *PurePath(path).parts[len(PurePath(folder).parts) :])

    def _folder_as_named(self, path: str) -> str:
        """The folder that holds the path as it is named: nothing is looked at."""
        path = os.path.abspath(path)
        return next((folder for folder in self._folders if inside(path, folder)), os.path.dirname(path))

    def _folder(self, path: str) -> str:
        return next((folder for folder in (*self._folders, *self._real_folders) if inside(path, folder)), os.path.dirname(path))


class _Question(NamedTuple):
    """A path that git has to be asked about."""

    path: str
    """As it was asked about."""
    target: str
    """What it leads to."""
    root: str
    stamps: Mapping[str, int]
    reads: bool
    """Whether ignore files have to be read, for our own rules."""


def _asks_git(root: str) -> bool:
    return repository_of(root) is not None and git_is_there()


def _in_git(path: str) -> bool:
    return f"{os.sep}.git{os.sep}" in path.lower() + os.sep


_PROCESSES: dict[str, GitProcess] = {}
"""By repository, those asked last at the end: shared by all folders and settings of this process."""
_PROCESSES_LOCK = threading.Lock()


def _process(root: str) -> GitProcess:
    with _PROCESSES_LOCK:
        found = _PROCESSES.pop(root, None) or GitProcess(root)
        _PROCESSES[root] = found
        oldest = _PROCESSES.pop(next(iter(_PROCESSES))) if len(_PROCESSES) > _MOST_PROCESSES else None
    if oldest is not None:
        oldest.close()
    return found


def _on_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
