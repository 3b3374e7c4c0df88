"""Words, marks and empty insides that no parser tells from code are read away where that is sure, and refused elsewhere."""

import pytest

from tests.edits.answer.places import fitted

SHELL = "set -e\n$0build() {\n  make all\n  make check\n}\n$0build\n"
GO = (
    "package a\n\n$0func total(rows []int) int {\n\tsum := 0\n\tfor _, row := range rows {\n"
    "\t\tsum += row\n\t}\n\treturn sum\n}\n$0"
)
CSS = "$0.card {\n  color: red;\n  margin: 1px;\n  padding-top: 1px;\n  padding-left: 1px;\n}\n$0"
PYTHON = "$0def total(rows):\n    kept = list(rows)\n    kept.sort()\n    return sum(kept)\n$0"
NEW = "def total(rows):\n    kept = sorted(rows)\n    print(kept)\n    return sum(kept)\n"


@pytest.mark.parametrize(
    ("language", "marked", "answer"),
    [
        ("shellscript", SHELL, "build() {\n  make all\n  make test\n}\nCopy code\n"),
        ("dockerfile", "FROM a\n$0RUN b\nRUN c\n$0", "Use one layer for both of these commands.\nRUN b && c\n"),
        ("dockerfile", "FROM a\n$0RUN b\nRUN c\n$0", "===== Dockerfile =====\nRUN b && c\n"),
        ("go", GO, "func total(rows []int) int {\n\t// sum them up here\n\treturn 0\n}\n"),
        ("go", GO, 'import "fmt"\n\nvar greeting = fmt.Sprint("hello")\n'),
        ("css", CSS, ".card {\n  color: blue;\n}\n"),
        ("python", PYTHON, "def total(rows):\n    raise NotImplementedError\n"),
    ],
)
def test_what_is_no_code_of_the_region_is_refused_in_words(language: str, marked: str, answer: str) -> None:
    fit = fitted(answer, marked, language, instruction="make it better")
    assert fit.lines is None
    assert fit.problem


@pytest.mark.parametrize(
    "answer",
    [
        f"```python\n{NEW}``",
        f"```\npython\n{NEW}```",
        f"<function=edit>\n{NEW}</function>",
        f"<answer>{NEW.rstrip()}</answer>",
        f".. code-block:: python\n\n{''.join(f'    {line}' for line in NEW.splitlines(keepends=True))}",
        f"[source,python]\n----\n{NEW}----\n",
        NEW.rstrip("\n").replace("\n", "\\n"),
        f"{NEW}</s>",
    ],
)
def test_what_is_around_the_code_is_not_written(answer: str) -> None:
    assert fitted(answer, PYTHON).lines == NEW.rstrip("\n").split("\n")


def test_a_shorthand_takes_the_place_of_its_parts() -> None:
    new = ".card {\n  color: red;\n  margin: 1px;\n  padding: 1px;\n}"
    assert fitted(new, CSS, "css").lines == new.split("\n")
