"""The value in place of a setting that could not be read: the strictest value that may have been meant.

A slip of the pen beside ``privacy`` must not mean "no restriction". So each key that is not understood is looked at for what it
resembles and for what it holds; where that is a restriction, the strictest value of it holds.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from difflib import SequenceMatcher
from functools import cache
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
        return {("providers", path[1], "enable"): False}
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
    if resembles(key, "privacy") or _plain(key) in _WORDS or (not close and restricts(value)) or (misplaced and not found):
        found.update(LOCAL_ONLY)
    return found


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


def restricts(value: object) -> bool:
    """Whether a value that is not understood names a restriction somewhere in it. Looks at a bounded part of it."""
    waiting, looked_at = [value], 0
    while waiting:
        looked_at += 1
        if looked_at > _LOOKED_AT:
            return True
        part = waiting.pop()
        if isinstance(part, str) and _plain(part) in _WORDS:
            return True
        if isinstance(part, Mapping):
            inner = cast("Mapping[object, object]", part)
            if any(
                _plain(str(key)) in _WORDS or elsewhere(str(key)) or resembles(str(key), "privacy")
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


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text[:200]).casefold()
