"""The vendors as the user's settings and environment make them: rows of `domain.vendor_table`, changed, added or dropped."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol
from urllib.parse import urlsplit

from coderoute_ls.domain.local_server_table import UNKNOWN_LOCAL
from coderoute_ls.domain.vendor import TEAM, TEAM_KEY, Vendor
from coderoute_ls.domain.vendor_table import RETIRED, VENDORS
from coderoute_ls.errors import ConfigurationError
from coderoute_ls.providers.base_url import CLOUD_HOSTS, Address, corrected, is_azure
from coderoute_ls.providers.key_redaction import redact

__all__ = ["VENDORS", "Override", "Vendor", "configured", "variables"]

_FILE = replace(UNKNOWN_LOCAL, dialect="openai-chat", effort="template", tells_timings=True)
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


def configured(
    overrides: Mapping[str, Override], environ: Mapping[str, str], *, team_url: str | None = None
) -> Mapping[str, Vendor]:
    """All vendors of this user: disabled ones dropped, own ones added, variables in base URLs filled in, addresses
    corrected. A vendor that cannot be asked has the base URL "" and, where its settings are wrong, says why in ``trouble``:
    one mistake concerns one vendor. ``team_url``: the gateway of the team that was joined, one more vendor.
    """
    rows: dict[str, Vendor] = {id_: row for id_, row in VENDORS.items() if id_ not in overrides}
    if team_url:
        rows[TEAM] = Vendor(TEAM, "Team gateway", "openai-chat", team_url, (TEAM_KEY,))
        overrides = {id_: override for id_, override in overrides.items() if id_ != TEAM}
    for id_, override in overrides.items():
        if override.enable:
            try:
                rows[id_] = _override(id_, VENDORS.get(id_), override)
            except ConfigurationError as error:
                rows[id_] = _troubled(VENDORS.get(id_) or Vendor(id_, id_, "openai-chat", ""), error.user_message)
    return {id_: _addressed(row, environ, named=id_ in overrides) for id_, row in rows.items()}


def _override(id_: str, row: Vendor | None, said: Override) -> Vendor:
    """Raises ConfigurationError for an own vendor without a base URL or dialect, for a dialect that there is not, and for a model
    file that has a base URL.
    """
    if said.model_path:
        if said.base_url:
            raise ConfigurationError(f"The provider {id_!r} is either a model_path or a base_url: take one of them out.")
        return replace(_FILE, id=id_, name=id_, model_path=said.model_path, timeout_s=said.timeout_s or _FILE.timeout_s)
    if said.dialect:
        from coderoute_ls.providers.dialect import dialect

        dialect(said.dialect)
    if row is None:
        if id_ in RETIRED and not said.base_url:
            raise ConfigurationError(f"{RETIRED[id_]}: take [providers.{id_}] out of your config.toml.")
        if not said.base_url or not said.dialect:
            raise ConfigurationError(f"The provider {id_!r} is not known by name: give it a base_url and a dialect.")
        row = _own(id_, said.dialect, said.base_url)
    moved = _moved(row, said.base_url) if said.base_url else None
    away = bool(said.base_url) and _leaves_host(row, said.base_url or "")
    return replace(
        row,
        dialect=said.dialect or row.dialect,
        base_url=said.base_url or row.base_url,
        endpoints=row.endpoints if moved is None else moved,
        # the vendor's usual key, and this machine's credentials, stay at its usual hosts
        key_env=(said.key_env,) if said.key_env else () if away else row.key_env,
        signs="" if away else row.signs,
        headers={**row.headers, **_sendable(id_, said.headers)},
        timeout_s=said.timeout_s if said.timeout_s is not None else row.timeout_s,
        local=said.local if said.local is not None else row.local,
    )


def _own(id_: str, dialect: str, base_url: str) -> Vendor:
    """A vendor of the user's own. At a cloud it is spoken to as that cloud wants it: with Azure's header, or signed."""
    azure, host = VENDORS["azure"], _host(base_url)
    for cloud in (VENDORS["bedrock"], VENDORS["vertex"]):
        if CLOUD_HOSTS[cloud.signs].search(host):
            return replace(cloud, id=id_, name=id_, dialect=dialect, base_url=base_url, endpoints={}, by_model={}, key_env=())
    if is_azure(host):
        return Vendor(
            id_,
            id_,
            dialect,
            base_url,
            auth=None if dialect == "anthropic-messages" else azure.auth,
            max_tokens_field=azure.max_tokens_field,
            session_field=azure.session_field,
        )
    return Vendor(id_, id_, dialect, base_url, ends_unsaid=host.endswith(".snowflakecomputing.com"))


def _sendable(id_: str, headers: Mapping[str, str]) -> Mapping[str, str]:
    """Raises ConfigurationError for a header that HTTP cannot carry; its value is not repeated."""
    for name, value in headers.items():
        if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name):
            raise ConfigurationError(f"The provider {id_!r} has a header with a name that cannot be sent: correct its headers.")
        if not re.fullmatch(r"[\x20-\x7e\t]*", value):
            raise ConfigurationError(
                f"The header {name} of the provider {id_!r} holds a line end or a character that cannot be sent: correct it."
            )
    return {name: value.strip() for name, value in headers.items()}


def _troubled(row: Vendor, trouble: str) -> Vendor:
    return replace(row, base_url="", endpoints={}, trouble=redact(trouble))


def _addressed(row: Vendor, environ: Mapping[str, str], *, named: bool) -> Vendor:
    """The vendor at its address; without one where a variable is missing, or where the user did not agree to its being asked."""
    if row.trouble or row.model_path or (row is VENDORS.get(row.id) and not _names(row.base_url)):
        return row
    if row.signs and not row.key_env and not named:
        return _troubled(
            row, f"{row.name} signs with credentials of this machine: allow it with [providers.{row.id}] in config.toml."
        )
    if not named:
        row = replace(row, signs="")
    try:
        base, query = _complete(row.base_url, row.dialect, environ)
        endpoints = {dialect: _complete(url, dialect, environ)[0] for dialect, url in row.endpoints.items()}
    except ConfigurationError as error:
        places = " and ".join(_names(row.base_url)) or "base_url"
        return _troubled(row, f"The address of {row.name} ({places}) {error.user_message}.")
    return replace(row, base_url=base, endpoints={name: url for name, url in endpoints.items() if url}, query=query)


def _complete(template: str, dialect: str, environ: Mapping[str, str]) -> Address:
    """The address with its variables filled in; "" while one is missing. A variable that it begins with may hold any form of an
    address. Raises ConfigurationError.
    """
    filled = _fill(template, environ)
    if not filled:
        return Address("")
    if template.startswith("{"):
        first, _, rest = template.partition("}")
        given = corrected(_value(first[1:], environ), dialect)
        return given if urlsplit(given.base).path else Address(given.base + rest, given.query)
    return corrected(filled, dialect)


def _moved(row: Vendor, base_url: str) -> Mapping[str, str]:
    """Where the other dialects live now: a local server has the same paths on any port; elsewhere nothing is known."""
    if not row.local or "://" not in base_url:
        return {}
    parts = urlsplit(base_url)
    return {dialect: f"{parts.scheme}://{parts.netloc}{urlsplit(url).path}" for dialect, url in row.endpoints.items()}


def _leaves_host(row: Vendor, base_url: str) -> bool:
    """The new address is another host than the vendor's own, so the vendor's key must not go there unasked."""
    host = _host(base_url)
    if row.signs:
        return CLOUD_HOSTS[row.signs].search(host) is None
    if row.base_url.startswith("{"):
        return not is_azure(host)
    usual = re.sub(r"\\\{.*?\\\}", r"[\\w-]+", re.escape(_host(row.base_url)))
    return bool(row.base_url) and not re.fullmatch(usual, host)


def _host(url: str) -> str:
    try:
        return urlsplit(url if "://" in url else f"https://{url}").hostname or ""
    except ValueError:
        return ""


def variables(vendor_id: str) -> tuple[str, ...]:
    """Environment variables that this vendor's own address is made of."""
    row = VENDORS.get(vendor_id)
    return tuple(name.partition("|")[0] for name in _names(row.base_url)) if row is not None else ()


def _names(base_url: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in re.findall(r"\{([\w|]+)\}", base_url) if name != "model"))


def _value(name: str, environ: Mapping[str, str]) -> str:
    return next((value for part in name.split("|") if (value := environ.get(part, "").strip())), "")


def _fill(base_url: str, environ: Mapping[str, str]) -> str:
    for name in _names(base_url):
        if not (value := _value(name, environ)):
            return ""
        if not base_url.startswith("{") and not re.fullmatch(r"[\w.-]+", value):
            raise ConfigurationError("holds characters that no region, place or project has")
        base_url = base_url.replace(f"{{{name}}}", value.rstrip("/"))
    return base_url
