"""Replies of the kinds that go wrong, from the gate to the document after accepting: one file a kind under ``golden/kinds``."""

from dataclasses import replace

import pytest

from coderoute_ls.completion.cursor.accepted_document import accepted
from coderoute_ls.completion.cursor.multiline import several
from coderoute_ls.completion.filter_chain import clean
from coderoute_ls.completion.suppression import refusal
from coderoute_ls.completion.types import InlineRequest
from coderoute_ls.settings.model import Inline
from tests.completion.cases import FOLDER, Case, cases

KINDS = sorted(path.stem for path in (FOLDER / "kinds").glob("*.txt"))
CASES = [(kind, case) for kind in KINDS for case in cases(f"kinds/{kind}")]


@pytest.mark.parametrize(("kind", "case"), CASES, ids=[f"{kind}: {case}" for kind, case in CASES])
def test_the_document_after_accepting_is_the_one_that_is_wanted(kind: str, case: Case) -> None:
    del kind
    document, position = case.place.document, case.place.position
    why = refusal(InlineRequest(document, position, Inline()), case.place, allowed=lambda path: True, deleted=False)
    place = replace(case.place, multiline=several(case.place, "auto"))
    found = None if why else clean(case.given.text, place)
    after = accepted(document, position, found.text, found.replaces)[0].text if found else None
    assert (after.rstrip("\n") if after else None) == case.wanted


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_ten_cases_in_five_languages(kind: str) -> None:
    mine = [case for name, case in CASES if name == kind]
    assert len(mine) >= 10
    assert len({case.place.language for case in mine}) >= 5
