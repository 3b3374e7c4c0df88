"""The gateway of a team: its keys open it, its budgets pay, its policy bounds every request. Joins ``team/`` and ``gateway/``."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import unquote

from coderoute_ls.app.health_store import HealthStore
from coderoute_ls.app.team.team_pages import TeamPages, words_of
from coderoute_ls.engine import Engine, EngineCall
from coderoute_ls.errors import CoderouteError
from coderoute_ls.gateway.caller_error import CallerError, caller_error
from coderoute_ls.gateway.gateway import Gateway
from coderoute_ls.gateway.http.access_control import keys_in
from coderoute_ls.ledger import nano_usd
from coderoute_ls.settings import Effective, effective
from coderoute_ls.settings.all_settings import GatewaySettings
from coderoute_ls.team.budgets.budget_store import BudgetStore
from coderoute_ls.team.caller_ledger import CallerLedger
from coderoute_ls.team.database import Database, connected
from coderoute_ls.team.database_loss import Allowance
from coderoute_ls.team.explanations import Explanations
from coderoute_ls.team.health_exchange import CHANNEL, HealthExchange
from coderoute_ls.team.key_check import KeyCheck, hear
from coderoute_ls.team.keys import Key, Scopes
from coderoute_ls.team.policy.policy import ALL, Policy
from coderoute_ls.team.policy.policy_store import Held, PolicyStore
from coderoute_ls.team.policy.signed_policy import SignedPolicy, public_key_of, sign
from coderoute_ls.team.schema import migrate
from coderoute_ls.team.team_ledger import TeamLedger

if TYPE_CHECKING:
    from coderoute_ls.selection import Catalog

POLICY_KEY = "CODEROUTE_POLICY_KEY"
"""Environment variable with the private key that policies are signed with."""
LONGEST_NAME = 200
_MOST_KEYS = 1_000


@dataclass
class TeamCallers:
    """Implements `coderoute_ls.gateway.gateway.Callers`."""

    keys: KeyCheck
    policies: PolicyStore
    ledger: TeamLedger
    explanations: Explanations
    pages: TeamPages
    signing_key: str | None
    database: Database
    health: list[HealthExchange] = field(default_factory=list[HealthExchange])
    """One for each engine that is watched."""
    _bound: dict[int, tuple[Effective, Held, Key, Effective]] = field(
        default_factory=dict[int, tuple[Effective, Held, Key, Effective]]
    )
    """By key: what was joined, and the settings that came of it."""

    def watch(self, engine: Engine, experience: HealthStore) -> None:
        """Keep why each of its calls goes where it goes, and exchange with other replicas how offers fare."""
        engine.records.listen(lambda call: self.explanations.add(call.id, words_of(call)))
        made = HealthExchange(self.database, experience.learn, _Shared(engine), clock=engine.clock.now)
        self.health.append(made)
        experience.listeners.append(made.changed)
        made.connected()

    async def gateway_for(self, gateway: Gateway, headers: Mapping[str, str], face: str) -> Gateway:
        """With the caller's own ledger and settings. Raises `CallerError`."""
        sent = [secret for secret in keys_in(headers) if secret]
        secret = next((secret for secret in sent if secret.startswith("crk-")), sent[0] if sent else "")
        try:
            key, held = await self.keys.key(secret), await self.policies.current()
        except CoderouteError as error:
            told = caller_error(error)
            raise replace(told, headers={"www-authenticate": "Bearer"}) if told.status == 401 else told from error
        check_face(key, face)
        repository, branch, action = (_said(headers, f"x-coderoute-{name}") for name in ("repository", "branch", "action"))
        ledger = CallerLedger(self.ledger, key, repository, branch, action)
        settings = self._settings(gateway.user(), held, key)
        return replace(
            gateway,
            engine=replace(gateway.engine, ledger=ledger),
            user=lambda: settings,
            told=ledger.told,
            left=ledger.left,
            pages=replace(self.pages, key=key),
            check=partial(check_floor, key),
            policy=None if self.signing_key is None else lambda: self._signed(held),
        )

    def _settings(self, user: Effective, held: Held, key: Key) -> Effective:
        """The replica's, bounded by policy and key. Joined once as long as none of them changes."""
        known = self._bound.get(key.id)
        if known is not None and known[0] is user and known[1] is held and known[2] == key:
            return known[3]
        bound = effective(*user.layers, held.policy.meet(policy_of(key.scopes)).layer)
        if len(self._bound) >= _MOST_KEYS:
            self._bound.pop(next(iter(self._bound)))
        self._bound[key.id] = (user, held, key, bound)
        return bound

    def _signed(self, held: Held) -> dict[str, object]:
        assert self.signing_key is not None
        return sign(SignedPolicy(held.policy, held.version, self.policies.now, held.max_age_s), self.signing_key)


