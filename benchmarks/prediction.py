"""How well the bill is known before the call: tokens in, tokens out and USD, on places where somebody rewrote code.

``python -m benchmarks prediction``. The places are what changed between releases of eighteen public packages
(`benchmarks.released_rewrites`): the prompt is what the action writes there, the answer what the later release says, in a fence.
Tokens are counted by published tokenizers; Claude's of today is not published, and its older one stands for it. Nobody thinks
here: tokens of thinking are data, means of public runs by model and effort, and no run says how they spread from call to call.
Errors are |predicted / real − 1|; places of a third of the files are held out, and experience comes from the others; but the
usual length of docstrings was set by these very places. Targets, for rewrites: USD within 20 % at the median and 60 % at the
ninetieth percentile; the most that a call may cost holds for 99.5 %, also of ghost text by models that only chat, whose prompt
says more than the file where the file is small (`HOLES`).
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from benchmarks.real_tokenizers import FAMILIES, counts
from benchmarks.released_rewrites import ACTIONS, REWRITES, Place, places, prompt_text
from coderoute_ls.domain import Fim, Floor, Offer, OfferHealth, Prices, Prompt, Request, State, Usage
from coderoute_ls.engine.router import by_prompt
from coderoute_ls.providers.fill_in_middle_by_prompt import as_chat
from coderoute_ls.selection.health.offer_health import accustomed
from coderoute_ls.selection.pricing.cost_estimate import estimate
from coderoute_ls.selection.pricing.expected_length import UNSEEN_TOKENS, expected_answer, prompt_pieces
from coderoute_ls.selection.pricing.priced_offers import build

CALLS = (0, 5, 20, 100)
WRAPPING = {"gpt": 11, "claude": 12, "qwen": 13, "gemini": 5, "deepseek": 6}
"""Tokens of the vendors' templates around a system text and one message."""
MODELS = {
    "gpt": "openai/gpt-4.1", "claude": "anthropic/claude-haiku-4.5", "qwen": "qwen/qwen3-coder",
    "gemini": "google/gemini-2.5-flash",
    "deepseek": "deepseek/deepseek-v3.2",
}  # fmt: skip
CLAUDE_TODAY = 1.29 / 1.108
"""Tokens of Claude's later tokenizer for one of its published one, by bills."""


HOLES = (0, 20, 100, 400, 1_500, 6_000)
"""Characters in front of the hole; a third of them stand behind it."""


def _offer(family: str) -> Offer:
    prices = Prices(Decimal(1), Decimal(4), source="benchmark", date="2026-11-29")
    return Offer(f"v/{family}", MODELS[family], "v", family, "openai-chat", prices=prices, verbosity=1.0)


def predicted(place: Place, offer: Offer, health: OfferHealth) -> tuple[float, float, float, float]:
    """Tokens in and out, USD expected and at most."""
    call = place.call
    answer = expected_answer(call.action, call.target.document.slice(call.region), call.prompt.max_tokens)
    asked = Request(
        place.action, "coding", Floor(0.0), chars=call.prompt.chars, pieces=prompt_pieces(call.prompt), language="python",
        max_tokens=call.prompt.max_tokens, median_output=answer,
    )  # fmt: skip
    columns = build((offer,), (0.0,), {}, 0.0)
    figures = estimate(columns, asked, State(0.0), {0: health})
    return tuple(float(row[0]) for row in (figures.tokens, figures.output, figures.expected, figures.maximum))  # pyright: ignore[reportReturnType]


def _quantile(values: Sequence[float], share: float) -> float:
    ranked = sorted(values)
    return ranked[min(int(share * len(ranked)), len(ranked) - 1)] if ranked else float("nan")


