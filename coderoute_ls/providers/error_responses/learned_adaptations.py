"""What endpoints do not take, by place, each with the time of its last refusal. The values can be saved and restored."""

from collections.abc import Mapping
from types import MappingProxyType

from coderoute_ls.providers.error_responses.request_adaptation import Adaptation

KEPT_S = 86_400.0
"""What an endpoint does not take is believed for a day: servers are upgraded, models exchanged."""

Kept = tuple[float, Adaptation]
"""When something was refused last (Unix time), and how requests are changed since."""


class Adaptations:
    """By place: an offer at an address in a dialect."""

    def __init__(self) -> None:
        self._by_place: dict[str, Kept] = {}
        self.changed = False
        """Something was learned that is not saved yet."""

    @property
    def by_place(self) -> Mapping[str, Kept]:
        return MappingProxyType(self._by_place)

    def of(self, place: str, now: float) -> Adaptation:
        """How requests to this place are changed; not at all where that is forgotten, or was never learned."""
        when, known = self._by_place.get(place, (0.0, _NOTHING))
        return known if _believed(when, now) else _NOTHING

    def put(self, place: str, adaptation: Adaptation, now: float) -> None:
        """This was refused now."""
        self._by_place[place] = now, adaptation
        self.changed = True

    def join(self, others: Mapping[str, Kept]) -> None:
        """Take over what others learned later."""
        for place, kept in others.items():
            if place not in self._by_place or self._by_place[place][0] < kept[0]:
                self._by_place[place] = kept[0], kept[1].sound()

    def forget(self, now: float) -> None:
        """Drop what is not believed any more."""
        self._by_place = {place: kept for place, kept in self._by_place.items() if _believed(kept[0], now)}


_NOTHING = Adaptation()


def _believed(when: float, now: float) -> bool:
    return 0 <= now - when <= KEPT_S
