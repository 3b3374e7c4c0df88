"""Python's facts, from the standard library's own parser."""

import ast
import builtins
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import cast

from coderoute_ls.domain import Position, Span
from coderoute_ls.embedded.facts import Facts, Mark

Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_BRANCHES = (ast.If, ast.IfExp, ast.Match)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_NESTING = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.TryStar, ast.Match)
_OUTSIDE = {
    "print": "writes to standard output",
    "input": "reads standard input",
    "open": "opens a file",
    "os.remove": "deletes a file",
    "os.unlink": "deletes a file",
    "os.rename": "renames a file",
    "os.replace": "renames a file",
    "os.mkdir": "makes a folder",
    "os.makedirs": "makes folders",
    "os.system": "runs a command",
    "shutil.rmtree": "deletes a folder",
    "shutil.copy": "copies a file",
    "shutil.move": "moves a file",
    "subprocess.run": "runs a process",
    "subprocess.Popen": "starts a process",
    "subprocess.call": "runs a process",
    "subprocess.check_call": "runs a process",
    "subprocess.check_output": "runs a process",
    "sys.exit": "ends the program",
    "time.sleep": "waits",
    "urllib.request.urlopen": "asks the network",
    "socket.create_connection": "opens a connection",
}
"""What these functions of the standard library do to the world; looked up after imports and shadowing were resolved."""


def python_facts(text: str, region: Span) -> Facts | None:
    """Facts of the definition that the region is, or of its statements; None when the text does not parse or nothing whole
    lies in the region."""
    try:
        module = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None
    names = _imported(module)
    inside = _statements(module, region, text)
    if not inside:
        return None
    if len(inside) == 1 and isinstance(inside[0], ast.FunctionDef | ast.AsyncFunctionDef):
        return _function(inside[0], names, _class_of(module, inside[0]))
    if len(inside) == 1 and isinstance(inside[0], ast.ClassDef):
        return _class(inside[0], names)
    return _piece(module, inside, names)


def _function(node: Function, names: dict[str, str], owner: ast.ClassDef | None) -> Facts:
    own = list(_own(node.body))
    parameters = _parameters(node.args)
    returns = [n for n in own if isinstance(n, ast.Return)]
    yields = [n for n in own if isinstance(n, ast.Yield | ast.YieldFrom)]
    word = "method" if owner else "function"
    title = f"{word} `{owner.name}.{node.name}`" if owner else f"{word} `{node.name}`"
    notes = [f"Decorated with {', '.join(f'`@{ast.unparse(d)}`' for d in node.decorator_list)}."] if node.decorator_list else []
    if isinstance(node, ast.AsyncFunctionDef):
        notes.append(
            "It is a coroutine: calling it only makes it, awaiting it runs it." if not yields else "It is an async generator."
        )
    elif yields:
        notes.append("It is a generator: calling it runs nothing until it is iterated.")
    valued = [n for n in returns if n.value is not None]
    if not valued and not yields:
        notes.append("It returns nothing (`None`).")
    facts = _common(title, node, node.body, names, parameters)
    return replace(
        facts,
        signature=_signature(node),
        said=_said(node),
        takes=tuple(f"`{text}`" for text in _takes(node.args, owner is not None, node)),
        gives=_distinct((f"`{_short(n.value)}`", n.lineno) for n in valued if n.value is not None),
        yields=_distinct((f"`{_short(n.value)}`" if n.value else "`None`", n.lineno) for n in yields),
        notes=tuple(notes),
    )


def _class(node: ast.ClassDef, names: dict[str, str]) -> Facts:
    members = [n for n in node.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)]
    fields = [n.target.id for n in node.body if isinstance(n, ast.AnnAssign) and isinstance(n.target, ast.Name)]
    fields += [t.id for n in node.body if isinstance(n, ast.Assign) for t in n.targets if isinstance(t, ast.Name)]
    methods = [n for n in members if not isinstance(n, ast.ClassDef)]
    sets: dict[str, None] = dict.fromkeys(fields)
    for method in methods:
        first = (method.args.posonlyargs + method.args.args)[:1]
        for n in _own(method.body):
            if first and isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store) and _is_name(n.value, first[0].arg):
                sets[f"{first[0].arg}.{n.attr}"] = None
    notes = [f"Inherits from {', '.join(f'`{ast.unparse(base)}`' for base in node.bases)}."] if node.bases else []
    if node.decorator_list:
        notes.append(f"Decorated with {', '.join(f'`@{ast.unparse(d)}`' for d in node.decorator_list)}.")
    facts = _common(f"class `{node.name}`", node, [n for m in methods for n in m.body], names, frozenset())
    return replace(
        facts,
        said=_said(node),
        members=tuple(Mark(f"`{member.name}`", member.lineno - 1) for member in members),
        sets=tuple(sets),
        complexity=0,
        notes=tuple(notes),
    )


