"""A layer: the valid settings of one place, what could not be used of it, and the last one that could be read."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from coderoute_ls.settings.settings_reference import declare
from coderoute_ls.settings.settings_tree import Path, field_at

Origin = Literal["user", "choice", "workspace", "editor", "request", "policy"]
TRUSTED: frozenset[Origin] = frozenset({"user", "choice", "request"})
"""Where every setting may come from. A repository speaks through the other two."""

PLACE: dict[Origin, str] = {
    "user": "your config.toml",
    "choice": "your choice for this folder",
    "workspace": "coderoute.toml",
    "editor": "the editor's settings",
    "request": "the arguments",
    "policy": "your organisation's policy",
}


@dataclass(frozen=True, slots=True)
class Issue:
    """Something in the settings that could not be used. ``message`` is for people and never repeats a value."""

    origin: Origin
    key: str
    """As the place that set it spells it; "" when the whole place is meant."""
    message: str

    def __str__(self) -> str:
        return f"{PLACE[self.origin]}: {self.message}"


@dataclass(frozen=True, slots=True)
class Layer:
    """The valid settings of one place: only what it sets, and only what it may set."""

    origin: Origin
    values: Mapping[Path, object]
    unread: Mapping[Path, object] = field(default_factory=dict[Path, object])
    """What holds in the place of what could not be read, whatever other layers say."""
    whole: bool = False
    """Nothing of this place could be read."""
    bounds: Mapping[Path, object] = field(default_factory=dict[Path, object])
    """What holds whatever other layers say, each joined by its own rule: a policy's."""
    floors: Mapping[str, float] = field(default_factory=dict[str, float])
    """By action the score below which nothing is asked, whatever other layers say; ``*`` stands for all actions."""
    closed: str = ""
    """Why no model may be asked at all, where this layer says so."""

    @property
    def restrictions(self) -> "Layer":
        """Only what forbids something: joined with others it can make them stricter, and nothing else."""
        kept = {path: value for path, value in self.values.items() if declare("", field_at(path)).merge != "replace"}
        return replace(self, values=kept)


class LastGood:
    """Remembers one layer per place, a file or an editor's scope."""

    def __init__(self) -> None:
        self._layers: dict[str, Layer] = {}

    def holding(self, place: str, layer: Layer) -> Layer:
        """``layer`` as it was just read, with what was read of this place before where it could not be read. What the place said
        nothing about before has no last good value: there the strictest holds, as ``layer.unread`` says, for somebody may
        just have been adding a restriction.
        """
        before = self._layers.get(place)
        held = layer if before is None or not layer.unread else _held(layer, before)
        self._layers[place] = held
        return held


def _held(layer: Layer, before: Layer) -> Layer:
    if layer.whole:
        unread = {path: value for path, value in layer.unread.items() if path not in before.values}
        return replace(before, unread={**unread, **before.unread}, whole=True)
    values, unread = dict(layer.values), dict(layer.unread)
    for path in layer.unread:
        known = {place: value for place, value in before.values.items() if _same_row(place, path)}
        if known and path not in before.unread:
            values = {place: value for place, value in values.items() if not _same_row(place, path)} | known
            del unread[path]
    return replace(layer, values=values, unread=unread)


def _same_row(place: Path, path: Path) -> bool:
    """The same setting; of a provider, whose rows are believed as a whole, any of its settings."""
    return place[:2] == path[:2] if path[0] == "providers" else place == path
