"""Formats that tools, chats and pages give an answer: read where they are known, refused where not, never written."""

import json

import pytest

from coderoute_ls.edits.answer.refusals import FOREIGN, WORDS
from coderoute_ls.syntax.language_names import is_named
from tests.edits.answer.places import fitted

# Two languages with a grammar, two without: a function around a body, the body before and after, what is around the function.
CODE = {
    "java": ("class A {\n", "    int f(int a) {{\n{body}    }}\n", "        int b = a + 1;\n        return b;\n",
             "        return a + 1;\n", "}\n"),
    "ruby": ("class A\n", "  def f(a)\n{body}  end\n", "    b = a + 1\n    b\n", "    a + 1\n", "end\n"),
    "elixir": ("defmodule A do\n", "  def f(a) do\n{body}  end\n", "    b = a + 1\n    b\n", "    a + 1\n", "end\n"),
    "zig": ("const A = struct {\n", "    fn f(a: u8) u8 {{\n{body}    }}\n", "        const b = a + 1;\n        return b;\n",
            "        return a + 1;\n", "};\n"),
}  # fmt: skip
FORMATS = {
    "pair of tags": "<edit>\n<old_string>\n{old}</old_string>\n<new_string>\n{new}</new_string>\n</edit>",
    "other pair of tags": "<search>{old}</search>\n<replace>{new}</replace>",
    "one tag": "<edit>\n<new_str>\n{new}</new_str>\n</edit>",
    "file": "<write_to_file>\n<path>lib/a</path>\n<content>\n{new}</content>\n</write_to_file>",
    "artifact": '<antArtifact identifier="a" type="code">\n{new}</antArtifact>',
    "forum": "[code]\n{new}[/code]",
    "org": "#+begin_src any\n{new}#+end_src",
    "latex": "\\begin{{lstlisting}}\n{new}\\end{{lstlisting}}",
    "tracker": "{{code:any}}\n{new}{{code}}",
}


def parts(language: str) -> tuple[str, str, str, str]:
    """What is above, the region before and after, what is below."""
    above, frame, before, after, below = CODE[language]
    return above, frame.format(body=before), frame.format(body=after), below


@pytest.mark.parametrize("language", CODE)
@pytest.mark.parametrize("kind", FORMATS)
def test_what_is_around_an_answer_is_not_written(language: str, kind: str) -> None:
    above, old, new, below = parts(language)
    fit = fitted(FORMATS[kind].format(old=old, new=new), f"{above}$0{old}$0{below}", language)
    assert fit.lines == new.rstrip("\n").split("\n"), fit.problem


@pytest.mark.parametrize("language", CODE)
@pytest.mark.parametrize("names", [("old_string", "new_string"), ("oldText", "newText"), ("search", "replace"), ("", "code")])
@pytest.mark.parametrize("holder", ["", "arguments", "input", "as text"])
def test_a_tool_calls_edit_is_read(language: str, names: tuple[str, str], holder: str) -> None:
    above, old, new, below = parts(language)
    edit = {name: text for name, text in zip(names, (old, new), strict=True) if name}
    call: object = {"name": "edit", "arguments": json.dumps(edit)} if holder == "as text" else {"name": "edit", holder: edit}
    fit = fitted(json.dumps(call if holder else edit), f"{above}$0{old}$0{below}", language)
    assert fit.lines == new.rstrip("\n").split("\n"), fit.problem


def test_several_edits_of_one_tool_call_are_made_together() -> None:
    above, old, _, below = parts("ruby")
    edits = [{"old_str": "b = a + 1", "new_str": "c = a + 2"}, {"old_str": "    b\n", "new_str": "    c\n"}]
    fit = fitted(json.dumps({"input": {"edits": edits}}), f"{above}$0{old}$0{below}", "ruby")
    assert fit.lines == ["  def f(a)", "    c = a + 2", "    c", "  end"], fit.problem


