"""The policy of the team that was joined, as a layer of everybody's settings on this machine."""

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, cast

from coderoute_ls.errors import ConfigurationError, NoOffer
from coderoute_ls.settings import Layer, effective
from coderoute_ls.settings.all_settings import Team

if TYPE_CHECKING:
    from coderoute_ls.team.policy.policy_cache import PolicyCache

log = logging.getLogger(__name__)

FILE = "team-policy.json"
CLOSED = Layer("policy", {}, bounds={("privacy",): "local_only", ("models", "deny"): ("*",)})
"""No model may be asked; the built-in engine is none."""
UNSIGNED = {"policy": None}
"""What a gateway answers that signs none."""
WITHOUT_EXTRA = (
    "The team's policy is signed, and what checks it is not installed: no model may be asked. Install it with "
    "`pip install 'coderoute-ls[team]'`."
)


def team_of(layers: Sequence[Layer]) -> Team | None:
    """The team that the user's own layers name. Cheap where they name none."""
    if not any(layer.values.get(("team", "url")) for layer in layers):
        return None
    return effective(*layers).settings.team


def policy_layers(layers: Sequence[Layer], state: Path, now: Callable[[], float]) -> tuple[Layer, ...]:
    """What holds of the team's policy by what was kept of it: for commands, whose process does not stay. Blocks."""
    team = team_of(layers)
    if team is None or team.url is None:
        return ()
    return TeamPolicy(team.url, team.policy_key or "", state / FILE, now).layers


class TeamPolicy:
    """The policy of the gateway at ``url``; ``public``: as in `PolicyCache`. Made, it reads what was kept, and blocks."""

    def __init__(self, url: str, public: str, file: Path, now: Callable[[], float]) -> None:
        self.url, self.public = url, public
        self.trouble = ""
        """Why what the gateway said last was not believed, in one sentence."""
        self.unreached = ""
        """Why the gateway could not be asked for it, in one sentence."""
        self._now = now
        self._cache: PolicyCache | None = None
        if find_spec("cryptography") is not None:
            from coderoute_ls.team.policy import policy_cache

            self._cache = policy_cache.PolicyCache(file, url, public, now)
            self._cache.load()

    @property
    def problem(self) -> str:
        """Why nothing may be asked now; "" where models may be."""
        if self._cache is None:
            return WITHOUT_EXTRA
        try:
            self._cache.holds()
        except NoOffer as error:
            return " ".join(filter(None, (error.user_message, self.trouble or self.unreached)))
        return ""

    @property
    def layers(self) -> tuple[Layer, ...]:
        """What holds now."""
        problem = self.problem
        return (replace(CLOSED, closed=problem),) if self._cache is None or problem else (self._cache.holds().layer,)

    @property
    def stale(self) -> bool:
        """Whether it should be fetched anew. That there is none grows old with the list of offers."""
        return self._cache is not None and self._cache.stale and not self._cache.unsigned

    @property
    def age_s(self) -> float | None:
        """Seconds since the policy was signed; None where none is known."""
        held = None if self._cache is None else self._cache.held
        return None if held is None else max(self._now() - held.issued, 0.0)

    @property
    def changes_in_s(self) -> float | None:
        """Seconds until the policy is older than it may be; None where that is over, or changes nothing."""
        held = None if self._cache is None else self._cache.held
        left = None if held is None else held.issued + held.max_age_s - self._now()
        return left if left is not None and left > 0 else None

    @property
    def told(self) -> str:
        """What there is of it, in words."""
        if self._cache is None:
            return WITHOUT_EXTRA
        held = self._cache.held
        if held is None:
            return "its gateway signs no policy, and keeps to its own" if self._cache.unsigned else "its policy is not known yet"
        age = "but is too old" if self._cache.stale else "and holds"
        return f"policy {held.version} was signed {_ago(self._now() - held.issued)} ago {age} (fail: {held.policy.fail})"

    def learn(self, content: bytes) -> bool:
        """What the gateway answered; whether another one holds now. What is not believed is told in `trouble`. Blocks."""
        if self._cache is None:
            return False
        try:
            self.unreached = ""
            document = _json(content)
            if document == UNSIGNED:
                changed = self._cache.learn_none()
                self.trouble = "" if self._cache.held is None else "The team's gateway signs no policy any more."
                return changed
            changed = self._cache.learn(document)
        except ConfigurationError as error:
            self.trouble = error.user_message
            log.info("%s", error)
            return False
        self.trouble = ""
        return changed


def _json(content: bytes) -> object:
    try:
        return cast("object", json.loads(content))
    except (ValueError, RecursionError):
        return None


def _ago(seconds: float) -> str:
    minutes = max(seconds, 0.0) / 60
    return f"{minutes:.0f} minutes" if minutes < 120 else f"{minutes / 60:.0f} hours"
