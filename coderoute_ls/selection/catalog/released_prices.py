"""What the release's own catalogue says that models cost: published prices are held against it."""

from collections.abc import Mapping
from decimal import Decimal

from coderoute_ls.selection.catalog.catalog import Catalog
from coderoute_ls.selection.catalog.published_lists import Json, decimal_of, rows_of


def released_prices(bundled: Catalog) -> tuple[Mapping[str, Json], Mapping[str, Decimal]]:
    """The release's offers by name, and by model its cheapest price of a million input tokens."""
    offers: dict[str, Json] = {}
    cheapest: dict[str, Decimal] = {}
    for model in rows_of(bundled.document.get("models")):
        for offer in rows_of(model.get("offers")):
            offers[f"{offer['provider']}/{offer['wire_id']}"] = offer
            if price := decimal_of(offer.get("input")):
                name = str(model["id"])
                cheapest[name] = min(price, cheapest.get(name, price))
    return offers, cheapest
