"""Explanations: every sentence holds of the code, and known facts are found."""

import json.decoder
from pathlib import Path

import pytest

from coderoute_ls.domain import Document, Position, Span, Target
from coderoute_ls.embedded.explain.explain import explain
from coderoute_ls.embedded.explain.facts import Facts, Mark
from coderoute_ls.embedded.explain.python_facts import python_facts
from coderoute_ls.embedded.explain.tree_facts import tree_facts
from coderoute_ls.embedded.index.index import Index
from coderoute_ls.embedded.index.indexer import segments_of
from coderoute_ls.text import split_lines

FETCH = '''\
import os
from subprocess import run


class Cache:
    """Keeps pages. It is small."""

    limit = 10

    def fetch(self, url: str, *, retries: int = 3, **options):
        """Get a page.

        More words.
        """
        for attempt in range(retries):
            try:
                page = self.client.get(url, **options)
            except TimeoutError:
                if attempt == retries - 1:
                    raise
                continue
            if page.status == 404 or not page.body:
                raise KeyError(url)
            self.pages[url] = page
            options["seen"] = True
            print("fetched")
            os.remove("lock")
            return page.body
        return None
'''


def whole(text: str) -> Span:
    lines = split_lines(text)
    return Span(Position(0, 0), Position(len(lines) - 1, len(lines[-1])))


def lines(text: str, first: int, last: int) -> Span:
    return Span(Position(first, 0), Position(last, len(split_lines(text)[last].rstrip("\n"))))


def texts(marks: tuple[Mark, ...]) -> list[str]:
    return [mark.text for mark in marks]


def python(text: str, region: Span) -> Facts:
    facts = python_facts(text, region)
    assert facts is not None
    return facts


def tree(language: str, text: str, region: Span | None = None) -> Facts:
    facts = tree_facts(language, text, region or whole(text))
    assert facts is not None
    return facts


def test_a_method_is_told_by_its_facts() -> None:
    facts = python(FETCH, lines(FETCH, 9, 28))
    assert facts.title == "method `Cache.fetch`"
    assert facts.said == "Get a page."
    assert facts.takes == ("`url: str`", "`retries: int = 3`", "`**options`")
    assert facts.gives == (Mark("`page.body`", 27), Mark("`None`", 28))
    assert facts.raises == (Mark("again what it caught", 19), Mark("`KeyError`", 22))
    assert facts.handles == (Mark("`TimeoutError`", 17),)
    assert texts(facts.calls) == ["`range`", "`self.client.get`", "`KeyError`", "`print`", "`os.remove`"]
    assert texts(facts.effects) == [
        "writes to standard output (`print`)",
        "deletes a file (`os.remove`)",
        "sets `self.pages[url]`",
        "sets `options['seen']`",
    ]
    assert (facts.branches, facts.loops, facts.nesting) == (2, 1, 3)
    # for, except, if, if, or
    assert facts.complexity == 6


def test_a_name_that_is_defined_here_does_not_stand_for_the_library() -> None:
    text = "def print(x):\n    return x\n\ndef f(run):\n    run('x')\n    print(1)\n"
    assert not python("from subprocess import run\n" + text, lines(text, 4, 6)).effects


def test_what_a_nested_function_does_is_not_what_the_function_does() -> None:
    facts = python("def f():\n    def g():\n        raise ValueError\n    return g\n", Span(Position(0, 0), Position(4, 0)))
    assert facts.raises == ()
    assert facts.complexity == 1


def test_a_selection_that_starts_with_a_head_means_the_whole_definition() -> None:
    assert python(FETCH, lines(FETCH, 9, 12)).title == "method `Cache.fetch`"


def test_a_selection_tells_what_it_needs_and_what_it_leaves() -> None:
    text = "def f(a, b):\n    total = a + limit\n    rest = total - b\n    return rest\n"
    facts = python(text, lines(text, 1, 2))
    assert facts.title == "lines 2–3"
    assert facts.uses == ("a", "limit", "b")
    assert facts.sets == ("rest",)


def test_a_class_is_told_by_its_members() -> None:
    facts = python(FETCH, lines(FETCH, 4, 28))
    assert facts.title == "class `Cache`"
    assert facts.said == "Keeps pages. It is small."
    assert facts.members == (Mark("`fetch`", 9),)
    assert facts.sets == ("limit",)


