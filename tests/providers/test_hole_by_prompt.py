"""Holes for models that only chat: the hole is marked, the missing text asked for in one fence, and the fence comes off again."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.domain import Fim, Prompt, Snippet
from coderoute_ls.engine.router import by_prompt
from coderoute_ls.providers.fill_in_middle_by_prompt import HOLE, Unfenced, as_chat, told_besides
from coderoute_ls.text.piece_counts import pieces

ADD = Fim("def add(a, b):\n    return ", "\n\nprint(add(1, 2))\n", "sum.py", "python")


def shown(fim: Fim) -> str:
    return as_chat(Prompt(fim=fim), fim).messages[0].text


def test_the_conversation_shows_the_file_with_the_hole_and_asks_for_one_block() -> None:
    chat = as_chat(Prompt(fim=ADD, max_tokens=50, stop=("\n",), temperature=0.0), ADD)
    assert chat.fim is None
    assert f"File sum.py (python):\n```\ndef add(a, b):\n    return {HOLE}\n\nprint(add(1, 2))\n\n```" in chat.messages[0].text
    assert f"The line with the hole:\n    return {HOLE}\n" in chat.messages[0].text
    assert HOLE in chat.system and "missing text alone" in chat.system
    assert chat.max_tokens > 50 and chat.temperature == 0.0
    assert chat.stop == (), "a stop would end it in the fence"


def test_pieces_of_other_files_stand_before_the_file() -> None:
    fim = Fim("x", "y", "b.py", "python", (Snippet("a.py", "def f(): ..."),))
    assert shown(fim).startswith("File a.py:\n```\ndef f(): ...\n```\nFile b.py")


@pytest.mark.parametrize("fences", ["```", "````", "``````"])
def test_a_file_with_fences_is_shown_in_a_longer_one(fences: str) -> None:
    text = shown(Fim(f"{fences}js\n", f"\n{fences}\n", "a.md", "markdown"))
    assert f"(markdown):\n{fences}`\n" in text and f"between {fences}` and {fences}`" in text


def test_the_mark_is_nothing_that_the_file_holds() -> None:
    fim = Fim(f"a {HOLE} b", "⟦HOLE 2⟧")
    assert "a ⟦HOLE⟧ b⟦HOLE 3⟧⟦HOLE 2⟧" in shown(fim)
    assert "⟦HOLE 3⟧" in as_chat(Prompt(fim=fim), fim).system


def taken(pieces: list[str]) -> str:
    block = Unfenced()
    return "".join([*(block.feed(piece) for piece in pieces), block.close()])


ANSWERS = {
    "as asked": ("```python\na + b\n```", "a + b"),
    "without a language": ("```\na + b\n```\n", "a + b"),
    "without a fence": ("a + b", "a + b"),
    "blank lines before": ("\n\n```\na + b\n```", "a + b"),
    "several lines": ("```\nif a:\n    b()\n\n    c()\n```", "if a:\n    b()\n\n    c()"),
    "its blanks are kept": ("```\n    a\n  \n```", "    a\n  "),
    "a longer fence": ("````\n```js\nx\n```\n````\n", "```js\nx\n```"),
    "an indented close": ("```\na\n   ```\nThis adds.", "a"),
    "talking afterwards": ("```python\na + b\n```\nThis adds the numbers.\n", "a + b"),
    "a second block": ("```\na\n```\nor\n```\nb\n```", "a"),
    "no close": ("```\na + b", "a + b"),
    "half a close": ("```\na + b\n``", "a + b\n``"),
    "an empty block": ("```python\n```", ""),
    "a fence and nothing": ("```python", ""),
    "nothing": ("", ""),
    "half a fence": ("``", "``"),
    "one line": ("```a + b```", "```a + b```"),
    "words before": ("Sure!\n```\na\n```", "Sure!\n```\na\n```"),
    "a template string": ("`${a}`", "`${a}`"),
}


@pytest.mark.parametrize(("answer", "text"), ANSWERS.values(), ids=ANSWERS)
def test_the_fence_comes_off_and_all_else_is_left_to_others(answer: str, text: str) -> None:
    assert taken([answer]) == text
    assert taken(list(answer)) == text


@given(body=st.text("ab `\n\t", max_size=30), data=st.data())
def test_a_block_comes_through_whole_in_any_pieces(body: str, data: st.DataObject) -> None:
    answer = f"`````x\n{body}\n`````\nThat is all."
    cuts = sorted(data.draw(st.lists(st.integers(0, len(answer)), max_size=8)))
    pieces = [answer[start:end] for start, end in pairwise([0, *cuts, len(answer)])]
    found = taken(pieces)
    assert found == taken([answer])
    if "`````" not in body:
        assert found == body


def test_text_is_shown_as_it_comes() -> None:
    block = Unfenced()
    assert [block.feed(piece) for piece in ("```py\n", "a +", " b\n", "c", "\n```", "\n")] == ["", "a +", " b", "\nc", "", ""]
    assert block.closed


@given(st.text(), st.text(), st.text(max_size=8), st.lists(st.text(min_size=1, max_size=20), max_size=2))
def test_what_is_told_besides_is_counted_like_one_text(prefix: str, suffix: str, path: str, files: list[str]) -> None:
    fim = Fim(prefix, suffix, path, "python", tuple(Snippet(name, "code\n", "open") for name in files))
    assert by_prompt(fim).pieces == pieces("\n".join(told_besides(fim)))
