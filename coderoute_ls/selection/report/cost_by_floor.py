"""What another quality floor would cost: the choice at every floor from 0.10 to 0.95, and the steps between them."""

from dataclasses import dataclass, replace

from coderoute_ls.domain import Chosen, Floor, Request, State
from coderoute_ls.selection.catalog.catalog import Catalog
from coderoute_ls.selection.decision.decide import select

FLOORS = tuple(round(0.05 * step, 2) for step in range(2, 20))


@dataclass(frozen=True, slots=True)
class Step:
    """The choice at one floor; None where nothing reaches it."""

    floor: float
    chosen: Chosen | None
    factor: float | None = None
    """Its expected cost over that of the floor before; None without a price to compare with."""


def what_if(request: Request, catalog: Catalog, state: State) -> tuple[Step, ...]:
    """The steps for this request, everything but the floor unchanged."""
    steps: list[Step] = []
    before: float | None = None
    for floor in FLOORS:
        asked = replace(request, floor=Floor(floor, "what-if"), on_unmet_floor="error", embedded_score=None)
        chosen = select(asked, catalog, state).chosen
        cost = None if chosen is None else chosen.cost.expected_usd
        steps.append(Step(floor, chosen, cost / before if cost is not None and before else None))
        before = cost
    return tuple(steps)
