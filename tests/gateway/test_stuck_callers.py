"""Callers that stop in the middle: the gateway gives them up, and the vendor with them."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from dataclasses import dataclass

import pytest

from coderoute_ls.domain import Delta, Finish, Offer, Prompt, StreamEvent, Usage
from coderoute_ls.gateway.http.request_body import Bounds
from tests.engine.support import CHEAP, answer
from tests.gateway.support import TOKEN, able, serving

AUTHORIZED = f"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {TOKEN}\r\n".encode()
STREAMED = b'{"model":"coderoute","stream":true,"messages":[{"role":"user","content":"Hello"}]}'


@dataclass
class Endless:
    """A model that never stops talking."""

    said: int = 0
    closed: bool = False

    async def stream(self, offer: Offer, prompt: Prompt) -> AsyncGenerator[StreamEvent, None]:
        try:
            while True:
                self.said += 1
                yield Delta("x" * 60_000)
                await asyncio.sleep(0)
        finally:
            self.closed = True
        yield Finish("stop", Usage())

    def prepare(self, offer: Offer) -> None: ...

    async def close(self) -> None: ...


async def connected(url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection whose caller reads only what it must."""
    host, port = url.removeprefix("http://").split(":")
    one = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    one.connect((host, int(port)))
    return await asyncio.open_connection(sock=one, limit=1_024)


async def test_a_caller_that_never_reads_is_given_up_and_pays_for_what_was_used() -> None:
    model = Endless()
    async with serving({}, (able(CHEAP),), upstream=model, bounds=Bounds(write_seconds=0.05)) as served:
        _, writer = await connected(served.url)
        writer.write(AUTHORIZED + b"Content-Length: %d\r\n\r\n" % len(STREAMED) + STREAMED)
        while not served.world.ledger.rows:
            await served.client.get("/health")
        assert model.closed
        (row,) = served.world.ledger.rows
        assert row.billed_usd > 0 and row.output_tokens is not None and row.output_tokens >= 10_000
        said = model.said
        await served.client.get("/health")
        assert model.said == said
        writer.close()


async def test_a_caller_that_reads_slowly_is_served_to_the_end() -> None:
    async with serving({"cheap": [answer("word " * 60_000)]}, (able(CHEAP),), bounds=Bounds(write_seconds=30)) as served:
        reader, writer = await connected(served.url)
        writer.write(AUTHORIZED + b"Content-Length: %d\r\n\r\n" % len(STREAMED) + STREAMED)
        read = b""
        while not read.endswith(b"data: [DONE]\n\n\r\n0\r\n\r\n"):
            piece = await reader.read(2_000)
            assert piece
            read += piece
            await asyncio.sleep(0)
        writer.close()


@pytest.mark.parametrize("begun", [b"", b"POST /v1", AUTHORIZED, AUTHORIZED[:-2]])
async def test_a_head_that_never_ends_is_given_up(begun: bytes) -> None:
    async with serving({}, bounds=Bounds(head_seconds=0.0)) as served:
        reader, writer = await connected(served.url)
        writer.write(begun)
        assert await ended(reader)
        writer.close()


async def test_a_second_head_that_never_ends_is_given_up_and_an_idle_connection_is_not() -> None:
    async with serving({}, bounds=Bounds(head_seconds=0.0)) as served:
        reader, writer = await connected(served.url)
        whole = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        for _ in range(2):
            writer.write(whole)
            await reader.readuntil(b"}")
        writer.write(whole[:-2])
        assert await ended(reader)
        writer.close()


@pytest.mark.parametrize(
    ("bounds", "more", "status"),
    [
        (Bounds(body_seconds=0.0), b"Content-Length: 9\r\n\r\n{", b" 408 "),
        (Bounds(body_bytes=10, body_seconds=0.0), b"Content-Length: 99\r\n\r\n{", b" 413 "),
        (Bounds(body_seconds=0.0), b"Content-Encoding: gzip\r\nContent-Length: 99\r\n\r\n{", b" 415 "),
    ],
)
async def test_where_a_body_is_not_read_to_its_end_the_connection_ends(bounds: Bounds, more: bytes, status: bytes) -> None:
    async with serving({}, bounds=bounds) as served:
        reader, writer = await connected(served.url)
        writer.write(AUTHORIZED + more)
        assert status in await reader.readline()
        assert await ended(reader)
        writer.close()


async def ended(reader: asyncio.StreamReader) -> bool:
    """Whether the gateway has closed the connection; waits for it."""
    try:
        while await reader.read(1_000):
            pass
    except ConnectionError:
        pass
    return True


TWICE = [
    b'{"model":"coderoute","max_tokens":900000,"max_tokens":9,"messages":[{"role":"user","content":"x"}]}',
    b'{"model":"coderoute","messages":[{"role":"user","content":"x","content":"y"}]}',
    b'{"model":"coderoute","messages":[{"role":"user","content":"x"}],"mod\\u0065l":"dear/m"}',
]


@pytest.mark.parametrize("body", TWICE)
async def test_what_is_said_twice_is_not_sent_byte_for_byte(body: bytes) -> None:
    async with serving({"cheap": [answer()], "dear": [answer()]}) as served:
        preserved = await served.client.post("/v1/chat/completions", content=body, headers={"x-coderoute-loss": "preserve"})
        assert preserved.status_code == 400 and "twice" in preserved.json()["error"]["message"]
        assert not served.world.upstream.asked
        assert (await served.client.post("/v1/chat/completions", content=body)).status_code == 200
