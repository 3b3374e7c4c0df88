"""What one request would use and cost at many offers."""

from dataclasses import dataclass

from coderoute_ls.selection.pricing.offer_table import Floats


@dataclass(frozen=True, slots=True)
class Estimate:
    """One request at every offer: tokens in and out, USD expected and at most."""

    tokens: Floats
    held: float
    """Share of the prompt that a warm cache holds, or a cold one is written with."""
    output: Floats
    expected: Floats
    maximum: Floats
    warm: tuple[int, ...]
    """Offers whose cache holds this session's prefix."""

    def at(self, place: int) -> tuple[float, float]:
        """One offer's prompt tokens and most USD."""
        return float(self.tokens[place]), float(self.maximum[place])
