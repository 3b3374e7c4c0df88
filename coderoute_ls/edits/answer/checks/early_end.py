"""Answers that were closed too early: brackets end what the model did not finish, or the last line does not end its statement."""

import re
from collections.abc import Sequence

from coderoute_ls.edits.answer.lines.similar_lines import similar
from coderoute_ls.edits.answer.target_region import Place, closes, width, written
from coderoute_ls.syntax import Definition

CUT = "The answer ends in the middle of a statement."
_GIVES = re.compile(r"\s*return\b(?!\s*;?\s*$|\s+(?:null|undefined)\s*;?\s*$)")
_ONLY_SOMETIMES = re.compile(r"\s*(?:if|guard|for|foreach|while)\b")
_NO_VALUE = re.compile(r"\b(?:void|Unit|never|NoReturn)\b|^func\s*(?:\([^()]*\)\s*)?\w+\s*\([^()]*\)\s*\{?$")
_TYPED = re.compile(r"->|\)\s*:")
"""What stands before the type of a result."""
_FOR_EVER = re.compile(r"\s*(?:while\s*\(?\s*(?:true|1)\b|for\s*(?:\(\s*;\s*;|\{)|loop\b)", re.IGNORECASE)
_BY_LAST = frozenset({"python", "ruby", "elixir", "julia", "scala", "r", "perl", "crystal", "lisp", "clojure"})
"""Python, which has a rule of its own, and those in which a condition's own value is what a function gives."""
_FEW = 3
"""Lines that a block without its inside may have."""
_SIGN = re.compile(r"\w+|[^\w\s]")
_GOES_ON = re.compile(r"(?:^|\s)(?:\+\+?|==|!=|/=|->|<-|=>|&&|\|\|?|\|>|::|<>|>>=|\+=|<=|>=)$")
"""Signs with a blank before them that need something behind them in every language; not those that a word or a file may be."""
_CALL = re.compile(r"\w+\(")
_OPENING, _CLOSING = "([{", ")]}"


def runs_past_its_end(lines: Sequence[str], place: Place) -> bool:
    """The region is a function that ends by giving a value, and in the answer it ends with a condition or a loop, behind which it
    gives none."""
    defined = place.definitions_before
    if place.language in _BY_LAST or not defined or defined[0].kind not in ("function", "method"):
        return False
    before, now = _last_statement(place.old), _last_statement(lines)
    if (
        not _ONLY_SOMETIMES.match(now)
        or _FOR_EVER.match(now)
        or "else" in now.split()
        or _gives_nothing(lines, defined[0], place)
    ):
        return False
    by_value = place.language == "rust" and bool(before) and not before.endswith(";") and not _ONLY_SOMETIMES.match(before)
    return bool(_GIVES.match(before)) or (by_value and "->" in defined[0].signature)


def ends_alike(one: str, other: str) -> bool:
    """The last word or sign of both lines is the same."""
    return _SIGN.findall(one)[-1:] == _SIGN.findall(other)[-1:]


def _gives_nothing(lines: Sequence[str], old: Definition, place: Place) -> bool:
    """The signature says so, or no more says what the function gives."""
    new = next((one for one in place.definitions(lines) if one.kind in ("function", "method")), None)
    if new is None:
        return False
    untyped = bool(_TYPED.search(old.signature)) and not _TYPED.search(new.signature)
    return untyped or _NO_VALUE.search(new.signature.strip()) is not None


def runs_for_ever(lines: Sequence[str]) -> bool:
    """The last statement right under a function's header is a loop without an end, behind which nothing runs."""
    return _FOR_EVER.match(_last_statement(lines)) is not None


def _last_statement(lines: Sequence[str]) -> str:
    """The first line of the last statement, or of the last clause of it, right under a function's header."""
    inner = [line for line in written(lines)[1:] if not closes(line)]
    depth = min(map(width, inner), default=0)
    return next((line for line in reversed(inner) if width(line) == depth), "").rstrip()


def lacks_its_frame(lines: Sequence[str], place: Place) -> bool:
    """Where no parser would say so: the region begins and ends with the marks of one block, and the answer, of fewer lines, has
    neither: it may be meant for the inside."""
    if place.prose or place.errors_before is not None or place.surface != "replace":
        return False
    said, old = written(lines), written(place.old)
    if not said or len(old) <= _FEW or 2 * len(said) >= len(old) or not _ends_block(old[-1]) or closes(said[-1]):
        return False
    if similar(said[0], old[0]) or any(name in said[0] for name in _CALL.findall(old[0])):
        return False
    return old[-1].strip() not in map(str.strip, said) and width(old[-1]) <= width(old[0])


def _ends_block(line: str) -> bool:
    return closes(line) or line.lstrip().startswith("</")


def stops_in_a_statement(lines: Sequence[str], place: Place) -> bool:
    """Where no parser would say so: the last line goes on below, opens a bracket, or lacks the region's semicolon before other
    code; and the region's last line does none of that."""
    if place.prose or place.errors_before is not None:
        return False
    before, now = (next(iter(written(reversed(text), 1)), "").rstrip() for text in (place.old, lines))
    if not before or not now:
        return False
    if now.strip() in place.keys:
        return False
    joined = before.endswith(";") and not now.endswith((";", "}")) and bool(written(place.below, 1))
    return joined or any(goes_on(now) and not goes_on(before) for goes_on in (_is_joined, _opens, _lacks_an_operand))


def _is_joined(line: str) -> bool:
    return line.endswith("\\")


def _lacks_an_operand(line: str) -> bool:
    return _GOES_ON.search(line) is not None


def _opens(line: str) -> bool:
    """The line's last bracket opens, and nothing is behind it but a list's first parts."""
    last = max((line.rfind(sign), sign) for sign in _OPENING + _CLOSING)
    return last[0] >= 0 and last[1] in _OPENING and line.endswith((",", *_OPENING))