def _piece(module: ast.Module, inside: Sequence[ast.stmt], names: dict[str, str]) -> Facts:
    first, last = inside[0].lineno, inside[-1].end_lineno or inside[-1].lineno
    nodes = [n for statement in inside for n in ast.walk(statement)]
    stored = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    stored |= {n.name for n in inside if isinstance(n, Definition)}
    own = {id(n) for n in nodes}
    later = {n.id for n in ast.walk(module) if isinstance(n, ast.Name) and id(n) not in own and isinstance(n.ctx, ast.Load)}
    used = [n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)]
    outside = [name for name in dict.fromkeys(used) if name not in stored and not hasattr(builtins, name)]
    whole = inside[0].lineno == 1 or len(inside) == len(module.body)
    title = (
        "this file" if whole and len(inside) == len(module.body) else f"lines {first}–{last}" if last > first else f"line {first}"
    )
    definitions = [n for n in inside if isinstance(n, Definition)]
    bodies = [
        n for d in definitions for f in ast.walk(d) if isinstance(f, ast.FunctionDef | ast.AsyncFunctionDef) for n in f.body
    ]
    facts = _common(title, inside[0], [*inside, *bodies], names, frozenset())
    return replace(
        facts,
        complexity=0 if definitions else facts.complexity,
        last=last - 1,
        said=_said(module) if title == "this file" else "",
        uses=() if title == "this file" else tuple(outside),
        sets=tuple(name for name in sorted(stored) if name in later),
        members=tuple(Mark(f"`{n.name}`", n.lineno - 1) for n in definitions),
    )


def _common(title: str, node: ast.stmt, body: Sequence[ast.stmt], names: dict[str, str], parameters: frozenset[str]) -> Facts:
    own = list(_own(body))
    calls = [n for n in own if isinstance(n, ast.Call)]
    stored = {n.id for n in own if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)} | parameters
    branches = [n for n in own if isinstance(n, _BRANCHES)]
    handlers = [n for n in own if isinstance(n, ast.ExceptHandler)]
    raises = [n for n in own if isinstance(n, ast.Raise)]
    return Facts(
        title,
        _first_line(node) - 1,
        (node.end_lineno or node.lineno) - 1,
        raises=_distinct((f"`{_short(_raised(n.exc))}`" if n.exc else "again what it caught", n.lineno) for n in raises),
        handles=_distinct((f"`{ast.unparse(n.type)}`" if n.type else "everything", n.lineno) for n in handlers),
        calls=_distinct((f"`{_short(n.func)}`", n.lineno) for n in calls),
        effects=tuple(_effects(own, calls, names, stored, parameters)),
        branches=len(branches),
        loops=sum(isinstance(n, _LOOPS) for n in own),
        nesting=_nesting(body),
        complexity=1 + sum(map(_decisions, own)),
    )


def _effects(
    own: Sequence[ast.AST], calls: Sequence[ast.Call], names: dict[str, str], local: set[str], parameters: frozenset[str]
) -> Iterator[Mark]:
    """What reaches beyond the piece: the world, globals, objects that were handed in."""
    found: dict[tuple[str, int], None] = {}
    for call in calls:
        does = _OUTSIDE.get(_resolved(call.func, names, local))
        if does:
            found[(f"{does} (`{ast.unparse(call.func)}`)", call.lineno)] = None
    for node in own:
        if isinstance(node, ast.Global | ast.Nonlocal):
            word = "global" if isinstance(node, ast.Global) else "enclosing function's"
            for name in node.names:
                found[(f"may set the {word} `{name}`", node.lineno)] = None
        elif isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
            root = _root(node)
            if root in parameters:
                found[(f"{'sets' if isinstance(node.ctx, ast.Store) else 'deletes'} `{_short(node)}`", node.lineno)] = None
    return (Mark(text, line - 1) for text, line in found)


def _decisions(node: ast.AST) -> int:
    """How many more ways through the code this node opens (McCabe)."""
    if isinstance(node, ast.BoolOp):
        return len(node.values) - 1
    if isinstance(node, ast.comprehension):
        return 1 + len(node.ifs)
    if isinstance(node, ast.Match):
        return len(node.cases)
    return int(isinstance(node, (ast.If, ast.IfExp, *_LOOPS, ast.ExceptHandler)))


def _nesting(body: Sequence[ast.stmt]) -> int:
    """How deep blocks lie in blocks; an ``elif`` lies no deeper than its ``if``."""
    deepest = 0
    for statement in body:
        if isinstance(statement, _SCOPES):
            continue
        below = 0
        for name, block in _blocks(statement):
            chained = name == "orelse" and isinstance(statement, ast.If) and len(block) == 1 and isinstance(block[0], ast.If)
            below = max(below, _nesting(block) - int(chained))
        deepest = max(deepest, below + int(isinstance(statement, _NESTING)))
    return deepest


