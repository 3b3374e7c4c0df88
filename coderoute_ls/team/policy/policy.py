"""An organisation's policy: bounds that no other layer loosens. Two policies have a meet, the strictest of both; order and
repetition do not matter. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import Any, Literal, cast, get_args

from coderoute_ls.domain import Privacy
from coderoute_ls.errors import ConfigurationError
from coderoute_ls.selection.catalog.offer_rows import EFFORTS
from coderoute_ls.settings import Layer
from coderoute_ls.settings.effective_settings import PRIVACY
from coderoute_ls.settings.glob_intersection import NOTHING, intersection

Fail = Literal["closed", "last-known"]
FAILS: tuple[Fail, ...] = get_args(Fail)
ALL = "*"
"""In place of an action: all of them."""

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Policy:
    """The empty policy bounds nothing."""

    floors: Mapping[str, float] = field(default_factory=dict[str, float])
    """Lowest score by action."""
    privacy: Privacy = "any"
    allow: frozenset[frozenset[str]] = frozenset()
    """Lists of globs: a model must match one of each list."""
    deny: frozenset[str] = frozenset()
    efforts: frozenset[str] | None = None
    """Reasoning efforts that may be asked for besides a vendor's own default; None: all."""
    caps: Mapping[str, float] = field(default_factory=dict[str, float])
    """Most that one call may cost, in USD, by action."""
    own_keys: bool = True
    """Whether members may ask by their own vendor keys, where the team's gateway has nothing for them or is out of reach."""
    fail: Fail = "last-known"
    """What holds on a member's machine once the policy there is older than it may be: nothing may be asked, or this still."""

    def meet(self, other: "Policy") -> "Policy":
        """What both allow."""
        return Policy(
            floors=_joined(self.floors, other.floors, max),
            privacy=self.privacy if PRIVACY.index(self.privacy) >= PRIVACY.index(other.privacy) else other.privacy,
            allow=self.allow | other.allow,
            deny=self.deny | other.deny,
            efforts=_both(self.efforts, other.efforts),
            caps=_joined(self.caps, other.caps, min),
            own_keys=self.own_keys and other.own_keys,
            fail="closed" if "closed" in (self.fail, other.fail) else "last-known",
        )

    @property
    def layer(self) -> Layer:
        """As a layer of the settings, which joins with those of repository and user in any order."""
        bounds: dict[tuple[str, ...], object] = {}
        if self.privacy != "any":
            bounds["privacy",] = self.privacy
        if self.allow:
            bounds["models", "allow"] = reduce(intersection, sorted(tuple(sorted(globs)) or NOTHING for globs in self.allow))
        denied = sorted(self.deny) + [
            f"*@{effort}" for effort in EFFORTS if self.efforts is not None and effort not in self.efforts
        ]
        if denied:
            bounds["models", "deny"] = tuple(denied)
        if not self.own_keys:
            bounds["team", "own_keys"] = False
        for action, usd in sorted(self.caps.items()):
            if action == ALL:
                bounds["budget", "action_usd"] = bounds["budget", "completion_usd"] = usd
            else:
                bounds["actions", action, "max_cost_usd"] = usd
        return Layer("policy", {}, bounds=bounds, floors=dict(self.floors))

    def as_json(self) -> Json:
        """The document that `policy` reads back; equal policies have equal documents."""
        told: Json = {
            "floors": dict(sorted(self.floors.items())),
            "privacy": self.privacy,
            "allow": sorted(sorted(globs) for globs in self.allow),
            "deny": sorted(self.deny),
            "caps": dict(sorted(self.caps.items())),
        }
        # what says nothing is left out: members with an older coderoute-ls can read the rest
        said = {"efforts": None if self.efforts is None else sorted(self.efforts)}
        said |= {"own_keys": None if self.own_keys else False, "fail": None if self.fail == "last-known" else self.fail}
        return told | {name: value for name, value in said.items() if value is not None}


def meet(policies: Iterable[Policy]) -> Policy:
    """What all allow; of none, everything."""
    return reduce(Policy.meet, policies, Policy())


def _both(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    return other if one is None else one if other is None else one & other


def _joined(one: Mapping[str, float], other: Mapping[str, float], stricter: Any) -> dict[str, float]:
    return {
        name: stricter(one[name], other[name]) if name in one and name in other else one.get(name, other.get(name, 0.0))
        for name in sorted({*one, *other})
    }


# -- reading ------------------------------------------------------------------------------------------------------------------

_KEYS = ("floors", "privacy", "allow", "deny", "efforts", "caps", "own_keys", "fail")


def policy(document: object) -> Policy:
    """From TOML or JSON. What cannot be read whole is no policy: raises `ConfigurationError` with the key that is wrong."""
    if not isinstance(document, dict):
        raise _wrong("the document", "a table")
    told = cast("Mapping[str, object]", document)
    for key in told:
        if key not in _KEYS:
            raise ConfigurationError(f"The policy has a key {key[:40]!r}; there are {', '.join(_KEYS)}.")
    privacy = told.get("privacy", "any")
    if privacy not in PRIVACY:
        raise _wrong("privacy", f"one of {', '.join(PRIVACY)}")
    efforts = None if told.get("efforts") is None else _texts("efforts", told["efforts"])
    if efforts is not None and not efforts <= set(EFFORTS):
        raise _wrong("efforts", f"a list out of {', '.join(EFFORTS)}")
    own_keys, fail = told.get("own_keys", True), told.get("fail", "last-known")
    if not isinstance(own_keys, bool):
        raise _wrong("own_keys", "true or false")
    if fail not in FAILS:
        raise _wrong("fail", f"one of {', '.join(FAILS)}")
    return Policy(
        floors=_numbers("floors", told.get("floors", {}), 1.0),
        privacy=privacy,
        allow=_clauses(told.get("allow", [])),
        deny=_texts("deny", told.get("deny", [])),
        efforts=efforts,
        caps=_numbers("caps", told.get("caps", {}), 1e9),
        own_keys=own_keys,
        fail=fail,
    )


def _wrong(key: str, what: str) -> ConfigurationError:
    return ConfigurationError(f"In the policy {key} must be {what}.")


def _numbers(key: str, value: object, most: float) -> dict[str, float]:
    said = cast("Mapping[str, object]", value) if isinstance(value, dict) else None
    if said is None or not all(_is_number(each, most) for each in said.values()):
        raise _wrong(key, f"a table of numbers from 0 to {most:g}")
    return {name: float(cast("float", number)) for name, number in sorted(said.items())}


def _is_number(value: object, most: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= most


def _texts(key: str, value: object) -> frozenset[str]:
    items = cast("list[object]", value) if isinstance(value, list) else None
    if items is None or len(items) > 200 or not all(isinstance(item, str) and 0 < len(item) <= 200 for item in items):
        raise _wrong(key, "a list of at most 200 texts")
    return frozenset(cast("list[str]", items))


def _clauses(value: object) -> frozenset[frozenset[str]]:
    """One list of globs, or several that all must be matched. The empty list allows all, as in the settings."""
    items: list[object] = cast("list[object]", value) if isinstance(value, list) else []
    if items and all(isinstance(item, list) for item in items) and len(items) <= 50:
        return frozenset(_texts("allow", item) for item in cast("list[list[object]]", items))
    globs = _texts("allow", items if isinstance(value, list) else None)
    return frozenset({globs}) if globs else frozenset()
