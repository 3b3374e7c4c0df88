"""Bytes in any portions, messages of any size, and an editor that stops reading."""

import asyncio
import json
import os
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer

from coderoute_ls.server.rpc import stdio
from coderoute_ls.server.rpc.client_capabilities import ClientCapabilities
from coderoute_ls.server.rpc.editor_client import Client
from coderoute_ls.server.rpc.framing import framed
from coderoute_ls.server.rpc.json_rpc import Protocol, converter
from coderoute_ls.server.rpc.stdio import HIGH_WATER, MAX_MESSAGE, serve, stdio_streams
from coderoute_ls.server.rpc.threaded_pipes import ThreadedReader
from coderoute_ls.server.rpc.threaded_pipes import streams as threaded

UNKNOWN = b'{"jsonrpc":"2.0","id":%d,"method":"test/nothing","params":{}}'
INITIALIZE = b'{"jsonrpc":"2.0","id":-1,"method":"initialize","params":{"processId":null,"rootUri":null,"capabilities":{}}}'


class Counting(Protocol):
    """Counts the messages that were read."""

    received = 0

    def receive(self, body: bytes) -> None:
        self.received += 1
        super().receive(body)


def protocol_of() -> Counting:
    server = LanguageServer("test", "0", protocol_cls=Counting, converter_factory=converter)
    return cast("Counting", server.protocol)


Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def over_socket() -> tuple[Streams, Streams]:
    """The server's streams, and the editor's."""
    ours, theirs = socket.socketpair()
    return await asyncio.open_connection(sock=ours), await asyncio.open_connection(sock=theirs)


async def over_pipes() -> tuple[Streams, Streams]:
    """The same over two pipes, as on stdio."""
    (in_read, in_write), (out_read, out_write) = os.pipe(), os.pipe()
    server = await stdio_streams(os.fdopen(in_read, "rb", 0), os.fdopen(out_write, "wb", 0))
    editor = await stdio_streams(os.fdopen(out_read, "rb", 0), os.fdopen(in_write, "wb", 0))
    return server, editor


async def over_threads() -> tuple[Streams, Streams]:
    """The same pipes as Windows needs them; the editor does without threads where it can."""
    (in_read, in_write), (out_read, out_write) = os.pipe(), os.pipe()
    server = await threaded(asyncio.StreamReader(limit=2**20), os.fdopen(in_read, "rb", 0), os.fdopen(out_write, "wb", 0))
    editor = await stdio_streams(os.fdopen(out_read, "rb", 0), os.fdopen(in_write, "wb", 0))
    return server, editor


WAYS = {"socket": over_socket, "pipes": over_pipes, "threads": over_threads}


async def hang_up(*ends: Streams) -> None:
    """Close both directions; the files behind them are closed when both ends have noticed."""
    for _, writer in ends:
        writer.close()
    for reader, _ in ends:
        assert await reader.read() == b""
    await closed_files()


async def closed_files() -> None:
    """A transport closes its file a turn after its end: one that outlives the test is reported in another test."""
    for _ in range(3):
        await asyncio.sleep(0)


@asynccontextmanager
async def connected(way: str) -> AsyncGenerator[tuple[Counting, asyncio.Task[int], Streams, Streams]]:
    server, editor = await WAYS[way]()
    protocol = protocol_of()
    task = asyncio.create_task(serve(protocol, *server))
    try:
        yield protocol, task, server, editor
    finally:
        editor[1].close()
        async with asyncio.timeout(60):
            await task
            await editor[0].read()
        await closed_files()


async def answer(reader: asyncio.StreamReader) -> dict[str, Any]:
    header = await reader.readuntil(b"\r\n\r\n")
    return json.loads(await reader.readexactly(int(header.split(b":")[1])))


async def stalled(protocol: Counting) -> None:
    """Return when the server has stopped reading: nothing was received for many turns of the loop."""
    quiet, before = 0, -1
    while quiet < 50:
        await asyncio.sleep(0)
        quiet = quiet + 1 if protocol.received == before else 0
        before = protocol.received


@given(st.data())
def test_messages_that_arrive_in_any_portions_are_all_answered(data: st.DataObject) -> None:
    sent = b"".join(framed(body) for body in (INITIALIZE, *(UNKNOWN % number for number in range(3))))
    cuts = sorted(data.draw(st.sets(st.integers(0, len(sent)), max_size=12)) | {0, len(sent)})

    async def run() -> list[object]:
        async with connected("socket") as (_, _, _, (reader, writer)):
            for start, end in pairwise(cuts):
                writer.write(sent[start:end])
                await writer.drain()
                await asyncio.sleep(0)
            return [(await answer(reader))["id"] for _ in range(4)]

    assert asyncio.run(run()) == [-1, 0, 1, 2]


@pytest.mark.parametrize("way", WAYS)
async def test_an_editor_that_stops_reading_is_read_no_further_and_loses_nothing(way: str) -> None:
    count = 40_000
    async with connected(way) as (protocol, _, (_, out), (reader, writer)):
        writer.write(framed(INITIALIZE) + b"".join(framed(UNKNOWN % number) for number in range(count)))
        await stalled(protocol)
        handled = protocol.received
        assert handled < count
        assert out.transport.get_write_buffer_size() < HIGH_WATER + 1_000
        assert (await answer(reader))["id"] == -1
        ids = [(await answer(reader))["id"] for _ in range(count)]
        assert ids == list(range(count))
        assert protocol.received == count + 1


