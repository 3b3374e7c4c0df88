"""Secrets that take several lines: PEM and PuTTY keys, runs of key material, the data of a Kubernetes secret."""

from collections.abc import Iterator

from coderoute_ls.ignore.secrets.named_values import Found
from coderoute_ls.ignore.secrets.plausible import REDACTED, drawn, example
from coderoute_ls.text import split_lines
from coderoute_ls.text.lazy_regex import LatePattern

MARKS = ("-----", "private-", "kind")
"""What a line holds that announces a secret of several lines, in lower case."""
LONG_WORD = 40
_BASE64_LINE = r"[ \t]*(?:[#*/;>+-]+[ \t]*|b?['\"])?[A-Za-z0-9+/=]{40,76}(?:\\n)?['\"]?[ \t]*[,+\\)]*[ \t]*"
_AFTER_BEGIN = LatePattern(
    # As far as the text goes on looking like key material: the end marker may lie outside of a window.
    r"-----BEGIN [A-Za-z0-9 ]+-----(?P<secret>(?:[\s\\nr'\"+,()#*/;>-]*(?:[A-Za-z0-9+/=]{12,}|[A-Z][\w-]+: [^\r\n]*))+"
    r"(?:[\s\\nr'\"+,]*[A-Za-z0-9+/=]{1,12}(?=[\s\\nr'\"+,]*(?:-----END|\Z)))?)"
)
_BEFORE_END = LatePattern(
    # The lines above an end marker, as long as each is one word of key material, however short the last one is.
    r"(?<![^\r\n])(?P<secret>(?:" + _BASE64_LINE.replace("{40,76}", "{2,76}") + r"(?:\r\n|\n|\r))+)[^\r\n]*"
    r"(?=-----END [A-Za-z0-9 ]+-----)"
)
_MATERIAL = LatePattern(
    # Two lines or more, and what may be their last, shorter one.
    r"(?P<secret>(?:(?<![^\r\n])" + _BASE64_LINE + r"(?:\r\n|\n|\r|\Z)){2,}"
    r"(?:[ \t#*/;b'\"]*(?:[A-Za-z0-9+/]{16,39}|[A-Za-z0-9+/]{2,39}={1,2})(?![^\s'\"\\]))?)"
)
_PUTTY = LatePattern(
    r"(?m)^Private-Lines: \d+(?:\r\n|\n|\r)(?P<secret>(?:[A-Za-z0-9+/=]{2,80}(?:\r\n|\n|\r|\Z))+)"
    r"|^Private-MAC: (?P<mac>[a-f0-9]{32,})"
)
_KIND_SECRET = LatePattern(r"(?m)^[ \t]*['\"]?kind['\"]?: {0,4}['\"]?(?:Sealed)?Secret\b")
_DATA = LatePattern(r"^(?P<indent>[ \t]*)(?:data|stringData):[ \t]*$")
_ENTRY = LatePattern(
    r"^(?P<indent>[ \t]+)[\w.'\"-]+:[ \t]*(?:[|>][+-]?[ \t]*$|['\"]?(?P<value>[^\s'\"]{3,})['\"]?[ \t]*(?:#.*)?$)"
)


def marks(line: str) -> bool:
    """Whether the line announces a secret of several lines."""
    return "-----" in line or "Private-" in line or ("kind" in line and _KIND_SECRET.match(line) is not None)


def ends_long(line: str) -> bool:
    """Whether the last word is as long as a line of key material."""
    words = line.split() if len(line) >= LONG_WORD else []
    return bool(words) and len(words[-1]) >= LONG_WORD


def marked(text: str) -> Iterator[Found]:
    """The secrets of several lines that a marker announces. May overlap."""
    if "-----BEGIN" in text:
        yield from _spans(_AFTER_BEGIN, "private-key", text)
    if "-----END" in text:
        yield from _spans(_BEFORE_END, "private-key", text)
    if "Private-" in text:
        yield from _spans(_PUTTY, "private-key", text)
    if _KIND_SECRET.search(text):
        yield from _kubernetes(text)


def material(text: str, begin: int, stop: int) -> Iterator[Found]:
    """Key material without a marker, in a stretch of lines that each end in a long word, with the line after them."""
    for match in _MATERIAL.finditer(text, begin, stop):
        if drawn(match["secret"], 40.0):
            yield Found(*match.span("secret"), "key-material")


def _spans(pattern: LatePattern, kind: str, text: str) -> Iterator[Found]:
    for match in pattern.finditer(text):
        for group in ("secret", "mac") if "mac" in pattern.compiled.groupindex else ("secret",):
            if match[group] is not None and match[group].strip("\r\n '\"\\n,+#*/;>-") not in (REDACTED, ""):
                yield Found(*match.span(group), kind)


def _kubernetes(text: str) -> Iterator[Found]:
    """Whatever is below ``data:`` in a YAML document of kind Secret."""
    at, lines = 0, split_lines(text)
    documents: list[list[tuple[int, str]]] = [[]]
    for line in lines:
        if line.startswith("---"):
            documents.append([])
        documents[-1].append((at, line.rstrip("\r\n")))
        at += len(line)
    for document in documents:
        if any(_KIND_SECRET.match(line) for _, line in document):
            yield from _data(document)


def _data(document: list[tuple[int, str]]) -> Iterator[Found]:
    indent: str | None = None
    scalar: int | None = None
    for at, line in document:
        if begins := _DATA.match(line):
            indent, scalar = begins["indent"], None
            continue
        if indent is None or not line.strip():
            continue
        depth = len(line) - len(line.lstrip())
        if depth <= len(indent):
            indent = None
            continue
        if scalar is not None and depth > scalar:
            word = line.strip()
            if word != REDACTED:
                yield Found(at + depth, at + depth + len(word), "kubernetes-secret")
            continue
        entry = _ENTRY.match(line)
        scalar = depth if entry is not None and entry["value"] is None else None
        if entry is not None and entry["value"] is not None and not example(entry["value"]):
            yield Found(at + entry.start("value"), at + entry.end("value"), "kubernetes-secret")
