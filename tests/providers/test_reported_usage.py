"""What vendors report of tokens and money, read from the wire, in each of the shapes that they use."""

import json
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.domain import Usage
from coderoute_ls.errors import ProviderUnavailable
from coderoute_ls.providers.answers.reported_usage import merged, reported_cost
from coderoute_ls.providers.connections.transport import Transport
from coderoute_ls.providers.provider_client import ProviderClient
from tests.providers.asking import CHAT, KEY, listen, offer, vendor
from tests.providers.replaying import InMemory


async def heard_usage(dialect: str, events: Iterable[object]) -> Usage | None:
    """The usage at the end of a streamed answer of these events."""
    body = b"".join(b"data: " + (event if isinstance(event, bytes) else json.dumps(event).encode()) + b"\n\n" for event in events)
    client = ProviderClient(
        {"test": vendor("http://wire.test", dialect)}, {"test": KEY}.get, Transport(InMemory(200, {}, iter([body])))
    )
    heard = await listen(client.stream(offer(dialect), CHAT))
    assert heard.finish is not None
    return heard.finish.usage


def chat(usage: object, reason: str | None = None) -> dict[str, object]:
    """A chunk of a chat that reports usage."""
    return {"choices": [{"index": 0, "delta": {"content": "hi"}, "finish_reason": reason}], "usage": usage}


COUNTS = {"prompt_tokens": 100, "completion_tokens": 5}


@pytest.mark.parametrize(
    ("more", "charged", "upstream"),
    [
        ({}, None, None),
        ({"cost": 0.002}, 0.002, None),
        ({"cost": 0.002, "is_byok": False, "cost_details": {"upstream_inference_cost": 0.002}}, 0.002, None),
        ({"cost": 0.0001, "is_byok": True, "cost_details": {"upstream_inference_cost": 0.002}}, 0.0001, 0.002),
        ({"cost": 0, "is_byok": True, "cost_details": {"upstream_inference_cost": 0.002}}, 0.0, 0.002),
        ({"cost": 0, "is_byok": True, "cost_details": {"upstream_inference_cost": None}}, 0.0, None),
        ({"cost": 0.0001, "is_byok": True}, 0.0001, None),
        ({"cost": {"input_tokens_cost": 0.001, "output_tokens_cost": 0.002, "total_cost": 0.008}}, 0.008, None),
        ({"cost_in_usd_ticks": 37_756_000}, 0.0037756, None),
        ({"cost": -1}, None, None),
        ({"cost": "0.002"}, None, None),
        ({"cost": True}, None, None),
        ({"cost": float("nan"), "cost_in_usd_ticks": -5}, None, None),
        ({"cost": {"total_cost": float("inf")}}, None, None),
    ],
)
def test_the_cost_is_read_in_each_vendors_words_and_what_is_no_amount_is_not(
    more: dict[str, object], charged: float | None, upstream: float | None
) -> None:
    assert reported_cost({**COUNTS, **more}) == (charged, upstream)


@pytest.mark.parametrize("dialect", ["openai-chat", "openai-responses", "anthropic-messages"])
async def test_openrouter_tells_its_cost_whatever_it_is_asked_in(dialect: str) -> None:
    money: dict[str, object] = {"cost": 0.0001, "is_byok": True, "cost_details": {"upstream_inference_cost": 0.002}}
    counts = {"input_tokens": 100, "output_tokens": 5, **money}
    events: dict[str, list[object]] = {
        "openai-chat": [chat({**COUNTS, **money}, "stop"), b"[DONE]"],
        "openai-responses": [{"type": "response.completed", "response": {"status": "completed", "usage": counts}}],
        "anthropic-messages": [
            {"type": "message_start", "message": {"model": "m", "usage": {"input_tokens": 100, "output_tokens": 1}}},
            {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": counts},
            {"type": "message_stop"},
        ],
    }
    usage = await heard_usage(dialect, events[dialect])
    assert usage is not None
    assert (usage.input, usage.output, usage.cost_usd, usage.upstream_usd) == (100, 5, 0.0001, 0.002)


@pytest.mark.parametrize("later", [None, {}, "none", [], {"prompt_tokens": 0, "completion_tokens": 0}, {"total_tokens": 0}])
async def test_a_later_report_of_nothing_does_not_erase_a_good_one(later: object) -> None:
    usage = await heard_usage("openai-chat", [chat({**COUNTS, "cost": 0.5}), chat(later, "stop"), b"[DONE]"])
    assert usage is not None
    assert (usage.input, usage.output, usage.cost_usd) == (100, 5, 0.5)


async def test_a_zero_at_the_end_does_not_erase_what_anthropic_counted_at_the_start() -> None:
    events: list[object] = [
        {"type": "message_start", "message": {"model": "m", "usage": {"input_tokens": 100, "output_tokens": 1}}},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"input_tokens": 0, "output_tokens": 9}},
        {"type": "message_stop"},
    ]
    usage = await heard_usage("anthropic-messages", events)
    assert usage is not None
    assert (usage.input, usage.output) == (100, 9)


async def test_a_chat_may_count_in_the_words_of_the_responses_api() -> None:
    usage = await heard_usage("openai-chat", [chat({"input_tokens": 120, "output_tokens": 30}, "stop"), b"[DONE]"])
    assert usage is not None
    assert (usage.input, usage.output) == (120, 30)


async def test_what_was_counted_before_a_failure_comes_with_the_failure() -> None:
    with pytest.raises(ProviderUnavailable) as failed:
        await heard_usage("openai-chat", [chat(COUNTS), {"error": {"message": "engine died", "code": 500}}])
    assert failed.value.usage is not None
    assert (failed.value.usage.input, failed.value.usage.output) == (100, 5)


counts = st.integers(0, 1 << 20)
reports = st.builds(Usage, counts, counts, counts, counts, counts, st.none() | st.floats(0, 10)) | st.none()


@given(st.lists(reports))
def test_of_any_reports_the_last_count_that_is_one_holds(told: list[Usage | None]) -> None:
    known: Usage | None = None
    for report in told:
        known = merged(known, report)
    said = [report for report in told if report is not None]
    assert (known is None) == (not said)
    if known is not None:
        for name in ("input", "output", "cached_read", "cached_write", "reasoning"):
            assert getattr(known, name) == next((n for report in reversed(said) if (n := getattr(report, name))), 0)
