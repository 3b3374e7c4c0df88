"""Drops what is in place of code and says nothing: a keyword or empty quotes alone, a constant with no value, an ellipsis."""

import json
import re
from dataclasses import replace

from coderoute_ls.completion.cursor.cursor import Candidate, Cursor
from coderoute_ls.syntax import line_comment
from coderoute_ls.syntax.code_or_prose import knows_words


def _set(names: str) -> frozenset[str]:
    return frozenset(names.split())


_KEYWORDS = _set(
    "abstract async await class const def elif enum export extends final fn for from fun func function if impl implements import"
    " in interface lambda let match mut namespace new private protected pub public raise static struct switch template throw"
    " trait type unless until use using val var virtual void while with"
)
"""Words after which more must follow, in every language that has them."""
_WORDS = re.compile(r"[a-z]+(?: +[a-z]+)*")
_NO_VALUE = re.compile(r"(?:export +)?const +[\w$]+(?: *: *[\w$<>\[\]| ]+)?")
_VALUED = _set("javascript javascriptreact typescript typescriptreact tsx")
"""Languages in which a constant has a value."""
_EMPTY = re.compile(r"(?:\"{2}|'{2}|`{2}|\"{6}|'{6})[;,]?")
_ELLIPSIS = re.compile(r"[ \t]*(?:\.{3,}|…)")


def apply(candidate: Candidate, cursor: Cursor) -> Candidate | None:
    """Keep the lines before the first ellipsis, without such lines at the end."""
    if cursor.prose or cursor.before.inside:
        return candidate
    lines = candidate.text.split("\n")
    if _is_record(candidate.text, cursor):
        return None
    end = next((number for number, line in enumerate(lines) if _is_ellipsis(line, cursor)), len(lines))
    while end and (not lines[end - 1].strip() or _says_nothing(lines, end - 1, cursor)):
        end -= 1
    return candidate if end == len(lines) else replace(candidate, text="\n".join(lines[:end])) if end else None


def _is_record(text: str, cursor: Cursor) -> bool:
    """A whole JSON object where a statement stands: the model has wrapped its answer, or called a tool."""
    said = text.strip()
    if not said.startswith('{"') or not said.endswith("}") or cursor.left.strip() or cursor.opened[:1] not in ([], ["}"]):
        return False
    if not knows_words(cursor.language):
        return False
    try:
        return isinstance(json.loads(said), dict)
    except ValueError:
        return False


def _is_ellipsis(line: str, cursor: Cursor) -> bool:
    """A comment that begins with an ellipsis: the model leaves something out."""
    text = line.strip()
    mark = next((mark for mark in (line_comment(cursor.language), "/*", "<!--") if text.startswith(mark)), "")
    return mark != "" and _ELLIPSIS.match(text[len(mark) :]) is not None


def _says_nothing(lines: list[str], number: int, cursor: Cursor) -> bool:
    """The last line, written whole by the answer, cannot end there or has no effect."""
    text = lines[number].strip()
    if number == 0 and cursor.left.strip():
        return False
    if _WORDS.fullmatch(text) and _KEYWORDS.issuperset(text.split()):
        return True
    if cursor.language in _VALUED and _NO_VALUE.fullmatch(text):
        return True
    return _EMPTY.fullmatch(text) is not None and cursor.opened[:1] in ([], ["}"])
