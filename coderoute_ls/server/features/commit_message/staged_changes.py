"""What a commit would hold, as far as a model may see it: the staged diff without ignored files and secrets, cut to size."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from coderoute_ls.child_process.safe_git import git_output
from coderoute_ls.errors import Unsupported
from coderoute_ls.ignore import generated, redact
from coderoute_ls.ignore.git_check_ignore import git_is_there, repository_of
from coderoute_ls.storage import read_regular
from coderoute_ls.text.git_patch import FilePatch, cut, file_patches
from coderoute_ls.text.invisible_characters import without_controls

DIFF_CHARS = 18_000
"""What is shown of a diff; the rest of the prompt's budget is for rules and subjects."""
MOST_BYTES = 4_000_000
"""Of what git prints; of a larger diff the beginning is read."""
MOST_FILES = 500
"""Whose diffs are asked for by name."""
SUBJECTS = 12
TIMEOUT_S = 10.0
_DIFF = (
    *("diff", "--cached", "--no-ext-diff", "--no-textconv", "--no-color", "--submodule=short", "--find-renames"),
    *(f"-O{os.devnull}", "--src-prefix=a/", "--dst-prefix=b/"),
)
_LOG = ("log", f"--max-count={SUBJECTS}", "--no-merges", "--no-show-signature", "--encoding=UTF-8", "--format=%s")
_GOES_ON = ("MERGE_HEAD", "REVERT_HEAD", "CHERRY_PICK_HEAD")
"""Files of git's own folder that say: the message of this commit is written already."""
NOTHING_STAGED = "Nothing is staged: `git add` what belongs into this commit, then ask again."
_HEAD_CHARS = 4_000
_MOST_PATH = 8_192
"""Bytes of a file that holds a path."""

Known = Callable[[str], Awaitable[bool]]
"""Whether something of the file at this absolute path may be sent, once git has answered."""


@dataclass(frozen=True, slots=True)
class StagedChanges:
    """What the message is about."""

    root: str
    """The repository's folder."""
    text: str
    """The diff, cleared and cut; "" where git has written the message itself."""
    subjects: tuple[str, ...] = ()
    """Of the last commits, the newest first."""
    notes: tuple[str, ...] = ()
    """What was left out, in words."""
    written: str = ""
    """git's own message of a merge, a revert or a cherry-pick."""


async def staged_changes(path: str, known: Known, *, verbose: str = "", environ: Mapping[str, str] = os.environ) -> StagedChanges:
    """What is staged in the repository that holds ``path``. ``verbose``: the diff that git itself has put into the file.

    Raises `Unsupported`, with what to do, where there is no repository, no git, or nothing that may be shown.
    """
    root = await asyncio.to_thread(repository_of, path)
    if root is None:
        raise Unsupported(f"{path or 'This file'} is in no git repository.")
    if not git_is_there():
        raise Unsupported("git was not found: install it, or put it on PATH.")
    git = _Git(root, environ)
    if written := await asyncio.to_thread(git.written):
        return StagedChanges(root, "", written=written)
    try:
        patches, notes = await _shown(git, known, verbose)
        subjects = await asyncio.to_thread(git.subjects)
    except OSError as error:
        raise Unsupported(f"git cannot tell what is staged in {root} ({error}). `git diff --cached` says why.") from None
    text, missing = cut([_cleared(patch) for patch in patches], DIFF_CHARS)
    if missing:
        notes.append(f"The diff is long: {missing:,} of its lines were not shown to the model.")
    return StagedChanges(root, text, subjects, tuple(notes))


async def _shown(git: "_Git", known: Known, verbose: str) -> tuple[list[FilePatch], list[str]]:
    """The files that may be shown, and what was left out."""
    if verbose:
        found, whole = file_patches(verbose), True
        names = [(patch.path, patch.old_path) for patch in found]
    else:
        found, whole = [], True
        names = await asyncio.to_thread(git.staged_names)
    if not names:
        raise Unsupported(NOTHING_STAGED)
    allowed = [pair for pair in names if await _may_be_shown(git.root, pair, known)]
    if not allowed:
        raise Unsupported("All staged files are ignored or secret: nothing of them is sent anywhere. Write the message yourself.")
    if not verbose:
        asked = list(dict.fromkeys(name for pair in allowed[:MOST_FILES] for name in pair))
        found, whole = await asyncio.to_thread(git.patch, asked)
    wanted = {_as_text(path) for path, _ in allowed}
    notes: list[str] = []
    if left_out := len(names) - len(allowed):
        notes.append(f"{_files(left_out)} left out: ignored or secret.")
    if len(allowed) > MOST_FILES or not whole:
        notes.append(f"The commit is large: the model was shown a part of its {len(allowed):,} files.")
    return [patch for patch in found if patch.path in wanted], notes


