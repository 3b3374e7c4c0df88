"""What a text consists of: its definitions, and the statement around a position."""

from dataclasses import dataclass
from functools import lru_cache

from coderoute_ls.domain import Position, Span
from coderoute_ls.syntax.tree import Node, tree
from coderoute_ls.text import indentation, split_lines


@dataclass(frozen=True, slots=True)
class Definition:
    """Something with a name: a function, a class, a type."""

    name: str
    kind: str
    """``function``, ``method``, ``class``, ``interface``, ``type``, ``enum``, ``module`` or ``constant``."""
    span: Span
    """With decorators and attributes where the grammar joins them."""
    name_span: Span
    signature: str
    """Everything before the body, on one line."""
    body: Span | None = None
    container: str = ""
    """Name of the definition around it; "" at the top."""


def definitions(language: str, text: str) -> tuple[Definition, ...]:
    """All definitions in order of the text, nested ones after what holds them; empty without a grammar."""
    return () if tree(language, text) is None else _listed(language, text)


@lru_cache(maxsize=8)
def _listed(language: str, text: str) -> tuple[Definition, ...]:
    """Every action asks for them when a menu of actions is made, and again when one of them writes its prompt."""
    parsed = tree(language, text)
    assert parsed is not None
    kinds = parsed.grammar.definitions
    found: list[Definition] = []
    open_ends: list[tuple[int, str, str]] = []
    for node in parsed.root.find_all(kinds):
        name = _name(node)
        if name is None:
            continue
        outer, start, end = _outer(node), node.start, node.end
        while open_ends and open_ends[-1][0] <= start:
            open_ends.pop()
        container, container_kind = (open_ends[-1][1], open_ends[-1][2]) if open_ends else ("", "")
        kind = kinds[node.kind]
        if kind == "function" and container_kind in {"class", "interface"}:
            kind = "method"
        body = _body(node)
        head = parsed.text[start : body.start if body else end]
        found.append(
            Definition(
                name.text,
                kind,
                outer.span,
                name.span,
                " ".join(head.split()).removesuffix("{").rstrip(),
                body.span if body else None,
                container,
            )
        )
        open_ends.append((end, name.text, kind))
    return tuple(found)


def enclosing_statement(language: str, text: str, position: Position) -> Span:
    """The innermost whole statement (or member) around the position; without a grammar its line without the indentation."""
    parsed = tree(language, text)
    lines = split_lines(text)
    line = lines[min(position.line, len(lines) - 1)].rstrip("\r\n")
    indent = len(indentation(line))
    if parsed is None:
        return Span(Position(position.line, indent), Position(position.line, len(line)))
    # In the indentation before a statement, and after its last character, the statement is meant, not the block around.
    character = min(max(position.character, indent), max(indent, len(line.rstrip()) - 1))
    node = parsed.root.at(parsed.offset(Position(position.line, character)))
    for candidate in (node, *node.ancestors()):
        parent = candidate.parent
        if parent is None:
            return candidate.span
        if parent.kind in parsed.grammar.blocks and candidate.named:
            return candidate.span
    return node.span


def _name(node: Node) -> Node | None:
    """The node that names a definition; C hides it under declarators, Rust's ``impl`` in its type."""
    inner = node.field("name") or node.field("declarator")
    if inner is None and node.kind == "impl_item":
        return node.field("type")
    while inner is not None and inner.field("declarator") is not None:
        inner = inner.field("declarator")
    if inner is not None:
        return inner
    return next((c for c in node.children if c.kind in {"simple_identifier", "type_identifier", "identifier"}), None)


def _body(node: Node) -> Node | None:
    body = node.field("body")
    if body is not None:
        return body
    return next((c for c in node.children if c.kind in {"function_body", "class_body", "enum_class_body", "block"}), None)


def _outer(node: Node) -> Node:
    parent = node.parent
    return parent if parent is not None and parent.kind in {"decorated_definition", "export_statement"} else node