@pytest.mark.parametrize("way", WAYS)
async def test_a_message_of_thirty_megabytes_is_one_message(way: str) -> None:
    text = "x = 1\n" * 5_000_000
    opened = {"uri": "file:///a.py", "languageId": "python", "version": 1, "text": text}
    note = {"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument": opened}}
    seen: list[int] = []
    async with connected(way) as (protocol, _, _, (reader, writer)):

        def open_(params: lsp.DidOpenTextDocumentParams) -> None:
            seen.append(len(params.text_document.text))

        protocol.builtin(lsp.TEXT_DOCUMENT_DID_OPEN, open_)
        writer.write(framed(INITIALIZE))
        await answer(reader)
        writer.write(framed(json.dumps(note).encode()) + framed(UNKNOWN % 7))
        assert (await answer(reader))["id"] == 7
    assert seen == [len(text)]


@pytest.mark.parametrize(
    "header", [b"Content-Length: %d\r\n\r\n" % (MAX_MESSAGE + 1), b"Content-Length: -1\r\n\r\n", b"Content-Length: much\r\n\r\n"]
)
async def test_a_header_that_no_editor_sends_is_passed_over(header: bytes) -> None:
    async with connected("socket") as (_, task, _, (reader, writer)):
        writer.write(header + framed(INITIALIZE))
        assert b"capabilities" in json.dumps(await answer(reader)).encode()
        assert not task.done()


async def test_megabytes_without_any_header_are_passed_over_and_not_kept() -> None:
    async with connected("socket") as (_, task, _, (reader, writer)):
        writer.write(b"x" * 4 * 2**20 + b"\n" + framed(INITIALIZE))
        assert b"capabilities" in json.dumps(await answer(reader)).encode()
        assert not task.done()


class Slow:
    """A writer with a backlog, and what went through nevertheless."""

    congested = True

    def __init__(self) -> None:
        self.kinds: list[str] = []

    def write(self, data: bytes) -> None:
        self.kinds.append(json.loads(data.partition(b"\r\n\r\n")[2])["params"]["value"]["kind"])

    def close(self) -> None: ...


async def test_reports_of_progress_are_left_out_for_a_slow_editor_but_not_begin_and_end() -> None:
    protocol, slow = protocol_of(), Slow()
    protocol.set_writer(cast("Any", slow))
    client = Client(protocol, ClientCapabilities())
    client.progress("t", lsp.WorkDoneProgressBegin(title="Refactor"))
    client.progress("t", lsp.WorkDoneProgressReport(message="10 lines"))
    client.progress("t", lsp.WorkDoneProgressEnd())
    assert slow.kinds == ["begin", "end"]


async def test_the_writer_says_when_there_is_a_backlog() -> None:
    (_, out), (reader, writer) = await over_socket()
    ours = stdio.Writer(out)
    assert not ours.congested
    ours.write(b"x" * 2 * HIGH_WATER)
    assert ours.congested
    await reader.readexactly(2 * HIGH_WATER)
    await ours.drain()
    assert not ours.congested
    ours.close()
    writer.close()
    await asyncio.gather(out.wait_closed(), writer.wait_closed())
    await closed_files()


async def test_what_was_written_before_the_end_arrives_also_at_a_slow_editor() -> None:
    """As much as a pipe does not hold: a process that ended with it still in its memory would lose it."""
    for way in (over_pipes, over_threads):
        server, editor = await way()
        (_, out), (reader, _) = server, editor
        ours = stdio.Writer(out)
        ours.write(b"x" * HIGH_WATER)
        flushing = asyncio.create_task(ours.flush())
        assert len(await reader.readexactly(HIGH_WATER)) == HIGH_WATER
        await flushing
        assert out.transport.get_write_buffer_size() == 0
        await hang_up(server, editor)


class Taking(asyncio.Protocol):
    """Wants no more after each portion."""

    def __init__(self) -> None:
        self.portions: asyncio.Queue[bytes] = asyncio.Queue()
        self.transport: asyncio.ReadTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.ReadTransport", transport)

    def data_received(self, data: bytes) -> None:
        assert self.transport is not None
        self.transport.pause_reading()
        self.portions.put_nowait(data)

    def eof_received(self) -> None:
        self.portions.put_nowait(b"")


async def test_a_thread_reads_one_portion_at_a_time_and_none_while_it_is_told_to_pause() -> None:
    source, target = os.pipe()
    protocol = Taking()
    transport = ThreadedReader(asyncio.get_running_loop(), os.fdopen(source, "rb", 0), protocol)
    os.write(target, b"first")
    assert await protocol.portions.get() == b"first"
    assert not transport.is_reading()
    for number in range(3):
        os.write(target, b"%d" % number)
        for _ in range(50):
            await asyncio.sleep(0)
    assert protocol.portions.empty()
    transport.resume_reading()
    assert await protocol.portions.get() == b"012"
    os.close(target)
    transport.resume_reading()
    assert await protocol.portions.get() == b""
    assert transport.is_closing()


async def test_a_pipe_that_nobody_reads_any_more_ends_the_waiting_for_it() -> None:
    in_read, in_write = os.pipe()
    out_read, out_write = os.pipe()
    reader, out = await threaded(asyncio.StreamReader(), os.fdopen(in_read, "rb", 0), os.fdopen(out_write, "wb", 0))
    os.close(out_read)
    out.write(b"x" * 2 * HIGH_WATER)
    with pytest.raises(OSError):
        await stdio.Writer(out).flush()
    out.write(b"more is dropped")
    os.close(in_write)
    await hang_up((reader, out))
