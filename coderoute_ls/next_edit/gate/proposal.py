"""A suggestion as lines: which lines of the document become which others, without those that stay as they are."""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from coderoute_ls.domain import Document, Position, Span
from coderoute_ls.domain.next_edits import NextEdit, unchanged_ends
from coderoute_ls.text import split_lines

WHOLE = 24_000
"""Characters of a document that is parsed as a whole, about 5 ms."""
NEAR = 60
"""Lines around a change that are parsed in a longer one."""


@dataclass(frozen=True)
class Proposal:
    """Lines ``first`` to ``end`` of the document would be ``new``; all without line ends."""

    uri: str
    language: str
    document: Document
    first: int
    old: list[str]
    new: list[str]

    @property
    def end(self) -> int:
        return self.first + len(self.old)

    @cached_property
    def above(self) -> list[str]:
        """Some lines before it."""
        return [self.document.line(number) for number in range(max(0, self.first - 60), self.first)]

    @cached_property
    def below(self) -> list[str]:
        return [self.document.line(number) for number in range(self.end, min(len(self.document.lines), self.end + 60))]

    @property
    def parsed(self) -> tuple[str, str]:
        """What is parsed to see whether it still can be: the text before and after, all of a short document."""
        first, last = (0, len(self.document.lines)) if self.document.size <= WHOLE else (self.first - NEAR, self.end + NEAR)
        above = [self.document.line(number) for number in range(max(0, first), self.first)]
        below = [self.document.line(number) for number in range(self.end, min(last, len(self.document.lines)))]
        return "\n".join([*above, *self.old, *below]), "\n".join([*above, *self.new, *below])

    def lines_for(self, first: int, end: int) -> list[str] | None:
        """What these old lines become: what is left of the new ones when all lines around them stay. None where some do not."""
        before, after = self.old[: first - self.first], self.old[end - self.first :]
        if self.new[: len(before)] != before or (after and self.new[-len(after) :] != after):
            return None
        return self.new[len(before) : len(self.new) - len(after)]


def proposal_of(suggestion: NextEdit, document: Document) -> Proposal | None:
    """None where the edits are not disjoint, not in the document, or none at all."""
    edits = suggestion.edits
    if not edits:
        return None
    for edit in edits:
        start, end = edit.span
        if start > end or document.clamp(start) != start or document.clamp(end) != end:
            return None
    if any(one.span.end > two.span.start or one.span == two.span for one, two in pairwise(edits)):
        return None
    first, last = edits[0].span.start.line, edits[-1].span.end.line
    text: list[str] = []
    at = Position(first, 0)
    for edit in edits:
        text += [document.slice(Span(at, edit.span.start)), edit.text]
        at = edit.span.end
    text.append(document.line(last)[at.character :])
    old = [document.line(number) for number in range(first, last + 1)]
    new = [line.rstrip("\r\n") for line in split_lines("".join(text))]
    return _trimmed(Proposal(suggestion.uri, document.language, document, first, old, new))


def _trimmed(proposal: Proposal) -> Proposal:
    old, new = proposal.old, proposal.new
    above, below = unchanged_ends(old, new)
    if not above and not below:
        return proposal
    kept = slice(above, len(old) - below), slice(above, len(new) - below)
    first = proposal.first + above
    return Proposal(proposal.uri, proposal.language, proposal.document, first, old[kept[0]], new[kept[1]])
