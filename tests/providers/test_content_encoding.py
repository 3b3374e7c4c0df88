"""Compressed answers, labelled right and wrong: the bytes decide."""

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coderoute_ls.errors import ProviderUnavailable
from coderoute_ls.providers.connections.content_encoding import MAX_STEP, decoded
from tests.providers.asking import vendor

BODY = b'{"choices": [{"message": {"content": "Hello"}}]}' * 40


def zipped(body: bytes) -> bytes:
    """The same bytes on each run."""
    return gzip.compress(body, mtime=0)


RAW = zlib.compressobj(wbits=-zlib.MAX_WBITS)
DEFLATED = RAW.compress(BODY) + RAW.flush()


async def _whole(encoding: str, pieces: list[bytes]) -> bytes:
    async def given() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece

    return b"".join([piece async for piece in decoded(vendor("http://h"), encoding, given())])


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("", BODY),
        ("identity", BODY),
        ("none", BODY),
        ("utf-8", BODY),
        ("aws-chunked", BODY),
        ("gzip", zipped(BODY)),
        ("GZIP", zipped(BODY)),
        ("x-gzip", zipped(BODY)),
        (" gzip ; q=1 ", zipped(BODY)),
        ("gzip, identity", zipped(BODY)),
        ("identity,gzip", zipped(BODY)),
        ("", zipped(BODY)),
        ("identity", zipped(BODY)),
        ("gzip", BODY),
        ("br", BODY),
        ("zstd", BODY),
        ("deflate", zlib.compress(BODY)),
        ("deflate", DEFLATED),
        ("deflate", BODY),
        ("deflate", zipped(BODY)),
        ("gzip, gzip", zipped(zipped(BODY))),
        ("deflate, gzip", zipped(zlib.compress(BODY))),
        ("gzip", zipped(BODY[:500]) + zipped(BODY[500:])),
        ("gzip", zipped(BODY) + b"\x00" * 30),
    ],
)
@pytest.mark.parametrize("size", [1, 7, 1 << 20])
async def test_the_body_is_read_as_it_was_meant(encoding: str, body: bytes, size: int) -> None:
    assert await _whole(encoding, [body[start : start + size] for start in range(0, len(body), size)]) == BODY


@pytest.mark.parametrize(
    ("encoding", "body"), [("br", bytes(range(128, 200))), ("zstd", b"\x28\xb5\x2f\xfd" * 9), ("lzw", b"\xff" * 9)]
)
async def test_what_nobody_reads_here_is_named(encoding: str, body: bytes) -> None:
    with pytest.raises(ProviderUnavailable, match=f"nobody asked for \\({encoding}\\)"):
        await _whole(encoding, [body])


@pytest.mark.parametrize(
    ("encoding", "body"), [("gzip", b"\x1f\x8b" + b"\xff" * 30), ("gzip", b"\xff" * 30), ("deflate", b"\xff" * 30)]
)
async def test_a_damaged_body_is_named(encoding: str, body: bytes) -> None:
    with pytest.raises(ProviderUnavailable, match="damaged"):
        await _whole(encoding, [body])


async def test_a_bomb_comes_in_bounded_steps() -> None:
    async def bomb() -> AsyncIterator[bytes]:
        yield zipped(b"\x00" * (32 << 20))

    sizes = [len(piece) async for piece in decoded(vendor("http://h"), "gzip", bomb())]
    assert max(sizes) <= MAX_STEP


@settings(max_examples=200)
@given(st.text(max_size=30), st.binary(max_size=60), st.integers(1, 9))
def test_any_label_on_any_bytes_is_read_or_named(encoding: str, body: bytes, size: int) -> None:
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    try:
        read = asyncio.run(_whole(encoding, pieces))
    except ProviderUnavailable:
        return
    assert read == body or body.startswith(b"\x1f\x8b") or "deflate" in encoding.lower()
