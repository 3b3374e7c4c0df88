"""A variant of an enumeration that now carries something: patterns that still name it bare."""

import re
from collections.abc import Iterator

from coderoute_ls.next_edit.by_example.assembly import Place
from coderoute_ls.next_edit.by_example.broken_uses.broken_use import LIKELY, Evidence, opening_line
from coderoute_ls.next_edit.by_example.broken_uses.signature_reading import split

_ENUM = re.compile(r"\benum\s+(?P<name>\w+)")
_BARE = re.compile(r"^[ \t]*(?P<name>[A-Z]\w*)\s*,?[ \t]*$", re.MULTILINE)
_TOLD = re.compile(r"\s*=>\s*(?:write|writeln|format|println|eprintln)!\((?:f, )?\"(?P<words>[^\"{}\n]*)\"\)")
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
            why = f"`{name}` carries something now"
            yield evidence.place((use.end(), use.end()), bound, "variant", why, LIKELY)
            told = _TOLD.match(evidence.text.text, use.end())
            if told is not None and now["body"][0] == "{" and _others_tell(evidence, kind):
                names = ", ".join(f"{{{each}}}" for each in bound.strip(" {}").split(", "))
                yield evidence.place((told.end("words"), told.end("words")), f": {names}", "variant", why, LIKELY)


def _others_tell(evidence: Evidence, kind: str) -> bool:
    """Whether another variant's text shows what it carries."""
    shows = rf"\b(?:{kind}|Self)::\w+[({{ ]+(?P<bound>\w+)[)}} ]+=>[^\n]*\{{(?P=bound)\}}"
    return re.search(shows, evidence.text.text) is not None


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
