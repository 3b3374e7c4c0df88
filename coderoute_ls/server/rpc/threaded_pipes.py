"""Pipes for asyncio where its event loop cannot wait for them: one thread reads, another one writes.

Windows waits only for pipes that were opened as "overlapped"; those that an editor gives are not. Both directions have
back-pressure: the reading thread takes the next portion when the loop has taken the last one, and the writing side tells its
protocol to pause when too much is waiting.
"""

import asyncio
import os
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import BinaryIO

PORTION = 64 * 1024
"""Bytes that are read, or joined and written, at once."""
DEFAULT_HIGH = 64 * 1024


async def streams(
    reader: asyncio.StreamReader, source: BinaryIO, target: BinaryIO
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Feed ``reader`` from ``source``; the writer that is returned writes to ``target``. Both files are closed at their end.

    The threads are daemons: one that waits for an editor does not keep the process from ending.
    """
    loop = asyncio.get_running_loop()
    ThreadedReader(loop, source, asyncio.StreamReaderProtocol(reader, loop=loop))
    flow = asyncio.streams.FlowControlMixin(loop)
    return reader, asyncio.StreamWriter(ThreadedWriter(loop, target, flow), flow, reader, loop)


class ThreadedReader(asyncio.ReadTransport):
    """Hands what the file gives to ``protocol``. An end of the pipe and an error of it are both its end."""

    def __init__(self, loop: asyncio.AbstractEventLoop, file: BinaryIO, protocol: asyncio.Protocol) -> None:
        super().__init__()
        self._loop = loop
        self._file = file
        self._protocol = protocol
        self._paused = False
        self._closing = False
        self._wanted = Event()
        """Set while the loop wants the next portion."""
        self._wanted.set()
        protocol.connection_made(self)
        Thread(target=self._run, name="read pipe", daemon=True).start()

    def is_closing(self) -> bool:
        return self._closing

    def is_reading(self) -> bool:
        return not (self._paused or self._closing)

    def pause_reading(self) -> None:
        self._paused = True

    def resume_reading(self) -> None:
        self._paused = False
        self._wanted.set()

    def close(self) -> None:
        """Hand nothing more on. A read that is under way ends with the process, or with the next byte."""
        if not self._closing:
            self._closing = True
            self._wanted.set()
            self._loop.call_soon(self._protocol.connection_lost, None)

    def _run(self) -> None:
        descriptor, portion = self._file.fileno(), b"?"
        with self._file, suppress(RuntimeError):  # the loop is closed
            while portion:
                self._wanted.wait()
                if self._closing:
                    return
                self._wanted.clear()
                try:
                    portion = os.read(descriptor, PORTION)
                except OSError:
                    portion = b""
                self._loop.call_soon_threadsafe(self._hand_on, portion)

    def _hand_on(self, portion: bytes) -> None:
        if self._closing:
            return
        if not portion:
            self._protocol.eof_received()
            self.close()
            return
        self._protocol.data_received(portion)
        if not self._paused:  # else `resume_reading` asks
            self._wanted.set()


class ThreadedWriter(asyncio.WriteTransport):
    """Writes to the file in order, and tells ``protocol`` when too much is waiting, and when that is over."""

    def __init__(self, loop: asyncio.AbstractEventLoop, file: BinaryIO, protocol: asyncio.BaseProtocol) -> None:
        super().__init__()
        self._loop = loop
        self._file = file
        self._protocol = protocol
        self._queue: SimpleQueue[bytes | None] = SimpleQueue()
        """None: nothing comes after this."""
        self._waiting = 0
        self._high, self._low = DEFAULT_HIGH, DEFAULT_HIGH // 4
        self._paused = False
        self._closing = False
        self._lost = False
        protocol.connection_made(self)
        Thread(target=self._run, name="write pipe", daemon=True).start()

    def is_closing(self) -> bool:
        return self._closing

    def get_write_buffer_size(self) -> int:
        return self._waiting

    def get_write_buffer_limits(self) -> tuple[int, int]:
        return self._low, self._high

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        if high is None:
            high = DEFAULT_HIGH if low is None else 4 * low
        self._high, self._low = high, high // 4 if low is None else low
        self._tell()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self._closing or not data:
            return
        self._waiting += len(data)
        self._queue.put(bytes(data))
        self._tell()

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        self.close()

    def close(self) -> None:
        """Write what is waiting, then close the file."""
        if not self._closing:
            self._closing = True
            self._queue.put(None)

    def abort(self) -> None:
        """Drop what is waiting."""
        try:
            while True:
                self._queue.get_nowait()
        except Empty:
            self._closing = True
            self._queue.put(None)

    def _run(self) -> None:
        with suppress(RuntimeError):  # the loop is closed
            error = None
            try:
                self._write_all()
            except OSError as broken:
                error = broken
            self._loop.call_soon_threadsafe(self._end, error)

    def _write_all(self) -> None:
        """Write until there is nothing more to come. Raises OSError when the other end reads no more."""
        descriptor = self._file.fileno()
        with self._file:
            while (portion := self._next_portion()) is not None:
                rest = memoryview(portion)
                while rest:
                    rest = rest[os.write(descriptor, rest) :]
                self._loop.call_soon_threadsafe(self._written, len(portion))

    def _next_portion(self) -> bytes | None:
        """What is waiting, joined up to `PORTION`: an answer in pieces costs one turn of the thread."""
        first = self._queue.get()
        if first is None:
            return None
        pieces, size = [first], len(first)
        while size < PORTION:
            try:
                piece = self._queue.get_nowait()
            except Empty:
                break
            if piece is None:
                self._queue.put(None)
                break
            pieces.append(piece)
            size += len(piece)
        return first if len(pieces) == 1 else b"".join(pieces)

    def _written(self, size: int) -> None:
        self._waiting -= size
        self._tell()

    def _tell(self) -> None:
        if not self._paused and self._waiting > self._high:
            self._paused = True
            self._protocol.pause_writing()
        elif self._paused and self._waiting <= self._low:
            self._paused = False
            self._protocol.resume_writing()

    def _end(self, error: OSError | None) -> None:
        if not self._lost:
            self._lost = self._closing = True
            self._waiting = 0
            self._protocol.connection_lost(error)
