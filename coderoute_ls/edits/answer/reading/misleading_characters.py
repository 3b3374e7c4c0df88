"""Characters that are invisible: those that can mislead go, those that words and emoji are written with stay."""

import re
import unicodedata

from coderoute_ls.edits.stream_filters.control_character_removal import CONTROLS, note
from coderoute_ls.text.invisible_characters import may_have_controls

_JOINERS = "\u200c\u200d"
_SOFT_HYPHEN = "\u00ad"
_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f")
_EMOJI = re.compile("[\u2190-\u2bff\ufe0f\U0001f000-\U0001faff]")
_QUOTES = "\"'`"


def without_controls(text: str, own: str, *, prose: bool) -> tuple[str, str]:
    """The text without them, and what to tell the user ("" for nothing). What is in ``own``, the user's text, stays."""
    if not may_have_controls(text):
        return text, ""
    kept = frozenset(CONTROLS.findall(own))
    flags = [range(*match.span()) for match in _FLAG.finditer(text)]
    removed: dict[str, int] = {}

    def judge(found: re.Match[str]) -> str:
        char = found.group()
        if char in kept or any(found.start() in flag for flag in flags) or _belongs(text, found.start(), char, prose):
            return char
        name = "escape sequence" if len(char) > 1 else f"U+{ord(char):04X}"
        removed[name] = removed.get(name, 0) + 1
        return ""

    return CONTROLS.sub(judge, text), note(removed)


def _belongs(text: str, at: int, char: str, prose: bool) -> bool:
    """Joiners between emoji or in scripts that join letters; a soft hyphen in a word of a text, not of a program."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if char == "\u200d" and _EMOJI.fullmatch(before):
        return True
    if char in _JOINERS:
        return _joins(before) and (_joins(after) or not after or not after.isascii() or not after.isalnum())
    if char != _SOFT_HYPHEN or not (before.isalpha() and after.isalpha()):
        return False
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return prose or any(line.count(quote) % 2 for quote in _QUOTES)


def _joins(char: str) -> bool:
    """A letter or mark of Arabic, Indic and like scripts."""
    if not char or unicodedata.category(char)[0] not in "LM":
        return False
    code = ord(char)
    return 0x600 <= code < 0x1D00 or 0xA800 <= code < 0xAC00 or 0x10A00 <= code < 0x12000
