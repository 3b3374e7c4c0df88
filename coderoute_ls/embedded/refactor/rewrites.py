"""One safe change to a text."""

from dataclasses import dataclass

from coderoute_ls.domain import TextEdit


@dataclass(frozen=True, slots=True)
class Rewrite:
    """One safe change: its rule, a sentence, and the edits, which belong together."""

    rule: str
    title: str
    edits: tuple[TextEdit, ...]

    @property
    def line(self) -> int:
        return self.edits[0].span.start.line
