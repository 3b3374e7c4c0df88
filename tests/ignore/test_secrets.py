"""What a text may not hold when it leaves. Its secrets are made up on the spot, so that no scanner finds one in this file."""

import random
import string
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from coderoute_ls.ignore import REDACTED, redact, secrets_in
from coderoute_ls.ignore.secrets import search
from tests.ignore.canaries import canaries
from tests.ignore.other_canaries import other_canaries

ALPHABET = string.ascii_letters + string.digits


def letters(count: int, alphabet: str = ALPHABET, seed: int = 7) -> str:
    chosen = random.Random(seed)
    return "1aB" + "".join(chosen.choice(alphabet) for _ in range(count - 3))


def pem(lines: int = 12, kind: str = "RSA PRIVATE KEY") -> str:
    body = "\n".join(letters(64, ALPHABET + "+/", seed) for seed in range(lines))
    return f"-----BEGIN {kind}-----\n{body}\n{letters(22)}==\n-----END {kind}-----"


AWS = "AKIA" + "ABCDEFGHIJ234567"
CASES = {
    "webhook of seven characters": ('W = "https://hooks.zapier.com/hooks/catch/123456/' + 'o7x2kq9"', "o7x2kq9"),
    "aws key in a comment": (f"# old key {AWS} do not use\n", AWS),
    "aws secret": (f'aws_secret_access_key = "{letters(40)}"\n', letters(40)),
    "github token": (f'TOKEN = "ghp_{letters(36)}"\n', f"ghp_{letters(36)}"),
    "model key": (f'client = OpenAI(api_key="sk-proj-{letters(40)}")\n', f"sk-proj-{letters(40)}"),
    "google key": (f"const k = 'AIza{letters(35)}';\n", f"AIza{letters(35)}"),
    "slack token": (f"slack: xoxb-{letters(30)}\n", f"xoxb-{letters(30)}"),
    "stripe key": (f"stripe.Key = `sk_live_{letters(24)}`\n", f"sk_live_{letters(24)}"),
    "jwt": (f'auth("eyJ{letters(30)}.eyJ{letters(60)}.{letters(40)}")\n', letters(60)),
    "password literal": ('DB_PASSWORD = "hunter2!x"\n', "hunter2!x"),
    "password in json": ('{"password": "S3cr3tPassw0rd"}\n', "S3cr3tPassw0rd"),
    "password in yaml": (f"  api_key: {letters(32)}\n", letters(32)),
    "password in a shell": (f"export GH_TOKEN={letters(32)}\n", letters(32)),
    "password in go": ('\tpassword := "pa55word-42"\n', "pa55word-42"),
    "password in typescript": ('const password: string = "pa55word-42";\n', "pa55word-42"),
    "url with password": ("url = 'postgres://admin:s3cr3t-pw@db.example.org/x'\n", "s3cr3t-pw"),
    "bearer": (f'curl -H "Authorization: Bearer {letters(40)}"\n', letters(40)),
    "azure": (f"AccountName=x;AccountKey={letters(60)}==;\n", letters(60)),
}


@pytest.mark.parametrize(("text", "secret"), CASES.values(), ids=CASES.keys())
def test_credential_like_lines_are_found_and_lose_their_secret(text: str, secret: str) -> None:
    around = f"import os\n\n{text}def f():\r\n    pass\n"
    assert secret in around and secrets_in(around)
    clean = redact(around)
    assert secret not in clean
    assert REDACTED in clean
    assert secrets_in(clean) == []
    assert clean.count("\n") == around.count("\n")


@pytest.mark.parametrize(
    "text",
    [
        'token = "access_token"\n',
        'password = getpass("Password: ")\n',
        "secret_name = settings.SECRET_NAME\n",
        'API_KEY = os.environ["API_KEY"]\n',
        "if token == previous_token:\n",
        'parser.add_argument("--password", help="the password")\n',
        "const token = await getToken(request);\n",
        'PEM_HEADER = "-----BEGIN CERTIFICATE-----"\nPEM_FOOTER = "-----END CERTIFICATE-----"\n',
        "sha = hashlib.sha256(data).hexdigest()\n",
        'url = f"https://{user}:{password}@{host}"\n',
        "key-value-store: sorted-by-insertion\n",
        'password = "<your password>"\n',
        "tokens: list[Token] = []\n",
        "class SkipTask-list-of-things-to-do:\n",
    ],
)
def test_ordinary_code_about_secrets_is_left_alone(text: str) -> None:
    assert secrets_in(text) == []
    assert redact(text) == text


@pytest.mark.parametrize("kind", ["RSA PRIVATE KEY", "OPENSSH PRIVATE KEY", "CERTIFICATE", "PGP PRIVATE KEY BLOCK"])
def test_no_line_of_a_key_block_stays_wherever_the_window_cuts_it(kind: str) -> None:
    block = pem(kind=kind)
    inside = block.split("\n")[1:-1]
    text = f'import os\nKEY = """{block}"""\n\ndef f():\n    return 1\n'
    lines = text.split("\n")
    for first in range(len(lines)):
        for last in range(first + 1, len(lines) + 1):
            window = "\n".join(lines[first:last])
            clean = redact(window)
            holds_marker = "-----BEGIN" in window or "-----END" in window
            kept = [line for line in inside if line in clean]
            # A window without either marker lies wholly inside the block; from two lines on it is known by its shape.
            assert not kept or (not holds_marker and window.count("\n") < 2), (first, last, kept)


def test_a_key_written_as_one_string_with_escaped_newlines_goes_too() -> None:
    block = pem().replace("\n", "\\n")
    clean = redact(f'{{"private_key": "{block}"}}')
    assert letters(64, ALPHABET + "+/", 3) not in clean


