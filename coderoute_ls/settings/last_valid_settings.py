"""The last valid settings of each source: they stay in force when the source cannot be read now."""

from dataclasses import replace

from coderoute_ls.settings.layer_validation import Layer
from coderoute_ls.settings.settings_tree import Path


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
