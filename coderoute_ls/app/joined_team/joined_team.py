"""The team that was joined: fetches its gateway's offers and policy in the background, and says what was found of them.

Never on a request's path: a decision uses the list there is. The gateway counts as within reach until it is known not to be; then
it is asked again soon, and a request that it breaks off asks at once.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from coderoute_ls.app.health_store import HealthStore
from coderoute_ls.app.joined_team.kept_offers import keep_offers, kept_offers
from coderoute_ls.app.joined_team.team_policy import FILE as POLICY_FILE
from coderoute_ls.app.joined_team.team_policy import TeamPolicy
from coderoute_ls.app.joined_team.workplaces import Workplaces
from coderoute_ls.app.local_servers.local_server_watch import woken_or_after
from coderoute_ls.domain import Offer
from coderoute_ls.domain.clock import Clock
from coderoute_ls.domain.vendor import TEAM, TEAM_KEY, Vendor
from coderoute_ls.errors import (
    AuthenticationFailed,
    ConfigurationError,
    ConnectionFailed,
    OutOfCredit,
    ProviderError,
    ProviderUnavailable,
)
from coderoute_ls.providers.base_url import shown
from coderoute_ls.providers.connections.team_gateway import TeamCalls, budget_said, fetch
from coderoute_ls.providers.connections.transport import Transport
from coderoute_ls.selection.health.offer_health import barred
from coderoute_ls.selection.offer_list import MOST_BYTES, TeamOffers
from coderoute_ls.settings.all_settings import Team
from coderoute_ls.storage import Directories

log = logging.getLogger(__name__)

OFFERS_FILE = "team-offers.json"
EVERY_S = 300.0
AGAIN_S, AGAIN_AT_MOST_S = 5.0, 120.0
"""After a round that failed: the first wait, and the longest; each is twice the last."""
AT_LEAST_S = 2.0
"""Between two rounds, whoever asks for one."""
BARRED_S = 2 * EVERY_S
"""At most so long an offer is left alone for what the gateway says once: it says so again, or it is over."""
WAIT_S = 10.0
MOST_POLICY = 1 << 20
MEANWHILE = "Meanwhile your own keys and models are asked, as far as the team's policy lets them."
_OUT_OF_REACH = (ConnectionFailed, ProviderUnavailable)


class JoinedTeam:
    """``changed``: there are other offers, or another reach; ``tell``: a sentence for the user."""

    def __init__(
        self,
        transport: Transport,
        places: Directories,
        clock: Clock,
        experience: HealthStore,
        *,
        changed: Callable[[], None],
        tell: Callable[[str], object],
    ) -> None:
        self._transport, self._places, self._clock, self._experience = transport, places, clock, experience
        self._changed, self._tell = changed, tell
        self.listeners: list[Callable[[], None]] = []
        """Told when another policy holds."""
        self.workplaces = Workplaces(clock)
        self.offers = TeamOffers()
        self.fetched: float | None = None
        """When the list was fetched (Unix time); None: there is none."""
        self.trouble = ""
        """Why the last round failed, in one sentence."""
        self.budget = ""
        """What the gateway said last of its budgets."""
        self.left_usd: float | None = None
        self.reached = True
        """The gateway can be asked, as far as is known."""
        self.met = asyncio.Event()
        """The first round is over."""
        self._vendor: Vendor | None = None
        self._key: str | None = None
        self._etag = ""
        self._policy: TeamPolicy | None = None
        self._wake = asyncio.Event()
        self._said: set[str] = set()
        self.untold = ""
        """Why a request failed last, where that is told only if another key pays: a model's limit, for example."""

    # -- what others use -------------------------------------------------------------------------------------------------

    def policy(self, team: Team) -> TeamPolicy:
        """The policy of this team. Reads what was kept, the first time."""
        url, public = team.url or "", team.policy_key or ""
        if self._policy is None or (self._policy.url, self._policy.public) != (url, public):
            self._policy = TeamPolicy(url, public, self._places.state / POLICY_FILE, self._clock.now)
        return self._policy

    def use(self, vendor: Vendor | None, key: str | None) -> None:
        """The gateway is this vendor now, and its key this one."""
        if (vendor, key) == (self._vendor, self._key):
            return
        if vendor is None or self._vendor is None or vendor.base_url != self._vendor.base_url:
            self.offers, self._etag, self.fetched = TeamOffers(), "", None
        self._vendor, self._key = vendor, key
        self.reached, self.trouble, self.budget, self.left_usd = True, "", "", None
        self._said.clear()
        self._wake.set()

    @property
    def told(self) -> str:
        """How it stands with the team, in words; "" where none is joined now."""
        vendor, policy = self._vendor, self._policy
        if vendor is None:
            return ""
        if not self._key:
            state = f"no key is set ({TEAM_KEY})"
        elif not self.reached:
            state = f"not asked now: {self.trouble}" if self.trouble else "not asked now"
        else:
            state = counted(len(self.offers.offers)) + (f" ({self.trouble.removesuffix('.')})" if self.trouble else "")
        parts = [
            f"Team gateway at {shown(vendor.base_url)}: {state}".removesuffix("."),
            *([] if policy is None else [policy.told]),
        ]
        return "; ".join([*parts, self.budget] if self.budget else parts)

    @property
    def calls(self) -> TeamCalls:
        """What goes along with requests, and who hears of their answers."""
        return TeamCalls(self.workplaces.labels, self.heard, self.failed)

    def heard(self, headers: Mapping[str, str]) -> None:
        """What the headers of an answer say of the budget."""
        self._hear(headers)
        if self.left_usd is not None:  # it was paid for
            self._said.discard(OutOfCredit.__name__)

    def _hear(self, headers: Mapping[str, str]) -> None:
        self.left_usd, self.budget = budget_said(headers)

    def failed(self, error: ProviderError) -> None:
        """A request failed. A refusal is told; where the gateway is out of reach, that is looked into at once."""
        if isinstance(error, _OUT_OF_REACH):
            self._wake.set()
        elif error.scope in ("vendor", "account"):
            self._say(error.user_message, type(error).__name__)  # each names another sum
        else:
            self.untold = error.user_message

    # -- rounds ------------------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Fetch now and then, until it is cancelled."""
        again = AGAIN_S
        while True:
            self._wake.clear()
            await self.load()
            good = await self.refresh()
            self.met.set()
            again = AGAIN_S if good else min(again * 2, AGAIN_AT_MOST_S)
            await self._clock.sleep(AT_LEAST_S)
            wait = EVERY_S if good else again
            until = None if self._policy is None else self._policy.changes_in_s
            await woken_or_after(self._wake, self._clock, wait if until is None else min(wait, until))
            if until is not None and self._policy is not None and self._policy.changes_in_s is None:
                self._policy_changed()

    async def meet(self) -> None:
        """Use what was kept, and fetch where that is missing or too old."""
        await self.load()
        stale = self.fetched is None or not 0 <= self._clock.now() - self.fetched <= EVERY_S
        if stale or (self._policy is not None and self._policy.stale):
            await self.refresh()

    async def load(self) -> None:
        """Use the list that was kept of an earlier run, where there is none yet."""
        vendor = self._vendor
        if vendor is None or self.fetched is not None:
            return
        kept = await asyncio.to_thread(kept_offers, self._offers_file, vendor.base_url)
        if kept is not None and vendor is self._vendor:
            self._etag, self.fetched = kept.etag, kept.fetched
            self._take(kept.offers)
            self._changed()

    async def refresh(self) -> bool:
        """One round, now; whether the gateway gave what it was asked for."""
        vendor, key = self._vendor, self._key
        if vendor is None or not vendor.base_url:
            return True
        if not key:
            self._policy_unreached(f"No key of the team's is set: `coderoute-ls keys set {TEAM}`, or {TEAM_KEY}.")
            return True
        reached, trouble = True, ""
        try:
            async with asyncio.timeout(2 * WAIT_S):
                await self._fetch_policy(vendor, key)
                changed = await self._fetch_offers(vendor, key)
        except TimeoutError:
            reached, changed, trouble = False, False, f"{vendor.name} did not answer in {2 * WAIT_S:.0f} s."
        except ProviderError as error:
            reached, changed, trouble = not isinstance(error, (*_OUT_OF_REACH, AuthenticationFailed)), False, error.user_message
        except ConfigurationError as error:
            changed, trouble = False, error.user_message
        except OSError as error:
            changed, trouble = False, f"What your team's gateway offers cannot be kept ({error.strerror})."
        except Exception:  # somebody else's words: whatever they do here, the next round is another
            log.exception("what the team's gateway answered")
            changed, trouble = False, "What your team's gateway answered cannot be read."
        if vendor is not self._vendor:
            return True  # another one is asked by now
        if self.reached and not reached:
            closed = self._policy is not None and self._policy.problem
            self._say(trouble if closed else f"{trouble} {MEANWHILE}")
        changed = changed or reached != self.reached
        self.reached, self.trouble = reached, trouble
        if trouble:
            log.info("%s", trouble)
        if changed:
            self._changed()
        return not trouble

    async def _fetch_offers(self, vendor: Vendor, key: str) -> bool:
        """Whether there is another list now."""
        asked = partial(fetch, vendor, "/offers", key, self._transport, limit=MOST_BYTES, wait_s=WAIT_S, heard=self._hear)
        found = await asked(etag=self._etag)
        now = self._clock.now()
        offers, etag = self.offers, self._etag
        if found is not None:
            kept = keep_offers, self._offers_file, vendor.base_url, found.content, found.etag, now
            offers, etag = await asyncio.to_thread(*kept), found.etag
        if vendor is not self._vendor:
            return False  # another gateway's by now: this one's list says nothing of it
        self._etag, self.fetched = etag, now
        return self._take(offers)

    def _take(self, offers: TeamOffers) -> bool:
        """Use this list; whether it differs in more than how its offers fare: that alone is no reason to price all anew."""
        latest = self._clock.now() + BARRED_S
        for name, seen in offers.health.items():
            self._experience.learn(name, partial(barred, told=seen, latest=latest))
        before, self.offers = self.offers, offers
        return _facts(offers) != _facts(before)

    async def _fetch_policy(self, vendor: Vendor, key: str) -> None:
        policy = self._policy
        if policy is None:
            return
        try:
            found = await fetch(vendor, "/policy", key, self._transport, limit=MOST_POLICY, wait_s=WAIT_S)
        except ProviderError as error:
            self._policy_unreached(error.user_message)
            raise
        if found is None:
            return
        before = policy.problem
        changed = await asyncio.to_thread(policy.learn, found.content)
        if policy.trouble:
            self._say(policy.trouble)
        if changed or policy.problem != before:
            self._policy_changed()

    def _policy_unreached(self, why: str) -> None:
        """Where no policy is known nothing may be asked: it is said why that is."""
        policy = self._policy
        if policy is not None and policy.unreached != why:
            policy.unreached = why
            if policy.problem:
                self._policy_changed()

    @property
    def _offers_file(self) -> Path:
        return self._places.cache / OFFERS_FILE

    def _policy_changed(self) -> None:
        for listener in self.listeners:
            listener()

    def _say(self, sentence: str, kind: str = "") -> None:
        """Once, or once of this kind, until other settings hold."""
        if (kind or sentence) not in self._said:
            self._said.add(kind or sentence)
            self._tell(sentence)

    async def close(self) -> None:
        await self.workplaces.close()


def counted(offers: int) -> str:
    """So many offers, in words."""
    return f"{offers:,} offer{'' if offers == 1 else 's'}"


def _facts(offers: TeamOffers) -> tuple[Offer, ...]:
    return tuple(replace(offer, speed=None) for offer in offers.offers)
