"""Which files must never be sent or learned: secret files, files that git or the workspace ignores, links that lead outside.

On an event loop nothing waits: git is asked, and ignore files are read, by a thread. What it has not answered yet is not allowed,
because a file that should stay must not leave meanwhile. `Ignore.known` waits for the answer; elsewhere `allowed` does itself.
"""
# ruff: noqa: PTH100, PTH118, PTH120 - pathlib costs ten times os.path, and paths are asked about at every key

import asyncio
import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from queue import SimpleQueue
from typing import NamedTuple

from coderoute_ls.ignore.git_process import GitProcess, git_is_there, repository_of
from coderoute_ls.ignore.gitignore_rules import GitignoreRules, git_folder, inside, sources_of, stamp
from coderoute_ls.ignore.patterns import patterns_of
from coderoute_ls.ignore.secret_files import secret_name

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
        self, folders: Sequence[str], globs: Sequence[str] = (), *, fresh_s: float = 1.0, waits: bool | None = None
    ) -> None:
        self._folders = sorted((os.path.abspath(folder) for folder in folders), key=len, reverse=True)
        self._real_folders = [os.path.realpath(folder) for folder in self._folders]
        self._globs = tuple(globs)
        self._roots: dict[str, str | None] = {}
        self._rules = GitignoreRules()
        self._fresh_s = fresh_s
        self._waits = waits
        self._verdicts: dict[str, _Verdict] = {}
        self._asked: dict[str, threading.Event] = {}

    def allowed(self, path: str) -> bool:
        """False for secret files, git's own folder, what git ignores, what ``globs`` name, links that lead out of all folders,
        and, on an event loop, what has not been answered yet. A document without a path is allowed: its text is still filtered.
        """
        if not path:
            return True
        known = self._verdicts.get(path)
        if known is not None and time.monotonic() - known.time < self._fresh_s:
            return known.allowed
        waits = not _on_event_loop() if self._waits is None else self._waits
        return self._judge([path], ask=None if waits else _later)[0]

    def allowed_among(self, paths: Iterable[str]) -> list[str]:
        """Those of the paths that are allowed: one question to git for all of them. Blocks."""
        listed = list(paths)
        return [path for path, allowed in zip(listed, self._judge(listed, ask=None), strict=True) if allowed]

    def pending(self, path: str) -> bool:
        """Whether git is being asked about this path."""
        return path in self._asked

    async def known(self, path: str, timeout_s: float = 1.0) -> bool:
        """Whether the path is allowed, once git has answered; False when it takes longer."""
        if self.allowed(path):
            return True
        pending = self._asked.get(path)
        if pending is None:
            return False
        await asyncio.to_thread(pending.wait, timeout_s)
        return self.allowed(path)

    def _judge(self, paths: Sequence[str], ask: "Callable[[Callable[[], None]], None] | None") -> list[bool]:
        """The verdict on each path. With ``ask``, git's answer is left to it, and is no until then."""
        if len(self._verdicts) > _MOST_VERDICTS:
            self._verdicts.clear()
        judged: dict[str, bool] = {}
        questions: dict[str, list[_Question]] = {}
        for path in dict.fromkeys(paths):
            now = time.monotonic()
            question = self._question(path)
            known = self._verdicts.get(path)
            if isinstance(question, bool):
                self._verdicts[path] = _Verdict(now, {}, question, "")
                judged[path] = question
            elif known is not None and (known.stamps, known.target) == (question.stamps, question.target):
                self._verdicts[path] = known._replace(time=now)
                judged[path] = known.allowed
            else:
                questions.setdefault(question.root, []).append(question)
        for root, asked in questions.items():
            if ask is None or not (any(question.reads for question in asked) or _asks_git(root)):
                self._settle(root, asked)
            else:
                for question in asked:
                    if self._asked.setdefault(question.path, event := threading.Event()) is event:
                        ask(lambda question=question, event=event: self._answer(question, event))
        for question in (question for asked in questions.values() for question in asked):
            verdict = self._verdicts.get(question.path)
            judged[question.path] = verdict is not None and verdict.allowed and verdict.stamps == question.stamps
        return [judged[path] for path in paths]

    def _answer(self, question: "_Question", event: threading.Event) -> None:
        try:
            self._settle(question.root, [question])
        finally:
            self._asked.pop(question.path, None)
            event.set()

    def _settle(self, root: str, questions: "Sequence[_Question]") -> None:
        """Ask git, or our own rules, and remember the verdicts."""
        stamps = {file: value for question in questions for file, value in question.stamps.items()}
        answers: Sequence[bool | None] = [None] * len(questions)
        if _asks_git(root):
            answers = _process(root).ignored([question.target for question in questions], stamps)
        for question, answer in zip(questions, answers, strict=True):
            sources = sources_of(question.target, root)
            ignored = self._rules.ignored(question.target, sources, question.stamps) if answer is None else answer
            self._verdicts[question.path] = _Verdict(time.monotonic(), question.stamps, not ignored, question.target)

    def _question(self, given: str) -> "_Question | bool":
        """What has to be asked of git about a path, or the verdict where nothing has to be."""
        path = os.path.abspath(given)
        target = os.path.realpath(path)
        if secret_name(path) or secret_name(target) or _in_git(path) or _in_git(target):
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
        return patterns_of(self._globs).ignores(os.path.relpath(path, self._folder(path)))

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
    return f"{os.sep}.git{os.sep}" in path + os.sep


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


_LATER: "SimpleQueue[Callable[[], None]]" = SimpleQueue()
_ASKING: list[threading.Thread] = []


def _later(work: Callable[[], None]) -> None:
    """Do it in the one thread that asks git."""
    if not _ASKING:
        _ASKING.append(threading.Thread(target=_ask_on, name="git", daemon=True))
        _ASKING[0].start()
    _LATER.put(work)


def _ask_on() -> None:
    while True:
        _LATER.get()()


def _on_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
