"""Brackets of code, apart from those in strings, characters and comments."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coderoute_ls.syntax.brackets import scan, unclosed, unopened

LANGUAGES = (
    "python", "c", "cpp", "csharp", "rust", "go", "javascript", "php", "css", "ruby", "shellscript", "powershell", "yaml",
    "ini", "hcl", "sql", "lua", "haskell", "ocaml", "fsharp", "clojure", "erlang", "html", "cobol", "nim", "kotlin", "graphql",
    "markdown",
)  # fmt: skip


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("python", 'f("(", \'[\', """{"""[0])  # ('),
        ("python", "x = r'\\('"),
        ("c", "f('(', '\\'', \"[\"); /* { */ // ("),
        ("cpp", 'auto s = R"(()";'),
        ("csharp", 'var s = @"C:\\(";'),
        ("rust", "fn f<'a>(x: &'a str) { r#\"(\"#; '('; }"),
        ("go", "f(`(`, '(', \"(\") // {"),
        ("java", "f('{', \"(\"); // ["),
        ("javascript", "s.replace(/[(]/g, `{`) // ["),
        ("typescript", "return /\\(/.test(a) && a / (b / c)"),
        ("ruby", "f '(', \"[\" # {"),
        ("php", "f('{', \"(\"); // ["),
        ("shellscript", 'case "$1" in\n  a|b) f "$(g)" \'(\' \\( ;;\n  *) h ;;\nesac # ('),
        ("lua", "f([[ ( ]], '(', \"{\") --[[ ( ]] -- ("),
        ("sql", "f('it''s (', \"(\") /* ( */ -- ("),
        ("haskell", "foldl' f '(' \"[\" {- ( -} -- ("),
        ("ocaml", "f '(' \"[\" (* ( *)"),
        ("clojure", '(f \\( "(") ; ('),
        ("yaml", "a: don't (do [x]  # {"),
        ("json", '{"a": ":("}'),
        ("html", '<a href="(">x</a> <!-- ( -->'),
        ("powershell", "f '(' \"[\" <# ( #> # {"),
        ("cobol", "f(\"(\", '(') // ("),
        ("markdown", "a :( and 1) b"),
    ],
)
def test_what_is_no_code_does_not_count(language: str, text: str) -> None:
    assert unclosed(language, text) == []
    assert unopened(language, text) == []


@pytest.mark.parametrize(
    ("language", "text", "inside"),
    [
        ("python", 'x = "ab', "string"),
        ("python", 'x = "ab\ny', ""),
        ("python", '"""ab\ncd', "string"),
        ("python", "x  # ab", "comment"),
        ("c", "/* ab\n cd", "comment"),
        ("c", "/* ab */ x", ""),
        ("rust", "let x: &'a str", ""),
        ("javascript", "`a\nb", "string"),
        ("shellscript", "echo $#", ""),
        ("markdown", '"ab', ""),
    ],
)
def test_the_end_of_a_text_lies_in_what_was_begun(language: str, text: str, inside: str) -> None:
    assert scan(language, text).inside == inside


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(LANGUAGES), st.text("ab \n()[]{}\"'`/*#-<!>\\|=;%@rR", max_size=60))
def test_every_text_can_be_read(language: str, text: str) -> None:
    found = scan(language, text)
    assert all(text[at] == char for at, char in found.brackets)
    assert [at for at, _ in found.brackets] == sorted({at for at, _ in found.brackets})
    assert 0 <= found.since <= len(text)
    assert (found.inside == "") == (found.since == len(text)) or not text


SIGNS = ("a", "(", ")", "'", '"', "/", "#", "/*", "<!--", "-", "{-", "\\", "`", "|", "a|", "r#", "= /", "[[", "/[a")


@pytest.mark.parametrize("language", LANGUAGES)
def test_reading_takes_time_in_proportion_to_the_text(language: str) -> None:
    for sign in SIGNS:
        # processor time, and the best of three: others use this machine too
        assert any(seconds(language, sign * 8_000) < 0.5 for _ in range(3)), sign


def seconds(language: str, text: str) -> float:
    began = time.thread_time()
    scan(language, text)
    return time.thread_time() - began


@pytest.mark.parametrize("language", ["javascript", "typescript", "typescriptreact"])
@pytest.mark.parametrize(
    "text",
    [
        "const a =\n  /[(]/;\n",
        "const a =\n\t/[[(]+$/g;\n",
        "const long =\n  /" + "([0-9]{1,4}:)" * 60 + "[(]/;\n",
        "const f = () => /[{]/.test(s);\n",
        "const f = () =>\n      /\\(/.test(s);\n",
        "test(\n    /[(]/,\n    s)\n",
        "const b = c\n  ? /[(]/\n  : /[)]/;\n",
    ],
)
def test_brackets_of_a_regular_expression_do_not_count_wherever_it_begins(language: str, text: str) -> None:
    assert unclosed(language, text) == []
    assert unopened(language, text) == []


@pytest.mark.parametrize("text", ["f((a + b)\n  / (c)", "x = (a / b", "x = [a / 2, b / 2"])
def test_a_division_is_no_regular_expression(text: str) -> None:
    assert len(unclosed("typescript", text)) == 1
