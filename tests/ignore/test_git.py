"""git itself says what is ignored: its own answer on every path of random repositories, and ours where git is absent."""

import asyncio
import os
import random
import select
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest

from coderoute_ls.ignore import Ignore, git_check_ignore, git_thread
from coderoute_ls.ignore.git_check_ignore import GitProcess, git_is_there
from coderoute_ls.ignore.gitignore_without_git import GitignoreRules, sources_of, stamp

pytestmark = pytest.mark.skipif(not git_is_there(), reason="git is not installed")

NAMES = ["a.py", "b.log", "c d.txt", "build", "docs", "x1", "é.md", "[z].py", "keep.log", "Tmp", "#h", "!n"]
PATTERNS = [
    *(
        "*.log",
        "/build",
        "build/",
        "docs/*",
        "!keep.log",
        "**/x1",
        "x1/**",
        "a.py",
        "*.md",
        "!*.md",
        "[[:alpha:]]1",
        "[[:upper:]]*",
    ),
    *(
        "\\#h",
        "\\!n",
        "c d.txt",
        "# comment",
        "",
        "  ",
        "docs/**/b.log",
        "*",
        "!*/",
        "!a.py",
        "[!a-c]*",
        "trailing.txt  ",
        "tab\t",
        "/**/docs",
    ),
    *("?1", "*.[lm]*", "\\[z\\].py", "/docs/a.py", "!/docs", "[[:digit:]]*"),
]


@pytest.fixture(autouse=True)
def own_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of our own, so that nobody's configuration matters."""
    home = tmp_path / "home"
    home.mkdir()
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    (home / ".gitconfig").write_text(
        '[user]\n\tname = a\n\temail = a@b\n[init]\n\tdefaultBranch = main\n[protocol "file"]\n\tallow = always\n'
    )
    return home


def git(folder: Path, *arguments: str, said: str = "") -> str:
    done = subprocess.run(["git", "-C", str(folder), *arguments], input=said, text=True, capture_output=True, check=False)
    assert done.returncode in (0, 1), (arguments, done.stderr)
    return done.stdout


def git_ignores(root: Path, path: Path) -> bool:
    return bool(git(root, "check-ignore", str(path)).strip())


def repository(root: Path) -> Path:
    root.mkdir(parents=True, exist_ok=True)
    git(root, "init", "-q")
    return root


def grown(chance: random.Random, root: Path) -> Iterator[Path]:
    """A tree of files and nested ignore files; every path in it, and some that are not there."""
    folders = [root]
    for _ in range(6):
        folder = chance.choice(folders) / chance.choice(NAMES)
        if not folder.exists():
            folder.mkdir()
            folders.append(folder)
    for folder in folders:
        for name in chance.sample(NAMES, 4):
            if not (folder / name).exists():
                (folder / name).write_text("x")
            yield folder / name
        yield folder / chance.choice(["missing.log", "gone.py"])
    for folder in chance.sample(folders, min(3, len(folders))):
        mark = chance.choice(["", "\ufeff"])
        end = chance.choice(["\n", "\r\n"])
        (folder / ".gitignore").write_text(mark + end.join(chance.sample(PATTERNS, 5)) + end, encoding="utf-8", newline="")
    yield from folders[1:]


@pytest.mark.parametrize("seed", range(8))
def test_every_path_of_a_random_repository_is_judged_as_git_does(tmp_path: Path, own_git: Path, seed: int) -> None:
    chance = random.Random(seed)
    root = repository(tmp_path / "work")
    paths = list(grown(chance, root))
    (root / ".git" / "info").mkdir(exist_ok=True)
    (root / ".git" / "info" / "exclude").write_text("\n".join(chance.sample(PATTERNS, 2)) + "\n")
    if seed % 2:
        (own_git / "mine").write_text("\n".join(chance.sample(PATTERNS, 2)) + "\n")
        git(root, "config", "--global", "core.excludesFile", str(own_git / "mine"))
    if seed % 3 == 0:
        git(root, "add", "-f", "--", str(paths[0]))  # what is tracked is not ignored
    ignore = Ignore([str(root)])
    expected = {path: not git_ignores(root, path) for path in paths}
    assert {path: ignore.allowed(str(path)) for path in paths} == expected
    assert set(Ignore([str(root)]).allowed_among(map(str, paths))) == {str(path) for path, yes in expected.items() if yes}


