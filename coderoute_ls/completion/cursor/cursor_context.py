"""The text around a cursor in one version of a document: it decides whether an older answer still fits."""

from dataclasses import dataclass

from coderoute_ls.domain import Document, Position
from coderoute_ls.text import CLOSERS, QUOTES, unclosed

NEAR = 200
"""Characters before the cursor that must be the same for an answer to be the answer to this."""
AHEAD = 120
"""The same after the cursor."""
Key = tuple[str, str, str, str]
"""Document, settings, the text before, the text after."""
REACH = 128
"""How much typed text an older answer may be followed through."""


@dataclass(frozen=True, slots=True)
class CursorContext:
    """A cursor in one version of a document, and what is around it."""

    uri: str
    version: int
    position: Position
    before: str
    """The last `NEAR` + `REACH` characters before the cursor."""
    after: str
    """The next `AHEAD` characters, and a few more for closers that the editor may have added."""
    profile: str = ""
    """Settings that change what is suggested."""

    @classmethod
    def of(cls, document: Document, position: Position, profile: str = "") -> "CursorContext":
        position = document.clamp(position)
        return cls(
            document.uri,
            document.version,
            position,
            document.before(position, NEAR + REACH),
            document.after(position, AHEAD + 8),
            profile,
        )

    @property
    def key(self) -> Key:
        return self.earlier(0, 0)

    def earlier(self, typed: int, closed: int) -> Key:
        """The key of the context before the last ``typed`` characters were typed and ``closed`` ones were added after them."""
        end = len(self.before) - typed
        return (self.uri, self.profile, self.before[max(0, end - NEAR) : end], self.after[closed : closed + AHEAD])

    def auto_closed(self, typed: str) -> int:
        """How many characters after the cursor the editor probably added for what was typed: ``)`` after ``(``, a quote after
        a quote."""
        wanted = unclosed(typed)
        if typed and typed[-1] in QUOTES and typed.count(typed[-1]) % 2:
            wanted.insert(0, typed[-1])
        count = 0
        while count < min(len(wanted), 4) and self.after[count : count + 1] == wanted[count]:
            count += 1
        return count

    @property
    def closers_after(self) -> int:
        """How many closing brackets and quotes follow the cursor directly, four at most."""
        count = 0
        while count < 4 and (self.after[count : count + 1] in CLOSERS or self.after[count : count + 1] in QUOTES):
            count += 1
        return count
