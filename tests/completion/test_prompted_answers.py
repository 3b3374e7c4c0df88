"""What chat models answer to a marked hole, through the same filters as every other answer: code or nothing."""

import pytest

from coderoute_ls.completion.cursor.cursor import Cursor
from coderoute_ls.completion.filter_chain import clean
from coderoute_ls.domain import Document, Position
from coderoute_ls.providers.fill_in_middle_by_prompt import Unfenced

SOURCE = "def add(a, b):\n    return \n\n\nprint(add(1, 2))\n"
AT = Position(1, 11)


def shown(answer: str, source: str = SOURCE, at: Position = AT) -> str:
    """What of a model's whole answer becomes ghost text."""
    block = Unfenced()
    text = block.feed(answer) + block.close()
    found = clean(text, Cursor(Document("file:///sum.py", "python", 1, tuple(source.split("\n"))), at))
    return "" if found is None else found.text


@pytest.mark.parametrize(
    "answer",
    [
        "```python\na + b\n```",
        "```\na + b\n```\nThis returns the sum of both numbers.",
        "a + b",
        "```python\nreturn a + b\n```",
        "```python\n    return a + b\n```",
        "```python\ndef add(a, b):\n    return a + b\n```",
        "Here is the missing text:\n```python\na + b\n```",
        "`a + b`",
        "<think>The sum.</think>\n```python\na + b\n```",
    ],
    ids=[
        "as asked", "explained behind", "bare", "from the word", "the whole line", "the whole function", "introduced",
        "a code span", "thought aloud",
    ],
)  # fmt: skip
def test_the_missing_text_is_shown_however_a_model_wraps_it(answer: str) -> None:
    assert shown(answer) == "a + b"


@pytest.mark.parametrize(
    "answer",
    [
        "The missing text is the sum of a and b.",
        "Sure! I would return the sum of the two arguments here.",
        "I'm sorry, but I can't help with that.",
        "```\n```",
        "",
        "To complete the function, you should add both of the numbers and return the result.",
        "⟦HOLE⟧ should be replaced by the sum of both arguments.",
    ],
)
def test_words_for_a_person_are_not(answer: str) -> None:
    assert shown(answer) == ""


ABOVE = "first_thing(1)\nsecond_thing(2)\nresult = \n"


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("```\nsecond_thing(2)\n```", "second_thing(2)"),
        ("```\nsecond_thing(2)\nother_thing(3)\n```", "second_thing(2)"),
        ("```\nfirst_thing(1)\nsecond_thing(2)\nresult = third(3)\n```", "third(3)"),
        ("```\nsecond_thing(2)\nresult = third(3)\nmore()\n```", "third(3)"),
    ],
    ids=["the line above is what is meant", "and more behind it", "all of the file", "the last two lines"],
)
def test_the_lines_above_are_repetition_only_where_the_cursors_line_follows(answer: str, text: str) -> None:
    assert shown(answer, ABOVE, Position(2, 9)) == text
