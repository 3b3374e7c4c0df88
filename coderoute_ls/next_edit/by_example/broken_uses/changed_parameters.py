"""A function whose parameters changed: its calls still pass the old ones."""

import re
from collections.abc import Iterator, Sequence

from coderoute_ls.next_edit.by_example.assembly import Place
from coderoute_ls.next_edit.by_example.broken_uses.broken_use import LIKELY, SURE, Evidence, block_end, word
from coderoute_ls.next_edit.by_example.broken_uses.signature_reading import Signature, enclosed, fields_of, signatures, split

_GO = frozenset({"go", "golang"})
_BINARY = re.compile(r"^([\w.]+)([*/+-])([\w.]+)$")


def parameters(evidence: Evidence) -> Iterator[Place]:
    """Arguments that are dropped, put into another order, passed on, or put into one object."""
    if "(" not in evidence.new or "(" not in evidence.old:
        return
    language = evidence.text.language
    before = {each.name: each for each in signatures(evidence.old, language)}
    for now in signatures(evidence.new, language):
        then = before.get(now.name)
        if then is not None and then.parameters != now.parameters:
            yield from _renamed(evidence, then, now)
            yield from _calls(evidence, then, now)


def _renamed(evidence: Evidence, then: Signature, now: Signature) -> Iterator[Place]:
    """One parameter has another name: its uses in the body."""
    old, new = [each.name for each in then.parameters], [each.name for each in now.parameters]
    differ = [(a, b) for a, b in zip(old, new, strict=False) if a != b]
    if len(old) != len(new) or len(differ) != 1 or not evidence.here:
        return
    (a, b), text = differ[0], evidence.text
    first = evidence.edit.line + now.line
    start, end = text.offsets.start(first), text.offsets.start(block_end(text, first))
    if a in new or b in old or not re.fullmatch(r"[\w$]+", a) or not re.fullmatch(r"[\w$]+", b):
        return
    for match in evidence.code(rf"(?<![.\w$]){re.escape(a)}(?![\w$])"):
        if start <= match.start() < end:
            yield evidence.place((match.start(), match.end()), b, "parameter", f"`{a}` is `{b}` now", SURE)


def _calls(evidence: Evidence, then: Signature, now: Signature) -> Iterator[Place]:
    old, new = [each.name for each in then.parameters], [each.name for each in now.parameters]
    for match in evidence.code(rf"{word(now.name)}\s*\("):
        inside = enclosed(evidence.text.text, match.end() - 1)
        line = evidence.text.offsets.line(match.start())
        head = evidence.text.lines[line][: match.start() - evidence.text.offsets.start(line)]
        if inside is None or re.search(r"\b(?:def|fn|func|function)\s+(?:\([^()]*\)\s*)?$", head):
            continue
        given = [item for _, item in split(inside)]
        if len(given) != len(old) or any(re.match(r"\w+\s*=[^=]|\.\.\.|\*", item) for item in given):
            continue
        start, end = match.end(), match.end() + len(inside)
        made = _arguments(given, old, new) or _object(evidence, given, then, now, line)
        if made is not None and made != inside:
            yield evidence.place((start, end), made, "parameters", f"`{now.name}` takes other parameters now", LIKELY)


def _arguments(given: Sequence[str], old: Sequence[str], new: Sequence[str]) -> str | None:
    """Some were dropped, or the order changed."""
    if not set(new) < set(old) and not (set(new) == set(old) and list(new) != list(old)):
        return None
    by_name = dict(zip(old, given, strict=True))
    return ", ".join(by_name[name] for name in new)


def _object(evidence: Evidence, given: Sequence[str], then: Signature, now: Signature, line: int) -> str | None:
    """All of them are fields of one object now."""
    if len(now.parameters) != 1 or len(then.parameters) < 2:
        return None
    kind = re.sub(r"^[&*\s]+|\bmut\b|<.*|\?$", "", now.parameters[0].type).strip()
    fields = fields_of(evidence.all_new, kind) if re.fullmatch(r"\w+", kind) else []
    by_form = {_form(name): name for name, _ in fields}
    names = [by_form.get(_form(each.name)) for each in then.parameters]
    if not fields or any(name is None for name in names):
        return None
    pairs = [(str(name), item) for name, item in zip(names, given, strict=True)]
    return _literal(evidence, kind, pairs, line)


def _literal(evidence: Evidence, kind: str, pairs: list[tuple[str, str]], line: int) -> str:
    language, head = evidence.text.language, evidence.text.lines[line]
    indent = head[: len(head) - len(head.lstrip())]
    if language in _GO:
        width = max(len(name) for name, _ in pairs) + 1
        spaced = [(name, _BINARY.sub(r"\1 \2 \3", item)) for name, item in pairs]  # as gofmt does where it has the line
        inside = "".join(f"{indent}\t{name + ':':<{width}} {item},\n" for name, item in spaced)
        return f"{kind}{{\n{inside}{indent}}}"
    if language == "python":
        return f"{kind}({', '.join(f'{name}={item}' for name, item in pairs)})"
    inside = ", ".join(name if name == item else f"{name}: {item}" for name, item in pairs)
    return f"{kind} {{ {inside} }}" if language == "rust" else f"{{ {inside} }}"


def _form(name: str) -> str:
    return name.replace("_", "").lower()
