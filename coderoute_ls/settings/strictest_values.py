"""The value in place of a setting that could not be read: the strictest value that may have been meant.

A slip of the pen beside ``privacy`` must not mean "no restriction". So each key that is not understood is looked at for what it
resembles and for what it holds; where that is a restriction, the strictest value of it holds.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from difflib import SequenceMatcher
from functools import cache
from itertools import islice
from typing import cast

from coderoute_ls.settings.all_settings import Section, Settings
from coderoute_ls.settings.settings_tree import Path, entries, fields_of, names, rule_of, section

Values = Mapping[Path, object]

WHOLE: Values = {("privacy",): "local_only", ("context", "other_files"): False, ("catalog", "refresh"): 0}
"""For a place of which nothing could be read: nothing leaves the machine, and budgets stay as they were."""
LOCAL_ONLY: Values = {("privacy",): "local_only"}

_RESEMBLES = 0.65
_RESTRICTING_TABLES = frozenset({"models", "budget", "context"})
_WORDS = frozenset({
    "privacy", "private", "local", "localonly", "zdr", "notraining", "offline",
    "deny", "allow", "ignore", "exclude", "block", "disable", "enable",
})  # fmt: skip
"""What a key or value says that means to restrict something, without blanks, capitals and hyphens."""
_PRIVACY = frozenset({"privacy", "localonly", "zdr", "notraining", "offline"})
"""Those that mean nothing but who may be asked at all."""
_KEY_WORDS = _WORDS | frozenset("""
    disabled enabled off only except forbid forbidden blocked blocklist allowed allowlist denied denylist whitelist blacklist
    ignored training train retention retain share sharing upload send telemetry cloud remote network internet online gapped device
    vendor vendors provider providers
""".split())  # fmt: skip # noqa: SIM905
"""Words of a key that is no setting which say that it was to restrict something."""
_MONEY = frozenset("usd eur gbp cents dollars cost costs spend spending money budget daily monthly weekly limit cap".split())  # noqa: SIM905
_REFUSING = frozenset({"disable", "disabled", "off", "block", "blocked", "deny", "denied", "skip"})
_OFF = (False, 0, "off", "no", "false", "never", "0")
_LOOKED_AT = 200


def _restricting(model: type[Section] = Settings, above: Path = ()) -> Iterator[Path]:
    """The settings that have a strictest value, with ``<id>`` in place of an action or a provider."""
    for name, field in fields_of(model).items():
        here = (*above, name)
        if (inner := section(field) or entries(field)) is not None:
            yield from _restricting(inner, here if section(field) is not None else (*here, "<id>"))
        elif (rule := rule_of(field)) is not None and rule.strictest is not None:
            yield here


@cache
def _by_last_name() -> Mapping[str, tuple[Path, ...]]:
    found: dict[str, tuple[Path, ...]] = {}
    for path in _restricting():
        found[_plain(path[-1])] = (*found.get(_plain(path[-1]), ()), path)
    return found


def elsewhere(key: str) -> tuple[Path, ...]:
    """The restricting settings of this name, in whatever table: ``daily_usd`` at the top of a file means ``budget.daily_usd``."""
    return _by_last_name().get(_plain(key), ())


def of_place(path: Path) -> Values:
    """For a declared setting, or a table of them, whose value could not be read."""
    if not path or path in {("actions",), ("providers",)}:
        return WHOLE
    if path[0] == "providers":
        means_all = resembles(path[1], "privacy") or _words(path[1]) & _KEY_WORDS  # `[providers]` with `enable = false` below it
        return {("providers", path[1], "enable"): False, **(LOCAL_ONLY if means_all and len(path) == 2 else {})}
    if path[0] == "actions" and (len(path) == 2 or path[2] == "model"):  # an action that is pinned to nobody knows what
        return {(*path[:2], "enable"): False}
    return dict(_strictest(path))


def _strictest(path: Path, model: type[Section] = Settings, above: Path = ()) -> Iterator[tuple[Path, object]]:
    """The leaves at or below the path that have a strictest value."""
    name, rest = path[0], path[1:]
    field = fields_of(model).get(name)
    if field is None:
        return
    here = (*above, name)
    if (inner := section(field)) is not None:
        for part in [rest] if rest else [(known,) for known in fields_of(inner)]:
            yield from _strictest(part, inner, here)
    elif (inner := entries(field)) is not None:
        if len(rest) > 1:
            yield from _strictest(rest[1:], inner, (*here, rest[0]))
    elif (rule := rule_of(field)) is not None and rule.strictest is not None:
        yield here, rule.strictest


def of_unknown(prefix: Path, key: str, value: object, model: type[Section]) -> Values:
    """For a key that is no setting in the table at ``prefix``, whose settings are those of ``model``."""
    found: dict[Path, object] = {}
    if len(prefix) > 1 and prefix[0] == "providers":
        found.update(of_place(prefix[:2]))
    close = dict.fromkeys(name for spelling, name in names(model).items() if resembles(key, spelling))
    for name in close:
        found.update(of_place((*prefix, name)))
    if not close and prefix and prefix[0] in _RESTRICTING_TABLES and len(prefix) == 1:
        found.update(LOCAL_ONLY)
    misplaced = elsewhere(key)
    for path in misplaced if len(misplaced) == 1 and "<id>" not in misplaced[0] else ():
        found.update(of_place(path))
    money, table = bool(_words(key) & _MONEY), isinstance(value, Mapping)
    if money and not found and not misplaced and not table:
        found.update(of_place(("budget",)))
    if not found and (money or misplaced or _words(key) & _KEY_WORDS or restricts(value)):
        found.update(LOCAL_ONLY)
    if resembles(key, "privacy") or _plain(key) in _WORDS or restricts(value, _PRIVACY):  # whatever else the key resembles
        found.update(LOCAL_ONLY)
    return found


def of_refused(name: str, value: object, known: Callable[[], Collection[str]]) -> Values:
    """For a declared setting that its place may not say: what it forbids holds all the same. ``known``: vendors' names."""
    if restricts(value, _PRIVACY):
        return LOCAL_ONLY
    if name != "providers" or not isinstance(value, Mapping):
        return {}
    rows = [*islice(cast("Mapping[object, object]", value).items(), _LOOKED_AT)]
    if any(_words(str(vendor)) & _KEY_WORDS for vendor, _ in rows):  # `[providers]` with `allow = […]` below it
        return LOCAL_ONLY
    off = [str(vendor) for vendor, row in rows if _switches_off(row)]
    denied = [meant for vendor in off for meant in [name for name in known() if resembles(vendor, name)] or [vendor]]
    return {("models", "deny"): tuple(f"{vendor}/*" for vendor in dict.fromkeys(denied))} if denied else {}


