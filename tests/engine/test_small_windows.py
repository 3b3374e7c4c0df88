"""Local models with small windows: every action on a function of thirty lines fits, with as much around it as possible."""

from dataclasses import replace
from decimal import Decimal

import pytest

from coderoute_ls.actions import actions
from coderoute_ls.domain import (
    Diagnostic,
    Document,
    FimSupport,
    Offer,
    OfferHealth,
    Position,
    Prices,
    Score,
    Snippet,
    Span,
    Target,
)
from coderoute_ls.engine.completion_model import CompletionModel
from coderoute_ls.engine.types import EngineCall
from coderoute_ls.server.features.engine_call import call_that_fits
from coderoute_ls.settings import Layer, effective
from coderoute_ls.text import split_lines
from tests.engine.support import world

BODY = "".join(f"        found_{number} = compute(rows[{number}].total, limit - {number})\n" for number in range(27))
FUNCTION = f"def report(rows, limit):\n    if rows[0].total > limit and rows[0].name:\n{BODY}    return rows\n"
AROUND = "".join(f"def helper_{number}(value):\n    return value + {number}\n\n\n" for number in range(400))
SNIPPETS = tuple(Snippet(f"other_{number}.py", AROUND[:3_000], "open") for number in range(3))
OF_NO_FUNCTION = frozenset({"commit_message"})
"""It is about a diff alone, and cuts it."""
ASKED = sorted(
    id_
    for id_, action in actions().items()
    if action.axis == "coding" and action.surface != "ghost" and id_ not in OF_NO_FUNCTION
)


def local(context: int) -> Offer:
    return Offer(
        "ollama/small", "small", "ollama", "small", "ollama", capabilities={"text": True, "streaming": True},
        context=context, prices=Prices(Decimal(0), Decimal(0)), local=True,
    )  # fmt: skip


def call(action: str, context: int) -> tuple[EngineCall, bool]:
    """The call, and whether the model may be asked it."""
    document = Document("file:///work/a.py", "python", 1, split_lines(AROUND[:8_000] + FUNCTION + AROUND), "/work/a.py")
    start = AROUND[:8_000].count("\n")
    span = Span(Position(start, 4), Position(start, 4))
    wrong = Diagnostic(Span(Position(start + 3, 8), Position(start + 3, 12)), "undefined name", "ruff", "F821")
    target = Target(document, span, "handle an empty list", (wrong,))
    made = actions()[action]
    region = made.region(target)
    assert region is not None
    here = world({}, [local(context)])
    asked = call_that_fits(here.engine.router, made, target, region, effective(Layer("user", {})), snippets=SNIPPETS)
    chosen = here.engine.router.decide(asked)[0].chosen
    return asked, chosen is not None and chosen.offer.id == "ollama/small"


@pytest.mark.parametrize("context", [4_096, 8_192])
@pytest.mark.parametrize("action", ASKED)
def test_every_action_on_a_function_of_thirty_lines_fits_a_small_window(action: str, context: int) -> None:
    asked, answered = call(action, context)
    assert answered
    assert asked.target.document.slice(asked.region).strip() in asked.prompt.messages[-1].text or action in ("tests", "document")
    assert asked.prompt.chars / 3 < context, "the prompt leaves room, however its tokens are counted"


def test_a_large_window_is_filled_and_a_tiny_one_told_apart() -> None:
    wide, answered = call("refactor", 128_000)
    assert answered and wide.prompt.chars > 20_000
    narrow, answered = call("refactor", 4_096)
    assert answered and 3_000 < narrow.prompt.chars < 12_000
    _, answered = call("refactor", 1_024)
    assert not answered


@pytest.mark.parametrize(
    ("context", "read_per_s", "chars", "ahead"),
    [(4_096, None, 11_136, True), (4_096, 120.0, 4_000, False), (32_768, 900.0, 97_152, True)],
)
def test_ghost_text_of_a_local_model_fits_its_window_and_its_speed(
    context: int, read_per_s: float | None, chars: int, ahead: bool
) -> None:
    score = Score(0.8, 0.8, 0.8, "user", "user", "2026-11-30")
    fim = FimSupport("ollama", "<P>{prefix}<S>{suffix}<M>")
    offer = replace(local(context), fim=fim, scores={"completion": score}, capabilities={"streaming": True, "fim": True})
    here = world({}, [offer])
    here.engine.router.feedback._experience.put(offer.id, OfferHealth(read_per_s=read_per_s))  # pyright: ignore[reportPrivateUsage]
    model = CompletionModel(here.engine, actions()["inline_completion"], lambda _: effective(Layer("user", {})))
    place = Span(Position(0, 0), Position(0, 0))
    prospect = model.prospect(Target(Document("file:///a.py", "python", 1, ("x = ",)), place))
    assert (prospect.local, prospect.max_chars, prospect.ahead) == (True, chars, ahead)
