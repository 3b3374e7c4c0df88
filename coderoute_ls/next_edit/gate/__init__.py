"""The gate: whether a suggestion is shown. Model-free, fast, and the same for every source."""

from coderoute_ls.next_edit.gate.confidence_threshold import ConfidenceThreshold
from coderoute_ls.next_edit.gate.suppression_rules import SuppressionReason, why_suppressed

__all__ = ["ConfidenceThreshold", "SuppressionReason", "why_suppressed"]
