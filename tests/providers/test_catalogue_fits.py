"""The shipped catalogue and `providers` name the same vendors and dialects, and every offer of it can be put into a request."""

from coderoute_ls.domain import Fim, Message, Prompt
from coderoute_ls.providers.configured_vendors import VENDORS
from coderoute_ls.providers.dialect import DialectRequest, dialect, dialect_names
from coderoute_ls.selection import Catalog

TALK = Prompt(system="s", messages=(Message("user", "u"),), max_tokens=4_096)
HOLE = Prompt(fim=Fim("a = ", "\n"), max_tokens=64)


def test_every_offer_of_the_catalogue_has_a_vendor_and_a_dialect() -> None:
    offers = Catalog.bundled().offers
    assert len(offers) > 500
    assert {offer.provider for offer in offers} <= VENDORS.keys()
    assert {offer.dialect for offer in offers} | {offer.fim.dialect for offer in offers if offer.fim} <= set(dialect_names())


def test_every_offer_of_the_catalogue_can_be_put_into_a_request() -> None:
    for offer in Catalog.bundled().offers:
        vendor = VENDORS[offer.provider]
        assert dialect(offer.dialect).encode(DialectRequest(vendor, offer, TALK, effort=offer.effort)).body, offer.id
        if offer.fim is not None:
            assert dialect(offer.fim.dialect).fim, offer.id
            assert dialect(offer.fim.dialect).encode(DialectRequest(vendor, offer, HOLE)).body, offer.id


def test_every_vendor_speaks_a_dialect_that_exists_at_an_address() -> None:
    for vendor in VENDORS.values():
        assert vendor.url(vendor.dialect).startswith(("https://", "http://127.0.0.1:", "{"))
        assert {vendor.dialect, *vendor.endpoints} <= set(dialect_names())
        assert vendor.local or vendor.key_env or vendor.signs
