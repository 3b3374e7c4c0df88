"""When not to suggest. Each rule answers a complaint of real users; a request by hand passes all rules but those for secrets."""

import re
from collections.abc import Callable

from coderoute_ls.completion.cursor.cursor import Cursor
from coderoute_ls.completion.types import InlineRequest, Why
from coderoute_ls.text import CLOSERS, QUOTES

_SHORT_RIGHT = 8
_REACH = 2_000
"""Characters of a line that are looked at on each side of the cursor; lines of megabytes are data."""
_CLOSING = frozenset(")]}>\"'`;:, \t")
_TAG = re.compile(r"[)\]}\"'`\s]*(?:</|/>|\?>|%>|-->|\*/)")
"""What closes a tag or a comment, behind closers."""


def refusal(request: InlineRequest, cursor: Cursor, *, allowed: Callable[[str], bool], deleted: bool) -> Why | None:
    """Why nothing is suggested here, or None. ``deleted``: this version came about by deleting something."""
    if not allowed(request.document.rules_path):
        return "ignored file"
    if cursor.secret_near:
        return "secret"
    if request.invoked:
        return None
    if not request.inline.enable:
        return "disabled"
    if request.document.language in request.inline.languages_off:
        return "language"
    if deleted:
        return "deletion"
    if _text_after(cursor):
        return "text after cursor"
    if not cursor.left.strip() and not any(line.strip() for line in (*cursor.above, *cursor.below)):
        return "empty file"
    return None


def _text_after(cursor: Cursor) -> bool:
    """More than what closes: the user is in the middle of a line and means it. Directly before what closes brackets, quotes or a
    tag that the line opened, the rest of the line belongs to what is around."""
    right = cursor.right[:_REACH].strip()
    if len(right) <= _SHORT_RIGHT or _CLOSING.issuperset(right) or _TAG.match(right):
        return False
    if right[0] in QUOTES:
        return cursor.left[-_REACH:].count(right[0]) % 2 == 0
    return right[0] not in CLOSERS or cursor.opened[:1] != [right[0]]
