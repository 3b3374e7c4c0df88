"""Safe rewrites in the brace languages: each rule where it applies, and where it must not."""

import pytest

from coderoute_ls.domain import Answer, Document, Position, Span
from coderoute_ls.embedded.refactor.refactor import refactor
from coderoute_ls.text import split_lines


def refactored(language: str, text: str) -> Answer:
    document = Document("file:///a", language, 1, split_lines(text))
    answer = refactor(document, Span(Position(0, 0), document.end))
    assert answer is not None
    return answer


REWRITTEN = {
    "no-else-after-jump": (
        "typescript",
        "function f(a) {\n  if (a) {\n    return 1;\n  } else {\n    g(\n      a,\n    );\n  }\n}\n",
        "function f(a) {\n  if (a) {\n    return 1;\n  }\n  g(\n    a,\n  );\n}\n",
    ),
    "return-condition": (
        "java",
        "class A {\n  boolean f() {\n    if (b()) {\n      return false;\n    } else {\n      return true;\n    }\n  }\n}\n",
        "class A {\n  boolean f() {\n    return !(b());\n  }\n}\n",
    ),
    "negated-comparison": ("c", "int f(int a) { return !(a == 1); }\n", "int f(int a) { return a != 1; }\n"),
    "no-empty-else": (
        "javascript",
        "function f(a) {\n  if (a) {\n    g();\n  } else {\n  }\n}\n",
        "function f(a) {\n  if (a) {\n    g();\n  }\n}\n",
    ),
    "no-useless-return": ("javascript", "function f(a) {\n  g();\n  return;\n}\n", "function f(a) {\n  g();\n}\n"),
    "needless-return": ("rust", "fn f(a: i32) -> i32 {\n    return a + 1;\n}\n", "fn f(a: i32) -> i32 {\n    a + 1\n}\n"),
    "simplify-range": (
        "go",
        "package a\n\nfunc f() {\n\tfor i, _ := range s {\n\t\tg(i)\n\t}\n}\n",
        "package a\n\nfunc f() {\n\tfor i := range s {\n\t\tg(i)\n\t}\n}\n",
    ),
    "simplify-slice": (
        "go",
        "package a\n\nfunc f(s []int) []int {\n\treturn s[1:len(s)]\n}\n",
        "package a\n\nfunc f(s []int) []int {\n\treturn s[1:]\n}\n",
    ),
    "unused-import": (
        "java",
        "import a.Used;\nimport a.Unused;\n\nclass A extends Used {}\n",
        "import a.Used;\n\nclass A extends Used {}\n",
    ),
}


@pytest.mark.parametrize("rule", REWRITTEN)
def test_the_rule_rewrites_and_is_named(rule: str) -> None:
    language, before, after = REWRITTEN[rule]
    answer = refactored(language, before)
    assert answer.text == after
    assert any(note.endswith(f"({rule})") for note in answer.notes)


KEPT = {
    "an else that declares": "function f(a) {\n  if (a) {\n    return;\n  } else {\n    let b = 2;\n    g(b);\n  }\n}\n",
    "an else with a comment of its own": "function f(a) {\n  if (a) {\n    return 1;\n  } else {\n    // why\n    g();\n  }\n}\n",
    "an else after an if that goes on": "function f(a) {\n  if (a) {\n    g();\n  } else {\n    h();\n  }\n}\n",
    "a comparison that NaN breaks": "const x = !(a < b);\n",
    "a return between statements": "function f() {\n  if (a) {\n    g();\n    return;\n  }\n  h();\n}\n",
    "text that does not parse": "function f( {\n  return;\n}\n",
}


@pytest.mark.parametrize("case", KEPT)
def test_what_cannot_be_proven_is_left_alone(case: str) -> None:
    answer = refactored("typescript", KEPT[case])
    assert not answer.changed
    assert answer.text == KEPT[case]


def test_a_truthy_value_is_not_returned_in_the_place_of_true() -> None:
    text = "function f(a) {\n  if (a) {\n    return true;\n  } else {\n    return false;\n  }\n}\n"
    answer = refactored("typescript", text)
    assert answer.text == "function f(a) {\n  if (a) {\n    return true;\n  }\n  return false;\n}\n"


def test_a_go_function_with_results_keeps_its_last_return() -> None:
    text = "package a\n\nfunc f() (n int) {\n\tn = 1\n\treturn\n}\n"
    assert refactored("go", text).text == text


def test_a_call_at_the_end_of_a_rust_function_keeps_its_return() -> None:
    text = "fn f(a: &M) -> usize {\n    return a.lock().len();\n}\n"
    assert refactored("rust", text).text == text


def test_an_else_may_not_outlive_the_names_of_its_if_in_go() -> None:
    text = "package a\n\nfunc f() int {\n\tif x := g(); x > 0 {\n\t\treturn 1\n\t} else {\n\t\th(x)\n\t}\n\treturn 2\n}\n"
    assert refactored("go", text).text == text


def test_a_language_without_rules_gets_no_answer() -> None:
    document = Document("file:///a", "markdown", 1, split_lines("# a\n"))
    assert refactor(document, Span(Position(0, 0), document.end)) is None
