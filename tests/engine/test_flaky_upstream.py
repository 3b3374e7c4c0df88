"""Two engines, one ledger, and a server that breaks off: what was asked is what was meant, and what is booked is what it counted.

The server is real HTTP on loopback. It counts for itself: a prompt by the published figures, an answer by what it has sent.
"""

import asyncio
import math
import random
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from coderoute_ls.engine import Engine
from coderoute_ls.errors import ProviderError
from coderoute_ls.ledger import SqliteLedger
from coderoute_ls.providers.connections.transport import Transport
from coderoute_ls.providers.json_access import as_list, as_object, as_text
from coderoute_ls.providers.provider_client import ProviderClient
from coderoute_ls.selection.pricing.tokenizers import FAMILIES, tokens
from coderoute_ls.text.piece_counts import pieces
from tests.engine.support import call, heard, offer, world
from tests.providers.asking import KEY, vendor
from tests.support.provider import Json, ScriptedProvider, ScriptedRequest

CALLS = 40
FAULTS = ("none", "after the request", "after the head", "after the first token", "after usage", "refused")
ANSWER = "The first line.\nThe second line of it.\n"
OTHER, MESSAGE = FAMILIES["other"], 4
"""The server counts as we expect it to: what is booked for calls without a count is that expectation."""
USD = 1e-6
"""Of a token, at both vendors, in and out."""
OFFERS = (replace(offer("one", 1.0), dialect="openai-chat"), replace(offer("two", 1.0), dialect="openai-chat"))


class Counting:
    """What the server has got and counted."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.requests: Counter[str] = Counter()
        self.tokens = 0
        self.asked = 0

    async def serve(self, server: ScriptedProvider) -> None:
        while True:
            request = await server.request()
            self.asked += 1
            with suppress(ConnectionResetError):
                await self._answer(request, self.chance.choice(FAULTS))

    async def _answer(self, request: ScriptedRequest, fault: str) -> None:
        self.requests[fault] += 1
        messages = [as_object(message) for message in as_list(request.json["messages"])]
        text = "\n".join(as_text(message["content"]) for message in messages)
        entered = math.ceil(tokens(OTHER.weights, pieces(text)) + OTHER.request) + MESSAGE * (len(messages) - 1)
        if fault == "refused":
            return await request.respond(503, {"error": {"message": "overloaded"}}, {"connection": "close"})
        self.tokens += entered
        if fault == "after the request":
            return await request.abort()
        await request.start(headers={"connection": "close"})
        if fault == "after the head":
            return await request.abort()
        if fault == "after the first token":
            await request.text("The ")
            self.tokens += 1
            return await request.abort()
        usage: Json = {"prompt_tokens": entered, "completion_tokens": 9}
        self.tokens += 9
        if fault == "after usage":
            await request.text(ANSWER[:15])
            await request.event({"choices": [], "usage": usage})
            return await request.abort()
        await request.text(ANSWER)
        return await request.finish(usage=usage)


def engine(server: ScriptedProvider, ledger: SqliteLedger, network: Callable[[], httpx.AsyncBaseTransport | None]) -> Engine:
    """An engine of its own on the ledger that both share."""
    vendors = {name: replace(vendor(server.url + "/v1"), id=name) for name in ("one", "two")}
    client = ProviderClient(vendors, lambda _: KEY, Transport(network()))
    here = world({}, OFFERS)
    return replace(here.engine, upstream=client, ledger=ledger)


async def ask(engine: Engine, number: int) -> int:
    """One call; returns how many requests it meant to send: one to an offer. Each has another size."""
    with suppress(ProviderError):
        await heard(engine, call(text=f"What does this do? {'x = 1  # again ' * number}", embedded={"enable": False}))
    record = engine.records.last()
    assert record is not None
    offers = [hop.offer for hop in record.hops] + ([record.answered.offer.id] if record.answered else [])
    assert len(offers) == len(set(offers)), "what may have been processed is not sent again"
    return len(offers)


@pytest.mark.parametrize("network", [lambda: None, httpx.AsyncHTTPTransport], ids=["loopback", "httpx"])
async def test_what_was_sent_was_meant_and_what_was_booked_was_counted(
    tmp_path: Path, network: Callable[[], httpx.AsyncBaseTransport | None]
) -> None:
    path = tmp_path / "ledger.sqlite"
    counting = Counting(random.Random(16))
    async with ScriptedProvider() as server:
        serving = asyncio.create_task(counting.serve(server))
        engines = [engine(server, SqliteLedger(path), network) for _ in range(2)]
        meant = sum([sum(await asyncio.gather(*(ask(one, number) for one in engines))) for number in range(CALLS)])
        for one in engines:
            await one.upstream.close()
            await one.ledger.close()
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
    with closing(sqlite3.connect(path)) as connection:
        rows, nano = connection.execute("SELECT COUNT(*), SUM(billed_nusd) FROM calls").fetchone()
        held = connection.execute("SELECT COUNT(*) FROM reservations").fetchone()[0]
    assert set(counting.requests) == set(FAULTS), "all of it happened"
    assert counting.asked == meant == rows
    assert nano / 1e9 == pytest.approx(counting.tokens * USD, abs=counting.asked * USD), "within one token each"
    assert held == 0
