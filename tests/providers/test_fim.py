"""Holes: raw templates, and special tokens that never come through."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.domain import Fim, Snippet
from coderoute_ls.providers.fill_in_middle_templates import StopCut, fill, with_snippets

PSM = "<|fim_prefix|>{prefix}<|fim_suffix|>{suffix}<|fim_middle|>"


def test_a_template_is_filled_in_its_own_order() -> None:
    assert fill("[SUFFIX]{suffix}[PREFIX]{prefix}", Fim("before", "after")) == "[SUFFIX]after[PREFIX]before"


def test_braces_in_the_users_code_are_just_text() -> None:
    assert fill(PSM, Fim("f'{suffix} {x}'", "{prefix}")) == "<|fim_prefix|>f'{suffix} {x}'<|fim_suffix|>{prefix}<|fim_middle|>"


def test_pieces_of_other_files_stand_above_the_prefix_as_comments() -> None:
    fim = Fim("import a\n", "", "b.py", "python", (Snippet("a.py", "def f():\n    pass\n"),))
    assert with_snippets(fim) == "# a.py\n# def f():\n#     pass\nimport a\n"
    other = Fim("x", "", "b.lua", "lua", (Snippet("a.lua", "y"),))
    assert with_snippets(other) == "-- a.lua\n-- y\nx"


@given(text=st.text("ab<|>", max_size=30), data=st.data())
def test_a_stop_cuts_where_it_first_stands_in_any_pieces(text: str, data: st.DataObject) -> None:
    stops = ("<|a", "b<|", "|>|>")
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    cut = StopCut(stops)
    shown = "".join([*(cut.feed(text[start:end]) for start, end in pairwise([0, *cuts, len(text)])), cut.close()])
    first = min((text.find(stop) for stop in stops if stop in text), default=len(text))
    assert shown == text[:first]
    assert cut.stopped == (first < len(text))
