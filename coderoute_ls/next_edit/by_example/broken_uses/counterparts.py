"""Something opened whose counterpart is missing: the other arm of a match, the unlock, the close."""

import re
from collections.abc import Iterator

from coderoute_ls.next_edit.by_example.assembly import Place
from coderoute_ls.next_edit.by_example.broken_uses.broken_use import LIKELY, Evidence, block_end

_ARM = re.compile(r"^(?P<indent>[ \t]*)(?P<name>Ok|Some)\((?P<bound>[^()\n]*)\)\s*=>\s*\{[ \t]*$", re.MULTILINE)
_OTHER = {"Ok": "Err", "Some": "None"}
_LOCK = re.compile(r"^(?P<indent>[ \t]*)(?P<what>[\w.]+)\.(?P<how>R?)Lock\(\)[ \t]*$", re.MULTILINE)


def other_arm(evidence: Evidence) -> Iterator[Place]:
    """A match on a result or an option with one of its two arms."""
    if evidence.text.language != "rust":
        return
    for match in _ARM.finditer(evidence.new):
        other = _OTHER[match["name"]]
        if re.search(rf"^[ \t]*{match['name']}\(", evidence.old, re.MULTILINE) or re.search(rf"\b{other}\b", evidence.new):
            continue
        close = _arm_end(evidence, match["indent"], match)
        if close is None:
            continue
        text = evidence.text
        start = text.offsets.start(close + 1)
        bound = "None" if other == "None" else f"Err({_error_name(text.text)})"
        yield evidence.place(
            (start, start), f"{match['indent']}{bound} => {{}}\n", "arm", f"the arm `{other}` is missing", LIKELY
        )


def _arm_end(evidence: Evidence, indent: str, match: re.Match[str]) -> int | None:
    """The line that closes the arm, where the match ends right after it."""
    text, lines = evidence.text, evidence.text.lines
    first = 0
    if evidence.here:
        first = evidence.edit.line + evidence.new.count("\n", 0, match.end()) + 1
    outer = [line[: len(line) - len(line.lstrip())] for line in evidence.edit.new if line.lstrip().startswith("match ")]
    for at in range(first, len(lines) - 1):
        if lines[at].rstrip() == f"{indent}}}":
            after = lines[at + 1]
            ends = after.strip().rstrip(";,)?") == "}" and len(after) - len(after.lstrip()) < len(indent)
            inside = not outer or any(after.startswith(f"{each}}}") for each in outer)
            return at if ends and inside and text.part(text.offsets.start(at)) == "code" else None
    return None


def _error_name(text: str) -> str:
    names = re.findall(r"\bErr\((\w+)\)\s*=>", text)
    return max(names, key=names.count) if names else "error"


def unlocked(evidence: Evidence) -> Iterator[Place]:
    """A lock in Go without its unlocking in the same block."""
    if evidence.text.language not in ("go", "golang") or not evidence.here:
        return
    text = evidence.text
    for match in _LOCK.finditer(evidence.new):
        line = evidence.edit.line + evidence.new.count("\n", 0, match.start())
        if match.group() in evidence.old or line + 1 >= len(text.lines):
            continue
        opened = f"{match['what']}.{match['how']}Unlock()"
        first = next((at for at in range(line, -1, -1) if text.lines[at] and not text.lines[at][0].isspace()), 0)
        if opened in "\n".join(text.lines[first : block_end(text, first)]):
            continue
        start = text.offsets.start(line + 1)
        new = f"{match['indent']}defer {opened}\n"
        yield evidence.place((start, start), new, "unlock", f"`{match['what']}` is never unlocked", LIKELY)
