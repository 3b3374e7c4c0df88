"""Where an answer stands, whatever it has lost of its indentation: all of it, or that of its first line."""

import pytest

from coderoute_ls.edits.answer.checks.final_check import BREAKS
from tests.edits.answer.places import fitted

BODIES = {
    "a call": "def f(self, a):\n    b = g(\n        a,\n    )\n    return b\n",
    "a condition": "def f(self, a):\n    if (\n        a\n        and self.b\n    ):\n        return a\n    return 1\n",
    "a list": "def f(self, a):\n    b = [\n        a,\n    ]\n    for c in b:\n        self.g(c)\n    return b\n",
    "a docstring": 'def f(self, a):\n    """\n    Say it.\n    """\n    return a\n',
    "parameters": "def f(\n    self,\n    a: int,\n) -> int:\n    b = [\n        a,\n    ]\n    return b\n",
}
SCRIPTS = {
    "typescript": (
        "class A {\n",
        "  f(a) {\n    b(a);\n  }\n",
        "f(a) {\n  const c = b(\n    a,\n  );\n  return c;\n}\n",
        "}\n",
    ),
    "java": (
        "class A {\n",
        "    int f(B b) {\n        return b;\n    }\n",
        "int f(B b) {\n    return g(\n        b\n    );\n}\n",
        "}\n",
    ),
    "rust": (
        "impl A {\n",
        "    fn f(&self) -> u8 {\n        1\n    }\n",
        "fn f(&self) -> u8 {\n    g(\n        1,\n    )\n}\n",
        "}\n",
    ),
    "ruby": (
        "class A\n",
        "  def f(a)\n    b(a)\n  end\n",
        "def f(a)\n  if a\n    b(a)\n  end\nend\n",
        "end\n",
    ),
}


def deeper(text: str, columns: int) -> list[str]:
    return [" " * columns + line if line else line for line in text.rstrip("\n").split("\n")]


def in_class(text: str, columns: int = 4) -> str:
    old = "\n".join(deeper("def f(self, a):\n    # as it was\n    return self.b(a)\n", columns))
    return f"class A(B):\n{' ' * columns}x = 1\n\n$0{old}\n$0\n{' ' * columns}def z(self):\n{' ' * (columns + 4)}pass\n{text}"


@pytest.mark.parametrize("columns", [4, 8])
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_method_that_is_written_at_the_margin_stands_where_it_stood(body: str, columns: int) -> None:
    fit = fitted(f"```python\n{body}```", in_class("", columns))
    assert fit.lines == deeper(body, columns), fit.problem


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_first_line_that_alone_stands_at_the_margin_stands_where_it_stood(body: str) -> None:
    first, *rest = deeper(body, 4)
    fit = fitted("```python\n" + "\n".join([first.lstrip(), *rest]) + "\n```", in_class(""))
    assert fit.lines == [first, *rest], fit.problem


@pytest.mark.parametrize("bare", [False, True], ids=["all", "first"])
@pytest.mark.parametrize("language", SCRIPTS)
def test_so_it_is_where_a_block_has_an_end(language: str, bare: bool) -> None:
    head, old, new, foot = SCRIPTS[language]
    wanted = deeper(new, len(old) - len(old.lstrip()))
    said = "\n".join([wanted[0].lstrip(), *wanted[1:]]) + "\n" if bare else new
    fit = fitted(f"```\n{said}```", f"{head}$0{old}$0{foot}", language)
    assert fit.lines == wanted, fit.problem


@pytest.mark.parametrize(
    "new",
    [
        "def f(self, a):\n    b = a\n        return b\n",
        "def f(self, a):\n    try:\n        return a\n",
        "def f(self, a):\nreturn a\n",
        "def f(self, a):\n    if a:\n    return a\n",
    ],
)
def test_lines_that_are_no_blocks_of_python_are_refused(new: str) -> None:
    fit = fitted("```python\n" + "\n".join(deeper(new, 4)) + "\n```", in_class(""))
    assert (fit.lines, fit.problem) == (None, BREAKS)


