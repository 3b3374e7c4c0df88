"""The names beside which a secret is set (``password``, ``api_key``, ``Kennwort``): one row per word. Of the one table."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple


class Name(NamedTuple):
    """A word that names secrets."""

    word: str
    """Lower case."""
    kind: str
    strong: bool = True
    """Whether the word alone says that a secret follows. After a weak one the value itself must look drawn at random."""
    whole: bool = False
    """Whether it must stand as a word of its own: ``key``, not ``monkey``."""


def _rows(kind: str, words: str, *, strong: bool = True, whole: bool = False) -> list[Name]:
    """``·`` stands for a blank in a word."""
    return [Name(word.replace("·", " "), kind, strong, whole) for word in words.split()]


NAMES: tuple[Name, ...] = (
    *_rows("password", "password passwd passwort passcode pwd passwrd kennwort losungswort wachtwoord salasana"),
    *_rows("password", "contraseña contrasena motdepasse mot_de_passe lösenord losenord adgangskode passord"),
    *_rows("password", "lozinka jelszó jelszo zaporka slaptazodis mat_khau kata_sandi katasandi palavra_passe mot·de·passe"),
    *_rows("password", "пароль 密码 密碼 口令 パスワード 暗証番号 비밀번호 şifre hasło mật_khẩu κωδικός סיסמה पासवर्ड รหัสผ่าน"),
    *_rows("password", "كلمة_المرور كلمة_السر"),
    *_rows("password", "mdp senha heslo haslo parola sifre clave parole", whole=True),
    *_rows("passphrase", "passphrase pass_phrase mnemonic seedphrase seed_phrase recovery_phrase"),
    *_rows("password", "requirepass masterauth rocommunity rwcommunity bindpw userpassword rootpw"),
    *_rows("password", "pass pw passw psw pword", whole=True),
    *_rows("secret", "secret geheimnis segredo segreta segreto secreta секрет"),
    *_rows("token", "token macaroon aspxauth"),
    *_rows("key", "api_hash"),
    *_rows("token", "jwt bearer", whole=True),
    *_rows("credential", "credential creds connectionstring connection_string connstr conn_str identified authorization"),
    *_rows("passphrase", "psk", whole=True),
    *_rows("password", "redis_auth redisauth"),
    *_rows("credential", "dsn cookie webhook", whole=True),
    *_rows("key", "keyfile", strong=False),
    *_rows("key", "key schlüssel schluessel clé ключ", strong=False, whole=True),
    *_rows("credential", "auth oauth cred authenticate login logon signin", strong=False, whole=True),
    *_rows("credential", "connect connection conn account client admin", strong=False, whole=True),
    *_rows("credential", "pin otp salt seed sig signature sas basic sid cert pat", strong=False, whole=True),
    *_rows("credential", "pepper nonce hmac enable community", strong=False, whole=True),
)  # fmt: skip

_STRONG_BEFORE_KEY = re.compile(
    r"(?:api|access|account|private|secret|signing|sign|encrypt|encryption|decryption|crypt|master|shared|auth|app|application|service"
    r"|license|deploy|ssh|hmac|aes|rsa|storage|subscription|webhook|session|preshared|pre.shared|admin|server|write|ingest|ingestion"
    r"|integration|consumer"
    r"|security|machine|validation|wallet|jwt|cookie|personal)(?:[^\w\r\n]|_)?\Z"
)
"""Words that make a ``key`` a secret."""
_BEFORE_PASS = re.compile(
    r"(?:db|my|pg|sql|remote|bind|login|account|repl|backup|smtp|ftp|mail|root|admin|user|key|store|http|proxy|ldap|redis|mongo|default|ssh|su)\Z"
)
_NOT_ITSELF = re.compile(
    r"(?!\s\w{1,20}=[\"'][^\"'<>]{0,80}[\"']\s?>)(?:[^\w\r\n]|_)?(?:name|names|id|ids|type|types|url|uri|urls|path|file|files|dir|len|length|size|count|expir\w*|ttl|field|fields|label|hint|policy|regex"
    r"|pattern|format|hasher|hashers|prefix|suffix|algorithm|bucket|endpoint|header|lifetime|timeout|reset|change|valid\w*|input|prompt|error|usage"
    r"|ring|board|code|word|words|points?|event|map|info|class|model|view|form|manager|provider|store|cache|parser|kind|scope|scopes|method|index"
    r"|strength|required|enabled|version|limit|limits|callback|factory|handler|helper|util\w*|service)(?![a-z])"
)
"""What follows a word in names of other things: ``token_type``, ``passwordField``."""


class Named(NamedTuple):
    """A name in a text."""

    start: int
    end: int
    word: str
    kind: str
    strong: bool

    def moved(self, by: int) -> "Named":
        return self._replace(start=self.start + by, end=self.end + by)


def forget() -> None:
    """Look at every word afresh."""
    _PLAIN.clear()
    _NAMING.clear()


def words_of(lowered: str) -> set[str]:
    """The words that names and hints are looked for in, each once."""
    return set(_IDENTIFIER.findall(lowered))


def names_in(text: str, lowered: str, words: set[str]) -> list[Named]:
    """The names in a text, in order. ``lowered`` is the same text in lower case, ``words`` its `words_of`."""
    found: list[Named] = []
    for row in _rows_in(lowered, words):
        found += _places(row, text, lowered)
    found.sort()
    return found


_WITH_BLANKS = [row for row in NAMES if " " in row.word]
_PLAIN: set[str] = set()
"""Words of code in which no name is, remembered: code repeats its words, and this is asked for each prompt."""
_NAMING: dict[str, tuple[Name, ...]] = {}
_MOST_WORDS = 50_000
_IDENTIFIER = re.compile(r"[a-z_]{2,}")


def _rows_in(lowered: str, all_words: set[str]) -> Sequence[Name]:
    """The rows whose word is somewhere in this text."""
    if not lowered.isascii():
        return [row for row in NAMES if row.word in lowered]
    words = all_words - _PLAIN
    new = words - _NAMING.keys()
    if len(_PLAIN) + len(_NAMING) + len(new) > _MOST_WORDS:
        _PLAIN.clear()
        _NAMING.clear()
        words = new = all_words
    together = "\n".join(new)
    present = [row for row in NAMES if row.word in together]
    for word in new:
        rows = tuple([row for row in present if row.word in word])
        if rows:
            _NAMING[word] = rows
        else:
            _PLAIN.add(word)
    found = [row for word in words if word in _NAMING for row in _NAMING[word]]
    return list(dict.fromkeys([*found, *(row for row in _WITH_BLANKS if row.word in lowered)]))


def _places(row: Name, text: str, lowered: str) -> Iterator[Named]:
    word, key = row.word, row.word == "key"
    at = lowered.find(word)
    while at >= 0:
        end = at + len(word)
        if _ends(text, end):
            compound = key and _STRONG_BEFORE_KEY.search(lowered, max(0, at - 14), at) is not None
            whole = not row.whole or compound or _starts(text, at)
            if whole or (word in ("pass", "pw") and _BEFORE_PASS.search(lowered, max(0, at - 8), at)):
                end = _plural(lowered, end)
                yield Named(at, end, word, row.kind, (row.strong or compound) and _NOT_ITSELF.match(lowered, end) is None)
        at = lowered.find(word, end)


def _plural(lowered: str, end: int) -> int:
    return end + 1 if lowered[end : end + 1] == "s" and not lowered[end + 1 : end + 2].isalpha() else end


def _ends(line: str, end: int) -> bool:
    """Whether a word of a name ends here: no letter follows, or one that begins the next word of the name."""
    last, following = line[end - 1], line[end : end + 1]
    if not following.isalpha() or not last.isascii():
        return True
    if following in "sS" and not line[end + 1 : end + 2].isalpha():
        return True
    return last.islower() and following.isupper()


def _starts(line: str, start: int) -> bool:
    """Whether a word of a name starts here."""
    before = line[start - 1 : start]
    return not before.isalpha() or (before.islower() and line[start].isupper())
