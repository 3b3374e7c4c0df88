"""How well the bill is known before the call: tokens in, tokens out and USD, on places where somebody rewrote code.

``python -m benchmarks prediction``. The places are definitions (for ``edit`` and ``refactor``) and statements (for ``fix``) of
this repository that a commit changed: the prompt is what the action writes there, the answer is what the commit made of the
region, in a fence. Tokens are counted by published tokenizers; Claude's of today is not published, and its older one stands for
it. Nobody thinks here: what thinking adds is known for public runs as means only. Errors are |predicted / real − 1|; places of a
third of the files are held out, and experience comes from the others. Targets: USD within 20 % at the median and 60 % at the
ninetieth percentile; the most that a call is said to cost holds for 99.5 % of them.
"""

import ast
import random
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zlib import crc32

from benchmarks.real_tokenizers import FAMILIES, counts
from benchmarks.report import ROOT
from coderoute_ls.actions import actions
from coderoute_ls.domain import (
    Action,
    Brief,
    Document,
    Floor,
    Offer,
    OfferHealth,
    Position,
    Prices,
    Prompt,
    Request,
    Span,
    State,
    Target,
    Usage,
)
from coderoute_ls.engine.types import EngineCall
from coderoute_ls.selection.health.offer_health import accustomed
from coderoute_ls.selection.pricing.estimate import estimate
from coderoute_ls.selection.pricing.expected_answer import expected_answer, prompt_pieces
from coderoute_ls.selection.pricing.priced_offers import build
from coderoute_ls.settings import effective, parse

COMMITS, PLACES = 220, 480
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
REWRITES = ("edit", "refactor", "fix")
MOST_CHARS = 8_000


@dataclass(frozen=True)
class Place:
    """One rewrite that somebody did."""

    action: str
    path: str
    call: EngineCall
    prompt: str
    answer: str

    @property
    def held_out(self) -> bool:
        return crc32(self.path.encode()) % 3 == 0


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    return done.stdout if done.returncode == 0 else ""


def changes() -> Iterator[tuple[str, str, str]]:
    """Path, text before and text after, of the Python files that commits changed."""
    for revision in _git("log", "--no-merges", "--format=%H", f"-{COMMITS * 2}", "--", "coderoute_ls/*.py").split()[::2]:
        for path in _git("diff", "--name-only", "--diff-filter=M", f"{revision}^", revision, "--", "coderoute_ls").split():
            if path.endswith(".py"):
                yield path, _git("show", f"{revision}^:{path}"), _git("show", f"{revision}:{path}")


def _definitions(text: str) -> dict[str, ast.stmt]:
    found: dict[str, ast.stmt] = {}

    def walk(body: Sequence[ast.stmt], name: str) -> None:
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                inner = f"{name}.{node.name}"
                found[inner] = node
                walk(node.body, inner)

    try:
        walk(ast.parse(text).body, "")
    except (SyntaxError, ValueError):
        return {}
    return found


def _lines(text: str, node: ast.stmt) -> tuple[int, int, str]:
    """First line, line behind the last, and the text between."""
    first, last = node.lineno - 1, node.end_lineno or node.lineno
    return first, last, "\n".join(text.split("\n")[first:last]) + "\n"


def _rewrites() -> Iterator[tuple[str, str, str, int, int, str]]:
    """Kind of region, path, text before, its lines, and what became of the region."""
    for path, before, after in changes():
        old, new = _definitions(before), _definitions(after)
        for name in old.keys() & new.keys():
            first, last, region = _lines(before, old[name])
            changed = _lines(after, new[name])[2]
            if region == changed or not 3 <= last - first <= 120 or not 0.4 < len(changed) / len(region) < 2.5:
                continue
            yield "definition", path, before, first, last, changed
            for one, other in zip(getattr(old[name], "body", ()), getattr(new[name], "body", ()), strict=False):
                start, end, statement = _lines(before, one)
                replaced = _lines(after, other)[2]
                if statement != replaced and type(one) is type(other) and end - start <= 12:
                    yield "statement", path, before, start, end, replaced
                    break


def places() -> list[Place]:
    known = {action.id: action for action in actions().values()}
    settings = effective(parse({}, tuple(known), "user")[0])
    chance = random.Random(18)
    found = list(_rewrites())
    chance.shuffle(found)
    wanted = {action: "statement" if action == "fix" else "definition" for action in REWRITES}
    return [
        _place(known[action], settings, *row[1:])
        for action, kind in wanted.items()
        for row in [row for row in found if row[0] == kind][:PLACES]
    ]


def _place(action: Action, settings: Any, path: str, before: str, first: int, last: int, changed: str) -> Place:  # noqa: PLR0917
    document = Document(f"file:///{path}", "python", 1, before.splitlines(keepends=True) or [""])
    region = Span(Position(first, 0), Position(last, 0))
    target = Target(document, region, instruction="Make it handle the new case as well." if action.id == "edit" else "")
    prompt = action.prompt(Brief(target, region, (), MOST_CHARS))
    call = EngineCall(action, prompt, target, region, settings)
    return Place(action.id, path, call, _text(prompt), f"```python\n{changed}```\n")


def _text(prompt: Prompt) -> str:
    return "\n".join([prompt.system, *(message.text for message in prompt.messages)])


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
    totals: dict[int, list[float]] = {calls: [] for calls in CALLS}
    kept = asked = 0
    for action in REWRITES:
        for family in FAMILIES:
            scale = CLAUDE_TODAY if family == "claude" else 1.0
            rows = [
                (place, real[family][2 * n] * scale + WRAPPING[family], real[family][2 * n + 1] * scale)
                for n, place in enumerate(found)
                if place.action == action
            ]
            for calls, errors in _errors(rows, _offer(family)):
                entered, left, usd, holds = zip(*errors, strict=True)
                totals[calls] += usd
                kept, asked = kept + sum(holds), asked + len(holds)
                told = [_quantile(part, share) for part in (entered, left, usd) for share in (0.5, 0.9)]
                shown = "  ".join(f"{value:6.1%}" for value in told)
                print(f"{action:<10} {family:<9} {calls:>6}   {shown}   {sum(holds) / len(holds):.1%}")
                figures[f"{action}.{family}.{calls}"] = [round(value, 4) for value in told]
    print()
    for calls, errors in totals.items():
        middle, most = _quantile(errors, 0.5), _quantile(errors, 0.9)
        print(
            f"all rewrites after {calls:>3} calls: USD within {middle:.1%} at the median, {most:.1%} at p90 (targets 20 %, 60 %)"
        )
        figures[f"all.{calls}"] = [round(middle, 4), round(most, 4)]
    print(f"the most that a call may cost held for {kept / asked:.2%} (target 99.5 %)")
    figures["c_max"] = round(kept / asked, 5)
    return figures


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
