"""A model's reasoning before its answer, where its server does not remove it. One table for every surface.

A thought is at the start of an answer, between an opening and its closing. A closing that nothing opened ends a thought that
began with the answer (chat templates put the opening into the prompt). Tags inside a code block are code.
"""

import re
from dataclasses import dataclass

from coderoute_ls.text.finder import Finder

_WORDS = (
    "think", "thinking", "thought", "thoughts", "reasoning", "reflection", "reflect", "scratchpad", "analysis",
    "antthinking", "inner_monologue", "internal_monologue", "seed:think", "seed_think", "cot", "chain_of_thought",
)  # fmt: skip
_PAIRS = (
    *((f"<{word}>", f"</{word}>") for word in _WORDS),
    *((f"[{word}]", f"[/{word}]") for word in ("think", "thinking", "reasoning")),
    *((f"<|{word}|>", f"<|/{word}|>") for word in ("think", "thinking")),
    ("◁think▷", "◁/think▷"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
    ("<|start_thinking|>", "<|end_thinking|>"),
    ("<|thought_start|>", "<|thought_end|>"),
    ("<unused94>", "<unused95>"),
    ("<|channel>thought", "<channel|>"),
    ("<|channel|>analysis<|message|>", "<|end|>"),
    ("<|channel|>commentary<|message|>", "<|end|>"),
)
"""Openings and closings, in lower case; answers have them in any case."""
_CLOSING_OF = dict(_PAIRS)
_OPENING = re.compile("|".join(re.escape(opening) for opening in sorted(_CLOSING_OF, key=len, reverse=True)), re.IGNORECASE)
_OPENINGS = Finder(_CLOSING_OF, re.IGNORECASE)
_CLOSINGS = Finder({closing for _, closing in _PAIRS if closing != "<|end|>"}, re.IGNORECASE)
_LONGEST = max(map(len, _CLOSING_OF))
_FINAL = re.compile(
    r"(?:<\|start\|>)?(?:assistant)?<\|channel\|>final[^\n<]*<\|message\|>|\Aanalysis(?=[A-Z\s]).*?assistantfinal", re.DOTALL
)
"""Where the answer of the harmony format begins; servers that drop special tokens leave only the words between them."""
_START = re.compile(r"\s*(?:<\|start\|>assistant)?")
_FENCE = re.compile(r"[ \t]*(?P<marks>`{3,}|~{3,})")


@dataclass(frozen=True, slots=True)
class Thoughts:
    """An answer without what was thought aloud."""

    answer: str
    found: bool = False
    """Something was taken out."""
    open: bool = False
    """The text ends inside a thought, or with what may become the start of one."""
    closed: bool = False
    """The text ends with a closing: if more comes, what is before it was a thought."""


def without_thoughts(text: str, own: str = "") -> Thoughts:
    """The answer behind the thoughts of a whole text, or of as much as has come. A tag that ``own``, the user's text, holds as
    well is content. Of a text that ends inside a thought nothing is left.
    """
    own = own.lower()
    found = False
    if "<|message|>" in text or text.startswith("analysis"):
        finals = list(_FINAL.finditer(text))
        if finals and finals[-1].group().lower() not in own:
            text, found = text[finals[-1].end() :], True
    while (opening := _opening_at_start(text, own)) is not None:
        end = text.lower().find(_CLOSING_OF[opening.group().lower()], opening.end())
        if end < 0:
            return Thoughts("", True, True)
        text, found = text[end + len(_CLOSING_OF[opening.group().lower()]) :], True
    if _may_open(text, own):
        return Thoughts("", found, True)
    behind = _behind_closing(text, own)
    if behind is not None:
        return Thoughts(behind, True, closed=not text.endswith(behind))
    return _without_later(text, own, found)


def _opening_at_start(text: str, own: str) -> re.Match[str] | None:
    blanks = _START.match(text)
    opening = _OPENING.match(text, blanks.end() if blanks else 0)
    return None if opening is None or opening.group().lower() in own else opening


def _may_open(text: str, own: str) -> bool:
    """Whether all there is so far is the beginning of an opening."""
    start = text.strip()
    if not start or len(start) >= _LONGEST or start[0] not in "<[◁":
        return False
    start = start.lower()
    return any(opening.startswith(start) and opening != start and opening not in own for opening in _CLOSING_OF)


def _behind_closing(text: str, own: str) -> str | None:
    """What follows the last closing that nothing opened; where nothing follows, what is before it. None without one."""
    last: re.Match[str] | None = None
    for closing in _CLOSINGS.find(text):
        if closing.group().lower() not in own and (_alone(text, closing) or not _in_code(text, closing.start())):
            last = closing
    if last is None or _opened_before(text, last, own):
        return None
    behind = text[last.end() :]
    return behind if behind.strip() else text[: last.start()]


def _alone(text: str, found: re.Match[str]) -> bool:
    """Whether a tag has its line for itself."""
    begin, end = text.rfind("\n", 0, found.start()) + 1, text.find("\n", found.end())
    return not (text[begin : found.start()] + text[found.end() : len(text) if end < 0 else end]).strip()


def _in_code(text: str, offset: int) -> bool:
    """Whether an offset lies in a code block, or between backticks on its line."""
    marks = ""
    for line in text[:offset].split("\n"):
        fence = _FENCE.match(line)
        if fence is None:
            continue
        if not marks:
            marks = fence["marks"]
        elif fence["marks"].startswith(marks) and not line.strip().strip(marks[0]):
            marks = ""
    line = text[text.rfind("\n", 0, offset) + 1 : offset]
    return bool(marks) or line.count("`") % 2 == 1


def _opened_before(text: str, closing: re.Match[str], own: str) -> bool:
    """Whether the opening of this closing is in the text: then it ends only what is between them."""
    name = closing.group().lower()
    for opening in _OPENING.finditer(text, 0, closing.start()):
        opened = opening.group().lower()
        if _CLOSING_OF[opened] == name and opened not in own and not _in_code(text, opening.start()):
            return True
    return False


def _without_later(text: str, own: str, found: bool) -> Thoughts:
    """Thoughts that begin a line after a few words, before any code."""
    openings = _OPENINGS.find(text)
    fence = re.search(r"^[ \t]*(?:`{3,}|~{3,})", text, re.MULTILINE) if openings else None
    for opening in openings:
        if fence and opening.end() > fence.start():
            break
        if opening.group().lower() in own or text[text.rfind("\n", 0, opening.start()) + 1 : opening.start()].strip():
            continue
        closing = _CLOSING_OF[opening.group().lower()]
        end = text.lower().find(closing, opening.end())
        if end < 0 or not _alone(text, opening):
            continue
        return _without_later(text[: opening.start()] + text[end + len(closing) :], own, True)
    return Thoughts(text, found)
