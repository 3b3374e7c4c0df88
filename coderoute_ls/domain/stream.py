"""What comes back from a model: one vocabulary for every dialect.

A stream is any number of `Delta`, then exactly one `Finish`; or it ends by raising a `ProviderError`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

FinishReason = Literal["stop", "length", "filtered", "refused", "error", "incomplete"]
"""``incomplete``: the connection ended without the dialect's own end sign. It is never ``stop``."""


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of the answer. ``reasoning`` is never part of the text."""

    text: str = ""
    reasoning: str = ""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as billed, normalised: ``input`` counts all prompt tokens (cached ones included), ``output`` always includes
    ``reasoning``. ``raw`` is the vendor's own object, untouched.
    """

    input: int = 0
    output: int = 0
    cached_read: int = 0
    cached_write: int = 0
    reasoning: int = 0
    cost_usd: float | None = None
    """What the vendor says it charged, where it says so (OpenRouter, xAI and Perplexity do)."""
    raw: Mapping[str, object] = field(default_factory=dict[str, object])
    upstream_usd: float | None = None
    """What the vendor behind a broker charges beside that, to the user's own account there."""


@dataclass(frozen=True, slots=True)
class Finish:
    reason: FinishReason
    usage: Usage | None = None
    model: str = ""
    """The model that really answered, in the vendor's words; "" when not said."""
    wire_reason: str = ""
    """The dialect's own word for the reason."""
    waited_s: float = 0.0
    """Seconds before the model could be asked at all: it had to be loaded first."""


StreamEvent = Delta | Finish
