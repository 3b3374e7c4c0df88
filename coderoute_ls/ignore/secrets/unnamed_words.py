"""Words that were drawn at random and that nothing names: only their characters tell. Of the one table.

Words that tell nothing are remembered: code repeats its words, and this is asked for each prompt.
"""

import re

from coderoute_ls.ignore.secrets.plausible import drawn, hexadecimal

ANONYMOUS_BITS = 36.0
"""Evidence asked of a long word in which small letters, capital ones and digits are not mixed."""
_LITERAL = re.compile(r"(?P<quote>[\"'`])(?P<secret>[A-Za-z0-9][\w+/.~:=-]{18,4000})(?P=quote)")
_WORD = re.compile(r"(?<![\w+/.@:-])(?:[A-Za-z0-9]|[+/](?=[A-Za-z0-9+/]{80}))[\w+/-]{23,4000}={0,2}(?![\w+/.(-])")
_PREFIXED_HEX = re.compile(
    r"(?<![\w/.#-])(?!I[a-f0-9]{40}(?!\w))(?=[A-Za-z0-9]{0,12}[g-zG-Z_-]|[A-Z]{2}[a-f0-9]{32})"
    r"(?P<prefix>[A-Za-z][A-Za-z0-9]{1,11}[-_]?(?:[a-z]{2,8}[-_])?)(?:[a-f0-9]{16,64}-)?(?:[a-f0-9]{32,128}|[A-F0-9]{32,128})(?![\w.-])"
)
_DIGESTS = re.compile(r"(?i:sha|md|blake|crc|rev|commit|hash|etag|ref|id|uuid|digest|0x)")
_LEAST_MIXED = 9
_LEAST_OF_ONE_CASE = 20
_RUN = re.compile(rf"[A-Za-z0-9]{{{_LEAST_MIXED},}}")
_MIXED = re.compile(
    # Neither a part of a longer word nor, between + and /, of a text in base64, nor what is called or belongs to something
    rf"(?:(?<![A-Za-z0-9+/.])|(?<=[a-z]{{4}}/))(?!0x)[A-Za-z0-9]{{{_LEAST_MIXED},120}}(?![A-Za-z0-9+/(])"
)
_SEGMENT = re.compile(r"(?<=[\w.-]/)[A-Za-z0-9]{12,60}(?=/)")
"""Of an address."""
_PICTURES = re.compile(r"data:(?:[a-z]{2,20}/[\w.+-]{1,40})?[;,]|integrity[\"']?\s{0,3}[=:]|sha(?:256|384|512)-", re.IGNORECASE)
"""What lines with pictures in addresses, and with digests of scripts, hold."""
_ID = re.compile(
    r"(?:(?<![A-Za-z])(?:[iI]d|ID)|(?<=[a-z])I[dD])"
    r"[\"'`]?\s{0,2}[:=(]{0,2}\s{0,2}(?:for example,? |e\.g\. )?[\"'`]?(?:[a-z]{2,12}_)?"
)
"""What is right before a word that is called an id: everybody may know it."""
_LEAST_LONG = 16
_LONG_WORD = re.compile(r"(?<![\w+/=.~:@$%!#*^&-])[\w+/=.~:@$%!#*^&-]{16,}+")
_NAMES_ONLY = re.compile(r"(?:[A-Za-z]{0,15}[._()\[\]{},'\"-])*[A-Za-z]{0,15}")
"""``package.module.some_function(argument,``: words of letters, none of them long."""
_DIGIT = re.compile(r"\d")
_SHORT: set[str] = set()
"""Pieces of lines, between blanks, in which no word is long enough for a token."""
_UNDRAWN: set[str] = set()
"""Words that do not look drawn at random. Another set: ``AKIA…`` is such a word, and yet long enough for a token."""
_MOST_WORDS = 20_000


def forget() -> None:
    """Look at every word afresh."""
    _SHORT.clear()
    _UNDRAWN.clear()


def telling_words(text: str) -> tuple[list[str], list[str]]:
    """The words that are long enough for a token, with a digit in them or longer still, with what surrounds them up to the next
    blanks; and the words that were drawn at random.
    """
    long: list[str] = []
    random: list[str] = []
    for known in (_SHORT, _UNDRAWN):
        if len(known) > _MOST_WORDS:
            known.clear()
    for word in {word for word in text.split() if len(word) >= _LEAST_LONG} - _SHORT:
        if not _NAMES_ONLY.fullmatch(word) and any(len(part) >= 24 or _DIGIT.search(part) for part in _LONG_WORD.findall(word)):
            long.append(word)
        else:
            _SHORT.add(word)
    for word in mixed_words(text) - _UNDRAWN:
        if drawn_word(word):
            random.append(word)
        else:
            _UNDRAWN.add(word)
    return long, random


def mixed_words(text: str) -> set[str]:
    """The words in which letters, of both cases where the word is short, and digits are mixed."""
    return {
        word
        for word in set(_RUN.findall(text))
        if not word.isalpha() and (len(word) >= _LEAST_OF_ONE_CASE or not (word.islower() or word.isupper()))
    }


def drawn_word(word: str) -> bool:
    """Whether letters and digits follow each other in an order that no name of a program has: ``Zt4PQilNc8RG``.

    One in 80,000 lines of ordinary source holds such a word; of random ones of twelve characters 19 in 20 are found. A number in
    hexadecimal digits is none: it may be a digest.
    """
    if word.islower() or word.isupper():
        return sum(map(str.isdigit, word)) >= 3 and drawn(word, 16.0) and not hexadecimal(word)
    return drawn(word, 9.0 if len(word) > 10 else 14.0)


def anonymous(line: str) -> list[tuple[int, int]]:
    """Long words that were drawn at random: string literals, words, and a prefix with a long number."""
    if _PICTURES.search(line):
        return []
    mixed = (match for match in _MIXED.finditer(line) if mixed_words(match.group()) and drawn_word(match.group()))
    found = [match.span() for match in mixed if not _is_an_id(line, match.start())]
    if "://" in line:
        found += (match.span() for match in _SEGMENT.finditer(line) if drawn_word(match.group()))
    quoted = (match for match in _LITERAL.finditer(line) if drawn(match["secret"], ANONYMOUS_BITS))
    found += (match.span("secret") for match in quoted if not _is_an_id(line, match.start("secret")))
    found += (match.span() for match in _WORD.finditer(line) if drawn(match.group(), ANONYMOUS_BITS + 10))
    found += (match.span() for match in _PREFIXED_HEX.finditer(line) if not _DIGESTS.match(match["prefix"]))
    return found


def _is_an_id(line: str, at: int) -> bool:
    return any(found.end() == at for found in _ID.finditer(line, max(0, at - 60), at))
