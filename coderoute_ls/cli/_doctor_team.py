"""What ``coderoute-ls doctor`` says of the team that was joined: its gateway, the key, what is offered, the policy."""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping

from coderoute_ls.app.health_store import HealthStore
from coderoute_ls.app.joined_team.joined_team import OFFERS_FILE, JoinedTeam, counted
from coderoute_ls.app.joined_team.kept_offers import kept_offers
from coderoute_ls.cli._doctor_checks import Check
from coderoute_ls.domain import Offer
from coderoute_ls.domain.vendor import TEAM, TEAM_KEY, Vendor
from coderoute_ls.engine import SystemClock
from coderoute_ls.providers.base_url import shown
from coderoute_ls.providers.connections.transport import Transport
from coderoute_ls.providers.credentials import Keyring, where_found
from coderoute_ls.settings.all_settings import Team
from coderoute_ls.storage import Directories


def team(
    named: Team,
    vendors: Mapping[str, Vendor],
    environ: Mapping[str, str],
    keyring: Keyring,
    places: Directories,
    *,
    offline: bool,
) -> Iterator[Check]:
    """Nothing where no team was joined. Asks its gateway, unless ``offline``; what it says is kept, as the server keeps it."""
    vendor = vendors.get(TEAM)
    if named.url is None or vendor is None:
        return
    where, wrong = where_found(vendor, environ, keyring)
    at = shown(vendor.base_url)
    if not where or wrong:
        told = f"joined {at}, " + (f"but the key ({where}) {wrong}" if where else "but no key is there")
        yield Check("team", "problem", told, f"Store the key that you were given: coderoute-ls keys set {TEAM}, or {TEAM_KEY}.")
        return
    yield Check("team", "ok", f"joined {at}, key from {where}")
    key = (environ.get(TEAM_KEY) or keyring(TEAM) or "").strip()
    met = asyncio.run(_met(named, vendor, key, places, offline=offline))
    yield from _found(met, named, offline=offline)


def offered(vendors: Mapping[str, Vendor], places: Directories) -> tuple[Offer, ...]:
    """What the team's gateway offered when it was asked last. Blocks."""
    kept = kept_offers(places.cache / OFFERS_FILE, vendors[TEAM].base_url) if TEAM in vendors else None
    return () if kept is None else kept.offers.offers


async def _met(named: Team, vendor: Vendor, key: str, places: Directories, *, offline: bool) -> JoinedTeam:
    transport = Transport()
    nothing: Callable[[], None] = lambda: None  # noqa: E731
    met = JoinedTeam(transport, places, SystemClock(), HealthStore(None), changed=nothing, tell=lambda _: None)
    try:
        met.policy(named)
        met.use(vendor, key)
        await met.load()
        if not offline:
            await met.refresh()
    finally:
        await met.close()
        await transport.close()
    return met


def _found(met: JoinedTeam, named: Team, *, offline: bool) -> Iterator[Check]:
    if met.trouble:
        yield Check(
            "team", "problem", met.trouble, "Check the network to your team's gateway, and the key with who gave it to you."
        )
    offers = met.offers.offers
    age = "" if met.fetched is None else f", as of {max(time.time() - met.fetched, 0) / 60:.0f} minutes ago"
    if offers:
        fill = sum(1 for offer in offers if "completion" in offer.scores)
        yield Check("team", "ok", f"{counted(len(offers))}, {fill:,} of them for ghost text{age}")
    elif not met.trouble:
        remedy = (
            "Run it without --offline."
            if offline
            else "Ask who runs it: the gateway reaches no vendor, or the policy allows none."
        )
        yield Check("team", "note", "nothing is offered", remedy)
    if met.offers.refused:
        yield Check("team", "note", f"{counted(met.offers.refused)} of its list cannot be believed, and are left out")
    if met.budget:
        spent = met.left_usd == 0
        yield Check("team", "problem" if spent else "ok", met.budget, "Ask who runs it to raise it." if spent else "")
    policy = met.policy(named)
    if problem := policy.problem:
        yield Check("team", "problem", problem, "Reach the gateway once; who runs it knows the policy's public key.")
    else:
        yield Check("team", "ok", policy.told)
    if policy.trouble and not policy.problem:
        yield Check("team", "problem", policy.trouble, "Tell who runs your team's gateway.")
    if not named.own_keys:
        yield Check("team", "note", "keys of your own are not used")
