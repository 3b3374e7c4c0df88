"""Numbers of tokens are the same wherever the tokens come in the same order."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.embedded.index.vocabulary import Vocabulary


@given(st.lists(st.text(min_size=1, max_size=4) | st.sampled_from(["\n", "\n    ", "0", "1", "'a'", "x", "def"])))
def test_a_vocabulary_that_is_read_again_keeps_its_numbers(tokens: list[str]) -> None:
    known = Vocabulary()
    known.add(tokens)
    again = Vocabulary()
    numbers = again.add(known.tokens)
    assert np.array_equal(numbers, np.arange(len(known))), "what was sorted by them would have to be sorted anew"
    assert again.keys == known.keys
