"""Safe rewrites in the brace languages: those that the syntax tree alone can prove. A comment inside stops a rewrite."""

import re
from collections.abc import Callable, Iterator, Sequence

from coderoute_ls.domain import Span, TextEdit
from coderoute_ls.embedded.refactor.rewrites import Rewrite
from coderoute_ls.syntax import Node, Tree, tree
from coderoute_ls.text import indentation

_SCRIPTS = frozenset({"javascript", "typescript", "tsx"})
_C_LIKE = _SCRIPTS | {"java", "c", "cpp", "go"}
_BLOCKS = frozenset({"block", "statement_block", "compound_statement", "constructor_body"})
_HOLDERS = _BLOCKS | {"statement_list"}
_JUMPS = frozenset({"return_statement", "throw_statement", "break_statement", "continue_statement"})
_DECLARING = ("declaration", "definition", "labeled_statement")
_PLAIN = frozenset({"identifier", "integer_literal", "float_literal", "boolean_literal", "binary_expression", "field_identifier"})
_COMPARISONS = frozenset({"==", "!=", "===", "!==", "<", ">", "<=", ">="})
_OPPOSITE = {"==": "!=", "!=": "==", "===": "!==", "!==": "==="}
_FUNCTIONS = frozenset(
    {"function_declaration", "function_definition", "method_declaration", "method_definition", "func_literal"}
    | {"function_expression", "arrow_function", "constructor_declaration"}
)


def tree_fixes(language: str, lines: Sequence[str]) -> list[Rewrite] | None:
    """Every rewrite that can be proven, anywhere in the text; none when it does not parse, None for languages without rules."""
    parsed = tree(language, "".join(lines))
    if parsed is None or parsed.grammar.name not in _C_LIKE | {"rust"}:
        return None
    if parsed.has_error:
        return []
    return [rewrite for node in parsed.root.walk() for rule in _RULES.get(node.kind, ()) for rewrite in rule(parsed, node)]


def _else_after_jump(parsed: Tree, node: Node) -> Iterator[Rewrite]:
    """``if (a) { return b } else { c }``: the else may go, for nothing gets past the if. Not where the else declares something,
    which would live longer."""
    parent, then = node.parent, node.field("consequence")
    other = node.field("alternative")
    if parent is None or parent.kind not in _HOLDERS or then is None or other is None or node.field("initializer"):
        return
    block = _block(other)
    if block is None or then.kind not in _BLOCKS or not _ends_in_jump(then) or _commented(node, other, block, *block.children):
        return
    statements = _statements(block)
    if not statements or any(statement.kind.endswith(_DECLARING) for statement in statements):
        return
    own, inner = _indent_of(parsed, node), _indent_of(parsed, statements[0])
    if statements[0].span.start.line == block.span.start.line or not inner.startswith(own):
        return
    kept = parsed.text[statements[0].start : statements[-1].end]
    inside = [below for statement in statements for below in statement.walk()]
    if any(n.kind.startswith("preproc") or (n.kind in parsed.grammar.strings and "\n" in n.text) for n in inside):
        return
    moved = re.sub(rf"(\r?\n){re.escape(inner)}", rf"\g<1>{own}", kept)
    ending = "\r\n" if "\r\n" in parsed.text else "\n"
    yield _rewrite("no-else-after-jump", "Drop the else after a jump", (parsed, then.end, node.end), f"{ending}{own}{moved}")


def _boolean_return(parsed: Tree, node: Node) -> Iterator[Rewrite]:
    """``if (a < b) { return true } else { return false }`` returns the comparison itself."""
    parent, condition, then, other = node.parent, node.field("condition"), node.field("consequence"), node.field("alternative")
    if parent is None or parent.kind not in _HOLDERS or condition is None or then is None or other is None:
        return
    block = _block(other)
    if block is None or node.field("initializer") or _commented(*node.walk()):
        return
    values = (_returned(then), _returned(block))
    test = _unwrapped(condition)
    if set(values) != {"true", "false"} or parsed.grammar.name in {"c", "cpp"} or not _boolean(parsed, test):
        return
    text = test.text if values[0] == "true" else f"!({test.text})"
    end = "" if parsed.grammar.name == "go" else ";"
    yield _rewrite("return-condition", "Return the condition itself", (parsed, node.start, node.end), f"return {text}{end}")


def _negated_comparison(parsed: Tree, node: Node) -> Iterator[Rewrite]:
    """``!(a == b)`` is ``a != b``. Only for equality: the others differ on NaN. Not where ``==`` can be overloaded."""
    children = node.children
    if parsed.grammar.name in {"cpp", "rust"} or len(children) != 2 or children[0].text != "!":
        return
    inner = children[1]
    comparison = _unwrapped(inner)
    if inner.kind != "parenthesized_expression" or comparison.kind != "binary_expression" or _commented(inner):
        return
    parts = comparison.children
    parent = node.parent
    tight = parent is not None and parent.kind in {"binary_expression", "unary_expression", "not_expression", "member_expression"}
    if len(parts) != 3 or parts[1].text not in _OPPOSITE or tight:
        return
    text = f"{parts[0].text} {_OPPOSITE[parts[1].text]} {parts[2].text}"
    yield _rewrite("negated-comparison", "Write the opposite comparison", (parsed, node.start, node.end), text)


def _empty_else(parsed: Tree, node: Node) -> Iterator[Rewrite]:
    """``else {}`` does nothing."""
    other, then = node.field("alternative"), node.field("consequence")
    block = None if other is None else _block(other)
    if block is None or then is None or then.kind not in _BLOCKS or block.text[1:-1].strip() or parsed.grammar.name == "rust":
        return
    yield _rewrite("no-empty-else", "Drop the empty else", (parsed, then.end, node.end), "")


