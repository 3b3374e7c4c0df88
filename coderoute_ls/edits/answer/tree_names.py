"""Names that code uses and sets nowhere, told by its syntax tree: a second look at what its shape made likely."""

import re
from collections.abc import Iterable

from coderoute_ls import syntax
from coderoute_ls.syntax import Node

_MEMBERS = ("attribute", "member", "field_expression", "field_access", "selector", "navigation", "scoped_", "qualified_")
"""Parts of kinds of nodes that take something out of something else: the last name in them is no variable."""
_USES = (
    "subscript",
    "index_expression",
    "element_access",
    "call",
    "invocation",
    "argument",
    "jsx",
    "element",
    "tag",
    "as_pattern",
)
"""Parts of kinds of nodes whose names are used, wherever they stand in a statement."""
_OPERATORS = ("binary", "operator", "infix", "comparison", "logical", "range_expression")
"""Parts of kinds of nodes that have a left side and give it no value."""
_TARGETS = ("left", "name", "pattern", "alias", "declarator", "index", "value_name")
"""Fields that hold what a statement gives a value to."""
_SETS = ("parameter", "pattern", "import", "use_declaration", "global_statement", "nonlocal_statement", "as_pattern_target")
_NO_VARIABLES = ("property_identifier", "field_identifier", "statement_identifier")


def unset_names(language: str, text: str, rows: range, names: Iterable[str]) -> list[str] | None:
    """Those of ``names`` that these lines of a text use as names of values and set nowhere; None when that cannot be known."""
    names = list(names)
    parsed = syntax.tree(language, text)
    if parsed is None:
        return None
    used: set[str] = set()
    bound: set[str] = set()
    for node in parsed.root.matching("^(?:" + "|".join(map(re.escape, names)) + ")$"):
        named = "identifier" in node.kind or node.kind.endswith("name")
        if node.children or not named or node.kind in _NO_VARIABLES:
            continue
        if node.span.start.line in rows and (role := _role(node)):
            (bound if role == "set" else used).add(node.text)
    return [name for name in names if name in used and name not in bound]


def _role(leaf: Node) -> str:
    """``set``, ``used``, or "" for a name of something else: a member, an argument's name, a word in a text."""
    node = leaf
    for parent in leaf.ancestors():
        kind = parent.kind
        if "argument" in kind and _is_at(node, parent.field("name")):
            return ""
        if any(part in kind for part in _MEMBERS):
            return "" if node.end == parent.end and node is leaf else "used"
        if any(part in kind for part in _SETS) and kind != "as_pattern":
            return "set"
        if any(part in kind for part in _USES):
            return "used"
        operates = any(part in kind for part in _OPERATORS)
        if not operates and any(_is_at(node, parent.field(field)) for field in _TARGETS):
            return "set"
        if kind in parent.tree.grammar.blocks or kind.endswith("statement"):
            return "used"
        node = parent
    return "used"


def _is_at(node: Node, field: Node | None) -> bool:
    """Whether a node is in what a field holds."""
    return field is not None and field.start <= node.start and node.end <= field.end
