"""The values beside the name of a secret in one line, in any language: assignments, pairs, flags, calls, XML, prose.

Two ways lead to a value. What comes *directly* after the name, past punctuation, may be a password that a person chose. And
anything *else in the line* that was drawn at random is taken too, so that neither separators nor quoting nor what follows matter.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from coderoute_ls.ignore.secrets.chosen_passwords import chosen, words_and_digits
from coderoute_ls.ignore.secrets.names import Named
from coderoute_ls.ignore.secrets.plausible import (
    REDACTED,
    drawn,
    example,
    hexadecimal,
    joined_words,
    made_up,
    word,
    word_or_made_up,
)
from coderoute_ls.ignore.secrets.randomness import bits
from coderoute_ls.text.lazy_regex import LatePattern


class Found(NamedTuple):
    """A secret in a text."""

    start: int
    end: int
    kind: str


LONGEST_LINE = 4_000
"""Characters around a name that are looked at: longer lines are data."""

_TO_VALUE = LatePattern(
    r"\\?[\"'`\])}*!?]{0,4}+"  # what closes the name
    r"(?:\s{0,4}\{[^{}\r\n]{0,40}\})?"  # a C# property's { get; set; }
    r"(?:\s{0,4}:?\s{0,2}[\w&*.<>\[\]?]{1,24}(?=\s{0,4}=[^=]))?"  # a type
    r"(?P<between>(?:\s{0,8}"
    r"(?:\bor\b|\|\||\?\?=?|\?:|:-|:=|=>|->|[=:,(>|\[]|\b(?:is|was|are|as|by|to|val(?:ue)?|default)\b[\"']?)\s{0,8}){1,3}|\s{1,8})"
    r"(?:Some\(|String::from\(|new\s\w{1,20}\(|str\(|!!\w{2,8}\s{1,4})?(?:[@rbfuLN$]{0,2}(?P<quote>\\?(?:\"{3}|'{3}|[\"'`])))?"
)
_BARE = LatePattern(r"[^\s\"'`,;(){}\[\]<>|&\\=]{4,400}={0,2}")
_CANDIDATE = LatePattern(r"[^\s\"'`<>,;|(){}\[\]\\=:&?]{8,400}={0,2}")
_PAIR_BEFORE = LatePattern(
    r"[\s#/*;+>-]{0,60}(?:(?:export|set|setx|env|ENV|ARG|declare|local|readonly|default|const|-e|--env|-)\s{1,4}(?:-x\s{1,4})?)?[\"'\w.\[\]-]{0,80}\Z"
)
_PAIR_AFTER = LatePattern(r"[\"']?\s{0,8};?(?:\s{0,40}(?:#|//|;|--|/\*|<!--)[^\r\n]*)?\s{0,200}\Z")
_FLAG = LatePattern(r"(?:\A|[\s\"'=,])(?:--?|/)(?:[\w-]{0,30}[-_.])?\Z|(?:\A|\s)-D[\w.-]{0,40}\Z")
_WORDS = LatePattern(r"[\w.-]{2,40}(?: [\w.-]{2,40}){2,23}")
_DIGIT = LatePattern(r"\d")
_LOGINS = ("auth", "login", "logon", "signin", "authenticate")
"""Commands that are followed by a token."""
_MIXED = 6.0
"""Bits of evidence that small letters, capital ones and digits in one word are, where a name announces a secret."""
_IDENTIFIER = LatePattern(r"[A-Za-z_$][A-Za-z_.$-]*\d{0,3}[A-Za-z_.]*(?:==?)?")


def values(line: str, names: Sequence[Named], *, long: bool) -> Iterator[Found]:
    """The secrets beside these names. May overlap. ``long``: the line holds a word of sixteen characters with a digit."""
    strong = [name for name in names if name.strong]
    for name in names if long else strong:
        yield from _direct(line, name)
    kind = (strong or names)[0].kind
    for name in names:
        for start, end in chosen(line, name):
            yield Found(start, end, name.kind)
    if strong or any(name.word in _LOGINS for name in names):
        for start, end in words_and_digits(line[:LONGEST_LINE], phrases=kind in ("password", "passphrase", "secret")):
            yield Found(start, end, kind)
    for start, end in _random_words(line, 10.0 if strong else 12.0, quoted=not strong):
        yield Found(start, end, kind)


def opens(line: str, names: Sequence[Named]) -> bool:
    """Whether a name's value is expected on the next lines: ``password: |``, ``TOKEN = (``, ``- name: DB_PASSWORD``."""
    for name in names:
        rest = line[name.end : name.end + 60].strip()
        pattern, longest = (_OPENS, 40) if name.strong else (_OPENS_WEAK, 12)
        if len(rest) <= longest and pattern.fullmatch(rest) is not None:
            return True
    return False


