"""Questions to Python's syntax trees: what runs when this runs, how deep it is nested, what a name means, what is in a region."""

import ast
import builtins
from collections.abc import Iterable, Iterator, Sequence
from typing import cast

from coderoute_ls.domain import Position, Span

Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
LOOPS = (ast.For, ast.AsyncFor, ast.While)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_NESTING = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.TryStar, ast.Match)


def decisions(node: ast.AST) -> int:
    """How many more ways through the code this node opens (McCabe)."""
    if isinstance(node, ast.BoolOp):
        return len(node.values) - 1
    if isinstance(node, ast.comprehension):
        return 1 + len(node.ifs)
    if isinstance(node, ast.Match):
        return len(node.cases)
    return int(isinstance(node, (ast.If, ast.IfExp, *LOOPS, ast.ExceptHandler)))


def nesting(body: Sequence[ast.stmt]) -> int:
    """How deep blocks lie in blocks; an ``elif`` lies no deeper than its ``if``."""
    deepest = 0
    for statement in body:
        if isinstance(statement, _SCOPES):
            continue
        below = 0
        for name, block in blocks(statement):
            chained = name == "orelse" and isinstance(statement, ast.If) and len(block) == 1 and isinstance(block[0], ast.If)
            below = max(below, nesting(block) - int(chained))
        deepest = max(deepest, below + int(isinstance(statement, _NESTING)))
    return deepest


def blocks(node: ast.AST) -> Iterator[tuple[str, list[ast.stmt]]]:
    """The blocks of statements directly in this node, with the field's name; those of handlers and cases too."""
    for name, value in ast.iter_fields(node):
        if not isinstance(value, list):
            continue
        children = cast("list[object]", value)
        block = [child for child in children if isinstance(child, ast.stmt)]
        if block:
            yield name, block
        for child in children:
            if isinstance(child, ast.ExceptHandler | ast.match_case):
                yield "body", child.body


def running(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """The nodes that run when the body runs: without the bodies of functions and classes defined in it."""
    for node in body:
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from running([*node.decorator_list, *node.args.defaults, *(d for d in node.args.kw_defaults if d)])
        elif isinstance(node, ast.Lambda):
            yield from running([*node.args.defaults, *(d for d in node.args.kw_defaults if d)])
        elif isinstance(node, ast.ClassDef):
            yield from running([*node.decorator_list, *node.bases])
        else:
            yield from running(ast.iter_child_nodes(node))


def imported_names(module: ast.Module) -> dict[str, str]:
    """Name → the dotted name that an import gives it."""
    names: dict[str, str] = {}
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            for alias in node.names:
                names[alias.asname or alias.name.partition(".")[0]] = alias.name if alias.asname else alias.name.partition(".")[0]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    defined = {n.name for n in module.body if isinstance(n, Definition)}
    defined |= {n.id for s in module.body for n in ast.walk(s) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return {name: target for name, target in names.items() if name not in defined} | dict.fromkeys(defined - names.keys(), "")


def full_name(func: ast.expr, names: dict[str, str], local: set[str]) -> str:
    """The function's full name; "" when a local name or a definition of this file is before it."""
    root, _, rest = ast.unparse(func).partition(".")
    if root in local:
        return ""
    known = names.get(root, root if hasattr(builtins, root) else "")
    return f"{known}.{rest}" if known and rest else known


def statements_in(module: ast.Module, region: Span, text: str) -> list[ast.stmt]:
    """The statements that lie in the region, of the innermost block that holds them all; or the definition that holds it."""
    lines = text.splitlines()
    start, end = region
    while start.line < end.line and not (lines[start.line][start.character :] if start.line < len(lines) else "").strip():
        start = Position(start.line + 1, 0)
    first, last = start.line + 1, end.line + 1 if end.character or start.line == end.line else end.line
    best: list[ast.stmt] = []
    holder: ast.stmt | None = None
    headed: ast.stmt | None = None  # its head is in the region, its end is not: most likely it is what was meant
    for node in ast.walk(module):
        for _, block in blocks(node):
            inside = [n for n in block if first <= first_line(n) and (n.end_lineno or n.lineno) <= last]
            if inside and (not best or first_line(inside[0]) < first_line(best[0])):
                best = inside
            for n in block:
                end = n.end_lineno or n.lineno
                if not isinstance(n, Definition):
                    continue
                if first_line(n) <= first and last <= end:
                    holder = n
                if first <= first_line(n) <= last < end and not best:
                    headed = headed or n
    return [headed] if headed else best or ([holder] if holder else [])


def class_of(module: ast.Module, function: Function) -> ast.ClassDef | None:
    return next((n for n in ast.walk(module) if isinstance(n, ast.ClassDef) and function in n.body), None)


def enclosing_functions(module: ast.Module, statement: ast.stmt) -> list[Function]:
    """The functions that hold the statement, outermost first."""
    holding = [
        n
        for n in ast.walk(module)
        if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef) and n is not statement and statement in ast.walk(n)
    ]
    return sorted(holding, key=lambda n: n.lineno)


def names_around(module: ast.Module, statement: ast.stmt) -> set[str]:
    """Names of the functions around the statement: their parameters, and what they set."""
    around = enclosing_functions(module, statement)
    stored = {n.id for f in around for n in ast.walk(f) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return stored.union(*(parameter_names(f.args) for f in around))


def first_line(node: ast.stmt) -> int:
    decorators = node.decorator_list if isinstance(node, Definition) else []
    return min([node.lineno, *(d.lineno for d in decorators)])


def raised(exception: ast.expr) -> ast.expr:
    return exception.func if isinstance(exception, ast.Call) else exception


def root_name(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def shortened(node: ast.expr) -> str:
    text = ast.unparse(node).replace("`", "'")
    return text if len(text) <= 60 else text[:57] + "…"


def parameter_names(arguments: ast.arguments) -> frozenset[str]:
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    return frozenset(argument.arg for argument in every if argument)
