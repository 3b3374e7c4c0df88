"""What a text consists of: its definitions, and the statement around a position."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from coderoute_ls.domain import Position, Span
from coderoute_ls.syntax.syntax_tree import Node, tree
from coderoute_ls.text import indentation, split_lines

_AROUND = frozenset({"decorated_definition", "export_statement", "template_declaration"})
_HOLDER_KINDS = (
    "variable_declarator assignment_expression assignment assignment_statement field pair field_definition "
    "public_field_definition let_declaration short_var_declaration var_spec property_declaration init_declarator val_definition"
)
_HOLDERS = frozenset(_HOLDER_KINDS.split())
"""Nodes that give a value a name."""
_STATEMENT_KINDS = (
    "lexical_declaration variable_declaration expression_statement declaration var_declaration field_declaration "
    "local_variable_declaration local_declaration_statement export_statement"
)
_STATEMENTS = frozenset(_STATEMENT_KINDS.split())
"""Statements around such a node."""
_LISTS = frozenset({"expression_list", "parenthesized_expression", "as_expression", "satisfies_expression"})
_ARGUMENTS = frozenset({"arguments", "argument_list"})
_MODIFIERS = frozenset({"modifiers", "binding_pattern_kind", "value_binding_pattern", "mutable_specifier"})


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


class _Found(NamedTuple):
    """A definition's nodes. ``whole`` is what it spans, with decorators and the statement around it."""

    node: Node
    name: Node
    kind: str
    whole: Node
    body: Node | None


@lru_cache(maxsize=8)
def _listed(language: str, text: str) -> tuple[Definition, ...]:
    """Every action asks for them when a menu of actions is made, and again when one of them writes its prompt."""
    parsed = tree(language, text)
    assert parsed is not None
    found: list[Definition] = []
    open_ends: list[tuple[int, str, str]] = []
    kinds, closures = parsed.grammar.definitions, parsed.grammar.closures
    nodes = parsed.root.find_all((*kinds, *closures))
    declared = _declared([node for node in nodes if node.kind in kinds], kinds)
    assigned = _assigned([node for node in nodes if node.kind in closures])
    for node, name, said, whole, body in sorted((*declared, *assigned), key=_order):
        start, end = node.start, node.end
        while open_ends and open_ends[-1][0] <= start:
            open_ends.pop()
        container, container_kind = (open_ends[-1][1], open_ends[-1][2]) if open_ends else ("", "")
        kind = "method" if said == "function" and container_kind in {"class", "interface"} else said
        head = " ".join(parsed.text[start : body.start if body else end].split()).removesuffix("{").rstrip()
        span = body.span if body else None
        found.append(Definition(name.text, kind, whole.span, name.span, head, span, container))
        open_ends.append((end, name.text, kind))
    return tuple(found)


def _order(found: _Found) -> tuple[int, int]:
    return found.node.start, -found.node.end


def _declared(nodes: Iterable[Node], kinds: Mapping[str, str]) -> Iterator[_Found]:
    """Definitions that the language has words for."""
    for node in nodes:
        name = _name(node)
        if name is not None:
            yield _Found(node, name, kinds[node.kind], _outer(node), _body(node))


def _assigned(closures: Iterable[Node]) -> Iterator[_Found]:
    """Functions without a name of their own that are given one: arrow functions, closures, methods assigned to names. A short one
    inside of another function is an expression like any other.
    """
    for closure in closures:
        holder = _holder(closure)
        if holder is None or (name := _left_name(holder)) is None:
            continue
        whole = holder
        while (parent := whole.parent) is not None and parent.kind in _STATEMENTS:
            whole = parent
        span = closure.span
        outermost = (
            whole.parent is None or whole.parent.parent is None or whole.parent.kind.endswith(("class_body", "declaration_list"))
        )
        if span.start.line != span.end.line or outermost:
            yield _Found(holder, name, "function", whole, _body(closure))


def _holder(closure: Node) -> Node | None:
    """What gives the function its name: a declaration, an assignment or a pair, around it or around the call that it is given
    to."""
    node = closure.parent
    if node is not None and node.kind in _ARGUMENTS:
        given = [child for child in node.children if child.named]
        if not given or given[0].start != closure.start:
            return None
        node = node.parent.parent if node.parent is not None else None
    while node is not None and node.kind in _LISTS:
        node = node.parent
    return node if node is not None and node.kind in _HOLDERS else None


def _left_name(holder: Node) -> Node | None:
    """The last name on the left: ``bar`` of ``Foo.prototype.bar = …``."""
    left = holder.field("name") or holder.field("left") or holder.field("key") or holder.field("pattern")
    if left is None:
        left = next((child for child in holder.children if child.named and child.kind not in _MODIFIERS), None)
    if left is None:
        return None
    names = [node for node in left.walk() if not node.children and node.named and node.kind.endswith(("identifier", "name"))]
    return names[-1] if names else left if not left.children else None


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
    """With what the grammar puts around a definition."""
    while (parent := node.parent) is not None and parent.kind in _AROUND:
        node = parent
    return node
