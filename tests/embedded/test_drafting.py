"""Drafts: whatever the text, they stay in bounds; whatever the history of edits, they depend on the text alone."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coderoute_ls.embedded.index.index import Index
from coderoute_ls.embedded.index.indexer import segments_of
from coderoute_ls.embedded.index.open_document import OpenDocument
from coderoute_ls.embedded.index.tokenizer import LONG
from coderoute_ls.embedded.index.vocabulary import Vocabulary
from coderoute_ls.embedded.prediction.calibration import Calibration
from coderoute_ls.embedded.prediction.drafting import MAX_TOKENS, Drafted, Drafter, Hole
from coderoute_ls.embedded.prediction.shared_prefix import beginnings
from coderoute_ls.ignore import HUGE

SOURCE: list[str] = list(
    """\
def open_reader(path, encoding="utf-8"):
    with open(path, encoding=encoding) as stream:
        return Reader(stream, path=path)


def open_writer(path, encoding="utf-8"):
    with open(path, "w", encoding=encoding) as stream:
        return Writer(stream, path=path)

""".splitlines(keepends=True)
)


def index_of(files: dict[str, list[str]]) -> Index:
    index = Index()
    index.put("", segments_of(index.vocabulary, ((path, lines, (0, 0)) for path, lines in files.items())))
    return index


def draft(index: Index, buffer: OpenDocument, line: int, character: int, gate: float = 0.2) -> Drafted | None:
    text = buffer.lines[line].rstrip("\r\n")
    return Drafter(index, Calibration()).draft(Hole(buffer, line, text[:character], text[character:]), gate)


def test_what_follows_elsewhere_is_drafted_up_to_the_end_of_the_line() -> None:
    index = index_of({f"{name}.py": SOURCE for name in "abcdefgh"})
    buffer = index.open("file:///new.py", "new.py")
    buffer.update([*SOURCE[:5], "def open_appender(path, encod"])
    made = draft(index, buffer, 5, 29)
    assert made is not None
    assert 'ing="utf-8"):'.startswith(made.text)
    assert len(made.text) > len("ing")


def test_what_stands_after_the_cursor_is_not_drafted_again() -> None:
    index = index_of({f"{name}.py": SOURCE for name in "abcdefgh"})
    buffer = index.open("file:///new.py", "new.py")
    buffer.update([*SOURCE[:5], 'def open_appender(path, encod="utf-8"):'])
    made = draft(index, buffer, 5, 29)
    assert made is None or not made.text.endswith('="utf-8"):')


def test_a_file_that_is_open_counts_as_it_is_and_not_as_it_was() -> None:
    index = index_of({"a.py": ["value_of_old = 1\n"] * 9})
    buffer = index.open("file:///a.py", "a.py")
    buffer.update(["value_of_new = 1\n", "value_of_"])
    made = draft(index, buffer, 1, 9)
    assert made is not None
    assert made.text.startswith("new")


@given(st.lists(st.text(max_size=40).map(lambda s: s.replace("\n", " ") + "\n"), max_size=8), st.data())
@settings(max_examples=100, deadline=None)
def test_any_text_gives_a_bounded_draft_of_one_line_or_none(lines: list[str], data: st.DataObject) -> None:
    index = index_of({"a.py": SOURCE})
    buffer = index.open("file:///b", "b")
    buffer.update([*lines, ""])
    line = data.draw(st.integers(0, len(lines)))
    character = data.draw(st.integers(0, len(buffer.lines[line].rstrip("\r\n"))))
    made = draft(index, buffer, line, character)
    if made is not None:
        longest = max(map(len, index.vocabulary.tokens))
        assert len(made.text) <= MAX_TOKENS * longest
        assert "\n" not in made.text
        assert 0.2 <= made.probability <= 1


def test_a_thousand_edits_leave_what_a_fresh_start_has() -> None:
    chance = random.Random(7)
    index = index_of({"a.py": SOURCE, "b.py": SOURCE[4:]})
    buffer = index.open("file:///c.py", "c.py")
    lines: list[str] = list(SOURCE)
    for step in range(1, 1_001):
        first = chance.randint(0, len(lines))
        end = min(len(lines), first + chance.randint(0, 4))
        added = [_edited(chance.choice(SOURCE), chance) for _ in range(chance.randint(0, 4))]
        lines = [*lines[:first], *added, *lines[end:]]
        buffer.update(lines)
        if step % 100 == 0:
            assert _drafts(index, buffer, lines) == _drafts_of_a_fresh_start(lines)


def _edited(line: str, chance: random.Random) -> str:
    words = line.split(" ")
    words[chance.randrange(len(words))] = chance.choice(["", "x", "return", "path", "    "])
    return " ".join(words).rstrip("\n") + "\n"


def _drafts(index: Index, buffer: OpenDocument, lines: Sequence[str]) -> list[tuple[str, float] | None]:
    made = [draft(index, buffer, n, len(line.rstrip("\n")) * 2 // 3) for n, line in enumerate(lines)]
    return [None if one is None else (one.text, round(one.probability, 9)) for one in made]


def _drafts_of_a_fresh_start(lines: Sequence[str]) -> list[tuple[str, float] | None]:
    index = index_of({"a.py": SOURCE, "b.py": SOURCE[4:]})
    buffer = index.open("file:///c.py", "c.py")
    buffer.update(lines)
    return _drafts(index, buffer, lines)


def test_numbers_of_tokens_do_not_depend_on_who_adds_them_first() -> None:
    one, other = Vocabulary(), Vocabulary()
    one.add([" a", "b"])
    other.add(["b", " a"])
    assert [one.tokens[one.keys[number]] for number in one.find([" a", "b"])] == ["a", "b"]
    assert sorted(one.tokens) == sorted(other.tokens)


def test_what_stands_below_the_cursor_is_not_taken_for_what_comes_next() -> None:
    index = index_of({})
    buffer = index.open("file:///a.py", "a.py")
    buffer.update(["first = 1\n", "second = 2\n", "\n", "zebra_crossing()\n"])
    assert draft(index, buffer, 2, 0, 0.05) is None or "zebra" not in str(draft(index, buffer, 2, 0, 0.05))


def test_the_beginning_that_several_words_share_is_drafted_when_none_is_likely() -> None:
    names = [f"get_user_{name}" for name in ("mail", "name", "phone", "road", "street", "town")]
    assert beginnings([(name, 1 / len(names)) for name in names], "get")[-1] == ("_", pytest.approx(1))
    index = index_of({"a.py": [f"{name}()\n" for name in names for _ in range(3)]})
    buffer = index.open("file:///b.py", "b.py")
    buffer.update(["x = 1\n", "get"])
    made = draft(index, buffer, 1, 3, 0.65)
    assert made is not None
    assert made.text == "_user_"


def test_words_are_cut_between_their_parts_only() -> None:
    pieces = {piece for piece, _ in beginnings([("assertHTTPErrorCode2_of", 1.0)], "as")}
    assert pieces == {"sert", "sertHTTP", "sertHTTPError", "sertHTTPErrorCode2", "sertHTTPErrorCode2_", "sertHTTPErrorCode2_of"}


def test_a_line_of_the_same_shape_is_drafted_with_the_names_of_this_place() -> None:
    index = index_of({})
    buffer = index.open("file:///a.py", "a.py")
    pairs = [f"    self.{name} = {name}\n" for name in ("width", "colour", "border", "margin", "weight")]
    buffer.update(["class Box:\n", *pairs, "    self.texture ="])
    made = draft(index, buffer, len(buffer.lines) - 1, len(buffer.lines[-1]))
    assert made is not None
    assert made.text == " texture"


def test_a_document_as_large_as_the_cap_is_drafted_in_and_a_line_that_nobody_wrote_is_not_read() -> None:
    index = index_of({"a.py": ["." * 9_000 + "\n"] * (HUGE // 9_001), "b.py": ["a\n"] * (HUGE // 2)})
    buffer = index.open("file:///c.py", "c.py")
    buffer.update([*SOURCE * (HUGE // len("".join(SOURCE)) - 1), "x" + " + x" * (LONG // 4) + "\n", "def open_"])
    last = len(buffer.lines) - 1
    assert draft(index, buffer, last - 1, LONG) is None
    assert buffer.line_extent(last - 1)[1] - buffer.line_extent(last - 1)[0] == 1
    made = draft(index, buffer, last, 9)
    assert made is not None
    assert made.text.startswith(("reader", "writer"))
