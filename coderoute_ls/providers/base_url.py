"""From the address that a user gives to the base URL that a dialect's paths are added to.

A whole endpoint is cut back, a missing version is added, Azure's forms are told apart, a query is kept for each request; what
cannot be corrected is refused in words that do not repeat it, for an address may hold a key.
"""

import re
from collections.abc import Mapping
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from coderoute_ls.domain.vendor_table import VENDORS
from coderoute_ls.errors import ConfigurationError
from coderoute_ls.settings.declaration_rules import SECRET_PARAMETERS

AZURE_VERSION, FOUNDRY_VERSION = "2024-10-21", "2024-05-01-preview"
"""What a deployment's and Foundry's ``/models`` endpoint are asked with where the address names no ``api-version``."""
_OPENAI = frozenset({"openai-chat", "openai-responses", "openai-completions"})
_VERSIONS = {**dict.fromkeys((*_OPENAI, "anthropic-messages", "mistral-fim"), "/v1"), "gemini": "/v1beta", "cohere-v2": "/v2"}
"""What is below a bare host, by dialect."""
_MODEL_METHOD = r"/models(/[^/]+(:\w+)?)?$"
_ENDPOINTS = {
    "ollama": r"(/api(/(chat|generate|tags|version))?|/v1(/(chat/completions|completions|models))?)$",
    "llamacpp-infill": r"(/infill|/completions?|/v1(/(chat/completions|completions|models))?)$",
    "gemini": rf"({_MODEL_METHOD}|/openai(/chat/completions)?$)",
    "vertex-anthropic": _MODEL_METHOD,
    "cohere-v2": r"/chat$",
    **dict.fromkeys(("bedrock-converse", "bedrock-invoke"), r"/model(/[^/]+(/[\w-]+)?)?$"),
}
_ENDPOINT = (
    r"(/(chat/completions|fim/completions|completions|responses|messages(/count_tokens)?|embeddings)"
    r"|(?<=/v\d)/(models|chat)|^/api/(chat|generate|tags))$"
)
"""Ends of whole endpoints, by dialect and for all others."""
_AZURE = re.compile(r"\.(openai\.azure\.(com|us|cn)|cognitiveservices\.azure\.(com|us)|services\.ai\.azure\.com)$")
_DEPLOYMENT = re.compile(r"/openai/deployments/[^/]+$")

CLOUD_HOSTS: Mapping[str, re.Pattern[str]] = {
    "aws": re.compile(r"(^|[.-])bedrock-runtime[\w.-]*\.(amazonaws\.com(\.cn)?|api\.aws)$"),
    "google": re.compile(r"(^|[.-])aiplatform\.([\w-]+\.rep\.)?googleapis\.com$"),
}
"""Hosts that requests may be signed for, by whose credentials sign."""


class Address(NamedTuple):
    """A base URL without a final slash, and the query that each request repeats."""

    base: str
    query: str = ""


def corrected(text: str, dialect: str) -> Address:
    """The base URL that this text means for this dialect. Raises ConfigurationError with the end of a sentence: what is wrong."""
    text = _with_scheme(text.strip().strip("\"'`“”‘’<>").strip())
    parts, host, port = _split(text)
    query = _query(parts)
    path = _path(re.sub(r"/{2,}", "/", parts.path).rstrip("/"), host, dialect)
    if is_azure(host):
        path, query = _azure(path, query, dialect)
    elif _DEPLOYMENT.search(path) and "api-version" not in query:
        query["api-version"] = AZURE_VERSION
    scheme = "https" if _vendors_own(host) else parts.scheme
    return Address(f"{scheme}://{_host(host)}{port}{path}", urlencode(query, safe="/:,"))


def is_azure(host: str) -> bool:
    """Whether Azure serves models at this host, under its own rules."""
    return _AZURE.search(host) is not None


def origin(url: str) -> str:
    """Scheme, host and port: what a key belongs to; "" for what is no address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def shown(url: str) -> str:
    """The address as messages may repeat it: without user name, query and fragment, which may hold a key."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "the given address"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _wrong(what: str) -> ConfigurationError:
    return ConfigurationError(what)


def _with_scheme(text: str) -> str:
    if not text:
        raise _wrong("is empty")
    if re.search(r"[\s\x00-\x1f\x7f\\]", text):
        raise _wrong("holds blanks or characters that no address has")
    text = re.sub(r"^(?:https?://)+(?=https?://)", "", text, flags=re.IGNORECASE)
    if slip := re.match(r"(https?)(?::/?|/+)(?=[^/:])", text, re.IGNORECASE):
        text = f"{slip[1]}://{text[slip.end() :]}"
    if "://" not in text:
        host = re.match(r"/*(\[[^\]]*\]|[^/:?#]*)", text)
        near = host is not None and is_near(host[1].strip("[]"))
        text = f"{'http' if near else 'https'}://{text.lstrip('/')}"
    return text


