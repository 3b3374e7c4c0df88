"""What holds for every document, cursor and model output."""

import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from coderoute_ls.completion.cursor.cursor import Candidate, Cursor
from coderoute_ls.completion.filter_chain import clean, complete
from coderoute_ls.domain import Document, Position
from coderoute_ls.syntax import parses
from coderoute_ls.syntax.brackets import unclosed, unopened
from coderoute_ls.text import indentation, split_lines, with_endings

TOKENS = ("<|fim_prefix|>", "<|fim_middle|>", "<|endoftext|>", "<fim_suffix>", "<｜fim▁hole｜>", "<EOT>", "<PRE>", "</s>")
SHAPES = re.compile(r"<\|[^|>\n]*\|>|<｜[^｜\n]*｜>|<fim_\w+>|<(?:PRE|SUF|MID|EOT)>")
LINES = (
    *("def f(a):", "return a", "if (a > 0) {", "}", "})", "x = [1, (2)]", 'print("a")', "f(g(a), b);", "else:", "", "  ", "end"),
    *("for a in b:", "const a = (b) => {", "match x {", "A => b,", "// a (b", "a)", "total += values[i]", "é = '😀'", "\\t"),
)
EOLS = ("\n", "\r\n")

lines = st.lists(st.tuples(st.integers(0, 3), st.sampled_from(LINES)), min_size=1, max_size=8)
outputs = st.lists(st.one_of(st.sampled_from((*LINES, *TOKENS)), st.text("ab()[]{}\"' ;:=", max_size=6)), min_size=1, max_size=8)
joints = st.sampled_from(("\n", "\n    ", "\n\t", " ", "", "\n  ", "\r\n"))


@st.composite
def places(draw: st.DrawFn) -> Cursor:
    unit = draw(st.sampled_from(("    ", "  ", "\t")))
    eol = draw(st.sampled_from(EOLS))
    text = eol.join(unit * depth + line for depth, line in draw(lines))
    document = Document(
        "file:///a", draw(st.sampled_from(("python", "typescript", "go", "rust", "java", "c"))), 1, split_lines(text)
    )
    number = draw(st.integers(0, len(document.lines) - 1))
    position = Position(number, draw(st.integers(0, len(document.line(number)))))
    return Cursor(document, position, draw(st.booleans()), draw(st.sampled_from((1, 4))))


@st.composite
def replies(draw: st.DrawFn) -> str:
    parts: list[str] = []
    for part in draw(outputs):
        parts += [part, draw(joints)]
    return "".join(parts)


def accepted(cursor: Cursor, found: Candidate) -> str:
    before = "".join(cursor.document.lines[: cursor.position.line]) + cursor.left
    after = cursor.document.text[len(before) :]
    return before + found.text + after[found.replaces :]


def balanced(language: str, text: str) -> bool:
    return (not unclosed(language, text) and not unopened(language, text)) or parses(language, text) is True


@settings(max_examples=400, deadline=None)
@given(places(), replies(), st.booleans())
@example(Cursor(Document("u", "c", 1, ("f()",)), Position(0, 2), False, 1), "g(x)", False)
@example(Cursor(Document("u", "c", 1, ("f()",)), Position(0, 2), False, 1), "a)<|fim_middle|>", False)
@example(Cursor(Document("u", "python", 1, ("def f(a):",)), Position(0, 7), False, 1), "[);\n", False)
@example(Cursor(Document("u", "go", 1, ("        ",)), Position(0, 0), False, 1), "const a = (b) => {\n", False)
@example(Cursor(Document("u", "rust", 1, ("def f(a):",)), Position(0, 0), True, 1), '["\n"\n', False)
@example(Cursor(Document("u", "c", 1, ("abcde",)), Position(0, 0), True, 1), "abcde\nabcde\nabcde\n", False)
@example(Cursor(Document("u", "python", 1, ("g(b)\n", "f(a)")), Position(0, 4), False, 1), "\nf(a)\n", False)
def test_whatever_a_model_says_accepting_it_does_no_harm(cursor: Cursor, reply: str, cut: bool) -> None:
    found = clean(reply, cursor, cut=cut)
    if found is None:
        return
    # It is a suggestion.
    assert len(found.text.strip()) >= cursor.min_chars
    assert found.text == found.text.rstrip()
    # No control token reaches the buffer.
    assert not SHAPES.search(found.text)
    # It replaces nothing but closers, on the cursor's own line.
    assert set(cursor.right[: found.replaces]) <= set(")]}\"'`")
    # What was balanced stays balanced.
    # (in the middle of what begins a comment any letter makes code of it)
    if balanced(cursor.language, cursor.document.text) and balanced(cursor.language, accepted(cursor, Candidate("x"))):
        assert balanced(cursor.language, accepted(cursor, found))
    # Line endings and the way to indent stay.
    assert found.text == with_endings(found.text, cursor.eol) or "\n" not in found.text + "".join(cursor.document.lines)
    for line in with_endings(found.text, "\n").split("\n")[1:]:
        blanks = indentation(line)
        # (a file that has no indentation takes the answer's)
        assert not cursor.known_unit or ("\t" not in blanks if cursor.unit != "\t" else not blanks.startswith(" " * 8))
    # What stands after the cursor is not said again, unless the answer closes its own brackets with it.
    right = cursor.right[found.replaces :].rstrip()
    if right and found.text.endswith(right):
        assert len(cursor.unclosed(found.text[: -len(right)])) > len(cursor.unclosed(found.text))
    # Nor are the lines below. The first line of the answer is one of its own only where the cursor's is blank.
    said = [line.strip() for line in with_endings(found.text, "\n").split("\n")]
    following = [line.strip() for line in cursor.below if line.strip()]
    for count in range(1, min(3, len(following), len(said) - bool(cursor.left.strip())) + 1):
        if said[-count:] == following[:count]:
            kept = with_endings(found.text, "\n").split("\n")[:-count]
            assert len(cursor.unclosed("\n".join(kept))) > len(cursor.unclosed(found.text))


@settings(max_examples=200, deadline=None)
@given(places(), replies(), st.data())
def test_stopping_early_shows_what_reading_to_the_end_would(cursor: Cursor, reply: str, data: st.DataObject) -> None:
    read = 0
    while read < len(reply) and not complete(reply[:read], cursor):
        read = min(len(reply), read + data.draw(st.integers(1, 9)))
    assert clean(reply[:read], cursor) == clean(reply, cursor)
