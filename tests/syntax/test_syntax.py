"""The face over the syntax-tree library."""

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coderoute_ls import syntax
from coderoute_ls.domain import Position, Span
from coderoute_ls.syntax.grammars import GRAMMARS

PYTHON = """\
import os
from a import b

@deco
class A(B):
    x = 1
    def f(self, a: int = 3) -> int:
        if a:
            return 1
        return 2

def g():
    pass
"""
GOOD_AND_BAD = {
    "python": ("def f():\n    return 1\n", "def f(:\n    return 1\n"),
    "typescript": ("const a = (b: number) => b;\n", "const a = (b: number => b;\n"),
    "typescriptreact": ("const a = <div>{b}</div>;\n", "const a = <div>{b</div>;\n"),
    "javascript": ("for (const a of b) { c(a) }\n", "for (const a of b { c(a) }\n"),
    "go": ("package a\n\nfunc f() int {\n\treturn 1\n}\n", "package a\n\nfunc f() int {\n\tx :=\n}\n"),
    "rust": ("fn f() -> u8 { 1 }\n", "fn f() -> u8 { let x = 1 }\n"),
    "java": ("class A { int x = 3; }\n", "class A { int x = 3 }\n"),
    "c": ("int f(void) { return 1; }\n", "int f(void) { return 1 }\n"),
    "cpp": ("auto f() { return std::vector<int>{1}; }\n", "auto f() { return std::vector<int>{1; }\n"),
    "ruby": ("def f\n  1\nend\n", "def f(\n  1\nend\n"),
}


@pytest.mark.parametrize(("language", "texts"), GOOD_AND_BAD.items(), ids=GOOD_AND_BAD.keys())
def test_a_broken_text_is_told_from_a_whole_one(language: str, texts: tuple[str, str]) -> None:
    good, bad = texts
    assert syntax.parses(language, good) is True
    assert syntax.parses(language, bad) is False


@pytest.mark.parametrize("language", ["cobol", "", "PYTHON", "toml", "plaintext"])
def test_an_unknown_language_is_nobodys_business_and_never_panics(language: str) -> None:
    assert syntax.parses(language, "x = 1") is None
    assert syntax.tree(language, "x = 1") is None
    assert syntax.definitions(language, "x = 1") == ()
    assert syntax.enclosing_statement(language, "  x = 1 ", Position(0, 4)) == Span(Position(0, 2), Position(0, 8))


@pytest.mark.parametrize("grammar", GRAMMARS.values(), ids=GRAMMARS.keys())
def test_every_kind_in_the_table_exists_in_its_grammar(grammar: syntax.Grammar) -> None:
    parsed = syntax.tree(grammar.name, "x")
    assert parsed is not None
    for kinds in (grammar.definitions, grammar.blocks, grammar.comments, grammar.strings):
        parsed.root.find_all(kinds)  # an unknown kind raises RuntimeError


def test_definitions_know_their_names_kinds_signatures_and_containers() -> None:
    found = syntax.definitions("python", PYTHON)
    assert [(d.name, d.kind, d.container, d.signature) for d in found] == [
        ("A", "class", "", "class A(B):"),
        ("f", "method", "A", "def f(self, a: int = 3) -> int:"),
        ("g", "function", "", "def g():"),
    ]
    assert found[0].span.start == Position(3, 0), "a decorator belongs to what it decorates"


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("c", "static int *foo(int a) {\n  return &a;\n}\n", ("foo", "function", "static int *foo(int a)")),
        ("rust", "impl<T> Foo<T> {\n  fn a(&self) -> u8 { 1 }\n}\n", ("a", "method", "fn a(&self) -> u8")),
        ("go", "package a\nfunc (r *R) M(a int) error {\n\treturn nil\n}\n", ("M", "method", "func (r *R) M(a int) error")),
        ("java", "class A {\n  void m(int a) { }\n}\n", ("m", "method", "void m(int a)")),
        ("typescript", "export class A { m(a: number): void { } }\n", ("m", "method", "m(a: number): void")),
        ("kotlin", "class A {\n fun f(a: Int): Int { return a }\n}\n", ("f", "method", "fun f(a: Int): Int")),
        ("swift", "class A { func f(a: Int) -> Int { return a }\n}\n", ("f", "method", "func f(a: Int) -> Int")),
        ("ruby", "class A\n def f(a)\n  a\n end\nend\n", ("f", "method", "def f(a)")),
        ("lua", "local function f(a)\n return a\nend\n", ("f", "function", "local function f(a)")),
    ],
)
def test_definitions_of_other_languages(language: str, text: str, expected: tuple[str, str, str]) -> None:
    last = syntax.definitions(language, text)[-1]
    assert (last.name, last.kind, last.signature) == expected


def test_the_statement_around_a_position_is_whole() -> None:
    assert syntax.enclosing_statement("python", PYTHON, Position(8, 0)) == Span(Position(8, 12), Position(8, 20))
    assert syntax.enclosing_statement("python", PYTHON, Position(7, 9)) == Span(Position(7, 8), Position(8, 20))


def test_offsets_are_code_points_and_positions_follow_the_protocols_lines() -> None:
    parsed = syntax.tree("python", "a = '😀é'\rb = 1\r\nccc = 2\n")
    assert parsed is not None
    last = [node for node in parsed.root.walk() if node.text == "ccc"][-1]
    assert last.span == Span(Position(2, 0), Position(2, 3))
    assert parsed.offset(Position(2, 3)) == last.end


def test_trees_may_cross_threads() -> None:
    made: list[syntax.Tree | None] = []
    worker = threading.Thread(target=lambda: made.append(syntax.tree("python", "unique_name = 1\n")))
    worker.start()
    worker.join()
    assert made[0] is not None and made[0].root.kind == "module"


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(GRAMMARS)), st.text("ab({[)}]:;=\"' \n\t\r😀", max_size=40), st.integers(0, 5), st.integers(0, 20))
def test_no_text_and_no_position_makes_it_raise(language: str, text: str, line: int, character: int) -> None:
    position = Position(line, character)
    syntax.parses(language, text)
    syntax.definitions(language, text)
    span = syntax.enclosing_statement(language, text, position)
    assert span.start <= span.end
