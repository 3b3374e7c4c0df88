"""Every promise about speed and size: where its figure is, what it stands beside, its target, and why it is missed if it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Path = tuple[str | int, ...]
"""Keys into a benchmark's figures."""
Kind = Literal["≤", "≥", "≤ × floor", "≥ × floor"]


@dataclass(frozen=True, slots=True)
class Line:
    """One promise. ``unit`` is that of the figure; a target ``× floor`` is a ratio."""

    id: str
    question: str
    benchmark: str
    ours: Path
    unit: str
    kind: Kind
    target: float
    floor: Path = ()
    floor_name: str = ""
    digits: int = 2


RELAY = "bare pygls + httpx relay"
BARE = "bare pygls"
LITELLM = "LiteLLM"
GATEWAY = ("arms", "ours")
LINES = (
    Line("ghost p50", "Ghost text, added to the model's own time, median", "keystrokes", ("ours", "added_p50_ms"), "ms", "≤", 2.5,
         (RELAY, "added_p50_ms"), RELAY),
    Line("ghost p99", "Ghost text, added to the model's own time, p99", "keystrokes", ("ours", "added_p99_ms"), "ms", "≤", 6,
         (RELAY, "added_p99_ms"), RELAY),
    Line("ghost waited", "Ghost text asked for 75 ms after the key, median, the model's time included", "keystrokes",
         ("ours", "waited_ms"), "ms", "≤ × floor", 0.5, (RELAY, "waited_ms"), RELAY),
    Line("cancel", "Cancel reaches the provider's socket", "keystrokes", ("ours", "cancel_ms"), "ms", "≤", 2,
         (RELAY, "cancel_ms"), RELAY),
    Line("burst", "Of 50 keys at 20 ms answered", "keystrokes", ("ours", "answered"), "", "≥", 50,
         (RELAY, "answered"), RELAY, 0),
    Line("in flight", "Requests in flight during 50 keys at 20 ms", "keystrokes", ("ours", "in_flight"), "", "≤", 2,
         (RELAY, "in_flight"), RELAY, 0),
    Line("typed", "A key that types what was suggested", "keystrokes", ("ours", "typed_ms"), "ms", "≤", 1,
         (RELAY, "typed_ms"), RELAY),
    Line("typed asked", "Requests for a key that types what was suggested", "keystrokes", ("ours", "typed_requests"), "", "≤", 0,
         (RELAY, "typed_requests"), RELAY, 0),
    Line("edit bytes", "Streamed edit: bytes sent per byte of text", "edits", ("bytes_ratio",), "×", "≤", 4,
         ("whole_again_bytes_ratio",), "the whole again with each line"),
    Line("edit first", "First visible change after the first changed line", "edits", ("first_change_ms", "p50"), "ms", "≤", 10),
    Line("edit written", "Real rewrites of whole functions that are written, none of them changed", "edits", ("written",), "",
         "≥", 0.97),
    Line("fit", "An answer of 500 lines is fitted, parsed by then", "edits", ("fit_500_ms", "python", "p50"), "ms", "≤", 2,
         ("parse_500_ms", "python", "p50"), "the parser"),
    Line("round trip", "Round trip on stdio, median", "protocol", ("round_trip_ms", "ours", 0), "ms", "≤", 0.20,
         ("round_trip_ms", BARE, 0), BARE),
    Line("round trip p99", "Round trip on stdio, p99", "protocol", ("round_trip_ms", "ours", 1), "ms", "≤", 0.35,
         ("round_trip_ms", BARE, 1), BARE),
    Line("round trip ratio", "Round trip beside the floor", "protocol", ("round_trip_ms", "ours", 0), "ms", "≤ × floor", 0.5,
         ("round_trip_ms", BARE, 0), BARE),
    Line("change", "didChange at 100,000 lines", "protocol", ("changes_alone_ms", "100000"), "ms", "≤", 0.5,
         ("changes_ms", f"{BARE} 100000"), BARE),
    Line("change ratio", "didChange at 100,000 lines beside the floor", "protocol", ("changes_ms", "ours 100000"), "ms",
         "≤ × floor", 0.05, ("changes_ms", f"{BARE} 100000"), BARE),
    Line("change growth", "didChange at 100,000 lines per didChange at 1,000", "protocol", ("change_growth",), "×", "≤", 1.5),
    Line("snapshot", "Edit and snapshot at 100,000 lines", "protocol", ("snapshot_us",), "µs", "≤", 50, digits=0),
    Line("initialize", "Spawn to `initialize` answered", "start", ("ours", "initialize_ms"), "ms", "≤", 60,
         (BARE, "initialize_ms"), BARE, 0),
    Line("first answer", "Spawn to the first completion, beside the floor", "start", ("ours", "first_completion_ms"), "ms",
         "≤ × floor", 0.85, (BARE, "first_completion_ms"), BARE, 0),
    Line("engine", "`initialize` with the built-in engine, beside without it", "start", ("initialize_with_engine_ratio",), "×",
         "≤", 1.02),
    Line("idle", "Memory, idle", "start", ("ours", "idle_mb"), "MB", "≤", 60, (BARE, "idle_mb"), BARE, 0),
    Line("growth", "Memory, growth in the second half of an hour's work", "memory", ("growth_mb",), "MB", "≤", 2, digits=1),
    Line("opened", "A 30 MB file is opened", "documents", ("30 MB, 650,000 lines", "opened"), "ms", "≤", 500,
         ("30 MB, 650,000 lines", "floor"), "JSON and lines alone", 0),
    Line("edited", "A 30 MB file is edited, at worst", "documents", ("30 MB, 650,000 lines", "edited, worst"), "ms",
         "≤", 50, digits=0),
    Line("million", "A file of a million lines is edited, at worst", "documents", ("1,000,000 lines", "edited, worst"), "ms",
         "≤", 50, digits=0),
    Line("endless", "A line of 5 MB is edited, at worst", "documents", ("one line of 5 MB", "edited, worst"), "ms", "≤", 50,
         digits=0),
    Line("tokens", "Stream: tokens a second", "providers", ("streams", "ours", "tokens_per_s"), "/s", "≥", 30_000,
         ("streams", "raw httpx lines", "tokens_per_s"), "raw httpx", 0),
    Line("openai", "Stream: tokens a second, beside the openai SDK", "providers", ("streams", "ours", "tokens_per_s"), "/s",
         "≥ × floor", 6, ("streams", "openai SDK", "tokens_per_s"), "openai SDK", 0),
    Line("anthropic", "Stream: tokens a second, beside the anthropic SDK", "providers",
         ("streams", "ours, anthropic", "tokens_per_s"), "/s", "≥ × floor", 1.7,
         ("streams", "anthropic SDK", "tokens_per_s"), "anthropic SDK", 0),
    Line("lag", "Stream: lag of the first chunk", "providers", ("streams", "ours", "first_lag_ms"), "ms", "≤", 0.8,
         ("streams", "raw httpx lines", "first_lag_ms"), "raw httpx"),
    Line("cpu", "Stream: CPU per token at pace", "providers", ("streams", "ours", "cpu_us_per_token_at_pace"), "µs", "≤", 240,
         ("streams", "raw httpx lines", "cpu_us_per_token_at_pace"), "raw httpx", 0),
    Line("gateway p50", "Gateway, added to a request at 20 a second, median", "gateway", (*GATEWAY, "added_p50_ms"), "ms", "≤", 3,
         ("arms", LITELLM, "added_p50_ms"), LITELLM),
    Line("gateway p99", "Gateway, added to a request at 20 a second, p99", "gateway", (*GATEWAY, "added_p99_ms"), "ms", "≤", 12,
         ("arms", LITELLM, "added_p99_ms"), LITELLM),
    Line("gateway ratio", "Gateway, added to a request, beside LiteLLM's proxy", "gateway", (*GATEWAY, "added_p50_ms"), "ms",
         "≤ × floor", 0.2, ("arms", LITELLM, "added_p50_ms"), LITELLM),
    Line("gateway tokens", "Gateway, streamed tokens a second", "gateway", (*GATEWAY, "tokens_per_s"), "/s", "≥", 30_000,
         ("arms", LITELLM, "tokens_per_s"), LITELLM, 0),
    Line("gateway idle", "Gateway, memory, idle", "gateway", ("idle_mb",), "MB", "≤", 110, ("arms", LITELLM, "mb"), LITELLM, 0),
    Line("gateway cancel", "Gateway, a hang-up reaches the vendor's socket, p99", "gateway", ("cancel", "p99_ms"), "ms", "≤", 50),
    Line("gateway booked", "Gateway, of 1,000 hang-ups booked as used", "gateway", ("cancel", "booked"), "", "≥", 1_000,
         digits=0),
    Line("team booked", "Team, money set aside and a call booked, five budgets, median", "team", ("both", "p50_ms"), "ms", "≤", 3,
         ("bare", "p50_ms"), "two bare commits"),
    Line("team together", "Team, calls a second on the same five budgets", "team", ("together", "per_s"), "/s", "≥", 1_000,
         digits=0),
    Line("team limited", "Team, requests on two replicas per request on one, a quarter of a core each", "team",
         ("limited", "times"), "×", "≥", 1.7),
    Line("team replicas", "Team, requests on two replicas per request on one, two cores for all", "team", ("replicas", "times"),
         "×", "≥", 1.7),
    Line("select", "Selection over 1,000 offers, tables prepared", "selection", ("1000", "prepared"), "µs", "≤", 100,
         ("1000", "plain_loop"), "a plain loop, no rules", 0),
    Line("scratch", "Selection over 1,000 offers, from scratch", "selection", ("1000", "scratch"), "µs", "≤", 3_000,
         ("1000", "plain_loop"), "a plain loop, no rules", 0),
    Line("catalogue", "Catalogue, memory", "selection", ("catalog", "megabytes"), "MB", "≤", 5, digits=1),
    Line("catalogue read", "Catalogue, read", "selection", ("catalog", "read_ms"), "ms", "≤", 100,
         ("catalog", "json_ms"), "its JSON alone", 0),
    Line("merge", "5,000 new models of a list join the catalogue", "selection", ("catalog", "merge_ms"), "ms", "≤", 1_000,
         ("catalog", "list_ms"), "the list's JSON alone", 0),
    Line("bill p50", "Price of a rewrite, before the first call, off at the median", "prediction", ("all.0", 0), "%", "≤", 20,
         digits=1),
    Line("bill p90", "Price of a rewrite, before the first call, off at p90", "prediction", ("all.0", 1), "%", "≤", 60, digits=1),
    Line("bill most", "Calls that cost no more than was said", "prediction", ("c_max",), "%", "≥", 99.5),
)  # fmt: skip

