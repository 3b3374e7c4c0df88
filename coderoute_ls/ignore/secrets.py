"""What in a text must never leave: keys by their shape, values of things called password or token, key blocks."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from coderoute_ls.text import split_lines

REDACTED = "REDACTED"


def secrets_in(text: str) -> list[str]:
    """What kinds of secrets the text seems to hold, each once: ``aws-key``, ``private-key``, ``password`` …"""
    lines, _ = _lines_of(text)
    notable = _notable(lines)
    if not notable:
        return []
    kinds: list[str] = []
    if any(look.block for look in notable.values()):
        lowered = _lower(text)
        kinds += (rule.kind for rule in _BLOCK_RULES if any(True for _ in rule.find(text, lowered)))
    kinds += (kind for line in lines if line in notable for kind in notable[line].kinds)
    return list(dict.fromkeys(kinds))


def redact(text: str) -> str:
    """The text with the secret part of every credential-like line, and the inside of key blocks, replaced by a word.

    Idempotent, keeps every line ending, and `secrets_in` finds nothing in the result.
    """
    lines, joint = _lines_of(text)
    notable = _notable(lines)
    if any(look.block for look in notable.values()):
        for rule in _BLOCK_RULES:
            text = rule.replace(text)
        lines, joint = _lines_of(text)
        notable = _notable(lines)
    return joint.join(notable[line].redacted if line in notable else line for line in lines) if notable else text


class _Look(NamedTuple):
    """What one line holds."""

    kinds: tuple[str, ...]
    redacted: str
    block: bool
    """It may be part of a key block: it holds a marker, or ends in a long word."""


_PLAIN: set[str] = set()
"""Lines in which there is nothing. Prompts consist of lines that were looked at a keystroke ago: this makes looking at them
again, as often as anybody likes, cost microseconds."""
_OTHERS: dict[str, _Look] = {}
_MOST_LINES = 20_000
_LONG_WORD = 40


def forget() -> None:
    """Look at every line afresh."""
    _PLAIN.clear()
    _OTHERS.clear()


def _lines_of(text: str) -> tuple[list[str], str]:
    """The lines, and what stands between them: fast where all end alike."""
    return (split_lines(text), "") if "\r" in text else (text.split("\n"), "\n")


def _notable(lines: list[str]) -> dict[str, _Look]:
    """The lines in which there is something to see."""
    found: dict[str, _Look] = {}
    new: list[str] = []
    for line in set(lines) - _PLAIN:
        known = _OTHERS.get(line)
        if known is None:
            new.append(line)
        else:
            found[line] = known
    if new:
        if len(_PLAIN) + len(_OTHERS) + len(new) > _MOST_LINES:
            forget()
        lowered = _lower("\n".join(new))
        # Most texts hold few of the hints, so that most of the rules need no look at each line.
        rules = [rule for rule in _LINE_RULES if rule.possible(lowered)]
        looks = {line: _look(line, rules) for line in new}
        others = {line: look for line, look in looks.items() if look.kinds or look.block}
        _PLAIN.update(looks.keys() - others.keys())
        _OTHERS.update(others)
        found |= others
    return found


def _look(line: str, rules: Iterable["_Rule"]) -> _Look:
    kinds: list[str] = []
    redacted = line
    lowered = _lower(line) if rules else ""
    for rule in rules:
        if rule.possible(lowered) and (replaced := rule.replace(redacted)) != redacted:
            kinds.append(rule.kind)
            redacted = replaced
    return _Look(tuple(kinds), redacted, "-----" in line or _ends_long(line))


def _ends_long(line: str) -> bool:
    """Whether the last word is as long as a line of key material."""
    words = line.split() if len(line) >= _LONG_WORD else []
    return bool(words) and len(words[-1]) >= _LONG_WORD


class _Rule:
    """One kind of secret. ``hints`` are substrings (lower case) without which the pattern cannot match. The group ``secret``, or
    else the whole match, is the secret; ``plausible`` ones must look made up.
    """

    def __init__(self, kind: str, hints: str, pattern: str, *, plausible: bool = False, long_words: bool = False) -> None:
        self.kind = kind
        self._hints = tuple(hints.split())
        self._pattern = re.compile(pattern)
        self._group = "secret" if "secret" in self._pattern.groupindex else 0
        self._plausible = plausible
        self._long_words = long_words

    def possible(self, lowered: str) -> bool:
        return any(hint in lowered for hint in self._hints)

    def find(self, text: str, lowered: str) -> Iterator[tuple[int, int]]:
        """(start, end) of every secret, in order."""
        for begin, stop in self._places(lowered):
            for match in self._pattern.finditer(text, begin, stop):
                secret = match[self._group]
                if secret.strip() != REDACTED and (not self._plausible or _random_looking(secret)):
                    yield match.span(self._group)

    def replace(self, text: str) -> str:
        """The text with a word in place of every secret; line endings inside stay."""
        for start, end in reversed(list(self.find(text, _lower(text)))):
            endings = "".join(char for char in text[start:end] if char in "\r\n")
            text = text[:start] + REDACTED + endings + text[end:]
        return text

    def _places(self, lowered: str) -> list[tuple[int, int]]:
        if self._long_words:
            return _runs_of_long_words(lowered)
        return [(0, len(lowered))] if self.possible(lowered) else []


def _runs_of_long_words(text: str) -> list[tuple[int, int]]:
    """Stretches of lines that each end in a word of 40 characters or more, with the line after them."""
    found: list[tuple[int, int]] = []
    at, begin = 0, -1
    for line in split_lines(text):
        long = _ends_long(line)
        at += len(line)
        if long and begin < 0:
            begin = at - len(line)
        elif not long and begin >= 0:
            found.append((begin, at))
            begin = -1
    return [*found, (begin, at)] if begin >= 0 else found


def _lower(text: str) -> str:
    """Lower case of the same length: a few capital letters become two characters, which would move every offset."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else "".join(c.lower() if c.isascii() else c for c in text)