@pytest.mark.parametrize(
    ("kind", "text"), [("a generator", "def f():\n    yield 1\n"), ("a coroutine", "async def f():\n    return 1\n")]
)
def test_what_is_special_about_calling_it_is_said(kind: str, text: str) -> None:
    assert any(kind in note for note in python(text, whole(text)).notes)


def test_broken_code_is_not_explained() -> None:
    assert python_facts("def f(:\n", whole("def f(:\n")) is None
    assert tree_facts("go", "func f( {", whole("func f( {")) is None


GO = """\
package a

func (s *Store) Get(key string) (int, error) {
	if key == "" || s.closed {
		return 0, errEmpty
	}
	for _, v := range s.values {
		if v.key == key {
			return v.n, nil
		}
	}
	defer s.done()
	panic(key)
}
"""


def test_a_go_method() -> None:
    facts = tree("go", GO, lines(GO, 2, 13))
    assert "Get" in facts.title
    assert facts.takes == ("`key string`",)
    assert texts(facts.gives) == ["`0, errEmpty`", "`v.n, nil`"]
    assert texts(facts.raises) == ["`panic`"]
    assert texts(facts.calls) == ["`s.done`", "`panic`"]
    assert (facts.branches, facts.loops, facts.nesting, facts.complexity) == (2, 1, 2, 5)
    assert facts.notes == ("It uses `defer`.",)


def test_a_typescript_function() -> None:
    text = (
        "export async function load(id: string, tries = 2): Promise<Item> {\n  while (tries-- > 0) {\n    try {\n"
        "      return await api.get(id);\n    } catch (error) {\n      this.failed = true;\n    }\n  }\n"
        "  throw new LoadError(id);\n}\n"
    )
    facts = tree("typescript", text)
    assert facts.title == "function `load`"
    assert facts.takes == ("`id: string`", "`tries = 2`")
    assert texts(facts.raises) == ["`new LoadError(id)`"]
    assert texts(facts.effects) == ["sets `this.failed`"]
    assert (facts.loops, facts.branches, facts.complexity) == (1, 0, 3)


def test_the_value_of_a_rust_function_is_its_last_expression() -> None:
    text = "fn half(n: u32) -> u32 {\n    if n == 0 {\n        return 0;\n    }\n    n / 2\n}\n"
    assert texts(tree("rust", text).gives) == ["`0`", "`n / 2`"]


def test_callers_and_tests_are_found_in_the_workspace(tmp_path: Path) -> None:
    files = {
        "app.py": "def area(r):\n    return 3 * r * r\n",
        "use.py": "from app import area\n\nprint(area(2))  # area(3)\n",
        "tests/test_app.py": "from app import area\n\n\ndef test_area():\n    assert area(1) == 3\n",
        "other.py": "text = 'area(1)'\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    index = Index()
    index.put("", segments_of(index.vocabulary, ((str(tmp_path / n), split_lines(t), (0, 0)) for n, t in files.items())))
    document = Document("file:///a", "python", 1, split_lines(files["app.py"]), str(tmp_path / "app.py"))
    region = Span(Position(0, 0), Position(1, 20))
    answer = explain(Target(document, region, folder=str(tmp_path)), region, index)
    assert answer is not None
    assert "**Called under this name:** `use.py:3`\n" in answer.text
    assert "**Named in tests:** `tests/test_app.py:5`\n" in answer.text
    assert "file:" not in answer.text and "](" not in answer.text  # VS Code's preview shows such links as raw Markdown


def test_every_definition_of_a_real_module_can_be_explained() -> None:
    text = Path(json.decoder.__file__).read_text("utf-8")
    document = Document("file:///decoder.py", "python", 1, split_lines(text), str(Path(json.decoder.__file__)))
    for number, line in enumerate(document.lines):
        if line.lstrip().startswith(("def ", "class ")):
            region = Span(Position(number, 0), Position(number, len(line)))
            answer = explain(Target(document, region), region, Index())
            assert answer is not None
            name = line.split()[1].partition("(")[0].rstrip(":")
            assert f"`{name}`" in answer.text or f".{name}`" in answer.text
