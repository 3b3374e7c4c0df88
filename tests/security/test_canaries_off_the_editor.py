"""Canaries in what is asked of a model without an action of the user: next edits, and other programs' requests to the gateway."""

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from coderoute_ls.actions import actions
from coderoute_ls.domain import Delta, Finish, Offer, Position, Score, Usage
from coderoute_ls.domain.next_edits import Situation
from coderoute_ls.engine.suggestions.next_edit_model import NextEditModel
from coderoute_ls.settings import effective
from tests.engine.support import CHEAP, world
from tests.gateway.support import serving
from tests.ignore.canaries import Canary, canaries
from tests.ignore.other_canaries import other_canaries
from tests.next_edit.support import document, past
from tests.security.test_canaries_on_the_wire import KINDS

ABLE: Offer = replace(CHEAP, scores={"next_edit": Score(0.8, 0.8, 0.8, "single", "m", "2026-01-01")})
MOST_LEAKING = 0.02
SOURCE = "def load(x):\n    return x\n\n\n" + "load(1)\n" * 30 + "save(2)\n"
LAST = SOURCE.count("\n") - 1


def drawn(seed: str) -> list[Canary]:
    kinds = [canary for canary in (*canaries(31), *other_canaries(31)) if canary.secrets]
    return random.Random(seed).sample(kinds, min(10 * KINDS, len(kinds)))


def above(canary: Canary) -> Situation:
    text = f"{canary.text}\n\n{SOURCE}"
    return Situation(document(text), Position(text.count("\n") - 1, 0), (past("def read(x):", "def load(x):", 0),))


def inside(canary: Canary) -> Situation:
    text = f"{SOURCE}{canary.text}\n"
    return Situation(document(text), Position(LAST, 0), (past("def read(x):", "def load(x):", 0),))


def in_an_edit(canary: Canary) -> Situation:
    return Situation(document(SOURCE), Position(LAST, 0), (past(f"{canary.text}\n", f"{canary.text}\nx = 1\n", 0),))


NEXT_EDITS: dict[str, Callable[[Canary], Situation]] = {
    "above the region": above,
    "in the region": inside,
    "in a past edit": in_an_edit,
}


@pytest.mark.parametrize("way", NEXT_EDITS)
async def test_no_canary_is_asked_about_in_a_next_edit(way: str) -> None:
    chosen = drawn(way)
    here = world({"cheap": [[Delta("NO_CHANGE"), Finish("stop", Usage())] for _ in range(len(chosen) + 1)]}, [ABLE])
    model = NextEditModel(here.engine, actions()["next_edit"], lambda _: effective())
    await model(Situation(document(SOURCE), Position(LAST, 0), (past("def read(x):", "def load(x):", 0),)))
    assert here.upstream.prompts, "the requests are real"
    leaks: list[str] = []
    for canary in chosen:
        begun = len(here.upstream.prompts)
        await model(NEXT_EDITS[way](canary))
        sent = repr(here.upstream.prompts[begun:])
        leaks += [canary.kind] if any(secret in sent for secret in canary.secrets) else []
    assert len(leaks) <= MOST_LEAKING * len(chosen), leaks


@pytest.mark.parametrize("place", ["user", "system", "tool"])
async def test_no_canary_passes_a_gateway_that_refuses_secrets(place: str) -> None:
    chosen = drawn(place)
    leaks: list[str] = []
    plays = [[Delta("ok"), Finish("stop", Usage())] for _ in range(len(chosen) + 1)]
    async with serving({"cheap": [*plays]}, settings={"gateway": {"secrets": "refuse"}}) as served:
        assert (await served.chat()).status_code == 200
        for canary in chosen:
            begun = len(served.world.upstream.prompts)
            await served.chat(messages=conversation(place, canary.text))
            sent = repr(served.world.upstream.prompts[begun:])
            leaks += [canary.kind] if any(secret in sent for secret in canary.secrets) else []
    assert len(leaks) <= MOST_LEAKING * len(chosen), leaks


def conversation(place: str, text: str) -> list[dict[str, object]]:
    """A request with this text in one of its messages."""
    asked: dict[str, object] = {"role": "user", "content": "Go on."}
    if place != "tool":
        return [{"role": place, "content": f"Read this:\n{text}\n"}, asked]
    call = {"id": "c1", "type": "function", "function": {"name": "read", "arguments": "{}"}}
    return [
        asked,
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "content": text},
    ]
