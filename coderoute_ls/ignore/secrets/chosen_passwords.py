"""Passwords that a person chose: a word, or one with a digit, which only the form of the line tells from a name of the program.

``DB_PASSWORD=correcthorse`` in a shell is a password, ``password=correcthorse`` in a call is a variable. So each rule here asks
for a form that code does not have: a line that is nothing but a setting, a part of a connection string, a flag of a command, a
line beside one that names a user.
"""

from collections.abc import Iterator, Sequence

from coderoute_ls.ignore.secrets.names import Named
from coderoute_ls.ignore.secrets.plausible import REDACTED, example, joined_words, word
from coderoute_ls.text.lazy_regex import LatePattern

_VALUE = r"(?P<value>[A-Za-z0-9][\w.!@#%^*+~-]{4,60})"
_QUOTED = r"(?P<quote>[\"'])" + _VALUE + r"(?P=quote)"
_END = r"(?:\s{0,40}(?:#|//)[^\r\n]*|\s{0,40})\Z"
_EXPORT = r"(?:(?:export|set|env|ENV|ARG|setenv|-e|--env|-)\s{1,8})?"

_SETTING_BEFORE = LatePattern(r"(?P<indent>\s{0,60})(?:(?:[#;+-]|//)\s{0,4}){0,2}" + _EXPORT + r"[\"']?(?P<key>[\w./-]{0,80})\Z")
_AFTER_COLON = LatePattern(r":\s{1,4}" + _VALUE + r"\s{0,4}\Z")
_WHOLE_BEFORE = LatePattern(r"(?:--\w{1,10}\s{1,4})?(?:[\w.-]{0,200}[_.-]|[a-z]{1,20})?")
_SHELL = LatePattern(r"=(?P<quote>[\"']?)" + _VALUE + r"(?P=quote)(?=\s|\Z)")
_LOUD_BEFORE = LatePattern(r"(?:.*[\s\"'(;&|{,=])?(?P<key>[A-Z0-9_.-]{0,80})\Z")
_LOUD = LatePattern(
    r"(?:_[A-Z0-9]{1,12}){0,2}(?:(?:=|\s{0,2}[:?]=\s{0,2})(?P<open>[\"']?)|[\"']?\s{0,4},\s{0,4}(?P<comma>[\"'])|\s{1,8}(?P<blank>[\"']))"
    + _VALUE
    + r"(?=[\s\"';&|)]|\Z)"
)
"""``=``, a comma and a quote, or a blank and a quote after a name in capitals."""
_DIRECTIVE_BEFORE = LatePattern(r"\s{0,60}(?:ENV|ARG|setx?|set\s-\w{1,4}|SetEnv|setenv|env)\s{1,8}[A-Z0-9_]{0,80}\Z")
_DIRECTIVES = frozenset(["requirepass", "masterauth", "bindpw", "rootpw"])
_PAIR = LatePattern(r"[\"']?(?P<between>\s{0,4}[:=]\s{0,8})(?P<quote>[\"']?)" + _VALUE + r"(?P=quote),?" + _END)
_ELSE = r"(?:\|\||\?\?|\?:|\bor\b)"
_ARGUMENT = LatePattern(
    r"(?:_[A-Za-z0-9]{1,14}){0,2}[\"'`\])*]{0,3}(?:\.(?!set|add|put)[a-zA-Z]{1,12}(?:\(\))?){0,2}"
    r"(?:\s{1,4}(?:\w{3,12}(?:\(\d{1,5}\))?\s{1,4})(?:(?i:default)\s{1,4}|:=\s{0,4})"  # a column's or variable's type
    rf"|\s{{0,8}}(?:!?={{1,3}}|:=?|=>|\(|\{{|:?\*{{1,2}}:?|{_ELSE})\s{{0,8}}"
    rf"|\s{{0,4}}=\s{{0,4}}[\w.$]{{1,40}}(?:\([^()\r\n]{{0,60}}\)|\[[^\]\r\n]{{0,60}}\])?\s{{0,4}}{_ELSE}\s{{0,4}}"
    r"|,\s{0,4}(?:\w{1,12}=[^,\"'\r\n]{1,40},\s{0,4}){0,3}default\s{0,2}=\s{0,2}|\.equals(?:IgnoreCase)?\("
    r"|\s{1,4}(?:value\s{0,2}=\s{0,2})?)"
    r"(?:(?i:md5|sha\d{0,3}|\w{0,20}(?:password|crypt|hash|digest|securestring))(?:\(\s{0,2}|(?:\s-string)?\s{1,3}))?[bru@LN]?"
    r"(?P<quote>[\"'`])" + _VALUE + r"(?P=quote)"
)
_COMPARED = LatePattern(
    r"[^\r\n]{0,120}?(?P<quote>[\"'])"
    + _VALUE
    + r"(?P=quote)(?:\.equals(?:IgnoreCase)?\(|\s{0,2}[!=]={1,2}\s{0,2})[\w.$]{0,40}\Z"
)
_LIST = LatePattern(r"\s{0,4}[:=]\s{0,4}[\[({][^\]\r\n]{4,400}")
_LITERAL = LatePattern(r"[\"']" + _VALUE + r"[\"']")
_SAID = LatePattern(
    r"(?:(?:\s(?:of|for|to|on)(?:\s[\w.'-]{1,20}){1,5})?\s{1,3}(?:is|was|ist|lautet|=)|\s{0,3}:)\s{1,3}[\"'`]?(?P<value>[A-Za-z]{4,30}\d{2,6}[!.]?)(?=[\"'`]|[,;.]?\s|\Z)"
)
_DEFAULT = LatePattern(r":[-=](?P<value>[A-Za-z0-9][\w.!@#%^*+~?&-]{4,60})\}")
_IN_BRACES_BEFORE = LatePattern(r"[^\r\n]{0,160}\{[^{}\r\n]{0,160}\Z")
_IN_BRACES = LatePattern(r":\s{1,4}(?P<value>[a-z]{4,30}\d{2,6}[!.]?)\s{0,4}[,}]")  # a pair of a YAML list without quotes
_PART_BEFORE = LatePattern(r"(?:\A|.*[;&?,\s\"':])[A-Za-z_]{0,40}\Z")
_PART = LatePattern(r"\\?=" + _VALUE + r"(?=[;&,\s\"']|\Z)")
_OTHER_PART = LatePattern(r"\w=[^\s=;&]{1,80}[;&,\s]|;|://[^\s\"'?]{1,120}\?")
_SERVER_PART = LatePattern(
    r"(?i:(?:\A|[;&?,\s\"'])(?:[\w-]{0,30}_)?(?:user(?:name|\s?id)?|uid|usr|host(?:name)?|server|data\ssource|database|dbname)\s?=[^\s=;&]{1,80}[;&,\s])"
)
_FLAG_BEFORE = LatePattern(r"(?:.*\s)?(?:--?[\w.-]{0,30})\Z")
_FLAG = LatePattern(r"(?P<between>=|\s{1,4})(?P<quote>[\"']?)" + _VALUE + r"(?=[\s\"']|\Z)")
_OTHER_FLAG = LatePattern(r"(?:\A|\s)--?[A-Za-z]")
_COMMAND_NAME_BEFORE = LatePattern(
    r"\s{0,20}(?:[$>]\s{1,2})?[/a-z][\w./-]{1,60}(?:\s{1,3}[a-z][\w-]{1,20})?\s{1,3}--?[\w.-]{0,30}\Z"
)
_FILE_AFTER = LatePattern(r"[\"']?\s{1,4}[\w.:~-]{0,60}(?:/{1,3}[\w.-]|\w\.[a-z]\w{0,4}(?:\s|\Z))")
"""What a command is about, after its flags: ``app.jar``, ``./out``, ``https://…``."""
_OPTION_BEFORE = LatePattern(r"[^()\r\n]{2,300}\s--?[A-Za-z][\w-]{0,30}[\s=](?:[^()\s]{0,200},)?[\w.-]{0,60}\Z")
_COMMAND_BEFORE = LatePattern(r"\s{0,20}(?:[$>]\s)?[/a-z][\w.-]{1,30}(?:\s{1,3}[\w./:@=-]{1,80}){1,12}\s{1,3}[\w.-]{0,60}\Z")
_OPTION = LatePattern(r"=" + _VALUE + r"(?=[\s,\"']|\Z)")
_LOGIN_BEFORE = LatePattern(
    r"(?:.*\b(?:login|(?P<user>user(?:name)?))\s{1,4}\S{1,80}\s{1,4}(?:\w{1,20}-)?|\s{0,20}"
    r"|(?P<part>\s{0,20}[\w-]{1,40}[._-][\w.-]{0,60}))\Z"
)
"""Before a password, a user; or the rest of a name of several parts, as some settings have it before a blank."""
_PUT_BEFORE = LatePattern(r"(?:.*\s)?(?:put|set|add)\s{1,4}[\w./:-]{0,80}\Z")
_VALUE_FLAG = LatePattern(
    r"\s--(?:value|body|data|string|literal|secret-string|secret-value)(?:=|\s{1,4})(?P<quote>[\"']?)"
    + _VALUE
    + r"(?=[\s\"']|\Z)"
)
_WORD_AFTER = LatePattern(r"\s{1,4}" + _VALUE + r"\s{0,10}\Z")
_APP_PASSWORD = LatePattern(r"[\"']?\s{0,4}[:=]\s{0,4}[\"']?(?P<value>[a-z]{4}(?: [a-z]{4}){3})(?=[\"',;]|\s{0,4}\Z)")
"""Sixteen letters in four groups, as Google draws them."""
_ATTRIBUTE = LatePattern(r"=\"" + _VALUE + r"\"[^<\r\n]{0,200}>")
_ELEMENT = LatePattern(
    r"(?:</\w{1,20}>\s{0,4}<\w{1,20})?[\"']?(?:\s[^<>\r\n]{0,80})?>(?:\s{0,4}<[\w:-]{0,20}[vV]alue>)?" + _VALUE + r"</"
)

