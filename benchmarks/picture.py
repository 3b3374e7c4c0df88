"""One picture of all promises: a bar per question, ours beside its floor on a logarithmic scale; an SVG that draws itself dark
where the reader's system is.
"""

import math
from collections.abc import Sequence
from xml.sax.saxutils import escape

from benchmarks.targets import Result

WIDTH, LABEL, ROW, TOP = 860, 400, 22, 46
LEAST, MOST = 0.01, 10.0
"""Ends of the scale; what is beyond is drawn as its end."""
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1f2328; }
.quiet { fill: #59636e; font-size: 12px; }
.line { stroke: #59636e; stroke-width: 1; }
.grid { stroke: #d1d9e0; stroke-width: 1; }
.less { fill: #0969da; }
.more { fill: #bc4c00; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .quiet { fill: #9198a1; }
  .line { stroke: #9198a1; }
  .grid { stroke: #3d444d; }
  .less { fill: #4493f8; }
  .more { fill: #db6d28; }
}
"""


def svg(results: Sequence[Result]) -> str:
    """The picture of all results that have a floor; a question that is asked twice is drawn once."""
    drawn: dict[tuple[object, ...], tuple[Result, float]] = {}
    for result in results:
        if (ratio := result.ratio) is not None and ratio > 0:
            drawn.setdefault((result.line.benchmark, result.line.ours, result.line.floor), (result, ratio))
    height = TOP + ROW * len(drawn) + 12
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" role="img">',
        "<title>Ours beside its floor, per question; to the left of 1 is less than the floor</title>",
        f"<style>{STYLE}</style>",
    ]
    for tick in (0.01, 0.1, 1.0, 10.0):
        kind = "line" if tick == 1 else "grid"
        parts.append(f'<line class="{kind}" x1="{_x(tick):.1f}" x2="{_x(tick):.1f}" y1="{TOP - 8}" y2="{height - 8}"/>')
        parts.append(f'<text class="quiet" x="{_x(tick):.1f}" y="{TOP - 14}" text-anchor="middle">{tick:g} ×</text>')
    caption = "1 × is the floor, measured in the same run; less is better"
    parts.append(f'<text class="quiet" x="{_x(0.3):.1f}" y="16" text-anchor="middle">{caption}</text>')
    for number, (result, ratio) in enumerate(drawn.values()):
        parts += _bar(result, ratio, TOP + ROW * number)
    return "\n".join([*parts, "</svg>", ""])


def _bar(result: Result, ratio: float, y: int) -> list[str]:
    at, one = _x(ratio), _x(1.0)
    left, width = min(at, one), max(abs(at - one), 1.5)
    side = ("end", left - 5) if ratio <= 1 else ("start", left + width + 5)
    kind = "less" if ratio <= 1 else "more"
    name = escape(result.line.question.replace("`", ""))
    return [
        f'<text x="{LABEL - 14}" y="{y + 14}" text-anchor="end">{name}</text>',
        f'<rect class="{kind}" x="{left:.1f}" y="{y + 3}" width="{width:.1f}" height="{ROW - 8}" rx="2"/>',
        f'<text class="quiet" x="{side[1]:.1f}" y="{y + 14}" text-anchor="{side[0]}">{ratio:.2g}</text>',
    ]


def _x(ratio: float) -> float:
    inside = min(max(ratio, LEAST), MOST)
    share = math.log(inside / LEAST) / math.log(MOST / LEAST)
    return LABEL + 30 + share * (WIDTH - LABEL - 90)
