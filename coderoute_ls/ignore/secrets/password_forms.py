"""Words that have the form of a password, and of nothing else: ``Copper!1234``, ``Summer2024!``. No name is beside them."""

import re
from collections.abc import Iterator

from coderoute_ls.text.lazy_regex import LatePattern

_NUMBERED = r"(?!(?i:issue|bug|pr|ticket|pull|rfc|note|section|figure|table|step|gh|mr|commit|item|case|task|story)s?[#@])"
"""Words before ``#123`` that name an issue, not a password."""
_WORD_SIGN_NUMBER = rf"{_NUMBERED}[A-Z][A-Za-z]{{2,20}}(?:[!$&]\d{{2,6}}|[@#]\d{{3,6}})[!#$]?"
_WORD_NUMBER_SIGN = r"[A-Z][A-Za-z]{2,20}\d{2,6}[!#]{1,3}"
_WORD_YEAR_SIGN = r"[A-Z][a-z]{2,20}(?:19|20)\d\d[*?](?=[\s\"'`,;})@]|\Z)"
_FOUR_KINDS = (
    r"(?=[^a-z\s]{0,24}[a-z])(?=[^A-Z\s]{0,24}[A-Z])(?=[^\d\s]{0,24}\d)"
    r"(?=[A-Za-z0-9]{1,24}(?:!|[@#$][A-Za-z0-9]{0,24}[!@#$]))[A-Za-z0-9!@#$]{8,24}"
)
_FORM = LatePattern(
    r"(?:(?<![\w!@#$^&*.\\~?+-])|(?<=[\s\"']-[pPwW])|(?<=\s-hp)|(?<=\s\*\*))"
    rf"(?P<secret>{_WORD_SIGN_NUMBER}|{_WORD_NUMBER_SIGN}|{_WORD_YEAR_SIGN}|{_FOUR_KINDS})(?![\w\\(\[~+^%=!#$]|\*(?!\*)|\.\w|-\w)"
    r"|(?<=[\"'])(?P<literal>[a-z]{4,20}(?:[!@$]\d{3,6}|\d{2,6}[!@]{1,2}))(?=[\"'])"
)
_ANCHOR = re.compile(r"[!@#$&](?:(?<=[A-Za-z0-9].)(?=[A-Za-z0-9])|(?<=[0-9][!#@])(?![=\w]))|(?<=(?:19|20)\d\d)[*?](?![=\w])")
"""What each of them holds, and code rarely."""


def anchors(text: str) -> Iterator[int]:
    """Where in the text such a word may stand."""
    for match in _ANCHOR.finditer(text):
        yield match.start()


def forms(line: str) -> Iterator[tuple[int, int]]:
    """(start, end) of each such word in one line."""
    if _ANCHOR.search(line) is not None:
        for match in _FORM.finditer(line):
            yield match.span(match.lastgroup or 0)