def _switches_off(row: object) -> bool:
    """Whether a vendor's row, in whatever words, says that it is not to be asked."""
    if not isinstance(row, Mapping):
        return _is_off(row)
    keys = islice(cast("Mapping[object, object]", row).items(), _LOOKED_AT)
    return any(_is_off(value) if resembles(str(key), "enable") else bool(_words(str(key)) & _REFUSING) for key, value in keys)


def _is_off(value: object) -> bool:
    return (value.strip().casefold() if isinstance(value, str) else value) in _OFF


def of_unknown_action(key: str, value: object, known: Mapping[str, str]) -> Values:
    """For a table of an action that there is not; ``known``: spelling → action."""
    if not restricts(value) and not elsewhere(key):
        return {}
    close = {action for spelling, action in known.items() if resembles(key, spelling)}
    return {("actions", action, "enable"): False for action in close} or WHOLE


def of_unknown_vendor(key: str, known: Collection[str]) -> Values:
    """For a provider that is switched off and that is not known: the ones that may be meant are off, else all of them."""
    close = [vendor for vendor in known if resembles(key, vendor)]
    return {("providers", vendor, "enable"): False for vendor in close} or WHOLE


def restricts(value: object, words: frozenset[str] = _WORDS) -> bool:
    """Whether a value that is not understood names a restriction somewhere in it. Looks at a bounded part of it."""
    waiting, looked_at = [value], 0
    while waiting:
        looked_at += 1
        if looked_at > _LOOKED_AT:
            return True
        part = waiting.pop()
        if isinstance(part, str) and _plain(part) in words:
            return True
        if isinstance(part, Mapping):
            inner = cast("Mapping[object, object]", part)
            if any(
                _plain(str(key)) in words or resembles(str(key), "privacy") or (words is _WORDS and elsewhere(str(key)))
                for key in [*inner][:_LOOKED_AT]
            ):
                return True
            waiting += [*inner.values()][:_LOOKED_AT]
        elif isinstance(part, list | tuple):
            waiting += cast("list[object]", part)[:_LOOKED_AT]
    return False


def resembles(key: str, name: str) -> bool:
    """Whether somebody who wrote ``key`` may have meant ``name``."""
    one, other = _plain(key), _plain(name)
    if not one or len(one) > 60:
        return False
    if len(one) >= 4 and len(other) >= 4 and (one in other or other in one):
        return True
    matcher = SequenceMatcher(None, one, other)
    return min(matcher.real_quick_ratio(), matcher.quick_ratio()) >= _RESEMBLES and matcher.ratio() >= _RESEMBLES


def _words(key: str) -> set[str]:
    """The words of a key in whatever case: ``dailyLimit``, ``daily-limit`` and ``DAILY_LIMIT`` are two."""
    return {word.casefold() for word in re.findall("[A-Z]?[a-z]+|[A-Z]+", key[:_LOOKED_AT])}


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text[:200]).casefold()
