"""What comes back from a model: one vocabulary for every dialect.

A stream is any number of `Delta`, and of the events of `domain.conversation` where tools, signed reasoning or other rich things
were asked for, then exactly one `Finish`; or it ends by raising a `ProviderError`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:  # loaded by the first answer that needs them
    from coderoute_ls.domain.conversation.events import ModelEvent

FinishReason = Literal["stop", "length", "tool_calls", "filtered", "refused", "paused", "error", "incomplete", "other"]
"""How an answer ended. ``stop`` is only what the dialect lists as a good end. ``incomplete``: the connection ended without the
dialect's own end sign. ``paused``: the vendor's own tools are still at work; it goes on where it is sent its answer so far.
``error``: the vendor says that it failed. ``other``: a word, or a silence, that no table knows.
"""


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of the answer. ``reasoning`` is never part of the text."""

    text: str = ""
    reasoning: str = ""
    choice: int = 0
    """Which answer it belongs to, where several were asked for."""


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
    """The vendor's own word for the reason."""
    waited_s: float = 0.0
    """Seconds before the model could be asked at all: it had to be loaded first."""
    refusal: str = ""
    """What the model said instead of an answer, where it refused in a field of its own."""
    skipped: int = 0
    """Odd events in the stream that held nothing of the answer: empty data, a word such as ``ping``."""
    others: Mapping[int, FinishReason] = field(default_factory=dict[int, FinishReason])
    """How the answers beside number 0 ended, by their index, where several were asked for."""
    stop: str = ""
    """The stop text that ended it, where the vendor says which."""

    @property
    def bad(self) -> bool:
        """Whether the answer is none to build on: it did not end well, nor just at its limit."""
        return self.reason not in ("stop", "length")

    @property
    def problem(self) -> str:
        """One sentence for the user about an end that is not a good one; "" for a good one."""
        word = f" (“{self.wire_reason}”)" if self.wire_reason else ""
        match self.reason:
            case "stop":
                return ""
            case "length":
                return "The answer reached its length limit and may be cut off."
            case "tool_calls":
                return f"The model asked for a tool instead of ending its answer{word}."
            case "filtered":
                return f"The vendor's filter stopped the answer{word}; it is not complete."
            case "refused":
                return f"The model refused to answer: “{_short(self.refusal)}”." if self.refusal else f"The model refused{word}."
            case "paused":
                return f"The vendor paused while its own tools were at work{word}; the answer is not complete."
            case "error":
                return f"The vendor failed in the middle of its answer{word}."
            case "incomplete":
                return "The answer was cut off before its end."
            case "other":
                how = f"in a way that is no known good end{word}" if word else "without saying how"
                return f"The answer ended {how}; it may not be complete."


if TYPE_CHECKING:
    StreamEvent = Delta | Finish | ModelEvent
else:
    StreamEvent = Delta | Finish
"""One event of a stream. Who only shows text reads `Delta` and `Finish`, and lets the others pass."""


def _short(said: str, limit: int = 200) -> str:
    line = " ".join(said.split()).rstrip(".")
    return line if len(line) <= limit else line[: limit - 1] + "…"
