"""Recorded exchanges and ways to serve them again: over a socket, or cut to pieces through memory."""

import base64
import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from coderoute_ls.domain import FimSupport, Offer, Prompt
from coderoute_ls.providers.configured_vendors import VENDORS, Vendor
from coderoute_ls.providers.connections.transport import Transport
from coderoute_ls.providers.provider_client import ProviderClient
from tests.providers.asking import CHAT, HOLE, KEY

Cut = Callable[[bytes], Iterable[bytes]]

DIALECTS = {
    "mistral-chat": "openai-chat",
    "llamacpp-completion": "llamacpp-infill",
    "ollama-chat": "ollama",
    "ollama-generate": "ollama",
}
"""Recorders' names of our dialects, where they differ."""
HOLES = frozenset({"openai-completions", "mistral-fim", "llamacpp-completion", "ollama-generate"})


@dataclass(frozen=True)
class Recording:
    """One exchange: what the server sent, and what the official SDK made of it."""

    id: str
    provider: str
    dialect: str
    streaming: bool
    status: int
    headers: Mapping[str, str]
    body: bytes
    expected: Mapping[str, Any]

    @classmethod
    def read(cls, path: Path) -> "Recording":
        raw = json.loads(path.read_text("utf-8"))
        response = raw["response"]
        body = response["body"]
        return cls(
            raw["id"],
            raw["provider"],
            raw["dialect"],
            raw["streaming"],
            response["status"],
            response["headers"],
            base64.b64decode(body) if response["body_encoding"] == "base64" else body.encode(),
            raw["expected"],
        )

    def vendor(self, base_url: str) -> Vendor:
        """The vendor of that name, living at this URL."""
        known = VENDORS.get(self.provider)
        dialect = DIALECTS.get(self.dialect, self.dialect)
        return Vendor("test", known.name if known else self.provider, dialect, base_url, ("TEST_API_KEY",))

    def question(self) -> tuple[Offer, Prompt]:
        """What to ask so that this answer fits."""
        dialect = DIALECTS.get(self.dialect, self.dialect)
        hole = self.dialect in HOLES
        offer = Offer(
            "test/model",
            "model",
            "test",
            "model-1",
            dialect,
            capabilities={"streaming": self.streaming},
            fim=FimSupport(dialect) if hole else None,
        )
        prompt = HOLE if hole else CHAT
        return offer, Prompt(prompt.system, prompt.messages, prompt.fim, max_tokens=1_000_000)

    def providers(self, base_url: str, transport: Transport | None = None) -> ProviderClient:
        """The provider client, with this vendor only."""
        return ProviderClient({"test": self.vendor(base_url)}, {"test": KEY}.get, transport or Transport())


class InMemory(httpx.AsyncBaseTransport):
    """Answers every request with the same response, its body cut as told; the network is not touched."""

    def __init__(self, status: int, headers: Mapping[str, str], pieces: Iterable[bytes]) -> None:
        self._status = status
        self._headers = {name: value for name, value in headers.items() if name.lower() != "transfer-encoding"}
        self._pieces = list(pieces)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(self._status, headers=self._headers, stream=_Pieces(self._pieces))


class _Pieces(httpx.AsyncByteStream):
    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece


def whole(body: bytes) -> Iterable[bytes]:
    """In one piece."""
    return [body]


def by_line(body: bytes) -> Iterable[bytes]:
    """Cut behind every newline."""
    return body.splitlines(keepends=True)


def by_bytes(size: int) -> Cut:
    """Cut every so many bytes."""
    return lambda body: [body[start : start + size] for start in range(0, len(body), size)]
