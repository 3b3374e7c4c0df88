"""The question put to the selector, the state it sees, and the answer it gives: all values, no behaviour."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from coderoute_ls.domain.offers import Axis, Offer, Score

Objective = Literal["cost", "speed", "quality", "free", "local"]
Privacy = Literal["any", "no_training", "zdr", "local_only"]
OnUnmetFloor = Literal["best_available", "error"]


@dataclass(frozen=True, slots=True)
class Floor:
    """The score a model must reach, and which layer said so: ``request``, ``editor``, ``workspace``, ``user``, ``policy`` or
    ``default``."""

    value: float
    origin: str = "default"


@dataclass(frozen=True, slots=True)
class HoleByPrompt:
    """What filling a hole takes on top at a model that only chats."""

    pieces: tuple[int, ...]
    """Of what it is told besides the hole's own text, counted as `Request.pieces`."""
    answer_tokens: int
    """Tokens that the fence may add to the longest answer."""


@dataclass(frozen=True, slots=True)
class Request:
    """Everything about one call that selection needs, and nothing of its text."""

    action: str
    axis: Axis
    floor: Floor
    chars: int
    """Characters of the finished prompt."""
    pieces: tuple[int, ...] = ()
    """What the prompt is made of, counted (`text.piece_counts`): tokens are estimated from it, else from ``chars``."""
    by_prompt: HoleByPrompt | None = None
    unseen_tokens: int = 0
    """Tokens at most that vendors add to the prompt on their side: instructions for tools, for example. Part of C_max alone."""
    images: tuple[tuple[int, int], ...] = ()
    """Width and height in pixels of each picture in the prompt: vendors count its tokens each by a rule of their own."""
    pages: int = 0
    """Pages of its documents."""
    language: str = ""
    messages: int = 1
    max_tokens: int = 1024
    choices: int = 1
    """Answers that are asked for at once, of up to ``max_tokens`` each."""
    median_output: int = 256
    """Typical visible answer of this action, in tokens."""
    required: frozenset[str] = frozenset()
    """Capabilities the action cannot do without: ``text``, ``streaming``, ``fim``, ``tools``; and what its prompt needs:
    ``images``, ``documents``, ``structured_output`` (JSON that fits a schema), ``strict_schema``, ``parallel_tools``,
    ``reasoning``."""
    cacheable_chars: int = 0
    session: str = ""
    objective: Objective = "cost"
    first_token_budget_s: float | None = None
    max_cost_usd: float | None = None
    """Cap on C_max of this call."""
    on_unmet_floor: OnUnmetFloor = "best_available"
    score_bound: Literal["low", "value"] = "low"
    trust_vendor_scores: bool = False
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    privacy: Privacy = "any"
    allow_free: bool = False
    """The user has agreed to free endpoints and free tiers, and by ``privacy`` ``any`` to be trained on. Else they are asked only
    for the objective ``free``, or when the budget is used up, and only where they promise not to train.
    """
    pinned: str | None = None
    """Model or offer named by the user, with an optional variant: ``deepseek/deepseek-v4-pro:nitro``."""
    embedded_score: float | None = None
    """Calibrated probability of the embedded engine's draft for this very request; None when it has none."""
    embedded_alone: bool = False
    """The draft completes its line, so it may win without asking a model."""
    embedded_available: bool = False
    """The embedded engine can answer this action without a probability: it is the last resort."""
    rules: Literal[1, 3, 4, 5] = 5
    """The rules to decide by: a record made under older ones is decided again as it was. Rules 2 changed from commit to commit
    for a day and are not kept; a change of these is rules 6."""


@dataclass(frozen=True, slots=True)
class ProviderState:
    """What is known about reaching one vendor now."""

    reachable: bool = False
    """A key is present, or a local server answered."""
    enabled: bool = True
    blocked: Literal["", "auth_blocked", "no_credit"] = ""
    """Its key was refused, or its account has no money: free offers pass the second."""
    blocked_until: float = 0.0
    """When that is forgotten, on the clock of `State.now`."""
    latches: int = 0
    """Times in a row that it was blocked."""
    fee: float = 1.0
    """Platform fee that multiplies this vendor's prices."""
    credit_fee: float | None = None
    """The factor on what the vendor says it took from the account's credit; None: the same. It differs where requests go through
    keys of one's own: the platform's part of them, and those that went by its own keys after all, are paid in bought credit."""
    free_limited_until: float = 0.0
    """Until then the vendor's free tier is used up, by our own count."""
    stands_by: bool = False
    """A key of the user's own, beside the gateway of a team that was joined: asked where the team has nothing that may be."""


