"""Files of the catalogue's own format, joined with the catalogue: models, offers, and benchmark results that place models.

A file may be the user's (``catalog.sources``) or the one that the project publishes. Its prices are held against the release's as
any list's are; it cannot change how a vendor is spoken to.
"""

from collections.abc import Mapping
from typing import cast

from coderoute_ls.errors import ConfigurationError
from coderoute_ls.selection.catalog.catalog import Catalog
from coderoute_ls.selection.catalog.catalog_rows import CatalogRows
from coderoute_ls.selection.catalog.catalog_schema import BenchmarkRow
from coderoute_ls.selection.catalog.list_values import Json, decimal_of, object_of, rows_of
from coderoute_ls.selection.catalog.offer_rows import EFFORTS
from coderoute_ls.selection.catalog.price_check import believed, believed_tiers, risen
from coderoute_ls.selection.catalog.published_lists import PARTS, ListedTier
from coderoute_ls.selection.catalog.released_prices import Released
from coderoute_ls.selection.catalog.score_placement import place

_Told = tuple[str, str, str, str]
_FIRM = {"multi", "user"}
"""A score of several independent benchmarks is not placed again: it came from a fit of all models at once."""
_DERIVED = {"estimate", "inherited", "proxy", "none"}
"""No coding result of the model itself is behind these."""


