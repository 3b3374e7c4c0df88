"""Decompresses bodies step by step. Headers may be wrong, so a body's first bytes decide."""

import zlib
from collections.abc import Iterator, Sequence
from typing import Protocol

from coderoute_ls.domain.vendor import Vendor
from coderoute_ls.errors import ProviderUnavailable

MAX_STEP = 1 << 20
"""Bytes that one step may inflate to: a bomb meets the reader's bounds long before it fills the memory."""
_GZIP = b"\x1f\x8b"
_PLAIN = frozenset({"", "identity", "none", "utf-8", "utf8", "chunked", "aws-chunked", "binary", "8bit", "text"})


class BodyDecoding:
    """The body behind a ``content-encoding``, fed in pieces. Raises ProviderUnavailable for a damaged or unknown one."""

    def __init__(self, vendor: Vendor, encoding: str) -> None:
        words = [word.partition(";")[0].strip().strip("\"'") for word in encoding.lower().split(",")]
        self._layers = [_Layer(vendor, word) for word in reversed([word for word in words if word not in _PLAIN] or [""])]
        self.plain = False
        """What still comes is the body itself, and need not be fed."""

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """What this piece decodes to."""
        yield from _through(self._layers, piece)
        self.plain = all(layer.plain for layer in self._layers)

    def rest(self) -> Iterator[bytes]:
        """What is left at the body's end."""
        for index, layer in enumerate(self._layers):
            yield from _through(self._layers[index + 1 :], layer.rest())


def _through(layers: Sequence["_Layer"], data: bytes) -> Iterator[bytes]:
    if not layers:
        yield data
        return
    for part in layers[0].feed(data):
        yield from _through(layers[1:], part)


class _Inflater(Protocol):
    """What `zlib.decompressobj` returns."""

    @property
    def eof(self) -> bool: ...
    @property
    def unconsumed_tail(self) -> bytes: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = 0, /) -> bytes: ...


class _Layer:
    """One encoding of a body. ``word`` is what the header calls it, "" for none."""

    def __init__(self, vendor: Vendor, word: str) -> None:
        self._vendor = vendor
        self._word = word
        self._head = b""
        self._inflater: _Inflater | None = None
        self._known = False

    @property
    def plain(self) -> bool:
        """It is no encoding."""
        return self._known and self._inflater is None

    def feed(self, data: bytes) -> Iterator[bytes]:
        if not self._known:
            self._head += data
            if len(self._head) < 2:
                return
            data, self._head = self._head, b""
            self._recognise(data)
        yield from self._inflated(data) if self._inflater is not None else (data,)

    def rest(self) -> bytes:
        """What came of a body that is too short to be anything but itself."""
        head, self._head = self._head, b""
        return head

    def _recognise(self, data: bytes) -> None:
        self._known = True
        if data.startswith(_GZIP):
            self._inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
        elif _is_text(data) or not self._word:
            return
        elif self._word == "deflate":
            wrapped = data[0] & 15 == 8 and int.from_bytes(data[:2]) % 31 == 0
            self._inflater = zlib.decompressobj(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)
        elif self._word in ("gzip", "x-gzip"):
            raise self._damaged()
        else:
            raise ProviderUnavailable(
                f"{self._vendor.name} answered in an encoding that was not requested ({self._word[:20]}).",
                provider=self._vendor.id,
            )

    def _inflated(self, data: bytes) -> Iterator[bytes]:
        while data and self._inflater is not None:
            try:
                yield self._inflater.decompress(data, MAX_STEP)
            except zlib.error:
                raise self._damaged() from None
            data = self._inflater.unconsumed_tail
            if self._inflater.eof:
                # another member may follow; what else follows is padding
                data = self._inflater.unused_data
                if not data.startswith(_GZIP):
                    return
                self._inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)

    def _damaged(self) -> ProviderUnavailable:
        return ProviderUnavailable(f"{self._vendor.name} sent a damaged compressed answer.", provider=self._vendor.id)


def _is_text(data: bytes) -> bool:
    """JSON, events and pages begin in plain ASCII; what is compressed hardly ever stays in it for long."""
    return all(32 <= byte < 127 or byte in b"\t\r\n" for byte in data[:16])
