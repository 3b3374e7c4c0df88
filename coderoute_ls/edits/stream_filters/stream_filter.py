"""What a clean-up step is: text in, text out, in pieces of any size, and the same result whatever the sizes."""

from abc import ABC, abstractmethod
from collections.abc import Iterable


class Filter(ABC):
    """One step. It may hold text back until it knows what it is; ``finish`` gives out what is left."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        """What was taken out and the user should know, in words."""

    @abstractmethod
    def feed(self, text: str) -> str:
        """The next piece of the answer; what of it may pass."""

    def finish(self) -> str:
        """The answer is complete."""
        return ""


class LineFilter(Filter):
    """A step that judges whole lines. Line ends are ``\\n`` by then, and every line it lets through gets one."""

    def __init__(self) -> None:
        super().__init__()
        self._partial = ""

    def feed(self, text: str) -> str:
        *lines, self._partial = (self._partial + text).split("\n")
        return "".join(f"{passed}\n" for line in lines for passed in self.line(line))

    def finish(self) -> str:
        last, self._partial = self._partial, ""
        lines = [*(self.line(last) if last else ()), *self.end()]
        return "".join(f"{line}\n" for line in lines)

    @abstractmethod
    def line(self, line: str) -> Iterable[str]:
        """One line without its ending; the lines that may pass now."""

    def end(self) -> Iterable[str]:
        """The answer is complete: what is left."""
        return ()
