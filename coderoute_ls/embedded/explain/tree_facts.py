"""The facts of a piece of code in the brace languages, from its syntax tree."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from coderoute_ls.domain import Span
from coderoute_ls.embedded.explain.facts import Facts, Mark
from coderoute_ls.embedded.explain.node_kinds import KINDS, Kinds
from coderoute_ls.embedded.index.mentions import callee
from coderoute_ls.syntax import Definition, Node, Tree, definitions, tree
from coderoute_ls.text.markdown_escaping import as_code

_TARGET = re.compile(r"(?:\*|&)?\s*([A-Za-z_$][\w$]*)\s*(?:\.|->|\[|\?\.)")


def tree_facts(language: str, text: str, region: Span) -> Facts | None:
    """Facts of the definition that the region is, or of what lies in it; None without a grammar, or where the text does not
    parse."""
    parsed = tree(language, text)
    kinds = KINDS.get(parsed.grammar.name) if parsed else None
    if parsed is None or kinds is None or parsed.has_error:
        return None
    found = definitions(language, text)
    region = _trimmed(parsed, region)
    definition = next((d for d in found if d.span == region), None) or _sole(found, region)
    if definition is not None:
        return _definition(parsed, kinds, definition, [d for d in found if d.container == definition.name])
    return _piece(parsed, kinds, region, found)


def _definition(parsed: Tree, kinds: Kinds, definition: Definition, members: Sequence[Definition]) -> Facts:
    title = f"{definition.kind} {as_code(definition.name)}"
    if definition.container:
        title = f"{definition.kind} {as_code('.'.join((definition.container, definition.name)))}"
    if definition.body is None:
        return Facts(title, definition.span.start.line, definition.span.end.line, signature=definition.signature)
    node = _node_at(parsed, definition.span, definition.body)
    parameters = [] if node is None else _parameters(node)
    inside = [m for m in members if definition.body.contains(m.span)]
    within = _within(parsed, definition.body)
    if definition.kind not in {"function", "method"}:
        facts = _common(kinds, title, definition.span, [n for node in within for n in node.walk() if n.named], [])
        members_in_order = tuple(Mark(as_code(m.name), m.name_span.start.line) for m in inside)
        return replace(facts, signature=definition.signature, members=members_in_order, complexity=0)
    facts = _common(kinds, title, definition.span, list(_own(within, kinds)), parameters)
    takes = tuple(as_code(" ".join(p.split())) for p in parameters)
    tail = _tail_value(parsed, definition.body)
    return replace(facts, signature=definition.signature, takes=takes, gives=(*facts.gives, *tail))


def _tail_value(parsed: Tree, body: Span) -> tuple[Mark, ...]:
    """The last expression of a block in Rust is its value."""
    if parsed.grammar.name != "rust":
        return ()
    block = next((n for n in _within(parsed, body) if n.kind == "block"), None)
    last = block.named_children[-1] if block and block.named_children else None
    if last is None or last.kind.endswith(("_statement", "_declaration", "_item", "comment")):
        return ()
    return (Mark(as_code(_short(last.text)), last.span.start.line),)


def _piece(parsed: Tree, kinds: Kinds, region: Span, found: Sequence[Definition]) -> Facts | None:
    within = _within(parsed, region)
    if not within:
        return None
    first, last = region.start.line, region.end.line
    whole = region.start.line == 0 and region.end == parsed.position(len(parsed.text.rstrip()))
    title = "this file" if whole else f"lines {first + 1}–{last + 1}" if last > first else f"line {first + 1}"
    inside = [d for d in found if region.contains(d.span) and not any(o is not d and _holds(o, d) for o in found)]
    if not inside:
        return _common(kinds, title, region, list(_own(within, kinds)), [])
    facts = _common(kinds, title, region, [n for node in within for n in node.walk() if n.named], [])
    return replace(facts, complexity=0, members=tuple(Mark(as_code(d.name), d.name_span.start.line) for d in inside))


def _common(kinds: Kinds, title: str, span: Span, own: Sequence[Node], parameters: Sequence[str]) -> Facts:
    branches = [n for n in own if n.kind in kinds.branches]
    loops = [n for n in own if n.kind in kinds.loops]
    handlers = [n for n in own if n.kind in kinds.handlers]
    either = sum(n.kind == "binary_expression" and any(c.text in {"&&", "||"} for c in n.children) for n in own)
    calls = [(n, _called(n)) for n in own if n.kind in kinds.calls]
    raises = [_value(n) for n in own if n.kind in kinds.raises]
    panics = [(as_code(name), n) for n, name in calls if name in {"panic", "panic!", "unreachable!", "todo!", "abort"}]
    return Facts(
        title,
        span.start.line,
        span.end.line,
        gives=_distinct(_value(n) for n in own if n.kind in kinds.returns and len(n.named_children)),
        yields=_distinct(_value(n) for n in own if n.kind in kinds.yields),
        raises=_distinct([*raises, *panics]),
        handles=_distinct((_handled(n), n) for n in handlers),
        calls=_distinct((as_code(name), n) for n, name in calls),
        effects=_distinct(_effects(own, kinds, parameters)),
        branches=len(branches),
        loops=len(loops),
        nesting=max((_depth(n, kinds, span) for n in (*branches, *loops)), default=0),
        complexity=1 + len(branches) + len(loops) + len(handlers) + either,
        notes=_notes(own, kinds),
    )


def _effects(own: Sequence[Node], kinds: Kinds, parameters: Sequence[str]) -> Iterator[tuple[str, Node]]:
    """Assignments to parts of what was handed in, or of the method's own object."""
    names = {match for parameter in parameters for match in re.findall(r"[A-Za-z_$][\w$]*", parameter)} | {kinds.own}
    for node in own:
        if node.kind not in kinds.assignments:
            continue
        left = node.field("left") or node.field("argument") or (node.named_children or [node])[0]
        match = _TARGET.match(left.text)
        if match and match.group(1) in names:
            yield f"sets {as_code(_short(left.text))}", node


