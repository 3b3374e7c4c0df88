"""Which parts of a text are code, and which are strings or comments."""

from bisect import bisect_right
from functools import lru_cache

from coderoute_ls.syntax.comment_and_string_marks import text_lexer_of


class CodeParts:
    """Strings and comments of one text, by the language's lexical rules."""

    def __init__(self, language: str, text: str) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._kinds: list[str] = []
        lexer = text_lexer_of(language)
        for match in lexer.finditer(text) if lexer is not None else ():
            name = match.lastgroup
            if name is not None and name.startswith("e"):
                name = name[1:]
            if name is None or name not in match.re.groupindex:
                continue
            self._starts.append(match.start(name))
            self._ends.append(match.end(name))
            self._kinds.append("comment" if name[0] == "c" else "string")

    def at(self, offset: int) -> str:
        """``string``, ``comment`` or ``code``."""
        number = bisect_right(self._starts, offset) - 1
        if number >= 0 and self._starts[number] < offset < self._ends[number]:
            return self._kinds[number]
        if number >= 0 and self._starts[number] == offset < self._ends[number]:
            return self._kinds[number]
        return "code"


@lru_cache(maxsize=4)
def code_parts(language: str, text: str) -> CodeParts:
    """The parts of a text; the last few texts are remembered."""
    return CodeParts(language, text)
