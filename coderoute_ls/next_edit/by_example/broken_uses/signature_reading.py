"""Signatures of functions and fields of types, read from their lines: what a parser cannot give of half a file."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_HEAD = re.compile(
    r"(?P<async>\basync\s+)?(?:\b(?:def|fn|func|function)\s+(?:\([^()]*\)\s*)?(?P<name>[\w$]+)\s*(?:<[^<>()]*>|\[[^\[\]()]*\])?\s*\("
    r"|^[ \t]*(?:(?:public|private|protected|static|export|override|final|readonly|abstract)\s+)*(?P<masync>async\s+)?"
    r"(?P<method>[A-Za-z_$][\w$]*)\s*(?:<[^<>()]*>)?\((?=[^;]*\)\s*(?::[^;{}=]+)?\{)"
    r"|\b(?:const|let|var)\s+(?P<arrow>[\w$]+)\s*=\s*(?P<aasync>async\s+)?(?:function\s*)?\((?=[^;]*?\)\s*(?::[^;{}=]+)?(?:=>|\{)))",
    re.MULTILINE,
)
_WORDS = "if for while switch catch return match with elif function"
_NO_NAMES = frozenset(_WORDS.split())
_CLOSERS = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter, as it is written."""

    name: str
    type: str
    optional: bool


@dataclass(frozen=True, slots=True)
class Signature:
    """A function's head; ``line`` counts from the start of the text."""

    name: str
    parameters: tuple[Parameter, ...]
    is_async: bool
    line: int


def signatures(text: str, language: str) -> list[Signature]:
    """All that a text holds, in its order."""
    found: list[Signature] = []
    for match in _HEAD.finditer(text):
        name = match["name"] or match["method"] or match["arrow"]
        inside = enclosed(text, match.end() - 1)
        if inside is None or name in _NO_NAMES:
            continue
        is_async = bool(match["async"] or match["masync"] or match["aasync"])
        line = text.count("\n", 0, match.start(match.lastgroup or 0) if match["name"] else match.end() - 1)
        found.append(Signature(name, tuple(_parameters(inside, language)), is_async, line))
    return found


def enclosed(text: str, at: int, limit: int = 3_000) -> str | None:
    """What is between the bracket at an offset and its counterpart; None where that does not come."""
    stack: list[str] = []
    quote = ""
    for number in range(at, min(len(text), at + limit)):
        char = text[number]
        if quote:
            quote = "" if char == quote and text[number - 1] != "\\" else quote
        elif char in "\"'`":
            quote = char if not (char == "'" and number + 1 < len(text) and _lifetime(text, number)) else ""
        elif char in _CLOSERS:
            stack.append(_CLOSERS[char])
        elif char in ")]}":
            if not stack or stack.pop() != char:
                return None
            if not stack:
                return text[at + 1 : number]
    return None


def _lifetime(text: str, at: int) -> bool:
    return text[at + 2 : at + 3] != "'" and text[at + 1] != "\\" and re.match(r"'[a-z_]\w*\b(?!')", text[at:]) is not None


def split(inside: str) -> list[tuple[int, str]]:
    """Items between commas that no bracket holds, with their offsets; what is blank is none."""
    found: list[tuple[int, str]] = []
    depth, begin, quote = 0, 0, ""
    for at, char in enumerate(f"{inside},"):
        if quote:
            quote = "" if char == quote and inside[at - 1] != "\\" else quote
        elif char in "\"'`" and at < len(inside) and not (char == "'" and _lifetime(inside, at)):
            quote = char
        elif char in "([{<":
            depth += char != "<" or (at > 0 and inside[at - 1].isalnum())
        elif char in ")]}" or (char == ">" and depth and inside[at - 1] not in "-="):
            depth -= 1
        elif char == "," and depth <= 0:
            item = inside[begin:at]
            if item.strip():
                found.append((begin + len(item) - len(item.lstrip()), item.strip()))
            begin = at + 1
    return found


def _parameters(inside: str, language: str) -> Iterator[Parameter]:
    waiting: list[str] = []
    for _, item in split(inside):
        bare = item.removeprefix("mut ").strip()
        if bare.lstrip("&*").split(":")[0].split()[-1:] in (["self"], ["cls"], ["this"]) or bare in ("*", "/"):
            continue
        head, _, default = bare.partition("=") if "=>" not in bare else (bare, "", "")
        if ":" in head:
            name, _, kind = head.partition(":")
            yield Parameter(name.strip().rstrip("?"), kind.strip(), bool(default) or name.strip().endswith("?"))
            continue
        words = head.split()
        if language in ("go", "golang"):
            if len(words) == 1:
                waiting.append(words[0])
                continue
            kind = " ".join(words[1:])
            yield from (Parameter(name, kind, False) for name in waiting)
            waiting.clear()
            yield Parameter(words[0], kind, False)
        elif len(words) >= 2 and language in ("java", "c", "cpp", "csharp"):
            yield Parameter(words[-1].lstrip("*&"), " ".join(words[:-1]), False)
        elif words:
            yield Parameter(words[0], "", bool(default) or words[0].startswith("*"))
    yield from (Parameter(name, "", False) for name in waiting)


def fields_of(text: str, name: str) -> list[tuple[str, str]]:
    """Names and types of the fields of a type; none where it is not found."""
    head = re.search(rf"\b(?:struct|interface|class|record|type)\s+{re.escape(name)}\b[^{{}}\n;]*[{{:(]", text)
    if head is None:
        return []
    if text[head.end() - 1] == ":":
        return _indented_fields(text[head.end() :])
    inside = enclosed(text, head.end() - 1) or ""
    return [(match["name"], match["type"].strip().rstrip(",;")) for match in _FIELD.finditer(inside)]


_FIELD = re.compile(
    r"^[ \t]*(?:pub(?:\([^)]*\))?\s+|readonly\s+|private\s+|public\s+)?(?P<name>\w+)\??(?:\s*:\s*|[ \t]+)(?P<type>[^\n]+)$",
    re.MULTILINE,
)
_PYTHON_FIELD = re.compile(r"^[ \t]+(?P<name>\w+)\s*:\s*(?P<type>[^=\n]+)")


def _indented_fields(below: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for line in below.split("\n")[1:]:
        match = _PYTHON_FIELD.match(line)
        if match is not None:
            found.append((match["name"], match["type"].strip()))
        elif line.strip() and not line.strip().startswith(("#", '"')):
            break
    return found
