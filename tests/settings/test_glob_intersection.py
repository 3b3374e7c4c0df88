"""The intersection of glob lists, against matching both."""

from fnmatch import fnmatchcase

from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.settings.glob_intersection import MOST, NOTHING, intersection

globs = st.text(alphabet="ab/*?", min_size=1, max_size=7).filter(lambda text: text.count("*") <= 3)
lists = st.lists(globs, max_size=3).map(tuple)
names = st.text(alphabet="ab/", min_size=1, max_size=8)


def matches(listed: tuple[str, ...], name: str) -> bool:
    return not listed or any(fnmatchcase(name, glob) for glob in listed)


@given(lists, lists, names)
def test_a_name_is_in_the_intersection_exactly_when_it_is_in_both(
    one: tuple[str, ...], other: tuple[str, ...], name: str
) -> None:
    assert matches(intersection(one, other), name) == (matches(one, name) and matches(other, name))


def test_an_empty_list_allows_everything_and_a_contradiction_nothing() -> None:
    assert intersection((), ("a/*",)) == ("a/*",)
    assert intersection(("a/*",), ()) == ("a/*",)
    assert intersection(("a/*",), ("b/*",)) == NOTHING
    assert not matches(NOTHING, "a/x")
    assert intersection(NOTHING, ("*",)) == NOTHING


def test_the_narrower_glob_remains() -> None:
    assert intersection(("anthropic/*",), ("anthropic/claude-opus-4.5", "openai/*")) == ("anthropic/claude-opus-4.5",)


def test_hostile_lists_cost_little_and_only_narrow() -> None:
    one, other = (tuple(f"*{letter}*{number}*" for number in range(200)) for letter in "ab")
    met = intersection(one, other)
    assert 0 < len(met) < 2 * MOST
    for name in ("xa1b2", "b7a7", "ba199"):
        assert matches(one, name) or not matches(met, name)
        assert matches(other, name) or not matches(met, name)


def test_lists_that_overlap_in_absurdly_many_ways_allow_a_part_of_it_and_take_bounded_work() -> None:
    one, other = ("*" + "ab" * 49 + "*" + "ab" * 49 + "*",) * 2, ("*" + "ba" * 49 + "*" + "ba" * 49 + "*", "*a*b*c*")
    for glob in intersection(one, other):
        if glob != NOTHING[0]:
            name = glob.replace("*", "")
            assert fnmatchcase(name, one[0])
            assert matches(other, name)
