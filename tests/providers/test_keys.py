"""Keys: trimmed, named when something stands around them, and never in any output, whatever they hold."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from coderoute_ls.app.provider_access import ProviderAccess
from coderoute_ls.cli._program import main
from coderoute_ls.cli.doctor import examine
from coderoute_ls.domain.vendor_table import VENDORS
from coderoute_ls.errors import AuthenticationFailed
from coderoute_ls.providers.configured_vendors import configured
from coderoute_ls.providers.credentials import credentials, key_header, lookup, trimmed, trouble, where_found
from coderoute_ls.settings import effective
from tests.providers.asking import CHAT, KEY, listen, offer, providers
from tests.support.provider import ScriptedProvider

OPENAI = VENDORS["openai"]
WRONG = [
    ('"sk-abcdef0123456789"', "quotes"),
    ("'sk-abcdef0123456789'", "quotes"),
    ("“sk-abcdef0123456789”", "quotes"),
    ("sk-abcdef0123456789'", "quotes"),
    ("Bearer sk-abcdef0123456789", "Bearer"),
    ("bearer\tsk-abcdef0123456789", "Bearer"),
    ("Authorization: Bearer sk-abcdef0123456789", "header"),
    ("x-api-key: sk-abcdef0123456789", "header"),
    ("OPENAI_API_KEY=sk-abcdef0123456789", "NAME="),
    ("export OPENAI_API_KEY=sk-abcdef0123456789", "NAME="),
    ("api_key = sk-abcdef0123456789", "NAME="),
    ("sk-abcdef0123456789\nsk-second-line-012345", "more than one line"),
    ("sk-abcdef0123456789\r\nx-evil: 1", "more than one line"),
    ("sk-abcdef0123456789\x0bmore", "more than one line"),
    ("sk-abcdef 0123456789", "no key has"),
    ("sk-abcdef\x000123456789", "no key has"),
    ("sk-abcdéf0123456789", "no key has"),
    ("sk-abcdef\u200b0123456789", "no key has"),
    ("$OPENAI_API_KEY", "placeholder"),
    ("${OPENAI_API_KEY}", "placeholder"),
    ("%OPENAI_API_KEY%", "placeholder"),
    ("<your key>", "placeholder"),
    ("your-api-key-here", "placeholder"),
    ("sk-...wxyz", "placeholder"),
    ("changeme", "placeholder"),
    ("undefined", "placeholder"),
    ("null", "placeholder"),
    ("env:OPENAI_API_KEY", "says where a key is"),
    ("op://vault/openai/key", "says where a key is"),
    ("file:///home/me/abcdef", "says where a key is"),
    ("sk-abcdef0123456789,sk-second0123456789", "store one key alone"),
    ("sk-abcdef0123456789;", "store one key alone"),
    ("sk-****wxyz", "placeholder"),
    ("https://platform.openai.com/api-keys", "address"),
    ("k" * 10_000, "longer"),
]
GOOD = [
    "sk-proj-AbC_dEf-0123456789",
    "AIzaSyA-0123456789abcdefghijklmnopqrstu",
    "ABSKQmVkcm9ja0FQSUtleS0xMjM0NTY3ODkwMTI=",
    "c2VjcmV0LWtleQ==",
    "0123456789abcdef0123456789abcdef",
    "a.b.c",
    "gsk_abc",
    "EMPTY",
    "my-token",
    "user:pass@word!",
]


@pytest.mark.parametrize(("key", "what"), WRONG)
def test_what_stands_around_a_key_is_named_and_the_key_is_not_repeated(key: str, what: str) -> None:
    assert what in trouble(trimmed(key))
    with pytest.raises(AuthenticationFailed, match=r"^OPENAI_API_KEY of OpenAI ") as caught:
        key_header(OPENAI, ("authorization", "Bearer "), key)
    assert "abcdef" not in caught.value.user_message


@pytest.mark.parametrize("key", GOOD)
@pytest.mark.parametrize("around", ["{}", " {}\n", "\ufeff{}", "{}\r\n", "\t{}\u200b ", "\u00a0{}"])
def test_a_key_is_used_without_what_is_invisible_around_it(key: str, around: str) -> None:
    assert key_header(OPENAI, ("x-key", ""), around.format(key)) == {"x-key": key}


any_key = st.text(min_size=1, max_size=60) | st.text("ab1-\n\r\t\x00\x1b\x85\u2028 '\"=:$", min_size=1, max_size=30)


@given(any_key)
def test_a_key_becomes_a_header_that_can_be_sent_or_a_sentence_without_it(key: str) -> None:
    try:
        header = key_header(OPENAI, ("authorization", "Bearer "), key)
    except AuthenticationFailed as error:
        assert error.user_message == f"OPENAI_API_KEY of OpenAI {trouble(trimmed(key))}."
    else:
        assert header["authorization"] == f"Bearer {trimmed(key)}"
        assert header["authorization"].isascii()
        assert header["authorization"].isprintable()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    first=st.text("abcdef0123456789-_", min_size=8, max_size=20),
    between=st.sampled_from(["\n", "\r\n", "\x0b", "\x85", "\u2028", "\x00", "\x1b[31m", "\t", " "]),
    second=st.text("uvwxyz0123456789", min_size=8, max_size=20),
    before=st.sampled_from(["", "'", "Bearer ", "OPENAI_API_KEY="]),
)
@example("first-line-0", "\n", "secondline9", "")
def test_a_key_with_control_characters_is_in_no_line_of_doctor(
    tmp_path: Path, first: str, between: str, second: str, before: str
) -> None:
    environ = {"CODEROUTE_HOME": str(tmp_path), "OPENAI_API_KEY": f"{before}{first}{between}{second}"}
    found = examine(tmp_path, environ, dict[str, str]().get, now=1_795_262_400.0, offline=True)
    assert any(
        check.state == "problem" and check.text.startswith("the key of openai (environment OPENAI_API_KEY)") for check in found
    )
    assert first not in str(found)
    assert second not in str(found)


def test_a_key_that_cannot_be_one_does_not_make_a_vendor_usable() -> None:
    environ = {"OPENAI_API_KEY": "'sk-abcdef0123456789'", "GROQ_API_KEY": " gsk_abcdef0123456789\n"}
    vendors = configured({}, environ)
    usable = credentials(vendors, environ)
    assert (usable["openai"], usable["groq"]) == (False, True)
    assert lookup(vendors, environ)("groq") == "gsk_abcdef0123456789"
    assert where_found(vendors["openai"], environ, dict[str, str]().get) == (
        "environment OPENAI_API_KEY",
        "has quotes around it: store it without them",
    )


BAD, OK = "'sk-abcdef0123456789'", "sk-good0123456789abcdef"


@pytest.mark.parametrize(
    ("environ", "stored", "used"),
    [
        ({"OPENAI_API_KEY": BAD}, OK, OK),
        ({"OPENAI_API_KEY": "<your key>"}, f" {OK}\n", OK),
        ({"OPENAI_API_KEY": OK}, "sk-another0123456789", OK),
        ({"OPENAI_API_KEY": BAD}, "Bearer x", BAD),
        ({"OPENAI_API_KEY": BAD}, None, BAD),
        ({}, BAD, BAD),
        ({}, None, None),
    ],
)
def test_a_key_that_cannot_be_one_loses_to_any_that_can(environ: dict[str, str], stored: str | None, used: str | None) -> None:
    vendors = configured({}, environ)
    assert lookup(vendors, environ, {"openai": stored}.get)("openai") == used
    assert credentials(vendors, environ, {"openai": stored}.get)["openai"] == (used == OK)


def test_the_second_variable_counts_where_the_first_holds_no_key() -> None:
    environ = {"GEMINI_API_KEY": "your-key-here", "GOOGLE_API_KEY": "AIza0123456789abcdef"}
    vendors = configured({}, environ)
    assert lookup(vendors, environ)("google") == "AIza0123456789abcdef"
    assert where_found(vendors["google"], environ, dict[str, str]().get) == (
        "environment GOOGLE_API_KEY; passed over: environment GEMINI_API_KEY, which " + trouble("your-key-here"),
        "",
    )


async def test_the_keyring_is_asked_where_the_environment_holds_no_key(tmp_path: Path) -> None:
    environ = {"OPENAI_API_KEY": BAD}
    access = ProviderAccess(environ, {"openai": OK}.get)
    vendors = access.vendors(effective().settings)
    assert access.credential(vendors)("openai") == BAD
    assert await access.recall(vendors)
    assert access.credential(vendors)("openai") == OK
    place, wrong = where_found(vendors["openai"], environ, {"openai": OK}.get)
    assert (place, wrong) == (f"keyring; passed over: environment OPENAI_API_KEY, which {trouble(BAD)}", "")
    assert "abcdef" not in place


async def test_a_key_with_a_second_line_is_not_sent() -> None:
    async with ScriptedProvider() as server:
        client = replace(providers(server.url), credential={"test": f"{KEY}\nx-second: line"}.get)
        with pytest.raises(AuthenticationFailed, match="more than one line") as caught:
            await listen(client.stream(offer(), CHAT))
        assert KEY not in str(caught.value)
        assert server.log == []
        await client.close()


def test_commands_name_a_wrong_key_and_never_show_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for vendor in VENDORS.values():
        for name in vendor.key_env:
            monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CODEROUTE_HOME", str(tmp_path))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.setenv("GROQ_API_KEY", "gsk_firstline0123\ngsk_secondline456")
    assert main(["keys", "list"]) == 0
    assert main(["providers", "--json"]) == 0
    assert main(["providers", "check", "groq"]) == 1
    assert main(["ask", "hi", "--offer", "groq/x"]) != 0
    out, err = capsys.readouterr()
    assert "more than one line" in out
    assert "firstline" not in out + err
    assert "secondline" not in out + err
    listed = json.loads(out[out.index("[\n") : out.rindex("]") + 1])
    assert next(row for row in listed if row["provider"] == "groq")["usable"] is False


RUNS = """
import sys
started = []
sys.addaudithook(lambda event, args: started.append(args[0]) if event == "subprocess.Popen" else None)
from coderoute_ls.providers.credentials import keyring_library
keyring_library().get_keyring()
assert not started, started
"""


@pytest.mark.skipif(sys.platform == "darwin", reason="a Mac's libraries are where they are looked for")
def test_asking_the_keyring_runs_no_program(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", RUNS], cwd=tmp_path, env={**os.environ, "HOME": str(tmp_path)}, check=True)
