"""Compressed answers, labelled right and wrong: the bytes decide."""

import gzip
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coderoute_ls.errors import ProviderUnavailable
from coderoute_ls.providers.connections.content_encoding import MAX_STEP, BodyDecoding
from tests.providers.asking import vendor

BODY = b'{"choices": [{"message": {"content": "Hello"}}]}' * 40


def zipped(body: bytes) -> bytes:
    """The same bytes on each run."""
    return gzip.compress(body, mtime=0)


RAW = zlib.compressobj(wbits=-zlib.MAX_WBITS)
DEFLATED = RAW.compress(BODY) + RAW.flush()


def read(encoding: str, pieces: list[bytes]) -> list[bytes]:
    body = BodyDecoding(vendor("http://h"), encoding)
    parts = [part for piece in pieces for part in ([piece] if body.plain else body.feed(piece))]
    return [*parts, *body.rest()]


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
def test_the_body_is_read_as_it_was_meant(encoding: str, body: bytes, size: int) -> None:
    assert b"".join(read(encoding, [body[start : start + size] for start in range(0, len(body), size)])) == BODY


@pytest.mark.parametrize(
    ("encoding", "body"), [("br", bytes(range(128, 200))), ("zstd", b"\x28\xb5\x2f\xfd" * 9), ("lzw", b"\xff" * 9)]
)
def test_what_nobody_reads_here_is_named(encoding: str, body: bytes) -> None:
    with pytest.raises(ProviderUnavailable, match=f"was not requested \\({encoding}\\)"):
        read(encoding, [body])


@pytest.mark.parametrize(
    ("encoding", "body"), [("gzip", b"\x1f\x8b" + b"\xff" * 30), ("gzip", b"\xff" * 30), ("deflate", b"\xff" * 30)]
)
def test_a_damaged_body_is_named(encoding: str, body: bytes) -> None:
    with pytest.raises(ProviderUnavailable, match="damaged"):
        read(encoding, [body])


def test_a_bomb_comes_in_bounded_steps() -> None:
    assert max(map(len, read("gzip", [zipped(b"\x00" * (32 << 20))]))) <= MAX_STEP


@settings(max_examples=200)
@given(st.text(max_size=30), st.binary(max_size=60), st.integers(1, 9))
def test_any_label_on_any_bytes_is_read_or_named(encoding: str, body: bytes, size: int) -> None:
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    try:
        whole = b"".join(read(encoding, pieces))
    except ProviderUnavailable:
        return
    assert whole == body or body.startswith(b"\x1f\x8b") or "deflate" in encoding.lower()
