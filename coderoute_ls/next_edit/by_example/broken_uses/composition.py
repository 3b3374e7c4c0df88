"""A class that inherited from another one and now holds one: what it called on itself is called on what it holds."""

import re
from collections.abc import Iterator

from coderoute_ls.next_edit.by_example.assembly import Place
from coderoute_ls.next_edit.by_example.broken_uses.broken_use import LIKELY, Evidence, block_end

_BASES = re.compile(r"\bclass\s+(?P<name>\w+)\s*(?:\((?P<bases>[^)]*)\)|extends\s+(?P<base>[\w.]+))")
_CLASS = r"^[ \t]*(?:export\s+)?class\s+%s\b"
_METHOD = re.compile(r"^[ \t]+(?:(?:async|static|public|protected|def)\s+)*(?P<name>\w+)\s*\(", re.MULTILINE)


def composition(evidence: Evidence) -> Iterator[Place]:
    """``self.speak()`` to ``self.animal.speak()``."""
    text = evidence.text
    for match in _BASES.finditer(evidence.old):
        bases = [base.strip() for base in (match["bases"] or match["base"] or "").split(",")]
        for base in filter(None, bases):
            held = re.search(
                rf"\b(?P<me>self|this)\.(?P<name>\w+)\s*(?::[^=\n]+)?=\s*(?:new\s+)?{re.escape(base)}\s*\(", evidence.new
            )
            kept = re.search(rf"\bclass\s+{match['name']}\b[^:{{\n]*\b{re.escape(base)}\b", evidence.new)
            if held is None or kept is not None:
                continue
            inherited = _methods(text.text, text.lines, base, evidence)
            own = _methods(text.text, text.lines, match["name"], evidence)
            yield from _uses(evidence, match["name"], held, inherited - own)


def _block(text: str, lines: list[str], name: str, evidence: Evidence) -> tuple[int, int] | None:
    found = re.search(_CLASS % re.escape(name), text, re.MULTILINE)
    if found is None:
        return None
    first = evidence.text.offsets.line(found.end())
    del lines
    return evidence.text.offsets.start(first + 1), evidence.text.offsets.start(block_end(evidence.text, first))


def _methods(text: str, lines: list[str], name: str, evidence: Evidence) -> set[str]:
    block = _block(text, lines, name, evidence)
    if block is None:
        return set()
    names = {match["name"] for match in _METHOD.finditer(text, *block)}
    return names - {"if", "for", "while", "switch", "catch", "constructor", "return"}


def _uses(evidence: Evidence, name: str, held: re.Match[str], methods: set[str]) -> Iterator[Place]:
    block = _block(evidence.text.text, evidence.text.lines, name, evidence)
    if block is None or not methods:
        return
    names = "|".join(sorted(map(re.escape, methods)))
    for match in evidence.code(rf"\b(?:{held['me']}|super\(\))\.(?=(?:{names})\s*\()", also_strings=True):
        if block[0] <= match.start() < block[1]:
            why = f"`{held['name']}` has the methods of the former base"
            yield evidence.place((match.start(), match.end()), f"{held['me']}.{held['name']}.", "composition", why, LIKELY)
