"""Whether a line is another one changed, rather than a new one."""

import re

from coderoute_ls.text import common_prefix

_FIRST = re.compile(r"[^\W\d]\w*|\S")
_HEAD = re.compile(r"(?P<head>.*?[\w\])])\s*(?:\(|:?=(?!=)|:\s*$|\{)")

_MOST = 0.6


def similar(new: str, old: str) -> bool:
    """Both begin with the same word, and they have the same head (what is before the bracket, the ``=``, the colon at the end)
    or most of the longer one in common, from both ends."""
    new, old = new.strip(), old.strip()
    if new == old:
        return True
    first, other = _FIRST.match(new), _FIRST.match(old)
    if first is None or other is None or first.group() != other.group():
        return False
    head, there = _HEAD.match(new), _HEAD.match(old)
    if head and there and head["head"] == there["head"] and re.search(r"\w\W+\w", head["head"]):
        return True
    prefix = common_prefix(new, old)
    suffix = common_prefix(new[prefix:][::-1], old[prefix:][::-1])
    return prefix + suffix >= _MOST * max(len(new), len(old))
