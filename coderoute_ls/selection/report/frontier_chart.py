"""The candidates of one decision as a picture: score against the logarithm of cost, from the record alone.

For the terminal, as SVG, and as an HTML page without scripts; its points show their details on hover.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Literal

from coderoute_ls.selection import reasons_in_words
from coderoute_ls.selection.decision.eligibility import Policy
from coderoute_ls.selection.decision.offer_candidates import Candidates
from coderoute_ls.selection.decision.score_bound import bound_of
from coderoute_ls.selection.pricing.priced_offers import build
from coderoute_ls.selection.record import DecisionRecord, RejectedRow
from coderoute_ls.text.dollars import dollars, price

Status = Literal["chosen", "frontier", "eligible", "rejected"]
ORDER: tuple[Status, ...] = ("rejected", "eligible", "frontier", "chosen")
"""From what is drawn first to what is drawn last, and listed first."""
WIDTH, HEIGHT = 720.0, 420.0
LEFT, RIGHT, TOP, BOTTOM = 60.0, 24.0, 40.0, 64.0
IN_WORDS: Mapping[Status, str] = {
    "chosen": "chosen",
    "frontier": "best for its price",
    "eligible": "another is cheaper and as good",
    "rejected": "not asked",
}
FREE_USD = 1e-7
"""Where free offers are on an axis that has no zero, when nothing else is cheaper."""


@dataclass(frozen=True, slots=True)
class Point:
    offer: str
    usd: float
    score: float
    status: Status
    note: str


def points(record: DecisionRecord) -> tuple[Point, ...]:
    """The scored offers that the record embeds, priced as they were; cheapest first."""
    policy = Policy.of(record.request)
    scored = [offer for offer in record.offers if record.axis in offer.scores]
    bounds = [bound_of(offer.scores[record.axis], policy) for offer in scored]
    columns = build(scored, bounds, record.state.providers, record.state.now // 3600 * 3600)
    expected = Candidates.of(columns, record.request, record.state).figures.expected
    refused = {row.offer: _refusal(row) for row in record.rejected}
    best = {point.offer for point in record.frontier}
    chosen = "" if record.chosen is None else record.chosen.offer
    found: list[Point] = []
    for offer, usd, score in zip(scored, expected, bounds, strict=True):
        status: Status = "eligible"
        if offer.id == chosen:
            status = "chosen"
        elif offer.id in refused:
            status = "rejected"
        elif offer.id in best:
            status = "frontier"
        found.append(Point(offer.id, float(usd), score, status, refused.get(offer.id, "")))
    return tuple(sorted(found, key=lambda p: (p.usd, -p.score, p.offer)))


@dataclass(frozen=True, slots=True)
class _Scale:
    """Maps USD and scores to a plane of this size, origin at the top left."""

    low: float
    high: float
    bottom: float
    width: float
    height: float

    @staticmethod
    def over(shown: tuple[Point, ...], floor: float, width: float, height: float) -> "_Scale":
        paid = [point.usd for point in shown if point.usd > 0]
        low = math.log10(min(paid, default=FREE_USD)) - (0.5 if any(point.usd == 0 for point in shown) else 0.1)
        high = math.log10(max(paid, default=FREE_USD * 10)) + 0.1
        bottom = math.floor(min([floor, *(point.score for point in shown)]) * 10) / 10
        return _Scale(low, max(high, low + 0.5), min(bottom, 0.9), width, height)

    def x(self, usd: float) -> float:
        place = self.low if usd <= 0 else math.log10(usd)
        return min(max((place - self.low) / (self.high - self.low), 0.0), 1.0) * self.width

    def y(self, score: float) -> float:
        return (1 - min(max((score - self.bottom) / (1 - self.bottom), 0.0), 1.0)) * self.height

    def prices(self) -> tuple[float, ...]:
        return tuple(10.0**power for power in range(math.ceil(self.low), math.floor(self.high) + 1))


def plot_terminal(record: DecisionRecord, *, width: int = 72, height: int = 18) -> str:
    """Characters: ● chosen, ◆ on the frontier, ○ eligible, · rejected, ─ the floor."""
    shown = points(record)
    if not shown:
        return "No offer with a score is within reach: there is nothing to draw."
    scale = _Scale.over(shown, record.floor.value, width - 1, height - 1)
    grid = [[" "] * width for _ in range(height)]
    grid[round(scale.y(record.floor.value))] = ["─"] * width
    marks = {"rejected": "·", "eligible": "○", "frontier": "◆", "chosen": "●"}
    for status in ORDER:
        for point in shown:
            if point.status == status:
                grid[round(scale.y(point.score))][round(scale.x(point.usd))] = marks[status]
    lines: list[str] = []
    for row, cells in enumerate(grid):
        score = 1 - row / (height - 1) * (1 - scale.bottom)
        lines.append(f"{score:5.2f} ┤{''.join(cells)}".rstrip())
    axis, names = [" "] * (width + 8), "      "
    for usd in scale.prices():
        label, start = dollars(usd), round(scale.x(usd)) + 7
        axis[start : start + len(label)] = label
    if shown[0].usd == 0:
        axis[7:11] = "free"
    lines += [f"{names} └{'─' * width}", "".join(axis).rstrip()]
    lines.append("Score against expected cost of this request:")
    lines.append("● chosen  ◆ best for its price  ○ another is cheaper and as good  · not asked")
    return "\n".join(lines)


def plot_svg(record: DecisionRecord) -> str:
    """One SVG document; every point has a title that browsers show on hover."""
    shown = points(record)
    scale = _Scale.over(shown, record.floor.value, WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM)
    body = "\n".join([*_axes(scale, record, free=any(p.usd == 0 for p in shown)), *_frontier(scale, shown), *_dots(scale, shown)])
    title = escape(f"{record.action}: score against expected cost, floor {record.floor.value:.2f}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" aria-label="{title}" '
        f'font-family="system-ui, sans-serif" font-size="16"><style>{_STYLE}</style>\n'
        f'<text x="8" y="20" font-size="18">{title}</text>\n'
        f'<g transform="translate({LEFT:g} {TOP:g})">\n{body}\n</g></svg>\n'
    )


def plot_html(record: DecisionRecord) -> str:
    """A page without scripts: the picture, and all candidates as a table."""
    rows = "\n".join(
        f"<tr class={point.status}><td>{escape(point.offer)}<td>{point.score:.2f}<td>{_usd(point.usd)}"
        f"<td>{escape(point.note or IN_WORDS[point.status])}"
        for point in sorted(points(record), key=lambda point: ORDER.index(point.status), reverse=True)
    )
    why = "" if record.chosen is None else f"<p><b>{escape(record.chosen.offer)}</b>: {escape(record.chosen.why)}.</p>"
    return (
        f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>{escape(record.action)}: why this model</title>\n'
        f"<style>{_PAGE_STYLE}</style>\n{plot_svg(record)}{why}\n"
        f"<table><thead><tr><th>offer<th>score<th>about<th></thead><tbody>\n{rows}\n</tbody></table></html>\n"
    )


_STYLE = (
    "svg{--text:#1f2328;--page:#fff;--blue:var(--vscode-charts-blue,#2563eb);color:var(--vscode-editor-foreground,var(--text));"
    "background:var(--vscode-editor-background,var(--page))}text{fill:currentColor}.grid{stroke:currentColor;stroke-opacity:.12}"
    ".floor{stroke:var(--vscode-charts-orange,#c2410c);stroke-dasharray:5 4}.line{fill:none;stroke:var(--blue);stroke-opacity:.6}"
    ".rejected{fill:#8b949e;fill-opacity:.45}.eligible{fill:none;stroke:var(--blue)}.frontier{fill:var(--blue)}"
    ".chosen{fill:#16a34a;stroke:currentColor;stroke-width:1.5}"
    "@media (prefers-color-scheme:dark){svg{--text:#e6edf3;--page:#0d1117;--blue:var(--vscode-charts-blue,#58a6ff)}}"
)
_PAGE_STYLE = (
    "body{font:14px system-ui,sans-serif;margin:1rem auto;max-width:60rem;padding:0 1rem;color-scheme:light dark;"
    "color:var(--vscode-editor-foreground,CanvasText);background:var(--vscode-editor-background,Canvas)}"
    "table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.15rem .6rem .15rem 0}"
    "tr.rejected{opacity:.55}tr.chosen{font-weight:600}"
)


def _axes(scale: _Scale, record: DecisionRecord, *, free: bool) -> list[str]:
    parts: list[str] = []
    steps = range(round(scale.bottom * 10), 11)
    for tenth in steps:
        y = scale.y(tenth / 10)
        parts.append(f'<line class="grid" x1="0" x2="{scale.width:g}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text x="-8" y="{y + 6:.1f}" text-anchor="end">{tenth / 10:.1f}</text>')
    for usd in scale.prices():
        x = scale.x(usd)
        parts.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{scale.height:g}"/>')
        parts.append(f'<text x="{x:.1f}" y="{scale.height + 22:g}" text-anchor="middle">{dollars(usd)}</text>')
    if free:
        parts.append(f'<text x="0" y="{scale.height + 22:g}" text-anchor="middle">free</text>')
    y = scale.y(record.floor.value)
    parts.append(f'<line class="floor" x1="0" x2="{scale.width:g}" y1="{y:.1f}" y2="{y:.1f}"><title>floor</title></line>')
    parts.append(
        f'<text x="{scale.width / 2:g}" y="{scale.height + 50:g}" text-anchor="middle">expected cost of this request</text>'
    )
    return parts


def _frontier(scale: _Scale, shown: tuple[Point, ...]) -> list[str]:
    """The stairs over the best offers: what each score costs at least."""
    best = 0.0
    path = ""
    for point in shown:
        if point.status in {"chosen", "frontier"} and point.score > best:
            best, x, y = point.score, scale.x(point.usd), scale.y(point.score)
            path += f"H{x:.1f}V{y:.1f}" if path else f"M{x:.1f} {y:.1f}"
    return [f'<path class="line" d="{path}H{scale.width:g}"/>'] if path else []


def _dots(scale: _Scale, shown: tuple[Point, ...]) -> list[str]:
    size = {"rejected": 3, "eligible": 3.5, "frontier": 4.5, "chosen": 6}
    return [
        f'<circle class="{p.status}" cx="{scale.x(p.usd):.1f}" cy="{scale.y(p.score):.1f}" r="{size[p.status]}">'
        f"<title>{escape(f'{p.offer}: {p.score:.2f}, {_usd(p.usd)}, {p.note or IN_WORDS[p.status]}')}</title></circle>"
        for p in sorted(shown, key=lambda p: ORDER.index(p.status))
    ]


def _refusal(row: RejectedRow) -> str:
    return f"{reasons_in_words.reason(row.reason)} ({row.detail})" if row.detail else reasons_in_words.reason(row.reason)


def _usd(usd: float) -> str:
    return price(usd, 3)