_NAMES = r"(?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|signing[_-]?key|credential)"
_NAME_HINTS = (
    "password passwd passphrase pwd secret token credential apikey api_key api-key accesskey access_key access-key "
    "privatekey private_key private-key signingkey signing_key signing-key"
)
_BASE64_LINE = r"[ \t]*(?:[#*/;>]+[ \t]*|b?['\"])?[A-Za-z0-9+/=]{40,76}(?:\\n)?['\"]?[ \t]*[,+\\)]*[ \t]*"

_BLOCK_RULES = (
    _Rule(
        "private-key",
        "-----begin",
        # As far as the text goes on looking like key material: the end marker may lie outside of a window.
        r"-----BEGIN [A-Z0-9 ]+-----(?P<secret>(?:[\s\\nr'\"+,()#*/;>]*(?:[A-Za-z0-9+/=]{12,}|[A-Z][\w-]+: [^\r\n]*))+"
        r"(?:[\s\\nr'\"+,]*[A-Za-z0-9+/=]{1,12}(?=[\s\\nr'\"+,]*(?:-----END|\Z)))?)",
    ),
    _Rule(
        "private-key",
        "-----end",
        # The lines above an end marker, as long as each is one word of key material, however short the last one is.
        r"(?<![^\r\n])(?P<secret>(?:" + _BASE64_LINE.replace("{40,76}", "{2,76}") + r"(?:\r\n|\n|\r))+)[^\r\n]*"
        r"(?=-----END [A-Z0-9 ]+-----)",
    ),
    _Rule(
        "key-material",
        "",
        # Two lines or more, and what may be their last, shorter one.
        r"(?:(?<![^\r\n])" + _BASE64_LINE + r"(?:\r\n|\n|\r|\Z)){2,}"
        r"(?:[ \t#*/;b'\"]*(?:[A-Za-z0-9+/]{16,39}|[A-Za-z0-9+/]{2,39}={1,2})(?![^\s'\"\\]))?",
        plausible=True,
        long_words=True,
    ),
)
"""Over several lines."""

