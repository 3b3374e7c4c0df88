"""A rewrite of the whole region, whose last line stands in the middle of the old one, against one that stops early."""

import re

import pytest

from coderoute_ls.edits.answer.refusals import PART
from tests.edits.answer.places import fitted


def fenced(text: str) -> str:
    return f"```\n{text}```"


WHOLE = [
    (
        "python",
        "def f(a):\n    b = g(a)\n    if b:\n        h(b)\n\n    return\n",
        "def f(a):\n    if b := g(a):\n        h(b)\n",
    ),
    ("python", "def f(a):\n    return (\n        g(a)\n    )\n", "def f(a):\n    return (g(a))\n"),
    (
        "python",
        "def f(a, b):\n    a.lock()\n    try:\n        a.put(b)\n        a.count(b)\n    finally:\n        a.free()\n",
        "def f(a: A, b: B):\n    with a.lock:\n        a.put(b)\n        a.count(b)\n",
    ),
    (
        "python",
        "def f(a):\n    if not a:\n        return\n    a.one()\n    a.two()\n    a.three()\n    a.four()\n",
        "def f(a):\n    a.one()\n    a.two()\n    a.three()\n    a.four()\n    if not a:\n        return\n",
    ),
    (
        "typescript",
        "function f(a) {\n  a.lock();\n  try {\n    a.put(1);\n  } finally {\n    a.free();\n  }\n}\n",
        "function f(a: A) {\n  using _ = a.lock();\n  a.put(1);\n}\n",
    ),
    (
        "python",
        "def f(a):\n    b, c = g(\n        a,\n        d=a,\n    )\n    e = h(b)\n    return b, e\n",
        "def f(a):\n    b = g(\n        a.all,\n        d=a,\n    )\n    return B(\n        b,\n        d=a.d,\n    )\n",
    ),
]


@pytest.mark.parametrize(("language", "old", "new"), WHOLE)
def test_a_rewrite_whose_end_is_an_older_middle_is_whole(language: str, old: str, new: str) -> None:
    fit = fitted(fenced(new), f"$0{old}$0", language)
    assert fit.lines == new.rstrip("\n").split("\n"), fit.problem


EARLY = [
    ("python", "def f(a):\n    b = g(a)\n    h(b)\n    k(b)\n    log(a)\n", "def f(a):\n    b = g(a, 1)\n    h(b)\n"),
    (
        "python",
        "def f(a):\n    b = g(a)\n    if b:\n        h(b)\n    log(a)\n",
        "def f(a):\n    b = g(a, 1)\n    if b:\n        h(b)\n",
    ),
    (
        "python",
        "def f(a):\n    try:\n        b = g(a)\n    finally:\n        a.free()\n    log(a)\n    k(a)\n",
        "def f(a):\n    with a:\n        b = g(a)\n",
    ),
    (
        "python",
        "def f(a):\n    one(a)\n    two(a)\n    three(a)\n    four(a)\n    five(a)\n    return a\n",
        "def f(a):\n    one(a, 1)\n    two(a)\n    three(a)\n",
    ),
    ("ruby", "def f(a)\n  b = g(a)\n  h(b)\n  k(b)\n  log(a)\nend\n", "def f(a)\n  b = g(a, 1)\n  h(b)\n"),
]


@pytest.mark.parametrize(("language", "old", "new"), EARLY)
def test_an_answer_that_ends_where_the_region_goes_on_is_not_taken_for_all_of_it(language: str, old: str, new: str) -> None:
    fit = fitted(fenced(new), f"$0{old}$0", language)
    assert fit.lines is None or all(line in fit.lines for line in old.split("\n")[-3:-1])
    assert fit.lines is not None or fit.problem


def test_an_early_end_says_so() -> None:
    assert fitted(fenced(EARLY[0][2]), f"$0{EARLY[0][1]}$0", "python").problem == PART


@pytest.mark.parametrize(
    ("language", "mark"), [("python", "#"), ("typescript", "//"), ("go", "//"), ("ruby", "#"), ("elixir", "#"), ("lua", "--")]
)
def test_a_comment_in_place_of_a_comment_and_one_line_stands_for_neither(language: str, mark: str) -> None:
    old = f"one(a)\ntwo(a)\n{mark} calls with all of them,\n{mark} as above\nthree(a)\nfour(a)\n"
    new = f"one(a)\n{mark} only three\nthree(a)\nfour(a)\n"
    fit = fitted(fenced(new), f"$0{old}$0", language)
    assert fit.lines is None or fit.lines == new.rstrip("\n").split("\n")


