"""What can be bought: an offer is (model, provider, reasoning effort, variant), with its score, prices and limits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

Axis = Literal["coding", "completion", "next_edit"]
"""``coding`` ranks models by chat benchmarks, ``completion`` by fill-in-the-middle evidence, ``next_edit`` by
recorded next edits; one never stands in for the other."""

Confidence = Literal[
    "multi", "single", "maker-only", "proxy", "measured", "inherited", "estimate", "local-quant", "user", "embedded", "none"
]  # fmt: skip
"""What a score rests on. An ``estimate`` is derived from other scores: it counts with a wide error, behind all measured ones."""


@dataclass(frozen=True, slots=True)
class Score:
    """How good a model is on one axis, 0..1 on an absolute, versioned scale. The floor is compared with ``low``."""

    value: float
    low: float
    high: float
    confidence: Confidence
    method: str = ""
    """For example ``latent-ability-v1``; a score without method and date is rejected at the catalogue's door."""
    date: str = ""
    rows: int = 0
    sources: tuple[str, ...] = ()
    correction: float = 0.0
    """What the user's own experience with the offer added to the three values; 0 unless ``learn = true``."""


@dataclass(frozen=True, slots=True)
class PriceTier:
    """Prices that hold when the prompt has more than ``above_input`` tokens; None inherits the base price."""

    above_input: int
    input: Decimal | None = None
    output: Decimal | None = None
    cached_read: Decimal | None = None
    cached_write: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PriceWindow:
    """Prices that hold in some hours (UTC) of some weekdays (Monday 0), or from a date on; None inherits the base price."""

    hours: tuple[tuple[int, int], ...] = ()
    weekdays: tuple[int, ...] = ()
    from_date: str = ""
    input: Decimal | None = None
    output: Decimal | None = None
    cached_read: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Prices:
    """USD per million tokens. None is unknown, never zero."""

    input: Decimal | None
    output: Decimal | None
    cached_read: Decimal | None = None
    cached_write: Decimal | None = None
    """A write into a cache that is kept for minutes."""
    cached_write_1h: Decimal | None = None
    """A write into a cache that is kept for an hour."""
    request: Decimal = Decimal(0)
    """USD per request, whatever its size."""
    tiers: tuple[PriceTier, ...] = ()
    windows: tuple[PriceWindow, ...] = ()
    risen: Mapping[str, Decimal] = field(default_factory=dict[str, Decimal])
    """What a list says that a part costs now, ten times what is held or more: not believed, and yet what a call may cost."""
    free_tier: bool = False
    """Price 0 by the vendor's free tier, with its request limits."""
    source: str = ""
    date: str = ""

    @property
    def times_dearer(self) -> str:
        """How many times more it is said to cost now, at most; "many" of a part that cost nothing, "" where nobody says so."""
        held: dict[str, Decimal] = {part: price for part in self.risen if (price := getattr(self, part)) and price > 0}
        told = max((self.risen[part] / price for part, price in held.items()), default=None)
        return f"{told:.0f}" if told is not None else "many" if self.risen else ""


@dataclass(frozen=True, slots=True)
class FimSupport:
    """How an offer fills a hole. ``dialect`` is the wire dialect of the FIM endpoint; ``template`` (with ``{prefix}`` and
    ``{suffix}``) is used where the endpoint takes raw tokens only, None where it takes a suffix itself.
    """

    dialect: str
    template: str | None = None
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast an offer answers, as published; None is unknown. It holds until the user's own calls say more."""

    first_token_s: float | None = None
    """Seconds to the first token, of an answer or of thinking."""
    first_answer_s: float | None = None
    """Seconds to the first token of the answer, thinking included; None where it is not known apart."""
    tokens_per_s: float | None = None
    date: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that can be asked, at one price."""

    id: str
    """``provider/wire-id``, then ``@effort`` when it is not the default one."""
    model: str
    """The catalogue's model id, for example ``deepseek/deepseek-v4-pro``; several offers share one."""
    provider: str
    wire_id: str
    """The model's name in this vendor's requests."""
    dialect: str
    name: str = ""
    """For people: ``DeepSeek V4 Pro``."""
    effort: str | None = None
    """Reasoning effort to ask for; None is the vendor's default."""
    capabilities: Mapping[str, bool] = field(default_factory=dict[str, bool])
    """Known capabilities; an absent one is unknown. ``fim`` without `fim` below: holes are filled by a prompt."""
    context: int | None = None
    max_output: int | None = None
    prices: Prices = field(default_factory=lambda: Prices(None, None))
    scores: Mapping[Axis, Score] = field(default_factory=dict[Axis, Score])
    fim: FimSupport | None = None
    local: bool = False
    """Runs on a machine of the user's: price 0 by declaration, nothing leaves."""
    privacy: tuple[str, ...] = ()
    """What the vendor promises in writing: ``no_training``, ``zdr``. An absent promise is unknown and fails when asked for."""
    released: str = ""
    deprecated: bool = False
    expires: str = ""
    """ISO date after which the vendor no longer serves it; "" when none is known."""
    preview: bool = False
    """The vendor calls it a preview or an experiment: it may change or go at any time."""
    speed: Speed | None = None
    verbosity: float | None = None
    """Output tokens of an answer at this effort, thinking included, over those of a plain answer; None where not measured."""