@pytest.mark.parametrize(
    "new",
    [
        "def f(self, a):\n    b = '''\n      c\n          d\n    '''\n    return b\n",
        "def f(self, a):\n    return (a\n            .b()\n            .c())\n",
        "def f(self, a):\n    b = a \\\n        .c\n    return b\n",
        "def f(self, a):\n    try: return a\n    except B: return 1\n",
    ],
)
def test_deep_lines_of_one_statement_are_no_blocks(new: str) -> None:
    wanted = deeper(new, 4)
    fit = fitted("```python\n" + "\n".join(wanted) + "\n```", in_class(""))
    assert fit.lines == wanted, fit.problem


def test_the_class_of_a_method_is_known_however_far_above_it_begins() -> None:
    far = "".join(f"    x_{n} = {n}\n" for n in range(1200))
    old = "$0    def f(self, a):\n        return a\n$0"
    fit = fitted("```python\nclass A(B):\n    def f(self, a: int) -> int:\n        return a + 1\n```", f"class A(B):\n{far}{old}")
    assert fit.lines == ["    def f(self, a: int) -> int:", "        return a + 1"], fit.problem


@pytest.mark.parametrize("mark", ["# ... other methods ...", "# other methods", "# [...]", "..."])
def test_an_elision_beside_a_method_is_none_in_it(mark: str) -> None:
    new = "    def f(self, a):\n        return a\n"
    old = "    def f(self, a):\n        if a:\n            return a\n        b = self.b\n        self.c(b)\n        return b\n"
    fit = fitted(
        f"```python\nclass A(B):\n{new}\n    {mark}\n```",
        f"class A(B):\n    x = 1\n\n$0{old}$0\n    def z(self):\n        pass\n",
    )
    assert fit.lines in (None, new.rstrip("\n").split("\n"))


@pytest.mark.parametrize("language", ["go", "typescript", "c", "makefile", "unknown"])
def test_a_file_that_begins_with_a_long_text_in_blanks_keeps_the_tabs_of_its_code(language: str) -> None:
    text = "".join(f"if {n}\n    then\n        more\n" for n in range(100))
    old = "f(a) {\n\tone(a)\n\tif (a) {\n\t\ttwo(a)\n\t}\n}\n"
    new = "f(a) {\n    one(a)\n    if (a) {\n        two(b)\n    }\n}\n"
    fit = fitted(f"```\n{new}```", f"{text}$0{old}$0", language)
    assert fit.lines == new.rstrip("\n").replace("    ", "\t").split("\n"), fit.problem


@pytest.mark.parametrize("name", ["f", "f<T>", "f<A, B>"])
def test_overloads_above_a_function_are_not_taken_for_it(name: str) -> None:
    above = f"export function {name}(\n  a: string,\n): A;\nexport function {name}(\n  a: number,\n): B;\n"
    old = f"export function {name}(\n  a: string | number,\n) {{\n  return g(a);\n}}\n"
    new = f"export function {name}(\n  a: string | number,\n  b = 1,\n) {{\n  return g(a, b);\n}}\n"
    fit = fitted(f"```ts\n{above}{new}```", f"{above}$0{old}$0", "typescript")
    assert fit.lines == new.rstrip("\n").split("\n"), fit.problem


@pytest.mark.parametrize(
    ("language", "head"),
    [("php", "class A\n{\n"), ("csharp", "public class A : B\n{\n"), ("cpp", "struct A\n{\n"), ("java", "class A\n{\n")],
)
def test_a_class_whose_bracket_stands_on_the_next_line_is_around_its_method(language: str, head: str) -> None:
    before = {"php": "<?php\n\n"}.get(language, "")
    kind = "public function" if language == "php" else "int"
    old = f"    {kind} f()\n    {{\n        return 1;\n    }}\n"
    new = f"    {kind} f()\n    {{\n        return 2;\n    }}\n"
    first = f"    {kind} a()\n    {{\n        return 0;\n    }}\n\n"
    fit = fitted(f"```\n{head}{new}}}\n```", f"{before}{head}{first}$0{old}$0}}\n", language)
    assert fit.lines == new.rstrip("\n").split("\n"), fit.problem
