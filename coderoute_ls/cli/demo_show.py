"""How the demo tells what happened: colours on a terminal, plain text elsewhere."""

from collections import Counter
from collections.abc import Iterable, Mapping
from difflib import unified_diff
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding

from coderoute_ls.cli.demo_material import Place
from coderoute_ls.cli.demo_peer import Json

REASONS = {
    "no_credentials": "no key for the provider",
    "below_floor": "score below the floor",
    "unknown_score": "no score on this axis",
    "untrusted_score": "score only from its maker",
    "unknown_price": "price unknown",
    "over_cap": "dearer than one call may be",
    "over_budget": "over the budget",
    "not_allowed": "not among the allowed models",
    "excluded": "denied",
    "deprecated": "deprecated",
    "expired": "no longer served",
}
"""Typed reason → words; the others read well as they are."""


class Screen:
    """Writes to standard output."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, soft_wrap=True)

    def heading(self, text: str) -> None:
        self._console.print(f"\n[bold]{escape(text)}[/]")

    def line(self, text: str, style: str = "") -> None:
        self._console.print(escape(text), style=style)

    def ghost(self, title: str, place: Place, offered: str, verdict: str, milliseconds: float) -> None:
        """The lines above the cursor, and the offered text between « and »."""
        lines = place.text.splitlines()
        number, column = place.cursor
        self._console.print(f"\n  [bold]{escape(title)}[/] [dim]answered in {milliseconds:.0f} ms[/]")
        for above in range(max(0, number - 3), number):
            self._numbered(above, escape(lines[above]))
        self._numbered(number, f"{escape(lines[number][:column])}[green]«{escape(offered)}»[/]")
        self._console.print(f"       [dim]{escape(verdict)}[/]")

    def diff(self, name: str, before: str, after: str) -> None:
        styles = {"+": "green", "-": "red", "@": "cyan"}
        for line in list(unified_diff(before.splitlines(), after.splitlines(), name, name, lineterm="", n=2))[2:]:
            self._console.print(f"    {escape(line)}", style=styles.get(line[:1], "dim"))

    def document(self, markdown: str) -> None:
        if self._console.is_terminal:
            from rich.markdown import Markdown

            self._console.print(Padding(Markdown(markdown, hyperlinks=False), (0, 4)))
        else:
            for line in markdown.splitlines():
                self._console.print(f"    {escape(line)}")

    def decision(self, decision: Mapping[str, Any]) -> None:
        """Floor and origin, what was chosen at what expected cost, and what was rejected for which reasons."""
        floor = decision["request"]["floor"]
        self._console.print(
            f"  floor     {floor['value']:.2f} on the {decision['request']['axis']} axis, from: {floor['origin']}"
        )
        if (chosen := decision["chosen"]) is None:
            self._console.print("  chosen    nothing: no offer may be used")
        else:
            self._console.print(f"  chosen    {escape(_offer(chosen))}")
            self._console.print(f"  because   {escape(chosen['why'])}")
            self._console.print(
                f"  cost      ${chosen['cost']['expected_usd']:.5f} expected, ${chosen['cost']['max_usd']:.5f} at most"
            )
        if unmet := decision["unmet"]:
            best = f"; the best there is scores {unmet['score']:.2f}" if unmet["score"] is not None else ""
            self._console.print(f"  unmet     {escape(_reason(unmet['rule']))}{best}")
        rejected = decision["rejected"]
        self._console.print(f"  rejected  {len(rejected)} offers: {escape(_rejections(rejected))}")

    def _numbered(self, number: int, markup: str) -> None:
        self._console.print(f"  [dim]{number + 1:>5} │[/] {markup}")


def _offer(chosen: Mapping[str, Any]) -> str:
    offer, score = chosen["offer"], chosen["score"]
    known = f", score {score['value']:.2f}" if score else ""
    return f"{offer['name'] or offer['id']} at {offer['provider']}{known}"


def _reason(reason: str) -> str:
    return REASONS.get(reason, reason)


def _rejections(rejected: Iterable[Json]) -> str:
    """Reasons by how many they hit, each with one example."""
    examples = {one["reason"]: one["offer"] for one in rejected}
    counts = Counter(one["reason"] for one in rejected)
    return "; ".join(f"{count} {_reason(reason)} (as {examples[reason]})" for reason, count in counts.most_common()) or "none"
