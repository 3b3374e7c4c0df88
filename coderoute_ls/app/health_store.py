"""Experience with offers, kept between runs and shared by processes: health, calibration, free-tier calls, and what their
endpoints do not accept.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

from coderoute_ls.domain import OfferHealth
from coderoute_ls.providers.error_responses.learned_adaptations import Adaptations
from coderoute_ls.selection.pricing.free_tier_use import DAY_S
from coderoute_ls.storage import Locked, lock, read_document, write_document

if TYPE_CHECKING:
    from coderoute_ls.app.health_file import HealthFile

VERSION = 1
KEPT_S = 180 * DAY_S
"""Experience with an offer is forgotten when the offer was not used for this long."""


class HealthStore:
    """Health by offer id and free-tier calls by vendor. Changes stay in memory until `save`; nothing here raises on a bad
    file: it is set aside, and experience starts afresh.
    """

    def __init__(self, file: Path | None) -> None:
        """``file`` None keeps everything in memory."""
        self._file = file
        self._health: dict[str, OfferHealth] = {}
        self._calls: dict[str, tuple[float, ...]] = {}
        self._changed: set[str] = set()
        self.adaptations = Adaptations()
        """What endpoints do not take; `ProviderClient` learns it."""
        self.listeners: list[Callable[[str, OfferHealth, OfferHealth], None]] = []
        """Told of each change: the offer, its health before and after."""
        self.problem = ""
        self.unwritten: OSError | None = None
        """Why it could not be written the last time."""
        """What was wrong with the file, for the log."""
        if file is not None and file.exists() and (kept := self._read(file)) is not None:
            self._health, self._calls = dict(kept.health), dict(kept.free_calls)
            self.adaptations.join(kept.adaptations)

    @property
    def health(self) -> Mapping[str, OfferHealth]:
        return MappingProxyType(self._health)

    def of(self, offer_id: str) -> OfferHealth:
        return self._health.get(offer_id, OfferHealth())

    def put(self, offer_id: str, health: OfferHealth) -> None:
        before = self.of(offer_id)
        self._health[offer_id] = health
        self._changed.add(offer_id)
        for listener in self.listeners:
            listener(offer_id, before, health)

    def learn(self, offer_id: str, change: Callable[[OfferHealth], OfferHealth]) -> None:
        """What somebody else experienced: it is told to no listener."""
        self._health[offer_id] = change(self.of(offer_id))
        self._changed.add(offer_id)

    def free_calls(self, provider: str) -> tuple[float, ...]:
        """Times of the calls to this vendor's free offers today (UTC), of all processes that have saved."""
        return self._calls.get(provider, ())

    def count_free_call(self, provider: str, now: float) -> None:
        self._calls[provider] = (*_today(self._calls.get(provider, ()), now), now)
        self._changed.add("")

    def save(self, now: float) -> None:
        """Join the changes with what other processes wrote, and write. An offer's newest experience wins.

        Waits at most half a second for another writer; then the changes stay for the next time.
        """
        if self._file is None or not (self._changed or self.adaptations.changed):
            return
        from coderoute_ls.app.health_file import HealthFile

        try:
            with lock(self._file.with_name(f".{self._file.name}.lock"), timeout=0.5):
                if (theirs := self._read(self._file)) is not None:
                    self._join(theirs, now)
                kept = HealthFile(health=self._health, free_calls=self._calls, adaptations=dict(self.adaptations.by_place))
                content = kept.model_dump(mode="json", exclude_defaults=True)
                write_document(self._file, VERSION, cast("dict[str, object]", content))
        except Locked as error:
            self.problem = error.user_message
            return
        except OSError as error:
            self.problem, self.unwritten = str(error), error
            return
        self.unwritten = None
        self._changed.clear()
        self.adaptations.changed = False

    def _join(self, theirs: "HealthFile", now: float) -> None:
        for offer_id, health in theirs.health.items():
            mine = self._health.get(offer_id)
            if mine is None or offer_id not in self._changed or health.updated > mine.updated:
                self._health[offer_id] = health
        self._health = {name: health for name, health in self._health.items() if now - health.updated < KEPT_S}
        self.adaptations.join(theirs.adaptations)
        self.adaptations.forget(now)
        for provider, calls in theirs.free_calls.items():
            self._calls[provider] = tuple(sorted({*calls, *self._calls.get(provider, ())}))
        self._calls = {provider: _today(calls, now) for provider, calls in self._calls.items()}

    def _read(self, file: Path) -> "HealthFile | None":
        from coderoute_ls.app.health_file import read  # pydantic, which a first start does not need

        loaded = read_document(file, VERSION)
        self.problem = loaded.problem
        kept = read(loaded.content or {})
        if kept is None:
            self.problem = f"{file} does not hold what it should; it is not used"
        return kept


def _today(calls: tuple[float, ...], now: float) -> tuple[float, ...]:
    midnight = now // DAY_S * DAY_S
    return tuple(call for call in calls if call >= midnight)
