"""Amazon's binary event stream: read in any pieces, as its own library reads it; one flipped bit is never an answer."""

import struct
from itertools import pairwise
from zlib import crc32

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.errors import BoundExceeded, ProviderError, ProviderUnavailable
from coderoute_ls.providers.answers.aws_event_stream import MAX_MESSAGE, EventStreamFramer
from coderoute_ls.providers.answers.event_framing import Event

HEADERS = b"\x0b:event-type\x07\x00\x03abc\x0d:message-type\x07\x00\x05event"


def message(payload: bytes, headers: bytes = HEADERS) -> bytes:
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    whole = prelude + struct.pack(">I", crc32(prelude)) + headers + payload
    return whole + struct.pack(">I", crc32(whole))


def header(name: str, kind: int, value: bytes) -> bytes:
    return bytes([len(name)]) + name.encode() + bytes([kind]) + value


def read(pieces: list[bytes]) -> list[Event]:
    framer = EventStreamFramer()
    return [event for piece in pieces for event in framer.feed(piece)] + list(framer.close())


@given(st.lists(st.binary(max_size=200), max_size=5), st.data())
def test_messages_are_read_in_any_pieces(payloads: list[bytes], data: st.DataObject) -> None:
    body = b"".join(map(message, payloads))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(body)), max_size=8)))
    assert read([body[start:end] for start, end in pairwise([0, *cuts, len(body)])]) == [
        (b"abc", payload) for payload in payloads
    ]


@given(st.binary(min_size=1, max_size=80), st.data())
def test_one_flipped_bit_is_never_an_answer(payload: bytes, data: st.DataObject) -> None:
    body = bytearray(message(payload))
    body[data.draw(st.integers(0, len(body) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(ProviderUnavailable, match="damaged"):
        read([bytes(body)])


@given(st.binary(max_size=400))
def test_any_bytes_are_messages_or_damaged(body: bytes) -> None:
    try:
        assert read([body]) == []
    except ProviderError as error:
        assert error.user_message.endswith(".")


@given(st.binary(max_size=120))
def test_headers_that_are_none_are_damaged_and_nothing_worse(headers: bytes) -> None:
    try:
        read([message(b"{}", headers)])
    except ProviderError as error:
        assert "damaged" in error.user_message


def test_headers_of_every_type_are_passed_over() -> None:
    others = [
        header("true", 0, b""),
        header("false", 1, b""),
        header("byte", 2, b"x"),
        header("short", 3, b"xx"),
        header("int", 4, b"xxxx"),
        header("long", 5, b"x" * 8),
        header("bytes", 6, b"\x00\x03abc"),
        header("time", 8, b"x" * 8),
        header("uuid", 9, b"x" * 16),
    ]
    assert read([message(b"{}", b"".join(others) + HEADERS)]) == [(b"abc", b"{}")]


def test_an_exception_is_an_error_event_with_its_kind() -> None:
    kind = header(":exception-type", 7, b"\x00\x03abc") + header(":message-type", 7, b"\x00\x09exception")
    ((name, payload),) = read([message(b'{"message": "slow down"}', kind)])
    assert (name, orjson.loads(payload)) == (b"error", {"error": {"type": "abc", "message": "slow down"}})
    code = (
        header(":error-code", 7, b"\x00\x03abc")
        + header(":error-message", 7, b"\x00\x04gone")
        + header(":message-type", 7, b"\x00\x05error")
    )
    ((name, payload),) = read([message(b"", code)])
    assert (name, orjson.loads(payload)) == (b"error", {"error": {"type": "abc", "message": "gone"}})


def test_a_message_past_the_bound_is_not_waited_for() -> None:
    prelude = struct.pack(">II", MAX_MESSAGE + 1, 0)
    with pytest.raises(BoundExceeded):
        read([prelude + struct.pack(">I", crc32(prelude))])


@given(st.dictionaries(st.sampled_from(["text", "p"]), st.text(max_size=40)), st.data())
def test_amazons_own_library_reads_the_same(payload: dict[str, str], data: st.DataObject) -> None:
    buffers = pytest.importorskip("botocore.eventstream")
    body = message(orjson.dumps(payload)) * 2
    theirs = buffers.EventStreamBuffer()
    theirs.add_data(body)
    assert [event.payload for event in theirs] == [event[1] for event in read([body])]
