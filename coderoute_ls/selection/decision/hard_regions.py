"""Regions in which a cheap answer is likely to fail: by size, nesting, diagnostics, and what failed there before. Pure.

The limits are rules of thumb: no public set of outcomes says how long or how nested its tasks were.
"""

from collections import OrderedDict
from collections.abc import Sequence

from coderoute_ls.domain import Chosen, Decision, Floor, Span, Target
from coderoute_ls.text import indent_unit, indentation

LONG = 80
"""Lines from which a region is long."""
DEEP = 5
"""Levels of nesting below its first line from which a region is deep."""
TROUBLED = 3
"""Diagnostics in it from which a region is troubled."""
DEARER = 5.0
"""The stronger offer is asked first only up to this multiple of the cheap one's price: the limit of a chain of fall-backs."""
REMEMBERED = 200
"""Regions whose failures are remembered."""


class FailedRegions:
    """Where answers were refused, failed a check or were taken back in this session. Keeps no text."""

    def __init__(self) -> None:
        self._counts: OrderedDict[int, int] = OrderedDict()

    def add(self, target: Target, region: Span) -> None:
        """An answer for this region came to nothing."""
        key = _key(target, region)
        self._counts[key] = self.count(target, region) + 1
        self._counts.move_to_end(key)
        while len(self._counts) > REMEMBERED:
            self._counts.popitem(last=False)

    def count(self, target: Target, region: Span) -> int:
        return self._counts.get(_key(target, region), 0)


def _key(target: Target, region: Span) -> int:
    """The same for a region that moved: its document and its first line that is not blank."""
    lines = target.document.lines[region.start.line : region.end.line + 1]
    return hash((target.document.uri, next((line.strip() for line in lines if line.strip()), "")))


def difficulties(target: Target, region: Span, failures: int) -> tuple[str, ...]:
    """Why the region is hard, in words; () for one that is not. One failure here is reason enough, else two signs together."""
    lines = target.document.lines[region.start.line : region.end.line + (region.end.character > 0)]
    found: list[str] = []
    if len(lines) >= LONG:
        found.append(f"{len(lines)} lines")
    if (levels := _levels(lines)) >= DEEP:
        found.append(f"nested {levels} deep")
    inside = sum(region.overlaps(one.span) for one in target.diagnostics)
    if inside >= TROUBLED:
        found.append(f"{inside} diagnostics")
    if failures:
        found.append("an earlier answer here failed" if failures == 1 else f"{failures} earlier answers here failed")
    return tuple(found) if failures or len(found) > 1 else ()


def _levels(lines: Sequence[str]) -> int:
    """How many levels the most indented line is below the least indented one."""
    unit = len(indent_unit(lines).expandtabs()) or 4
    widths = [len(indentation(line).expandtabs()) for line in lines if line.strip()]
    return (max(widths) - min(widths)) // unit if widths else 0


def raised(decision: Decision, stronger: Chosen | None, hard: str) -> Floor | None:
    """The floor at which ``stronger`` is chosen in place of the cheap offer; None where it costs too much more, or the cheap one
    costs nothing. ``hard``: what is hard and why, in words.
    """
    first = decision.chosen
    if first is None or stronger is None or stronger.score is None or decision.unmet is not None:
        return None
    if not 0 < stronger.cost.expected_usd <= DEARER * first.cost.expected_usd:
        return None
    cheap = first.offer.name or first.offer.id
    return Floor(stronger.score.low, f"{hard}, so {cheap} was not asked first")