_BESIDE = LatePattern(r"[\"']?(?:\s{0,4}[:=]\s{0,8}|\s{1,8})(?P<quote>[\"']?)" + _VALUE + r"(?P=quote),?" + _END)
_BESIDE_BEFORE = LatePattern(r"\s{0,60}(?:[-*]\s{1,4})?[\"']?(?:[\w.-]{0,40}[_.-])?\Z")
_USER = LatePattern(
    r"(?i:\s{0,60}(?:[-*]\s{1,4})?[\"']?(?:[\w.-]{0,40}[_.-])?(?P<key>user(?:[_-]?(?:name|id))?|login|uid|account(?:name)?|machine|host(?:name)?)"
    r"[\"']?(?:\s{0,4}[:=]\s{0,8}|\s{1,8})[\"']?(?P<value>[\w.@\\+-]{1,80})[\"']?,?\s{0,4}(?:login\s{1,4}\S{1,80})?\s{0,4})"
)

_WORD_AND_DIGITS = LatePattern(r"(?<![\w.\\@$%#-])(?P<value>[a-z]{4,20}\d{2,6}[!.]?)(?![\w(.=\[@:<{-])")
_PHRASE = LatePattern(r"(?<![\w./\\$@-])(?P<value>[a-z]{3,10}(?:-[a-z]{3,10}){3,7})(?![\w./(=:-])")
_DIGITS = LatePattern(
    r"[\"']?(?P<between>\s{0,4}[:=]\s{0,4}|(?<=PIN)\s(?:is\s)?)(?P<quote>[\"']?)(?P<value>\d{4,8}|\d{3}-\d{2}-\d{3})(?P=quote)(?=\s{0,8}(?:[,;})#]|//|\*/|\Z))"
)
_TYPE = LatePattern(
    r"(?i:(?:u?int|float|complex|double|byte|bytes|str|string|bool|char|varchar|base|uidb|s?sha|md|utf|oauth|pkcs|pbkdf|nistp|secp|curve|group|fortran|python|arg|args|param|val|value|var|input|text|pass"
    r"|passwd|pwd|pw|user|field|type|data|item|key|hash|line|name|result|tmp|temp|[a-z])_?\d{1,4})"
)
"""Types, and names that differ by a number."""
_NEAR = 2_000
"""Characters of a long line on each side of a name."""
_WORDS = frozenset(
    word
    for words in (
        "required optional undefined disabled enabled unknown prompt hidden string boolean nullable encrypted plaintext masked",
        "redacted visible invalid missing incorrect forgotten autocomplete current-password new-password integer",
        "varchar automatic unspecified generated inherited environment variable argument parameter placeholder description",
        "attribute authentication keyboard-interactive identifier sensitive readonly writeonly confirmation protected",
        "together everywhere interactively management encryption expiration",
    )
    for word in words.split()
)
"""What is beside the word *password* in schemas, forms and manuals."""


