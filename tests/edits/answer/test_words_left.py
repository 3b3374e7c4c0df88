"""Words, marks and empty insides that no parser tells from code are read away where that is sure, and refused elsewhere."""

import pytest

from coderoute_ls.edits.answer.refusals import UNLIKE
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


DOCUMENT = "# Tool\n\n$0## Install\n\nRun the installer and wait for it.\n\n- Linux: use apt\n- Mac: use brew\n$0\n## Use\n"


@pytest.mark.parametrize(
    "answer",
    [
        "1. Open the file.\n2. Change the loop.\n3. Save.",
        "```bash\npip show black\nblack .\n```",
        '<tool_call>\n{"name": "read_file", "arguments": {"path": "a.py"}}\n</tool_call>',
        '{"error": {"message": "overloaded", "type": "server_error"}}',
        "<html><body><h1>502 Bad Gateway</h1></body></html>",
        "## Plan\n\n- read this\n- change it\n\n## Risks\n\nNone.",
    ],
)
def test_a_text_is_not_replaced_by_one_that_has_no_word_of_it(answer: str) -> None:
    fit = fitted(answer, DOCUMENT, "markdown", instruction="make it better")
    assert fit.lines is None
    assert fit.problem


@pytest.mark.parametrize(
    ("instruction", "answer"),
    [
        ("make it better", "## Installation\n\nThis takes two minutes."),
        ("say it in German", "## Aufbau\n\nDas Programm starten und warten."),
        ("translate this", "## Aufbau\n\nDas Programm starten und warten."),
        ("describe the container", "## Docker\n\nThe container does all of this."),
        ("make it better", "- Linux: use apt\n- Windows: choose winget"),
    ],
)
def test_a_text_may_be_told_in_other_words(instruction: str, answer: str) -> None:
    fit = fitted(answer, DOCUMENT, "markdown", instruction=instruction)
    assert fit.lines is not None, fit.problem


def test_scripts_without_blanks_are_not_told_by_words() -> None:
    fit = fitted("运行安装程序，然后稍候。", "$0安装程序运行后请等待完成。\n请不要关闭窗口。\n$0", "markdown", instruction="改写")
    assert fit.problem != UNLIKE
