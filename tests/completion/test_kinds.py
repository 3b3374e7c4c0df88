"""Replies of the kinds that go wrong, from the gate to the document after accepting: one file a kind under ``golden/kinds``."""

from dataclasses import replace

import pytest

from coderoute_ls.completion.cursor.accepted_document import accepted
from coderoute_ls.completion.cursor.multiline import several
from coderoute_ls.completion.cursor.suppression import refusal
from coderoute_ls.completion.filter_chain import clean
from coderoute_ls.completion.types import InlineRequest
from coderoute_ls.settings.all_settings import Inline
from tests.completion.cases import FOLDER, Case, cases

KINDS = sorted(path.stem for path in (FOLDER / "kinds").glob("*.txt"))
CASES = [(kind, case) for kind in KINDS for case in cases(f"kinds/{kind}")]


@pytest.mark.parametrize(("kind", "case"), CASES, ids=[f"{kind}: {case}" for kind, case in CASES])
def test_the_document_after_accepting_is_the_one_that_is_wanted(kind: str, case: Case) -> None:
    del kind
    document, position = case.cursor.document, case.cursor.position
    why = refusal(InlineRequest(document, position, Inline()), case.cursor, allowed=lambda path: True, deleted=False)
    cursor = replace(case.cursor, multiline=several(case.cursor, "auto"))
    found = None if why else clean(case.given.text, cursor)
    after = accepted(document, position, found.text, found.replaces)[0].text if found else None
    assert (after.rstrip("\n") if after else None) == case.wanted


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_ten_cases_in_five_languages(kind: str) -> None:
    mine = [case for name, case in CASES if name == kind]
    assert len(mine) >= 10
    assert len({case.cursor.language for case in mine}) >= 5
