"""The vendors' rows: one place for all that is known of a vendor, and no token taken that is there for something else."""

import re

from coderoute_ls.domain.vendor_table import VENDORS
from coderoute_ls.selection.catalog.catalog import Catalog

FOR_SOMETHING_ELSE = re.compile(
    r"^(GITHUB|GH|GITLAB|HF|HUGGING|NPM|PYPI|SSH|DOCKER|CI|JIRA|SLACK)_|^AWS_(ACCESS|SECRET|SESSION)|CREDENTIALS"
)
"""Variables that are set on many machines for other purposes than asking a model."""


def test_no_vendor_takes_a_token_whose_usual_purpose_is_another() -> None:
    assert [name for row in VENDORS.values() for name in row.key_env if FOR_SOMETHING_ELSE.search(name)] == []


def test_a_retired_vendor_has_neither_a_row_nor_offers() -> None:
    assert "github-models" not in VENDORS
    assert {offer.provider for offer in Catalog.bundled().offers} <= VENDORS.keys()


def test_what_a_vendor_promises_is_what_its_offers_carry() -> None:
    for offer in Catalog.bundled().offers:
        made = VENDORS[offer.provider].promises
        kept = made is not None and not offer.model.startswith(made.except_models or ("\0",))
        assert offer.privacy == (made.kept if made is not None and kept else ())


def test_an_id_in_other_lists_belongs_to_one_vendor() -> None:
    others = [row.listed_as for row in VENDORS.values() if row.listed_as]
    assert len(set(others)) == len(others)
    assert not set(others) & VENDORS.keys()
