"""Words for a person are told from code, in any human language, with a grammar and without."""

import pytest

from coderoute_ls.syntax.code_or_prose import is_code, knows_words
from coderoute_ls.syntax.prose_and_markup import is_prose

TALK = [
    "No changes needed.",
    "The code looks fine",
    "Unchanged.",
    "I'm sorry, but I can't help with that",
    "keine Änderungen nötig",
    "无需更改。",
    "このコードは変更不要です",
    "Изменения не требуются.",
    "Aucune modification nécessaire.",
    "Here is the updated version:",
    "I replaced the loop with `sum()`.",
    "**Note:** this keeps the order of the items.",
    "- used a generator instead of a list",
    "Hope this helps!",
]
GOOD = {
    "python": [
        "return a + b",
        "x = 1",
        "    if a:\n        b()",
        "import os",
        "else:",
        "# only a comment",
        "pass",
        "for item in items:",
    ],
    "javascript": ["return a;", "const x = 1;", "});", "foo(bar)", "// note", "} else {"],
    "go": ["return n", "if x > 0 {", "x := f(y)", "}"],
    "shellscript": ["echo hello", "cd build && make", "ls -la | head", "done"],
    "dockerfile": ["RUN b", "RUN apt-get install -y curl", "COPY . /app", 'CMD ["a"]'],
    "elixir": ["def f(x) do", "  x + 1", "end", "|> Enum.map(&f/1)"],
    "yaml": ["a:\n  b: 2", "- item", "name: value"],
    "sql": ["SELECT a\nFROM t\nLIMIT 1;", "WHERE a = 1"],
    "haskell": ["f x = x + 1", "module Main where", "main = do"],
    "": ["x = 1", "foo(bar)"],
}
NEAR = {
    "dockerfile": "FROM a\nRUN a\nCOPY x /x\n",
    "elixir": "def f(x) do\n  x\nend\n",
    "sql": "SELECT a\nFROM t;\n",
    "shellscript": "echo bye\nls\n",
}


@pytest.mark.parametrize("language", GOOD)
@pytest.mark.parametrize("text", TALK)
def test_talk_is_no_code(language: str, text: str) -> None:
    assert not is_code(language, text, NEAR.get(language, ""))


@pytest.mark.parametrize(("language", "text"), [(language, text) for language, texts in GOOD.items() for text in texts])
def test_code_is_code(language: str, text: str) -> None:
    assert is_code(language, text, NEAR.get(language, ""))


def test_lines_that_stand_in_the_file_are_content() -> None:
    assert is_code("dockerfile", "No changes needed.", "# x\nNo changes needed.\n")


@pytest.mark.parametrize("language", ["python", "go", "json", "javascript"])
def test_a_grammar_that_rejects_words_decides(language: str) -> None:
    assert knows_words(language)


@pytest.mark.parametrize("language", ["shellscript", "ruby", "elixir", "html", ""])
def test_a_grammar_that_takes_words_for_code_is_not_asked(language: str) -> None:
    assert not knows_words(language)


EDITORS = """
plaintext markdown Markdown rst restructuredtext gitcommit git-commit tex plaintex latex quarto vimwiki pandoc help txt fountain
asciidoc org mail rmd markdown.mdx typst norg latex-mode
"""


@pytest.mark.parametrize("language", EDITORS.split())
def test_every_editors_name_for_a_document_of_words_is_known(language: str) -> None:
    assert is_prose(language)
    assert is_code(language, "No changes needed.")


@pytest.mark.parametrize("language", ["python", "html", "vue", "yaml", "dockerfile", "elixir", "sql", "toml"])
def test_code_and_markup_are_no_prose(language: str) -> None:
    assert not is_prose(language)


def test_a_file_whose_language_nobody_says_is_told_by_its_name() -> None:
    assert is_prose("", "/home/a/notes.txt")
    assert not is_prose("", "/home/a/main.zig")
