"""A variant of an enumeration that now carries something: patterns that still name it bare."""

import re
from collections.abc import Iterator

from coderoute_ls.next_edit.examples.assembly import Place
from coderoute_ls.next_edit.examples.traces.signatures import split
from coderoute_ls.next_edit.examples.traces.trace import LIKELY, Evidence, opening_line

_ENUM = re.compile(r"\benum\s+(?P<name>\w+)")
_BARE = re.compile(r"^[ \t]*(?P<name>[A-Z]\w*)\s*,?[ \t]*$", re.MULTILINE)
_PATTERN = r"(?=\s*(?:\|[^|]|=>|if\b|\)\s*=>|=[^=>]))"


def enum_payload(evidence: Evidence) -> Iterator[Place]:
    """``State::Lost =>`` to ``State::Lost { reason } =>``."""
    if evidence.text.language != "rust":
        return
    for match in _BARE.finditer(evidence.old):
        name = match["name"]
        now = re.search(rf"^[ \t]*{name}[ \t]*(?P<body>\{{[^{{}}]*\}}|\([^()]*\))", evidence.new, re.MULTILINE)
        kind = _enum_around(evidence)
        if now is None or kind is None:
            continue
        bound = _bound(now["body"])
        for use in evidence.code(rf"\b(?:{kind}|Self)::{name}\b(?!\s*[({{:]){_PATTERN}"):
            yield evidence.place((use.end(), use.end()), bound, "variant", f"`{name}` carries something now", LIKELY)


def _bound(body: str) -> str:
    if body[0] == "(":
        return f"({', '.join('_' for _ in split(body[1:-1]))})"
    names = [item.split(":")[0].strip() for _, item in split(body[1:-1])]
    return f" {{ {', '.join(names)} }}"


def _enum_around(evidence: Evidence) -> str | None:
    if not evidence.here:
        return None
    line = opening_line(evidence.text, evidence.edit.line, _ENUM)
    match = _ENUM.search(evidence.text.lines[line]) if line >= 0 else None
    return match["name"] if match else None
