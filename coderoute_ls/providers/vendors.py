"""The vendors as the user's settings and environment make them: rows of `domain.vendors`, changed, added, dropped, completed."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol
from urllib.parse import urlsplit

from coderoute_ls.domain.vendors import UNKNOWN_LOCAL, VENDORS, Vendor
from coderoute_ls.errors import ConfigurationError

__all__ = ["VENDORS", "Override", "Vendor", "configured", "variables"]

_FILE = replace(UNKNOWN_LOCAL, dialect="openai-chat", effort="template", timeout_s=300.0)
"""A model file. On a processor without help it may read a long prompt for minutes before it says anything."""


class Override(Protocol):
    """What the user may say about a vendor: ``providers.<id>`` of the settings, None where nothing was said."""

    @property
    def dialect(self) -> str | None: ...
    @property
    def base_url(self) -> str | None: ...
    @property
    def key_env(self) -> str | None: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def timeout_s(self) -> float | None: ...
    @property
    def local(self) -> bool | None: ...
    @property
    def enable(self) -> bool: ...
    @property
    def model_path(self) -> str | None: ...


def configured(overrides: Mapping[str, Override], environ: Mapping[str, str]) -> Mapping[str, Vendor]:
    """All vendors as the user wants them: disabled ones dropped, own ones added, variables in base URLs filled in (a vendor whose
    variable is missing has the base URL ""). Raises ConfigurationError for an own vendor without a base URL or dialect, and for
    a model file that has a base URL.
    """
    rows = dict(VENDORS)
    for id_, override in overrides.items():
        if override.enable:
            rows[id_] = _override(id_, rows.get(id_), override)
        else:
            rows.pop(id_, None)
    return {id_: replace(row, base_url=_fill(row.base_url, environ)) for id_, row in rows.items()}


def _override(id_: str, row: Vendor | None, said: Override) -> Vendor:
    if said.model_path:
        if said.base_url:
            raise ConfigurationError(f"The provider {id_!r} is either a model_path or a base_url: take one of them out.")
        return replace(_FILE, id=id_, name=id_, model_path=said.model_path, timeout_s=said.timeout_s or _FILE.timeout_s)
    if row is None:
        if not said.base_url or not said.dialect:
            raise ConfigurationError(f"The provider {id_!r} is not known by name: give it a base_url and a dialect.")
        row = Vendor(id_, id_, said.dialect, said.base_url)
    return replace(
        row,
        dialect=said.dialect or row.dialect,
        base_url=said.base_url or row.base_url,
        # the vendor's usual key stays at home
        endpoints=_moved(row, said.base_url) if said.base_url else row.endpoints,
        key_env=(said.key_env,) if said.key_env else () if said.base_url and _leaves_home(row, said.base_url) else row.key_env,
        headers={**row.headers, **said.headers},
        timeout_s=said.timeout_s if said.timeout_s is not None else row.timeout_s,
        local=said.local if said.local is not None else row.local,
    )


def _moved(row: Vendor, base_url: str) -> Mapping[str, str]:
    """Where the other dialects live now: a local server has the same paths on any port; elsewhere nothing is known."""
    if not row.local:
        return {}
    parts = urlsplit(base_url)
    return {dialect: f"{parts.scheme}://{parts.netloc}{urlsplit(url).path}" for dialect, url in row.endpoints.items()}


def _leaves_home(row: Vendor, base_url: str) -> bool:
    """The new address is another host than the vendor's own, so the vendor's key must not go there unasked."""
    return bool(row.base_url) and "{" not in row.base_url and urlsplit(row.base_url).hostname != urlsplit(base_url).hostname


def variables(vendor_id: str) -> tuple[str, ...]:
    """Environment variables that this vendor's own address is made of."""
    row = VENDORS.get(vendor_id)
    return _names(row.base_url) if row is not None else ()


def _names(base_url: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\{(\w+)\}", base_url))


def _fill(base_url: str, environ: Mapping[str, str]) -> str:
    names = _names(base_url)
    if any(not environ.get(name) for name in names):
        return ""
    return base_url.format(**{name: environ[name].rstrip("/") for name in names})
