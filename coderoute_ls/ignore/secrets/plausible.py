"""Whether a value is a secret or a word of the program: drawn at random, made up by a person, or only an example."""

import re
from itertools import pairwise

from coderoute_ls.ignore.secrets.randomness import bits
from coderoute_ls.text.lazy_regex import LatePattern

REDACTED = "REDACTED"
"""What is in place of a secret."""

DRAWN_BITS = 12.0
_HEX = re.compile(
    r"(?:0x)?[0-9a-fA-F]{16,}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|(?:[0-9a-fA-F]{2}:){9,}[0-9a-fA-F]{2}"
)
_BASE64 = re.compile(r"[A-Za-z0-9+/]{20,}={0,2}")
_ALGORITHM = re.compile(r"[A-Z]{2,8}[-_]?\d{1,4}")
_ADDRESS = re.compile(r"[\w.-]{1,80}:(?:\d{2,5}|port)(?:/[\w?=&.-]{0,80})?")
_NUMBER = re.compile(r"[+-]?(?:0[xob][0-9a-fA-F_]{1,12}|[\d_.,]{1,7}(?:e[+-]?\d{1,4})?[a-zA-Z%]{0,3})")
_MARKS = (
    *("{", "}", "<", ">", "...", "…", "***", "$(", "xxxx", "XXXX", "%s", "%(", "://", REDACTED),
    *("(?", "[^", "\\w", "\\d", "\\s", "\\x", "a-z", "A-Z", "0-9"),
)
"""What is in a value that is filled in later, in a pattern, or in what was taken out."""
_EXAMPLE_STARTS = (
    *("your", "my-", "my_", "example", "sample", "dummy", "fake", "placeholder", "changeme", "change-me", "change_me", "insert"),
    *(
        "os.",
        "process.",
        "env.",
        "config.",
        "settings.",
        "self.",
        "this.",
        "secrets.",
        "vault:",
        "ref:",
        "arn:",
        "+",
        "!",
        "*",
        "&",
    ),
    *("./", "../", "/", "~/", "$", "%", "@", "--"),
)
_EXAMPLES = frozenset(
    [
        "scott",
        "pass",
        "passwd",
        "passwrd",
        "pwd",
        "pw",
        "test",
        "testing",
        "tester",
        "user",
        "username",
        "guest",
        "admin",
        "root",
        "login",
        "example",
        "abc",
        "abcd",
        "abcdef",
        "asdf",
        "foo",
        "bar",
        "baz",
        "spam",
        "eggs",
        "qwerty",
        "letmein",
        "welcome",
        "default",
        "demo",
        "dummy",
        "none",
        "null",
        "true",
        "false",
        "undefined",
        "string",
        "value",
        "hello",
        "world",
        "mypass",
        "mypwd",
        "key",
        "basic",
        "bearer",
        "s",
        "xyz",
        "me",
        "thepassword",
        "letters",
        "cookie",
        "crypto",
        "postgres",
        "mysql",
        "redis",
        "mongo",
        "rabbitmq",
        "oracle",
        "system",
        "sa",
    ]
)
"""Passwords of documentation, without their digits."""
_EXAMPLE_WORDS = (
    "password",
    "passphrase",
    "passwd",
    "passwort",
    "secret",
    "token",
    "credential",
    "apikey",
    "api_key",
    "changeme",
    "example",
)
"""A value that holds one of these is called so; it is never drawn at random."""
_LEET = str.maketrans("013457@$!", "oleastasi")


def example(value: str) -> bool:
    """Whether the value is a placeholder, a number, or a password of documentation (``tiger``, ``<your key>``, ``P@ssw0rd1``)."""
    lowered = value.lower()
    if any(mark in value for mark in _MARKS) or _begins_as_an_example(value, lowered) or len(set(lowered)) <= 3:
        return True
    if len(value) < 24 and any(word in lowered for word in _EXAMPLE_WORDS):
        return True
    plain = lowered.strip("0123456789!?.-_ ")
    return (
        lowered == "tiger"
        or plain in _EXAMPLES
        or plain.translate(_LEET) in _EXAMPLES
        or any(pattern.fullmatch(value) for pattern in (_NUMBER, _ALGORITHM, _ADDRESS))
        or _alphabet(lowered)
    )


