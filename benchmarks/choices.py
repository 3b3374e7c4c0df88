"""Whom the bundled catalogue chooses: twelve sets of keys, seven actions, three presets; with price and first word, as expected.

``python -m benchmarks choices``; ``CODEROUTE_CATALOG=file.json`` reads another catalogue. The request is the usual one of its
action: 8,000 characters of Python. Nothing is asked, and nothing is known from experience.
"""

import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from coderoute_ls.actions import actions
from coderoute_ls.domain import Action, Chosen, Decision, Floor, ProviderState, Request, State
from coderoute_ls.selection import Catalog, local_offers, select
from coderoute_ls.selection.pricing.cost_estimate import estimate
from coderoute_ls.selection.pricing.expected_length import usual_answer
from coderoute_ls.selection.pricing.fee_calculation import fee
from coderoute_ls.selection.pricing.first_token_time import first_answer_s
from coderoute_ls.selection.pricing.offer_table import gives_away
from coderoute_ls.selection.pricing.priced_offers import build
from coderoute_ls.settings import effective, parse
from coderoute_ls.text.dollars import price

KEYS: Mapping[str, tuple[str, ...]] = {
    "OpenRouter": ("openrouter",),
    "OpenAI": ("openai",),
    "Anthropic": ("anthropic",),
    "Google": ("google",),
    "Mistral": ("mistral",),
    "DeepSeek": ("deepseek",),
    "xAI": ("xai",),
    "Groq": ("groq",),
    "Cerebras": ("cerebras",),
    "Ollama": ("ollama",),
    "Anthropic and Codestral": ("anthropic", "codestral"),
    "OpenRouter, OpenAI and Anthropic": ("openrouter", "openai", "anthropic"),
}
LOCAL = ("qwen2.5-coder:7b", "gpt-oss:20b", "nomic-embed-text:latest")
"""What Ollama serves here."""
ACTIONS = ("inline_completion", "explain", "document", "tests", "edit", "fix", "refactor")
PRESETS = ("economy", "balanced", "best")
CHARS = 8_000


@dataclass(frozen=True, slots=True)
class Row:
    keys: str
    action: str
    preset: str
    decision: Decision
    first_answer_s: float | None

    @property
    def chosen(self) -> Chosen | None:
        return self.decision.chosen


def rows(catalog: Catalog, now: float) -> Iterator[Row]:
    """Every choice."""
    known = actions()
    for keys, providers in KEYS.items():
        mine = catalog.with_offers(local_offers("ollama", LOCAL, catalog)) if "ollama" in providers else catalog
        state = State(now, {name: ProviderState(reachable=True, fee=fee(name)) for name in providers})
        for name in ACTIONS:
            for preset in PRESETS:
                decision = select(asked(known[name], preset), mine, state)
                chosen = decision.chosen
                seconds = None if chosen is None else _first_answer_s(chosen, decision.request, state)
                yield Row(keys, name, preset, decision, seconds)


def _first_answer_s(chosen: Chosen, request: Request, state: State) -> float:
    """Until the first word of the answer, the thinking included."""
    columns = build((chosen.offer,), (0.0,), state.providers, state.now)
    return float(first_answer_s(columns, estimate(columns, request, state, {}), request)[0])


def asked(action: Action, preset: str) -> Request:
    """The usual request of this action, by a user who has set nothing but the preset."""
    layer, _ = parse({"quality": preset}, actions(), "user")
    floor = effective(layer).floor_for(action.id, action.axis, action.min_coding_score)
    return Request(
        action.id, action.axis, Floor(floor.value, preset), chars=CHARS, language="python", max_tokens=action.max_tokens,
        median_output=usual_answer(action), required=action.required, first_token_budget_s=action.first_token_budget_s,
        embedded_available=action.id == "inline_completion",
    )  # fmt: skip


def run() -> dict[str, object]:
    """Prints the table; returns how many choices are free, are soon retired, are previews, or miss the floor."""
    path = os.environ.get("CODEROUTE_CATALOG")
    catalog = Catalog.parse(Path(path).read_bytes()) if path else Catalog.bundled()
    found = list(rows(catalog, time.time()))
    last = ""
    for row in found:
        if row.keys != last:
            last = row.keys
            print(f"\n{row.keys}")
            print(f"  {'action':<18}{'preset':<9}{'floor':>5}  {'offer':<52}{'score':>5} {'kind':<9}{'expected':>9} {'first':>6}")
        print(_line(row))
    paid = [row for row in found if row.chosen is not None and row.chosen.offer.provider != "embedded"]
    return {
        "choices": len(found),
        "free": sum(gives_away(row.chosen.offer) for row in paid if row.chosen),
        "previews": sum(row.chosen.offer.preview for row in paid if row.chosen),
        "retiring": sum(bool(row.chosen.offer.expires) for row in paid if row.chosen),
        "below_floor": sum(row.decision.unmet is not None for row in found),
        "keys_with_ghost_text": len({row.keys for row in paid if row.action == "inline_completion"}),
    }


def _line(row: Row) -> str:
    head = f"  {row.action:<18}{row.preset:<9}{row.decision.request.floor.value:>5.2f}  "
    chosen = row.chosen
    if chosen is None:
        return f"{head}nobody"
    score = "" if chosen.score is None else f"{chosen.score.low:.2f}"
    kind = "" if chosen.score is None else chosen.score.confidence
    note = f"  ({row.decision.unmet.rule})" if row.decision.unmet else ""
    if chosen.offer.expires:
        note += f"  (until {chosen.offer.expires})"
    if chosen.offer.preview:
        note += "  (preview)"
    first = f"{row.first_answer_s:.1f} s" if row.first_answer_s is not None and chosen.offer.provider != "embedded" else ""
    return f"{head}{chosen.offer.id[:51]:<52}{score:>5} {kind:<9}{price(chosen.cost.expected_usd, 2):>9} {first:>6}{note}"
