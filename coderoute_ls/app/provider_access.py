"""Which vendors this user can reach: their addresses, keys and fees, from settings, environment and keyring."""

import logging
from collections.abc import Callable, Iterable, Mapping

from coderoute_ls.app.stored_keys import stored_keys
from coderoute_ls.domain import ProviderState
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
        vendors = configured(settings.providers, self._environ)
        for vendor in vendors.values():
            if vendor.trouble and vendor.id in settings.providers:
                log.warning("%s", vendor.trouble)
        return vendors

    def credential(self, vendors: Mapping[str, Vendor]) -> Callable[[str], str | None]:
        """The key of a vendor, or None."""
        return lookup(vendors, self._environ, self._stored.get)

    def states(self, vendors: Mapping[str, Vendor], settings: Settings, listening: Iterable[str]) -> Mapping[str, ProviderState]:
        """What the selector needs to know of each vendor. ``listening``: those whose local servers answer."""
        found = frozenset(listening)
        return {
            vendor: ProviderState(
                reachable=present and (not vendors[vendor].local or vendor in found or vendor in settings.providers),
                enabled=True,
                fee=_fee(vendor, settings),
                credit_fee=_fee(vendor, settings, own_key=False),
            )
            for vendor, present in credentials(vendors, self._environ, self._stored.get).items()
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


def _fee(vendor: str, settings: Settings, *, own_key: bool | None = None) -> float:
    said = settings.providers.get(vendor)
    if said is not None and said.fee is not None:
        return said.fee
    return fee(vendor, own_key=settings.openrouter.own_key if own_key is None else own_key)
