"""What functions of Python tell of an answer that parses: that it was cut off, or that old lines in it miss what they use.

A cut answer in a language with brackets does not parse. In Python nearly every line may be the last one.
"""

import ast
from collections.abc import Iterator, Sequence

from coderoute_ls.edits.answer.lines.similar_lines import similar
from coderoute_ls.edits.answer.target_region import written
from coderoute_ls.text import indentation

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_PLAIN = (ast.Name, ast.Tuple, ast.List, ast.Starred, ast.expr_context)
"""What a target consists of that only sets names."""
_NOTHING = frozenset({"None", "NoReturn", "Never"})
"""Annotations of what a function gives that say: no value."""
_BY_SUPER = frozenset({"self", "cls"})
"""Parameters that ``super()`` reads unnamed."""
_MANY = 3
"""Statements that are missing at the end of the same ones: people who take some away mostly take fewer."""
Function = ast.FunctionDef | ast.AsyncFunctionDef


def is_cut_off(new: Sequence[str], old: Sequence[str]) -> bool:
    """The last function runs past its end, and there it sets a local variable; or nothing reads any more what it sets or takes
    and the old one read; or the old one gave a value, and it does not say that it gives none; or its statements are of the same
    kinds, up to where many are missing. Parses only what does not end as before."""
    last, before = (next((line for line in reversed(lines) if line.strip()), "") for lines in (new, old))
    if not last or similar(last, before):
        return False
    now, then = _last_block(new), _last_block(old)
    if now is None or then is None or _name(now) != _name(then):
        return False
    if not _runs_on(now[1]):
        return False
    if _ends_with_a_variable(now) or _forgets(now, then) or (_gives(then[1]) and not _gives_nothing(now)):
        return True
    shape, before = list(_shape(now[1])), list(_shape(then[1]))
    return len(before) - len(shape) >= _MANY and before[: len(shape)] == shape


def misses_names(new: Sequence[str], old: Sequence[str]) -> bool:
    """A name that a function of the region sets or takes is read in what became of it, and neither set nor taken there."""
    was = {function.name: function for function in _functions(old)}
    return any(
        (_own(was[one.name]) & _names(one.body, ast.Load)) - _own(one) - _outer(one) for one in _functions(new) if one.name in was
    )


def _own(function: Function) -> set[str]:
    """Names that a function takes, or sets without reading them in the same statement."""
    nodes = list(ast.walk(function))
    again: set[ast.AST] = set()
    for statement in nodes:
        if isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign) and statement.value is not None:
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            read = {node.id for node in ast.walk(statement.value) if isinstance(node, ast.Name)}
            names = [node for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)]
            again |= {node for node in names if node.id in read or isinstance(statement, ast.AugAssign)}
    found = {name for node in nodes if isinstance(name := getattr(node, "name", None), str)}  # excepts, captures, functions
    found |= {(alias.asname or alias.name).partition(".")[0] for alias in nodes if isinstance(alias, ast.alias)}
    found |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    return found | {
        node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node not in again
    }


def _outer(function: Function) -> set[str]:
    """Names that are declared to be set outside of the function."""
    return {name for node in ast.walk(function) if isinstance(node, ast.Global | ast.Nonlocal) for name in node.names}


def _functions(lines: Sequence[str]) -> list[Function]:
    return [node for statement in _parsed(lines) for node in ast.walk(statement) if isinstance(node, Function)]


def _parsed(lines: Sequence[str]) -> list[ast.stmt]:
    """The statements; none where the lines are no Python by themselves."""
    head = "def _():\n" if indentation(next(iter(written(lines)), "")) else ""
    try:
        body = ast.parse(head + "\n".join(lines) + "\n").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    return body[0].body if head and isinstance(body[0], ast.FunctionDef) else body


_Block = tuple[Function | None, list[ast.stmt]]
"""A function with its body, or statements that no function of the region holds."""