def test_a_worktree_and_a_submodule_are_repositories_of_their_own(tmp_path: Path) -> None:
    other = repository(tmp_path / "other")
    (other / "a.py").write_text("")
    git(other, "add", ".")
    git(other, "commit", "-qm", "a")
    root = repository(tmp_path / "work")
    (root / ".gitignore").write_text("*.log\n")
    git(root, "submodule", "--quiet", "add", str(other), "sub")
    git(root, "add", ".")
    git(root, "commit", "-qm", "a")
    git(root, "worktree", "add", "-q", str(tmp_path / "tree"))
    (root / ".git" / "info" / "exclude").write_text("mine.txt\n")
    (root / "sub" / ".gitignore").write_text("local.py\n")
    ignore = Ignore([str(root), str(tmp_path / "tree")])
    for name in (
        "work/x.log",
        "tree/x.log",
        "tree/mine.txt",
        "tree/a.py",
        "work/sub/x.log",
        "work/sub/local.py",
        "work/sub/mine.txt",
    ):
        path = tmp_path / name
        assert ignore.allowed(str(path)) is not git_ignores(path.parent, path), name
    (root / "gone").mkdir()
    git(root, "config", "-f", ".gitmodules", "submodule.gone.path", "gone")
    assert ignore.allowed(str(root / "gone" / "a.py"))


def test_changed_rules_and_newly_tracked_files_are_seen(tmp_path: Path) -> None:
    root = repository(tmp_path / "work")
    ignore = Ignore([str(root)], fresh_s=0)
    file = root / "sub" / "a.py"
    file.parent.mkdir()
    file.write_text("x")
    assert ignore.allowed(str(file))
    (root / "sub" / ".gitignore").write_text("a.py\n")
    assert not ignore.allowed(str(file))
    git(root, "add", "-f", "sub/a.py")
    assert ignore.allowed(str(file)), "git does not ignore what it tracks"


def test_a_link_is_judged_by_what_it_points_to_and_none_leads_out(tmp_path: Path) -> None:
    root = repository(tmp_path / "work")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.py").write_text("x")
    (root / ".gitignore").write_text("private.py\n")
    (root / "private.py").write_text("x")
    (root / "src").mkdir()
    (root / "src" / "a.py").write_text("x")
    (root / "plain.py").symlink_to(root / "private.py")
    (root / "out.py").symlink_to(outside / "a.py")
    (root / "folder").symlink_to(outside)
    (root / "again").symlink_to(root / "src")
    ignore = Ignore([str(root)])
    assert not ignore.allowed(str(root / "plain.py"))
    assert not ignore.allowed(str(root / "out.py"))
    assert not ignore.allowed(str(root / "folder" / "a.py"))
    assert ignore.allowed(str(root / "again" / "a.py"))
    assert ignore.allowed(str(outside / "a.py")), "a file that was opened by itself is in no folder"
    assert Ignore([str(root), str(outside)]).allowed(str(root / "out.py")), "it leads into another folder of the workspace"


def test_a_folder_that_is_a_link_itself_holds_what_is_in_it(tmp_path: Path) -> None:
    root = repository(tmp_path / "work")
    (root / ".gitignore").write_text("b.py\n")
    (tmp_path / "link").symlink_to(root)
    ignore = Ignore([str(tmp_path / "link")], ["c.py"])
    assert ignore.allowed(str(tmp_path / "link" / "a.py"))
    assert not ignore.allowed(str(tmp_path / "link" / "b.py"))
    assert not ignore.allowed(str(tmp_path / "link" / "c.py"))


def test_a_repository_that_git_cannot_read_is_judged_by_our_own_rules(tmp_path: Path) -> None:
    (tmp_path / "work" / ".git").mkdir(parents=True)
    (tmp_path / "work" / ".gitignore").write_text("a.py\n")
    ignore = Ignore([str(tmp_path / "work")])
    assert not ignore.allowed(str(tmp_path / "work" / "a.py"))
    assert ignore.allowed(str(tmp_path / "work" / "b.py"))


def test_without_git_our_own_rules_differ_from_it_on_few_paths(tmp_path: Path) -> None:
    different = total = 0
    for seed in range(6):
        chance = random.Random(100 + seed)
        root = repository(tmp_path / f"work{seed}")
        paths = list(grown(chance, root))
        rules = GitignoreRules()
        for path in paths:
            sources = sources_of(str(path), str(root))
            ours = rules.ignored(str(path), sources, {file: stamp(file) for _, file in sources})
            different += ours is not git_ignores(root, path)
            total += 1
    assert different <= total // 100, f"{different} of {total}"


async def test_on_an_event_loop_nothing_waits_and_what_is_not_known_yet_is_not_allowed(tmp_path: Path) -> None:
    root = repository(tmp_path / "work")
    (root / ".gitignore").write_text("b.py\n")
    ignore = Ignore([str(root)])
    assert not ignore.allowed(str(root / "a.py"))
    assert ignore.pending(str(root / "a.py"))
    assert await ignore.known(str(root / "a.py"))
    assert ignore.allowed(str(root / "a.py"))
    assert not await ignore.known(str(root / "b.py"))
    asked = await asyncio.gather(*(ignore.known(str(root / f"{number}.py")) for number in range(40)))
    assert all(asked)


