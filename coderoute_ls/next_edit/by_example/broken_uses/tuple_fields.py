"""A tuple that became a type with named fields: places that still number its items."""

import re
from collections.abc import Iterator

from coderoute_ls.next_edit.by_example.assembly import Place
from coderoute_ls.next_edit.by_example.broken_uses.broken_use import LIKELY, Evidence
from coderoute_ls.next_edit.by_example.broken_uses.signature_reading import enclosed, fields_of, split

_HOLDER = re.compile(r"(?P<name>[A-Za-z_]\w*)\s*:\s*(?P<type>[^\n]+)")
_NUMBERED = {"rust": r"\.(?P<n>\d+)(?![\w(]|\.\d)", "python": r"\[(?P<n>\d+)\]", "swift": r"\.(?P<n>\d+)(?![\w(]|\.\d)"}


def tuple_fields(evidence: Evidence) -> Iterator[Place]:
    """``entries[i].0`` to ``entries[i].path``."""
    language = evidence.text.language
    numbered = _NUMBERED.get(language, r"\[(?P<n>\d+)\]")
    now = {match["name"]: match["type"] for match in _HOLDER.finditer(evidence.new)}
    for match in _HOLDER.finditer(evidence.old):
        items = _items(match["type"])
        kinds = set(re.findall(r"\b[A-Z]\w*", now.get(match["name"], ""))) - set(re.findall(r"\b[A-Z]\w*", match["type"]))
        for kind in kinds:
            fields = fields_of(evidence.all_new, kind)
            if len(items) >= 2 and len(fields) == len(items):
                yield from _uses(evidence, match["name"], numbered, items, fields)


def _items(kind: str) -> list[str]:
    at = re.search(r"[(\[](?=[^)\]]*,)", re.sub(r"\b[Tt]uple\[", "     (", kind))
    if at is None:
        return []
    tuple_at = kind.find("(") if "(" in kind else kind.lower().find("tuple[") + 5
    inside = enclosed(kind, tuple_at) if 0 <= tuple_at < len(kind) else None
    return [item for _, item in split(inside or "")]


def _uses(evidence: Evidence, name: str, numbered: str, items: list[str], fields: list[tuple[str, str]]) -> Iterator[Place]:
    element = r"(?:\[[^\]\n]*\]|\.(?:get|iter|first|last|unwrap|iter_mut)\([^()\n]*\)|\?)*"
    for match in evidence.code(rf"(?<![\w$]){re.escape(name)}{element}{numbered}"):
        number = int(match["n"])
        if number < len(items) and _same(items[number], fields[number][1]):
            start = match.start("n") - 1
            new = f".{fields[number][0]}"
            yield evidence.place((start, match.end()), new, "tuple", f"item {number} is called `{fields[number][0]}` now", LIKELY)


def _same(one: str, two: str) -> bool:
    return "".join(one.split()) == "".join(two.split()).rstrip(",;")
