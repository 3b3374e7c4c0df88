"""Whatever a file or a published list holds: it is read, or named; it never crashes and never makes an offer free."""

import json
import math

from hypothesis import given, settings
from hypothesis import strategies as st

from coderoute_ls.errors import ConfigurationError
from coderoute_ls.selection import Catalog, explain
from coderoute_ls.selection.catalog.published_list_merge import Source, merge
from tests.selection.build import NOW, request, state
from tests.selection.lists import listed, small
from tests.selection.test_catalog import ROW, SCORE

STRANGE = st.sampled_from(["", "0", "-1", "NaN", "1e400", "x", "𝕏" * 40])
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-10, 10**14), st.floats(), STRANGE)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)),
    max_leaves=6,
)
OFFER_KEYS = ("provider", "wire_id", "dialect", "input", "output", "cached_read", "request", "tiers", "windows", "context", "fim")
LIST_KEYS = ("id", "pricing", "top_provider", "architecture", "created", "supported_parameters", "expiration_date")


@st.composite
def offer_rows(draw: st.DrawFn) -> object:
    """A good row with some of its values replaced by anything."""
    bent = draw(st.dictionaries(st.sampled_from(OFFER_KEYS), JSON, max_size=3))
    return draw(st.one_of(st.just({**ROW, **bent}), JSON))


@given(st.lists(offer_rows(), max_size=4), st.dictionaries(st.sampled_from(tuple(SCORE)), JSON, max_size=2), JSON)
@settings(max_examples=80, deadline=None)
def test_a_catalogue_of_anything_is_read_or_refused_and_its_offers_cost_what_they_say(
    rows: list[object], score: dict[str, object], whole: object
) -> None:
    model = {"id": "maker/m", "scores": {"coding": {**SCORE, **score}}, "offers": rows}
    content = json.dumps({"format": 1, "compiled": "2026-11-20", "models": [model, whole]}).encode()
    catalog = Catalog.parse(content)
    decision = explain(request(0.1), catalog, state(catalog.offers))
    for hop in decision.chain:
        prices = hop.offer.prices
        assert prices.input is not None and prices.output is not None and prices.input >= 0 and prices.output >= 0
        assert math.isfinite(hop.cost.expected_usd) and hop.cost.expected_usd >= 0
        assert hop.cost.expected_usd > 0 or prices.input == prices.output == 0


@given(JSON)
@settings(max_examples=80, deadline=None)
def test_a_file_of_anything_is_refused_with_a_sentence(content: object) -> None:
    try:
        Catalog.parse(json.dumps(content).encode())
    except ConfigurationError as error:
        assert error.user_message


@st.composite
def list_rows(draw: st.DrawFn) -> object:
    row = listed(draw(st.sampled_from(["maker/one", "maker/two", "maker/new", "maker/one:free"])), draw(SCALARS), draw(SCALARS))
    keys = (
        "id",
        "pricing",
        "top_provider",
        "architecture",
        "created",
        "supported_parameters",
        "expiration_date",
        "context_length",
    )
    return draw(st.one_of(st.just({**row, **draw(st.dictionaries(st.sampled_from(keys), JSON, max_size=2))}), JSON))


@given(st.lists(list_rows(), max_size=5), JSON)
@settings(max_examples=80, deadline=None)
def test_a_published_list_of_anything_is_merged_or_refused(rows: list[object], entry: object) -> None:
    catalog = small()
    payloads: tuple[tuple[Source, object], ...] = (
        ("openrouter", {"data": rows}),
        ("models.dev", {"maker": {"models": {"one": entry, "two": {"cost": entry, "limit": entry}}}, "x": entry}),
        ("catalog", {"format": 1, "models": [entry, *rows], "results": entry}),
    )
    for source, content in payloads:
        result = merge(catalog, source, json.dumps(content).encode(), NOW)
        for offer in result.catalog.offers:
            for price in (offer.prices.input, offer.prices.output):
                assert price is None or (price.is_finite() and price >= 0)
            if offer.prices.input == 0 and not offer.prices.free_tier:
                assert offer.id not in {known.id for known in catalog.offers}
