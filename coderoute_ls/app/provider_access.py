"""Which vendors this user can reach: their addresses, keys and fees, from settings, environment and keyring."""

import logging
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from coderoute_ls.app.stored_keys import stored_keys
from coderoute_ls.domain import ProviderState
from coderoute_ls.domain.vendor import TEAM
from coderoute_ls.providers.configured_vendors import Vendor, configured
from coderoute_ls.providers.credentials import credentials, lookup, trouble
from coderoute_ls.selection.pricing.fee_calculation import fee
from coderoute_ls.settings import Settings

log = logging.getLogger(__name__)

Keyring = Callable[[str], str | None]
"""The key that the operating system keeps for a vendor. May wait for the user to unlock it."""


class ProviderAccess:
    """Asks the environment each time, and the keyring once for each vendor."""

    def __init__(self, environ: Mapping[str, str], keyring: Keyring | None) -> None:
        """``keyring`` None asks none."""
        self._environ = environ
        self._keyring = keyring
        self._stored: Mapping[str, str | None] = {}
        """Keys that the keyring holds, by vendor."""

    def vendors(self, settings: Settings) -> Mapping[str, Vendor]:
        """The vendors as the user configured them; what is wrong with one is logged."""
        vendors = configured(settings.providers, self._environ, team_url=settings.team.url)
        for vendor in vendors.values():
            if vendor.trouble and vendor.id in settings.providers:
                log.warning("%s", vendor.trouble)
        return vendors

    def credential(self, vendors: Mapping[str, Vendor]) -> Callable[[str], str | None]:
        """The key of a vendor, or None."""
        return lookup(vendors, self._environ, self._stored.get)

    def states(
        self, vendors: Mapping[str, Vendor], settings: Settings, listening: Iterable[str], *, team_reached: bool = True
    ) -> Mapping[str, ProviderState]:
        """What the selector needs to know of each vendor. ``listening``: those whose local servers answer."""
        found = frozenset(listening)
        present = credentials(vendors, self._environ, self._stored.get)
        led = present.get(TEAM, False) and team_reached
        return {
            vendor: ProviderState(
                reachable=has_key
                and (not vendors[vendor].local or vendor in found or vendor in settings.providers)
                and (vendor != TEAM or team_reached),
                enabled=settings.team.own_keys or not _own(vendors[vendor]),
                fee=_fee(vendor, settings),
                credit_fee=_fee(vendor, settings, own_key=False),
                stands_by=led and _own(vendors[vendor]),
            )
            for vendor, has_key in present.items()
        }

    async def recall(self, vendors: Mapping[str, Vendor]) -> bool:
        """Ask the keyring for keys that are missing, or cannot be any; whether it had one. It may take its time."""
        find = self.credential(vendors)
        missing = [v.id for v in vendors.values() if v.key_env and v.id not in self._stored and trouble(find(v.id) or "")]
        if self._keyring is None or not missing:
            return False
        found = await stored_keys(self._keyring, missing)
        self._stored = {**self._stored, **found}
        return any(found.values())


def served(vendors: Mapping[str, Vendor], settings: Settings) -> Mapping[str, tuple[Path, int]]:
    """The model file of each vendor that is one, with the tokens of context to serve it with."""
    if not any(vendor.model_path for vendor in vendors.values()):
        return {}
    from coderoute_ls.app.own_models import served_files

    return served_files(vendors.values(), settings)


def _own(vendor: Vendor) -> bool:
    """Whether it is asked elsewhere than on the user's machines, at the user's own expense."""
    return vendor.id != TEAM and not vendor.local and not vendor.model_path


def _fee(vendor: str, settings: Settings, *, own_key: bool | None = None) -> float:
    said = settings.providers.get(vendor)
    if said is not None and said.fee is not None:
        return said.fee
    return fee(vendor, own_key=settings.openrouter.own_key if own_key is None else own_key)
