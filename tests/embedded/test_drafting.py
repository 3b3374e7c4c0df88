"""Drafts: whatever the text, they stay in bounds; whatever the history of edits, they depend on the text alone."""

import random
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from coderoute_ls.embedded.buffer import Buffer
from coderoute_ls.embedded.calibration import Calibration
from coderoute_ls.embedded.drafting import MAX_TOKENS, Drafted, Drafter, Hole
from coderoute_ls.embedded.index import Index
from coderoute_ls.embedded.indexer import segment_of
from coderoute_ls.embedded.misses import Misses
from coderoute_ls.embedded.vocabulary import Vocabulary

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
    index.put("", [segment_of(index.vocabulary, {path: (lines, (0, 0)) for path, lines in files.items()})])
    return index


def draft(index: Index, buffer: Buffer, line: int, character: int, gate: float = 0.2) -> Drafted | None:
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


def _drafts(index: Index, buffer: Buffer, lines: Sequence[str]) -> list[tuple[str, float] | None]:
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


def test_a_draft_that_was_typed_away_is_a_miss_and_one_that_was_taken_clears_them() -> None:
    misses = Misses()
    assert misses.before("a", 3, "x = ") == 0
    misses.offered("x = ", "foo(bar)")
    assert misses.before("a", 3, "x = f") == 0
    assert misses.before("a", 3, "x = fi") == 1
    misses.offered("x = fi", "nd(bar)")
    assert misses.before("a", 3, "x = find(bar)") == 0
    assert misses.before("a", 4, "") == 0