def _blocks(node: ast.AST) -> Iterator[tuple[str, list[ast.stmt]]]:
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


def _own(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """The nodes that run when the body runs: without the bodies of functions and classes defined in it."""
    for node in body:
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _own([*node.decorator_list, *node.args.defaults, *(d for d in node.args.kw_defaults if d)])
        elif isinstance(node, ast.Lambda):
            yield from _own([*node.args.defaults, *(d for d in node.args.kw_defaults if d)])
        elif isinstance(node, ast.ClassDef):
            yield from _own([*node.decorator_list, *node.bases])
        else:
            yield from _own(ast.iter_child_nodes(node))


def _imported(module: ast.Module) -> dict[str, str]:
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


def _resolved(func: ast.expr, names: dict[str, str], local: set[str]) -> str:
    """The function's full name; "" when a local name or a definition of this file stands before it."""
    root, _, rest = ast.unparse(func).partition(".")
    if root in local:
        return ""
    known = names.get(root, root if hasattr(builtins, root) else "")
    return f"{known}.{rest}" if known and rest else known


def _statements(module: ast.Module, region: Span, text: str) -> list[ast.stmt]:
    """The statements that lie in the region, of the innermost block that holds them all; or the definition that holds it."""
    lines = text.splitlines()
    start, end = region
    while start.line < end.line and not (lines[start.line][start.character :] if start.line < len(lines) else "").strip():
        start = Position(start.line + 1, 0)
    first, last = start.line + 1, end.line + 1 if end.character or start.line == end.line else end.line
    best: list[ast.stmt] = []
    holder: ast.stmt | None = None
    for node in ast.walk(module):
        for _, block in _blocks(node):
            inside = [n for n in block if first <= _first_line(n) and (n.end_lineno or n.lineno) <= last]
            if inside and (not best or _first_line(inside[0]) < _first_line(best[0])):
                best = inside
            for n in block:
                if isinstance(n, Definition) and _first_line(n) <= first and last <= (n.end_lineno or n.lineno):
                    holder = n
    return best or ([holder] if holder else [])


def _class_of(module: ast.Module, function: Function) -> ast.ClassDef | None:
    return next((n for n in ast.walk(module) if isinstance(n, ast.ClassDef) and function in n.body), None)


def _first_line(node: ast.stmt) -> int:
    decorators = node.decorator_list if isinstance(node, Definition) else []
    return min([node.lineno, *(d.lineno for d in decorators)])


def _signature(node: Function) -> str:
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    word = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
    return f"{word} {node.name}({ast.unparse(node.args)}){returns}"


def _takes(arguments: ast.arguments, method: bool, node: Function) -> list[str]:
    static = any(_is_name(d, "staticmethod") for d in node.decorator_list)
    positional = arguments.posonlyargs + arguments.args
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults)) + list(arguments.defaults)
    pairs = list(zip(positional, defaults, strict=True))
    if method and not static:
        pairs = pairs[1:]
    taken = [_parameter(argument, default) for argument, default in pairs]
    if arguments.vararg:
        taken.append("*" + _parameter(arguments.vararg, None))
    taken += [_parameter(a, d) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]
    if arguments.kwarg:
        taken.append("**" + _parameter(arguments.kwarg, None))
    return taken


def _parameter(argument: ast.arg, default: ast.expr | None) -> str:
    annotation = f": {ast.unparse(argument.annotation)}" if argument.annotation else ""
    return f"{argument.arg}{annotation}" + (f" = {_short(default)}" if default else "")


def _parameters(arguments: ast.arguments) -> frozenset[str]:
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    return frozenset(argument.arg for argument in every if argument)


def _said(node: Function | ast.ClassDef | ast.Module) -> str:
    words = ast.get_docstring(node) or ""
    return " ".join(words.strip().partition("\n\n")[0].split())[:300]


def _raised(exception: ast.expr) -> ast.expr:
    return exception.func if isinstance(exception, ast.Call) else exception


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _short(node: ast.expr) -> str:
    text = ast.unparse(node).replace("`", "'")
    return text if len(text) <= 60 else text[:57] + "…"


def _distinct(pairs: Iterable[tuple[str, int]]) -> tuple[Mark, ...]:
    """One mark for each text, at its first line, in order of the lines."""
    first: dict[str, int] = {}
    for text, line in sorted(pairs, key=lambda pair: pair[1]):
        first.setdefault(text, line)
    return tuple(Mark(text, line - 1) for text, line in first.items())
