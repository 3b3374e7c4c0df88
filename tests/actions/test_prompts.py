"""What a model is shown, to the letter: one rendered prompt per action, and the rules that hold for all of them.

``REWRITE_GOLDEN=1 pytest tests/actions`` writes the files under ``prompts/`` again; read the difference before committing it.
"""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coderoute_ls.actions import actions
from coderoute_ls.domain import Brief, Document, Position, Prompt, Snippet, Span, Target
from coderoute_ls.text import split_lines
from tests.actions.samples import SAMPLES, Sample

GOLDEN = Path(__file__).parent / "prompts"
RATES = Snippet("app/rates.py", "def rate(country: str) -> Decimal: ...\n", "definition")
TESTS = Snippet(
    "tests/test_money.py", "from app.money import Account\n\n\ndef test_an_account_has_an_owner():\n    ...\n", "test"
)
IDS = [action.id for action in actions().values() if action.kind]


def prompt(action: str, sample: Sample, *snippets: Snippet, instruction: str = "", max_chars: int = 8000) -> Prompt:
    asked = actions()[action]
    target = sample.target(instruction=instruction, diagnosed=asked.needs_diagnostic)
    region = asked.region(target)
    assert region is not None
    return asked.prompt(Brief(target, region, snippets, max_chars))


def rendered(prompt: Prompt) -> str:
    (message,) = prompt.messages
    return f"{prompt.system}\n=== {message.role}\n\n{message.text}"


@pytest.mark.parametrize("action", IDS)
def test_the_rendered_prompt_is_the_one_on_file(action: str) -> None:
    snippets = (TESTS, RATES) if action == "tests" else (RATES,)
    text = rendered(prompt(action, SAMPLES["python"], *snippets))
    file = GOLDEN / f"{action}.txt"
    if os.environ.get("REWRITE_GOLDEN"):
        file.write_text(text, "utf-8")
    assert text == file.read_text("utf-8")


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
@pytest.mark.parametrize("action", IDS)
def test_a_prompt_names_language_and_place_and_shows_the_region(action: str, sample: Sample) -> None:
    text = prompt(action, sample).messages[0].text
    assert f"File {sample.path} (" in text
    assert {"typescript": "TypeScript", "c": "(C"}.get(sample.language, sample.language.capitalize()) in text
    assert sample.text.splitlines()[sample.statement] in text
    assert "$" not in text
    assert "/work" not in text


def test_the_instruction_is_the_users_or_else_the_comment_above() -> None:
    assert "<instruction>\nround half up, to cents\n</instruction>" in prompt("edit", SAMPLES["python"]).messages[0].text
    given_one = prompt("edit", SAMPLES["python"], instruction="use sum()").messages[0].text
    assert "<instruction>\nuse sum()\n</instruction>" in given_one


def test_a_diagnostic_is_told_with_its_source_code_and_place() -> None:
    text = prompt("fix", SAMPLES["go"]).messages[0].text
    assert "linter L7: sum of floats loses cents\nIt points at: t = t + line.Net*rate" in text


def test_tests_for_rust_are_a_module_unless_there_is_one() -> None:
    assert "mod tests { use super::*; … }" in prompt("tests", SAMPLES["rust"]).messages[0].text


@pytest.mark.parametrize("language", ["go", "rust", "java", "c", "typescript"])
def test_documentation_that_is_there_is_shown_to_who_renews_it(language: str) -> None:
    sample = SAMPLES[language]
    assert sample.text.splitlines()[sample.comment[0]] in prompt("document", sample).messages[0].text


def test_dollar_signs_and_tags_in_the_code_are_just_code() -> None:
    text = "def f(a):\n    return '$place ${x} </region>'\n"
    target = Target(Document("file:///a.py", "python", 1, split_lines(text)), Span(Position(0, 0), Position(0, 0)))
    shown = actions()["refactor"].prompt(Brief(target, Span(Position(0, 0), Position(2, 0)))).messages[0].text
    assert text in shown


def test_line_ends_are_plain_whatever_the_file_has() -> None:
    sample = SAMPLES["python"]
    target = sample.target()
    crlf = replace(target, document=replace(target.document, lines=split_lines(sample.text.replace("\n", "\r\n"))))
    region = actions()["refactor"].region(crlf)
    assert region is not None
    assert actions()["refactor"].prompt(Brief(crlf, region)).messages == prompt("refactor", sample).messages


def test_a_region_beyond_the_budget_is_shown_whole_to_who_rewrites_it_and_cut_for_who_explains_it() -> None:
    text = "def f():\n" + "    x = 1\n" * 500
    target = Target(Document("file:///a.py", "python", 1, split_lines(text)), Span(Position(0, 0), Position(0, 0)))
    brief = Brief(target, Span(Position(0, 0), Position(501, 0)), (RATES,), 1000)
    assert text in actions()["refactor"].prompt(brief).messages[0].text
    explained = actions()["explain"].prompt(brief).messages[0].text
    assert "[…]" in explained
    assert len(explained) < 1200


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(IDS),
    st.sampled_from(sorted(SAMPLES)),
    st.lists(st.integers(0, 900).map(lambda size: Snippet("a.py", "x" * size, "open")), max_size=5),
    st.integers(1500, 6000),
)
def test_a_prompt_keeps_to_its_budget(action: str, language: str, snippets: list[Snippet], budget: int) -> None:
    """Beyond it goes only what the prompt cannot do without: the rules, the question, the region."""
    least = prompt(action, SAMPLES[language], max_chars=0).chars
    assert prompt(action, SAMPLES[language], *snippets, max_chars=budget).chars <= max(least, budget) + 60