def is_near(host: str) -> bool:
    """On this machine or its own network, as far as the name tells."""
    try:
        return ip_address(host).is_private or ip_address(host).is_unspecified
    except ValueError:
        return (
            host.lower() == "localhost" or host.lower().endswith((".localhost", ".local", ".lan", ".internal")) or "." not in host
        )


def _split(text: str) -> tuple[SplitResult, str, str]:
    """The parts, the host and ``:port``."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise _wrong("names a port or host that cannot exist") from None
    if parts.scheme not in ("http", "https"):
        raise _wrong("must begin with http:// or https://")
    if parts.username is not None or parts.password is not None:
        raise _wrong("holds a user name or password: keep the key in an environment variable instead")
    host = (parts.hostname or "").rstrip(".")
    if not re.fullmatch(r"[\w-]+(\.[\w-]+)*|[0-9a-f:.]+(%\w+)?", host):
        raise _wrong("has no host name that can exist")
    if port == 0:
        raise _wrong("names a port or host that cannot exist")
    usual = port is None or port == (443 if parts.scheme == "https" else 80)
    return parts, host, "" if usual else f":{port}"


def _host(host: str) -> str:
    if host == "0.0.0.0":  # noqa: S104  where a server listens, not where it is asked
        return "127.0.0.1"
    if ":" in host:
        return "[::1]" if host.partition("%")[0] in ("::", "0:0:0:0:0:0:0:0") else f"[{host}]"
    # Google's global endpoint has no location in its name, its two continents another name
    if match := re.fullmatch(r"(global|us|eu)-aiplatform\.googleapis\.com", host):
        return "aiplatform.googleapis.com" if match[1] == "global" else f"aiplatform.{match[1]}.rep.googleapis.com"
    return host


def _query(parts: SplitResult) -> dict[str, str]:
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    if any(SECRET_PARAMETERS.search(name) for name in query):
        raise _wrong("holds a key in its query: keep the key in an environment variable instead")
    query.pop("alt", None)  # the dialect's own
    return query


def _path(path: str, host: str, dialect: str) -> str:
    path = re.sub(r"(/v\d\w*)\1+$", r"\1", re.sub(_ENDPOINTS.get(dialect, _ENDPOINT), "", path))
    usual = _usual_path(host, dialect)
    if usual is not None and (path in (usual, f"{usual}/models") or usual.startswith(f"{path}/")):
        return usual
    if dialect == "anthropic-messages" and not re.search(r"/v\d+\w*$", path):
        return f"{path}/v1"  # as Anthropic's own clients do below any address
    return path or _VERSIONS.get(dialect, "")


def _usual_path(host: str, dialect: str) -> str | None:
    """The path below which a known vendor at this host speaks this dialect."""
    for row in VENDORS.values():
        if row.local or "{" in row.base_url:
            continue
        if url := row.endpoints.get(dialect):
            if urlsplit(url).hostname == host:
                return urlsplit(url).path
        elif urlsplit(row.base_url).hostname == host and (row.dialect == dialect or {row.dialect, dialect} <= _OPENAI):
            return urlsplit(row.base_url).path
    return None


def _vendors_own(host: str) -> bool:
    """A known vendor's host, which is never asked without TLS."""
    return any(pattern.search(host) for pattern in (_AZURE, *CLOUD_HOSTS.values())) or any(
        urlsplit(row.base_url).hostname == host for row in VENDORS.values() if not row.local and "{" not in row.base_url
    )


def _azure(path: str, query: dict[str, str], dialect: str) -> tuple[str, dict[str, str]]:
    """Azure has four faces: ``/openai/v1`` (no version, or a word), a deployment and Foundry's ``/models`` (a dated version
    each), and Anthropic's.
    """
    version = query.get("api-version", "")
    dated = re.match(r"\d{4}-", version) is not None
    undated = {name: value for name, value in query.items() if name != "api-version" or not dated}
    if dialect == "anthropic-messages":
        return "/anthropic/v1", undated
    if path == "/models":
        return path, {**query, "api-version": version or FOUNDRY_VERSION}
    if dialect != "openai-responses":
        if _DEPLOYMENT.search(path):
            return path, {**query, "api-version": version or AZURE_VERSION}
        if dated and path in ("", "/openai", "/v1", "/openai/deployments"):
            return "/openai/deployments/{model}", query
    return "/openai/v1", undated
