"""What every dialect does on the wire, in any pieces; and what the reader makes of cut, broken and hostile bytes."""

from collections.abc import Iterator
from dataclasses import replace

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coderoute_ls.errors import BoundExceeded, ProviderError
from coderoute_ls.providers.answers.event_framing import MAX_LINE, JsonLinesFramer, SseFramer
from coderoute_ls.providers.answers.json_documents import MAX_DOCUMENT
from coderoute_ls.providers.connections.transport import Transport
from coderoute_ls.providers.dialect import dialect_names
from coderoute_ls.providers.provider_client import ProviderClient
from tests.providers.asking import KEY, Heard, listen, vendor
from tests.providers.replaying import Cut, InMemory, by_bytes, by_line, whole
from tests.providers.wire_fixtures import WIRES, Wire, decode

every_wire = pytest.mark.parametrize("wire", WIRES, ids=[wire.name for wire in WIRES])
any_wire = st.sampled_from(WIRES)


@every_wire
@pytest.mark.parametrize("cut", [whole, by_line, by_bytes(7), by_bytes(1)], ids=["whole", "lines", "7 bytes", "1 byte"])
async def test_every_fact_of_every_dialect_is_read_right(wire: Wire, cut: Cut) -> None:
    transport = Transport(InMemory(200, {}, cut(wire.body)))
    client = ProviderClient({"test": vendor("http://wire.test", wire.dialect)}, {"test": KEY}.get, transport)
    heard = Heard()
    try:
        heard = await listen(client.stream(*wire.question()))
    except ProviderError as error:
        assert type(error).__name__ == wire.error
        return
    assert wire.finish is not None
    assert (heard.text, heard.reasoning) == (wire.text, wire.reasoning)
    assert heard.finish is not None
    assert (heard.finish.reason, heard.finish.wire_reason) == wire.finish
    assert (heard.finish.usage and replace(heard.finish.usage, raw={})) == wire.usage


def test_every_dialect_has_wire_fixtures() -> None:
    assert {wire.dialect for wire in WIRES} == set(dialect_names())


@settings(max_examples=150, deadline=None)
@given(wire=any_wire, data=st.data())
def test_any_split_of_the_bytes_reads_the_same(wire: Wire, data: st.DataObject) -> None:
    cuts = data.draw(st.lists(st.integers(0, len(wire.body)), max_size=12).map(sorted))
    pieces = [wire.body[start:end] for start, end in zip([0, *cuts], [*cuts, len(wire.body)], strict=True)]
    one, many = decode(wire.dialect, [wire.body]), decode(wire.dialect, pieces)
    assert (one.text, one.reasoning, one.finish, type(one.error)) == (many.text, many.reasoning, many.finish, type(many.error))


@settings(max_examples=200, deadline=None)
@given(wire=any_wire, data=st.data())
def test_a_cut_answer_never_passes_for_a_whole_one(wire: Wire, data: st.DataObject) -> None:
    end = data.draw(st.integers(0, len(wire.body) - 1))
    cut = decode(wire.dialect, [wire.body[:end]])
    assert wire.text.startswith(cut.text)
    if cut.finish is not None and cut.finish.reason != "incomplete":
        assert (cut.text, cut.reasoning) == (wire.text, wire.reasoning), "it says that it is complete, so nothing may be missing"


@settings(max_examples=150, deadline=None)
@given(name=st.sampled_from(dialect_names()), pieces=st.lists(st.binary(max_size=200), max_size=5))
def test_random_bytes_raise_nothing_but_provider_errors(name: str, pieces: list[bytes]) -> None:
    outcome = decode(name, pieces)
    assert outcome.error is not None or outcome.finish is not None


@settings(max_examples=250, deadline=None)
@given(wire=any_wire, data=st.data())
def test_answers_of_a_wrong_shape_raise_nothing_but_provider_errors(wire: Wire, data: st.DataObject) -> None:
    events = [line.removeprefix(b"data: ") for line in wire.body.split(b"\n") if line.startswith((b"data: {", b"{"))]
    mangled = [orjson.dumps(_mangle(orjson.loads(event), data)) for event in events if _is_json(event)]
    prefix = b"" if wire.dialect == "ollama" else b"data: "
    outcome = decode(wire.dialect, (prefix + event + b"\n\n" for event in mangled))
    assert outcome.error is not None or outcome.finish is not None
    for event in mangled:
        decode(wire.dialect, [event])


_SCALARS = st.none() | st.booleans() | st.integers(-(1 << 53), 1 << 53) | st.floats(allow_nan=False) | st.text(max_size=5)
_ANYTHING = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2)
)


def _is_json(event: bytes) -> bool:
    try:
        orjson.loads(event)
    except orjson.JSONDecodeError:
        return False
    return True


def _mangle(value: object, data: st.DataObject) -> object:
    """The value with some part of it replaced by anything at all."""
    if data.draw(st.integers(0, 5)) == 0:
        return data.draw(_ANYTHING)
    if isinstance(value, dict):
        return {key: _mangle(inner, data) for key, inner in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if isinstance(value, list):
        return [_mangle(inner, data) for inner in value]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return value


# --- bounds -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("start", [b"data: ", b": comment ", b"nonsense ", b"data"])
def test_a_line_without_end_is_refused_at_its_bound(start: bytes) -> None:
    framer = SseFramer()
    list(framer.feed(start))
    for _ in range(MAX_LINE // 1024 - 1):
        assert list(framer.feed(b"x" * 1024)) == []
    with pytest.raises(BoundExceeded):
        list(framer.feed(b"x" * 2048))


def test_an_event_of_many_lines_is_refused_at_its_bound() -> None:
    framer = SseFramer()
    line = b"data: " + b"x" * 1000 + b"\n"
    with pytest.raises(BoundExceeded):
        for _ in range(2 * MAX_LINE // len(line)):
            list(framer.feed(line))


def test_a_line_in_single_bytes_takes_no_square_time() -> None:
    framer = JsonLinesFramer()
    for _ in range(MAX_LINE):
        assert not list(framer.feed(b"x"))
    assert list(framer.feed(b"\n")) == [(b"", b"x" * MAX_LINE)]


def test_a_document_without_end_is_refused_at_its_bound() -> None:
    outcome = decode("openai-chat", _endless(b'{"x": "', b"x" * (1 << 20), MAX_DOCUMENT // (1 << 20) + 2))
    assert isinstance(outcome.error, BoundExceeded)


def test_an_answer_without_end_is_refused_at_its_bound() -> None:
    token = b'data: {"choices":[{"index":0,"delta":{"content":"' + b"x" * 1000 + b'"}}]}\n\n'
    outcome = decode("openai-chat", _endless(b"", token, 10_000), max_tokens=10)
    assert isinstance(outcome.error, BoundExceeded)
    assert len(outcome.text) <= 64 << 10


def _endless(start: bytes, piece: bytes, times: int) -> Iterator[bytes]:
    yield start
    for _ in range(times):
        yield piece


def test_a_carriage_return_and_its_newline_may_come_apart() -> None:
    framer = SseFramer()
    events = [
        event
        for piece in (b"event: x\r", b"\ndata: a\r", b"\n", b"\r", b"\ndata: b\r\n\r", b"\n")
        for event in framer.feed(piece)
    ]
    assert events == [(b"x", b"a"), (b"", b"b")]


def test_a_byte_order_mark_before_the_first_event_is_no_part_of_it() -> None:
    framer = SseFramer()
    assert list(framer.feed(b"\xef\xbb\xbfdata: a\n\n")) == [(b"", b"a")]
