"""Inside of a string or a comment of several lines that is closed further on, an answer ends where it would close it: what closes
it is there already, and would open another one.
"""

from dataclasses import replace

from coderoute_ls.completion.cursor.cursor import Candidate, Cursor
from coderoute_ls.syntax.brackets import scan
from coderoute_ls.syntax.comment_and_string_marks import lexer_of

_LONG = ('"""', "'''", "`", "/*", "<!--", "{-", "(*", "<#", "--[[", "[[")
"""What opens a string or a comment of several lines."""
_REACH = 400_000
"""Characters behind the cursor that are read to see whether it is closed."""


def apply(candidate: Candidate, cursor: Cursor) -> Candidate | None:
    """The answer up to where it closes what the cursor is in; all of it where that is still open."""
    lexer = lexer_of(cursor.language)
    if lexer is None or not cursor.before.inside or not ("\n" in cursor.tail or cursor.tail.startswith(_LONG)):
        return candidate
    found = lexer.match(cursor.tail + candidate.text)
    if found is None or found.lastgroup is None or found.start(found.lastgroup):
        return candidate
    closing = found.groupdict().get(f"e{found.lastgroup}")
    end = found.end() - len(cursor.tail) - len(closing or "")
    if not closing or end < 0 or not _is_closed(cursor):
        return candidate
    text = candidate.text[:end].rstrip()
    return replace(candidate, text=text) if text else None


def _is_closed(cursor: Cursor) -> bool:
    """Whether a string is closed below: then the document ends in code. Where it does not, the author has just begun the string,
    and all others after it look turned around. A comment is, where no other one begins before what closes it."""
    below = cursor.document.lines[cursor.position.line + 1 :]
    if sum(map(len, below)) > _REACH:
        return False
    text = f"{cursor.tail}{cursor.right}\n{''.join(below)}"
    if cursor.before.inside == "comment" and (lexer := lexer_of(cursor.language)) is not None:
        found = lexer.match(text)
        mark = next((mark for mark in _LONG if text.startswith(mark)), "\n")
        ended = found is not None and found.groupdict().get(f"e{found.lastgroup}")
        return bool(ended) and found is not None and mark not in text[len(mark) : found.end()]
    return not scan(cursor.language, text).inside
