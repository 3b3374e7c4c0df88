"""Passwords that a person chose: a word, or one with a digit, which only the form of the line tells from a name of the program.

``DB_PASSWORD=correcthorse`` in a shell is a password, ``password=correcthorse`` in a call is a variable. So each rule here asks
for a form that code does not have: a line that is nothing but a setting, a part of a connection string, a flag of a command.
"""

from collections.abc import Iterator

from coderoute_ls.ignore.secrets.names import Named
from coderoute_ls.ignore.secrets.plausible import REDACTED, example
from coderoute_ls.text.lazy_regex import LatePattern

_VALUE = r"(?P<value>[A-Za-z0-9][\w.!@#%^*+~-]{4,60})"
_END = r"(?:\s{0,40}(?:#|//)[^\r\n]*|\s{0,40})\Z"
_EXPORT = r"(?:(?:export|set|env|ENV|ARG|setenv|-e|--env|-)\s{1,8})?"

_SETTING_BEFORE = LatePattern(r"(?P<indent>\s{0,60})(?:(?:[#;+-]|//)\s{0,4}){0,2}" + _EXPORT + r"[\"']?(?P<key>[\w.-]{0,80})\Z")
_SHELL = LatePattern(r"=(?P<quote>[\"']?)" + _VALUE + r"(?P=quote)(?=\s|\Z)")
_PAIR = LatePattern(r"[\"']?(?P<between>\s{0,4}[:=]\s{0,8})(?P<quote>[\"']?)" + _VALUE + r"(?P=quote),?" + _END)
_DEFAULT = LatePattern(r":[-=]" + _VALUE + r"\}")
_PART_BEFORE = LatePattern(r"(?:\A|.*[;&?,\s\"':])[A-Za-z_]{0,40}\Z")
_PART = LatePattern(r"=" + _VALUE + r"(?=;|&|[\"']|\s{1,4}\w{1,40}=|\s{0,4}\Z)")
_OTHER_PART = LatePattern(r"\w=[^\s=;&]{1,80}[;&,\s]|;")
_FLAG_BEFORE = LatePattern(r"(?:.*\s)?(?:--?[\w-]{0,30})\Z")
_FLAG = LatePattern(r"(?P<between>=|\s{1,4})[\"']?" + _VALUE + r"(?=[\s\"']|\Z)")
_LOGIN_BEFORE = LatePattern(r"(?:.*\blogin\s{1,4}\S{1,80}\s{1,4}|\s{0,20})\Z")
_WORD_AFTER = LatePattern(r"\s{1,4}" + _VALUE + r"\s{0,10}\Z")
_APP_PASSWORD = LatePattern(r"[\"']?\s{0,4}[:=]\s{0,4}[\"']?(?P<value>[a-z]{4}(?: [a-z]{4}){3})(?=[\"',;]|\s{0,4}\Z)")
"""Sixteen letters in four groups, as Google draws them."""
_ATTRIBUTE = LatePattern(r"=\"" + _VALUE + r"\"[^<\r\n]{0,200}>")

_DIGITS = LatePattern(
    r"[\"']?(?P<between>\s{0,4}[:=]\s{0,4})(?P<quote>[\"']?)(?P<value>\d{4,8})(?P=quote)(?=\s{0,8}(?:[,;})#]|//|\Z))"
)
_TYPE = LatePattern(
    r"(?i:(?:u?int|float|double|byte|bytes|str|string|bool|char|varchar|base|sha|md|utf|arg|args|param|val|value|var|input|text|pass"
    r"|passwd|pwd|pw|user|field|type|data|item|key|hash|line|name|result|tmp|temp|[a-z])_?\d{1,4})"
)
"""Types, and names that differ by a number."""
_WORDS = frozenset(
    word
    for words in (
        "required optional undefined disabled enabled unknown prompt hidden string boolean nullable encrypted plaintext masked",
        "redacted visible invalid missing incorrect forgotten autocomplete current-password new-password integer",
        "varchar automatic unspecified generated inherited environment variable argument parameter placeholder description",
        "attribute authentication keyboard-interactive identifier sensitive readonly writeonly confirmation protected",
    )
    for word in words.split()
)
"""What stands beside the word *password* in schemas and forms."""


def chosen(line: str, name: Named) -> Iterator[tuple[int, int]]:
    """Where in the line a password, passphrase or PIN may stand that a person chose, beside this name of it."""
    if name.word in ("pin", "otp"):
        yield from _pin(line, name)
    elif name.strong and name.kind in ("password", "passphrase"):
        yield from _password(line, name)


def _pin(line: str, name: Named) -> Iterator[tuple[int, int]]:
    found = _DIGITS.match(line, name.end)
    if found is None or len(set(found["value"])) <= 2:
        return
    shell = name.word.upper() == line[name.start : name.end] and found["between"] == "="
    if found["quote"] or shell or len(found["value"]) >= 6:
        yield found.span("value")


def _password(line: str, name: Named) -> Iterator[tuple[int, int]]:
    before = line[max(0, name.start - 200) : name.start]
    at = name.end
    setting = _SETTING_BEFORE.fullmatch(before)
    if setting and not setting["key"].startswith(("self.", "this.", "cls.")):
        key = setting["key"] + line[name.start : at]
        loud = key.isupper()
        if (found := _SHELL.match(line, at)) and (loud or "." in key):
            yield from _believed(found.span("value"), line, letters=8 if loud or key.count(".") >= 2 else 0)
        elif found := _PAIR.match(line, at):
            colon, quoted = ":" in found["between"], bool(found["quote"])
            if quoted:
                yield from _believed(found.span("value"), line, letters=10)
            elif colon or not setting["indent"]:
                letters = (8 if loud else 10 if setting["key"] else 0) if colon else 0
                yield from _believed(found.span("value"), line, letters=letters)
    if found := _APP_PASSWORD.match(line, at):
        yield found.span("value")
    if found := _DEFAULT.match(line, at):
        yield from _believed(found.span("value"), line, letters=8)
    if (found := _PART.match(line, at)) and _PART_BEFORE.fullmatch(before) and _OTHER_PART.search(line):
        yield from _believed(found.span("value"), line)
    if (found := _FLAG.match(line, at)) and _FLAG_BEFORE.fullmatch(before):
        yield from _believed(found.span("value"), line, letters=8 if found["between"] == "=" else 0)
    if (found := _WORD_AFTER.match(line, at)) and _LOGIN_BEFORE.fullmatch(before):
        yield from _believed(found.span("value"), line, letters=5 if before.strip() else 0)
    if (found := _ATTRIBUTE.match(line, at)) and "<" in before:
        yield from _believed(found.span("value"), line, letters=10)


def _believed(span: tuple[int, int], line: str, *, letters: int = 0) -> Iterator[tuple[int, int]]:
    """The span, where it holds a word with a digit, or so many letters (0: never letters alone) that name nothing known."""
    value = line[span[0] : span[1]]
    if REDACTED in value or example(value) or _TYPE.fullmatch(value) or value.lower() in _WORDS or value[0] in "_.":
        return
    word = value.isalpha() and value.islower() and 0 < letters <= len(value)
    if word or (len(value) >= 6 and any(map(str.isdigit, value)) and any(map(str.islower, value)) and not _like_a_name(value)):
        yield span


def _like_a_name(value: str) -> bool:
    """Whether it is made like a name of the program: ``Sha256Hash``, ``user_2``, ``a.b1``."""
    return "." in value or "_" in value or (value[0].isupper() and value[1:2].islower() and not value[-1].isdigit())
