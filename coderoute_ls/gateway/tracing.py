"""OpenTelemetry traces of a gateway's calls, with the names of the GenAI conventions; loaded only where ``OTEL_*`` asks for them.

A span is made from a call's record, which holds neither prompt nor answer nor key: what is not in the record cannot be exported.
"""

import asyncio
import logging
import threading
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from coderoute_ls.engine import Engine
from coderoute_ls.engine.types import CallRecord

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter

log = logging.getLogger(__name__)

SERVICE = "coderoute-ls-gateway"
"""``service.name`` where ``OTEL_SERVICE_NAME`` says nothing."""
ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
COMPLETIONS = ("inline_completion", "next_edit")
"""Actions that complete text; all others are a conversation."""
CLOSE_S = 3.0
_NS = 1_000_000_000

caller_trace: ContextVar[Mapping[str, str]] = ContextVar("caller_trace")
"""``traceparent`` and ``tracestate`` of the request that is being answered."""


def remember_trace(headers: Mapping[str, str]) -> None:
    """What this request says of the trace that it belongs to, for the calls that it makes."""
    found = {name: headers[name] for name in ("traceparent", "tracestate") if name in headers}
    if found:
        caller_trace.set(found)


def wanted(environ: Mapping[str, str]) -> bool:
    """Whether the standard environment variables ask for traces."""
    if environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return False
    exporter = environ.get("OTEL_TRACES_EXPORTER", "").strip().lower()
    return exporter != "none" and (bool(exporter) or any(environ.get(name) for name in ENDPOINTS))


def tracing(environ: Mapping[str, str]) -> "Tracing | None":
    """As the environment asks; None where it asks for none, or for what is not there, which the log tells."""
    if not wanted(environ):
        return None
    exporter = environ.get("OTEL_TRACES_EXPORTER", "otlp").strip().lower() or "otlp"
    protocol = next((environ[name] for name in PROTOCOLS if environ.get(name)), "http/protobuf")
    if exporter != "otlp" or protocol != "http/protobuf":
        log.warning("Traces go as OTLP over http/protobuf alone: OTEL_TRACES_EXPORTER or ..._OTLP_PROTOCOL ask for more")
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        return Tracing(OTLPSpanExporter(), environ)
    except ImportError:
        log.warning("OTEL_* asks for traces, which need an extra: install it with `pip install 'coderoute-ls[otel]'`")
        return None


@asynccontextmanager
async def traced(engine: Engine, environ: Mapping[str, str]) -> AsyncGenerator[None]:
    """Meanwhile each call of the engine is exported, where the environment asks for it."""
    made = tracing(environ)
    if made is None:
        yield
        return
    engine.records.listen(made.add)
    try:
        yield
    finally:
        await asyncio.to_thread(made.close)


class Tracing:
    """Exports a span for each call. Exporting happens in a thread of its own, and no call waits for it."""

    def __init__(self, exporter: "SpanExporter", environ: Mapping[str, str]) -> None:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        named = environ.get("OTEL_SERVICE_NAME") or "service.name=" in environ.get("OTEL_RESOURCE_ATTRIBUTES", "")
        resource = Resource.create({} if named else {"service.name": SERVICE})
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("coderoute_ls")

    def add(self, record: CallRecord) -> None:
        """A call is over."""
        from opentelemetry.trace import SpanKind, Status, StatusCode
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        context = TraceContextTextMapPropagator().extract(caller_trace.get({}))
        told = attributes(record)
        name = f"{told['gen_ai.operation.name']} {told.get('gen_ai.request.model', '')}".strip()
        start = int(record.started * _NS)
        span = self._tracer.start_span(name, context, SpanKind.CLIENT, told, start_time=start)
        if record.answered is None:
            span.set_status(Status(StatusCode.ERROR))
        span.end(start + int(record.total_s * _NS))

    def close(self) -> None:
        """Export what waits, for some seconds at most: a collector that is away would be tried again and again. Not for the event
        loop."""
        ending = threading.Thread(target=self._provider.shutdown, daemon=True)
        ending.start()
        ending.join(CLOSE_S)


def attributes(record: CallRecord) -> dict[str, str | int | float | list[str]]:
    """The span's attributes: names of the GenAI conventions, and ours for what these have no name for."""
    told: dict[str, str | int | float | list[str] | None] = {
        "gen_ai.operation.name": "text_completion" if record.action in COMPLETIONS else "chat",
        "coderoute.action": record.action,
        "coderoute.decision": record.id,
        "coderoute.floor": record.decision.request.floor.value,
        "coderoute.cost_usd": record.cost_usd,
        "coderoute.failed_offers": [hop.offer for hop in record.hops] or None,
    }
    if (chosen := record.answered) is not None:
        told |= {
            "gen_ai.provider.name": chosen.offer.provider,
            "gen_ai.request.model": chosen.offer.wire_id,
            "coderoute.offer": chosen.offer.id,
            "coderoute.expected_usd": chosen.cost.expected_usd,
            "coderoute.score": None if chosen.score is None else chosen.score.value,
        }
    else:
        told["error.type"] = "no_answer"
    if (usage := record.usage) is not None:
        told |= {
            "gen_ai.usage.input_tokens": usage.input,
            "gen_ai.usage.output_tokens": usage.output,
            "gen_ai.usage.cache_read.input_tokens": usage.cached_read or None,
        }
    if (finish := record.finish) is not None:
        told |= {"gen_ai.response.finish_reasons": [finish.reason], "gen_ai.response.model": finish.model or None}
    if record.first_token_s is not None:
        told["coderoute.first_token_s"] = record.first_token_s
    return {name: value for name, value in told.items() if value is not None}
