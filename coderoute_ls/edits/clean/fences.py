"""The code out of a chat answer: without the fence around it, the words before it and the chatter after it."""

import re
from collections.abc import Iterable
from enum import Enum, auto

from coderoute_ls.edits.clean.filter import LineFilter

_FENCE = re.compile(r"(?P<indent> {0,3})(?P<marks>`{3,}|~{3,})\s*(?P<info>[^`]*)")
_PREAMBLE = re.compile(
    r"(?:sure|certainly|of course|absolutely|okay|ok|great|understood|here(?:'|’)s|here (?:is|are)|below is|the following"
    r"|i(?:'|’)(?:ve|ll)|i (?:have|will)|let me|this is the)\b.*[:.!]",
    re.IGNORECASE,
)
_CODE = re.compile(r"[;{}=<>|\\$@]|\w\(|::|->|^\s*(?:#|//|/\*|--|\"|')")
_WORD = re.compile(r"[^\W\d_]+")
_MOST_HELD = 12
_WORDY = "markdown mdx plaintext latex tex restructuredtext asciidoc typst org html cucumber git-commit"
PROSE = frozenset(_WORDY.split())
"""Languages in which words are the content: only a fence around all of it and a known phrase before it are taken off."""


class _State(Enum):
    START = auto()
    FENCED = auto()
    BARE = auto()
    AFTER = auto()


class Fences(LineFilter):
    """``known`` are the stripped lines that the answer replaces: they are content, whatever they look like."""

    def __init__(self, language: str, known: frozenset[str] = frozenset()) -> None:
        super().__init__()
        self._prose = language in PROSE
        self._known = known
        self._state = _State.START
        self._held: list[str] = []
        self._closing = re.compile("")
        self._depth = 0
        self._blank_before = False

    def line(self, line: str) -> Iterable[str]:
        match self._state:
            case _State.START:
                return self._start(line)
            case _State.FENCED:
                return self._fenced(line)
            case _State.BARE:
                return self._bare(line)
            case _State.AFTER:
                return ()

    def end(self) -> Iterable[str]:
        if self._state is _State.START and self._held and not self._prose:
            self.notes.append("The model answered with words instead of code.")
            return ()
        return self._held if self._state is _State.START else ()

    def _start(self, line: str) -> Iterable[str]:
        fence = _FENCE.fullmatch(line)
        if fence:
            marks = fence["marks"]
            self._closing = re.compile(rf" {{0,3}}{re.escape(marks[0])}{{{len(marks)},}}\s*")
            self._state = _State.FENCED
            self._held.clear()
            return ()
        if not line.strip():
            if self._held:
                self._held.append(line)
            return ()
        if self._is_preamble(line) or (not self._prose and self._is_chat(line)):
            self._held.append(line)
            if len(self._held) < _MOST_HELD:
                return ()
        else:
            # Code without a fence: a phrase in front of it goes, a line that only looks like words may belong to it.
            self._held = [held for held in self._held if not self._is_preamble(held)] + [line]
        self._state = _State.BARE
        return self._release()

    def _fenced(self, line: str) -> Iterable[str]:
        if self._closing.fullmatch(line):
            if self._depth == 0:
                self._state = _State.AFTER
                return ()
            self._depth -= 1
        elif self._prose and (inner := _FENCE.fullmatch(line)) and inner["info"]:
            self._depth += 1
        return (line,)

    def _bare(self, line: str) -> Iterable[str]:
        """Content, unless a closing fence or a paragraph of words turns out to be the end of it."""
        ends = not self._prose and (
            (line.startswith("```") and not line.strip("`")) or (self._blank_before and self._is_chat(line))
        )
        self._blank_before = not line.strip()
        if ends or (self._held and (self._blank_before or self._is_chat(line))):
            self._held.append(line)
            return ()
        self._held.append(line)
        return self._release()

    def _release(self) -> Iterable[str]:
        held, self._held = self._held, []
        return held

    def _is_preamble(self, line: str) -> bool:
        return line.strip() not in self._known and _PREAMBLE.fullmatch(line.strip()) is not None

    def _is_chat(self, line: str) -> bool:
        """A sentence to a person, at the start of a line."""
        text = line.rstrip()
        return (
            text not in self._known
            and text[:1].isupper() | text.startswith(("*", "- "))
            and text.endswith((".", ":", "!", "?", "*"))
            and len(_WORD.findall(text)) >= 4
            and _CODE.search(re.sub(r"`[^`]*`", "", text)) is None
        )
