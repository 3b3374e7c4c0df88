"""Text that breaks the syntax whatever follows it is not shown: it is another language, an output, a mark of some prompt."""

from coderoute_ls.completion.cursor.continuations import may_stand
from coderoute_ls.completion.cursor.cursor import Candidate, Cursor


def apply(candidate: Candidate, cursor: Cursor) -> Candidate | None:
    """The text, unless the definition around parses with something at the cursor, but with nothing that begins like this text.
    Inside of a string or a comment any text may stand."""
    if cursor.prose or (cursor.before.inside and cursor.scan(candidate.text).inside):
        return candidate
    return None if may_stand(cursor, candidate.text, candidate.replaces) is False else candidate
