"""The lines of a document against a naive oracle: plain strings, split again after every change."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st
from lsprotocol import types as lsp

from coderoute_ls.domain import Position, Span
from coderoute_ls.server.rpc.positions import ENCODINGS, PositionConverter, points_to_units, units_to_points
from coderoute_ls.server.session.document_lines import BLOCK, Lines
from coderoute_ls.server.session.documents import Documents

PIECES = st.sampled_from(["a", "é", "字", "😀", "e\u0301", "\t", " ", "\n", "\r\n", "\r", "x = 1\n", "\x0b", "\u2028"])
TEXTS = st.lists(PIECES, max_size=30).map("".join)
CHANGES = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 9), st.integers(0, 12), st.integers(0, 9), TEXTS), max_size=8)


def naive_split(text: str) -> list[str]:
    parts = re.split(r"(\r\n|\n|\r)", text)
    return [line + ending for line, ending in zip(parts[::2], [*parts[1::2], ""], strict=True)]


def naive_offset(text: str, line: int, units: int, encoding: str) -> int:
    """Walk character by character, counting what the encoding counts."""
    lines = naive_split(text)
    if line >= len(lines):
        return len(text)
    offset, left = sum(map(len, lines[:line])), units
    for character in lines[line].rstrip("\r\n"):
        width = {"utf-8": len(character.encode()), "utf-16": len(character.encode("utf-16-le")) // 2, "utf-32": 1}[encoding]
        if left < width:
            break
        left -= width
        offset += 1
    return offset


@given(TEXTS)
def test_lines_split_as_lsp_says_and_join_to_the_same_text(text: str) -> None:
    assert list(Lines.of(text)) == naive_split(text)
    assert "".join(Lines.of(text)) == text


@settings(max_examples=300)
@given(TEXTS, CHANGES, st.sampled_from([str(e.value) for e in ENCODINGS]))
def test_any_changes_in_any_encoding_give_the_text_of_the_naive_oracle(
    text: str, changes: list[tuple[int, int, int, int, str]], encoding: str
) -> None:
    documents, border = Documents(), PositionConverter(encoding)
    opened = documents.open(lsp.TextDocumentItem("file:///a.py", "python", 0, text))
    snapshots = [(opened, text)]
    for version, (line, character, end_line, end_character, new) in enumerate(changes, 1):
        start, end = sorted([(line, character), (end_line, end_character)])
        change = lsp.TextDocumentContentChangePartial(lsp.Range(lsp.Position(*start), lsp.Position(*end)), new)
        begin, stop = (naive_offset(text, *place, encoding) for place in (start, end))
        text = text[:begin] + new + text[max(begin, stop) :]
        identifier = lsp.VersionedTextDocumentIdentifier(version, "file:///a.py")
        changed = documents.change(lsp.DidChangeTextDocumentParams(identifier, [change]), border)
        assert changed is not None
        assert list(changed[0].lines) == naive_split(text)
        snapshots.append((changed[0], text))
    for document, was in snapshots:
        assert document.text == was, "a snapshot never changes after later edits"


@given(st.lists(PIECES.filter(lambda p: p not in {"\n", "\r\n", "\r", "x = 1\n"})).map("".join), st.integers(0, 40))
def test_positions_go_out_and_come_back_in_every_encoding(line: str, points: int) -> None:
    points = min(points, len(line))
    for encoding in ("utf-8", "utf-16", "utf-32"):
        units = points_to_units(line, points, encoding)
        assert units_to_points(line, units, encoding) == points
        assert naive_offset(line, 0, units, encoding) == points


def test_a_position_past_everything_is_the_end_of_the_document() -> None:
    lines = Lines.of("one\r\ntwo")
    border = PositionConverter("utf-16")
    assert border.position_in(lines, lsp.Position(99, 99)) == Position(1, 3)
    assert border.position_in(lines, lsp.Position(0, 99)) == Position(0, 3), "before the line ending, never inside it"


def test_an_edit_shares_all_other_blocks_with_the_snapshot_before_it() -> None:
    before = Lines.of("line\n" * (BLOCK * 20))
    place = Position(BLOCK * 10, 2)
    after = before.replaced(Span(place, place), "typed")
    assert after[BLOCK * 10] == "litypedne\n"
    assert before[BLOCK * 10] == "line\n"
    far = (0, 5, BLOCK * 19)
    assert all(before[i] is after[i] for i in far)
