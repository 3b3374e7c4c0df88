"""A gateway on a real loopback port, in front of an engine on scripted parts, and a client that has its token."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx
import orjson

from coderoute_ls.actions import actions
from coderoute_ls.domain import Offer, Upstream
from coderoute_ls.domain.vendor import Vendor
from coderoute_ls.gateway.gateway import Gateway
from coderoute_ls.gateway.http.http_server import listen, serve
from coderoute_ls.gateway.http.request_body import Bounds
from coderoute_ls.providers.provider_client import ProviderClient
from coderoute_ls.settings import parse
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
    layer, issues = parse(settings or {}, actions(), "user")
    assert not issues
    parts = world(plays, offers)
    engine = parts.engine if upstream is None else replace(parts.engine, upstream=upstream)
    gateway = Gateway(engine, actions(), lambda: layer, TOKEN, bounds=bounds or Bounds())
    listener = listen("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    running = asyncio.create_task(serve(gateway, listener))
    try:
        async with httpx.AsyncClient(base_url=url, headers={"authorization": f"Bearer {TOKEN}"}, trust_env=False) as client:
            yield Served(client, parts, url)
    finally:
        running.cancel()
        await asyncio.wait([running])


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
