"""A prompt of one's own is an action like any other; a mistake in its file is told with the line."""

import pytest

from coderoute_ls.actions.own_prompt import PromptError, own_action
from coderoute_ls.domain import Brief, Span
from tests.actions.samples import SAMPLES

HEAD = '+++\ntitle = "Make it readable"\nfloor = 0.8\nsurface = "edit"\n+++\n'


def asked(text: str) -> str:
    """What the model is told about the Python sample."""
    action = own_action("mine", text)
    target = SAMPLES["python"].target()
    region = action.region(target)
    assert isinstance(region, Span)
    (message,) = action.prompt(Brief(target, region)).messages
    return message.text


def test_the_header_says_title_floor_and_surface() -> None:
    action = own_action("readable", HEAD + "\nRename what has a poor name.\n")
    assert (action.id, action.title, action.min_coding_score) == ("readable", "Make it readable", 0.8)
    assert (action.surface, action.kind) == ("replace", "refactor.rewrite.coderoute.own.readable")


def test_without_more_than_a_title_it_is_a_report() -> None:
    action = own_action("review", '\ufeff+++\r\ntitle = "Review"\r\n+++\r\nWhat is risky here?\r\n')
    assert (action.surface, action.kind, action.min_coding_score) == ("report", "source.coderoute.own.review", 0.65)


@pytest.mark.parametrize("surface", ["edit", "report"])
def test_the_text_is_the_instruction_with_the_files_language_and_path(surface: str) -> None:
    text = asked(f'+++\ntitle = "Port"\nsurface = "{surface}"\n+++\nPort $path from $language. Keep $this and $$.')
    assert "<instruction>\nPort app/money.py from Python. Keep $this and $.\n</instruction>" in text
    assert "t = t + line.net * RATE" in text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1: a header in TOML is missing"),
        ("Just a text.", "line 1: a header in TOML is missing"),
        ("---\ntitle: YAML\n---\nx", r"begin with a line \+\+\+, not ---"),
        ('+++\ntitle = "x"\n', "line 1: the header does not end"),
        ('+++\ntitle = "x"\n+++\n\n', "line 3: nothing says what to do"),
        ('+++\ntitle = "x"\nfloor = = 2\n+++\nx', "line 3: the header is not valid TOML"),
        ('+++\n\ntitle = "x"\nflor = 0.5\n+++\nx', r"line 4: 'flor' is nothing that a header says; did you mean floor\?"),
        ('+++\ntitle = "x"\nfloor = 2\n+++\nx', "line 3: floor must be a number from 0 to 1"),
        ('+++\ntitle = "x"\nfloor = true\n+++\nx', "line 3: floor must be"),
        ('+++\ntitle = "x"\n\nsurface = "chat"\n+++\nx', "line 4: surface must be"),
        ('+++\ntitle = ""\n+++\nx', "line 2: the header needs a title"),
        ('+++\ntitle = "\\u200b\\u202e"\n+++\nx', "line 2: the header needs a title"),
        ("+++\nfloor = 0.5\n+++\nx", "line 1: the header needs a title"),
        ('+++\n[title]\nx = "y"\n+++\nx', "the header needs a title"),
    ],
)
def test_what_is_wrong_is_told_with_its_line_and_what_to_do(text: str, said: str) -> None:
    with pytest.raises(PromptError, match=said):
        own_action("mine", text)


def test_a_title_is_one_short_line_of_plain_text() -> None:
    action = own_action("mine", f'+++\ntitle = "a\\u202e\\n  b {"c" * 200}"\n+++\nx')
    assert action.title.startswith("a b ccc") or action.title.startswith("a")
    assert len(action.title) <= 60
    assert "\n" not in action.title
    assert "\u202e" not in action.title