@pytest.mark.parametrize(
    "answer",
    ['{"cells": [{"source": ["a = 2"]}]}', '["a = f(2)", "b = 3"]', '{"lines": ["a = 2"]}', '{"code": "a = 2"}\n\nThat is it.'],
)
@pytest.mark.parametrize("fence", ["", "json"])
def test_json_that_is_not_understood_is_no_code(answer: str, fence: str) -> None:
    fit = fitted(f"```{fence}\n{answer}\n```" if fence else answer, "$0a = f(1)\nb = 2\n$0", "python")
    assert fit.lines is None or fit.lines == ["a = 2"]
    assert fit.lines is not None or fit.problem in (FOREIGN, WORDS) or "parse" in fit.problem


def test_json_for_a_region_of_data_is_its_text() -> None:
    assert fitted('```json\n{"a": 2}\n```', '$0{"a": 1}\n$0', "json").lines == ['{"a": 2}']
    assert fitted("```python\n[1, 3]\n```", "X = (\n$0[1, 2]\n$0)\n", "python").lines == ["[1, 3]"]


@pytest.mark.parametrize("language", ["elixir", "julia", "zig"])
def test_the_end_of_what_is_around_is_not_written_again(language: str) -> None:
    end = "}" if language == "zig" else "end"
    old, new = (f"function f(a)\n    b = a + {n}\n    log(b)\n    b\n{end}\n" for n in (1, 2))
    fit = fitted(f"```\n{new}\n{end}\n```", f"module A\n\n$0{old}$0\n{end}\n", language)
    assert fit.lines == new.rstrip("\n").split("\n"), fit.problem


def test_the_number_of_a_single_line_goes() -> None:
    assert fitted("```\n12 | b = f(2)\n```", "a = 1\n$0b = f(1)\n$0", "python").lines == ["b = f(2)"]
    assert fitted("1 | two", "$0a | b\n$0", "markdown").lines == ["1 | two"]


@pytest.mark.parametrize("language", ["zig", "elixir"])
def test_lines_without_any_sign_of_code_are_words(language: str) -> None:
    old = "f(a) {\n  b = a + 1;\n  return b;\n}\n"
    fit = fitted("```\nfunction f takes a\nreturn a plus one\n```", f"$0{old}$0", language)
    assert fit.lines is None


def test_broken_code_is_not_cut_to_the_definition_below_it() -> None:
    new = "def f(a):\ndef f(a):\n    b = g(a, 1)\n    return b\n\n\ndef h():\n    return 1\n"
    fit = fitted(new, "$0def f(a):\n    b = g(a)\n    return b\n$0\n\ndef h():\n    return 1\n", "python")
    assert fit.lines is None


@pytest.mark.parametrize("info", ["sh", "bash", "zsh", "shell"])
def test_a_fence_may_call_a_language_by_another_name(info: str) -> None:
    new = '#!/usr/bin/env bash\nset -euo pipefail\nrun "$1"\n'
    fit = fitted(f"```{info}\n{new}```", "$0#!/bin/sh\nset -e\nrun $1\n$0exit 0", "shellscript")
    assert fit.lines == new.rstrip("\n").split("\n"), fit.problem


def test_dialects_and_short_names_are_named_behind_a_fence() -> None:
    assert all(
        is_named(*pair) for pair in (("hcl", "terraform"), ("ps1", "powershell"), ("protobuf", "proto3"), ("py", "python"))
    )
    assert not any(is_named(*pair) for pair in (("sh", "python"), ("sql", "terraform"), ("ruby", "elixir")))


@pytest.mark.parametrize("language", ["css", "sql", "yaml", "elixir", "python", "zig"])
@pytest.mark.parametrize("remark", ["// {}", "# {}", "-- {}", "/* {} */", "<!-- {} -->"])
def test_a_place_for_code_is_no_code(language: str, remark: str) -> None:
    old = "a: 1\nb: 2\n" if language != "css" else ".a {\n  color: red;\n}\n"
    lines = old.rstrip("\n").split("\n")
    assert fitted(f"```\n{remark.format('your code here')}\n```", f"$0{old}$0", language).lines in (None, lines)


def test_code_may_be_commented_out() -> None:
    assert fitted("```yaml\n# a: 1\n# b: 2\n```", "$0a: 1\nb: 2\n$0c: 3\n", "yaml").lines == ["# a: 1", "# b: 2"]
