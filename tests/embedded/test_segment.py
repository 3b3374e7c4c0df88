"""Segments: every place in the order of its context, and as many segments as the files need."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.embedded.index.index_file import IndexFiles
from coderoute_ls.embedded.index.indexer import segments_of
from coderoute_ls.embedded.index.segment import DEPTH, sort_by_context
from coderoute_ls.embedded.index.vocabulary import Vocabulary


@given(st.lists(st.integers(0, 3), min_size=1, max_size=60))
def test_places_are_ordered_by_what_stands_before_them_nearest_first(keys: list[int]) -> None:
    order = sort_by_context(np.array(keys, np.int32)).tolist()
    contexts = [keys[max(0, place - DEPTH) : place][::-1] for place in order]
    assert sorted(order) == list(range(1, len(keys)))
    assert contexts == sorted(contexts)


def test_files_fill_one_segment_after_the_other() -> None:
    vocabulary = Vocabulary()
    files = [(f"/w/{number}.py", [f"x = {number}\n"] * 10, (1, 1)) for number in range(6)]
    segments = list(segments_of(vocabulary, files, first=50))
    assert [list(segment.stamps) for segment in segments] == [["/w/0.py"], [f"/w/{number}.py" for number in range(1, 6)]]
    first, second = segments
    assert [vocabulary.tokens[number] for number in second.tokens_of("/w/5.py")[-2:]] == [" =", " 5"]
    second.mask("/w/5.py", True)
    assert len(second.visible()) == len(second.tokens) - len(second.tokens_of("/w/5.py"))
    assert len(first.order) == len(first.tokens) - 1


@pytest.mark.parametrize("longer", range(4))
def test_what_is_kept_is_read_again_wherever_its_numbers_begin_in_the_file(tmp_path: Path, longer: int) -> None:
    vocabulary, read = Vocabulary(), Vocabulary()
    text = [f"a{'b' * longer} = 1\n"] * 5
    (segment,) = segments_of(vocabulary, [("/w/a.py", text, (1, 1))], first=50)
    IndexFiles(tmp_path).save("/w", vocabulary, [segment], {"/w/b.py": (2, 2)})
    read.add(["other"])  # its numbers are others
    ((again,), left_out) = IndexFiles(tmp_path).load("/w", read)
    assert [read.tokens[number] for number in again.tokens] == [vocabulary.tokens[number] for number in segment.tokens]
    assert (again.stamps, left_out) == (segment.stamps, {"/w/b.py": (2, 2)})