def chosen(line: str, name: Named) -> Iterator[tuple[int, int]]:
    """Where in the line a password, passphrase or PIN may stand that a person chose, beside this name of it."""
    if name.word in ("pin", "otp"):
        yield from _pin(line, name)
    elif name.strong:
        yield from _loud(line, name)
        if name.kind == "secret" or _signs(line, name):
            yield from _secret(line, name)
        if found := _VALUE_FLAG.search(line, *_near(line, name)):
            yield from _believed(found.span("value"), line, letters=8)
        if name.kind in ("password", "passphrase"):
            yield from _setting(line, name)
            yield from _in_an_argument(line, name)
            yield from _in_a_command(line, name)


_SIGNS = LatePattern(r"(?i:.*(?:secret|jwt|sign|signing|session|cookie|csrf|encryption|hmac)[_-]?)")


def _signs(line: str, name: Named) -> bool:
    """Whether a program signs or encrypts with this key: people choose such ones as they choose passwords."""
    return name.word == "key" and _SIGNS.fullmatch(line, max(0, name.start - 14), name.start) is not None


def words_and_digits(line: str, *, phrases: bool) -> Iterator[tuple[int, int]]:
    """Words with digits after them, ``walnut56``, and phrases with hyphens: where they are in a line that names a password, they
    are one. Of 2.7 million lines of twenty-four packages three hold such a word and name a password.
    """
    for found in _WORD_AND_DIGITS.finditer(line):
        yield from _believed(found.span("value"), line)
    for found in _PHRASE.finditer(line) if phrases else ():
        if joined_words(found["value"]):
            yield found.span("value")