def _notes(own: Sequence[Node], kinds: Kinds) -> tuple[str, ...]:
    waits = next((n for n in own if n.kind == "await_expression"), None)
    early = sum(n.kind == "try_expression" for n in own)
    notes = [f"It awaits, first in line {waits.span.start.line + 1}."] if waits else []
    if early:
        notes.append(f"`?` may return early in {early} {'place' if early == 1 else 'places'}.")
    if any(n.kind in {"go_statement", "defer_statement"} for n in own):
        words = sorted({n.kind.removesuffix("_statement") for n in own if n.kind in {"go_statement", "defer_statement"}})
        notes.append(f"It uses {' and '.join(as_code(word) for word in words)}.")
    return tuple(notes)


def _own(nodes: Iterable[Node], kinds: Kinds) -> Iterator[Node]:
    """These nodes and those below that run when they run, in order."""
    for node in nodes:
        if node.kind in kinds.functions:
            continue
        if node.named:
            yield node
        yield from _own(node.children, kinds)


def _within(parsed: Tree, span: Span) -> list[Node]:
    """The outermost nodes that lie wholly in the span."""
    start, end = parsed.offset(span.start), parsed.offset(span.end)
    found: list[Node] = []
    pending = [parsed.root]
    while pending:
        node = pending.pop()
        if start <= node.start and node.end <= end:
            found.append(node)
        elif node.start < end and start < node.end:
            pending.extend(reversed(node.children))
    return found


def _node_at(parsed: Tree, span: Span, body: Span) -> Node | None:
    """The definition's node: the one whose body this is."""
    node = parsed.root.at(parsed.offset(body.start))
    for candidate in (node, *node.ancestors()):
        if candidate.span.start < body.start and span.contains(candidate.span):
            return candidate
    return None


def _parameters(node: Node) -> list[str]:
    holder = node.field("parameters")
    declarator = node.field("declarator")
    while holder is None and declarator is not None:
        holder, declarator = declarator.field("parameters"), declarator.field("declarator")
    return [] if holder is None else [child.text for child in holder.named_children if "comment" not in child.kind]


def _called(node: Node) -> str:
    if node.kind == "macro_invocation":
        return f"{node.field('macro').text}!" if node.field("macro") else ""  # pyright: ignore[reportOptionalMemberAccess]
    what = node.field("constructor") or node.field("type")
    if what is not None and node.kind in {"new_expression", "object_creation_expression"}:
        return f"new {_short(what.text)}"
    function = node.field("function")
    if function is not None:
        return _short(function.text)
    owner = node.field("object")
    return f"{_short(owner.text)}.{callee(node)}" if owner is not None else callee(node)


def _handled(node: Node) -> str:
    kind = next((c for c in node.children if c.kind in {"catch_formal_parameter", "parameter_list"}), None)
    return as_code(_short(kind.text)) if kind else "everything"


def _value(node: Node) -> tuple[str, Node]:
    children = node.named_children
    return as_code(_short(children[0].text)) if children else "nothing", node


def _depth(node: Node, kinds: Kinds, span: Span) -> int:
    """How many branches and loops inside the span hold this one, itself included; an ``else if`` is no deeper than its ``if``."""
    depth, last, below = 1, node, node
    for above in node.ancestors():
        if not span.contains(above.span) or above.kind in kinds.functions:
            break
        if above.kind in kinds.branches or above.kind in kinds.loops:
            directly = below.start == last.start or (below.kind == "else_clause" and below.named_children[0].start == last.start)
            chained = directly and last.kind == above.kind and above.kind in kinds.branches
            depth += int(not chained)
            last = above
        below = above
    return depth


def _trimmed(parsed: Tree, region: Span) -> Span:
    """Without the blanks at its ends."""
    start, end = parsed.offset(region.start), parsed.offset(region.end)
    text = parsed.text[start:end]
    start += len(text) - len(text.lstrip())
    return Span(parsed.position(start), parsed.position(max(start, start + len(text.strip()))))


def _sole(found: Sequence[Definition], region: Span) -> Definition | None:
    """The one outermost definition in the region, where nothing else lies in it; or the innermost one around a bare cursor."""
    if region.empty:
        return max((d for d in found if d.span.contains(region)), key=lambda d: d.span.start, default=None)
    return next(
        (d for d in found if d.span.contains(region) and d.span.start.line == region.start.line and d.span.end == region.end),
        None,
    )


def _holds(outer: Definition, inner: Definition) -> bool:
    return outer.span.contains(inner.span) and outer.span != inner.span


def _distinct(pairs: Iterable[tuple[str, Node]]) -> tuple[Mark, ...]:
    """One mark for each text, at its first line."""
    first: dict[str, int] = {}
    for text, node in sorted(((text, node) for text, node in pairs), key=lambda pair: pair[1].start):
        first.setdefault(text, node.span.start.line)
    return tuple(Mark(text, line) for text, line in first.items() if text not in {"", "``"})


def _short(text: str) -> str:
    text = " ".join(text.replace("`", "'").split())
    return text if len(text) <= 60 else text[:57] + "…"
