"""Wire formats of models: what is written into a prompt can be read from an answer, and talk is no edit."""

import pytest

from coderoute_ls.domain import Position
from coderoute_ls.next_edit.codecs import CODECS, RegionRequest
from coderoute_ls.next_edit.codecs.sweep import prefill
from tests.next_edit.support import past

LINES = ("import a", "", "def f(x):", "    y = g(x)", "    return y", "", "f(1)")
REQUEST = RegionRequest("a.py", "python", LINES, 2, 5, Position(3, 8), (past("    y = h(x)", "    y = g(x)", 3),))
NEW = ["def f(x):", "    y = await g(x)", "    return y"]
ANSWERS = {
    "zeta": "<|editable_region_start|>\n{}\n<|editable_region_end|>\n```",
    "zeta-2": "{}\n>>>>>>> UPDATED\n",
    "sweep": "{}\n<|file_sep|>",
    "mercury-edit": "```python\n{}\n```",
    "instinct": "{}\n<|editable_region_end|>",
    "chat": "```python\n{}\n```",
}


@pytest.mark.parametrize("name", CODECS)
def test_the_prompt_shows_the_region_the_cursor_and_the_edits(name: str) -> None:
    prompt = CODECS[name].render(REQUEST)
    assert "return y" in prompt
    assert "y = h(x)" in prompt
    assert "a.py" in prompt
    assert prompt == CODECS[name].render(REQUEST)


@pytest.mark.parametrize("name", CODECS)
def test_an_answer_of_the_format_is_read(name: str) -> None:
    text = "\n".join(NEW)
    if name == "sweep":
        text = text.removeprefix(prefill(REQUEST).rstrip("\n")).lstrip("\n")
    assert CODECS[name].parse(ANSWERS[name].format(text), REQUEST) == NEW


@pytest.mark.parametrize("name", [name for name in CODECS if CODECS[name].no_edit])
def test_the_word_for_no_edit_is_none(name: str) -> None:
    assert CODECS[name].parse(CODECS[name].no_edit, REQUEST) is None


@pytest.mark.parametrize("name", CODECS)
@pytest.mark.parametrize(
    "answer",
    [
        "",
        "\n\n",
        "--- a/a.py\n+++ b/a.py\n@@ -1,1 +1,1 @@\n-x\n+y\n",
        "Here you go:\n```python\nx\n```\nand more",
        "<|im_start|>user",
    ],
)
def test_nothing_a_diff_talk_and_leaked_tags_are_no_edit(name: str, answer: str) -> None:
    assert CODECS[name].parse(answer, REQUEST) is None
