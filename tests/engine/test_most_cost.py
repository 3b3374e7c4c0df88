"""The most that a call may cost: held against exchanges that vendors billed, and against all that a hole's prompt says."""

import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any, cast

import pytest

from coderoute_ls.actions import actions
from coderoute_ls.app.health_store import HealthStore
from coderoute_ls.domain import Fim, FimSupport, Message, NullLedger, Offer, Prices, Prompt, Snippet, State
from coderoute_ls.domain.conversation import OutputFormat
from coderoute_ls.engine import Router, SystemClock
from coderoute_ls.gateway.caller_error import CallerError
from coderoute_ls.gateway.faces import all_faces
from coderoute_ls.providers.fill_in_middle_by_prompt import as_chat
from coderoute_ls.selection import Catalog
from coderoute_ls.selection.pricing.cost_estimate import Estimate, estimate
from coderoute_ls.selection.pricing.priced_offers import build
from coderoute_ls.selection.pricing.tokenizers import tokenizer, tokens
from coderoute_ls.text.piece_counts import pieces
from tests.engine.support import call
from tests.support.shared import shared_data

INPUT, OUTPUT = 1, 4
"""USD per million tokens."""
CODE = 'def total(items: list[Item]) -> float:\n    """The sum."""\n    return sum(item.price for item in items)\n' * 200
ROUTER = Router(
    lambda: Catalog("", "", ()),
    ledger=NullLedger(),
    experience=HealthStore(None),
    clock=SystemClock(),
    actions=actions(),
    answers=frozenset(),
)
MODELS = ("openai/gpt-4.1", "anthropic/claude-opus-5.5", "google/gemini-2.5-flash", "qwen/qwen3-coder", "x-ai/grok-4.7")


def figures(model: str, prompt: Prompt, *, native: bool = False) -> Estimate:
    """What the engine's request for this prompt comes to at one offer."""
    prices = Prices(Decimal(INPUT), Decimal(OUTPUT))
    fim = FimSupport("mistral-fim", "", ()) if native else None
    offer = Offer("v/m", model, "v", "m", "openai-chat", prices=prices, verbosity=1.0, fim=fim)
    asked = ROUTER.request(replace(call(), prompt=prompt))
    return estimate(build((offer,), (0.0,), {}, 0.0), asked, State(0.0), {})


# Ghost text by models that only chat


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("size", [0, 1, 30, 300, 3_000, 15_000])
@pytest.mark.parametrize("odd", [False, True], ids=["plain", "fences and snippets"])
def test_a_hole_filled_by_prompt_counts_all_that_the_prompt_says(model: str, size: int, odd: bool) -> None:
    snippets = (Snippet("src/items.py", CODE[:500]),) if odd else ()
    before = f"````\nnot code\n````\n{CODE}"[:size] if odd else CODE[:size]
    hole = Fim(before, CODE[: size // 3], "src/orders.py", "python", snippets)
    sent = as_chat(Prompt(max_tokens=256), hole)
    family = tokenizer(model)
    real = tokens(family.weights, pieces("\n".join((sent.system, sent.messages[0].text)))) + family.request
    counted = figures(model, Prompt(fim=hole, max_tokens=256))
    assert counted.tokens[0] == pytest.approx(real, rel=0.02, abs=8)
    assert counted.maximum[0] * 1e6 >= INPUT * real * 1.3 + OUTPUT * sent.max_tokens


def test_an_endpoint_for_holes_is_told_nothing_more() -> None:
    hole = Prompt(fim=Fim(CODE[:300], "", "src/orders.py", "python"), max_tokens=256)
    native, told = figures(MODELS[0], hole, native=True), figures(MODELS[0], hole)
    assert native.tokens[0] + 100 < told.tokens[0]
    assert native.maximum[0] * 1e6 < 300 * INPUT + 256 * OUTPUT


# What was billed

FACES = {face.format: face.decode for face in all_faces() if face.format != "openai-completions"}
ADDS_WORDS = frozenset({"venice"})
"""Vendors with a system prompt of their own, and none of ours."""


def billed() -> Iterator[tuple[str, str, Prompt, int]]:
    """Recorded exchanges that we could have sent: name, model, prompt, billed tokens of it."""
    for path in sorted(shared_data("recordings").glob("*.json")):
        recording = cast("dict[str, Any]", json.loads(path.read_text("utf-8")))
        face = FACES.get(str(recording.get("dialect")))
        if face is None or recording["provider"] in ADDS_WORDS or recording["request"].get("body_cut"):
            continue
        usage, body = recording["expected"].get("usage"), recording["request"].get("body")
        if not isinstance(usage, dict) or not isinstance(body, dict):
            continue
        told = cast("dict[str, int | None]", usage)
        apart = ("cached", "cache_write") if recording["dialect"] == "anthropic-messages" else ()
        entered = (told.get("input") or 0) + sum(told.get(part) or 0 for part in apart)
        try:
            request = face(json.dumps(body).encode(), {})
        except CallerError:
            continue  # nothing that the gateway would send
        vendor = "anthropic/" if recording["provider"] == "anthropic" else ""
        yield path.stem, f"{vendor}{request.model}", request.prompt, entered


def test_the_most_holds_for_what_vendors_billed() -> None:
    """Short questions, tools, schemas, documents, thinking, and vendors' own searches; whatever the answer's length."""
    over: list[str] = []
    count = 0
    for name, model, prompt, entered in billed():
        most = float(figures(model, prompt).maximum[0]) * 1e6 - OUTPUT * prompt.max_tokens * prompt.choices
        count += 1
        if entered * INPUT > most:
            over.append(f"{name}: {entered} > {most:.0f}")
    assert count >= 90
    assert not over


def test_a_schema_and_several_answers_are_part_of_the_price() -> None:
    plain = Prompt(messages=(Message("user", "Name three birds."),), max_tokens=1_000)
    schema = {"type": "object", "properties": {f"bird_{n}": {"type": "string", "description": CODE[:100]} for n in range(9)}}
    shaped = Prompt(messages=plain.messages, max_tokens=1_000, output=OutputFormat("schema", schema))
    several = Prompt(messages=plain.messages, max_tokens=1_000, choices=3)
    bare = figures(MODELS[0], plain)
    assert figures(MODELS[0], shaped).tokens[0] > bare.tokens[0] + 150
    assert figures(MODELS[0], several).output[0] == 3 * bare.output[0]
    assert figures(MODELS[0], several).maximum[0] == pytest.approx(bare.maximum[0] + 2_000 * OUTPUT / 1e6)
