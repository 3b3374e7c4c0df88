"""Asks one scripted vendor, the short way."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field

from coderoute_ls.domain import Delta, Fim, FimSupport, Finish, Message, Offer, Prompt, StreamEvent
from coderoute_ls.domain.vendor import Vendor
from coderoute_ls.providers.connections.transport import Transport
from coderoute_ls.providers.provider_client import ProviderClient

KEY = "sk-test-0123456789abcdef"
CHAT = Prompt(system="Be brief.", messages=(Message("user", "Say hello."),), max_tokens=100)
HOLE = Prompt(fim=Fim("def add(a, b):\n    return ", "\n\nprint(add(1, 2))\n", "sum.py", "python"), max_tokens=32)


def vendor(url: str, dialect: str = "openai-chat", **more: object) -> Vendor:
    """A vendor that lives at this URL."""
    fields: dict[str, object] = {"key_env": ("TEST_API_KEY",), **more}
    return Vendor("test", "Test vendor", dialect, url, **fields)  # pyright: ignore[reportArgumentType]


def providers(url: str, dialect: str = "openai-chat", *, near: bool | None = None, **more: object) -> ProviderClient:
    """The provider client with this one vendor, and a key for it. ``near``: whether its address counts as this machine's."""
    transport = Transport() if near is None else Transport(near=lambda url: near)
    return ProviderClient({"test": vendor(url, dialect, **more)}, {"test": KEY}.get, transport)


def offer(
    dialect: str = "openai-chat",
    *,
    fim: FimSupport | None = None,
    effort: str | None = None,
    capabilities: Mapping[str, bool] | None = None,
) -> Offer:
    """An offer of that vendor."""
    return Offer("test/small", "small", "test", "small-1", dialect, effort=effort, capabilities=capabilities or {}, fim=fim)


@dataclass
class Heard:
    """Everything a stream said."""

    text: str = ""
    reasoning: str = ""
    finish: Finish | None = None
    deltas: list[Delta] = field(default_factory=list[Delta])
    others: list[StreamEvent] = field(default_factory=list[StreamEvent])
    """What is beside text: calls, tokens, losses."""


async def listen(stream: AsyncGenerator[StreamEvent, None]) -> Heard:
    """Read the stream to its end."""
    heard = Heard()
    async with aclosing(stream) as events:
        async for event in events:
            if isinstance(event, Finish):
                heard.finish = event
            elif isinstance(event, Delta):
                heard.text += event.text
                heard.reasoning += event.reasoning
                heard.deltas.append(event)
            else:
                heard.others.append(event)
    return heard