def _last_return(parsed: Tree, node: Node) -> Iterator[Rewrite]:
    """A bare ``return`` as the last statement of a function does nothing."""
    holder = node.parent
    block = holder.parent if holder is not None and holder.kind == "statement_list" else holder
    owner = block.parent if block is not None else None
    if holder is None or block is None or owner is None or owner.kind not in _FUNCTIONS or node.named_children:
        return
    if owner.field("result") is not None:  # Go: named results make it necessary
        return
    siblings = _statements(block)
    if len(siblings) < 2 or siblings[-1].start != node.start or siblings[-2].span.end.line == node.span.start.line:
        return
    yield _rewrite("no-useless-return", "Drop the return at the end", (parsed, siblings[-2].end, node.end), "")


def _needless_rust_return(parsed: Tree, node: Node) -> Iterator[Rewrite]:
    """The last expression of a Rust function is its value. Only plain ones: the temporaries of a call would live longer."""
    statement = node.parent
    block = statement.parent if statement is not None else None
    owner = block.parent if block is not None else None
    if (
        statement is None
        or block is None
        or owner is None
        or statement.kind != "expression_statement"
        or owner.kind != "function_item"
    ):
        return
    if block.kind == "block" and block.named_children[-1].start == statement.start and node.named_children:
        value = node.named_children[0].text
        if any(n.kind not in _PLAIN for n in node.named_children[0].walk() if n.named):
            return
        yield _rewrite("needless-return", "Let the last expression be the value", (parsed, statement.start, statement.end), value)


def _blank_range(parsed: Tree, node: Node) -> Iterator[Rewrite]:
    """Go: ``for i, _ := range x`` is ``for i := range x``."""
    left = node.field("left")
    names = left.named_children if left is not None else []
    if len(names) == 2 and names[1].text == "_" and names[0].text != "_" and left is not None:
        yield _rewrite("simplify-range", "Drop the blank in range", (parsed, names[0].end, left.end), "")


def _full_slice(parsed: Tree, node: Node) -> Iterator[Rewrite]:
    """Go: ``s[a:len(s)]`` is ``s[a:]``."""
    operand, end = node.field("operand"), node.field("end")
    if operand is not None and end is not None and operand.kind == "identifier" and end.text == f"len({operand.text})":
        yield _rewrite("simplify-slice", "Drop the length that a slice has anyway", (parsed, end.start, end.end), "")


def _unused_java_import(parsed: Tree, node: Node) -> Iterator[Rewrite]:
    """Java: an import whose name nothing in the file mentions, not even a comment. Static and star imports stay."""
    match = re.fullmatch(r"import\s+[\w.]+\.(\w+)\s*;", node.text)
    if parsed.grammar.name != "java" or match is None:
        return
    if len(re.findall(rf"\b{match.group(1)}\b", parsed.text)) == 1:
        end = parsed.text.find("\n", node.end) + 1
        if end and not parsed.text[node.end : end].strip():
            yield _rewrite("unused-import", f"Drop the unused import {match.group(1)}", (parsed, node.start, end), "")


_Rule = Callable[[Tree, Node], Iterator[Rewrite]]
_RULES: dict[str, tuple[_Rule, ...]] = {
    "if_statement": (_boolean_return, _empty_else, _else_after_jump),
    "unary_expression": (_negated_comparison,),
    "return_statement": (_last_return,),
    "return_expression": (_needless_rust_return,),
    "range_clause": (_blank_range,),
    "slice_expression": (_full_slice,),
    "import_declaration": (_unused_java_import,),
}


def _rewrite(rule: str, title: str, extent: tuple[Tree, int, int], text: str) -> Rewrite:
    parsed, start, end = extent
    return Rewrite(rule, title, (TextEdit(Span(parsed.position(start), parsed.position(end)), text),))


def _block(other: Node) -> Node | None:
    """The block of an else; None for ``else if`` and for a bare statement."""
    inner = next(iter(other.named_children), None) if other.kind == "else_clause" else other
    return inner if inner is not None and inner.kind in _BLOCKS else None


def _statements(block: Node) -> list[Node]:
    children = block.named_children
    if len(children) == 1 and children[0].kind == "statement_list":
        children = children[0].named_children
    return children


def _ends_in_jump(block: Node) -> bool:
    statements = _statements(block)
    return bool(statements) and statements[-1].kind in _JUMPS


def _commented(*nodes: Node) -> bool:
    return any(child.kind in child.tree.grammar.comments for node in nodes for child in node.children)


def _returned(block: Node) -> str:
    """What the block's only statement returns, "" when it is not a return of one value."""
    statements = _statements(block)
    if len(statements) != 1 or statements[0].kind != "return_statement" or len(statements[0].named_children) != 1:
        return ""
    return statements[0].named_children[0].text


def _unwrapped(node: Node) -> Node:
    while node.kind in {"parenthesized_expression", "condition_clause"} and len(node.named_children) == 1:
        node = node.named_children[0]
    return node


def _boolean(parsed: Tree, node: Node) -> bool:
    """Whether the value is plainly true or false: every condition in Java, elsewhere what compares. (Go's may be of a type of its
    own, scripts' of any type.)"""
    return parsed.grammar.name == "java" or (node.kind == "binary_expression" and node.children[1].text in _COMPARISONS)


def _indent_of(parsed: Tree, node: Node) -> str:
    line_start = parsed.text.rfind("\n", 0, node.start) + 1
    return indentation(parsed.text[line_start:])
