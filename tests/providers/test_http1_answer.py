"""Reading an HTTP/1.1 answer: the same however it is cut, and nothing that could be read in two ways."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.providers.connections.http1_answer import MAX_CHUNK_LINE, MAX_HEAD, AnswerParser, Broken

HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
BODIES = st.lists(st.binary(min_size=1, max_size=40), max_size=5)


def read(*pieces: bytes, end: bool = False, has_body: bool = True) -> tuple[AnswerParser, bytes]:
    parser = AnswerParser(has_body=has_body)
    body = b"".join([parser.feed(piece) for piece in pieces])
    if end:
        parser.end()
    return parser, body


def cut(message: bytes, places: list[int]) -> list[bytes]:
    """The message in pieces that end at these places."""
    ends = sorted({place % len(message) for place in places} | {0, len(message)})
    return [message[start:stop] for start, stop in pairwise(ends)]


def chunked(body: list[bytes], extension: bytes = b"", trailer: bytes = b"") -> bytes:
    chunks = b"".join(b"%x%b\r\n%b\r\n" % (len(piece), extension, piece) for piece in body)
    return CHUNKED + chunks + b"0\r\n" + trailer + b"\r\n"


@given(
    BODIES, st.sampled_from([b"", b";name=value", b" "]), st.sampled_from([b"", b"x-trailer: 1\r\n"]), st.lists(st.integers(0))
)
def test_chunks_are_put_together_wherever_they_are_cut(
    body: list[bytes], extension: bytes, trailer: bytes, places: list[int]
) -> None:
    parser, told = read(*cut(chunked(body, extension, trailer), places))
    assert told == b"".join(body)
    assert (parser.status, parser.over, parser.reusable) == (200, True, True)


@given(st.binary(max_size=200), st.lists(st.integers(0)), st.sampled_from([b"\r\n", b"\n"]))
def test_a_body_of_a_told_length_ends_there(body: bytes, places: list[int], eol: bytes) -> None:
    head = eol.join([b"HTTP/1.1 503 ", b"Content-Length: %d" % len(body), b"Retry-After:  7 ", b"", b""])
    parser, told = read(*cut(head + body, places))
    assert (parser.status, parser.headers["retry-after"], told) == (503, "7", body)
    assert parser.over and parser.reusable


@given(st.binary(max_size=200), st.lists(st.integers(0)))
def test_a_body_without_a_length_ends_with_the_connection(body: bytes, places: list[int]) -> None:
    parser, told = read(*cut(HEAD + b"\r\n" + body, places), end=True)
    assert told == body
    assert parser.over and not parser.reusable


@pytest.mark.parametrize(
    ("answer", "has_body"),
    [(b"HTTP/1.1 204 No Content\r\n\r\n", True), (b"HTTP/1.1 304 \r\n\r\n", True), (HEAD + b"content-length: 9\r\n\r\n", False)],
)
def test_an_answer_without_a_body_is_over_with_its_head(answer: bytes, has_body: bool) -> None:
    parser, told = read(answer, has_body=has_body)
    assert (told, parser.over, parser.reusable) == (b"", True, True)


def test_what_is_told_before_the_answer_is_passed_over() -> None:
    parser, told = read(
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nlink: x\r\n\r\n" + HEAD + b"content-length: 2\r\n\r\nhi"
    )
    assert (parser.status, told) == (200, b"hi")
    assert "link" not in parser.headers


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nhi",
        HEAD + b"content-length: 2\r\nconnection: keep-alive, Close\r\n\r\nhi",
        HEAD + b"content-length: 2\r\n\r\nhi there",
        HEAD + b"content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
    ],
)
def test_a_connection_of_which_more_may_come_is_not_used_again(answer: bytes) -> None:
    parser, told = read(answer)
    assert (told, parser.over, parser.reusable) == (b"hi", True, False)


def test_what_comes_behind_an_answer_is_no_part_of_it() -> None:
    parser, told = read(HEAD + b"content-length: 2\r\n\r\nhi", b"HTTP/1.1 200 OK\r\n")
    assert (told, parser.reusable) == (b"hi", False)


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 99 Low\r\n\r\n",
        b"HTTP/1.1 101 Switching\r\n\r\n",
        HEAD + b"no colon\r\n\r\n",
        HEAD + b"folded: a\r\n b\r\n\r\n",
        HEAD + b"bad name: a\r\n\r\n",
        HEAD + b"content-length: -1\r\n\r\n",
        HEAD + b"content-length: 1, 2\r\n\r\n",
        HEAD + b"content-length: 1\r\ncontent-length: 2\r\n\r\n",
        HEAD + b"transfer-encoding: gzip, chunked\r\n\r\n",
        HEAD + b"x: " + b"y" * MAX_HEAD,
        CHUNKED + b"zz\r\n",
        CHUNKED + b"-1\r\n",
        CHUNKED + b"1\r\nab\r\n",
        CHUNKED + b"1" * (MAX_CHUNK_LINE + 1),
    ],
)
def test_what_is_no_answer_or_could_be_two_is_refused(answer: bytes) -> None:
    with pytest.raises(Broken):
        read(answer)


@given(BODIES.filter(bool), st.data())
def test_an_answer_that_ends_too_early_is_broken(body: list[bytes], data: st.DataObject) -> None:
    message = chunked(body)
    with pytest.raises(Broken):
        read(message[: data.draw(st.integers(0, len(message) - 1))], end=True)


def test_the_same_length_twice_is_one() -> None:
    parser, told = read(HEAD + b"content-length: 2\r\ncontent-length: 2\r\n\r\nhi")
    assert (told, parser.over) == (b"hi", True)
