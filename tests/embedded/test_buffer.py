"""An open document's tokens after any edits are those of its text."""

from hypothesis import given, settings
from hypothesis import strategies as st

from coderoute_ls.embedded.index.line_difference import difference
from coderoute_ls.embedded.index.open_document import OpenDocument
from coderoute_ls.embedded.index.tokenizer import FILE_START, file_tokens
from coderoute_ls.embedded.index.vocabulary import Vocabulary

LINE = st.sampled_from(
    ["\n", "x = 1\n", "    return self.x\n", "\tif (a && b) {\n", "}\n", "  é🙂 = 'naïve'\n", "\x0c\n"]
) | st.text(max_size=12)
LINES = st.lists(LINE, max_size=12)


@given(st.lists(LINES, min_size=1, max_size=6))
@settings(max_examples=150)
def test_a_buffer_that_took_every_version_has_the_tokens_of_the_last(versions: list[list[str]]) -> None:
    vocabulary = Vocabulary()
    buffer = OpenDocument("", vocabulary, versions[0])
    for version in versions[1:]:
        buffer.update(version)
    assert [vocabulary.tokens[number] for number in buffer.tokens] == file_tokens(versions[-1])
    assert buffer.keys.tolist() == [vocabulary.keys[number] for number in buffer.tokens]


@given(LINES, LINES)
def test_replacing_the_lines_that_differ_makes_the_new_version(old: list[str], new: list[str]) -> None:
    first, end, new_end = difference(old, new)
    assert [*old[:first], *new[first:new_end], *old[end:]] == new


def test_lines_that_did_not_change_are_not_reported() -> None:
    old = [f"line {number}\n" for number in range(2_000)]
    new = [*old[:1_000], "another\n", *old[1_001:]]
    assert difference(old, new) == (1_000, 1_001, 1_001)


def test_a_break_tells_blank_lines_and_the_change_of_indent() -> None:
    assert file_tokens(["if x:\n", "\n", "    y()\n", "z\n"]) == [
        FILE_START,
        "\n+0",
        "if",
        " x",
        ":",
        "\n.+4",
        "y",
        "(",
        ")",
        "\n-4",
        "z",
    ]