_LINE_RULES = (
    _Rule("aws-key", "akia asia abia acca a3t", r"\b(?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9])[A-Z0-9]{16}\b"),
    _Rule("aws-secret", "aws", r"(?i:aws\w{0,20}[\w .'\"-]{0,20}[=:]\s*['\"]?)(?P<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])"),
    _Rule("github-token", "ghp_ gho_ ghu_ ghs_ ghr_ github_pat_", r"\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,})"),
    _Rule("gitlab-token", "glpat-", r"\bglpat-[\w-]{16,}"),
    _Rule("slack-token", "xox hooks.slack.com", r"\bxox[abeoprs]-[\w-]{10,}|hooks\.slack\.com/services/[\w/]{20,}"),
    _Rule("model-key", "sk- gsk_ xai- hf_ pplx-", r"\b(?:sk-[\w-]{18,}|(?:gsk_|xai-|hf_|pplx-)[A-Za-z0-9]{24,})", plausible=True),
    _Rule("google-key", "aiza ya29.", r"\bAIza[\w-]{35}|\bya29\.[\w-]{20,}"),
    _Rule("stripe-key", "_live_ _test_ whsec_", r"\b(?:[srp]k_(?:live|test)_|whsec_)[A-Za-z0-9]{16,}"),
    _Rule("registry-token", "npm_ pypi- dckr_pat_", r"\b(?:npm_[A-Za-z0-9]{30,}|pypi-[\w-]{40,}|dckr_pat_[\w-]{20,})"),
    _Rule("sendgrid-key", "sg.", r"\bSG\.[\w-]{16,}\.[\w-]{16,}"),
    _Rule("jwt", "eyj", r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{4,}"),
    _Rule("azure-key", "accountkey sharedaccesskey", r"(?i:AccountKey|SharedAccessKey)=(?P<secret>[A-Za-z0-9+/=]{30,})"),
    _Rule("age-key", "age-secret-key-", r"AGE-SECRET-KEY-1[A-Z0-9]{20,}"),
    _Rule("bearer", "bearer basic", r"(?i:\b(?:bearer|basic)\s+)(?P<secret>[A-Za-z0-9._~+/=-]{20,})", plausible=True),
    _Rule("url-password", "://", r"\b[a-zA-Z][a-zA-Z0-9+.-]{1,20}://[^/\s:@'\"{}$<>]{1,80}:(?P<secret>[^@/\s'\"{}$<>]{3,200})@"),
    _Rule(
        "password",
        _NAME_HINTS,
        r"(?i:" + _NAMES + r"\w{0,24}['\"]?\]?\s{0,8}(?::\s?[\w.]{1,20}\s?=|:=|=>|=|:|,)\s{0,8}[a-z]{0,2})"
        r"(?P<quote>['\"`])(?P<secret>[^'\"`\s]{6,400})(?P=quote)",
        plausible=True,
    ),
    _Rule(
        "password",
        _NAME_HINTS,
        r"(?i:^[\s#/*;-]{0,40}(?:export\s+|set\s+|env\s+)?[\w.-]{0,40}" + _NAMES + r"[\w.-]{0,24}\s{0,4}[=:]\s{0,4})"
        r"(?P<secret>[^\s'\"`#;,(){}\[\]<>$]{8,400})\s*\Z",
        plausible=True,
    ),
)  # fmt: skip


def _random_looking(value: str) -> bool:
    """A made-up value, not a word of the program: several kinds of characters, and no placeholder."""
    lowered = value.lower()
    if any(mark in value for mark in ("{", "}", "<", "...", "***", "$(")) or lowered.startswith(
        ("your", "example", "os.", "process.")
    ):
        return False
    digits = sum(char.isdigit() for char in value)
    upper, lower = value != lowered, value != value.upper()
    symbols = any(not char.isalnum() and char not in "_-./:" for char in value)
    if len(value) < 16:
        return digits > 0 or symbols
    return (digits >= 2 and (lower or upper)) or (upper and lower and symbols) or digits == len(value)
