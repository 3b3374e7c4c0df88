"""The prompt of both completions."""

from coderoute_ls.actions.fill_in_middle import at_cursor, hole
from coderoute_ls.actions.inline_completion import ACTION
from coderoute_ls.domain import Brief, Document, Position, Snippet, Span, Target
from coderoute_ls.ignore import secrets_in
from coderoute_ls.text import split_lines

KEY = "AKIA" + "ABCDEFGHIJ234567"


def brief(text: str, line: int, *snippets: Snippet, max_chars: int = 8_000) -> Brief:
    document = Document("file:///home/somebody/w/a.py", "python", 3, split_lines(text), "/home/somebody/w/a.py")
    cursor = Position(line, len(document.line(line)))
    target = Target(document, Span(cursor, cursor), folder="/home/somebody/w")
    region = at_cursor(target)
    assert region is not None
    return Brief(target, region, snippets, max_chars)


def test_the_hole_is_the_text_around_the_cursor_and_snippets_come_along() -> None:
    snippet = Snippet("b.py", "def b(): ...\n", "definition")
    prompt = hole(brief("a = 1\nb = \nc = 3\n", 1, snippet))
    assert prompt.fim is not None
    assert (prompt.fim.prefix, prompt.fim.suffix) == ("a = 1\nb = ", "\nc = 3\n")
    assert prompt.fim.snippets == (snippet,)
    assert prompt.fim.path == "a.py"


def test_its_parts_are_names_and_sizes() -> None:
    prompt = hole(brief("a = 1\nb = \nc = 3\n", 1, Snippet("b.py", "def b(): ...\n", "definition")))
    assert [(part.name, part.chars) for part in prompt.parts] == [
        ("definition b.py", 13),
        ("before the cursor", 10),
        ("after the cursor", 7),
    ]
    assert prompt.chars == sum(part.chars for part in prompt.parts)


def test_the_budget_holds_with_three_parts_before_to_one_after() -> None:
    lines = "".join(f"value_{number} = {number}\n" for number in range(2_000))
    snippet = Snippet("b.py", "x" * 500, "open")
    prompt = hole(brief(lines, 1_000, snippet, max_chars=4_000))
    assert prompt.fim is not None
    assert prompt.chars <= 4_000
    assert 2 < len(prompt.fim.prefix) / len(prompt.fim.suffix) < 4


def test_secrets_around_the_cursor_are_replaced() -> None:
    prompt = hole(brief(f"# {KEY}\na = \nPASSWORD = 'hunter2-x'\n", 1))
    assert prompt.fim is not None
    text = prompt.fim.prefix + prompt.fim.suffix
    assert KEY not in text and "hunter2" not in text
    assert secrets_in(text) == []


def test_what_is_sent_does_not_say_where_the_users_files_live() -> None:
    prompt = hole(brief("a = \n", 0))
    assert "somebody" not in repr((prompt.fim, prompt.session, prompt.parts))


def test_only_models_with_fim_evidence_may_be_asked() -> None:
    assert (ACTION.axis, ACTION.min_coding_score) == ("completion", 0.55)
    assert "fim" in ACTION.required