def _near(line: str, name: Named) -> tuple[int, int]:
    """Where to look for what says more of a name, from and to: a line of many names must not be read whole for each of them."""
    return (0, len(line)) if len(line) <= 2 * _NEAR else (max(0, name.start - _NEAR), name.end + _NEAR)


def may_be_beside_a_user(line: str, name: Named) -> tuple[int, int] | None:
    """Where in the line the password is if the line above or below it names a user: ``login bob``, ``password walnut``."""
    if name.kind not in ("password", "passphrase") or _BESIDE_BEFORE.fullmatch(line, 0, name.start) is None:
        return None
    found = _BESIDE.match(line, name.end)
    return found.span("value") if found is not None and word(found["value"], 6) else None


def beside_a_user(lines: Sequence[str], number: int, names: Sequence[Named]) -> Iterator[tuple[int, int]]:
    """Where in a line the password of a user is whose name a line close to it holds."""
    line = lines[number].rstrip("\r\n")
    for near in (number - 1, number + 1, number - 2, number + 2):
        user = _USER.fullmatch(lines[near].rstrip("\r\n")) if 0 <= near < len(lines) else None
        if user is not None and user["value"].lower() != user["key"].lower():
            yield from (span for name in names if (span := may_be_beside_a_user(line, name)) is not None)
            return


def _pin(line: str, name: Named) -> Iterator[tuple[int, int]]:
    found = _DIGITS.match(line, name.end)
    if found is None or len(set(found["value"])) <= 2:
        return
    shell = name.word.upper() == line[name.start : name.end] and found["between"] == "="
    if found["quote"] or shell or len(found["value"]) >= 6:
        yield found.span("value")


def _secret(line: str, name: Named) -> Iterator[tuple[int, int]]:
    """A word with a digit in a line that is nothing but a setting, ``rpc-secret=mango10``, or words in quotes."""
    indent = len(line) - len(line.lstrip())
    whole = _WHOLE_BEFORE.fullmatch(line, indent, name.start) is not None
    found = _AFTER_COLON.match(line, name.end) or (None if indent else _SHELL.match(line, name.end))
    if found is not None and whole:
        yield from _believed(found.span("value"), line, letters=10)
    if found := _ARGUMENT.match(line, name.end):
        yield from _believed(found.span("value"), line, letters=10)
    if whole and (found := _PAIR.match(line, name.end)):
        yield from _believed(found.span("value"), line)


def _loud(line: str, name: Named) -> Iterator[tuple[int, int]]:
    """After a name in capitals, as settings of a shell and constants have it."""
    at = name.end
    if not line[name.start : at].isupper() or not line[name.start].isascii():
        return
    before = line[max(0, name.start - 200) : name.start]
    found, start = _LOUD.match(line, at), _LOUD_BEFORE.fullmatch(before)
    if found is None or start is None or not (start["key"] or found["open"] == ""):
        found = _WORD_AFTER.match(line, at) if _DIRECTIVE_BEFORE.fullmatch(before) else None
    if found is None and _SETTING_BEFORE.fullmatch(before):
        found = _AFTER_COLON.match(line, at)
    if found is not None:
        yield from _believed(found.span("value"), line, letters=8)


