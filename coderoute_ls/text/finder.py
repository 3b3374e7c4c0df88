"""Finds several short texts in a long one."""

import re
from collections.abc import Iterable


class Finder:
    """Finds any of some texts, which begin with few different characters that are no letters: one pattern for each of those, so
    that the engine of regular expressions looks for a plain character."""

    def __init__(self, texts: Iterable[str], flags: re.RegexFlag = re.NOFLAG) -> None:
        ordered = sorted(texts, key=len, reverse=True)
        self._patterns = [
            re.compile("|".join(re.escape(text) for text in ordered if text[0] == first), flags)
            for first in dict.fromkeys(text[0] for text in ordered)
        ]

    def find(self, text: str) -> list[re.Match[str]]:
        """All of them, in order; where two begin alike, the longer one."""
        found = [match for pattern in self._patterns for match in pattern.finditer(text)]
        found.sort(key=lambda match: match.start())
        return found
