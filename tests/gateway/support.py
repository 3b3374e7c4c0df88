"""A gateway on a real loopback port, in front of an engine on scripted parts, and a client that has its token."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import httpx
import orjson
from uvicorn.server import ServerState

from coderoute_ls.actions import actions
from coderoute_ls.domain import Offer, Upstream
from coderoute_ls.domain.vendor import Vendor
from coderoute_ls.gateway.gateway import Gateway
from coderoute_ls.gateway.http.http_server import configuration
from coderoute_ls.gateway.http.request_body import Bounds
from coderoute_ls.providers.provider_client import ProviderClient
from coderoute_ls.settings import effective, parse
from tests.engine.support import CHEAP, DEAR, Step, World, offer, world

TOKEN = "cr-token-of-a-test"
Json = dict[str, object]


def able(offer: Offer) -> Offer:
    """The offer, for conversations with tools, pictures and schemas."""
    abilities = ("tools", "parallel_tools", "images", "documents", "structured_output")
    return replace(offer, capabilities={**offer.capabilities, **dict.fromkeys(abilities, True)})


@dataclass
class Served:
    """What a test has in hand."""

    client: httpx.AsyncClient
    world: World
    url: str

    async def chat(self, **body: object) -> httpx.Response:
        """A chat completion of these fields, with a model and one message where none are given."""
        said = {"model": "coderoute", "messages": [{"role": "user", "content": "Hello"}], **body}
        return await self.client.post("/v1/chat/completions", json=said)


def gateway_of(
    plays: dict[str, list[Sequence[Step]]],
    offers: Sequence[Offer] = (able(CHEAP), able(DEAR)),
    *,
    bounds: Bounds | None = None,
    settings: Json | None = None,
    upstream: Upstream | None = None,
) -> tuple[Gateway, World]:
    """A gateway that nobody serves yet, and the parts behind it."""
    layer, issues = parse(settings or {}, actions(), "user")
    assert not issues
    parts = world(plays, offers)
    engine = parts.engine if upstream is None else replace(parts.engine, upstream=upstream)
    return Gateway(engine, actions(), lambda: effective(layer), TOKEN, bounds=bounds or Bounds()), parts


@asynccontextmanager
async def serving(
    plays: dict[str, list[Sequence[Step]]],
    offers: Sequence[Offer] = (able(CHEAP), able(DEAR)),
    *,
    bounds: Bounds | None = None,
    settings: Json | None = None,
    upstream: Upstream | None = None,
) -> AsyncGenerator[Served]:
    """``settings`` are those of the user; ``upstream`` None plays the lists."""
    gateway, parts = gateway_of(plays, offers, bounds=bounds, settings=settings, upstream=upstream)
    headers = {"authorization": f"Bearer {TOKEN}"}
    async with (
        listening(gateway) as url,
        httpx.AsyncClient(base_url=url, headers=headers, trust_env=False, verify=False, timeout=30) as client,
    ):
        yield Served(client, parts, url)


@asynccontextmanager
async def listening(gateway: Gateway) -> AsyncGenerator[str]:
    """The address at which the gateway's own server answers. Uvicorn's loop around it, which looks ten times a second whether to
    end, is `serve`'s and left out: hundreds of tests would wait for it."""
    config, state = configuration(gateway), ServerState()
    config.load()

    protocol: Any = config.http_protocol_class
    connected = partial(protocol, config=config, server_state=state, app_state={})
    server = await asyncio.get_running_loop().create_server(connected, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for connection in [*state.connections]:
            connection.shutdown()
        for task in [*state.tasks]:
            task.cancel()
        await asyncio.gather(*state.tasks, return_exceptions=True)


@asynccontextmanager
async def relaying(url: str, dialect: str) -> AsyncGenerator[Served]:
    """A gateway whose only vendor lives at this address and speaks this dialect: another gateway, for example."""
    vendor = Vendor("next", "Next", dialect, f"{url}/v1")
    client = ProviderClient({"next": vendor}, lambda _: TOKEN)
    offers = (replace(able(offer("next", 1.0)), wire_id="coderoute", dialect=dialect),)
    try:
        async with serving({}, offers, upstream=client) as served:
            yield served
    finally:
        await client.close()


def chunks(response: httpx.Response) -> list[Any]:
    """The objects of a stream, without its end sign."""
    blocks = response.text.split("\n\n")
    lines = [line.removeprefix("data: ") for block in blocks for line in block.split("\n") if line.startswith("data: {")]
    return [orjson.loads(line) for line in lines]
