"""The effective settings: the layers joined under the trust rule, each value with its source."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args

from coderoute_ls.domain import Axis, Floor, Privacy
from coderoute_ls.settings.all_settings import Section, Settings
from coderoute_ls.settings.declaration_rules import Merge
from coderoute_ls.settings.glob_intersection import intersection
from coderoute_ls.settings.layer import TRUSTED, Issue, Layer, Origin
from coderoute_ls.settings.layer_validation import spelled
from coderoute_ls.settings.settings_reference import declare
from coderoute_ls.settings.settings_tree import Path, assemble, default_of, dotted, field_at, fields_of, leaves, value_of

PRIVACY: tuple[Privacy, ...] = get_args(Privacy)
"""From lax to strict."""

_OVERRULES: Mapping[Path, str] = {("quality",): "min_coding_score", ("objective",): "objective"}
"""A higher place's general wish beats what lower places said for single actions."""

_SHIFT = {"economy": -0.10, "balanced": 0.0, "best": +0.10}
_COMPLETION_FLOOR = {"economy": 0.50, "best": 0.70}
_HIGHEST_PRESET = 0.95


@dataclass(frozen=True, slots=True)
class Effective:
    """The settings of one workspace folder. Immutable: a change builds a new one."""

    settings: Settings
    origins: Mapping[Path, Origin]
    """Where each value that is not a default came from."""
    ignored: tuple[Issue, ...] = ()
    """Values without effect, because a stricter value holds."""
    layers: tuple[Layer, ...] = ()
    """What was joined, lowest first."""

    @property
    def closed(self) -> str:
        """Why no model may be asked at all, where a layer says so."""
        return next((layer.closed for layer in self.layers if layer.closed), "")

    def under(self, *layers: Layer) -> "Effective":
        """These settings with more layers on top, such as what a single request asks for."""
        return effective(*self.layers, *layers)

    def floor_for(self, action_id: str, axis: Axis, default: float) -> Floor:
        """The score a model must reach. ``default`` is the action's own."""
        wanted, least = self._wanted_floor(action_id, axis, default), self.least_floor(action_id)
        return wanted if wanted.value >= least else Floor(least, "policy")

    def least_floor(self, action_id: str) -> float:
        """The score below which a policy lets nothing be asked, be it for want of a better model or asked for by name."""
        said = [layer.floors for layer in self.layers if layer.floors]
        return max((floors.get(name, 0.0) for floors in said for name in (action_id, "*")), default=0.0)

    def _wanted_floor(self, action_id: str, axis: Axis, default: float) -> Floor:
        own = self.settings.action(action_id).min_coding_score
        if own is not None:
            return Floor(own, self.origins[("actions", action_id, "min_coding_score")])
        quality = self.settings.quality
        shifted = round(min(max(default + _SHIFT[quality], 0.0), _HIGHEST_PRESET), 4)
        value = _COMPLETION_FLOOR.get(quality, default) if axis == "completion" else shifted
        return Floor(value, self.origins.get(("quality",), "default"))

    def free_is_agreed(self, action_id: str) -> bool:
        """Whether the user has agreed to free endpoints: by ``allow_free``, or by an objective of their own. A workspace's
        objective is no consent to be trained on.
        """
        own = ("actions", action_id, "objective")
        said = own if own in self.origins else ("objective",)
        objective = self.settings.action(action_id).objective or self.settings.objective
        return self.settings.allow_free or (objective == "free" and self.origins.get(said) in TRUSTED)

    def cap_for(self, action_id: str, axis: Axis, default: float) -> float:
        """The most that one call may cost, in USD. ``default`` is the action's own; what the user set for the action holds
        in its place, and the budget's per-call cap bounds both.
        """
        budget = self.settings.budget
        own = self.settings.action(action_id).max_cost_usd
        if own is not None and self.origins[("actions", action_id, "max_cost_usd")] not in TRUSTED:
            own = min(own, default)
        return min(budget.completion_usd if axis != "coding" else budget.action_usd, default if own is None else own)

    def shown(self) -> Iterator[tuple[str, object, Origin | Literal["default"]]]:
        """Every value, as JSON has it, with its dotted name and where it came from; what may be secret is replaced by dots."""
        for path, value in leaves(self.settings):
            hidden = declare("", field_at(path)).secret and value
            yield dotted(path), "…" if hidden else _jsonable(value), self.origins.get(path, "default")