def _as_text(path: str) -> str:
    """The path as `FilePatch` has it."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _files(count: int) -> str:
    return "1 file was" if count == 1 else f"{count} files were"


async def _may_be_shown(root: str, paths: Sequence[str], known: Known) -> bool:
    for path in dict.fromkeys(paths):
        if not await known(os.path.join(root, *path.split("/"))):  # noqa: PTH118
            return False
    return True


def _cleared(patch: FilePatch) -> FilePatch:
    """Without secrets, in names as well, and of a file that nobody wrote by hand only its name. The signs before the lines are
    taken away first: they would hide the shape of a secret."""
    at = patch.hunks_at
    head = tuple(redact(line) for line in patch.lines[:at])
    hunks = patch.lines[at:]
    plain = "".join(line[1:] if line[:1] in {"+", "-", " "} else line for line in hunks)
    if generated(patch.path, plain[:_HEAD_CHARS]):
        said = f"[{patch.changed_lines()} changed lines of a generated file are not shown]\n"
        return FilePatch(patch.path, patch.old_path, patch.change, (*head, said) if hunks else head)
    clean = redact(plain).split("\n")
    signs = [line[:1] if line[:1] in {"+", "-", " "} else "" for line in hunks]
    cleared = tuple(f"{sign}{line}\n" for sign, line in zip(signs, clean, strict=False))
    return FilePatch(patch.path, patch.old_path, patch.change, (*head, *cleared))


class _Git:
    """Asks git about one repository. Each method blocks; raises OSError."""

    def __init__(self, root: str, environ: Mapping[str, str]) -> None:
        self.root = root
        self._environ = environ
        self._more: Mapping[str, str] = {}

    def written(self) -> str:
        """The message that git has prepared for a merge, a revert or a cherry-pick; "" for an ordinary commit."""
        try:
            folder = self._said("rev-parse", "--absolute-git-dir")
            shared = self._said("rev-parse", "--path-format=absolute", "--git-common-dir")
        except OSError as error:
            raise Unsupported(f"git does not read {self.root} ({error}). `git status` there says why.") from None
        if not self._belongs(folder, shared):
            raise Unsupported(
                f"What is staged in {self.root} is kept outside of it, in {folder}, which does not say that it belongs to this "
                f"folder: nothing of it is read. If it does, say so: git config core.worktree {self.root}"
            )
        self._more = _index_of(self._environ, self.root, folder)
        if not any(os.path.lexists(Path(folder, name)) for name in _GOES_ON):
            return ""
        try:
            text = read_regular(Path(folder, "MERGE_MSG"), MOST_BYTES, links=False).decode("utf-8", "replace")
        except OSError:
            return ""
        said = "\n".join(line for line in text.splitlines() if not line.startswith("#")).strip()
        return without_controls(said)

    def _belongs(self, folder: str, shared: str) -> bool:
        """Whether git's own folder lies in this one, or names it, as that of a linked worktree or of a submodule does: no
        repository can name another one's. ``shared``: where its objects are. Raises OSError."""
        root, folder, shared = map(os.path.realpath, (self.root, folder, shared))
        if Path(folder).is_relative_to(shared) and Path(folder).is_relative_to(root):
            return True
        if Path(folder).parent == Path(shared, "worktrees"):
            back = read_regular(Path(folder, "gitdir"), _MOST_PATH).decode("utf-8", "surrogateescape").strip()
            return os.path.realpath(Path(folder, back).parent) == root
        try:
            named = self._said("config", "--file", str(Path(folder, "config")), "core.worktree")
        except OSError:
            return False
        return folder == shared and bool(named) and os.path.realpath(Path(folder, named)) == root

    def _said(self, *command: str) -> str:
        return self._ask(*command)[0].decode("utf-8", "surrogateescape").rstrip("\n")

    def staged_names(self) -> list[tuple[str, str]]:
        """Path and old path of each staged file."""
        printed, whole = self._ask(*_DIFF, "--name-status", "-z")
        fields = printed.decode("utf-8", "surrogateescape").split("\0")
        if not whole:
            fields = fields[:-2]
        names: list[tuple[str, str]] = []
        rest = iter(fields)
        for status in rest:
            if not status:
                break
            old = next(rest, "")
            names.append((next(rest, ""), old) if status[0] in "RC" else (old, old))
        return names

    def patch(self, paths: Sequence[str]) -> tuple[list[FilePatch], bool]:
        """The diffs of these files, and whether they are whole."""
        printed, whole = self._ask(*_DIFF, "--patch", "--", *paths)
        return file_patches(printed.decode("utf-8", "replace")), whole

    def subjects(self) -> tuple[str, ...]:
        """None before the first commit."""
        try:
            printed, _ = self._ask(*_LOG)
        except OSError:
            return ()
        return tuple(redact(line)[:200] for line in printed.decode("utf-8", "replace").splitlines() if line.strip())

    def _ask(self, *command: str) -> tuple[bytes, bool]:
        return git_output(self.root, command, most_bytes=MOST_BYTES, timeout_s=TIMEOUT_S, more=self._more)


def _index_of(environ: Mapping[str, str], root: str, folder: str) -> Mapping[str, str]:
    """``git commit FILE`` and ``git commit --all`` stage into an index of their own, and tell the editor that they start. It is
    believed where it is a file of this repository."""
    named = environ.get("GIT_INDEX_FILE", "")
    index = os.path.realpath(Path(root, named))
    known = named and Path(index).is_relative_to(os.path.realpath(folder)) and Path(index).is_file()
    return {"GIT_INDEX_FILE": index} if known else {}
