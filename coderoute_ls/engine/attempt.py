"""One offer being asked: what it has sent so far, and what that costs."""

from coderoute_ls.domain import Chosen, Delta, Finish, StreamEvent
from coderoute_ls.domain.ledger import Reservation
from coderoute_ls.engine.clock import Clock
from coderoute_ls.errors import ProviderError, ProviderUnavailable

CHARS_PER_TOKEN = 4.0
"""Only for answers that were cut before their usage arrived."""


class Attempt:
    """Watches the events of one stream go by."""

    def __init__(self, chosen: Chosen, reservation: Reservation | None, clock: Clock) -> None:
        self.chosen = chosen
        self.reservation = reservation
        self._clock = clock
        self._began = clock.monotonic()
        self._last = self._began
        self.first_token_s: float | None = None
        self.chars = 0
        self.finish: Finish | None = None
        self.error: ProviderError | None = None

    @property
    def sent(self) -> bool:
        """Whether anything arrived that is paid for."""
        return self.chars > 0 or self.finish is not None

    @property
    def total_s(self) -> float:
        return self._last - self._began

    def see(self, event: StreamEvent) -> None:
        """Take note of an event. Raises `ProviderUnavailable` for an end that is none: cut off, or an error as a finish."""
        self._last = self._clock.monotonic()
        if isinstance(event, Delta):
            if self.first_token_s is None:
                self.first_token_s = self.total_s
            self.chars += len(event.text) + len(event.reasoning)
            return
        self.finish = event
        if self.first_token_s is not None:  # loading a model says nothing about its speed
            self._began += event.waited_s
            self.first_token_s -= event.waited_s
        if event.reason in ("incomplete", "error") or (event.reason == "stop" and not self.chars and not event.usage):
            raise ProviderUnavailable(
                f"{self.chosen.offer.provider} ended its answer before it was complete.",
                provider=self.chosen.offer.provider,
                after_text=self.chars > 0,
            )

    @property
    def tokens_per_s(self) -> float | None:
        usage = self.finish.usage if self.finish else None
        if usage is None or self.first_token_s is None or self.total_s <= self.first_token_s:
            return None
        return usage.output / (self.total_s - self.first_token_s)