def _setting(line: str, name: Named) -> Iterator[tuple[int, int]]:
    """In a line that is a setting and nothing else."""
    at = name.end
    setting = _SETTING_BEFORE.fullmatch(line[max(0, name.start - 200) : name.start])
    if setting and not setting["key"].startswith(("self.", "this.", "cls.")):
        key = setting["key"] + line[name.start : at]
        if (found := _SHELL.match(line, at)) and (key.isupper() or "." in key):
            yield from _believed(found.span("value"), line, letters=8)
        elif found := _PAIR.match(line, at):
            colon, quoted = ":" in found["between"], bool(found["quote"])
            indented = bool(setting["indent"]) and not line.lstrip().startswith("- ")
            if quoted:
                yield from _believed(found.span("value"), line, letters=10)
            elif colon or not indented or not line[found.end("value") :].strip():
                letters = 8 if key.isupper() or not (colon or indented) else 10
                ends = line[found.end("value") :].lstrip().startswith(",")
                yield from _believed(found.span("value"), line, letters=0 if ends else letters)
        elif name.word in _DIRECTIVES and (found := _WORD_AFTER.match(line, at)):
            yield from _believed(found.span("value"), line, letters=6)


def _in_an_argument(line: str, name: Named) -> Iterator[tuple[int, int]]:
    """In a call, a connection string, an attribute or an element."""
    before, at = line[max(0, name.start - 200) : name.start], name.end
    if found := _ARGUMENT.match(line, at):
        yield from _believed(found.span("value"), line, letters=10)
    if found := _COMPARED.fullmatch(before):
        start = name.start - len(before)
        yield from _believed((start + found.start("value"), start + found.end("value")), line, letters=10)
    if line[at - 1] in "sS" and (listed := _LIST.match(line, at)):
        for found in _LITERAL.finditer(line, at, listed.end()):
            yield from _believed(found.span("value"), line)
    if found := _SAID.match(line, at):
        yield from _believed(found.span("value"), line)
    if found := _APP_PASSWORD.match(line, at):
        yield found.span("value")
    if (found := _IN_BRACES.match(line, at)) and _IN_BRACES_BEFORE.fullmatch(before):
        yield from _believed(found.span("value"), line)
    if found := _DEFAULT.match(line, at):
        yield from _believed(found.span("value"), line, letters=8)
    if (found := _PART.match(line, at)) and _PART_BEFORE.fullmatch(before) and _OTHER_PART.search(line, *_near(line, name)):
        yield from _believed(found.span("value"), line, letters=8 if _SERVER_PART.search(line, *_near(line, name)) else 0)
    if (found := _ATTRIBUTE.match(line, at)) and "<" in before:
        yield from _believed(found.span("value"), line, letters=10)
    if (found := _ELEMENT.match(line, at)) and "<" in before:
        yield from _believed(found.span("value"), line, letters=8)


def _in_a_command(line: str, name: Named) -> Iterator[tuple[int, int]]:
    """After a flag, in a setting that a flag takes, or after a login."""
    before, at = line[max(0, name.start - 200) : name.start], name.end
    if (found := _FLAG.match(line, at)) and _FLAG_BEFORE.fullmatch(before):
        others = (
            _OTHER_FLAG.search(before.rpartition(" ")[0])
            or _OTHER_FLAG.search(line, found.end(), _near(line, name)[1])
            or (_COMMAND_NAME_BEFORE.fullmatch(before) and _FILE_AFTER.match(line, found.end()))
        )
        yield from _believed(found.span("value"), line, letters=8 if found["between"] == "=" or others else 0)
    if (found := _OPTION.match(line, at)) and (_OPTION_BEFORE.fullmatch(before) or _COMMAND_BEFORE.fullmatch(before)):
        yield from _believed(found.span("value"), line, letters=8)
    if (found := _WORD_AFTER.match(line, at)) and _PUT_BEFORE.fullmatch(before):
        yield from _believed(found.span("value"), line)
    if (found := _WORD_AFTER.match(line, at)) and (login := _LOGIN_BEFORE.fullmatch(before)):
        sure = before.strip() and not (login["user"] or login["part"])
        yield from _believed(found.span("value"), line, letters=5 if sure else 0)


def _believed(span: tuple[int, int], line: str, *, letters: int = 0) -> Iterator[tuple[int, int]]:
    """The span, where it holds a word with a digit, or so many letters (0: never letters alone) that name nothing known."""
    value = line[span[0] : span[1]]
    if REDACTED in value or example(value) or _TYPE.fullmatch(value) or value.lower() in _WORDS or value[0] in "_.":
        return
    digit = len(value) >= 6 and any(map(str.isdigit, value)) and any(map(str.islower, value)) and not _like_a_name(value)
    if digit or (letters and (word(value, letters) or joined_words(value))):
        yield span


def _like_a_name(value: str) -> bool:
    """Whether it is made like a name of the program: ``Sha256Hash``, ``user_2``, ``a.b1``."""
    return "." in value or "_" in value or (value.isalnum() and value[:2].istitle() and not value[-1].isdigit())
