"""A catalogue's document while it is edited: its models and offers by name, kept findable as rows are added."""

from collections import Counter
from collections.abc import Mapping
from typing import cast

from coderoute_ls.selection.catalog.catalog_schema import BenchmarkRow
from coderoute_ls.selection.catalog.list_values import Json, object_of, rows_of


class CatalogRows:
    """The rows of ``document``. Adding one changes the document; each question takes the same time however many there are."""

    def __init__(self, document: Json) -> None:
        self.models: dict[str, Json] = {}
        self.offers: dict[str, Json] = {}
        self.model_of: dict[str, Json] = {}
        """Offer's name → its model's row."""
        self._document = document
        self._list = cast("list[Json]", document.setdefault("models", list[Json]()))
        self._by_wire: dict[str, dict[str, Json]] = {}
        self._dialects: dict[str, Counter[str]] = {}
        self._paid: set[str] = set()
        for model in rows_of(self._list):
            self.models.setdefault(str(model.get("id")), model)
            for offer in rows_of(model.get("offers")):
                self._index(model, offer)

    def vendors(self) -> set[str]:
        return set(self._dialects)

    def find(self, provider: str, wire_id: str) -> Json | None:
        """The model that a name means: by its id, or as the only one that some vendor calls so."""
        plain = wire_id.removesuffix(":free")
        for name in (plain, f"{provider}/{plain}"):
            if name in self.models:
                return self.models[name]
        called = self._by_wire.get(plain.lower(), {})
        return next(iter(called.values())) if len(called) == 1 else None

    def add_model(self, model: Json) -> Json:
        self._list.append(model)
        self.models[str(model["id"])] = model
        return model

    def add_offer(self, model: Json, offer: Json) -> None:
        cast("list[Json]", model.setdefault("offers", list[Json]())).append(offer)
        self._index(model, offer)

    def results(self, model: str) -> dict[str, float]:
        """The published results that are known of a model, by benchmark."""
        known = object_of(object_of(self._document.get("results")).get(model))
        return {name: value for name, value in known.items() if isinstance(value, int | float)}

    def set_results(self, model: str, results: Mapping[str, float], benchmarks: Mapping[str, BenchmarkRow]) -> None:
        """Keep a model's results, and the columns that they stand in."""
        known = object_of(self._document.get("results"))
        self._document["results"] = {**known, model: dict(results)}
        columns = {name: row.model_dump() for name, row in benchmarks.items()}
        self._document["benchmarks"] = {**columns, **object_of(self._document.get("benchmarks"))}

    def dialect(self, provider: str) -> str:
        """The dialect that most of this vendor's offers speak."""
        spoken = self._dialects.get(provider) or Counter({"openai-chat": 1})
        return max(sorted(spoken), key=spoken.__getitem__)

    def speaks(self, provider: str, dialect: object) -> bool:
        """Whether a vendor is known to speak this dialect; a vendor we do not know may speak any."""
        return provider not in self._dialects or dialect in self._dialects[provider]

    def gives_away(self, provider: str) -> bool:
        """Whether all that we know of this vendor is free."""
        return provider in self._dialects and provider not in self._paid

    def _index(self, model: Json, offer: Json) -> None:
        provider, wire_id = str(offer.get("provider")), str(offer.get("wire_id"))
        name = f"{provider}/{wire_id}"
        self.offers[name], self.model_of[name] = offer, model
        self._by_wire.setdefault(wire_id.lower(), {})[str(model.get("id"))] = model
        self._dialects.setdefault(provider, Counter())[str(offer.get("dialect"))] += 1
        if not offer.get("free_tier"):
            self._paid.add(provider)