@pytest.mark.parametrize(
    ("language", "mark"), [("python", "#"), ("typescript", "//"), ("go", "//"), ("elixir", "#"), ("lua", "--")]
)
def test_a_comment_that_stood_in_the_region_stands_for_nothing_else(language: str, mark: str) -> None:
    old = f"one(a)\ntwo(a)\ntwo(b)\n{mark}do it now\nthree(a)\nfour(a)\n"
    new = f"one(a)\n{mark} do it now\nthree(a)\nfour(a)\n"
    fit = fitted(fenced(new), f"$0{old}$0", language)
    assert fit.lines == new.rstrip("\n").split("\n"), fit.problem


@pytest.mark.parametrize(
    ("language", "mark"), [("go", "//"), ("typescript", "//"), ("ruby", "#"), ("elixir", "#"), ("python", "#")]
)
def test_a_comment_before_a_blank_line_where_lines_are_gone_is_asked_about(language: str, mark: str) -> None:
    old = "one(a)\ntwo(a)\ntwo(b)\ntwo(c)\n\nperform(a)\nthree(a)\n\nperform(b)\nfour(a)\n"
    new = f"one(a)\n{mark} rest of code unchanged\n\nPerform(a)\nthree(a)\n\nPerform(b)\nfour(a)\n"
    fit = fitted(fenced(new), f"$0{old}$0", language)
    assert fit.lines is None


LEDGER = """def total(rows, rate, log):
    net = 0
    for row in rows:
        net += row.price
    if not net:
        log("nothing")
        return 0
    tax = net * rate
    log(f"{tax} of {net}")
    return net + tax
"""
STORE = """def store(self, rows, path):
    rows = sorted(rows)
    self.check(rows)
    with self.opened(path) as file:
        file.write(rows)
    self.count += len(rows)
"""


@pytest.mark.parametrize("instruction", ["", "use clearer names"])
@pytest.mark.parametrize(
    ("old", "changes"),
    [(LEDGER, {}), (LEDGER, {"net": "amount"}), (STORE, {}), (STORE, {"rows": "lines"})],
)
def test_a_tail_that_was_cut_off_is_never_taken_away(old: str, changes: dict[str, str], instruction: str) -> None:
    whole = old
    for name, other in changes.items():
        whole = re.sub(rf"\b{name}\b", other, whole)
    lines = whole.rstrip("\n").split("\n")
    for count in range(2, len(lines)):
        fit = fitted(fenced("\n".join(lines[:count]) + "\n"), f"$0{old}$0", "python", instruction=instruction)
        assert fit.lines in (None, lines, old.rstrip("\n").split("\n")), f"cut after {count} lines"


@pytest.mark.parametrize(
    "instruction",
    ["remove the count", "lösche die letzte Zeile", "supprime le compteur", "删除计数", "we do not need count any more"],
)
def test_a_tail_goes_where_the_user_wants_it_removed(instruction: str) -> None:
    new = "".join(STORE.splitlines(keepends=True)[:-1])
    fit = fitted(fenced(new), f"$0{STORE}$0", "python", instruction=instruction)
    assert fit.lines == new.rstrip("\n").split("\n"), fit.problem


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "def read(self, size):\n    if size:\n        return self.take(size)\n    return self.rest(size)\n",
            "def read(self, size) -> None:\n    self.fill(size)\n",
        ),
        (
            "def rows(self, names):\n    found = self.all(names)\n    return list(found)\n",
            "def rows(self, names):\n    for one in self.all(names):\n        yield one\n",
        ),
        (
            "def name(self, key):\n    if key in self.names:\n        return self.names[key]\n    return None\n",
            "def name(self, key):\n    try:\n        return self.names[key]\n    except KeyError:\n        return None\n",
        ),
        (
            "def ask(self, key, log):\n    log(key)\n    return self.get(key)\n",
            "def ask(self, key, log):\n    with log:\n        while True:\n            return self.get(key)\n",
        ),
    ],
)
def test_a_rewrite_that_ends_in_another_way_is_whole(old: str, new: str) -> None:
    fit = fitted(fenced(new), f"$0{old}$0", "python", instruction="another way")
    assert fit.lines == new.rstrip("\n").split("\n"), fit.problem


def test_old_lines_whose_names_the_answer_changes_are_not_put_behind_it() -> None:
    old = "def f(path):\n    parts = split(path)\n    parts = [part for part in parts if part]\n    return join(parts)\n"
    fit = fitted(fenced("def f(path):\n    pieces = split(path)\n"), f"$0{old}$0", "python")
    assert fit.lines is None
