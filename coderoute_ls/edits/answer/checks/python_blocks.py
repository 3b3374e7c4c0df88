"""Blocks of Python that the grammar is too tolerant about: lines that are too deep, a ``try`` without its clauses."""

import ast
from collections.abc import Sequence

from coderoute_ls.edits.answer.target_region import written
from coderoute_ls.text import indentation

_GOES_ON = frozenset(":([{,\\=+-*/%|&^<>#'\"")
"""Characters after which the next line may be deeper."""
_CLAUSES = ("except", "finally")


def breaks_blocks(lines: Sequence[str], old: Sequence[str]) -> bool:
    """Whether these lines are no Python where the old ones were. Only what looks suspicious is parsed: it takes time."""
    return _is_suspicious(lines) and _parses(old) and not _parses(lines)


def _is_suspicious(lines: Sequence[str]) -> bool:
    said = written(lines)
    deep = [len(line) - len(line.lstrip()) for line in said]
    deeper = [line for line, a, b in zip(said, deep, deep[1:], strict=False) if b > a]
    if any(line.rstrip()[-1] not in _GOES_ON for line in deeper):
        return True
    tries = sum(line.strip() == "try:" for line in said if line.endswith("try:"))
    return tries > 0 and tries > sum(line.lstrip().startswith(_CLAUSES) for line in said)


def _parses(lines: Sequence[str]) -> bool:
    first = next(iter(written(lines)), "")
    head = "if True:\n" if indentation(first) else ""
    try:
        ast.parse(head + "\n".join(lines) + "\n")
    except (SyntaxError, ValueError):
        return False
    except (RecursionError, MemoryError):
        return True  # nested beyond what can be told
    return True
