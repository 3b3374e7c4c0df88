"""Traces of calls: the names of the GenAI conventions, no prompt, answer or key; nothing is loaded where nobody asks."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from coderoute_ls.domain import Delta, Finish, Usage
from coderoute_ls.errors import ProviderUnavailable
from coderoute_ls.gateway.tracing import traced, tracing, wanted
from tests.engine.support import Step
from tests.gateway.support import TOKEN, Served, serving

SECRET, SAID = "a prompt that nobody may export", "an answer that nobody may export"
TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


class Receiver:
    """What an OpenTelemetry collector gets on loopback."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.url = ""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
        self.bodies.append(head + await reader.readexactly(int(fields[b"content-length"])))
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    def spans(self) -> list[Any]:
        proto = pytest.importorskip("opentelemetry.proto.collector.trace.v1.trace_service_pb2")
        found = list[Any]()
        for body in self.bodies:
            request = proto.ExportTraceServiceRequest.FromString(body.partition(b"\r\n\r\n")[2])
            found += [(of.resource, span) for of in request.resource_spans for scope in of.scope_spans for span in scope.spans]
        return found


@asynccontextmanager
async def receiving() -> AsyncGenerator[Receiver]:
    made = Receiver()
    server = await asyncio.start_server(made.answer, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield made


def attributes(found: Any) -> dict[str, Any]:
    """Of a span or resource, as plain values."""

    def plain(value: Any) -> Any:
        kind = value.WhichOneof("value")
        return [plain(each) for each in value.array_value.values] if kind == "array_value" else getattr(value, kind)

    return {each.key: plain(each.value) for each in found.attributes}


async def ask(served: Served, environ: Mapping[str, str], **headers: str) -> None:
    async with traced(served.world.engine, environ):
        body = {"model": "coderoute", "messages": [{"role": "user", "content": SECRET}]}
        await served.client.post("/v1/chat/completions", json=body, headers=headers)


@pytest.fixture
def standard(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The exporter reads its address from the process's environment."""
    pytest.importorskip("opentelemetry.exporter.otlp.proto.http.trace_exporter")
    pytest.importorskip("opentelemetry.sdk.trace")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "1")
    return monkeypatch


async def test_a_call_is_a_span_with_the_conventions_names_and_no_text(standard: pytest.MonkeyPatch) -> None:
    plays: dict[str, list[Sequence[Step]]] = {
        "cheap": [[ProviderUnavailable("down", provider="cheap")]],
        "dear": [[Delta(SAID), Finish("stop", Usage(20, 10), "dear-1")]],
    }
    async with receiving() as collector, serving(plays) as served:
        standard.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
        await ask(served, {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url}, traceparent=f"00-{TRACE}-{PARENT}-01")
        ((resource, span),) = collector.spans()
    told = attributes(span)
    assert (span.name, span.kind, span.trace_id.hex(), span.parent_span_id.hex()) == ("chat m", 3, TRACE, PARENT)
    assert attributes(resource)["service.name"] == "coderoute-ls-gateway"
    expected = {
        "gen_ai.operation.name": "chat", "gen_ai.provider.name": "dear", "gen_ai.request.model": "m",
        "gen_ai.response.model": "dear-1", "gen_ai.response.finish_reasons": ["stop"], "gen_ai.usage.input_tokens": 20,
        "gen_ai.usage.output_tokens": 10, "coderoute.offer": "dear/m", "coderoute.failed_offers": ["cheap/m"],
    }  # fmt: skip
    assert {name: told.get(name) for name in expected} == expected
    assert told["coderoute.cost_usd"] > 0
    assert span.end_time_unix_nano >= span.start_time_unix_nano
    for text in (SECRET, SAID, TOKEN):
        assert not [body for body in collector.bodies if text.encode() in body]


async def test_a_call_that_nobody_answered_is_an_error(standard: pytest.MonkeyPatch) -> None:
    down: dict[str, list[Sequence[Step]]] = {
        vendor: [[ProviderUnavailable(SECRET, provider=vendor)]] * 9 for vendor in ("cheap", "dear")
    }
    async with receiving() as collector, serving(down) as served:
        standard.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
        await ask(served, {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_SERVICE_NAME": "mine"})
        ((_, span),) = collector.spans()
    assert span.status.code == 2
    assert attributes(span)["error.type"] == "no_answer"
    assert SECRET.encode() not in collector.bodies[0]  # a vendor's own words may hold what it was sent


async def test_a_collector_that_is_not_there_holds_up_nobody(standard: pytest.MonkeyPatch) -> None:
    async with serving({"cheap": [[Delta("Hi"), Finish("stop", Usage(20, 10), "m")]]}) as served:
        standard.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
        async with asyncio.timeout(30):
            await ask(served, {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"})
        assert served.world.upstream.asked == ["cheap"]


@pytest.mark.parametrize(
    ("environ", "asks"),
    [
        ({}, False),
        ({"OTEL_SERVICE_NAME": "x"}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": ""}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:4318/v1/traces"}, True),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, True),
        ({"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}, False),
        ({"OTEL_SDK_DISABLED": "TRUE", "OTEL_TRACES_EXPORTER": "otlp"}, False),
    ],
)
def test_the_standard_variables_alone_turn_it_on(environ: dict[str, str], asks: bool) -> None:
    assert wanted(environ) is asks


@pytest.mark.parametrize(
    "environ", [{"OTEL_TRACES_EXPORTER": "zipkin"}, {"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}]
)
def test_another_way_of_exporting_is_told_and_nothing_is_exported(
    environ: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    assert tracing(environ) is None
    assert "http/protobuf alone" in caplog.text


def test_without_the_extra_the_log_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    assert tracing({"OTEL_TRACES_EXPORTER": "otlp"}) is None
    assert "coderoute-ls[otel]" in caplog.text


def test_nothing_is_loaded_where_nobody_asks() -> None:
    code = (
        "import sys, asyncio\n"
        "from coderoute_ls.gateway.tracing import traced, tracing\n"
        "import coderoute_ls.gateway.http.http_server\n"
        "assert tracing({}) is None\n"
        "print([name for name in sys.modules if name.startswith('opentelemetry')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
