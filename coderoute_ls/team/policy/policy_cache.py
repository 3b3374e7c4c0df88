"""The policy as a client knows it: the last one that was believed, kept in a file, and what holds when it cannot be had anew."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from coderoute_ls.errors import NoOffer
from coderoute_ls.storage import read_regular, write_atomic
from coderoute_ls.team.policy.policy import Policy
from coderoute_ls.team.policy.signed_policy import PolicyRefused, SignedPolicy, verified

MOST_BYTES = 1024 * 1024
Fail = Literal["closed", "last-known"]


@dataclass(slots=True)
class PolicyCache:
    """``public``: the key that policies must be signed with. ``fail``: what holds once the last policy is older than it may be:
    nothing may be asked (``closed``), or that policy still (``last-known``)."""

    path: Path
    public: str
    fail: Fail
    now: Callable[[], float]
    _held: SignedPolicy | None = None
    _document: object = None

    def load(self) -> None:
        """From the file of an earlier run. A file that somebody changed is as none. Blocks."""
        try:
            document: object = json.loads(read_regular(self.path, MOST_BYTES))
            self._held, self._document = verified(document, self.public), document
        except (OSError, ValueError, PolicyRefused):
            self._held = None

    def learn(self, document: object) -> None:
        """What the gateway answered. Raises `PolicyRefused` for what is not believed: then what was known holds on. Blocks."""
        told = verified(document, self.public)
        told.check_time(self.now())
        held = self._held
        if held is not None and (told.version, told.issued) < (held.version, held.issued):
            raise PolicyRefused(
                f"The policy is of version {told.version}, and version {held.version} is known: an old one was sent again."
            )
        self._held, self._document = told, document
        write_atomic(self.path, json.dumps(document).encode())

    @property
    def stale(self) -> bool:
        """Whether it has to be fetched anew."""
        try:
            if self._held is not None:
                self._held.check_time(self.now())
                return False
        except PolicyRefused:
            pass
        return True

    def holds(self) -> Policy:
        """What bounds a request now. Raises `NoOffer` where nothing may be asked."""
        if self._held is not None and (not self.stale or self.fail == "last-known"):
            return self._held.policy
        if self._held is None and self.fail == "last-known":
            raise NoOffer("The team's policy is not known yet: the gateway has to be reached once before models may be asked.")
        raise NoOffer(
            "The team's policy could not be had in time, and without it nothing may be asked. Check the network to the team's "
            'gateway; `fail = "last-known"` lets the last policy hold on.'
        )
