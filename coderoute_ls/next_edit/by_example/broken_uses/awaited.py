"""A function that became asynchronous: its calls have to be awaited, and what awaits has to be asynchronous itself."""

import re
from collections.abc import Iterator

from coderoute_ls.next_edit.by_example.assembly import Place
from coderoute_ls.next_edit.by_example.broken_uses.broken_use import SURE, Evidence, opening_line, word
from coderoute_ls.next_edit.by_example.broken_uses.signature_reading import enclosed, signatures

_NAMES = "python javascript javascriptreact typescript typescriptreact tsx rust csharp"
_LANGUAGES = frozenset(_NAMES.split())
_FUNCTION = {
    "python": re.compile(r"^(?P<indent>\s*)(?P<head>def\s+\w+)"),
    "rust": re.compile(r"^(?P<indent>\s*(?:pub(?:\([^)]*\))?\s+)?)(?P<head>fn\s+\w+)"),
}
_SCRIPT = re.compile(
    r"^(?P<indent>\s*(?:export\s+(?:default\s+)?)?(?:(?:public|private|protected|static|override)\s+)*)(?P<head>(?:function\b|(?!if\b|for\b|while\b|switch\b|catch\b)[\w$]+\s*\([^;]*\)\s*(?::[^;{}=]+)?\{))"
    r"|(?P<arrow>(?:=|:|\()\s*)(?P<ahead>\([^()]*\)\s*(?::[^;{}=]+)?=>\s*\{\s*$)"
)


def awaited(evidence: Evidence) -> Iterator[Place]:
    """``f()`` to ``await f()``, and ``def g`` around it to ``async def g``."""
    language = evidence.text.language
    if language not in _LANGUAGES or "async" not in evidence.new:
        return
    before = {each.name: each.is_async for each in signatures(evidence.old, language)}
    for each in signatures(evidence.new, language):
        if each.is_async and before.get(each.name) is False:
            yield from _calls(evidence, each.name)


def _calls(evidence: Evidence, name: str) -> Iterator[Place]:
    text = evidence.text
    rust = text.language == "rust"
    callers: set[int] = set()
    for match in evidence.code(rf"(?P<before>(?:[\w$\])]+(?:\.|::))*){word(name)}\s*\("):
        line = text.offsets.line(match.start())
        head = text.text[text.offsets.start(line) : match.start()]
        if re.search(r"\b(?:await|def|fn|function|async|new)\s*$", head) or re.search(r"\.\s*$", head):
            continue
        if not match["before"] and re.match(r"\s*(?:async\s+|static\s+)?$", head) and _is_definition(text.text, match.end() - 1):
            continue
        inside = enclosed(text.text, match.end() - 1)
        if inside is None:
            continue
        end = match.end() + len(inside) + 1
        after = text.text[end : end + 12]
        if after.startswith((".await", ".then")):
            continue
        why = f"`{name}` is asynchronous now"
        if rust:
            yield evidence.place((end, end), ".await", "async", why, SURE)
        elif re.match(r"[.\[]", after):
            yield evidence.place((match.start(), end), f"(await {text.text[match.start() : end]})", "async", why, SURE)
        else:
            yield evidence.place((match.start(), match.start()), "await ", "async", why, SURE)
        pattern = _FUNCTION.get(text.language, _SCRIPT)
        caller = opening_line(text, line, pattern)
        if caller >= 0 and caller not in callers:
            callers.add(caller)
            yield from _asynchronous(evidence, caller, pattern, why)


def _is_definition(text: str, at: int) -> bool:
    inside = enclosed(text, at)
    return inside is not None and re.match(r"\s*(?::[^;{}=]+)?\{", text[at + len(inside) + 2 :]) is not None


def _asynchronous(evidence: Evidence, line: int, pattern: re.Pattern[str], why: str) -> Iterator[Place]:
    text = evidence.text
    head = text.lines[line]
    match = pattern.search(head)
    if match is None or re.search(r"\basync\b", head) or re.search(r"\b__init__\b|\bconstructor\b", head):
        return
    group = "head" if match["head"] else "ahead"
    start = text.offsets.start(line) + match.start(group)
    if not evidence.touched(start):
        yield evidence.place((start, start), "async ", "async", why, SURE)
