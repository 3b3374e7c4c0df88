"""Holes: raw templates, conversations that repeat and are trimmed, and special tokens that never come through."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.domain import Fim, Prompt, Snippet
from coderoute_ls.providers.fill_in_middle import (
    CURSOR,
    StopCut,
    Trimmer,
    as_chat,
    fill,
    repeated_head,
    repeated_tail,
    with_snippets,
)

PSM = "<|fim_prefix|>{prefix}<|fim_suffix|>{suffix}<|fim_middle|>"


def test_a_template_is_filled_in_its_own_order() -> None:
    assert fill("[SUFFIX]{suffix}[PREFIX]{prefix}", Fim("before", "after")) == "[SUFFIX]after[PREFIX]before"


def test_braces_in_the_users_code_are_just_text() -> None:
    assert fill(PSM, Fim("f'{suffix} {x}'", "{prefix}")) == "<|fim_prefix|>f'{suffix} {x}'<|fim_suffix|>{prefix}<|fim_middle|>"


def test_pieces_of_other_files_stand_above_the_prefix_as_comments() -> None:
    fim = Fim("import a\n", "", "b.py", "python", (Snippet("a.py", "def f():\n    pass\n"),))
    assert with_snippets(fim) == "# a.py\n# def f():\n#     pass\nimport a\n"
    other = Fim("x", "", "b.lua", "lua", (Snippet("a.lua", "y"),))
    assert with_snippets(other) == "-- a.lua\n-- y\nx"


def test_the_conversation_shows_the_cursor_and_asks_for_the_lines_around_it() -> None:
    fim = Fim("a = 1\nb = 2\nc = 3\nd = ", "\n\ne = 5\n", "x.py", "python")
    chat = as_chat(Prompt(fim=fim, max_tokens=50, stop=("\n\n",)), fim)
    assert chat.fim is None
    assert f"d = {CURSOR}\n\ne = 5" in chat.messages[0].text
    assert chat.messages[0].text.endswith("REPEAT FIRST:\nb = 2\nc = 3\nd = \nREPEAT LAST:\ne = 5")
    assert chat.max_tokens > 50
    assert chat.stop == (), "a stop would end it in the repeated lines"


def trim(fim: Fim, pieces: list[str]) -> str:
    trimmer = Trimmer(fim)
    return "".join([*(trimmer.feed(piece) for piece in pieces), trimmer.close()])


ADD = Fim("def add(a, b):\n    return ", "\n\nprint(add(1, 2))\n", "sum.py", "python")
TRIMMED = {
    "as asked": (ADD, "```python\ndef add(a, b):\n    return a + b\n\nprint(add(1, 2))\n```", "a + b"),
    "without a fence": (ADD, "def add(a, b):\n    return a + b\n\nprint(add(1, 2))", "a + b"),
    "without the tail": (ADD, "```\ndef add(a, b):\n    return a + b\n```\n", "a + b"),
    "without any repetition": (ADD, "a + b", "a + b"),
    "only the line of the cursor": (ADD, "```python\n    return a + b\n```", "a + b"),
    "with the indentation lost": (ADD, "```python\nreturn a + b\n```", "a + b"),
    "talking afterwards": (ADD, "```python\n    return a + b\n```\nThis adds the numbers.\nEnjoy!\nBye.\n", "a + b"),
    "nothing": (ADD, "", ""),
    "an empty block": (ADD, "```python\n```", ""),
    "an unfinished fence": (ADD, "``", "``"),
    "a rest of the line": (Fim("foo(", ")\nbar()\n"), "```\nfoo(a, b)\nbar()\n```", "a, b"),
    "a rest of the line, in brackets": (Fim("foo(", ")\n"), "foo(bar(1))", "bar(1)"),
    "several lines between brackets": (Fim("x = {", "}\n"), "```\nx = {\n    1: 2,\n}\n```", "\n    1: 2,\n"),
    "a line of its own": (Fim("x = 1\n", "z = 3\n"), "```\nx = 1\ny = 2\nz = 3\n```", "y = 2\n"),
    "the end of the file": (Fim("x = 1\n", ""), "```\nx = 1\ny = 2\nz = 3\n```", "y = 2\nz = 3"),
    "an indented tail": (Fim("if a:\n    b()\n    ", "\n    d()\n"), "    b()\n    c()\n    d()\n", "c()"),
}


@pytest.mark.parametrize(("fim", "answer", "new"), TRIMMED.values(), ids=TRIMMED)
def test_only_what_is_new_comes_through(fim: Fim, answer: str, new: str) -> None:
    assert trim(fim, [answer]) == new
    assert trim(fim, list(answer)) == new


lines = st.lists(st.text("abcdefgh ", min_size=1, max_size=8).map(str.strip).filter(bool), max_size=5)


@given(before=lines, new=lines.filter(bool), after=lines, data=st.data())
def test_a_well_formed_answer_is_trimmed_to_its_middle_in_any_pieces(
    before: list[str], new: list[str], after: list[str], data: st.DataObject
) -> None:
    # every line is made different from all others, or repetition could not be told from news
    numbered = iter(range(100))
    prefix = "".join(f"  {line}{next(numbered)};\n" for line in before) + "  cursor("
    middle = "\n".join(f"{line}{next(numbered)}," for line in new)
    suffix = "\n" + "".join(f"  {line}{next(numbered)};\n" for line in after)
    fim = Fim(prefix, suffix)
    tail = repeated_tail(fim)
    answer = "```\n" + repeated_head(fim) + middle + (f"\n{tail}\n" if tail else "\n") + "```"
    cuts = sorted(data.draw(st.lists(st.integers(0, len(answer)), max_size=8)))
    pieces = [answer[start:end] for start, end in pairwise([0, *cuts, len(answer)])]
    assert trim(fim, pieces) == middle


@given(text=st.text("ab<|>", max_size=30), data=st.data())
def test_a_stop_cuts_where_it_first_stands_in_any_pieces(text: str, data: st.DataObject) -> None:
    stops = ("<|a", "b<|", "|>|>")
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    cut = StopCut(stops)
    shown = "".join([*(cut.feed(text[start:end]) for start, end in pairwise([0, *cuts, len(text)])), cut.close()])
    first = min((text.find(stop) for stop in stops if stop in text), default=len(text))
    assert shown == text[:first]
    assert cut.stopped == (first < len(text))
