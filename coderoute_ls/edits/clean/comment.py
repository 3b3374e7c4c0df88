"""The documentation comment out of an answer that may also repeat the code it documents."""

import re
from collections.abc import Iterable
from enum import Enum, auto

from coderoute_ls.edits.clean.filter import LineFilter
from coderoute_ls.syntax import line_comment

_DOCSTRING = re.compile(r"\s*[rRuU]?(?P<quotes>\"\"\"|''')")


class _State(Enum):
    BEFORE = auto()
    BLOCK = auto()
    LINES = auto()
    OVER = auto()


class Comment(LineFilter):
    """Lets through the first docstring (Python) or run of comment lines, and nothing else."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._python = language == "python"
        self._mark = line_comment(language)
        self._state = _State.BEFORE
        self._closing = "*/"

    def line(self, line: str) -> Iterable[str]:
        text = line.strip()
        if self._state is _State.BLOCK:
            if self._closing in text:
                self._state = _State.OVER if self._python else _State.LINES
            return (line,)
        if self._state is _State.OVER or (self._state is _State.BEFORE and not text):
            return ()
        opening = self._opening(line)
        if opening is not None:
            closed = self._closing in text.removeprefix(opening)
            self._state = (_State.OVER if self._python else _State.LINES) if closed else _State.BLOCK
            return (line,)
        if not self._python and text.startswith(self._mark):
            self._state = _State.LINES
            return (line,)
        if self._state is _State.LINES:
            self._state = _State.OVER
        return ()

    def end(self) -> Iterable[str]:
        if self._state is _State.BEFORE:
            self.notes.append("The answer holds no documentation comment.")
        return ()

    def _opening(self, line: str) -> str | None:
        """What starts a block here, and remember what ends it."""
        if self._python:
            found = _DOCSTRING.match(line)
            if found is None:
                return None
            self._closing = found["quotes"]
            return found.group().strip()
        return "/*" if self._mark == "//" and line.lstrip().startswith("/*") else None
