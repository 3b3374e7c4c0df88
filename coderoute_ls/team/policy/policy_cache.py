"""The policy as a client knows it: the last one that was believed, kept in a file, and what holds when it cannot be had anew."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from coderoute_ls.errors import ConfigurationError, NoOffer
from coderoute_ls.storage import read_regular, write_atomic
from coderoute_ls.team.policy.policy import Policy
from coderoute_ls.team.policy.signed_policy import SKEW_S, PolicyRefused, SignedPolicy, verified

MOST_BYTES = 1024 * 1024


@dataclass(slots=True)
class PolicyCache:
    """The policy of the team whose gateway is at ``url``. ``public``: the key that it must be signed with; "" believes the first
    one that the gateway shows, and from then on no other. What holds once the last policy is older than it may be, that policy
    itself says (`Policy.fail`)."""

    path: Path
    url: str
    public: str
    now: Callable[[], float]
    unsigned: bool = False
    """The gateway has said that it signs no policy, and never had one: it alone keeps to what there is."""
    _held: SignedPolicy | None = None
    _document: object = None

    def load(self) -> None:
        """From the file of an earlier run. A file that somebody changed is as none. Blocks."""
        self._held, self.unsigned = None, False
        try:
            told = _table(cast("object", json.loads(read_regular(self.path, MOST_BYTES))))
            if told.get("url") != self.url:
                return
            document: object = told.get("document")
            if document is None:
                self.unsigned = told.get("unsigned") is True
            else:
                self._held, self._document = verified(document, self.public or _key_in(told)), document
                self.public = self.public or _key_in(told)
        except (OSError, ValueError, ConfigurationError, RecursionError):
            self._held = None

    def learn(self, document: object) -> bool:
        """What the gateway answered; whether another policy holds now. Raises `PolicyRefused` for what is not believed: then what
        was known holds on. Blocks."""
        public = self.public or _key_in(document)
        told = verified(document, public)
        told.check_time(self.now())
        held = self._held
        if held is not None and told.version == held.version and held.issued - SKEW_S <= told.issued < held.issued:
            return False  # another replica's, a little behind: the one that is known says the same
        if held is not None and (told.version, told.issued) < (held.version, held.issued):
            raise PolicyRefused(
                f"The policy is of version {told.version}, and version {held.version} is known: an old one was sent again."
            )
        other = held is None or held.policy != told.policy or self.stale
        self._held, self._document, self.public, self.unsigned = told, document, public, False
        self._keep({"url": self.url, "key": public, "document": document})
        return other

    def learn_none(self) -> bool:
        """The gateway signs no policy; whether that changes anything. One that was known before holds on. Blocks."""
        if self._held is not None or self.public or self.unsigned:
            return False
        self.unsigned = True
        self._keep({"url": self.url, "unsigned": True})
        return True

    def _keep(self, content: object) -> None:
        write_atomic(self.path, json.dumps(content).encode())

    @property
    def held(self) -> SignedPolicy | None:
        """The last one that was believed, however old."""
        return self._held

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
        if self.unsigned:
            return Policy()
        if self._held is None:
            raise NoOffer("The team's policy is not known yet: the gateway has to be reached once before models may be asked.")
        if self.stale and self._held.policy.fail == "closed":
            raise NoOffer(
                "The team's policy could not be had in time, and without it nothing may be asked. "
                "Check the network to the team's gateway."
            )
        return self._held.policy


def _table(document: object) -> dict[str, object]:
    return cast("dict[str, object]", document) if isinstance(document, dict) else {}


def _key_in(document: object) -> str:
    """The public key that a document says it was signed with; "" where it says none."""
    said = _table(document).get("key")
    return said if isinstance(said, str) else ""
