"""The gate: whether a suggestion is shown. Model-free, fast, and the same for every source."""

from coderoute_ls.next_edit.gate.acceptance import Acceptance
from coderoute_ls.next_edit.gate.refusal import Refusal, refusal

__all__ = ["Acceptance", "Refusal", "refusal"]
