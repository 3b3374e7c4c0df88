"""The one place where the stateful parts are built and joined, for the server's session and for the command line alike."""

import asyncio
import logging
import os
import secrets
from collections.abc import Callable, Coroutine, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from coderoute_ls.actions import actions
from coderoute_ls.app.health_store import HealthStore
from coderoute_ls.app.joined_team.membership import Membership
from coderoute_ls.app.joined_team.user_settings import settings_within_policy
from coderoute_ls.app.ledger_file import ledger_of, usage_report
from coderoute_ls.app.local_servers.local_server_consent import LocalServers
from coderoute_ls.app.local_servers.local_server_watch import LocalServerWatch
from coderoute_ls.app.prompt_log import PromptLog
from coderoute_ls.app.provider_access import Keyring, ProviderAccess, served
from coderoute_ls.domain import TIMING, Ledger, Timing
from coderoute_ls.embedded import ANSWERS, EmbeddedEngine, Progress
from coderoute_ls.engine import CallLog, Engine, Router, SystemClock
from coderoute_ls.providers.configured_vendors import Vendor
from coderoute_ls.providers.connections.transport import Transport
from coderoute_ls.providers.credentials import system_keyring
from coderoute_ls.providers.local_model.model_files import ModelServers, Slow
from coderoute_ls.providers.local_server_discovery import LocalServer
from coderoute_ls.server.backend import AskUser, Backend, TellUser
from coderoute_ls.settings import Effective
from coderoute_ls.storage import OFFLINE_VARIABLE, Directories, Unwritten, directories

if TYPE_CHECKING:
    from coderoute_ls.app.catalog_refresh import CatalogRefresh, Refreshed
    from coderoute_ls.app.hosted_gateway import HostedGateway
    from coderoute_ls.gateway.gateway import Gateway
    from coderoute_ls.providers.local_model.in_turn import InTurn
    from coderoute_ls.providers.provider_client import ProviderClient
    from coderoute_ls.selection import Catalog

SAVE_EVERY_S = 60.0
RECALL_AFTER_S = 0.3
REFRESH_AFTER_S = 20.0
"""Seconds after the start at which background work begins: the editor's first requests go first."""


