"""Removes invisible characters that change what is read: bidirectional and zero-width controls, escape sequences."""

import re
from collections.abc import Mapping

from coderoute_ls.edits.stream_filters.stream_filter import Filter
from coderoute_ls.text.invisible_characters import CONTROLS, LONGEST

_OPEN = re.compile("\x1b(?:\\[[0-?]*[ -/]*|\\][^\x07\x1b\n]*\x1b?)?\\Z")
_JOINER = "\u200d"
_EMOJI = re.compile("[\u2190-\u2bff\ufe0f\U0001f000-\U0001faff]")


def note(removed: Mapping[str, int]) -> str:
    """What to tell the user; "" when nothing was removed."""
    total = sum(removed.values())
    if not total:
        return ""
    return f"Removed {total} invisible control character{'s' * (total > 1)} from the answer: {', '.join(sorted(removed))}."


class Controls(Filter):
    """Removes and reports them. What is in ``kept``, the text that is replaced, stays: it is the user's own. So does the
    joiner inside an emoji."""

    def __init__(self, kept: str) -> None:
        super().__init__()
        self._kept = frozenset(CONTROLS.findall(kept))
        self._held = ""
        self._before = ""
        self._removed: dict[str, int] = {}

    def feed(self, text: str) -> str:
        text = self._held + text
        opened = _OPEN.search(text)
        cut = opened.start() if opened and len(text) - opened.start() < LONGEST else len(text)
        text, self._held = text[:cut], text[cut:]
        return self._strip(text)

    def finish(self) -> str:
        text, self._held = self._held, ""
        return self._strip(text)

    def _strip(self, text: str) -> str:
        if not text:
            return ""
        clean = CONTROLS.sub(self._judge, text)
        self._before = text[-1]
        if said := note(self._removed):
            self.notes = [said]
        return clean

    def _judge(self, found: re.Match[str]) -> str:
        text = found.group()
        if text in self._kept:
            return text
        before = found.string[found.start() - 1] if found.start() else self._before
        if text == _JOINER and _EMOJI.fullmatch(before):
            return text
        name = "escape sequence" if len(text) > 1 else f"U+{ord(text):04X}"
        self._removed[name] = self._removed.get(name, 0) + 1
        return ""
