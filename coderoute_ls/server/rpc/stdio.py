"""Bytes in, bytes out: LSP framing on asyncio streams, with back-pressure in both directions."""

import asyncio
import logging
import os
import re
import stat
import sys
from typing import BinaryIO

from coderoute_ls.errors import Unsupported
from coderoute_ls.server.rpc import threaded_pipes
from coderoute_ls.server.rpc.json_rpc import Protocol

log = logging.getLogger(__name__)

MAX_MESSAGE = 256 * 1024 * 1024
"""Bytes of one message; more is not an editor talking."""
_LONGEST_HEADER = 200
HIGH_WATER = 1024 * 1024
"""Bytes waiting for a slow editor before we stop reading its next message."""


class Writer:
    """What pygls writes to. ``congested`` tells when a slow editor makes it wise to leave out what can be left out."""

    def __init__(self, stream: asyncio.StreamWriter) -> None:
        self._stream = stream
        stream.transport.set_write_buffer_limits(high=HIGH_WATER)

    def write(self, data: bytes) -> None:
        if not self._stream.is_closing():
            self._stream.write(data)

    async def flush(self) -> None:
        """Wait until nothing is waiting. Raises ConnectionError when the editor is gone."""
        self._stream.transport.set_write_buffer_limits(high=0)
        await self._stream.drain()

    @property
    def congested(self) -> bool:
        return self._stream.transport.get_write_buffer_size() > HIGH_WATER // 2

    async def drain(self) -> None:
        await self._stream.drain()

    def close(self) -> None:
        self._stream.close()


async def serve(protocol: Protocol, reader: asyncio.StreamReader, stream: asyncio.StreamWriter) -> int:
    """Handle messages until the editor says exit or hangs up; returns the process's exit code."""
    writer = Writer(stream)
    protocol.set_writer(writer)  # pyright: ignore[reportArgumentType]
    reading = asyncio.create_task(_read(protocol, reader, writer), name="read")
    stopping = asyncio.create_task(protocol.stopped.wait(), name="stopped")
    try:
        await asyncio.wait({reading, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if reading.done() and (error := reading.exception()) is not None:
            log.error("The connection ended: %s", error)
        if protocol.exit_code is not None:
            await _flush(writer)
        return 1 if protocol.exit_code is None else protocol.exit_code
    finally:
        reading.cancel()
        stopping.cancel()
        await asyncio.gather(reading, stopping, return_exceptions=True)
        writer.close()


async def _flush(writer: Writer) -> None:
    try:
        await asyncio.wait_for(writer.flush(), timeout=2)
    except (TimeoutError, ConnectionError):
        log.warning("The editor did not read the last messages")


async def _read(protocol: Protocol, reader: asyncio.StreamReader, writer: Writer) -> None:
    while (length := await _length(reader)) is not None:
        protocol.receive(await reader.readexactly(length))
        await writer.drain()


_CONTENT_LENGTH = re.compile(rb"content-length[ \t]*:[ \t]*(\d{1,12})\s*$", re.IGNORECASE)


async def _length(reader: asyncio.StreamReader) -> int | None:
    """Read one header block; None at the end of the stream. What is no header is passed over, up to the next one that is: it may
    stand behind the rest of a message that was longer than its own header said.
    """
    length: int | None = None
    while True:
        try:
            line = await reader.readline()
        except ValueError:  # megabytes without a line end
            length = None
            continue
        if not line:
            return None
        if (found := _CONTENT_LENGTH.search(line[-_LONGEST_HEADER:])) is not None:
            length = int(found[1])
            if length > MAX_MESSAGE:
                log.warning("Skipped a message of %d bytes", length)
                length = None
        elif not line.strip():
            if length is not None:
                return length
        elif b":" not in line[:_LONGEST_HEADER]:
            length = None


async def stdio_streams(
    stdin: BinaryIO, stdout: BinaryIO, received: bytes = b""
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Wrap the process's pipes (or a terminal, or sockets), without threads where the system can wait for them. ``received``
    was read from stdin before. Raises `Unsupported` for files.
    """
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=2**20)
    reader.feed_data(received)
    if not (_streams(stdin) and _streams(stdout)):
        raise Unsupported("serve speaks LSP over pipes, which an editor opens; here are files. Try `coderoute-ls demo`.")
    if sys.platform == "win32":
        return await threaded_pipes.streams(reader, stdin, stdout)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), stdin)
    transport, flow = await loop.connect_write_pipe(asyncio.streams.FlowControlMixin, stdout)
    return reader, asyncio.StreamWriter(transport, flow, reader, loop)


def _streams(file: BinaryIO) -> bool:
    """Whether asyncio can wait for it: a pipe, a socket or a terminal."""
    mode = os.fstat(file.fileno()).st_mode
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or file.isatty()
