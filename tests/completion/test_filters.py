"""Every filter against its golden cases."""

from importlib import import_module
from pkgutil import iter_modules

import pytest

from coderoute_ls.completion import postprocess
from coderoute_ls.completion.filter_chain import FILTERS, clean
from tests.completion.cases import Case, cases

NAMES = [module.name for module in iter_modules(postprocess.__path__)]
CASES = [(name, case) for name in NAMES for case in cases(name)]


@pytest.mark.parametrize(("name", "case"), CASES, ids=[f"{name}: {case}" for name, case in CASES])
def test_the_filter_turns_the_reply_into_what_is_wanted(name: str, case: Case) -> None:
    found = import_module(f"{postprocess.__name__}.{name}").apply(case.given, case.cursor)
    assert (found.text if found else None) == case.wanted
    if found is not None:
        assert found.replaces == case.replaces


@pytest.mark.parametrize("name", NAMES)
def test_every_filter_has_ten_cases_in_several_languages_and_is_in_the_chain(name: str) -> None:
    mine = cases(name)
    assert len(mine) >= 10
    assert len({case.cursor.language for case in mine}) >= 3
    assert import_module(f"{postprocess.__name__}.{name}").apply in FILTERS


@pytest.mark.parametrize("case", cases("all"), ids=str)
def test_the_whole_chain_turns_the_reply_into_what_is_wanted(case: Case) -> None:
    found = clean(case.given.text, case.cursor, cut=case.given.cut)
    assert (found.text if found else None) == case.wanted
    if found is not None:
        assert found.replaces == case.replaces
