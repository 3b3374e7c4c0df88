"""Nothing secret leaves in a log line or an error: keys and key-like words are cut out of every text that is repeated."""

import re
from collections.abc import Iterable

_KEY_LIKE = re.compile(
    r"\b(?:sk|pk|rk|gsk|xai|csk|fw|nvapi|hf|ghp|gho|github_pat|AIza|ya29)[-_.]?[A-Za-z0-9*][\w*.-]{6,}"  # vendors' own prefixes
    r"|(?i:bearer|api[-_ ]?key(?: provided)?)[:= ]+(?=\S*[\d*])\S{6,}"  # what follows these words and has a digit or mask
    r"|\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?"  # JSON web tokens
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{12,}"
    r"|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"  # user:password@ in a URL
)
_LONG_QUOTE = re.compile(r"(['\"`])(?:(?!\1).){40,}\1", re.DOTALL)
MASK = "[key]"


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without these secrets and without anything that looks like a key."""
    for secret in secrets:
        if len(secret) >= 4:
            text = text.replace(secret, MASK)
    return _KEY_LIKE.sub(MASK, text)


def quote(text: str, limit: int = 200) -> str:
    """A vendor's words, fit to be repeated in one sentence: one line, no keys, and no long quotations, for those may be the
    user's own code sent back.
    """
    line = " ".join(text.split())
    short = _LONG_QUOTE.sub("…", redact(line)).rstrip(".")
    return short if len(short) <= limit else short[: limit - 1] + "…"
