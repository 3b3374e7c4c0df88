"""One request to one offer: what it has sent so far, and what that costs."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from coderoute_ls.domain import Chosen, Decision, Delta, Dispatch, Finish, Prompt, Purpose, StreamEvent, Usage
from coderoute_ls.domain.clock import Clock
from coderoute_ls.domain.ledger import Reservation
from coderoute_ls.domain.vendor import TEAM
from coderoute_ls.errors import (
    BoundExceeded,
    ConnectionFailed,
    ContextTooLong,
    DeadlineExceeded,
    ProviderError,
    ProviderUnavailable,
    RateLimited,
)

if TYPE_CHECKING:
    from coderoute_ls.domain.conversation.events import ModelEvent
    from coderoute_ls.engine.types import EngineCall

GAVE_UP_WAITING = frozenset({504, 524})
"""What a proxy says of a vendor that has the request and may still be answering it."""
SHORT_WAIT_S = 2.0
"""A Retry-After up to this is waited for, once; a longer one means the next offer."""


@dataclass(frozen=True, slots=True)
class Booked:
    """The tokens that an attempt is booked with."""

    usage: Usage
    input_counted: bool
    """The vendor counted them, and it can be true; else they are estimated."""
    output_counted: bool


class Attempt:
    """Watches the events of one stream go by."""

    def __init__(self, chosen: Chosen, reservation: Reservation | None, clock: Clock) -> None:
        self.chosen = chosen
        self.reservation = reservation
        self._clock = clock
        self._began = clock.monotonic()
        self._last = self._began
        self.dispatch = Dispatch()
        self.first_token_s: float | None = None
        self.first_answer_s: float | None = None
        """To the first token that is no thinking."""
        self.text_chars = 0
        self.reasoning_chars = 0
        self.call_chars = 0
        """Names and arguments of the tools that the model called, and refusals."""
        self.finish: Finish | None = None
        self.error: ProviderError | None = None
        self.booked: Booked | None = None
        """Once it is over and was reckoned."""
        self.cost_usd = 0.0
        """The same."""

    @property
    def chars(self) -> int:
        """Everything that the model wrote, its reasoning included."""
        return self.text_chars + self.reasoning_chars + self.call_chars

    @property
    def usage(self) -> Usage | None:
        """What the vendor counted, whether it came to an end or failed."""
        if self.finish is not None and self.finish.usage is not None:
            return self.finish.usage
        return None if self.error is None else self.error.usage

    @property
    def sent(self) -> bool:
        """Whether anything of an answer arrived."""
        return self.chars > 0 or self.finish is not None or self.usage is not None

    @property
    def may_cost(self) -> bool:
        """Whether the vendor may charge for it: something arrived, or the request had left and was not refused."""
        error = self.error
        if self.sent or error is None:
            return self.sent or self.dispatch.left
        if error.status is not None:
            return error.status in GAVE_UP_WAITING
        return self.dispatch.left and isinstance(error, ConnectionFailed | BoundExceeded)

    @property
    def never_left(self) -> bool:
        """Whether it was given up before the request had left."""
        return not self.may_cost and self.error is None and self.reservation is not None

    @property
    def repeatable(self) -> bool:
        """Whether the same request may be sent again after a broken connection: no byte of it can have been processed."""
        return not self.sent and not self.dispatch.left

    @property
    def total_s(self) -> float:
        return self._last - self._began

    @property
    def waited_s(self) -> float:
        """Seconds since it was asked."""
        return self._clock.monotonic() - self._began

    def see(self, event: StreamEvent) -> None:
        """Take note of an event. Raises `ProviderUnavailable` for an end that is none: cut off, or an error as a finish."""
        self._last = self._clock.monotonic()
        if isinstance(event, Delta):
            if self.first_token_s is None:
                self.first_token_s = self.total_s
            if self.first_answer_s is None and event.text:
                self.first_answer_s = self.total_s
            self.text_chars += len(event.text)
            self.reasoning_chars += len(event.reasoning)
            return
        if not isinstance(event, Finish):
            self._wrote(event)
            return
        self.finish = event
        if self.first_token_s is not None:  # loading a model says nothing about its speed
            self._began += event.waited_s
            self.first_token_s -= event.waited_s
            if self.first_answer_s is not None:
                self.first_answer_s -= event.waited_s
        if self._is_none(event):
            said = f" (“{event.wire_reason}”)" if event.wire_reason else ""
            raise ProviderUnavailable(
                f"{self.chosen.offer.provider} ended its answer before it was complete{said}.",
                provider=self.chosen.offer.provider,
                after_text=self.chars > 0,
            )

    def _wrote(self, event: "ModelEvent") -> None:
        """Something beside text: what of it the model wrote counts, what is only told about the answer does not."""
        from coderoute_ls.domain.conversation import Refusal, ToolCallPiece, ToolCallStart

        match event:
            case ToolCallStart():
                self.call_chars += len(event.name)
            case ToolCallPiece():
                self.call_chars += len(event.arguments)
            case Refusal():
                self.call_chars += len(event.text)
            case _:
                return
        if self.first_token_s is None:
            self.first_token_s = self.total_s
        if self.first_answer_s is None:
            self.first_answer_s = self.total_s

    def _is_none(self, finish: Finish) -> bool:
        """Whether an end is none: cut off, failed, or without a single word before it."""
        if finish.reason in ("incomplete", "error"):
            return True
        return not self.chars and (finish.reason == "other" or (finish.reason == "stop" and not finish.usage))

    @property
    def tokens_per_s(self) -> float | None:
        usage = self.finish.usage if self.finish else None
        if usage is None or self.first_token_s is None or self.total_s <= self.first_token_s:
            return None
        return usage.output / (self.total_s - self.first_token_s)


def pause_before_again(error: ProviderError, attempt: Attempt) -> float | None:
    """Seconds after which the same offer may be asked once more, or None: it refused for a moment, or got no byte of it."""
    if isinstance(error, RateLimited):
        short = error.retry_after is not None and error.retry_after <= SHORT_WAIT_S and not attempt.sent
        return error.retry_after if short else None
    broke = isinstance(error, ConnectionFailed) and not isinstance(error, DeadlineExceeded)
    return 0.0 if broke and attempt.repeatable else None


def useless_after(chosen: Chosen, failed: Attempt) -> bool:
    """Whether an offer need not be asked because another one failed: what was too long for that does not fit it, or it is behind
    the same gateway of a team, which is out of reach, refused the key or has no money left for it."""
    error, before = failed.error, failed.chosen.offer
    if isinstance(error, ContextTooLong):
        return (chosen.offer.context or 0) <= (before.context or 0)
    behind_it = isinstance(error, ConnectionFailed) or (error is not None and error.scope in ("vendor", "account"))
    return behind_it and chosen.offer.provider == before.provider == TEAM


def sendable(call: "EngineCall", decision: Decision, attempt: Attempt, pauses: int) -> Prompt:
    """The call's prompt as this attempt sends it: with what its vendor may do with it, and what it is for."""
    privacy, chosen, action = call.settings.settings.privacy, attempt.chosen, call.action
    if privacy == "any" and chosen.cost.max_usd == 0 and not decision.request.allow_free:
        privacy = "no_training"  # it was chosen for this promise, which some vendors keep only where they are told to
    reached = min(decision.request.floor.value, 0.0 if chosen.score is None else max(chosen.score.low, 0.0))
    return replace(
        call.prompt,
        privacy=privacy,
        dispatch=attempt.dispatch,
        host_price=chosen.cost.host_price,
        pauses=pauses,
        purpose=Purpose(action.id, call.target.folder, reached, typing=action.first_token_budget_s is not None),
    )