def test_a_key_block_in_a_comment_or_concatenation_goes_too() -> None:
    block = pem()
    for text in (
        "".join(f"# {line}\n" for line in block.split("\n")),
        "".join(f'    "{line}\\n" +\n' for line in block.split("\n")),
    ):
        clean = redact(text)
        assert not [line for line in block.split("\n")[1:-1] if line in clean]


PIECES = st.one_of(
    st.sampled_from([text for text, _ in CASES.values()]),
    st.just(pem() + "\n"),
    st.sampled_from([line + "\n" for line in pem().split("\n")]),
    st.text("abk=:'\" \n\r.(İ", max_size=20),
)
TEXTS = st.lists(PIECES, max_size=5).map("".join)


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_redacting_leaves_nothing_to_redact_and_keeps_every_line(text: str) -> None:
    clean = redact(text)
    assert secrets_in(clean) == []
    assert redact(clean) == clean
    assert clean.count("\n") == text.count("\n")
    assert clean.count("\r") == text.count("\r")


@settings(max_examples=80, deadline=None)
@given(st.lists(TEXTS, min_size=2, max_size=4))
@example(texts=[f"# old key {AWS} do not use\n", f"# old key {AWS} do not use\n\r"])
@example(texts=["mot de passe: Zt4-pQ81x\n", "mot de passe: Zt4-pQ81x\nsel = 'é'\n"])
@example(texts=["ПАРОЛЬ = 'pa55word-42'\n", "İ = 1\nПАРОЛЬ = 'pa55word-42'\n"])
def test_what_was_looked_at_before_changes_no_verdict(texts: list[str]) -> None:
    def afresh(text: str) -> tuple[list[str], str]:
        search.forget()
        return secrets_in(text), redact(text)

    expected = [afresh(text) for text in texts]
    for text in texts:  # fills the memory with the lines of all of them
        redact(text)
    assert [(secrets_in(text), redact(text)) for text in texts] == expected


def test_a_line_that_was_looked_at_and_then_changed_still_holds_its_secret() -> None:
    """As it is while one types at its end: its words are known by then, it is not."""
    drawn = [canary for canary in (*canaries(6), *other_canaries(6)) if canary.secrets and "\n" not in canary.text]
    for canary in random.Random(6).sample(drawn, 250):
        search.forget()
        afresh = redact(f"{canary.text}\t")
        search.forget()
        redact(canary.text)
        assert redact(f"{canary.text}\t") == afresh, canary


@pytest.mark.parametrize(
    "line",
    [
        '"id": "toolu_{}",',
        '"tool_use_id": "toolu_{}"',
        "Workspace ID (for example, `wrkspc_{}`).",
        "requestId={}",
        "ids.add(id: '{}')",
    ],
)
def test_what_is_called_an_id_is_no_secret_for_being_random(line: str) -> None:
    text = line.format("01D7FLrfh4GYq7yT1ULFeyMV") + "\n"
    assert redact(text) == text
    for name in ("token", "api_key"):
        said = text.replace("tool_use_id", name).replace('"id"', f'"{name}"').replace("requestId", name)
        assert said == text or "01D7FLrfh4GYq7yT1ULFeyMV" not in redact(said)


@pytest.mark.parametrize("line", ["password=maplefalcon97", "smtp_password = parsleygarden8", "admin_password: harbour!River4"])
def test_a_setting_is_one_at_any_indentation(line: str) -> None:
    value = line.rsplit(maxsplit=1)[-1].rpartition("=")[2]
    for indent in ("", "  ", "\t", " " * 8):
        assert value not in redact(f"[mail]\n{indent}{line}\n")


SETTING_LINES = [
    "DB_PASSWORD: {}falcon",
    "spring.datasource.password={}falcon",
    "machine x.io login bob password {}falcon",
    "kubectl create secret generic x --from-literal=password={}falcon",
    "ENV DB_PASSWORD {}falcon",
]
LITERALS: dict[str, Callable[[str], str]] = {
    "assigned": lambda line: f"line = {line!r}\n",
    "default argument": lambda line: f'def load(key="{line}", deep=True):\n    pass\n',
    "bytes": lambda line: f"    send(b'{line}')\n",
    "lines in one literal": lambda line: f'text = "[main]\\n  {line}\\nport = 1\\n"\n',
    "literal in a literal": lambda line: f'"source": ["run(\\"{line}\\")\\n"]\n',
}


@pytest.mark.parametrize("line", SETTING_LINES)
@pytest.mark.parametrize("write", LITERALS.values(), ids=LITERALS.keys())
def test_a_setting_in_a_string_literal_is_found_as_on_a_line_of_its_own(line: str, write: Callable[[str], str]) -> None:
    line = line.format("winter")
    assert "winterfalcon" not in redact(line)
    text = write(line)
    assert redact(text) == text.replace("winterfalcon", REDACTED)


@pytest.mark.parametrize(
    "text",
    [
        'no = b"\\x80\\x05\\x95\\x91password\\x8c\\x16numpy._core.multiarray"\n',
        '"chars": "\\u0000\\u0001\\u0002 token \\u0003\\u0004\\u0005\\u0006",\n',
        '"england": "secret \\U000e0067\\U000e0062\\U000e0065\\U000e006e",\n',
        "raise ValueError(\"password: a value is required, not 'None'\")\n",
        "print('token = %s' % token, \"key: {}\".format(key1))\n",
    ],
)
def test_escapes_and_sentences_in_string_literals_stay(text: str) -> None:
    assert redact(text) == text