@dataclass
class _Shared:
    """Whether an offer is one that other replicas reach as well: a model on this machine is not."""

    engine: Engine
    _catalog: "Catalog | None" = None
    _names: frozenset[str] = frozenset()

    def __call__(self, offer: str) -> bool:
        catalog = self.engine.router.catalog
        if catalog is not self._catalog:
            self._catalog, self._names = catalog, frozenset(each.id for each in catalog.offers if not each.local)
        return offer in self._names


def policy_of(scopes: Scopes) -> Policy:
    """What a key's scopes allow: one more policy, that joins as any other."""
    allow = [] if scopes.models is None else [frozenset(scopes.models)]
    return Policy(floors={} if scopes.lowest_floor is None else {ALL: scopes.lowest_floor}, allow=frozenset(allow))


def check_face(key: Key, face: str) -> None:
    """Raises `CallerError`. ``face`` "" asks no model."""
    if face and "ask" not in key.scopes.rights:
        raise CallerError(403, "permission", f"The key {key.prefix} may look, and ask no model.")
    if face and key.scopes.faces is not None and face not in key.scopes.faces:
        allowed = ", ".join(key.scopes.faces) or "no address"
        raise CallerError(403, "permission", f"The key {key.prefix} may not use {face}; it may use {allowed}.")


def check_floor(key: Key, call: EngineCall) -> None:
    """Raises `CallerError` for a floor above those that the key may ask for."""
    floor = call.settings.floor_for(call.action.id, call.action.axis, call.action.min_coding_score).value
    most = key.scopes.highest_floor
    if most is not None and floor > most:
        told = f"The key {key.prefix} may ask for floors up to {most:.2f}, and this request asks for {floor:.2f}."
        raise CallerError(403, "permission", told, "min_coding_score")


def _said(headers: Mapping[str, str], name: str) -> str:
    """A name from a header, where it may be percent-encoded; without signs that cannot be printed."""
    return "".join(sign for sign in unquote(headers.get(name, "")) if sign.isprintable())[:LONGEST_NAME]


@asynccontextmanager
async def team_callers(url: str, settings: GatewaySettings, environ: Mapping[str, str]) -> AsyncGenerator[TeamCallers]:
    """Who may ask by the team's database, as long as this is held; at the end what is to be booked is written. Migrates the
    database where it is of an earlier version. Raises `ConfigurationError`, `DatabaseLost`."""
    signing_key = environ.get(POLICY_KEY) or None
    if signing_key is not None:
        public_key_of(signing_key)  # so that a wrong one is told at the start
    await asyncio.to_thread(_migrated, url)
    local = settings.on_database_loss == "local"
    database = Database(url)
    await database.open()
    keys, policies = KeyCheck(database, survives_loss=local), PolicyStore(database, survives_loss=local)
    allowance = Allowance(nano_usd.cap(settings.local_allowance_usd) if local else 0)
    ledger = TeamLedger(BudgetStore(database), allowance)
    ledger.start()
    explanations = Explanations(database)

    callers = TeamCallers(keys, policies, ledger, explanations, TeamPages(url), signing_key, database)

    def connected_again() -> None:
        keys.forget()
        policies.forget()
        for each in callers.health:
            each.connected()

    def key_changed(said: str) -> None:
        keys.forget(int(said))

    def policy_changed(_: str) -> None:
        policies.forget()

    def health_told(said: str) -> None:
        for each in callers.health:
            each.notified(said)

    channels = {"coderoute_keys": key_changed, "coderoute_policy": policy_changed, CHANNEL: health_told}
    listening = asyncio.create_task(hear(url, channels, connected_again))
    try:
        yield callers
    finally:
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening
        for each in callers.health:
            await each.close()
        await ledger.close()
        await explanations.close()
        await database.close()


def _migrated(url: str) -> None:
    with connected(url) as connection:
        migrate(connection)
