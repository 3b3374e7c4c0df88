"""The facts that were handed to the project: placed scores, what fills holes by prompt, speeds, thinking, retirements.

They are read where they lie and never copied as they are; what the catalogue takes from them goes into its own rows.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import cast

from catalogue.model_facts import add_facts, single_effort
from coderoute_ls.selection.catalog.list_values import Json, object_of, rows_of
from coderoute_ls.selection.catalog.published_list_merge import Change
from coderoute_ls.selection.catalog.published_lists import Listed

METHOD = "latent-ability-v1"
_KINDS = ("models", "inherited", "proxy", "estimates")


@dataclass
class Handed:
    """The files of one delivery, as they were read."""

    placed: Json
    completion: Json
    speeds: Json
    prices: Json
    multipliers: Json
    retired: Json
    changes: list[Change] = field(default_factory=list[Change])

    @property
    def date(self) -> str:
        return str(self.placed["date"])

    @cached_property
    def scored(self) -> Mapping[str, Json]:
        """Placed models by id; a measured one goes before an estimate."""
        return {str(row["id"]): row for kind in reversed(_KINDS) for row in rows_of(self.placed[kind])}

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Offer's id → the model that it is."""
        rows = rows_of(self.prices["offers"])
        return {f"{row['provider']}/{row['wire_id']}": str(row["model"]) for row in rows if row.get("model")}

    @cached_property
    def serves(self) -> Mapping[str, str]:
        """Offer's id → the model that answers under a name which the vendor has kept."""
        return {
            f"{row['provider']}/{row['wire_id']}": str(row["serves"])
            for row in rows_of(self.prices["offers"])
            if row.get("serves")
        }

    @cached_property
    def gone(self) -> set[str]:
        """Offers that are no longer served; one that is announced to go has its day in ``expires``."""
        rows = rows_of(self.retired["offers_bundled_to_drop_or_date"])
        return {f"{row['provider']}/{row['wire_id']}" for row in rows if row.get("why") != "announced"}

    @cached_property
    def retires(self) -> Mapping[str, str]:
        """Offer's id → the day that its vendor names. What others only report is no day."""
        rows = [row for row in rows_of(self.retired["retirements"]) if row.get("state") in {"retired", "announced"}]
        told = [
            row for row in rows_of(self.retired["offers_bundled_to_drop_or_date"]) if row.get("why") in {"retired", "announced"}
        ]
        days = ((f"{row['provider']}/{row['wire_id']}", row.get("date") or row.get("retired")) for row in (*rows, *told))
        return {name: str(day) for name, day in days if day}

    @property
    def sources(self) -> Json:
        return {
            "scores": {"title": "benchmark results placed on latent-ability-v1, see catalogue/results.json", "date": self.date}
        }

    def is_scored(self, offer: str) -> bool:
        """Whether an offer that we do not have is one of a model with a score."""
        return self.names.get(offer) in self.scored

    def add_models(self, document: Json, listed: Mapping[str, Listed]) -> None:
        """Rows for scored models that the catalogue lacks and that somebody sells."""
        models = cast("list[Json]", document["models"])
        known = {str(model["id"]) for model in models}
        rows: dict[str, list[Listed]] = {}
        for offer, model in self.names.items():
            if offer in listed:
                rows.setdefault(model, []).append(listed[offer])
        made: list[Json] = []
        for name in self.scored:
            sold = rows.get(name, [])
            if name in known or not sold:
                continue
            best = max(sold, key=lambda row: (bool(row.name), row.context or 0))
            made.append({
                "id": name, "name": best.name or name, "released": str(object_of(self.placed["released"]).get(name, ""))[:10],
                "context": best.context, "max_output": best.max_output, "capabilities": dict(best.capabilities),
                "efforts": list(max((row.efforts for row in sold), key=len)), "offers": [],
            })  # fmt: skip
            self.changes.append(Change("new_model", name))
        document["models"] = [*models, *made]

    def add_scores(self, document: Json) -> None:
        """Scores of placed models, then what holds at an effort, for holes, and for speed."""
        models = rows_of(document["models"])
        for model in models:
            placed = self.scored.get(str(model["id"]))
            before = object_of(object_of(model.get("scores")).get("coding"))
            if placed is not None and not (before.get("confidence") == "multi" and placed["confidence"] != "multi"):
                row = self._score(placed)
                if row != before:
                    model["scores"] = {**object_of(model.get("scores")), "coding": row}
                    self.changes.append(Change("score", str(model["id"]), str(before.get("value", "")), str(row["value"])))
            if found := dict(self._verbosity(str(model["id"]))):
                model["verbosity"] = found
            for offer in rows_of(model.get("offers")):
                if day := self.retires.get(f"{offer['provider']}/{offer['wire_id']}"):
                    offer["expires"] = day
        add_facts(models, self.placed, self.completion, self.speeds, set(self.serves.values()))
        document["benchmarks"] = {**object_of(document.get("benchmarks")), **self.columns()}

    def _score(self, placed: Json) -> Json:
        evidence = rows_of(placed.get("evidence"))
        named = [str(row["benchmark"]) for row in evidence] or [f"{placed.get('of', 'general index')}"]
        return {
            "value": placed["value"], "low": placed["low"], "high": placed["high"], "confidence": placed["confidence"],
            "method": METHOD, "date": self.date, "rows": placed["rows"], "sources": list(dict.fromkeys(named)),
        }  # fmt: skip

    def columns(self) -> Json:
        """The benchmarks that results stand in, with their frozen parameters."""
        kept = ("intercept", "slope", "residual_sd_logit", "n_models", "elo")
        rows = {name: object_of(row) for name, row in object_of(self.placed["columns"]).items()}
        return {name: {key: row[key] for key in kept} for name, row in rows.items()}

    def _verbosity(self, model: str) -> Iterator[tuple[str, float]]:
        single = object_of(self.multipliers["single_turn"])
        for row in rows_of(single["rows"]):
            if row["model"] == model:
                yield str(row.get("effort") or ""), float(str(row["verbosity"]))


def results(handed: Handed) -> Json:
    """The project's own file of results: of each placed model the results that place it, at their best configuration, and its
    effort where most of them name the same one.
    """
    told: dict[str, dict[str, float]] = {}
    for row in rows_of(handed.placed["models"]):
        values = {
            str(found["benchmark"]): float(str(found["value"]))
            for found in rows_of(row.get("evidence"))
            if found.get("kind") == "independent" and str(found["benchmark"]) in object_of(handed.placed["columns"])
        }
        if values and row["confidence"] in {"multi", "single"}:
            effort = single_effort(row)
            told[f"{row['id']}@{effort}" if effort else str(row["id"])] = values
    columns = handed.columns()
    return {
        "format": 1, "compiled": handed.date, "scale": handed.placed["scale"], "benchmarks": columns,
        "models": [], "results": told,
    }  # fmt: skip
