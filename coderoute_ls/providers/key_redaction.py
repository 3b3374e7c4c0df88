"""Removes keys and key-like words from every text that goes into a log line or an error.

What looks like a secret is in `coderoute_ls.ignore`'s one table; here the keys in use are added by their value, however a vendor
spells them when it repeats them.
"""

import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote as percent
from urllib.parse import quote_plus

from coderoute_ls.ignore import masked
from coderoute_ls.text.invisible_characters import without_controls

_LONG_QUOTE = re.compile(r"(['\"`])(?:(?!\1).){40,}\1", re.DOTALL)
MASK = "[key]"
_LEAST = 4
"""Characters of a secret that is looked for by its value; a shorter one is part of many words."""


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without these secrets and without anything that looks like a key."""
    return masked(without(text, secrets), MASK)


def without(text: str, secrets: Iterable[str]) -> str:
    """The text without these secrets, however they are spelled in it."""
    for secret in secrets:
        for spelling in _spellings(secret):
            text = text.replace(spelling, MASK)
    return text


def _spellings(secret: str) -> Iterator[str]:
    """The secret as it may come back: as it is, percent-encoded, escaped in JSON, in another case; longest first."""
    if len(secret) < _LEAST:
        return
    spelled = {secret, percent(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1], secret.lower(), secret.upper()}
    yield from sorted(spelled, key=len, reverse=True)


def quote(text: str, limit: int = 200) -> str:
    """A vendor's words, fit to be repeated in one sentence: one line, no keys, and no long quotations, for those may be the
    user's own code sent back.
    """
    line = " ".join(without_controls(text).split())
    short = _LONG_QUOTE.sub("…", redact(line)).rstrip(".")
    return short if len(short) <= limit else short[: limit - 1] + "…"
