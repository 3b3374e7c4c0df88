"""Whether this machine joined a team, and the team's parts where it did: nothing of them is loaded where no setting names one."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from coderoute_ls.app.health_store import HealthStore
from coderoute_ls.domain import Offer, Purpose
from coderoute_ls.domain.clock import Clock
from coderoute_ls.domain.vendor import TEAM, Vendor
from coderoute_ls.engine import CallRecord
from coderoute_ls.errors import ProviderError
from coderoute_ls.providers.connections.transport import Transport
from coderoute_ls.selection import EMBEDDED
from coderoute_ls.settings import Layer, Settings
from coderoute_ls.storage import Directories

if TYPE_CHECKING:
    from coderoute_ls.app.joined_team.joined_team import JoinedTeam
    from coderoute_ls.providers.connections.team_gateway import TeamCalls


@dataclass
class Membership:
    """``changed``: the team has other offers, or another reach; ``tell``: a sentence for the user; ``begin`` runs in the
    background."""

    transport: Transport
    places: Directories
    clock: Clock
    experience: HealthStore
    changed: Callable[[], None]
    tell: Callable[[str], object]
    begin: Callable[[Coroutine[object, object, None]], None]
    joined: "JoinedTeam | None" = None
    """None: no team was ever named."""
    listeners: list[Callable[[], None]] = field(default_factory=list[Callable[[], None]])
    """Told when another policy holds."""
    _started: bool = False
    _stood_in: bool = False
    """A key of the user's own answered the last call that the gateway could have answered, which was told."""

    def policy(self, own: tuple[Layer, ...]) -> tuple[Layer, ...]:
        """What the policy of the team allows that the user's own layers name; nothing where they name none."""
        if not any(layer.values.get(("team", "url")) for layer in own):
            return ()
        from coderoute_ls.app.joined_team.team_policy import team_of

        named = team_of(own)
        return self._join().policy(named).layers if named is not None and named.url else ()

    def use(self, settings: Settings, vendors: Mapping[str, Vendor], credential: Callable[[str], str | None]) -> None:
        """The user's settings name this team now, or none."""
        if settings.team.url is not None:
            team = self._join()
            team.policy(settings.team)
            team.use(vendors.get(TEAM), credential(TEAM))
        elif self.joined is not None:
            self.joined.use(None, None)

    @property
    def reached(self) -> bool:
        """Its gateway can be asked, as far as is known."""
        return self.joined is not None and self.joined.reached

    @property
    def offers(self) -> tuple[Offer, ...]:
        return () if self.joined is None else self.joined.offers.offers

    @property
    def calls(self) -> "TeamCalls":
        """What goes along with requests to the gateway, and who hears of its answers."""
        from coderoute_ls.providers.connections.team_gateway import TeamCalls

        return TeamCalls(self._labels, self._heard, self._failed)

    def called(self, record: CallRecord) -> None:
        """That a key of the user's own pays in the gateway's place is told once, until the gateway answers again."""
        answered = None if record.answered is None else record.answered.offer
        if self.joined is None or answered is None:
            return
        failed = next((hop for hop in reversed(record.hops) if hop.offer.startswith(f"{TEAM}/")), None)
        if answered.provider == TEAM:
            self._stood_in = False
        elif failed is not None and not self._stood_in and not answered.local and answered.provider != EMBEDDED.provider:
            self._stood_in = True
            if failed.error == self.joined.untold:
                self.tell(f"{answered.name} answered, by a key of your own: {failed.offer} failed. {failed.error}")

    def told(self) -> str:
        """How it stands with the team, in words; "" where none is joined."""
        return "" if self.joined is None else self.joined.told

    def work_in(self, folders: tuple[str, ...]) -> None:
        """Calls may come from these folders soon."""
        if self.joined is not None:
            self.joined.workplaces.open(folders)

    def start(self) -> None:
        """Fetch offers and policy in the background, from now on."""
        self._started = True
        if self.joined is not None:
            self.begin(self.joined.run())

    async def load(self) -> None:
        """Use what was kept of an earlier run, and ask nobody."""
        if self.joined is not None:
            await self.joined.load()

    async def meet(self) -> None:
        """For a command, whose process does not stay: use what was kept, fetch what is missing or too old. It takes its time."""
        if self.joined is not None:
            await self.joined.meet()

    async def close(self) -> None:
        if self.joined is not None:
            await self.joined.close()

    def _join(self) -> "JoinedTeam":
        if self.joined is None:
            from coderoute_ls.app.joined_team.joined_team import JoinedTeam

            self.joined = JoinedTeam(
                self.transport, self.places, self.clock, self.experience, changed=self.changed, tell=self._told
            )
            self.joined.listeners = self.listeners
            if self._started:
                self.begin(self.joined.run())
        return self.joined

    async def _labels(self, purpose: Purpose) -> Mapping[str, str]:
        return {} if self.joined is None else await self.joined.workplaces.labels(purpose)

    def _told(self, words: str) -> None:
        self.tell(words)

    def _heard(self, headers: Mapping[str, str]) -> None:
        if self.joined is not None:
            self.joined.heard(headers)

    def _failed(self, error: ProviderError) -> None:
        if self.joined is not None:
            self.joined.failed(error)
