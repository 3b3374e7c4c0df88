"""The commit message without a model: what the diff's structure shows, and nothing more."""

import pytest

from coderoute_ls.domain import Document
from coderoute_ls.embedded.explain.commit_subject import LONGEST, commit_message
from coderoute_ls.text import split_lines


def added(name: str) -> str:
    return f"diff --git a/{name} b/{name}\nnew file mode 100644\n--- /dev/null\n+++ b/{name}\n@@ -0,0 +1 @@\n+x\n"


def updated(name: str, within: str = "") -> str:
    return f"diff --git a/{name} b/{name}\n--- a/{name}\n+++ b/{name}\n@@ -3,1 +3,1 @@ {within}\n-x\n+y\n"


def removed(name: str) -> str:
    return f"diff --git a/{name} b/{name}\ndeleted file mode 100644\n--- a/{name}\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n"


def renamed(old: str, new: str) -> str:
    return f"diff --git a/{old} b/{new}\nsimilarity index 100%\nrename from {old}\nrename to {new}\n"


def said(*parts: str) -> str:
    answer = commit_message(Document("git:staged", "diff", 0, split_lines("".join(parts))))
    assert answer is not None
    return answer.text


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ((added("src/parser.py"),), "Add parser.py"),
        ((added("a.py"), updated("main.py"), removed("old.py")), "Add a.py, update main.py, remove old.py"),
        ((updated("a.py"), updated("b.py")), "Update a.py and b.py"),
        ((updated("x/__init__.py"), updated("y/__init__.py")), "Update x/__init__.py and y/__init__.py"),
        ((renamed("src/a.py", "src/b.py"),), "Rename a.py to b.py"),
        ((renamed("src/a.py", "lib/a.py"),), "Move a.py to lib"),
        ((updated("money.py", "def total(lines: list[Line]) -> int:"),), "Update money.py: total"),
        ((updated("money.go", "func (a *Account) Total() int {"),), "Update money.go"),
        (tuple(updated(f"src/{name}.py") for name in "abcde"), "Update 5 files"),
    ],
)
def test_it_names_what_changed(parts: tuple[str, ...], message: str) -> None:
    assert said(*parts) == message


def test_what_does_not_fit_is_listed_below_a_subject_that_does() -> None:
    names = [f"src/a_rather_long_name_for_a_file_{at}.py" for at in range(3)]
    subject, blank, *body = said(*map(added, names)).split("\n")
    assert (subject, blank) == ("Add 3 files in src", "")
    assert body == [f"- Add {name}" for name in names]
    assert len(subject) <= LONGEST


def test_without_a_file_there_is_nothing_to_say() -> None:
    assert commit_message(Document("git:staged", "diff", 0, ("",))) is None
