"""What a model thought aloud is never shown."""

from dataclasses import replace

from coderoute_ls.completion.cursor.cursor import Candidate, Cursor
from coderoute_ls.text.reasoning_tags import without_thoughts

_SIGNS = ("<", "[", "◁", "analysis")
"""What every tag of a thought begins with."""


def apply(candidate: Candidate, cursor: Cursor) -> Candidate | None:
    """Keep the answer behind the thoughts; nothing of an answer that ends inside one."""
    text = candidate.text
    if not any(sign in text for sign in _SIGNS):
        return candidate
    # who writes about one tag of a pair writes about the other
    found = without_thoughts(text, f"{cursor.near}\n{cursor.near.replace('<', '</').replace('[', '[/')}")
    if found.open or not found.answer.strip():
        return None
    if not found.found:
        return candidate
    # a thought is on lines of its own: the blank lines behind it belong to it
    return replace(candidate, text=found.answer.lstrip("\r\n"))
