"""Holes: raw templates, and special tokens that never come through."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.domain import Fim, Snippet
from coderoute_ls.providers.fill_in_middle_templates import STEP_LINES, Healed, StopCut, fill, fill_for_cache, with_snippets

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


# --- the layout for a server on this machine ------------------------------------------------------------------------------------

LINES = [f"line_{number} = {number}\n" for number in range(40)]


def asked(prefix: str, suffix: str = "\nafter\n", template: str = PSM) -> str:
    return fill_for_cache(template, Fim(prefix, suffix))


@pytest.mark.parametrize("template", [PSM, "<PRE> {prefix} <SUF>{suffix} <MID>", "[SUFFIX]{suffix}[PREFIX]{prefix}", "{prefix}"])
@pytest.mark.parametrize("above", [1, 8, 9, 15, 23])
def test_a_key_adds_to_the_end_of_the_prompt_and_changes_nothing_before(template: str, above: int) -> None:
    head = "".join(LINES[:above])
    for before, after in pairwise(["x", "xy", "xy = 1", "xy = 1 + "]):
        first, then = asked(head + before, template=template), asked(head + after, template=template)
        assert then.startswith(first)


@pytest.mark.parametrize("above", range(17))
def test_enter_changes_nothing_before_but_at_each_eighth_line(above: int) -> None:
    head = "".join(LINES[:above])
    first, then = asked(head + "x = 1"), asked(head + "x = 1\n    ")
    assert then.startswith(first) is ((above + 1) % STEP_LINES != 0)


@given(st.text("ab \t\n", max_size=60), st.text("ab\n", max_size=20))
def test_the_layout_holds_the_whole_text_but_for_blanks_at_the_cursor(prefix: str, suffix: str) -> None:
    above, _, rest = asked(prefix, suffix, "{prefix}<S>{suffix}<M>").partition("<S>")
    below, _, answer = rest.partition("<M>")
    assert (above + answer, below) == (prefix.rstrip(" \t"), suffix)


@given(st.sampled_from(["x = ", "    ", "x =", "x\n", "\t"]), st.text("a \t\n", max_size=8), st.integers(0, 8))
def test_blank_never_follows_blank(prefix: str, answer: str, cut: int) -> None:
    healed = Healed(prefix)
    shown = healed.feed(answer[:cut]) + healed.feed(answer[cut:])
    assert shown == (answer.lstrip(" \t") if prefix[-1] in " \t" else answer)