class OwnFormat:
    """Takes one file into ``rows``; what changed and what was held back stand in ``changes`` and ``flagged``."""

    def __init__(self, catalog: Catalog, rows: CatalogRows, released: Released, date: str) -> None:
        self._catalog, self._rows, self._released, self._date = catalog, rows, released, date
        self.changes: list[_Told] = []
        self.flagged: list[_Told] = []

    def take(self, content: Json) -> None:
        """Raises `ConfigurationError` for a file of another format."""
        checked = Catalog.parse({**content, "models": content.get("models", [])})
        for refused in checked.refused:
            self.flagged.append((refused.reason, refused.offer, "", refused.detail))
        bad = {refused.offer for refused in checked.refused}
        for row in rows_of(content.get("models")):
            name = str(row.get("id", ""))
            if name and name not in bad:
                self._model(name, row, bad)
        benchmarks = {**_readable(content.get("benchmarks")), **self._catalog.benchmarks}
        for name, results in object_of(content.get("results")).items():
            self._results(name, object_of(results), benchmarks)

    def _model(self, name: str, row: Json, bad: set[str]) -> None:
        if name not in self._rows.models:
            self._rows.add_model({"id": name})
            self.changes.append(("new_model", name, "", ""))
        model = self._rows.models[name]
        facts = {key: value for key, value in row.items() if key not in {"id", "offers"}}
        if any(model.get(key) != value for key, value in facts.items()):
            model.update(facts)
            self.changes.append(("model", name, "", ""))
        for offer in rows_of(row.get("offers")):
            self._offer(model, offer, bad)

    def _offer(self, model: Json, offer: Json, bad: set[str]) -> None:
        provider, name = str(offer.get("provider")), f"{offer.get('provider')}/{offer.get('wire_id')}"
        if name in bad:
            return
        if not self._rows.speaks(provider, offer.get("dialect")):
            self.flagged.append(("bad_row", name, "", "would change the address that is asked"))
            return
        known = self._rows.offers.get(name)
        taken = self._believed(name, offer, self._released.offers.get(name, known or {}))
        if not taken["risen"] and not (known or {}).get("risen"):
            del taken["risen"]
        if known is None:
            said = {part: price for part in ("input", "output") if (price := decimal_of(offer.get(part)))}
            if low := self._released.undercut(str(model["id"]), said):
                self.flagged.append(("fall", f"{name} {low}", "", str(said[low])))
                return
            self._rows.add_offer(model, taken)
            self.changes.append(("new_offer", name, "", str(model["id"])))
        elif any(known.get(key) != value for key, value in taken.items()):
            known.update(taken)
            self.changes.append(("price", name, "", ""))

    def _believed(self, name: str, offer: Json, known: Json) -> Json:
        """The row without the prices that are not believed."""
        said = {part: decimal_of(offer.get(part)) for part in PARTS}
        prices, doubts = believed(said, known, free=bool(offer.get("free_tier")))
        steps = [
            ListedTier(size, {part: decimal_of(row.get(part)) for part in PARTS[:4]})
            for row in rows_of(offer.get("tiers"))
            if isinstance(size := row.get("above_input"), int)
        ]
        tiers, more = believed_tiers(steps, known, prices, doubts)
        kept = {key: value for key, value in offer.items() if key not in PARTS or key in prices}
        hours: list[Json] = []
        for row in rows_of(offer.get("windows")):
            told = {part: decimal_of(row.get(part)) for part in PARTS[:3]}
            at_hour, wrong = believed(told, known if known else offer, free=False)
            more += wrong
            hours.append({key: value for key, value in row.items() if key not in PARTS or key in at_hour})
        for doubt in (*doubts, *more):
            before = "" if doubt.before is None else str(doubt.before)
            self.flagged.append((doubt.kind, f"{name} {doubt.part}", before, str(doubt.after)))
        return {**kept, "risen": risen(doubts), **({"tiers": tiers} if steps else {}), **({"windows": hours} if hours else {})}

    def _results(self, name: str, told: Json, benchmarks: Mapping[str, BenchmarkRow]) -> None:
        """Results of one model, joined with those that are known: more of them place it better. ``model@effort`` names the effort
        that they were reached at: they say nothing of another one.
        """
        base, _, effort = name.partition("@")
        model = self._rows.models.get(base)
        if model is None:
            return
        if effort and effort not in EFFORTS:
            self.flagged.append(("bad_score", name, "", f"there is no effort {effort!r:.20}"))
            return
        fresh: dict[str, float] = {}
        for benchmark, value in told.items():
            try:
                number = float(str(value))
                place({benchmark: number}, scale=self._catalog.scale, benchmarks=benchmarks, date=self._date)
            except (ValueError, ConfigurationError) as error:
                self.flagged.append(("bad_score", name, "", str(error)))
            else:
                fresh[benchmark] = number
        known = self._rows.results(name)
        if any(known.get(key) != value for key, value in fresh.items()):
            self._rows.set_results(name, {**known, **fresh}, {key: benchmarks[key] for key in fresh})
            self.changes.append(("results", name, str(len(known)), str(len({**known, **fresh}))))
        if fresh:
            self._place(name, model, effort, {**known, **fresh}, benchmarks)

    def _place(
        self, name: str, model: Json, effort: str, results: Mapping[str, float], benchmarks: Mapping[str, BenchmarkRow]
    ) -> None:
        by_effort = object_of(model.get("effort_scores"))
        scores = object_of(by_effort.get(effort) if effort else model.get("scores"))
        before = object_of(scores.get("coding"))
        held = 0 if before.get("confidence") in _DERIVED else before.get("rows", 0)
        if before and (before.get("confidence") in _FIRM or not isinstance(held, int) or held >= len(results)):
            return
        score = place(results, scale=self._catalog.scale, benchmarks=benchmarks, date=self._date)
        row: Json = {
            "value": score.value, "low": score.low, "high": score.high, "confidence": score.confidence,
            "method": score.method, "date": score.date, "rows": score.rows, "sources": list(score.sources),
        }  # fmt: skip
        if effort:
            model["effort_scores"] = {**by_effort, effort: {**scores, "coding": row}}
            named = {effort, *map(str, cast("list[object]", model.get("efforts") or []))}
            model["efforts"] = [one for one in EFFORTS if one in named]
        else:
            model["scores"] = {**scores, "coding": row}
        self.changes.append(("score", name, f"{before['value']:.2f}" if before else "", f"{score.value:.2f}"))


def _readable(raw: object) -> dict[str, BenchmarkRow]:
    """The columns of a file that are whole."""
    found: dict[str, BenchmarkRow] = {}
    for name, row in object_of(raw).items():
        try:
            found[name] = BenchmarkRow.model_validate(row)
        except ValueError:
            continue
    return found