def test_nothing_of_a_repository_is_executed(tmp_path: Path) -> None:
    root = repository(tmp_path / "work")
    witness = tmp_path / "ran"
    script = root / "run.sh"
    script.write_text(f"#!/bin/sh\ntouch {witness}\n")
    script.chmod(0o755)
    for key in ("core.fsmonitor", "core.sshCommand", "core.pager", "core.editor", "alias.check-ignore", "core.gitProxy"):
        git(root, "config", key, str(script))
    hooks = root / "hooks"
    hooks.mkdir()
    for name in ("post-index-change", "fsmonitor-watchman", "query-watchman", "reference-transaction"):
        (hooks / name).write_text(script.read_text())
        (hooks / name).chmod(0o755)
    git(root, "config", "core.hooksPath", str(hooks))
    witness.unlink(missing_ok=True)
    assert Ignore([str(root)]).allowed(str(root / "a.py"))
    assert not witness.exists()


def test_a_git_that_ends_at_one_path_answers_for_the_others(tmp_path: Path) -> None:
    root = repository(tmp_path / "work")
    (root / ".gitignore").write_text("b.py\n")
    asked = GitProcess(str(root))
    paths = [str(root / "a.py"), str(tmp_path / "elsewhere.py"), str(root / "b.py")]
    assert asked.ignored(paths, {}) == [False, None, True]
    asked.close()


def test_a_rule_that_was_just_written_holds_at_the_next_look(tmp_path: Path) -> None:
    root = repository(tmp_path / "work")
    (root / "sub").mkdir()
    ignore, paths = Ignore([str(root)], fresh_s=3_600.0), [str(root / name) for name in ("a.py", "sub/b.py", "sub/c.py")]
    assert ignore.allowed_among(paths) == paths
    for rules, allowed in {"/a.py\n": paths[1:], "sub/\n": paths[:1], "": paths, "sub/b*\n": [paths[0], paths[2]]}.items():
        (root / ".gitignore").write_text(rules)
        ignore.look_again()
        assert ignore.allowed_among(paths) == allowed, rules
    (root / "sub" / ".gitignore").write_text("c.py\n")
    (root / ".git" / "info" / "exclude").write_text("a.py\n")
    ignore.look_again()
    assert ignore.allowed_among(paths) == []


@pytest.fixture
def hanging_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A git that answers about the first path and never again. The file has a line for each start of it."""
    starts, program = tmp_path / "starts", tmp_path / "bin" / "git"
    program.parent.mkdir()
    program.write_text(
        f"#!{sys.executable} -S\nimport os, signal\nopen({str(starts)!r}, 'a').write('x\\n')\n"
        "path = os.read(0, 9999).split(b'\\0')[0]\nos.write(1, b'\\0\\0\\0' + path + b'\\0')\nsignal.pause()\n"
    )
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return starts


@pytest.mark.skipif(sys.platform == "win32", reason="the program is a script")
def test_a_git_that_hangs_is_waited_for_once(tmp_path: Path, hanging_git: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not once for each path: what has been asked together is judged by our own rules, and so is what comes after it."""
    root = tmp_path / "work"
    (root / ".git").mkdir(parents=True)
    (root / ".gitignore").write_text("b*.py\n")
    waits: list[float] = []
    sure = git_check_ignore.ANSWER_S

    def ready(read: Sequence[int], write: object, bad: object, timeout: float) -> tuple[list[int], list[int], list[int]]:
        waits.append(timeout)
        return ([], [], []) if len(waits) > 1 else select.select(read, [], [], 10 * sure)

    monkeypatch.setattr(git_check_ignore, "select", SimpleNamespace(select=ready))
    ignore = Ignore([str(root)], fresh_s=0.0)
    paths = [str(root / f"{letter}{number}.py") for letter in "ab" for number in range(20)]
    assert [Path(path).name[0] for path in ignore.allowed_among(paths)] == ["a"] * 20
    assert ignore.allowed(str(root / "a99.py"))
    assert not ignore.allowed(str(root / "b99.py"))
    assert (len(waits), hanging_git.read_text()) == (2, "x\n")


async def test_who_has_no_time_waits_for_git_once_and_who_has_it_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = repository(tmp_path / "work")
    ignore, path = Ignore([str(root)]), str(root / "a.py")
    held = threading.Event()
    git_thread.later(lambda: held.wait(60))  # it is busy
    waited: list[float] = []

    class Asked(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waited.append(timeout or 0.0)
            return False

    assert not ignore.allowed(path)
    monkeypatch.setattr(ignore, "_asked", {path: Asked()})
    for _ in range(20):
        assert not await ignore.known(path, 0.4)
    assert waited == [0.4]
    assert not await ignore.known(path)
    assert len(waited) == 2
    held.set()
