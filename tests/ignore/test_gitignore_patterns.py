"""Patterns of .gitignore as git reads them, and never longer than a blink."""

import os
import random
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from coderoute_ls.ignore.git_check_ignore import git_is_there
from coderoute_ls.ignore.gitignore_patterns import MOST_BYTES, MOST_RULES, Patterns

STEPS = ["a", "b", "ab", "ba", "abab", "a.b", "[a]", "a-b", "é", "A1", "!a", "#b", "a b", "]"]
PIECES = [
    *("a", "b", "ab", "*", "**", "?", "/", "/**", "**/", ".", "-", "!", "#", " ", "\\ ", "\\", "\\a", "\\*", "\\[", "é", "A"),
    *("[ab]", "[!a]", "[^b]", "[a-b]", "[b-a]", "[]]", "[[:alpha:]]", "[[:nonsense:]]", "[", "[a", "[é]", "[\\]]", "[a/b]"),
]


def ignored_by_git(root: Path, patterns: Sequence[str], paths: Sequence[str]) -> set[tuple[str, str]]:
    """(pattern, path) of all that git ignores, where each pattern is the only one in its folder."""
    subprocess.run(["git", "init", "--quiet", root], check=True)
    asked: list[str] = []
    for number, pattern in enumerate(patterns):
        (root / str(number)).mkdir()
        (root / str(number) / ".gitignore").write_text(f"{pattern}\n", "utf-8")
        asked += (f"{number}/{path}" for path in paths)
    command = ["git", "-C", root, "check-ignore", "--no-index", "-z", "--stdin"]
    done = subprocess.run(command, input="\0".join(asked).encode(), capture_output=True, check=False)
    said = (path.partition("/") for path in done.stdout.decode().split("\0") if path)
    return {(patterns[int(number)], path) for number, _, path in said}


@pytest.mark.skipif(not git_is_there(), reason="git is not installed")
@pytest.mark.parametrize("seed", range(int(os.environ.get("SEEDS", "4"))))
def test_random_patterns_mean_what_they_mean_to_git(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    patterns = sorted({"".join(chance.choices(PIECES, k=chance.randint(1, 6))) for _ in range(300)})
    paths = sorted({"/".join(chance.choices(STEPS, k=chance.randint(1, 4))) for _ in range(60)})
    git = ignored_by_git(tmp_path, patterns, paths)
    ours = {(pattern, path) for pattern in patterns for path in paths if Patterns([pattern.encode()]).ignores(path)}
    assert git, "some match"
    assert ours == git


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a" * 60 + "b", "a" * 250 + ".py"),
        ("/".join(["**/a"] * 60) + "/b", "/".join(["a"] * 120)),
        ("**/a*" * 60 + "/b", "/".join(["aa"] * 120)),
        ("[a-z]*" * 200 + "1", "a" * 250),
        ("?*" * 200 + "1/x", "a" * 250),
        ("*" * 4_000 + "b", "a" * 250),
        ("**/" * 1_000 + "b", "/".join(["a"] * 120)),
        ("*/" * 100 + "b", "/".join(["a"] * 120)),
    ],
    ids=lambda text: text[:12],
)
def test_no_pattern_tries_places_again_and_again(pattern: str, path: str) -> None:
    """With an engine that does, each of these takes longer than anybody waits."""
    assert not Patterns([pattern.encode()]).ignores(path)


def test_what_is_too_long_to_be_read_ignores_everything() -> None:
    """A rule that is not read might have named any file."""
    assert Patterns([b"*.log", b"x" * (MOST_BYTES + 1)]).ignores("a.py")
    assert Patterns([b"\0" * (1 << 20)]).ignores("a.py")
    assert Patterns([b"x%d" % number for number in range(MOST_RULES + 1)]).ignores("a.py")
    assert not Patterns([b"x%d" % number for number in range(MOST_RULES)]).ignores("a.py")
    assert not Patterns([b"!" + b"x" * (MOST_BYTES + 1)]).ignores("a.py")


def test_what_can_be_read_is_not_brought_back_by_what_comes_after_it() -> None:
    assert Patterns([b"x" * (MOST_BYTES + 1), b"!a.py"]).ignores("a.py")
