"""Several short texts found in a long one, as one regular expression finds them."""

import re

from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.text.finder import Finder

TEXTS = ["<a>", "<ab>", "<|b|>", "[A]", "[AB]", "◁a▷"]


@given(st.text("<>[]|aAbB◁▷ \n", max_size=80), st.booleans())
def test_it_finds_what_one_pattern_of_all_finds(text: str, any_case: bool) -> None:
    flags = re.IGNORECASE if any_case else re.NOFLAG
    whole = re.compile("|".join(map(re.escape, sorted(TEXTS, key=len, reverse=True))), flags)
    assert [found.span() for found in Finder(TEXTS, flags).find(text)] == [found.span() for found in whole.finditer(text)]