WHY: Mapping[str, str] = {
    "gateway p50": "6.1 ms in the last run alone on the machine, which was a slow one: the vendor itself answered 490 requests a "
    "second. Portkey, which passes a request through, added 6.8 in it and LiteLLM 26.4. It is nearly all processor time of the "
    "gateway's one thread, 2.6 to 3 ms a request in the best blocks of 50. Of it 0.32 ms go to the decision, 0.15 to reading the "
    "request, 0.13 to the search for secrets (side by side 0.11, and 0.22 before), 0.06 to making a call of it; the rest is "
    "spread over the sockets, the vendor's request, the ledger's row, h11 and uvicorn. Of httptools in place of h11 two paired "
    "runs on a busy machine say nothing sure: 0.04 ms more and 0.5 less.",
    "gateway p99": "13 ms in that run, in which LiteLLM had 445 and Portkey 33; 7 in an earlier quiet run. A new price "
    "list costs the next request the preparing of the catalogue, about a tenth of a second.",
    "gateway ratio": "0.23 of LiteLLM's, for the reasons of the median.",
    "gateway tokens": "24,500 in that run, on a machine where the vendor alone streams 580,000; LiteLLM passed 830 on. Portkey's "
    "gateway answers a streamed request with status 500 on Node 20, so it has none.",
    "team limited": "1.8, 1.7 and 1.1 in three runs. A replica of two makes smaller batches, so that a request takes the "
    "database twice the time and the replica a quarter more; both wait for the same budgets' rows while one is "
    "written to the disk.",
    "team replicas": "0.8 to 1.4. Callers, vendor, database and replicas share two cores: in the run with 1.4 these "
    "were busy for 96 %, in that with 0.8 for 62 %. One replica alone leaves two fifths of the machine, and a second "
    "one takes more of the database.",
    "select": "the request is a real one since November: its prompt is counted in pieces, twenty offers have habits, what speaks "
    "against an offer is weighed. It costs four fifths of the plain loop beside it, which does none of this.",
    "ghost p50": "this editor waits by itself after a key, so no debounce of ours hides what the server does before it asks: "
    "1 to 2 ms are the wait for the built-in engine's draft, which may spare the request. Where somebody waits after a key, the "
    "editor or the server, the draft is made meanwhile: see the line of 75 ms; benchmark ghost_text has 2.4 to 2.7 ms from "
    "the end of the server's debounce to the answer, the model's own time included.",
    "ghost waited": "draft, context, prompt and decision are ready by then; what is left is one request on loopback, which the "
    "floor makes as well, the answer's filters and two messages.",
    "round trip p99": "two cores are shared with the editor's side and with other machines: it is 0.33 ms in one run and 0.46 in "
    "another, and moves with the floor's.",
}
"""Line → why its target is missed. Printed only while it is."""


