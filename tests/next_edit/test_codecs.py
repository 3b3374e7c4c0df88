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


BOTH_WAYS = [name for name, codec in CODECS.items() if codec.read]
PLACES = [
    REQUEST,
    RegionRequest("src/b.rs", "rust", ("fn f() {}",), 0, 1, Position(0, 0)),
    RegionRequest("c.md", "", ("", "", "x", ""), 1, 4, Position(2, 1), (past("a", "b", 0), past("c\nd", "e", 1))),
    RegionRequest("d.py", "", (*LINES, "```", "=======", "### Response:"), 0, 7, Position(6, 4), (past("x", "", 2),)),
]


@pytest.mark.parametrize("name", BOTH_WAYS)
@pytest.mark.parametrize("request_", PLACES)
def test_a_prompt_that_an_editor_wrote_is_read_as_it_was_meant(name: str, request_: RegionRequest) -> None:
    read = CODECS[name].read
    assert read is not None
    found = read(CODECS[name].render(request_))
    assert found is not None
    assert (found.path, found.lines, found.first, found.end, found.cursor) == (
        request_.path, request_.lines, request_.first, request_.end, request_.cursor,
    )  # fmt: skip
    assert [(edit.old, edit.new) for edit in found.edits] == [(edit.old, edit.new) for edit in request_.edits]


@pytest.mark.parametrize("name", BOTH_WAYS)
@pytest.mark.parametrize("lines", [NEW, [*NEW, "", "z = 1"], None])
def test_an_answer_that_is_written_is_read_back(name: str, lines: list[str] | None) -> None:
    write = CODECS[name].write
    assert write is not None
    assert CODECS[name].parse(write(lines, REQUEST), REQUEST) in (lines, list(REQUEST.region) if lines is None else lines)


@pytest.mark.parametrize("name", BOTH_WAYS)
def test_other_texts_are_no_prompt_of_the_format(name: str) -> None:
    read = CODECS[name].read
    assert read is not None
    for other in ("", "def f(x):\n    return ", *(CODECS[each].render(REQUEST) for each in CODECS if each != name)):
        assert read(other) is None
    assert read(CODECS[name].render(REQUEST)[:-20]) is None


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
