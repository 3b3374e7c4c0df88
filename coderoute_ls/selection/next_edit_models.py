"""Which models write next edits, in which wire format, and how well: those made for it by name, others as they chat."""

import re

from coderoute_ls.domain import Score

_DATE = "2026-04-12"
_METHOD = "recorded-scenarios-v1"
_SOURCE = "cursortab.nvim evaluation"
_MADE_FOR_IT: tuple[tuple[str, str, float], ...] = (
    (r"mercury-(?:edit|coder|next)", "mercury-edit", 0.575),
    (r"zeta-?2", "zeta-2", 0.564),
    (r"zeta", "zeta", 0.548),
    (r"sweep-next-edit.*7b", "sweep", 0.223),
    (r"sweep-next-edit.*1\.5b", "sweep", 0.197),
    (r"sweep-next-edit", "sweep", 0.104),
)
"""A pattern of names, the ``prompt_format``, and the published score over 36 scenarios, 0 to 1."""
_INSTINCT = re.compile(r"(?:^|/)instinct", re.IGNORECASE)
_PATTERNS = tuple((re.compile(rf"(?:^|/|_)(?:{pattern})", re.IGNORECASE), form, value) for pattern, form, value in _MADE_FOR_IT)
_WIDE = 0.05
_CHAT_LOSS, _CHAT_ERROR = 0.10, 0.15
"""A model that chats is taken for somewhat worse at this than at code in general, with a wide error: nobody has measured it."""


def prompt_format(model: str) -> str:
    """The wire format of next edits that a model speaks; ``chat`` for all that were not made for it."""
    if _INSTINCT.search(model):
        return "instinct"
    return next((form for pattern, form, _ in _PATTERNS if pattern.search(model)), "chat")


def next_edit_score(model: str, coding: Score | None) -> Score | None:
    """As published, where the model was made for next edits; else an estimate from its score for code, where it has one."""
    for pattern, _, value in _PATTERNS:
        if pattern.search(model):
            return Score(value, value - _WIDE, value + _WIDE, "single", _METHOD, _DATE, 36, (_SOURCE,))
    if coding is None:
        return None
    value = max(0.0, coding.value - _CHAT_LOSS)
    low = max(0.0, min(value, coding.low - _CHAT_ERROR))
    return Score(value, low, coding.high, "estimate", "from-coding-v1", coding.date, coding.rows, coding.sources)
