"""How many tokens a text has, and how much a model tends to write: first estimates that `health` corrects."""

import re

from coderoute_ls.domain import Offer

CHARS_PER_TOKEN = {
    "python": 4.47, "typescript": 4.04, "typescriptreact": 4.04, "javascript": 4.39, "javascriptreact": 4.39,
    "c": 3.68, "cpp": 3.68, "objective-c": 3.68, "shellscript": 3.72, "markdown": 4.32, "json": 4.02, "jsonc": 4.02,
    "yaml": 2.74, "css": 2.94, "scss": 2.94, "less": 2.94, "toml": 3.25,
}  # fmt: skip
"""Characters per token by language, measured with GPT's o200k on real files."""
OTHER_LANGUAGE = 3.7
"""Of a language that was not measured: the middle of those that were."""

_FAMILIES = (("gpt", 1.00), ("openai", 1.00), ("qwen", 1.02), ("deepseek", 1.05), ("mistral", 1.07), ("codestral", 1.07))
OTHER_FAMILY = 1.10
_CLAUDE = re.compile(r"claude-(?:[a-z]+-)?(\d+(?:\.\d+)?)")

_EFFORTS = {"none": 1.0, "minimal": 1.0, "low": 2.0, "medium": 4.0, "high": 7.0, "xhigh": 12.0, "max": 12.0}
DEFAULT_THINKING = 4.0
"""A reasoning model at its vendor's default effort."""

MESSAGE_TOKENS = 4
"""Wrapping of one message."""
WORST_CASE = 1.35
"""How far above the estimate a prompt may come out."""


def multiplier(model: str) -> float:
    """Tokens this model's family makes for one of GPT's.

    >>> multiplier("anthropic/claude-opus-5.5"), multiplier("anthropic/claude-3.7-sonnet")
    (1.44, 1.15)
    """
    name = model.lower()
    if claude := _CLAUDE.search(name):
        return 1.15 if float(claude[1]) <= 4.6 else 1.44
    return next((factor for family, factor in _FAMILIES if family in name), OTHER_FAMILY)


def verbosity(offer: Offer) -> float:
    """Expected ratio of billed output, thinking included, to the visible median: of this model at this effort where public runs
    were billed, else by the effort alone; before anything was learned.
    """
    if offer.verbosity is not None:
        return offer.verbosity
    if offer.effort is not None:
        return _EFFORTS.get(offer.effort, DEFAULT_THINKING)
    return DEFAULT_THINKING if offer.capabilities.get("reasoning") else 1.0
