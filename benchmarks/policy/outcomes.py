"""Sets of outcomes: which offer solved which task, at what price, and which wrong answers a free check saw."""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from coderoute_ls.selection import Catalog

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Joint = Literal["measured", "same tasks", "unrelated"]
"""Which tasks are solved by whom is known; or every offer finds the same tasks hard; or no two have anything in common."""

AIDER = Path("catalog") / "aider_polyglot.json"
AIDER_TASKS = 225


@dataclass(frozen=True, slots=True)
class Scale:
    """From a share of tasks solved to the product's score, by the frozen parameters of a benchmark; identity without one."""

    intercept: float = 0.0
    slope: float = 1.0
    logit_intercept: float = 0.0
    logit_slope: float = 1.0

    def score(self, rate: Floats) -> Floats:
        ability = (_logit(rate) - self.intercept) / self.slope
        return _logistic(self.logit_slope * ability + self.logit_intercept)

    def rate(self, score: float) -> float:
        """The share of tasks that an offer with this score solves."""
        ability = (_logit(np.array(score)) - self.logit_intercept) / self.logit_slope
        return float(_logistic(self.slope * ability + self.intercept))


@dataclass(frozen=True, slots=True)
class Outcomes:
    """``solved``, ``cost`` (USD) and ``caught`` have a row for each offer and a column for each task."""

    name: str
    source: str
    licence: str
    date: str
    offers: tuple[str, ...]
    solved: Flags
    cost: Floats
    caught: Flags
    """Wrong answers that a check without a price saw."""
    scale: Scale | None
    joint: Joint = "measured"
    kept_out: tuple[str, ...] = ()
    """Offers of the source that say nothing of their price."""

    @property
    def tasks(self) -> int:
        return self.solved.shape[1]

    def unrelated(self, seed: int) -> "Outcomes":
        """Totals with each offer's tasks in an order of its own; what was measured task by task stays as it is."""
        if self.joint == "measured":
            return self
        random = np.random.default_rng(seed)
        orders = np.argsort(random.random(self.solved.shape), axis=1)
        mixed = (np.take_along_axis(each, orders, axis=1) for each in (self.solved, self.caught))
        return replace(self, solved=next(mixed), caught=next(mixed), joint="unrelated")


def aider(file: Path) -> Outcomes:
    """The rows of Aider's polyglot leaderboard that say what they were billed.

    A free check sees an edit that cannot be applied, as the leaderboard counts them; that a wrong answer is as often of this
    kind as any other is assumed. Of a few rows one or two tasks are missing: shares and bills are brought to 225 tasks.
    """
    content = json.loads(file.read_text("utf-8"))
    rows = cast("list[dict[str, object]]", content["rows"])
    priced = [row for row in rows if row["cost_usd"]]
    totals = [_aider_total(row) for row in priced]
    about = {"name": "Aider polyglot", "source": content["source"], "licence": content["licence"], "benchmark": "aider-polyglot"}
    about["date"] = f"{min(str(row['date']) for row in priced)} to {max(str(row['date']) for row in priced)}"
    kept_out = tuple(str(row["raw_model"]) for row in rows if not row["cost_usd"])
    return replace(_from_totals(about, totals), kept_out=kept_out)


def _aider_total(row: Mapping[str, object]) -> dict[str, str]:
    bill, run = float(str(row["cost_usd"])), int(str(row["n_items"]))
    solved = round(float(str(row["value"])) / 100 * AIDER_TASKS)
    malformed = 1 - float(str(row["well_formed_pct"])) / 100
    told = {"offer": row["raw_model"], "tasks": AIDER_TASKS, "solved": solved, "cost_usd": bill * AIDER_TASKS / run}
    return {key: str(value) for key, value in told.items()} | {"caught": str(round(malformed * (AIDER_TASKS - solved)))}


