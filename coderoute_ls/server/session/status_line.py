"""The status line: which model works, what today cost, whether the quality floor is met."""

import asyncio
import re
import time
from collections.abc import Callable

from coderoute_ls.engine import Asked, CallRecord, Engine
from coderoute_ls.server.rpc.editor_client import Client
from coderoute_ls.server.rpc.messages.coderoute_messages import Status
from coderoute_ls.server.session.configuration import Configuration
from coderoute_ls.server.session.request_context import RequestContexts
from coderoute_ls.settings import Effective

SOON_S = 0.2
"""What is over within this time is not worth showing, no answer waits for what is, and the ledger knows its cost by then."""


class StatusLine:
    """Sends ``coderoute/status`` when something that it shows has changed."""

    def __init__(
        self, client: Client, requests: RequestContexts, configuration: Configuration, engine: Engine, team: Callable[[], str]
    ) -> None:
        self._client = client
        self._requests = requests
        self._configuration = configuration
        self._ledger = engine.ledger
        self._router = engine.router
        self._team = team
        self._model = ""
        self._message = ""
        self._working: set[str] = set()
        """Ids of the calls under way: a call that falls back asks several offers, and is one call."""
        self._sent: Status | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._announced: set[tuple[str, str]] = set()
        engine.records.listen(self._recorded)
        requests.listen(self.send)

    def working(self, event: Asked) -> None:
        """This offer is being asked now. An unmet floor is announced once per action."""
        self._model = event.chosen.offer.name or event.chosen.offer.id
        unmet = event.decision.unmet
        self._message = event.chosen.why if unmet else ""
        action = event.decision.request.action
        if unmet and action not in _QUIET:
            self._announce(f"{action}: {event.chosen.why}.", (action, _kind(event.chosen.why)))
        self._working.add(event.call)
        self.send()

    def _recorded(self, record: CallRecord) -> None:
        """A call is over. A budget that is nearly used up, and a model that costs more than is known, are announced once a day, a
        ledger that cannot be kept once.
        """
        self._working.discard(record.id)
        if record.action in _QUIET and record.finish is not None and record.finish.bad:
            # told once per way of ending, for a refusal has other words at each key: there is no other place to tell it
            self._announce(record.finish.problem, (record.action, f"{record.finish.reason} {record.finish.wire_reason}"))
        if record.warning:
            self._announce(record.warning, (time.strftime("%Y-%m-%d"), record.warning.partition(" of ")[2]))
        if record.dearer and record.answered is not None:
            self._announce(record.dearer, (time.strftime("%Y-%m-%d"), record.answered.offer.id))
        if problem := self._ledger.problem:
            self._announce(problem, ("ledger", _kind(problem)))
        self.send()

    def _announce(self, sentence: str, known: tuple[str, str]) -> None:
        if known not in self._announced:
            self._announced.add(known)
            self._client.show(sentence)

    def send(self) -> None:
        """Tell a client that listens, a moment later, when something then differs from what it was told last."""
        if self._client.can.ours.status and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(SOON_S, self._tell)

    def close(self) -> None:
        """The editor listens no more."""
        if self._timer is not None:
            self._timer.cancel()

    def _tell(self) -> None:
        self._timer = None
        if (status := self.now()) != self._sent:
            self._sent = status
            self._client.status(status)

    def now(self) -> Status:
        """The status as it is now. Asks the ledger what today cost."""
        state = "paused" if self._requests.paused else "working" if self._working else "degraded" if self._message else "idle"
        return Status(
            state=state,
            model=self._model,
            message=self._message,
            today_usd=round(self._ledger.today_usd(), 6),
            quality=(effective := self._effective()).settings.quality,
            daily_usd=effective.settings.budget.daily_usd,
            warn_at=effective.settings.budget.warn_at,
            snoozed_until=self._requests.snoozed_until,
            languages_off=sorted({*effective.settings.inline.languages_off, *effective.settings.next_edit.languages_off}),
            ghost_text=self._router.ghost_text(effective),
            team=self._team(),
            next_edits=any(_suggests_next_edits(self._configuration.settings_for(place)) for place in self._places),
        )

    @property
    def _places(self) -> tuple[str, ...]:
        """All folders, and what lies outside of them."""
        return ("", *self._configuration.folders)

    def _effective(self) -> Effective:
        """Of the document that was asked about last, else of the first folder."""
        place = self._requests.uri or next(iter(self._configuration.folders), "")
        return self._configuration.settings_for(place)


def _suggests_next_edits(effective: Effective) -> bool:
    return effective.settings.next_edit.enable and effective.settings.action("next_edit").enable


def _kind(sentence: str) -> str:
    """What tells one trouble from another: prices, waits and counts in it change, and are no news."""
    return re.sub(r"\d+", "#", sentence)


_QUIET = frozenset({"inline_completion", "completion"})
"""Asked at every keystroke: the status line says it, no message does."""