def _last_block(lines: Sequence[str]) -> _Block | None:
    """The last function, or method of the last class; None where the lines are no Python by themselves, or do not end with
    one."""
    body = _parsed(lines)
    if not body:
        return None
    while isinstance(body[-1], ast.ClassDef):
        body = body[-1].body
        if not isinstance(body[-1], ast.ClassDef | Function):
            return None
    return (body[-1], body[-1].body) if isinstance(body[-1], Function) else (None, body)


def _name(block: _Block) -> str:
    return block[0].name if block[0] else ""


def _shape(body: Sequence[ast.stmt], depth: int = 0) -> Iterator[tuple[int, type[ast.stmt]]]:
    """How deep each statement is, and of what kind, but for docstrings."""
    for statement in body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue
        yield depth, type(statement)
        for part in ("body", "handlers", "cases", "orelse", "finalbody"):
            inner = getattr(statement, part, ())
            for block in (inner,) if part not in {"handlers", "cases"} else [one.body for one in inner]:
                yield from _shape(block, depth + 1)


def _forgets(now: _Block, then: _Block) -> bool:
    """A parameter or variable that both have is not read any more."""
    if now[0] is None or then[0] is None:
        return False
    both = (_parameters(now[0]) & _parameters(then[0])) | _names(now[1], ast.Store)
    return bool(both & _names(then[1], ast.Load) - _names(now[1], ast.Load, ast.Del))


def _parameters(function: Function) -> set[str]:
    return {node.arg for node in ast.walk(function.args) if isinstance(node, ast.arg)} - _BY_SUPER


def _names(body: Sequence[ast.stmt], *uses: type[ast.expr_context]) -> set[str]:
    """Names in these statements, and in all functions in them, that are used so."""
    nodes = (node for statement in body for node in ast.walk(statement))
    return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, uses)}


def _ends_with_a_variable(block: _Block) -> bool:
    """A function's last statement only sets local variables."""
    function, body = block
    if function is None:
        return False
    match body[-1]:
        case ast.Assign(targets=targets):
            pass
        case ast.AnnAssign(target=target) | ast.AugAssign(target=target):
            targets = [target]
        case _:
            return False
    names = {node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)}
    plain = all(isinstance(node, _PLAIN) for target in targets for node in ast.walk(target))
    return plain and not names & _outer(function) and not _seen_by_inner(function, names)


def _seen_by_inner(function: Function, names: set[str]) -> bool:
    """A function inside of it uses one of the names."""
    inner = (node for node in ast.walk(function) if isinstance(node, _SCOPES) and node is not function)
    return any(isinstance(node, ast.Name) and node.id in names for one in inner for node in ast.walk(one))


def _gives(body: Sequence[ast.stmt]) -> bool:
    """The statements end by giving a value, whichever way they take."""
    return not _runs_on(body) and any(isinstance(node, ast.Return) and node.value is not None for node in ast.walk(body[-1]))


def _runs_on(body: Sequence[ast.stmt]) -> bool:
    """What comes after the statements can be reached."""
    match last := body[-1]:
        case ast.Return() | ast.Raise() | ast.Continue() | ast.Break():
            return False
        case ast.If(body=then, orelse=other):
            return not other or _runs_on(then) or _runs_on(other)
        case ast.With(body=inner) | ast.AsyncWith(body=inner):
            return _runs_on(inner)
        case ast.Try() | ast.TryStar():
            if last.finalbody and not _runs_on(last.finalbody):
                return False
            return _runs_on(last.orelse or last.body) or any(_runs_on(handler.body) for handler in last.handlers)
        case ast.While(test=ast.Constant(value=true)):
            return not true or any(isinstance(node, ast.Break) for node in ast.walk(last))
        case ast.Match(cases=cases):
            return any(_runs_on(case.body) for case in cases)
        case _:
            return True


def _gives_nothing(block: _Block) -> bool:
    """The function says so, or yields its values."""
    function, body = block
    if any(isinstance(node, ast.Yield | ast.YieldFrom) for statement in body for node in ast.walk(statement)):
        return True
    says = function.returns if function else None
    return says is not None and ast.unparse(says).strip("'\"").rpartition(".")[2] in _NOTHING
