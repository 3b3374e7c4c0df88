"""Characters that control a terminal, change the direction of writing or are invisible: they are shown nowhere."""

import re

CONTROLS = re.compile(
    "\x1b\\[[0-?]{0,1000}[ -/]{0,1000}[@-~]"  # terminal control sequences, whole
    "|\x1b\\][^\x07\x1b\n]{0,2000}(?:\x07|\x1b\\\\)"
    "|[\x00-\x08\x0b-\x1f\x7f-\x9f]"
    "|[\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
"""Control and escape sequences, marks of direction, invisible characters. Tabs and line feeds are none."""
_PLAIN = bytes((*range(0x20, 0x7F), 0x09, 0x0A))
LONGEST = 2004
"""Characters that a sequence has at most: of a longer one only the escape is taken for a control."""


def may_have_controls(text: str) -> bool:
    """Whether a text may hold any of them: False is certain, and cheap to say of a long text."""
    if text.isascii():
        return bool(text.encode().translate(None, _PLAIN))
    return not text.replace("\n", "").replace("\t", "").isprintable()


_EMOJI = re.compile("[\u2190-\u2bff\ufe0f\U0001f000-\U0001faff]")


def without_controls(text: str) -> str:
    """The text without them. Tabs and line feeds stay, and so does what joins two emoji."""
    return CONTROLS.sub(_judge, text) if may_have_controls(text) else text


def _judge(found: re.Match[str]) -> str:
    joins = found.group() == "\u200d" and _EMOJI.fullmatch(found.string[found.start() - 1 : found.start()]) is not None
    return found.group() if joins else ""
