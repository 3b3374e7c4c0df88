"""A call of a tool that takes nothing: models say ``null``, nothing or blanks, and callers want an object."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.domain.conversation import ModelEvent, ToolCallEnd, ToolCallPiece
from coderoute_ls.providers.answers.tool_calls_and_reasoning.tool_calls import ToolCalls


def told(arguments: str, cuts: list[int], *, custom: bool = False) -> tuple[str, str]:
    """What callers hear of arguments that come in these pieces: piece by piece, and at the end."""
    places = [0, *sorted(cut % (len(arguments) + 1) for cut in cuts), len(arguments)]
    calls = ToolCalls()
    events: list[ModelEvent] = []
    for start, end in pairwise(places):
        events += calls.grow(0, "a", "look", arguments[start:end], custom=custom)
    events += calls.end(0)
    (last,) = (event.arguments for event in events if isinstance(event, ToolCallEnd))
    return "".join(event.arguments for event in events if isinstance(event, ToolCallPiece)), last


cuts = st.lists(st.integers(0, 20), max_size=4)


@given(st.sampled_from(["", "null", " null\n", "  "]), cuts)
def test_no_arguments_are_none_however_they_come(arguments: str, cuts: list[int]) -> None:
    assert told(arguments, cuts) == ("", "")


@given(st.sampled_from(["{}", '{"a":null}', "nul", "nulls", "[null]", ' {"n":1}', '"null"']), cuts)
def test_all_others_are_told_as_they_came(arguments: str, cuts: list[int]) -> None:
    assert told(arguments, cuts) == (arguments, arguments)


@given(cuts)
def test_a_tool_of_plain_text_may_be_told_that_word(cuts: list[int]) -> None:
    assert told("null", cuts, custom=True) == ("null", "null")
