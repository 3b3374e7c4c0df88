"""Cost per day as one picture: stacked bars by model, SVG without scripts, alone or in a page."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from coderoute_ls.text.dollars import dollars

PALETTE = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#999999")
"""Told apart by colour-blind readers too; the last one is for all other models."""
WIDTH, HEIGHT, LEFT, TOP, BOTTOM, RIGHT = 960, 420, 70, 50, 60, 220


@dataclass(frozen=True, slots=True)
class Bar:
    """What one model cost on one day, in USD."""

    day: str
    model: str
    usd: float


def plot_svg(bars: Sequence[Bar], title: str) -> str:
    """The picture; says so where nothing was spent."""
    days = _days([bar.day for bar in bars])
    totals: dict[str, float] = {}
    for bar in bars:
        totals[bar.model] = totals.get(bar.model, 0.0) + bar.usd
    dearest = sorted((model for model in totals if totals[model] > 0), key=lambda model: -totals[model])
    named = dearest[: len(PALETTE) - 1]
    stacks = {day: [0.0] * len(PALETTE) for day in days}
    for bar in bars:
        stacks[bar.day][named.index(bar.model) if bar.model in named else -1] += bar.usd
    highest = max((sum(stack) for stack in stacks.values()), default=0.0)
    parts = [_text(LEFT, 28, title, size=18)]
    if not highest:
        parts.append(_text(LEFT, HEIGHT / 2, "Nothing was spent in this time."))
    else:
        parts += _axes(highest, days)
        parts += _stacks(stacks, highest)
        others = len(dearest) - len(named)
        labels = [*named, *([f"{others} others"] if others else [])]
        for index, label in enumerate(labels):
            colour = PALETTE[index if index < len(named) else -1]
            parts.append(f'<rect x="{WIDTH - RIGHT + 20}" y="{TOP + 22 * index}" width="12" height="12" fill="{colour}"/>')
            usd = totals[label] if label in totals else sum(totals[model] for model in dearest[len(named) :])
            parts.append(_text(WIDTH - RIGHT + 38, TOP + 22 * index + 11, f"{label[:24]}  {dollars(usd)}"))
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" role="img">\n'
        f"<title>{html.escape(title)}</title>\n"
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>\n{body}\n</svg>\n'
    )


def plot_html(bars: Sequence[Bar], title: str) -> str:
    """The picture in a page of its own."""
    return f'<!doctype html>\n<meta charset="utf-8">\n<title>{html.escape(title)}</title>\n{plot_svg(bars, title)}'


def _days(seen: list[str]) -> list[str]:
    """Every day from the first to the last one, those without calls too."""
    if not seen:
        return []
    first, last = date.fromisoformat(min(seen)), date.fromisoformat(max(seen))
    return [(first + timedelta(days=day)).isoformat() for day in range((last - first).days + 1)]


def _axes(highest: float, days: list[str]) -> list[str]:
    parts: list[str] = []
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = _y(share)
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>')
        parts.append(_text(LEFT - 8, y + 4, dollars(highest * share, 3), anchor="end"))
    step = max(1, -(-len(days) // 10))
    below = HEIGHT - BOTTOM + 20
    labels = [_text(_x(index + 0.5, len(days)), below, days[index][5:], anchor="middle") for index in range(0, len(days), step)]
    return parts + labels


def _stacks(stacks: dict[str, list[float]], highest: float) -> list[str]:
    parts: list[str] = []
    width = (WIDTH - LEFT - RIGHT) / len(stacks)
    for index, (day, stack) in enumerate(stacks.items()):
        below = 0.0
        for colour, usd in zip(PALETTE, stack, strict=True):
            if usd:
                top, bottom = _y((below + usd) / highest), _y(below / highest)
                parts.append(
                    f'<rect x="{_x(index, len(stacks)) + width * 0.1:.1f}" y="{top:.1f}" width="{width * 0.8:.1f}" '
                    f'height="{bottom - top:.1f}" fill="{colour}"><title>{day}: {dollars(usd)}</title></rect>'
                )
                below += usd
    return parts


def _x(index: float, count: int) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * index / count


def _y(share: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share


def _text(x: float, y: float, text: str, *, size: int = 13, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="#222">{html.escape(text)}</text>'
