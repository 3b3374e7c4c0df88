"""``GET /metrics``: counts and times for Prometheus. No key, no prompt, no session."""

from collections.abc import Callable
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from coderoute_ls.engine import CallRecord
from coderoute_ls.gateway.endpoints.endpoint import Endpoint
from coderoute_ls.gateway.gateway import Gateway
from coderoute_ls.gateway.http.http_exchange import Headers, Receive, Send, respond_bytes

_SECONDS = (0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 120, 300)


@dataclass
class Metrics:
    """Hears of every call of the engine, those of an editor in the same process included."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)

    def __post_init__(self) -> None:
        labels = ("action", "offer")
        self._calls = Counter("coderoute_calls", "Calls by how they ended.", (*labels, "finish"), registry=self.registry)
        self._usd = Counter("coderoute_cost_usd", "US dollars spent.", labels, registry=self.registry)
        self._tokens = Counter("coderoute_tokens", "Tokens, as booked.", (*labels, "kind"), registry=self.registry)
        self._first = Histogram(
            "coderoute_first_token_seconds", "To the first token.", labels, buckets=_SECONDS, registry=self.registry
        )
        self._hops = Counter("coderoute_failed_offers", "Offers that failed before another was asked.", registry=self.registry)

    def watch(self, busy: Callable[[], int]) -> None:
        """Also show how many requests are being answered."""
        gauge = Gauge("coderoute_requests_in_progress", "Requests that are being answered.", registry=self.registry)
        gauge.set_function(busy)

    def called(self, record: CallRecord) -> None:
        """Count a call that has ended."""
        offer = record.answered.offer.id if record.answered else ""
        labels = (record.action, offer)
        self._calls.labels(*labels, record.finish.reason if record.finish else "cancelled").inc()
        self._usd.labels(*labels).inc(max(record.cost_usd, 0.0))
        self._hops.inc(len(record.hops))
        if record.usage is not None:
            self._tokens.labels(*labels, "input").inc(record.usage.input)
            self._tokens.labels(*labels, "output").inc(record.usage.output)
        if record.first_token_s is not None:
            self._first.labels(*labels).observe(record.first_token_s)


def metrics_of(gateway: Gateway) -> Metrics:
    """Counts what this gateway answers from now on."""
    metrics = Metrics()
    metrics.watch(lambda: gateway.busy)
    gateway.engine.records.listen(metrics.called)
    return metrics


@dataclass(frozen=True)
class MetricsEndpoint(Endpoint):
    """Text in Prometheus' own form."""

    metrics: Metrics = field(default_factory=Metrics)

    async def reply(self, headers: Headers, receive: Receive, send: Send) -> None:
        del headers, receive
        await respond_bytes(send, 200, generate_latest(self.metrics.registry), {"content-type": CONTENT_TYPE_LATEST})
