"""A parsed text: nodes with kinds and offsets, and whether it has syntax errors."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from coderoute_ls.domain import Position, Span
from coderoute_ls.syntax.grammars import GRAMMARS, Grammar, grammar_of
from coderoute_ls.text import line_starts

if TYPE_CHECKING:
    from ast_grep_py import Config, Rule, SgNode

_STUMBLED: "Config" = {"rule": {"any": [{"kind": "ERROR"}, {"regex": "^$"}]}}
_MAX_CHARS = 1 << 20
"""Above this a text is data, not something a person writes; parsing it would hold the interpreter for 200 ms."""


@dataclass(frozen=True)
class Node:
    """One node of the tree. Cheap to make: it only points into the library's tree."""

    tree: "Tree"
    _raw: "SgNode"

    @property
    def kind(self) -> str:
        return self._raw.kind()

    @property
    def named(self) -> bool:
        return self._raw.is_named()

    @property
    def text(self) -> str:
        return self._raw.text()

    @property
    def start(self) -> int:
        return self._raw.range().start.index

    @property
    def end(self) -> int:
        return self._raw.range().end.index

    @property
    def span(self) -> Span:
        extent = self._raw.range()
        return Span(self.tree.position(extent.start.index), self.tree.position(extent.end.index))

    @property
    def parent(self) -> "Node | None":
        return self._wrap(self._raw.parent())

    @property
    def children(self) -> list["Node"]:
        return [Node(self.tree, child) for child in self._raw.children()]

    @property
    def named_children(self) -> list["Node"]:
        return [Node(self.tree, child) for child in self._raw.children() if child.is_named()]

    def field(self, name: str) -> "Node | None":
        """The child under this field of the grammar (``name``, ``body``, ``parameters`` …)."""
        return self._wrap(self._raw.field(name))

    def find_all(self, kinds: Iterable[str]) -> list["Node"]:
        """This node and those below it of any of these kinds, in order of the text. A kind that the grammar does not have
        raises RuntimeError."""
        rules: list[Rule] = [{"kind": kind} for kind in kinds]
        if not rules:
            return []
        return [Node(self.tree, found) for found in self._raw.find_all({"rule": {"any": rules}})]

    def matching(self, pattern: str) -> list["Node"]:
        """This node and those below it whose whole text a regular expression finds something in, in order of the text."""
        return [Node(self.tree, found) for found in self._raw.find_all({"rule": {"regex": pattern}})]

    def ancestors(self) -> Iterator["Node"]:
        """Parents, nearest first."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def walk(self) -> Iterator["Node"]:
        """This node and all below it, in order of the text."""
        pending: list[Node] = [self]
        while pending:
            node = pending.pop()
            yield node
            pending.extend(reversed(node.children))

    def at(self, offset: int) -> "Node":
        """The deepest node that holds this offset: start ≤ offset < end, or offset = end where nothing starts there."""
        node = self
        while True:
            child = next((c for c in node.children if c.start <= offset < c.end), None)
            if child is None:
                return node
            node = child

    def _wrap(self, raw: "SgNode | None") -> "Node | None":
        return None if raw is None else Node(self.tree, raw)


@dataclass(frozen=True, eq=False)
class Tree:
    """The syntax tree of one text."""

    grammar: Grammar
    text: str
    _raw: "SgNode"

    @property
    def root(self) -> Node:
        return Node(self, self._raw)

    @cached_property
    def has_error(self) -> bool:
        """The parser skipped something, or had to invent a missing token (those are the empty nodes)."""
        if not self.text.strip():
            return False
        return self._raw.find(_STUMBLED) is not None

    @cached_property
    def errors(self) -> int:
        """How many such places there are."""
        return len(self._raw.find_all(_STUMBLED)) if self.has_error else 0

    @cached_property
    def _starts(self) -> list[int]:
        return line_starts(self.text)

    def position(self, offset: int) -> Position:
        line = bisect_right(self._starts, offset) - 1
        return Position(line, offset - self._starts[line])

    def offset(self, position: Position) -> int:
        """Clamped to the text."""
        if position.line >= len(self._starts):
            return len(self.text)
        return min(self._starts[position.line] + position.character, len(self.text))


def tree(language: str, text: str) -> Tree | None:
    """The tree of this text, about 0.2 ms per kB the first time. None for a language without a grammar, and for texts over
    1 MiB. Trees may be used from any thread; parsing holds the interpreter."""
    grammar = grammar_of(language)
    return None if grammar is None or len(text) > _MAX_CHARS else _parsed(grammar.name, text)


@lru_cache(maxsize=8)
def _parsed(name: str, text: str) -> Tree:
    from ast_grep_py import SgRoot

    return Tree(GRAMMARS[name], text, SgRoot(text, name).root())


def parses(language: str, text: str) -> bool | None:
    """Whether the text is free of syntax errors; None when that cannot be known."""
    parsed = tree(language, text)
    return None if parsed is None else not parsed.has_error


def errors(language: str, text: str) -> int | None:
    """How many places of the text the parser stumbles over; None when that cannot be known."""
    parsed = tree(language, text)
    return None if parsed is None else parsed.errors