def run() -> dict[str, Any]:
    found = places()
    try:
        real = counts([text for place in found for text in (place.prompt, place.answer)])
    except RuntimeError as error:
        print(error)
        return {}
    print(f"{len(found)} places, {sum(place.held_out for place in found)} of them in held-out files\n")
    print("action     family     calls   input p50  p90   output p50  p90   USD p50  p90   C_max holds")
    figures: dict[str, Any] = {"places": len(found)}
    totals: dict[tuple[bool, int], list[float]] = {(rewrite, calls): [] for rewrite in (True, False) for calls in CALLS}
    kept = asked = 0
    for action in ACTIONS:
        for family in FAMILIES:
            scale = CLAUDE_TODAY if family == "claude" else 1.0
            rows = [
                (place, real[family][2 * n] * scale + WRAPPING[family], real[family][2 * n + 1] * scale)
                for n, place in enumerate(found)
                if place.action == action
            ]
            for calls, errors in _errors(rows, _offer(family)):
                entered, left, usd, holds = zip(*errors, strict=True)
                totals[action in REWRITES, calls] += usd
                kept, asked = kept + sum(holds), asked + len(holds)
                told = [_quantile(part, share) for part in (entered, left, usd) for share in (0.5, 0.9)]
                shown = "  ".join(f"{value:6.1%}" for value in told)
                print(f"{action:<10} {family:<9} {calls:>6}   {shown}   {sum(holds) / len(holds):.1%}")
                figures[f"{action}.{family}.{calls}"] = [round(100 * value, 1) for value in told]
    print()
    for (rewrite, calls), errors in totals.items():
        middle, most = _quantile(errors, 0.5), _quantile(errors, 0.9)
        what, targets = ("all rewrites", " (targets 20 %, 60 %)") if rewrite else ("docstrings", "")
        print(f"{what} after {calls:>3} calls: USD within {middle:.1%} at the median, {most:.1%} at p90{targets}")
        figures[f"{'all' if rewrite else 'docstrings'}.{calls}"] = [round(100 * middle, 1), round(100 * most, 1)]
    print(f"the most that a call may cost held for {kept / asked:.2%} (target 99.5 %)")
    figures["c_max"] = round(100 * kept / asked, 2)
    figures["c_max_holes"] = _holes(found)
    return figures


def _holes(found: Sequence[Place]) -> dict[int, float]:
    """How often C_max holds for a hole filled by prompt whose answer is as long as allowed, by the size of what is before it."""
    rows = [(size, hole) for size in HOLES for place in found[::3] for hole in (_hole(place, size),)]
    chats = [as_chat(Prompt(max_tokens=HOLE_TOKENS), hole) for _, hole in rows]
    real = counts([prompt_text(chat) for chat in chats])
    held: dict[int, list[bool]] = {size: [] for size in HOLES}
    for family in FAMILIES:
        columns = build((_offer(family),), (0.0,), {}, 0.0)
        for n, ((size, hole), chat) in enumerate(zip(rows, chats, strict=True)):
            prompt = Prompt(fim=hole, max_tokens=HOLE_TOKENS)
            asked = Request(
                "inline_completion", "completion", Floor(0.0), chars=prompt.chars, pieces=prompt_pieces(prompt),
                by_prompt=by_prompt(hole), unseen_tokens=UNSEEN_TOKENS, max_tokens=HOLE_TOKENS, required=frozenset({"fim"}),
            )  # fmt: skip
            most = float(estimate(columns, asked, State(0.0), {}).maximum[0])
            entered = real[family][n] * (CLAUDE_TODAY if family == "claude" else 1.0) + WRAPPING[family]
            held[size].append((entered + 4 * chat.max_tokens) / 1e6 <= most)
    shares = {size: round(100 * sum(rows) / len(rows), 2) for size, rows in held.items()}
    told = ", ".join(f"{share} % at {size}" for size, share in shares.items())
    print(f"of holes filled by prompt, by characters before them: {told}")
    return shares


HOLE_TOKENS = 256


def _hole(place: Place, size: int) -> Fim:
    """The file cut at the place, with so much around it."""
    document, start = place.call.target.document, place.call.region.start
    before = "\n".join(document.lines[: start.line]).rstrip("\n")
    after = document.slice(place.call.region)
    return Fim(before[max(len(before) - size, 0) :], after[: size // 3], place.path, "python")


Row = tuple[Place, float, float]


def _errors(rows: Sequence[Row], offer: Offer) -> Iterator[tuple[int, list[tuple[float, float, float, bool]]]]:
    """After each number of calls: the errors in tokens in, out and USD over the held-out places, and whether C_max held."""
    health, done = OfferHealth(), 0
    training = [row for row in rows if not row[0].held_out]
    for calls in CALLS:
        for place, entered, left in training[done:calls]:
            size, output, *_ = predicted(place, offer, health)
            took = Usage(round(entered), round(left))
            health = accustomed(health, place.action, took, predicted_input=size, predicted_output=output)
        done = calls
        yield calls, [_error(row, offer, health) for row in rows if row[0].held_out]


def _error(row: Row, offer: Offer, health: OfferHealth) -> tuple[float, float, float, bool]:
    place, entered, left = row
    size, output, usd, most = predicted(place, offer, health)
    real = (entered + 4 * left) / 1e6
    return abs(size / entered - 1), abs(output / left - 1), abs(usd / real - 1), real <= most