@dataclass(frozen=True, slots=True)
class Habit:
    """What an offer's calls of one action really took, over what was estimated: factors on the estimate."""

    calls: int = 0
    input: float = 1.0
    output: float = 1.0


@dataclass(frozen=True, slots=True)
class OfferHealth:
    """Recent experience with one offer. Times are seconds on the same clock as `State.now`."""

    successes: float = 0.0
    failures: float = 0.0
    updated: float = 0.0
    open_until: float = 0.0
    limited_until: float = 0.0
    missing_until: float = 0.0
    first_token_s: float | None = None
    tokens_per_s: float | None = None
    kappa: float = 1.0
    """Learned correction of the token estimate."""
    verbosity: float | None = None
    """Learned ratio of real to median output; None uses the effort's prior."""
    habits: Mapping[str, "Habit"] = field(default_factory=dict[str, "Habit"])
    """Learned per action."""
    max_input: int | None = None
    """Learned limit: a longer prompt was refused."""
    max_input_until: float = 0.0
    """When that is forgotten: windows grow, and a refusal may have been wrong."""
    streak: int = 0
    """Failures in a row."""
    trips: int = 0
    """Times the circuit has opened since the last success; past `open_until` one probe is let through."""
    throttles: int = 0
    """Refusals for too many requests in a row."""
    failed: float = 0.0
    """Time of the last failure."""
    read_per_s: float | None = None
    """Tokens of a prompt that a local server reads in a second, where it says so."""
    first_answer_s: float | None = None
    """As `first_token_s`, to the first token that is no thinking."""
    price_factor: float = 1.0
    """How many times its listed price it takes, since a request was refused for its price: as guessed, then as billed;"""
    price_limit: float = 1.0
    """and how many times the limit on its price is raised in requests."""
    price_until: float = 0.0
    """When both are forgotten."""


@dataclass(frozen=True, slots=True)
class State:
    """The world at the moment of the decision."""

    now: float
    """Unix time in seconds."""
    providers: Mapping[str, ProviderState] = field(default_factory=dict[str, ProviderState])
    health: Mapping[str, OfferHealth] = field(default_factory=dict[str, OfferHealth])
    warm: Mapping[str, float] = field(default_factory=dict[str, float])
    """Offer id → time of its last use in this session: its prompt cache may still be warm."""
    budget_left_usd: float | None = None
    seed: int = 0
    """Seed of the spread over hosts of one model; 0 spreads nothing."""


@dataclass(frozen=True, slots=True)
class Cost:
    """USD for one call: the expected sum, its parts, and the most it can be."""

    expected_usd: float
    max_usd: float
    input: float = 0.0
    cached: float = 0.0
    output: float = 0.0
    fee: float = 0.0
    tokens_in: int = 0
    """Estimated prompt tokens at this offer: what learning compares with the bill."""
    tokens_out: int = 0
    host_price: tuple[float, float] | None = None
    """USD per million tokens in and out that a host may ask without the call costing more than ``max_usd``."""


@dataclass(frozen=True, slots=True)
class Chosen:
    offer: Offer
    score: Score | None
    cost: Cost
    why: str
    against: tuple[str, ...] = ()
    """What speaks against it all the same, in words that go on with "it …"; told of a choice by cost."""


@dataclass(frozen=True, slots=True)
class Rejected:
    offer: str
    reason: str
    """The first rule that failed: ``below_floor``, ``no_credentials``, ``context``, …"""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class FrontierPoint:
    offer: str
    expected_usd: float
    score: float


@dataclass(frozen=True, slots=True)
class Unmet:
    """No offer cleared the floor: the rule that emptied the set, and the best there was."""

    rule: str
    best: str = ""
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """Which offer, and why. ``chain`` starts with the chosen offer and goes on with the fall-backs, all above the floor.

    ``frontier``, ``rejected`` and ``considered`` (the offers within reach, whatever became of them) are filled only for
    somebody who asks why: they cost more than the decision.
    """

    request: Request
    snapshot: str
    now: float
    chosen: Chosen | None
    chain: tuple[Chosen, ...] = ()
    frontier: tuple[FrontierPoint, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    unmet: Unmet | None = None
    considered: tuple[Offer, ...] = ()
