"""One vendor: its address, its dialect, its promises and its fees beyond list prices."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote

TEAM = "team"
"""The vendor that a team's gateway is, for the language servers that joined it."""
TEAM_KEY = "CODEROUTE_TEAM_KEY"
BUDGET_HEADER = "x-coderoute-budget"
"""In a team gateway's answers: of a budget that is nearly used up, in words."""
LEFT_HEADER = "x-coderoute-budget-left-usd"
"""The least that is left of all budgets that pay, this call's bound taken off."""

EffortStyle = Literal["reasoning_effort", "reasoning", "thinking", "thinking_and_effort", "enable_thinking", "template", "none"]
"""How an openai-chat vendor takes a reasoning effort: OpenAI's word, OpenRouter's object, a ``thinking`` switch (Z.ai, Moonshot),
that switch beside OpenAI's word (DeepSeek), Qwen's boolean, the same inside vLLM's chat template arguments, or not at all."""

Promise = Literal["no_training", "zdr"]
"""What a vendor may promise about data, in writing: it trains no model on it; it keeps none of it."""


@dataclass(frozen=True, slots=True)
class Promises:
    """A vendor's written promises about data, read on its own ``page`` in November 2026."""

    kept: tuple[Promise, ...]
    page: str
    except_models: tuple[str, ...] = ()
    """Model-id prefixes that the promise leaves out."""


@dataclass(frozen=True, slots=True)
class Fees:
    """What a platform charges on top of list prices. Shares are of the list price, amounts USD."""

    top_up_share: float
    top_up_minimum_usd: float
    own_key_share: float
    """With keys of one's own, after so many free requests a month."""
    own_key_free_requests: int


@dataclass(frozen=True, slots=True)
class FreeTier:
    """Requests that a vendor's free offers allow, all of them together; days are UTC days."""

    per_minute: int
    per_day: int
    per_day_after_purchase: int


@dataclass(frozen=True, slots=True)
class Vendor:
    """One vendor. ``base_url`` and ``endpoints`` may hold ``{VARIABLE}`` of the environment, ``{FIRST|SECOND}`` for the first one
    that is set, and ``{model}``; ``base_url`` is "" where only the user can know it.
    """

    id: str
    name: str
    dialect: str
    base_url: str
    key_env: tuple[str, ...] = ()
    """Environment variables that may hold the key; the first one is named in messages. Empty: no key is needed. Only variables
    that exist for this vendor's models: a token that is there for something else is no consent to send code."""
    endpoints: Mapping[str, str] = field(default_factory=dict[str, str])
    """Base URLs of dialects that live elsewhere than ``base_url``."""
    by_model: Mapping[str, str] = field(default_factory=dict[str, str])
    """Dialects of models whose names match these patterns, where a cloud speaks each maker's own."""
    serves_makers: bool = False
    """A cloud: its models are other makers', under names made of theirs."""
    query: str = ""
    """What each request's query holds beside the dialect's own: ``api-version=2024-10-21``."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    auth: tuple[str, str] | None = None
    """Header and prefix of the key where they differ from the dialect's."""
    signs: Literal["", "aws", "google"] = ""
    """Where there is no key: whose credentials on this machine sign a request. They are there for something else, so this holds
    only for a vendor that the user's settings name."""
    effort: EffortStyle = "reasoning_effort"
    thinks_unasked: bool = True
    """Models that can think do so unless they are told not to."""
    max_tokens_field: str = "max_tokens"
    session_field: str = ""
    """Body field that takes `Prompt.session`, so that a cached prefix is found again; a name with ``-`` is a header."""
    include_usage: bool = True
    """Takes ``stream_options``; others send usage unasked, or refuse unknown fields."""
    ends_unsaid: bool = False
    """Its streams never say how they ended: usage and ``[DONE]`` behind the text are a good end. Elsewhere they are none."""
    empty_suffix: str = ""
    """What stands for "nothing follows" where an empty suffix is refused."""
    local: bool = False
    """Runs on the user's own machine or network."""
    loads_models: bool = False
    """Loads a model when it is asked first, which may take minutes (Ollama, LM Studio, a llama.cpp that was just started)."""
    tells_timings: bool = False
    """llama.cpp: says, when asked, what of a prompt it had to read, and for how long."""
    timeout_s: float | None = None
    """Seconds to wait for the first byte; None is the usual limit."""
    broker: bool = False
    """Passes each request on to a vendor of its choosing, and is told what that one may do with it (OpenRouter)."""
    model_path: str = ""
    """A model file, served by a child of ours while it is asked; ``base_url`` is "" but for that time."""
    trouble: str = ""
    """Why it cannot be asked, in one sentence, where its settings are wrong; ``base_url`` is "" then."""
    promises: Promises | None = None
    """None: nothing that we read was promised, so its offers fail a stricter privacy setting."""
    fees: Fees | None = None
    free_tier: FreeTier | None = None
    cache_s: float = 300.0
    """Seconds that a prompt's prefix is kept."""
    first_token_s: float = 1.0
    """Seconds to the first token, and tokens per second, until measured here: rough, and only ever used to order offers for speed
    or to break a tie; the latency rule (R11) trusts nothing but measurements."""
    tokens_per_s: float = 60.0
    listed_as: str = ""
    """Its id in models.dev's list and in the fact sheets, where that is another one."""

    @property
    def key_name(self) -> str:
        """What messages call the key; "" where none is needed."""
        return self.key_env[0] if self.key_env else ""

    def url(self, dialect: str) -> str:
        """Base URL for this dialect, without a final slash."""
        return self.endpoints.get(dialect, self.base_url).rstrip("/")

    def dialect_of(self, model: str) -> str:
        """The dialect that this model is asked in here."""
        return next((name for pattern, name in self.by_model.items() if re.match(pattern, model)), self.dialect)

    def request_url(self, dialect: str, path: str, model: str = "") -> str:
        """A request's whole address: base URL (with this model where it names ``{model}``), the dialect's path, the query."""
        url = self.url(dialect).replace("{model}", quote(model, safe="")) + path
        return f"{url}{'&' if '?' in path else '?'}{self.query}" if self.query else url
