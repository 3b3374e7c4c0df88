"""latent-ability-v1: places benchmark results on the absolute score scale with frozen anchors and parameters.

``logit(result) = intercept + slope · ability``, Elo read as ``points · ln 10 / 400``; ability has the prior N(0, 1.8) of
the original fit and each result counts with the precision of its benchmark. The score is
``logistic(logit_slope · ability + logit_intercept)``. Nothing here refits: adding a model never moves another one.
"""

import math
from collections.abc import Mapping

from coderoute_ls.domain import Confidence, Score
from coderoute_ls.errors import ConfigurationError
from coderoute_ls.selection.catalog.catalog_schema import BenchmarkRow, ScaleRow

PRIOR_SD = 1.8
LEAST_SD = 0.45
"""No benchmark tells the ability more precisely than this, however well it fitted."""
THIN_ROWS = 3
"""With fewer results than this the lower bound is two standard errors down: among many thinly measured models the
cheapest above the floor would otherwise be the most overestimated one."""
HUBER = 1.5


def logit(share: float) -> float:
    return math.log(share / (1 - share))


def logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def thin_low(value: float, low: float) -> float:
    """Two standard errors below ``value`` when ``low`` is one, on the logit scale."""
    if not 0 < low <= value < 1:
        return low
    return logistic(2 * logit(low) - logit(value))


def place(rows: Mapping[str, float], *, scale: ScaleRow, benchmarks: Mapping[str, BenchmarkRow], date: str) -> Score:
    """The score of a model with these results (benchmark → percent, or Elo points).

    Raises `ConfigurationError` for an unknown benchmark or a result that cannot be one.
    """
    if not rows:
        raise ConfigurationError("Give at least one result, as BENCHMARK=VALUE.")
    points = [_point(name, value, benchmarks) for name, value in rows.items()]
    ability = 0.0
    weights = [precision for _, precision in points]
    for _ in range(20):  # Huber weights settle within a few rounds
        total = sum(weights) + PRIOR_SD**-2
        ability = sum(w * estimate for w, (estimate, _) in zip(weights, points, strict=True)) / total
        weights = [_huber(estimate - ability, precision) for estimate, precision in points]
    error = (sum(weights) + PRIOR_SD**-2) ** -0.5
    value, low, high = (logistic(scale.logit_slope * (ability + shift * error) + scale.logit_intercept) for shift in (0, -1, 1))
    confidence: Confidence = "multi" if len(rows) >= THIN_ROWS else "single"
    if len(rows) < THIN_ROWS:
        low = thin_low(value, low)
    return Score(
        value=round(value, 3), low=round(low, 3), high=round(high, 3), confidence=confidence,
        method=scale.method, date=date, rows=len(rows), sources=tuple(sorted(rows)),
    )  # fmt: skip


def _point(name: str, value: float, benchmarks: Mapping[str, BenchmarkRow]) -> tuple[float, float]:
    """One result's estimate of the ability, and its precision."""
    row = benchmarks.get(name)
    if row is None:
        raise ConfigurationError(f"No benchmark is called {name!r}. Known: {', '.join(sorted(benchmarks))}.")
    if row.elo:
        if not 0 < value < 4000:
            raise ConfigurationError(f"{name} is in Elo points; {value:g} is not one.")
        observed = value * math.log(10) / 400
    else:
        if not 0 <= value <= 100:
            raise ConfigurationError(f"{name} is in percent; {value:g} is not one.")
        observed = logit(min(max(value / 100, 0.005), 0.995))
    sd = max(row.residual_sd_logit / row.slope, LEAST_SD)
    return (observed - row.intercept) / row.slope, sd**-2


def _huber(residual: float, precision: float) -> float:
    distance = abs(residual) * math.sqrt(precision)
    return precision if distance <= HUBER else precision * HUBER / distance