_OPENS = LatePattern(
    r"\\?[\w]{0,12}[\"'`\])}*!?]{0,3}\s{0,4}(?::?\s?[\w&*.<>\[\]]{1,16}\s?(?==))?"
    r"(?:[=:,(>|{\[+\\-]|</?[\w:-]{1,24}>|:=|=>|->|[rbfu]?\"\"\"|'''|`|<<[-~]?[\"']?\w{1,12}[\"']?|\s){0,6}"
    r"(?:[\w.]{1,30}\()?(?:(?:#|//)[^\r\n]*)?"
)
_OPENS_WEAK = LatePattern(r"[\"']?\s{0,2}(?::=|[=:])\s{0,2}(?:[({\[\\|>]-?|[\w.]{1,30}\()\s{0,2}")


_KEY = r"[\"']?(?:value|default|defaultValue|ParameterValue|content|val|string|text|data)[\"']?\s{0,4}[=:>]\s{0,4}"
_LITERAL_LINE = LatePattern(
    r"\s{0,80}(?:[-+*#.&]{1,3}\s{0,4})?(?:"
    r"(?P<key>" + _KEY + r"))?(?:String::from\(|[brfu@])?(?P<quote>\\?[\"'`]{1,3})(?P<value>[^\s\"'`<>(){}]{6,400}?)"
    r"(?:\\[nrt])?(?P=quote)[\s,;)}\]+\\.&]{0,12}"
)
_BARE_LINE = LatePattern(
    r"\s{1,80}(?:[-+*>#]{1,3}\s{0,4})?(?P<key>" + _KEY + r")?(?P<value>[^\s\"'`<>(){},;|\[\]=]{6,400}={0,2})\s*\\?"
)


_ELEMENT_LINE = LatePattern(r"\s{0,80}<(?:[\w:-]{0,20}[vV]alue|string)>(?P<value>[^\s\"'<>(){}]{6,400})</[\w:-]{1,24}>\s{0,8}")


def following(line: str, *, strong: bool = True) -> Iterator[tuple[int, int]]:
    """The secrets in a line that carries on the one with the name."""
    if strong:
        if (literal := _LITERAL_LINE.fullmatch(line)) is not None and _carried_on(literal["value"], keyed=bool(literal["key"])):
            yield literal.span("value")
        elif (
            (bare := _BARE_LINE.fullmatch(line)) is not None
            and bare["value"][-1] not in ":*"
            and (_looks_made(bare["value"], config=True) or (bool(bare["key"]) and word(bare["value"])))
        ):
            yield bare.span("value")
        elif (element := _ELEMENT_LINE.fullmatch(line)) is not None and word_or_made_up(element["value"]):
            yield element.span("value")
    yield from _random_words(line, 12.0, quoted=not strong)


_NAMED_LINE = LatePattern(
    r"\s{0,80}(?:-\s{1,4})?[\"']?(?:name|key)[\"']?\s{0,4}[:=]\s{0,4}[\"']?[\w.-]{1,80}[\"']?\s{0,4},?\s{0,4}"
)


def value_above(above: str, line: str) -> tuple[int, int] | None:
    """Where in the line above the value is, when this one is its name: ``value: …`` over ``name: DB_PASSWORD``."""
    if _NAMED_LINE.fullmatch(line.rstrip("\r\n")) is None:
        return None
    found = _VALUE_LINE.fullmatch(above.rstrip("\r\n"))
    return None if found is None or example(found["value"]) else found.span("value")


_VALUE_LINE = LatePattern(
    r"\s{0,80}(?:[-{]\s{1,4})?[\"']?value[\"']?\s{0,4}[:=]\s{0,4}(?P<quote>[\"']?)(?P<value>[^\s\"'{}$]{5,400})(?P=quote)\s{0,4},?\s{0,4}"
)


def _carried_on(value: str, *, keyed: bool) -> bool:
    """``keyed``: the line calls it the value or the default of what was named."""
    if keyed and word_or_made_up(value):
        return True
    return drawn(value, 6.0) or hexadecimal(value) or (made_up(value) and not _NAME_LIKE.fullmatch(value))


_NAME_LIKE = LatePattern(r"[A-Za-z_][\w.-]*")


