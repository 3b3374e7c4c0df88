"""Usage and costs as vendors send them, byte for byte, through the real client and the engine, into the ledger's row."""

import json
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.domain import LedgerEntry, Prices
from coderoute_ls.providers.connections.transport import Transport
from coderoute_ls.providers.provider_client import ProviderClient
from coderoute_ls.selection.pricing.fee_calculation import fee
from tests.engine.support import call, heard, offer, world
from tests.providers.asking import KEY, vendor
from tests.providers.replaying import InMemory
from tests.support.shared import shared_data

PRICES = Prices(Decimal(1), Decimal(10), cached_read=Decimal("0.1"))
TEXT = "What does this do? " * 100


async def row(status: int, headers: dict[str, str], body: bytes, provider: str = "first") -> LedgerEntry:
    """What the first offer is booked with when it is answered so; another one answers where it fails."""
    first = replace(offer(provider, 1.0), dialect="openai-chat", prices=PRICES)
    here = world({}, (first,))
    transport = Transport(InMemory(status, headers, iter([body])))
    client = ProviderClient({provider: replace(vendor("http://wire.test/v1"), id=provider)}, lambda _: KEY, transport)
    engine = replace(here.engine, upstream=client)
    here.engine.router.feedback.use(
        {provider: replace(here.engine.router.providers[provider], fee=fee(provider))}, bought_credit=False
    )
    await heard(engine, call(text=TEXT))
    return here.ledger.rows[0]


def streamed(*events: object) -> bytes:
    """A chat's answer as server-sent events."""
    return b"".join(b"data: " + (e if isinstance(e, bytes) else json.dumps(e).encode()) + b"\n\n" for e in (*events, b"[DONE]"))


def chat(usages: Iterable[object], text: str = "Hello") -> bytes:
    """A good answer that reports its usage so, one report after the other."""
    said: dict[str, object] = {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]}
    ended: dict[str, object] = {"choices": [{"index": 0, "delta": dict[str, object](), "finish_reason": "stop"}]}
    return streamed(said, ended, *({"choices": list[object](), "usage": usage} for usage in usages))


EXPECTED: dict[str, tuple[int | None, int, int]] = {
    "f3-cached-100-9000": (100, 100, 5),
    "f3-deepseek-hit": (None, 0, 5),
    "f3-top-level-cached": (None, 0, 5),
    "f4-all-zero": (None, 0, 2),
    "f4-cost-zero": (12_000, 0, 300),
    "f4-negative": (None, 0, 2),
    "f4-other-names": (120, 0, 30),
    "f4-usage-then-error": (12_000, 0, 300),
}
"""Input (None: the estimate), cached and output tokens."""


@pytest.mark.parametrize("name", EXPECTED)
async def test_a_handed_answer_is_booked_with_what_can_be_true(name: str) -> None:
    head, _, body = shared_data("cases", "route", "wire", f"{name}.http").read_bytes().partition(b"\n\n")
    if b"\r\n\r\n" in head + body:
        head, _, body = (head + b"\n\n" + body).partition(b"\r\n\r\n")
    lines = head.decode().splitlines()
    headers = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines[1:])}
    booked = await row(int(lines[0].split()[1]), headers, body)
    entered, cached, left = EXPECTED[name]
    entered = booked.expected_input if entered is None else entered
    assert (booked.input_tokens, booked.cached_tokens, booked.output_tokens) == (entered, cached, left)
    assert booked.billed_usd == pytest.approx(((entered or 0) - cached + cached * 0.1 + left * 10) * 1e-6)


@pytest.mark.parametrize(
    ("more", "usd"),
    [
        ({}, (500 + 400) * 1e-6 * 1.055),
        ({"cost": 0.0008}, 0.0008 * 1.055),
        ({"cost": 0.0008, "is_byok": False, "cost_details": {"upstream_inference_cost": 0.0008}}, 0.0008 * 1.055),
        ({"cost": 0.00004, "is_byok": True, "cost_details": {"upstream_inference_cost": 0.0008}}, 0.00004 * 1.055 + 0.0008),
        ({"cost": 0, "is_byok": True, "cost_details": {"upstream_inference_cost": 0.0008}}, 0.0008),
        ({"cost": 0, "is_byok": True, "cost_details": {"upstream_inference_cost": None}}, (500 + 400) * 1e-6 * 1.055),
        ({"cost": -1}, (500 + 400) * 1e-6 * 1.055),
    ],
)
async def test_openrouters_cost_has_the_platforms_fee_on_it_and_the_upstreams_only_for_own_keys(
    more: dict[str, object], usd: float
) -> None:
    body = chat([{"prompt_tokens": 500, "completion_tokens": 40, **more}], "x" * 160)
    assert (await row(200, {}, body, "openrouter")).billed_usd == pytest.approx(usd)


odd: st.SearchStrategy[object] = st.sampled_from(
    [None, 0, -1, -(2**40), "12", "", True, (), float("nan"), 1e300, 2**70, 0.5, 3, 700],
)
NAMES = (
    *("prompt_tokens", "completion_tokens", "total_tokens", "input_tokens", "output_tokens", "cached_tokens"),
    *("prompt_cache_hit_tokens", "reasoning_tokens", "cost", "cost_in_usd_ticks", "is_byok", "cost_details"),
    *("prompt_tokens_details", "completion_tokens_details"),
)
fields: st.SearchStrategy[object] = st.dictionaries(st.sampled_from(NAMES), odd)
reports: st.SearchStrategy[list[object]] = st.lists(fields | odd, max_size=4)


@given(reports)
async def test_any_sequence_of_usage_objects_books_at_least_a_lower_bound(
    usages: list[object],
) -> None:
    booked = await row(200, {}, chat(usages, "x" * 400))
    assert booked.expected_input is not None and booked.input_tokens is not None and booked.output_tokens is not None
    assert booked.input_tokens >= booked.expected_input / 16 and booked.output_tokens >= 100 / 16
    assert 0 <= (booked.cached_tokens or 0) <= booked.input_tokens
    assert booked.billed_usd >= (booked.expected_input * 0.1 + 100 * 10) * 1e-6 / 16 / 100