def _begins_as_an_example(value: str, lowered: str) -> bool:
    """Base64 may begin with the sign that paths and references begin with."""
    return lowered.startswith(_EXAMPLE_STARTS) and not (
        value[0] in "+/" and _BASE64.fullmatch(value) is not None and bits(value) >= 2 * DRAWN_BITS
    )


def not_example(value: str) -> bool:
    return not example(value)


def hexadecimal(value: str) -> bool:
    """Whether the value is a long number in hexadecimal digits, as keys and digests are, or a UUID."""
    return (
        _HEX.fullmatch(value) is not None
        and len(set(value.lower())) >= 8
        and sum(map(str.isdigit, value)) >= 3
        and not value.isdigit()
        and not _alphabet(value.lower())
    )


def drawn(value: str, lowest_bits: float = DRAWN_BITS) -> bool:
    """Whether the value was drawn at random, by at least so many bits of evidence."""
    return (
        len(value) >= 8
        and bits(value) >= lowest_bits
        and not any(mark in value for mark in _MARKS)
        and not _begins_as_an_example(value, value.lower())
        and not _alphabet(value.lower())
    )


def made_up(value: str) -> bool:
    """Whether somebody may have chosen this value as a secret: several kinds of characters, and no placeholder or path."""
    if example(value):
        return False
    digits = sum(map(str.isdigit, value))
    if len(value) < 16:
        symbols = any(not char.isalnum() and char not in "_-./: ,;()[]=|" for char in value)
        return 0 < digits < len(value) or symbols or digits == len(value) >= 8
    return digits >= 2 or drawn(value, 8.0) or hexadecimal(value)


_PROGRAM = (
    "(?:pass|passwords?|passwd|pwd|users?|hash|hashed|inputs?|fields?|values?|params?|conf|config|data|strings?|text|tokens?|secrets?"
    "|creds?|names?|prompt|auth|admin|test|valid|encoded|encrypted|encryption|crypt|files?|paths?|options?|arguments?|default|required"
    "|objects?|requests?|response|login|changed?|reset|callback|handler|function|provider|random|generated|generator|plain|clear"
    "|stored?|storage|manager|management|protected|protection|phrase|entered|entry|missing|invalid|lists?|types?|codes?|null|defined"
    "|disabled|enabled|optional|protocol|method|policy|algorithm|length|confirm|confirmation|prefix|numbers?|integer|boolean|variable"
    "|placeholder|service|servers?|client|authentication|attribute|property|column|model|widget|rules?|safe|wrong|another|something"
    "|anything|existing|repository)"
)
_NAMED = LatePattern(f"{_PROGRAM}[a-z]*|[a-z]*(?<!com){_PROGRAM}")
"""What words of a program begin or end with, beside the name of a secret."""


def word(value: str, shortest: int = 8) -> bool:
    """Whether it is letters alone, and not what things in programs are called: ``walnutpepper``, never ``userpassword``."""
    return (
        shortest <= len(value) <= 40
        and value.isascii()
        and value.isalpha()
        and value.islower()
        and not (_NAMED.fullmatch(value) or example(value))
    )


_JOINED = LatePattern(r"[a-z]{3,10}(?P<between>[-_.])(?:[a-z]{3,10}(?P=between)){2,6}[a-z]{3,10}")


def joined_words(value: str) -> bool:
    """Whether it is a phrase of four words or more, ``river-trumpet-harbour-saffron``, none of them one of programs."""
    return _JOINED.fullmatch(value) is not None and not any(_NAMED.fullmatch(part) for part in re.split("[-_.]", value))


def word_or_made_up(value: str) -> bool:
    return made_up(value) or word(value) or joined_words(value)


def _alphabet(lowered: str) -> bool:
    """Whether most characters are followed by themselves or one of the next two: an alphabet, not a value."""
    codes = lowered.encode("latin-1", "replace")
    return len(codes) >= 8 and 10 * sum(0 <= second - first <= 2 for first, second in pairwise(codes)) >= 7 * len(codes)
