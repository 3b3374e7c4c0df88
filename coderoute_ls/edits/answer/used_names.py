"""Names that lines set and use, told from their shape: enough to see that an answer needs lines which it leaves out."""

import re
from collections.abc import Iterable, Iterator, Sequence

from coderoute_ls import syntax
from coderoute_ls.edits.answer.target_region import Place, width
from coderoute_ls.edits.answer.tree_names import unset_names
from coderoute_ls.syntax.code_only import code_only

_NAME = r"[^\W\d]\w*+"
_STRINGS = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'")
_ASSIGNED = re.compile(
    rf"(?:^|[;{{])\s*+(?:(?:let|const|var|val|auto|local|my|mut|final|static|export|public|private)\s++)*"
    rf"(?P<names>[({{\[]?\s*+\$?{_NAME}(?:\s*+,\s*+\$?{_NAME})*+\s*+[)}}\]]?)(?:\s*+:[^=(){{}}]++)?\s*+(?::=|=(?![=>]))"
)
_TYPED = re.compile(
    r"^\s*+(?!(?:return|throw|goto|delete|else|yield|await|break|continue|import|package|using|namespace|new)\b)"
    r"(?:(?:final|static|const|late|public|private|protected|readonly|volatile)\s+)*"
    rf"[\w<>\[\],.*&]+\s+\*?(?P<names>{_NAME})\s*(?:=(?!=)|;)"
)
_LOOP = re.compile(
    rf"\b(?:for|foreach|each)\b\s*\(?\s*(?:(?:let|const|var|auto|final|int)\s+)?(?P<names>[\w\s,$&*()<>]+?)\s+(?:in|of|:)\b"
    rf"|\bcatch\s*\((?:[\w.|<>\s]*\s)?(?P<caught>{_NAME})\s*\)"
)
_LET = re.compile(rf"(?:\b(?:if|guard|while)|,)\s+(?:let|var)\s+(?P<names>{_NAME})")
"""In Swift: a condition that binds."""
_AS = re.compile(rf"\bas\s+\(?(?P<names>{_NAME})")
"""In Python; elsewhere a type is behind it."""
_RANGE = re.compile(rf"\bfor\s+(?P<names>{_NAME}(?:\s*,\s*{_NAME})*)\s*:=")
_WALRUS = re.compile(rf"\(\s*(?P<names>{_NAME})\s*:=")
_PARAMETERS = re.compile(rf"(?:=>|->|\blambda\b|\bdef\b|\bfn\b|\bfunc\b|\bfunction\b|\bfun\b|\|[^|]*\||\bsub\b|\\{_NAME})")
_WORD = re.compile(_NAME)
_INHERIT = re.compile(rf"\binherit\s+(?:\([^()]*\)\s*)?(?P<names>{_NAME}(?:\s+{_NAME})*)")
"""In Nix."""
_USED = re.compile(rf"(?<![\w.\"'@]){_NAME}(?!\s*(?:=(?![=>])|:(?!:)|\w))")
_TYPES_FIRST = frozenset({"c", "cpp", "java", "csharp", "dart", "objective-c", "solidity", "cuda", "groovy"})


def bound(lines: Iterable[str], language: str = "") -> frozenset[str]:
    """Names that the lines set: assignments, loop variables, names after ``as``, in typed languages declarations."""
    found: set[str] = set()
    for line in lines:
        if "=" in line and ";" not in line and "{" not in line and (first := _ASSIGNED.match(line)):
            found.update(_WORD.findall(first["names"]))  # a statement for itself: there is no second one
        for pattern in _others(line, language):
            for match in pattern.finditer(line):
                found.update(_WORD.findall(match[match.lastgroup or 0]))
    return frozenset(found - {"_"})


def _others(line: str, language: str) -> Iterator[re.Pattern[str]]:
    """What else may set names here: a pattern is tried where its signs stand in the line."""
    if "=" in line and (";" in line or "{" in line):
        yield _ASSIGNED
    if ":=" in line:
        yield from (_RANGE, _WALRUS)
    if "for" in line or "each" in line or "catch" in line:
        yield _LOOP
    if language == "swift" and (" let " in line or " var " in line):
        yield _LET
    if language == "python" and " as " in line:
        yield _AS
    if language in _TYPES_FIRST:
        yield _TYPED
    if language == "nix":
        yield _INHERIT


def lost_names(place: Place, new: Sequence[str]) -> list[str]:
    """Names that the region sets, and the answer uses and does not set, and nothing around the region sets."""
    kept, known = dict.fromkeys(new), place.known
    set_before = bound((line for line in known if line not in kept), place.language)
    set_before -= bound((line for line in kept if line not in known), place.language)
    if not set_before:
        return []
    set_now = bound(new, place.language)
    used: list[str] = []
    for line in new:
        code = _STRINGS.sub('""', line)
        if _PARAMETERS.search(code):
            set_now |= frozenset(_WORD.findall(code))
        used += _USED.findall(code)
    candidates = [name for name in dict.fromkeys(used) if name in set_before and name not in set_now]
    if candidates:
        candidates = _in_code(candidates, place, new)
    if not candidates:
        return []
    around = names_around(place)
    return [name for name in candidates if name not in around]


def names_around(place: Place) -> frozenset[str]:
    """Words of the lines around the region whose names it sees."""
    return frozenset(word for line in _scope(place) for word in _WORD.findall(line))


def _in_code(names: Sequence[str], place: Place, new: Sequence[str]) -> list[str]:
    """Those of the names that the region sets in code, not in words, and that the answer's code uses and does not set: by the
    tree, where there is one."""
    set_before = bound(code_only(place.language, "\n".join(place.old)).split("\n"), place.language)
    names = [name for name in names if name in set_before]
    if not names:
        return []
    first = place.row(0)
    told = unset_names(place.language, place.in_place(new), range(-first, len(new) - first), names)
    if told is not None:
        return told
    code = code_only(place.language, "\n".join(new))
    used = frozenset(_USED.findall(code))
    return [name for name in names if name in used]


def _scope(place: Place) -> list[str]:
    """Lines around the region whose names it sees: at the margin, and above it in the function around it."""
    lines = [line for line in (*place.above, *place.below) if line.strip() and not width(line)]
    if width(next((line for line in place.old if line.strip()), "")):
        start = max(
            (
                one.span.start.line
                for one in syntax.definitions_around(place.document, place.first)
                if one.kind in ("function", "method") and one.span.start.line < place.first
            ),
            default=place.first - 40 if not syntax.grammar_of(place.language) else place.first,
        )
        lines += [place.document.line(n) for n in range(max(0, start), place.first)]
    return lines
