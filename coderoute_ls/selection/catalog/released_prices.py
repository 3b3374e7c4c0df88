"""What the release's own catalogue says that models cost: published prices are held against it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from coderoute_ls.selection.catalog.catalog import Catalog
from coderoute_ls.selection.catalog.list_values import Json, decimal_of, rows_of
from coderoute_ls.selection.catalog.price_check import RISE


@dataclass(frozen=True, slots=True)
class Released:
    """A release's prices."""

    offers: Mapping[str, Json]
    """Rows by ``provider/wire_id``."""
    cheapest: Mapping[str, Mapping[str, Decimal]]
    """Model → part (``input``, ``output``) → its cheapest price of a million tokens."""

    @staticmethod
    def of(bundled: Catalog) -> "Released":
        offers: dict[str, Json] = {}
        cheapest: dict[str, dict[str, Decimal]] = {}
        for model in rows_of(bundled.document.get("models")):
            for offer in rows_of(model.get("offers")):
                offers[f"{offer['provider']}/{offer['wire_id']}"] = offer
                least = cheapest.setdefault(str(model["id"]), {})
                for part in ("input", "output"):
                    if price := decimal_of(offer.get(part)):
                        least[part] = min(price, least.get(part, price))
        return Released(offers, cheapest)

    def undercut(self, model: str, prices: Mapping[str, Decimal]) -> str:
        """The part for which a new host asks a tenth or less of what the model costs anywhere; "" for none."""
        known = self.cheapest.get(model, {})
        return next((part for part, low in known.items() if 0 < prices.get(part, Decimal(0)) <= low / RISE), "")
