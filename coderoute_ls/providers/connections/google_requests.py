"""How Google's credentials library fetches tokens: by our rules for proxies and certificates."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module

import httpx

from coderoute_ls.providers.connections.certificates import certificates
from coderoute_ls.providers.connections.proxies import proxy_for

_ITS_OWN_CLOUD = frozenset({"metadata.google.internal", "169.254.169.254"})
"""The server that a machine in Google's cloud asks about itself; no proxy reaches it."""


@dataclass(frozen=True, slots=True)
class TokenAnswer:
    """What `google.auth` takes for an answer."""

    status: int
    headers: Mapping[str, str]
    data: bytes


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """What `google.auth` calls to reach its token servers; blocks. ``wait_s`` bounds each step of a request."""

    environ: Mapping[str, str]
    wait_s: float

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        **_: object,
    ) -> TokenAnswer:
        """Raises google.auth's own TransportError, in words that repeat neither address nor body."""
        try:
            verify = certificates(self.environ) if url.startswith("https:") else False
            proxy = None if httpx.URL(url).host in _ITS_OWN_CLOUD else proxy_for(url, self.environ)
            with httpx.Client(
                verify=verify, proxy=proxy, trust_env=False, timeout=min(timeout or self.wait_s, self.wait_s)
            ) as client:
                answer = client.request(method, url, content=body, headers=dict(headers or {}))
        except Exception:
            raise import_module("google.auth.exceptions").TransportError("the token server was not reached") from None
        return TokenAnswer(answer.status_code, answer.headers, answer.content)
