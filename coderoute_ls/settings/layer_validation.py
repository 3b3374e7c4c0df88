"""From what a file or an editor sent to a layer of valid settings. Never raises: a bad key falls back alone, to the strictest
value that it may have been meant to have (`strictest_values`)."""

from collections.abc import Collection, Mapping
from functools import partial
from types import MappingProxyType
from typing import cast

from coderoute_ls.settings import settings_tree, strictest_values
from coderoute_ls.settings.all_settings import Section, Settings
from coderoute_ls.settings.glob_intersection import NOTHING
from coderoute_ls.settings.layer import TRUSTED, Issue, Layer, Origin
from coderoute_ls.settings.settings_reference import declare
from coderoute_ls.settings.settings_tree import Declared, Path, field_at
from coderoute_ls.text import camel
from coderoute_ls.text.did_you_mean import nearest

LONGEST_KEY = 80
"""Characters of a key that are repeated."""
MOST_CONSIDERED = 50
MOST_ISSUES = 20
"""Named one by one; a file with more mistakes is not a settings file."""


def unreadable(origin: Origin, complaint: str) -> tuple[Layer, tuple[Issue, ...]]:
    """The layer of a place of which nothing could be read."""
    unread = {path: value for path, value in strictest_values.WHOLE.items() if _may(origin, path)}
    issue = Issue(origin, "", f"{complaint}; until it is corrected, {_told(unread)}")
    return Layer(origin, {}, unread, whole=True), (issue,)


def _told(unread: Mapping[Path, object]) -> str:
    strictest = ", ".join(f"{settings_tree.dotted(path)} = {_value(value)}" for path, value in unread.items())
    return f"the last valid value holds, and where there was none {strictest}"


def _value(value: object) -> str:
    return (
        "nothing"
        if value == NOTHING
        else str([*cast("tuple[object, ...]", value)] if isinstance(value, tuple) else value).lower()
    )


def _may(origin: Origin, path: Path) -> bool:
    return origin in TRUSTED or settings_tree.open_to_all(field_at(path))


def parse(raw: object, action_ids: Collection[str], origin: Origin) -> tuple[Layer, tuple[Issue, ...]]:
    """``raw`` is decoded TOML or JSON, in snake_case or camelCase. A null is the same as an omitted key. What a place that is
    not trusted may not say does not become part of its layer.
    """
    complaints = _Complaints(origin)
    if raw is None or raw == []:  # Lua's empty table
        raw = {}
    if not isinstance(raw, Mapping):
        return unreadable(origin, "the settings must be a table")
    try:
        return _parsed(cast("Mapping[object, object]", raw), action_ids, complaints, origin)
    except RecursionError:
        return unreadable(origin, "the settings have too many tables inside tables")


def _parsed(
    raw: Mapping[object, object], action_ids: Collection[str], complaints: "_Complaints", origin: Origin
) -> tuple[Layer, tuple[Issue, ...]]:
    tree = _Speller(complaints, action_ids, origin).table(raw, Settings)
    if _says_nothing(tree):
        return Layer(origin, {}, complaints.unread), complaints.issues()
    from pydantic import ValidationError

    from coderoute_ls.settings.pydantic_models import valid

    while True:
        try:
            values = valid(tree)
        except ValidationError as error:
            for problem in reversed(error.errors(include_url=False, include_input=False)):
                location = tuple(part for part in problem["loc"] if part != "[key]")
                _remove(tree, location)
                path = tuple(str(part) for part in location)
                complaint = _complaint(location, problem["type"], problem["msg"])
                complaints.add(path, complaint, instead=strictest_values.of_place(path))
        else:
            _switched_off(values, complaints)
            return Layer(origin, values, _still_unread(complaints.unread, values)), complaints.issues()


def _switched_off(values: Mapping[Path, object], complaints: "_Complaints") -> None:
    """Somebody who switches off a provider under another name means one that we know."""
    for path, value in values.items():
        if path[0] == "providers" and path[2] == "enable" and value is False:
            vendor = path[1]
            addressed = any((*path[:2], name) in values for name in ("base_url", "model_path"))
            if not addressed and vendor not in (known := _vendors()):
                instead = strictest_values.of_unknown_vendor(vendor, known)
                complaints.add(path[:2], "is not a provider that is known by name", known, instead=instead)


def _vendors() -> Collection[str]:
    from coderoute_ls.domain.vendor_table import VENDORS  # late: few settings need it

    return VENDORS


def _still_unread(unread: Mapping[Path, object], values: Mapping[Path, object]) -> Mapping[Path, object]:
    """Of a list of what is allowed, the entries that could be read are enough: the others allow nothing."""
    return {
        path: value
        for path, value in unread.items()
        if not (values.get(path) and declare("", field_at(path)).merge == "intersection")
    }


def speaks_to_us(table: Mapping[str, object]) -> bool:
    """Whether settings that an editor sent without naming a server may be ours."""
    known = settings_tree.names(Settings)
    return any(strictest_values.resembles(str(key), name) for key in [*table][:MOST_CONSIDERED] for name in known)


def _says_nothing(tree: Mapping[str, object]) -> bool:
    return all(isinstance(part, dict) and _says_nothing(cast("dict[str, object]", part)) for part in tree.values())


def spelled(path: Path, origin: Origin) -> str:
    """The key as that place writes it: editors use camelCase under ``coderoute``."""
    if origin == "editor" and path:
        return "coderoute." + ".".join(camel(name) if name.isidentifier() else name for name in path)
    return settings_tree.dotted(path)