class Application:
    """All stateful parts, joined. ``environ`` gives keys and directories; ``keyring`` None asks no keyring; ``log_level`` goes
    before the setting; ``ledger`` None is the one that the settings name."""

    def __init__(
        self,
        environ: Mapping[str, str] = os.environ,
        *,
        keyring: Keyring | None = system_keyring,
        places: Directories | None = None,
        log_level: str | None = None,
        ledger: Ledger | None = None,
        timing: Timing = TIMING,
    ) -> None:
        self.places = places or directories(environ)
        self.actions = actions()
        self._environ = environ
        self._access = ProviderAccess(environ, keyring)
        self._log_level = log_level
        self._timing = timing
        self.settings = settings_within_policy(self.places, self.actions)
        clock, self.transport = SystemClock(), Transport()
        self._tell: TellUser | None = None
        self._unwritten = Unwritten(self._told)
        self._servers = LocalServers(self.transport, self.places.state / "local-servers.json", self._unwritten)
        self.experience = HealthStore(self.places.state / "experience.json")
        self._catalog: Catalog | None = None
        self.router = Router(
            self._offered,
            ledger=(ledger := ledger or ledger_of(self.settings.settings, self.places)),
            experience=self.experience,
            clock=clock,
            actions=self.actions,
            answers=ANSWERS,
            seed=secrets.randbits(31),
        )
        self._loading, self.models = list[Slow](), ModelServers(self._slow, timing.slow_loading)
        self.vendors: Mapping[str, Vendor] = {}
        self.credential: Callable[[str], str | None] = lambda _: None
        """The key of a vendor by its id, or None."""
        self._prompt_log = PromptLog(lambda: self._in_turn, self.places.state / "prompts.jsonl", clock, self._unwritten)
        self._learners: list[Callable[[Progress], None]] = []
        self.embedded = EmbeddedEngine(
            self.places.cache / "embedded",
            memory_mb=self.settings.settings.embedded.max_memory_mb,
            on_progress=self._learned,
        )
        self.engine = Engine(self.router, self._prompt_log, self.embedded, ledger, CallLog(), clock)
        self._watch = LocalServerWatch(clock, self._find_local, self.use_local, self._told, lambda: self.router.catalog)
        self.team = Membership(self.transport, self.places, clock, self.experience, self._apply, self._told, self._begin)
        self.engine.records.listen(self.team.called)
        self._running: set[asyncio.Task[None]] = set()
        self._hosted: HostedGateway | None = None
        self._apply()

    @property
    def backend(self) -> Backend:
        """What a session uses."""
        return Backend(
            engine=self.engine,
            actions=self.actions,
            config_dir=self.places.config,
            state_dir=self.places.state,
            configure=self.configure,
            start=self._connected,
            listen_to_indexing=self._learners.append,
            listen_to_loading=self._loading.append,
            policy=self.team.policy,
            listen_to_policy=self.team.listeners.append,
            team=self.team.told,
            work_in=self.team.work_in,
            timing=self._timing,
            usage=lambda: usage_report(self.settings.settings, self.places, self.engine.clock.now()),
            close=self.close,
        )

    def _learned(self, progress: Progress) -> None:
        for listener in self._learners:
            listener(progress)

    def _slow(self, name: str, loading: "asyncio.Task[object]") -> None:
        for listener in self._loading:
            listener(name, loading)

    def _told(self, words: str) -> bool:
        if self._tell is not None:
            self._tell(words)
        return self._tell is not None

    # -- what may be asked --------------------------------------------------------------------------------------------------

    def configure(self, settings: Effective) -> None:
        """The user's own settings are these now. Keys, addresses, prices and scores follow at once."""
        before, self.settings = self.settings, settings
        if settings.settings != before.settings:
            self._apply()
            self._host_gateway()
            if self._running:
                self._begin(self.recall())
            self._watch.wake()

    def _apply(self) -> None:
        settings = self.settings.settings
        self._prompt_log.on = settings.log.prompts
        logging.getLogger("coderoute_ls").setLevel((self._log_level or settings.log.level).upper())
        vendors = self.vendors = self._access.vendors(settings)
        self.credential = self._access.credential(vendors)
        if "providers" in vars(self):
            self.providers.vendors, self.providers.credential = self.vendors, self.credential
        self.team.use(settings, vendors, self.credential)
        used = (server.provider for server in self._servers.used)
        states = self._access.states(vendors, settings, used, team_reached=self.team.reached)
        self.models.use(served(vendors, settings))
        self.router.use(self._offered, states, bought_credit=settings.openrouter.bought_10_usd)

    @cached_property
    def providers(self) -> "ProviderClient":
        """Loaded with the first question: many sessions have no model to ask."""
        from coderoute_ls.providers.local_model.cold_loads import ColdLoads
        from coderoute_ls.providers.provider_client import ProviderClient

        return ProviderClient(
            self.vendors,
            self.credential,
            self.transport,
            serve=self.models.lease,
            timing=self._timing,
            adaptations=self.experience.adaptations,
            loads=ColdLoads(self._slow, self._timing.slow_loading),
            local_news=self._watch.news,
            team=self.team.calls,
        )

    @cached_property
    def _in_turn(self) -> "InTurn":
        from coderoute_ls.providers.local_model.in_turn import InTurn

        return InTurn(self.providers, self._servers.slots_of, lambda provider: bool(self.vendors[provider].model_path))

    @cached_property
    def _refresh(self) -> "CatalogRefresh":
        from coderoute_ls.app.catalog_refresh import CatalogRefresh, lists_with

        lists = lists_with(self.settings.settings.catalog.sources)
        return CatalogRefresh(self.transport, self.places.cache, self.engine.clock, lists)

    async def refresh_catalog(self) -> "Refreshed":
        """Fetch the published lists and the user's own now, and use what they bring."""
        result = await self._refresh.run()
        if result.changes:
            self._use_catalog(result.catalog)
        return result

    def _offered(self) -> "Catalog":
        """The newest published catalogue with what the user's settings and this machine add to it."""
        from coderoute_ls.app.measurement.measured_models import measured_models
        from coderoute_ls.app.own_models import offered

        self._catalog = self._catalog or self._refresh.catalog()
        known = self._catalog, self.settings.settings, self.vendors, self._servers.used
        return offered(*known, measured_models(self.places.state), team=self.team.offers)

    # -- life -----------------------------------------------------------------------------------------------------------------

    async def _connected(self, ask: AskUser, tell: TellUser) -> None:
        """An editor is there, and its settings are known."""
        self._tell = tell
        self._host_gateway()
        await self.start(ask)

    def _host_gateway(self) -> None:
        """Serve other AI tools from this process, or no longer. Without an editor there is a command for it."""
        wanted = self.settings.settings.gateway
        if self._tell is not None and self._hosted is None and wanted.enable:
            from coderoute_ls.app.hosted_gateway import HostedGateway

            self._hosted = HostedGateway(self.gateway, self.places.config, self._tell, self.engine.clock.sleep)
        if self._hosted is not None:
            self._hosted.use(wanted)

    def gateway(self, token: str) -> "Gateway":
        """What other AI tools reach, with the settings as they are at each request. ``token``: what callers send as their key."""
        from coderoute_ls.gateway.gateway import Gateway

        return Gateway(self.engine, self.actions, lambda: self.settings, token)

    async def start(self, ask: AskUser) -> None:
        """Work that waits until somebody is there: find local servers, keep prices current, save experience now and then."""
        hours = 0 if self._environ.get(OFFLINE_VARIABLE) else self.settings.settings.catalog.refresh
        for work in (self._recall_soon(), self._save_experience(), self._keep_current(hours)):
            self._begin(work)
        self.team.start()
        self._servers.ask = ask
        self._begin(self._watch.run())

    def _begin(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _recall_soon(self) -> None:
        await self.engine.clock.sleep(RECALL_AFTER_S)
        await self.recall()

    async def _keep_current(self, hours: float) -> None:
        if hours > 0:
            await self.engine.clock.sleep(REFRESH_AFTER_S)
            await self._refresh.keep(hours, self._use_catalog)

    def _use_catalog(self, catalog: "Catalog") -> None:
        self._catalog = catalog
        self._apply()

    async def find_local(self, ask: AskUser) -> None:
        """Look for model servers on this machine. One that was not met before is used only after the user has agreed."""
        self._servers.ask = ask
        await self._watch.look()

    async def _find_local(self) -> tuple[LocalServer, ...]:
        return await self._servers.find(self.vendors.values(), self.settings.settings.providers, self.credential)

    async def recall(self) -> None:
        """Let the keys in the keyring count, from now on. It may take its time: the user may have to unlock it."""
        if await self._access.recall(self.vendors):
            self._apply()

    def use_local(self, servers: Iterable[LocalServer]) -> None:
        """These servers may be asked from now on."""
        self._servers.used = tuple(servers)
        self._apply()

    async def _save_experience(self) -> None:
        while True:
            await asyncio.sleep(SAVE_EVERY_S)
            await asyncio.to_thread(self.experience.save, self.engine.clock.now())
            if (error := self.experience.unwritten) is not None:
                self._unwritten.failed("Experience with models", error)

    async def close(self) -> None:
        """Keep what was learned, close every connection, end the child."""
        if self._hosted is not None:
            await self._hosted.close()
        for task in (running := tuple(self._running)):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await self.team.close()
        await asyncio.to_thread(self.experience.save, self.engine.clock.now())
        await self.embedded.close()
        if "providers" in vars(self):
            await self.providers.loads.close()
            await self.providers.stop_reading()
        await self.transport.close()
        await self.models.close()
        await self.engine.ledger.close()
