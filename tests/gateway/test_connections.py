"""What goes over one caller's connection: in which pieces an answer is sent, and what a caller may offer beside its request."""

import asyncio
from typing import Any, cast

from coderoute_ls.domain import Finish
from coderoute_ls.engine import EngineCall
from coderoute_ls.engine.conversation.routed_answer import RoutedAnswer
from coderoute_ls.gateway.faces.chat_completions import FACE
from coderoute_ls.gateway.http.bounded_connection import GatheredWrites
from tests.engine.support import answer
from tests.gateway.support import TOKEN, gateway_of, serving

BODY = b'{"model":"coderoute","messages":[{"role":"user","content":"Hello"}]}'


class Wire:
    """Keeps what is written to it, piece by piece."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.closed = False

    def write(self, data: bytes) -> None:
        assert not self.closed
        self.pieces.append(data)

    def close(self) -> None:
        self.closed = True


def gathered() -> tuple[Wire, GatheredWrites]:
    wire = Wire()
    return wire, GatheredWrites(cast("asyncio.Transport", wire), asyncio.get_running_loop())


async def test_what_is_written_in_one_turn_of_the_loop_is_one_piece() -> None:
    wire, writes = gathered()
    writes.write(b"head ")
    writes.write(b"body")
    assert wire.pieces == []
    await asyncio.sleep(0)
    writes.write(b"more")
    await asyncio.sleep(0)
    assert wire.pieces == [b"head body", b"more"]


async def test_nothing_is_left_behind_where_a_connection_closes() -> None:
    wire, writes = gathered()
    writes.write(b"all of it")
    writes.close()
    await asyncio.sleep(0)
    assert (wire.pieces, wire.closed) == ([b"all of it"], True)


async def test_an_answer_that_is_over_waits_for_no_turn() -> None:
    wire, writes = gathered()
    writes.write(b"head ")
    writes.write(b"body")
    writes.send()
    assert wire.pieces == [b"head body"]
    await asyncio.sleep(0)
    assert wire.pieces == [b"head body"]


async def test_a_caller_that_offers_http_2_is_answered_as_it_asked() -> None:
    """Java's own client does so on each plain connection, and with it the editors of JetBrains; its body must not be lost."""
    head = (
        f"POST /v1/chat/completions HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nContent-Length: {len(BODY)}\r\n"
        f"Host: 127.0.0.1\r\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\nUpgrade: h2c\r\n"
        f"Authorization: Bearer {TOKEN}\r\n\r\n"
    ).encode()
    async with serving({"cheap": [answer(), answer()]}) as served:
        host, port = served.url.removeprefix("http://").split(":")
        for first, rest in ((head + BODY, b""), (head, BODY)):
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(first)
            await served.client.get("/health")  # so that the head is read alone
            writer.write(rest)
            assert b" 200 " in await reader.readline()
            writer.close()
        assert [prompt.messages[-1].words for prompt in served.world.upstream.prompts] == ["Hello", "Hello"]


async def test_a_caller_has_its_answer_and_what_it_cost_before_the_call_is_booked() -> None:
    gateway, world = gateway_of({"cheap": [answer()]})
    call: EngineCall = gateway.call(FACE.decode(BODY, {}), {})
    routed = RoutedAnswer(gateway.engine, gateway.sessions, call)
    told: list[tuple[Any, ...]] = []
    async for event in routed.events():
        if isinstance(event, Finish):
            assert routed.record is not None
            told.append((routed.record.cost_usd > 0, len(world.ledger.rows)))
    assert told == [(True, 0)]
    (row,) = world.ledger.rows
    assert routed.record is not None and row.billed_usd == routed.record.cost_usd
