"""Which lines each action is about, in six languages, without a model and without the disk."""

from dataclasses import replace

import pytest

from coderoute_ls.actions import actions
from coderoute_ls.actions.edit import written_instruction
from coderoute_ls.domain import Document, Position, Span, Target
from coderoute_ls.text import split_lines
from tests.actions.samples import SAMPLES, Sample

LANGUAGES = pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)


def lines(first: int, last: int) -> Span:
    return Span(Position(first, 0), Position(last + 1, 0))


@LANGUAGES
@pytest.mark.parametrize("action", ["refactor", "edit", "explain", "tests"])
def test_at_a_cursor_the_enclosing_function_is_meant(sample: Sample, action: str) -> None:
    assert actions()[action].region(sample.target()) == lines(*sample.function)


@LANGUAGES
@pytest.mark.parametrize("action", ["refactor", "edit", "explain", "tests"])
def test_a_selection_is_widened_to_its_lines(sample: Sample, action: str) -> None:
    line = sample.statement
    target = replace(sample.target(), span=Span(Position(line - 1, 3), Position(line, 5)))
    assert actions()[action].region(target) == lines(line - 1, line)


@LANGUAGES
@pytest.mark.parametrize("action", ["fix", "explain_error"])
def test_a_diagnostic_means_the_smallest_statement_around_it(sample: Sample, action: str) -> None:
    assert actions()[action].region(sample.target(diagnosed=True)) == lines(sample.statement, sample.statement)
    assert actions()[action].region(sample.target()) is None


@LANGUAGES
def test_the_documentation_that_is_there_is_replaced(sample: Sample) -> None:
    assert actions()["document"].region(sample.target()) == lines(*sample.comment)


@LANGUAGES
def test_without_documentation_there_is_a_place_for_it(sample: Sample) -> None:
    kept = [line for number, line in enumerate(split_lines(sample.text)) if number != sample.comment[0]]
    target = sample.target()
    bare = replace(target, document=replace(target.document, lines=kept), span=Span(*[Position(sample.statement - 1, 8)] * 2))
    place = Position(sample.comment[0], 0)
    assert actions()["document"].region(bare) == Span(place, place)


def test_a_selection_that_ends_at_the_start_of_a_line_does_not_mean_that_line() -> None:
    target = replace(SAMPLES["python"].target(), span=Span(Position(2, 0), Position(4, 0)))
    assert actions()["refactor"].region(target) == lines(2, 3)


def at(text: str, line: int, language: str = "python") -> Target:
    place = Position(line, 0)
    return Target(Document("file:///a", language, 1, split_lines(text)), Span(place, place))


@pytest.mark.parametrize("action", ["refactor", "document", "tests"])
def test_outside_of_every_definition_there_is_nothing_to_do(action: str) -> None:
    assert actions()[action].region(at("x = 1\n", 0)) is None


def test_an_instruction_may_ask_for_something_new_on_an_empty_line() -> None:
    assert actions()["edit"].region(at("x = 1\n\n\ny = 2\n", 1)) == lines(1, 1)
    assert actions()["edit"].region(at("", 0)) == Span(Position(0, 0), Position(0, 0))


def test_a_file_without_definitions_is_explained_as_a_whole_and_an_empty_one_not() -> None:
    assert actions()["explain"].region(at("x = 1\ny = 2\n", 0)) == Span(Position(0, 0), Position(2, 0))
    assert actions()["explain"].region(at("\n\n", 0)) is None


def test_a_body_on_the_line_of_its_header_has_no_place_for_a_docstring() -> None:
    assert actions()["document"].region(at("def f(): return 1\n", 0)) is None


def test_a_diagnostic_over_two_statements_means_both() -> None:
    sample = SAMPLES["python"]
    target = sample.target(diagnosed=True)
    (found,) = target.diagnostics
    both = replace(found, span=Span(Position(9, 8), Position(10, 20)))
    assert actions()["fix"].region(replace(target, diagnostics=(both,))) == lines(9, 10)


@pytest.mark.parametrize(
    ("text", "line", "language", "instruction"),
    [
        ("# sort by name,\n# newest first\nx = f()\n", 2, "python", "sort by name, newest first"),
        ("// use a map\nlet x = 1;\n", 1, "typescript", "use a map"),
        ("/* use a map */\nint x;\n", 1, "c", "use a map"),
        ("/*\n * Use a map.\n */\nint x;\n", 3, "java", "Use a map."),
        ("/**\n * The x.\n */\nint x;\n", 3, "java", ""),
        ("/// The x.\nlet x = 1;\n", 1, "rust", ""),
        ("-- only the newest\nselect 1\n", 1, "sql", "only the newest"),
        ("x = 1\ny = 2\n", 1, "python", ""),
        ("#include <a.h>\nint x;\n", 1, "c", ""),
    ],
)
def test_the_comment_above_is_the_instruction(text: str, line: int, language: str, instruction: str) -> None:
    assert written_instruction(at(text, line, language)) == instruction


def test_every_action_is_told_apart_by_its_file_kind_and_surface() -> None:
    found = actions()
    assert {"refactor", "edit", "fix", "document", "tests", "explain", "explain_error"} <= set(found)
    assert all(action.id == name for name, action in found.items())
    kinds = [action.kind for action in found.values() if action.kind]
    assert len(kinds) == len(set(kinds))
    for action in found.values():
        # A client's filter ``refactor`` must not bring up what only reports.
        assert action.surface != "report" or not action.kind.startswith("refactor")
