"""Python's facts, from the standard library's own parser."""

import ast
import builtins
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from coderoute_ls.domain import Span
from coderoute_ls.embedded.explain.facts import Facts, Mark
from coderoute_ls.embedded.explain.python_nodes import (
    LOOPS,
    Definition,
    Function,
    class_of,
    decisions,
    enclosing_functions,
    first_line,
    full_name,
    imported_names,
    is_name,
    names_around,
    nesting,
    parameter_names,
    raised,
    root_name,
    running,
    shortened,
    statements_in,
)
from coderoute_ls.text.markdown_escaping import as_code

_BRANCHES = (ast.If, ast.IfExp, ast.Match)
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
    inside = statements_in(module, region, text)
    if not inside:
        return None
    names = {**imported_names(module), **dict.fromkeys(names_around(module, inside[0]), "")}
    if len(inside) == 1 and isinstance(inside[0], ast.FunctionDef | ast.AsyncFunctionDef):
        return _function(inside[0], names, class_of(module, inside[0]))
    if len(inside) == 1 and isinstance(inside[0], ast.ClassDef):
        return _class(inside[0], names)
    return _piece(module, inside, names)


def _function(node: Function, names: dict[str, str], owner: ast.ClassDef | None) -> Facts:
    own = list(running(node.body))
    parameters = parameter_names(node.args)
    returns = [n for n in own if isinstance(n, ast.Return)]
    yields = [n for n in own if isinstance(n, ast.Yield | ast.YieldFrom)]
    word = "method" if owner else "function"
    title = f"{word} {as_code('.'.join((owner.name, node.name)))}" if owner else f"{word} {as_code(node.name)}"
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
        takes=tuple(as_code(text) for text in _takes(node.args, owner is not None, node)),
        gives=_distinct((as_code(shortened(n.value)), n.lineno) for n in valued if n.value is not None),
        yields=_distinct((as_code(shortened(n.value)) if n.value else "`None`", n.lineno) for n in yields),
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
        for n in running(method.body):
            if first and isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store) and is_name(n.value, first[0].arg):
                sets[f"{first[0].arg}.{n.attr}"] = None
    notes = [f"Inherits from {', '.join(as_code(ast.unparse(base)) for base in node.bases)}."] if node.bases else []
    if node.decorator_list:
        notes.append(f"Decorated with {', '.join(f'`@{ast.unparse(d)}`' for d in node.decorator_list)}.")
    facts = _common(f"class {as_code(node.name)}", node, [n for m in methods for n in m.body], names, frozenset())
    return replace(
        facts,
        said=_said(node),
        members=tuple(Mark(as_code(member.name), member.lineno - 1) for member in members),
        sets=tuple(sets),
        complexity=0,
        notes=tuple(notes),
    )


def _piece(module: ast.Module, inside: Sequence[ast.stmt], names: dict[str, str]) -> Facts:
    first, last = inside[0].lineno, inside[-1].end_lineno or inside[-1].lineno
    nodes = [n for statement in inside for n in ast.walk(statement)]
    stored = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    stored |= {n.name for n in inside if isinstance(n, Definition)}
    around = enclosing_functions(module, inside[0])
    scope = around[-1] if around else module
    later = {n.id for n in ast.walk(scope) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load) and n.lineno > last}
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
        members=tuple(Mark(as_code(n.name), n.lineno - 1) for n in definitions),
    )


def _common(title: str, node: ast.stmt, body: Sequence[ast.stmt], names: dict[str, str], parameters: frozenset[str]) -> Facts:
    own = list(running(body))
    calls = [n for n in own if isinstance(n, ast.Call)]
    stored = {n.id for n in own if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)} | parameters
    branches = [n for n in own if isinstance(n, _BRANCHES)]
    handlers = [n for n in own if isinstance(n, ast.ExceptHandler)]
    raises = [n for n in own if isinstance(n, ast.Raise)]
    return Facts(
        title,
        first_line(node) - 1,
        (node.end_lineno or node.lineno) - 1,
        raises=_distinct((as_code(shortened(raised(n.exc))) if n.exc else "again what it caught", n.lineno) for n in raises),
        handles=_distinct((as_code(ast.unparse(n.type)) if n.type else "everything", n.lineno) for n in handlers),
        calls=_distinct((as_code(shortened(n.func)), n.lineno) for n in calls),
        effects=tuple(_effects(own, calls, names, stored, parameters)),
        branches=len(branches),
        loops=sum(isinstance(n, LOOPS) for n in own),
        nesting=nesting(body),
        complexity=1 + sum(map(decisions, own)),
    )


def _effects(
    own: Sequence[ast.AST], calls: Sequence[ast.Call], names: dict[str, str], local: set[str], parameters: frozenset[str]
) -> Iterator[Mark]:
    """What reaches beyond the piece: the world, globals, objects that were handed in."""
    found: dict[tuple[str, int], None] = {}
    for call in calls:
        does = _OUTSIDE.get(full_name(call.func, names, local))
        if does:
            found[(f"{does} ({as_code(ast.unparse(call.func))})", call.lineno)] = None
    for node in own:
        if isinstance(node, ast.Global | ast.Nonlocal):
            word = "global" if isinstance(node, ast.Global) else "enclosing function's"
            for name in node.names:
                found[(f"may set the {word} {as_code(name)}", node.lineno)] = None
        elif isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
            root = root_name(node)
            if root in parameters:
                found[(f"{'sets' if isinstance(node.ctx, ast.Store) else 'deletes'} {as_code(shortened(node))}", node.lineno)] = (
                    None
                )
    return (Mark(text, line - 1) for text, line in found)


def _signature(node: Function) -> str:
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    word = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
    return f"{word} {node.name}({ast.unparse(node.args)}){returns}"


def _takes(arguments: ast.arguments, method: bool, node: Function) -> list[str]:
    static = any(is_name(d, "staticmethod") for d in node.decorator_list)
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
    return f"{argument.arg}{annotation}" + (f" = {shortened(default)}" if default else "")


def _said(node: Function | ast.ClassDef | ast.Module) -> str:
    words = ast.get_docstring(node) or ""
    return " ".join(words.strip().partition("\n\n")[0].split())[:300]


def _distinct(pairs: Iterable[tuple[str, int]]) -> tuple[Mark, ...]:
    """One mark for each text, at its first line, in order of the lines."""
    first: dict[str, int] = {}
    for text, line in sorted(pairs, key=lambda pair: pair[1]):
        first.setdefault(text, line)
    return tuple(Mark(text, line - 1) for text, line in first.items())
