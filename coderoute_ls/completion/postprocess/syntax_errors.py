"""Text that breaks the syntax whatever follows it is not shown: it is another language, an output, a mark of some prompt."""

import re

from coderoute_ls.completion.cursor.continuations import may_stand
from coderoute_ls.completion.cursor.cursor import Candidate, Cursor
from coderoute_ls.syntax import tree

_LABEL = re.compile(r"\s*([A-Za-z_]\w*):(?!:)")
_LABELLED = frozenset({"go", "c", "cpp", "java", "javascript", "typescript", "tsx"})
"""Grammars with labels before statements."""


def apply(candidate: Candidate, cursor: Cursor) -> Candidate | None:
    """The text, unless the definition around parses with something at the cursor, but with nothing that begins like this text.
    Inside of a string or a comment any text may stand."""
    if cursor.prose or (cursor.before.inside and cursor.scan(candidate.text).inside):
        return candidate
    if may_stand(cursor, candidate.text, candidate.replaces) is False or _is_unused_label(candidate.text, cursor):
        return None
    return candidate


def _is_unused_label(text: str, cursor: Cursor) -> bool:
    """Whether the first line is a label to the grammar, and nothing jumps there: an address, or data of another language."""
    label = _LABEL.match(text)
    section = cursor.section if label is not None and not cursor.left.strip() else None
    if label is None or section is None:
        return False
    before, after = section
    start = len(before) + label.start(1)
    parsed = tree(cursor.language, f"{before}{text}\n{after}")
    labels = parsed.root.find_all(["labeled_statement"]) if parsed and parsed.grammar.name in _LABELLED else []
    jumps = re.search(rf"\b(?:goto|break|continue)\s+{label[1]}\b", f"{before}{text}{after}")
    return jumps is None and any(one.start == start for one in labels)
