"""What was measured of local models in the user's own code: kept in a file, and made into scores."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import cast

from coderoute_ls.domain import Offer, Score
from coderoute_ls.ledger.acceptance_rates import wilson
from coderoute_ls.storage import read_document, write_document

FILE, VERSION = "measured-models.json", 1
METHOD = "own-masked-lines-v1"


@dataclass(frozen=True, slots=True)
class Measured:
    """One model: of so many masked lines these were right, by it and by the built-in engine."""

    lines: int
    right: int
    built_in_right: int
    date: str

    @property
    def beats_built_in(self) -> bool:
        return self.right > self.built_in_right

    @property
    def score(self) -> Score:
        """The share of right lines as a completion score."""
        low, high = wilson(self.right, self.lines)
        return Score(self.right / self.lines, low, high, "measured", METHOD, self.date, self.lines, ("your own code",))


def measured_models(folder: Path) -> Mapping[str, Measured]:
    """By offer id; what is no measurement is left out."""
    content = read_document(folder / FILE, VERSION).content or {}
    kept = cast("dict[str, dict[str, object]]", content.get("models", {}))
    return dict(_read(kept.items()))


def keep(folder: Path, offer: str, measured: Measured) -> None:
    """Remember it beside the others."""
    models = {**measured_models(folder), offer: measured}
    write_document(folder / FILE, VERSION, {"models": {name: asdict(one) for name, one in models.items()}})


def with_measured(offers: Iterable[Offer], measured: Mapping[str, Measured]) -> Iterator[Offer]:
    """The offers with what was measured of them as their completion score; what the user said of one goes first."""
    for offer in offers:
        found, said = measured.get(offer.id), offer.scores.get("completion")
        if found is None or (said is not None and said.confidence == "user"):
            yield offer
        else:
            able = {**offer.capabilities, "fim": True, "beats_built_in": found.beats_built_in}
            yield replace(offer, capabilities=able, scores={**offer.scores, "completion": found.score})


def _read(rows: Iterable[tuple[str, dict[str, object]]]) -> Iterator[tuple[str, Measured]]:
    for name, row in rows:
        lines, right, built_in, date = (row.get(key) for key in ("lines", "right", "built_in_right", "date"))
        if not (isinstance(lines, int) and isinstance(right, int) and isinstance(built_in, int) and isinstance(date, str)):
            continue
        if 0 < lines >= max(right, built_in):
            yield name, Measured(lines, right, built_in, date)