def _direct(line: str, name: Named) -> Iterator[Found]:
    """The value right after the name."""
    match = _TO_VALUE.match(line, name.end)
    if match is None:
        return
    quote, at = match["quote"], match.end()
    if name.word == "pass" and match["between"].isspace():
        return  # the verb
    if quote:
        end = line.find(quote, at, at + 400)
        first_of_several = "(" in match["between"] and line[end + len(quote) : end + len(quote) + 4].lstrip().startswith(",")
        if end > at and (_quoted(line[at:end], name) if not first_of_several else drawn(line[at:end], 6.0)):
            yield Found(at, end, name.kind)
        return
    bare = _BARE.match(line, at)
    if bare is None or REDACTED in bare.group():
        return
    value, between = bare.group(), match["between"]
    value = value.rstrip(".") if between.isspace() else value
    config = (
        not between.isspace()
        and _PAIR_BEFORE.match(line[max(0, name.start - 200) : name.start])
        and _PAIR_AFTER.match(line, bare.end())
    )
    if not name.strong:
        number = len(value) >= 32 and hexadecimal(value)
        flag = _FLAG.search(line, max(0, name.start - 60), name.start) is not None
        command = flag or (name.word in _LOGINS and between.isspace() and not line[bare.end() :].strip())
        accepted = (command and number) or (bool(config) and len(value) >= 12 and (number or drawn(value, 12.0)))
    elif ">" in between and line.startswith("</", bare.end()):
        accepted = made_up(value) and len(value) >= 4
    elif _FLAG.search(line, max(0, name.start - 60), name.start):
        accepted = len(value) >= 5 and made_up(value) and not _IDENTIFIER.fullmatch(value)
    else:
        accepted = not line.startswith(("(", "[", "."), bare.end()) and _looks_made(
            value, config=bool(config), digits=name.kind.startswith("pass")
        )
    if accepted:
        yield Found(at, at + len(value), name.kind)


def _quoted(value: str, name: Named) -> bool:
    if not name.strong:
        number = all(map(hexadecimal, value.split(":", 1)))
        return len(value) >= 32 and (number or (" " not in value and drawn(value, 20.0)))
    if " " in value:
        return _WORDS.fullmatch(value) is not None and (
            name.kind == "passphrase" or (name.kind == "password" and _passphrase(value))
        )
    return _chosen(value, 6) or (name.kind in ("password", "passphrase", "secret", "key") and joined_words(value))


def _chosen(value: str, shortest: int) -> bool:
    """Whether a person may have chosen this string literal as a secret."""
    return len(value) >= shortest and REDACTED not in value and not any(map(str.isspace, value)) and made_up(value)


def _passphrase(value: str) -> bool:
    """Several words that are no sentence about passwords: at least one of them is made up."""
    return any(bits(word) >= 8 or (not word.isalpha() and bits(word) > 0) for word in value.split())


def _looks_made(value: str, *, config: bool, digits: bool = True) -> bool:
    """Whether a value without quotes is one, rather than an expression of the program."""
    if example(value):
        return False
    if (
        drawn(value, 10.0 if config else 12.0)
        or (_mixed(value) and drawn(value, 0.0))
        or (hexadecimal(value) and len(value) >= 20)
    ):
        return True
    if not config or len(value) < 8 or _IDENTIFIER.fullmatch(value):
        return False
    if value.isdigit():
        return digits
    return made_up(value)


def _mixed(word: str) -> bool:
    """Whether small letters, capital ones and digits stand in it."""
    return _DIGIT.search(word) is not None and word not in (word.lower(), word.upper())


def _random_words(line: str, lowest_bits: float, *, quoted: bool) -> Iterator[tuple[int, int]]:
    """Words in the line that were drawn at random. ``quoted``: only whole string literals."""
    for match in _CANDIDATE.finditer(line[:LONGEST_LINE]):
        word = match.group()
        if word.isalpha() and (word.islower() or len(word) < 12):
            continue
        start, end = match.span()
        before, after = line[start - 1 : start], line[end : end + 1]
        need = (
            lowest_bits + 6
            if word.isalpha() or not _DIGIT.search(word)
            else lowest_bits
            if word in (word.lower(), word.upper())
            else lowest_bits - _MIXED
        )
        if after == "(" or (word[0] in "./" and "." in word):
            need += 12
        if quoted and not (before and before in "\"'`" and after == before):
            continue
        if drawn(word, need) or (len(word) >= 32 and hexadecimal(word)):
            yield start, end
