"""Whether a line is another one changed, rather than a new one."""

import re

from coderoute_ls.text import common_prefix

_FIRST = re.compile(r"[^\W\d]\w*|\S")
_TAG = re.compile(r"<(?P<name>[A-Za-z][\w.:-]*)(?:\s[^<>]*)?>")
"""An opening tag, alone."""
_HEAD = re.compile(r"(?P<head>.*?[\w\])])\s*(?:\(|:?=(?!=)|:\s*$|\{)")
_CALL = re.compile(r"[^=\"'(]*\s:?=\s*[\w.]+\(")

_LEAD = re.compile(
    r"(?:(?:let|const|var|val|local|my|our|mut|final|static|public|private|protected|export|readonly|auto|set|dim)\s+)*"
    r"(?P<name>[$@%&]?[^\W\d][\w.\-]*)\s*(?P<sign>:=|<-|=(?!=)|:(?!:)|\(|(?=\s\S))"
)
"""What a line sets, names or calls, and by which sign."""
_TELLING = 8
"""Characters from which on a line is like no other."""
_FLOW_WORDS = (
    "return if else elif elsif for foreach while until unless do end case when match with try catch rescue raise throw break "
    "continue begin then yield and or not in new"
)
_FLOW = frozenset(_FLOW_WORDS.split())
"""Words that tell of no line which one it is."""

_MOST = 0.6
_NEARLY = 0.9
_LONG = 8
"""Characters from which on a line says enough that another one can hold it."""


def similar(new: str, old: str) -> bool:
    """Both begin with the same word, and they have the same head (what is before the bracket, the ``=``, the colon at the end),
    or set the same name by the same call, or are the same opening tag, or most of the longer one is in both, or nearly all of the
    old one is in the new."""
    new, old = new.strip(), old.strip()
    if new == old:
        return True
    first, other = _FIRST.match(new), _FIRST.match(old)
    if first is None or other is None or first.group() != other.group():
        return False
    head, there = _HEAD.match(new), _HEAD.match(old)
    if head and there and head["head"] == there["head"] and re.search(r"\w\W+\w", head["head"]):
        return True
    call, before = _CALL.match(new), _CALL.match(old)
    if call and before and call.group() == before.group():
        return True
    tag, other_tag = _TAG.fullmatch(new), _TAG.fullmatch(old)
    if tag and other_tag and tag["name"] == other_tag["name"]:
        return True
    prefix = common_prefix(new, old)
    suffix = common_prefix(new[prefix:][::-1], old[prefix:][::-1])
    both = prefix + suffix
    return both >= _MOST * max(len(new), len(old)) or (len(old) >= _LONG and both >= _NEARLY * len(old))


def adds_a_word(line: str, text: str) -> bool:
    """The line is an old one with a word before it, as ``final``."""
    return len(text) >= _TELLING and line.endswith(text) and line[: -len(text)].strip().isalpha()


def lead(line: str) -> tuple[str, str] | None:
    """What the line sets, names or calls, and how; None where it does not say."""
    found = _LEAD.match(line)
    return None if found is None or found["name"].lower() in _FLOW else (found["name"], found["sign"])