def effective(*layers: Layer) -> Effective:
    """Join the layers, lowest first: user file, (user level of our own client,) workspace, editor, arguments."""
    values: dict[Path, object] = {}
    origins: dict[Path, Origin] = {}
    ignored: list[Issue] = []
    for layer in layers:
        for general, particular in _OVERRULES.items():
            if general in layer.values:
                for path in [path for path in values if path[0] == "actions" and path[-1] == particular]:
                    del values[path], origins[path]
        for path, value in layer.values.items():
            declared = declare(dotted(path), field_at(path))
            if layer.origin in TRUSTED or declared.merge == "replace":
                values[path], origins[path] = value, layer.origin
                continue
            below = values.get(path, default_of(field_at(path)))
            joined = _join(declared.merge, below, value)
            if joined != below:
                values[path], origins[path] = joined, layer.origin
            elif value != below and declared.merge not in ("union", "intersection"):
                key = spelled(path, layer.origin)
                ignored.append(Issue(layer.origin, key, f"{key} is ignored: the {_WINS[declared.merge]} value already holds"))
    for layer in layers:  # last: no other layer overrules what could not be read
        for path, value in layer.unread.items():
            merge = declare("", field_at(path)).merge
            below = values.get(path, default_of(field_at(path)))
            values[path], origins[path] = _join(merge, below, value), layer.origin
    for layer in layers:
        for path, value in layer.bounds.items():
            below = values.get(path, default_of(field_at(path)))
            joined = _join(declare("", field_at(path)).merge, below, value)
            if joined != below:
                values[path], origins[path] = joined, layer.origin
    return Effective(assemble(values), origins, tuple(ignored), layers)


def goes_along(other: Settings, asked: Settings) -> bool:
    """Whether a text of a place with the settings ``other`` may stand in a prompt that is sent by the settings ``asked``: whoever
    may be asked by these may be asked by its own as well."""
    if other is asked:
        return True
    off = {vendor for vendor, row in other.providers.items() if not row.enable}
    return (
        PRIVACY.index(other.privacy) <= PRIVACY.index(asked.privacy)
        and (not other.models.allow or other.models.allow == asked.models.allow)
        and set(other.models.deny) <= set(asked.models.deny)
        and off <= {vendor for vendor, row in asked.providers.items() if not row.enable}
    )


def _jsonable(value: object) -> object:
    if isinstance(value, Section):
        return {name: _jsonable(value_of(value, name)) for name in fields_of(type(value))}
    return [_jsonable(item) for item in cast("tuple[object, ...]", value)] if isinstance(value, tuple) else value


_WINS: Mapping[Merge, str] = {"minimum": "lower", "maximum": "higher", "stricter": "stricter"}


def _join(rule: Merge, below: object, value: object) -> object:
    if below is None:
        return value
    match rule:
        case "replace":
            return value
        case "union":
            return tuple(dict.fromkeys(cast("tuple[str, ...]", below) + cast("tuple[str, ...]", value)))
        case "intersection":
            return intersection(cast("tuple[str, ...]", below), cast("tuple[str, ...]", value))
        case "minimum":
            return min(cast("float", below), cast("float", value))
        case "maximum":
            return max(cast("float", below), cast("float", value))
        case "stricter" if isinstance(value, bool):
            return below and value
        case "stricter":
            return max(cast("str", below), cast("str", value), key=cast("tuple[str, ...]", PRIVACY).index)
