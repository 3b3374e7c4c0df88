"""Whether a line is another one changed, rather than a new one."""

import re

from coderoute_ls.text import common_prefix

_FIRST = re.compile(r"[^\W\d]\w*|\S")
_HEAD = re.compile(r"(?P<head>.*?[\w\])])\s*(?:\(|:?=(?!=)|:\s*$|\{)")
_CALL = re.compile(r"[^=\"'(]*\s:?=\s*[\w.]+\(")

_MOST = 0.6
_NEARLY = 0.9
_LONG = 8
"""Characters from which on a line says enough that another one can hold it."""


def similar(new: str, old: str) -> bool:
    """Both begin with the same word, and they have the same head (what is before the bracket, the ``=``, the colon at the end),
    or set the same name by the same call, or most of the longer one is in both, or nearly all of the old one is in the new."""
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
    prefix = common_prefix(new, old)
    suffix = common_prefix(new[prefix:][::-1], old[prefix:][::-1])
    both = prefix + suffix
    return both >= _MOST * max(len(new), len(old)) or (len(old) >= _LONG and both >= _NEARLY * len(old))
