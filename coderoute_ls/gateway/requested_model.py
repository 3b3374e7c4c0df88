"""What the name in a request's ``model`` means: a floor, an action's floor, or one model. Pure."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from coderoute_ls.gateway.caller_error import CallerError, invalid
from coderoute_ls.settings.all_settings import GatewaySettings
from coderoute_ls.text.did_you_mean import did_you_mean

OWN = "coderoute"
PARETO = "openrouter/pareto-code"
"""The name under which a hosted router takes a floor; its clients can be pointed here unchanged."""


@dataclass(frozen=True, slots=True)
class RequestedModel:
    """The model that a caller wants. Without ``pinned`` the selector chooses."""

    name: str
    """As the caller wrote it."""
    floor: float | None = None
    """Lowest score; None: that of the action, or of the gateway."""
    action: str = ""
    """The action whose floor, axis and cap hold; "" is the gateway's own."""
    pinned: str = ""
    """Offer or model that is asked whatever its score; caps and privacy hold all the same."""
    max_cost_usd: float | None = None


def requested_model(
    name: object, floor: object, settings: GatewaySettings, actions: Collection[str], known: Callable[[], Collection[str]]
) -> RequestedModel:
    """``floor``: ``min_coding_score`` of the body, or of the header as text; None where neither says one. ``known``: the offers
    and models of the catalogue: they are thousands, and asked for only where none of the gateway's own names is meant. Raises
    `CallerError`: 404 with the nearest names, 400 for a floor outside of 0 to 1.
    """
    if not isinstance(name, str) or not name.strip():
        raise invalid(f"`model` must be a name: `{OWN}`, `{OWN}/<action>`, or a provider/model.", "model")
    wish = replace(_named(name.strip(), settings, actions, known), name=name)
    return wish if floor is None else replace(wish, floor=floor_value(floor))


def _named(
    name: str, settings: GatewaySettings, actions: Collection[str], known: Callable[[], Collection[str]]
) -> RequestedModel:
    for pattern, meant in settings.models.items():
        if fnmatchcase(name.lower(), pattern.lower()):
            return RequestedModel(name, meant.min_coding_score, pinned=meant.model or "")
    if name in (OWN, PARETO):
        return RequestedModel(name)
    prefix, _, action = name.partition("/")
    if prefix == OWN and action in actions:
        return RequestedModel(name, action=action)
    names = known()
    if name in names:
        return RequestedModel(name, pinned=name)
    names = (OWN, *(f"{OWN}/{each}" for each in actions), *names)
    raise CallerError(404, "not_found", f"There is no model {name[:200]!r}{did_you_mean(name[:200], names)}", "model")


def floor_value(floor: object) -> float:
    """A floor as a number, or as the text of a header. Raises `CallerError`."""
    try:
        value = float(floor) if isinstance(floor, int | float | str) and not isinstance(floor, bool) else -1.0
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise invalid("`min_coding_score` must be a number from 0 to 1.", "min_coding_score")
    return value


def from_plugins(wish: RequestedModel, plugins: Sequence[Mapping[str, object]]) -> RequestedModel:
    """What OpenRouter's ``pareto-router`` plugin asks for. Raises `CallerError` for a plugin that would not be obeyed."""
    for plugin in plugins:
        if plugin.get("id") != "pareto-router":
            raise invalid(f"The plugin {str(plugin.get('id'))[:80]!r} cannot be run by the gateway.", "plugins")
        if (floor := plugin.get("min_coding_score")) is not None:
            wish = replace(wish, floor=floor_value(floor))
        if (price := plugin.get("max_price")) is not None:
            if not isinstance(price, int | float) or isinstance(price, bool) or price < 0:
                raise invalid("`max_price` must be a number of dollars.", "plugins")
            wish = replace(wish, max_cost_usd=float(price))
    return wish