@dataclass(frozen=True, slots=True)
class Result:
    """A line with the figures of the last run; values are None where the benchmark did not run or left them out."""

    line: Line
    ours: float | None
    floor: float | None

    @property
    def ratio(self) -> float | None:
        """Ours beside the floor, so that less is better."""
        if self.ours is None or not self.floor:
            return None
        return self.floor / self.ours if self.line.kind.startswith("≥") else self.ours / self.floor

    @property
    def met(self) -> bool | None:
        """None: there is no telling."""
        ours, line = self.ours, self.line
        if ours is None or (line.kind.endswith("floor") and not self.floor):
            return None
        value = ours / self.floor if line.kind.endswith("floor") and self.floor else ours
        return value >= line.target if line.kind.startswith("≥") else value <= line.target


def results(figures: Mapping[str, Mapping[str, Any]]) -> tuple[Result, ...]:
    """Every line, with what the benchmarks found; ``figures`` by name of the benchmark."""
    return tuple(
        Result(line, _value(figures.get(line.benchmark), line.ours), _value(figures.get(line.benchmark), line.floor))
        for line in LINES
    )


def _value(figures: Any, path: Path) -> float | None:
    """What is there, None where nothing is."""
    value: Any = figures if path else None
    for key in path:
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            return None
    return float(value) if isinstance(value, int | float) else None
