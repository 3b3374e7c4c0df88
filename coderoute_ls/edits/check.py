"""Whether an edit broke what parsed before."""

from textwrap import dedent

from coderoute_ls import syntax
from coderoute_ls.domain import Document
from coderoute_ls.ignore import HUGE


def broke(before: Document, after: Document, old: str, new: str) -> bool:
    """True when the document (or, where that did not parse anyway, the region by itself) parsed with the old text of the
    region and does not with the new one. False when there is no grammar to ask."""
    language = before.language
    if before.size <= HUGE and syntax.parses(language, before.text):
        return syntax.parses(language, after.text) is False
    return bool(syntax.parses(language, dedent(old))) and syntax.parses(language, dedent(new)) is False
