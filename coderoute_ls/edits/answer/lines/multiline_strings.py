"""Which lines begin inside of a string, a template literal or a here-document: their indentation is content."""

from collections.abc import Sequence

from coderoute_ls import syntax

_HEREDOCS = ("heredoc", "string", "template", "text_block", "raw_")
_PIECES = frozenset({"escape_sequence", "interpolation", "template_substitution"})


def inside_strings(language: str, lines: Sequence[str]) -> frozenset[int]:
    """Numbers of the lines whose first character lies in a string. Without a grammar none is known."""
    if not any(mark in line for mark in ('"', "'", "`", "<<", "[[") for line in lines):
        return frozenset()
    return _inside(language, lines, comments=False)


def inside_text(language: str, lines: Sequence[str]) -> frozenset[int]:
    """Numbers of the lines whose first character lies in a string or a comment."""
    return _inside(language, lines, comments=True)


def _inside(language: str, lines: Sequence[str], *, comments: bool) -> frozenset[int]:
    parsed = syntax.tree(language, "\n".join(lines))
    if parsed is None:
        return frozenset()
    found: set[int] = set()
    pending = [parsed.root]
    while pending:
        node = pending.pop()
        if _is_string(node.kind, parsed.grammar.strings) or (comments and node.kind in parsed.grammar.comments):
            first, last = node.span.start.line, node.span.end.line
            found.update(range(first + 1, last + 1))
            continue
        pending += [child for child in node.children if "\n" in child.text]
    return frozenset(found)


def _is_string(kind: str, strings: frozenset[str]) -> bool:
    return kind in strings or (kind not in _PIECES and any(part in kind for part in _HEREDOCS) and "concatenated" not in kind)
