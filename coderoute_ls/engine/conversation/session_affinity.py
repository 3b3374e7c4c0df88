"""Conversations that go on: which one a request belongs to, and whether it stays with the model that answered before.

A model knows its own conversation: its vendor's cache holds the prompt, and its signed thoughts are good there alone. Another
one is chosen only where it saves more than that.
"""

import hashlib
from collections import OrderedDict
from dataclasses import replace

from coderoute_ls.domain import Chosen, Decision, Prompt
from coderoute_ls.domain.conversation import ReasoningPart

KEPT = 1_000
"""Sessions that are remembered, the latest first."""
TURNS_AHEAD = 3
"""Further requests of a session over which a change may pay off: agents ask several times a turn."""


def with_session(prompt: Prompt) -> Prompt:
    """The prompt with its session, and how much of it the last request of that session had as well: all but the last message.
    Without a key of the client's own, conversations that begin alike are one. Two users never share one, whatever they call it:
    a vendor that is told of users keeps their caches apart.
    """
    if not prompt.messages:
        return prompt
    last = prompt.messages[-1]
    before = max(prompt.chars - len(last.words), 0)
    return replace(prompt, session=_key(prompt), cacheable_chars=prompt.cacheable_chars or before)


def _key(prompt: Prompt) -> str:
    if prompt.session:
        return f"of-user-{_digest(prompt.session, prompt.user)}" if prompt.user else prompt.session
    first = next((message.words for message in prompt.messages if message.role == "user"), "")
    return f"begins-{_digest(prompt.system_words, first, prompt.user)}"


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:32]


class Sessions:
    """Remembers the offer that answered last in each session. Bounded; nothing of a prompt is kept."""

    def __init__(self) -> None:
        self._offers: OrderedDict[str, str] = OrderedDict()

    def last(self, session: str) -> str | None:
        return self._offers.get(session)

    def answered(self, session: str, offer: str) -> None:
        if session:
            self._offers[session] = offer
            self._offers.move_to_end(session)
        while len(self._offers) > KEPT:
            self._offers.popitem(last=False)


def clears(old: Chosen, decision: Decision) -> bool:
    """Whether the session's own offer is good enough for this request: as good as the floor, or as what was chosen below it."""
    new = decision.chosen
    if old.score is None or new is None:
        return False
    floor = decision.request.floor.value
    return old.score.low >= (floor if decision.unmet is None else min(floor, new.score.low if new.score else floor))


def stays(decision: Decision, old: Chosen, prompt: Prompt) -> bool:
    """Whether the session stays with ``old``, priced for this request with its warm cache, though another offer was chosen.

    The new one has to write its cache first and read it afterwards; what its own price says of this one request is its first, and
    its most expensive one. Signed thoughts in the conversation are lost with a change, so only a clear saving counts there.
    """
    new = decision.chosen
    if new is None or new.offer.id == old.offer.id:
        return new is not None
    first = new.cost.expected_usd
    later = max(first - new.cost.input, 0.0) + new.cost.input * _WARM_SHARE
    saved = (old.cost.expected_usd - first) + TURNS_AHEAD * (old.cost.expected_usd - later)
    signed = any(isinstance(part, ReasoningPart) and part.token for message in prompt.messages for part in message.parts)
    return saved <= (old.cost.expected_usd if signed else 0.0)


_WARM_SHARE = 0.25
"""Of the price of cold input, what warm input costs at most vendors, with room for what is not held."""


def staying(decision: Decision, own: Decision) -> Decision:
    """The decision for the session's own offer, with the fall-backs of the one that was made afresh."""
    assert own.chosen is not None
    kept = replace(own.chosen, why=f"This conversation stays with its model, a change would cost more: {own.chosen.why}")
    return replace(own, chosen=kept, chain=(kept, *(one for one in decision.chain if one.offer.id != kept.offer.id)))