def read(folder: Path) -> Outcomes:
    """A set in the format of README.md. Raises `ValueError` with the reason for one that is not."""
    about = cast("dict[str, str]", json.loads((folder / "set.json").read_text("utf-8")))
    by_task, totals = folder / "outcomes.csv", folder / "totals.csv"
    if by_task.exists() == totals.exists():
        raise ValueError(f"{folder} must hold either outcomes.csv or totals.csv")
    return _from_tasks(about, _rows(by_task)) if by_task.exists() else _from_totals(about, _rows(totals))


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _from_tasks(about: Mapping[str, str], rows: Sequence[Mapping[str, str]]) -> Outcomes:
    offers = tuple(sorted({row["offer"] for row in rows}))
    tasks = sorted({row["task"] for row in rows})
    places = {(row["offer"], row["task"]): row for row in rows}
    if len(places) != len(rows) or len(rows) != len(offers) * len(tasks) or not rows:
        raise ValueError(f"outcomes.csv has {len(rows)} rows for {len(offers)} offers and {len(tasks)} tasks")
    table = [[places[offer, task] for task in tasks] for offer in offers]
    solved = np.array([[_flag(cell["solved"]) for cell in row] for row in table])
    caught = np.array([[_flag(cell.get("caught") or "0") for cell in row] for row in table])
    if (solved & caught).any():
        raise ValueError("outcomes.csv has a row with both `solved` and `caught`")
    cost = np.array([[_money(cell["cost_usd"]) for cell in row] for row in table])
    return _outcomes(about, offers, solved, cost, caught, "measured")


def _from_totals(about: Mapping[str, str], rows: Sequence[Mapping[str, str]]) -> Outcomes:
    """Each offer solves the first tasks, so that all find the same ones hard; its bill is the same for each task."""
    sizes = {int(row["tasks"]) for row in rows}
    if len(sizes) != 1:
        raise ValueError(f"totals.csv must say the same number of tasks for each offer, not {sorted(sizes)}")
    (tasks,) = sizes
    solved, caught = np.zeros((len(rows), tasks), np.bool_), np.zeros((len(rows), tasks), np.bool_)
    for place, row in enumerate(rows):
        right, seen = int(row["solved"]), int(row.get("caught") or 0)
        if not (0 <= right <= tasks and 0 <= seen <= tasks - right):
            raise ValueError(f"{row['offer']}: {right} solved and {seen} caught of {tasks} tasks cannot be")
        solved[place, :right] = True
        # Spread over the wrong answers: nothing says that those a check sees are the harder ones.
        caught[place, right + np.floor(np.arange(seen) * (tasks - right) / max(seen, 1)).astype(int)] = True
    cost = np.array([[_money(row["cost_usd"]) / tasks] * tasks for row in rows])
    return _outcomes(about, tuple(row["offer"] for row in rows), solved, cost, caught, "same tasks")


def _outcomes(  # noqa: PLR0917
    about: Mapping[str, str], offers: tuple[str, ...], solved: Flags, cost: Floats, caught: Flags, joint: Joint
) -> Outcomes:
    name, source, licence, date = (str(about.get(key, "not told")) for key in ("name", "source", "licence", "date"))
    return Outcomes(name, source, licence, date, offers, solved, cost, caught, _scale(about.get("benchmark") or ""), joint)


def _scale(benchmark: str) -> Scale | None:
    if not benchmark:
        return None
    catalog = Catalog.bundled()
    row = catalog.benchmarks.get(benchmark)
    if row is None or row.elo:
        raise ValueError(f"the catalogue knows no benchmark in percent that is called {benchmark!r}")
    return Scale(row.intercept, row.slope, catalog.scale.logit_intercept, catalog.scale.logit_slope)


def _flag(text: str) -> bool:
    if text.strip() not in {"0", "1"}:
        raise ValueError(f"{text!r} is neither 0 nor 1")
    return text.strip() == "1"


def _money(text: str) -> float:
    value = float(text)
    if not 0 <= value < float("inf"):
        raise ValueError(f"{text!r} is no price")
    return value


def _logit(rate: Floats) -> Floats:
    inside = np.clip(rate, 0.005, 0.995)
    return np.log(inside / (1 - inside))


def _logistic(x: Floats) -> Floats:
    return 1 / (1 + np.exp(-x))
