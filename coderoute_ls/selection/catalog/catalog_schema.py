"""The catalogue file's format, row by row: what `catalog.json`, user additions and refreshed copies must look like.

Prices are USD per million tokens; tokens are the vendor's own. Unknown keys are ignored so that an older release reads a
newer file; a row that breaks a rule is left out alone and named (see `catalog.parse`).
"""

import re
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from coderoute_ls.domain import Axis, Confidence

FORMAT = 1

Price = Annotated[Decimal, Field(ge=0, le=10**12, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Tokens = Annotated[int, Field(gt=0)]
Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
_SENDABLE = re.compile(r"[A-Za-z0-9@~][\w.:/@+~ -]{0,199}", re.ASCII)


def sendable(name: str) -> bool:
    """Whether a model's name can be in a request, in its path too, and change nothing else of the address."""
    return _SENDABLE.fullmatch(name) is not None and ".." not in name and "//" not in name


def _sendable(name: str) -> str:
    if not sendable(name):
        raise ValueError("is not a name of a model")
    return name


WireName = Annotated[str, AfterValidator(_sendable)]


class Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class ScoreRow(Row):
    """How good a model is on one axis. A score without method and date is refused."""

    value: Share
    low: Share
    high: Share
    confidence: Confidence
    method: Name
    date: Annotated[str, Field(pattern=r"^\d{4}(-\d\d){0,2}$")]
    rows: int = 0
    sources: tuple[str, ...] = ()


class PromptedRow(ScoreRow):
    """How good a model that only chats is at filling a hole that a prompt shows, at one effort ("" where it does not think)."""

    effort: str = ""


class SpeedRow(Row):
    """How fast a model answers: at one vendor, or in general ("" as ``provider``); at one effort, or where none is named."""

    provider: str = ""
    effort: str = ""
    first_token_s: Seconds | None = None
    first_answer_s: Seconds | None = None
    """To the first token behind the thinking."""
    tokens_per_s: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    date: str = ""


class TierRow(Row):
    """Prices for prompts above a size; a price left out is the base price."""

    above_input: Tokens
    input: Price | None = None
    output: Price | None = None
    cached_read: Price | None = None
    cached_write: Price | None = None


class WindowRow(Row):
    """Prices in some hours (UTC, end exclusive) of some weekdays (Monday 0), or from a date on."""

    hours: tuple[tuple[int, int], ...] = ()
    weekdays: tuple[int, ...] = ()
    from_date: str = ""
    input: Price | None = None
    output: Price | None = None
    cached_read: Price | None = None


class FimRow(Row):
    """How a hole is filled: see `domain.FimSupport`. A model's own row has no dialect: its server decides."""

    dialect: str = ""
    template: str | None = None
    stop: tuple[str, ...] = ()


class OfferRow(Row):
    """One model at one vendor."""

    provider: Name
    wire_id: WireName
    dialect: Name
    input: Price | None = None
    output: Price | None = None
    cached_read: Price | None = None
    cached_write: Price | None = None
    """Kept for minutes."""
    cached_write_1h: Price | None = None
    """Kept for an hour."""
    request: Price = Decimal(0)
    tiers: tuple[TierRow, ...] = ()
    windows: tuple[WindowRow, ...] = ()
    risen: dict[str, Price] = Field(default_factory=dict[str, Decimal])
    """What a list says that parts cost now, and is not believed for being many times more."""
    free_tier: bool = False
    source: str = ""
    date: str = ""
    context: Tokens | None = None
    max_output: Tokens | None = None
    fim: FimRow | None = None
    capabilities: dict[str, bool] = Field(default_factory=dict[str, bool])
    """Of the model at this vendor: they go over the model's own."""
    efforts: tuple[str, ...] = ()
    """Those that this vendor takes; empty: all of the model's."""
    deprecated: bool = False
    missing_since: str = ""
    """The day since which the vendor's list lacks it, while that list is not whole."""
    expires: str = ""
    successor: str = ""
    """The model that the vendor recommends instead."""


class ModelRow(Row):
    """One model: its scores, and in the file also its offers. Without offers it can still be a local server's."""

    id: Name
    name: str = ""
    released: str = ""
    context: Tokens | None = None
    max_output: Tokens | None = None
    capabilities: dict[str, bool] = Field(default_factory=dict[str, bool])
    efforts: tuple[str, ...] = ()
    default_effort: str = ""
    """What vendors do when no effort is named; "" is not known."""
    preview: bool = False
    """It is a preview although its id does not say so."""
    verbosity: dict[str, Annotated[float, Field(gt=0, le=1000)]] = Field(default_factory=dict[str, float])
    """Effort ("" is the default one) → output tokens of an answer, thinking included, over those of a plain answer."""
    aliases: tuple[str, ...] = ()
    """Names under which local servers list exactly this model, in the form that `local.canonical` gives them."""
    fim: FimRow | None = None


class VendorRow(Row):
    """A vendor's written promises about data, with the address of the page that makes them."""

    id: Name
    promises: tuple[Literal["no_training", "zdr"], ...] = ()
    address: str = ""
    except_models: tuple[str, ...] = ()
    """Model-id prefixes that the promise leaves out."""


class BenchmarkRow(Row):
    """Frozen parameters of one benchmark in the fit; ``elo`` when its values are Elo points, not percent."""

    intercept: float
    slope: Annotated[float, Field(gt=0)]
    residual_sd_logit: Annotated[float, Field(gt=0)]
    n_models: int = 0
    elo: bool = False


class ScaleRow(Row):
    """The absolute scale: score = logistic(logit_slope · ability + logit_intercept)."""

    method: Name
    anchors: dict[str, float]
    logit_slope: float
    logit_intercept: float


class SourceRow(Row):
    title: str
    date: str = ""
    commit: str = ""
    licence: str = ""


class FullModelRow(ModelRow):
    """A model as it is in the file."""

    scores: dict[Axis, ScoreRow] = Field(default_factory=dict[Axis, ScoreRow])
    """They hold where no effort is named; ``completion`` for endpoints that fill holes by themselves."""
    effort_scores: dict[str, dict[Axis, ScoreRow]] = Field(default_factory=dict[str, dict[Axis, ScoreRow]])
    """Scores at a named effort. Where there are any, an offer without a named effort earns that of ``default_effort``, or the
    lowest of them."""
    prompted: PromptedRow | None = None
    speeds: tuple[SpeedRow, ...] = ()
    offers: tuple[OfferRow, ...] = ()


class CatalogFile(Row):
    """The whole file, for its published schema and for writing; reading goes row by row."""

    format: Literal[1] = FORMAT
    compiled: str
    dated: dict[str, str] = Field(default_factory=dict[str, str])
    """ISO dates by kind of fact: ``prices``, ``models``, ``scores``."""
    sources: dict[str, SourceRow] = Field(default_factory=dict[str, SourceRow])
    scale: ScaleRow
    benchmarks: dict[str, BenchmarkRow] = Field(default_factory=dict[str, BenchmarkRow])
    vendors: tuple[VendorRow, ...] = ()
    models: tuple[FullModelRow, ...]
    results: dict[str, dict[str, float]] = Field(default_factory=dict[str, dict[str, float]])
    """Published results, model or ``model@effort`` → benchmark → percent or Elo points: they place what has no firm score."""