class _Complaints:
    """Collects what is wrong with one place: the first few mistakes, and how many more there are."""

    def __init__(self, origin: Origin) -> None:
        self._origin: Origin = origin
        self.unread: dict[Path, object] = {}
        self._found: list[Issue] = []
        self._more = 0

    def add(
        self, path: Path, complaint: str, known: Collection[str] = (), *, instead: Mapping[Path, object] = MappingProxyType({})
    ) -> None:
        """``known``: what may have been meant; ``instead``: what holds until it can be read."""
        instead = {place: value for place, value in instead.items() if _may(self._origin, place)}
        self.unread.update(instead)
        if len(self._found) == MOST_ISSUES:
            self._more += 1
            return
        close = self._elsewhere(path[-1] if known else "") or nearest(path[-1], known, most=1)
        meant = f"; did you mean {close[0]}?" if close else ""
        key = spelled(path, self._origin)
        until = ""
        if instead:
            complaint, until = complaint.removesuffix("; it is ignored"), f"; until it is corrected, {_told(instead)}"
        self._found.append(Issue(self._origin, key, f"{key} {complaint}{meant}{until}".lstrip()))

    def _elsewhere(self, name: str) -> tuple[str, ...]:
        """The one setting of this name, in the table that it belongs to."""
        places = [spelled(place, self._origin).replace('"<id>"', "<id>") for place in strictest_values.elsewhere(name)]
        return tuple(places) if len(places) == 1 else ()

    @property
    def many(self) -> bool:
        """So many that each further one costs too much to think about."""
        return self._more > MOST_CONSIDERED

    def issues(self) -> tuple[Issue, ...]:
        more = (Issue(self._origin, "", f"{self._more} more mistakes"),) if self._more else ()
        return (*self._found, *more)


class _Speller:
    """Copies what was sent into the declaration's spelling, without nulls, and refuses what it does not know or may not hear."""

    def __init__(self, complaints: _Complaints, action_ids: Collection[str], origin: Origin) -> None:
        self._complaints = complaints
        self._origin: Origin = origin
        self._actions = {spelling: action for action in action_ids for spelling in (action, camel(action))}
        self._trusted = origin in TRUSTED

    def table(self, raw: Mapping[object, object], model: type[Section], prefix: Path = ()) -> dict[str, object]:
        known, fields = settings_tree.names(model), settings_tree.fields_of(model)
        result: dict[str, object] = {}
        for key, value in raw.items():
            if (name := known.get(str(key))) is None:
                self._complaints.add(
                    (*prefix, str(key)[:LONGEST_KEY]),
                    "is not a setting and is ignored",
                    [spelled((name,), self._origin).removeprefix("coderoute.") for name in fields],
                    instead=self._unknown(prefix, str(key), value, model),
                )
            elif value is None:
                continue
            elif not self._trusted and not settings_tree.open_to_all(fields[name]):
                instead = strictest_values.of_refused(name, value, _vendors)
                self._complaints.add((*prefix, name), "is ignored: only your own config.toml may set it", instead=instead)
            else:
                result[name] = self._value(value, fields[name], (*prefix, name))
        return result

    def _unknown(self, prefix: Path, key: str, value: object, model: type[Section]) -> strictest_values.Values:
        return strictest_values.WHOLE if self._complaints.many else strictest_values.of_unknown(prefix, key, value, model)

    def _value(self, value: object, field: Declared, path: Path) -> object:
        if isinstance(value, Mapping):
            table = cast("Mapping[object, object]", value)
            if (inner := settings_tree.section(field)) is not None:
                return self.table(table, inner, path)
            if (inner := settings_tree.entries(field)) is not None:
                return self._entries(table, inner, path)
            return dict(table)
        if isinstance(value, list | tuple):
            items = cast("list[object]", value)
            inner = settings_tree.rows(field)
            return [
                self.table(cast("Mapping[object, object]", item), inner, (*path, str(index)))
                if inner is not None and isinstance(item, Mapping)
                else item
                for index, item in enumerate(items)
            ]
        return value

    def _entries(self, raw: Mapping[object, object], model: type[Section], path: Path) -> dict[str, object]:
        result: dict[str, object] = {}
        for key, value in raw.items():
            name = self._actions.get(str(key)) if path == ("actions",) else str(key)
            if name is None:
                instead = (
                    strictest_values.WHOLE
                    if self._complaints.many
                    else strictest_values.of_unknown_action(str(key), value, self._actions)
                )
                self._complaints.add(
                    (*path, str(key)[:LONGEST_KEY]), "is not an action and is ignored", self._actions, instead=instead
                )
            elif value is not None:
                mapping = isinstance(value, Mapping)
                result[name] = self.table(cast("Mapping[object, object]", value), model, (*path, name)) if mapping else value
        return result


def _remove(tree: dict[str, object], location: tuple[str | int, ...]) -> None:
    """Take the bad part out; where it is a missing one, what misses it."""
    here: object = tree
    take_out = tree.clear
    for part in location:
        if isinstance(here, dict) and part in here:
            table = cast("dict[object, object]", here)
            here, take_out = table[part], partial(table.pop, part)
        elif isinstance(here, list) and isinstance(part, int):
            items = cast("list[object]", here)
            here, take_out = items[part], partial(items.pop, part)
        else:
            break
    take_out()


def _complaint(location: tuple[str | int, ...], kind: str, said: str) -> str:
    if kind == "missing":
        return "is missing; what needs it is ignored"
    if kind == "value_error":
        return f"{said.removeprefix('Value error, ')}; it is ignored"
    if kind in ("model_type", "dict_type"):
        return "must be a table; it is ignored"
    if any(isinstance(part, int) for part in location):
        return f"must be {said.removeprefix('Input should be ')}; it is ignored"
    return f"must be {declare('', field_at(tuple(str(part) for part in location))).demand}; it is ignored"
