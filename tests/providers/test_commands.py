"""``ask`` and ``providers``: one prompt from a terminal, through the whole engine, to a real server on loopback."""

import asyncio
import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from coderoute_ls.cli._program import main
from coderoute_ls.ledger.provider_failures import Failure, last_failures
from coderoute_ls.providers.configured_vendors import VENDORS
from tests.support.provider import ScriptedProvider


@pytest.fixture(autouse=True)
def lonely(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No keys, no keyring, no local servers, an empty state directory."""
    for vendor in VENDORS.values():
        for name in vendor.key_env:
            monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CODEROUTE_HOME", str(tmp_path))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    config = tmp_path / "config"
    config.mkdir()
    off = "".join(f"[providers.{vendor.id}]\nenable = false\n" for vendor in VENDORS.values() if vendor.local)
    (config / "config.toml").write_text(off)
    return tmp_path


async def run(*args: str) -> int:
    """The command in a thread of its own, as it brings its own event loop."""
    return await asyncio.to_thread(main, args)


def events(out: str) -> list[Mapping[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


async def test_ask_streams_the_answer_of_any_address(capsys: pytest.CaptureFixture[str]) -> None:
    async with ScriptedProvider() as server:
        asked = asyncio.create_task(run("ask", "Say hello.", "--base-url", server.url + "/v1"))
        request = await server.request()
        assert request.path == "/v1/chat/completions"
        assert request.json["messages"] == [{"role": "user", "content": "Say hello."}]
        await request.answer("Hello there.")
        assert await asked == 0
    out, err = capsys.readouterr()
    assert out == "Hello there.\n"
    assert "given/default, 11 tokens in, 7 out, $0," in err


async def test_ask_prints_one_event_per_line(capsys: pytest.CaptureFixture[str]) -> None:
    async with ScriptedProvider() as server:
        asked = asyncio.create_task(run("ask", "hi", "--base-url", server.url, "--offer", "mine/small", "--json"))
        request = await server.request()
        assert request.model == "small"
        await request.start()
        await request.reasoning("A greeting.")
        await request.text("He")
        await request.text("llo")
        await request.finish("length", {"prompt_tokens": 5, "completion_tokens": 4, "total_tokens": 9})
        assert await asked == 0
    said = events(capsys.readouterr().out)
    assert [event["event"] for event in said] == ["asked", "reasoning", "text", "text", "usage", "finish"]
    assert "".join(event["text"] for event in said if event["event"] == "text") == "Hello"
    assert (said[4]["input"], said[4]["output"]) == (5, 4)
    assert (said[5]["reason"], said[5]["model"]) == ("length", "small")


async def test_ask_shows_an_answer_that_did_not_end_well_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    for options in ([], ["--json"]):
        async with ScriptedProvider() as server:
            asked = asyncio.create_task(run("ask", "hi", "--base-url", server.url, *options))
            request = await server.request()
            await request.start()
            await request.text("half")
            await request.finish("token_limit")
            assert await asked == 1
    out, err = capsys.readouterr()
    told = "The answer ended in a way that is no known good end (“token_limit”); it may not be complete."
    assert told in err and out.startswith("half\n")
    problem, finish = events(out.partition("\n")[2])[-2:]
    assert (problem["message"], finish["reason"], finish["wire_reason"]) == (told, "other", "token_limit")


@pytest.mark.parametrize(
    "pieces",
    [
        ("<think>hm</think>\n", "Hello"),
        ("[THINK]a simpler loop[/THINK]\nHello",),
        ("<|channel|>analysis<|message|>simpler<|end|><|start|>assistant<|channel|>final<|message|>", "Hello"),
        ("hm</think>Hello",),
    ],
)
async def test_ask_shows_no_thoughts(pieces: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    async with ScriptedProvider() as server:
        asked = asyncio.create_task(run("ask", "hi", "--base-url", server.url))
        request = await server.request()
        await request.start()
        for piece in pieces:
            await request.text(piece)
        await request.finish()
        assert await asked == 0
    assert capsys.readouterr().out.strip() == "Hello"


async def test_ask_tells_a_failure_as_an_event_and_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    async with ScriptedProvider() as server:
        asked = asyncio.create_task(run("ask", "hi", "--base-url", server.url, "--json"))
        await (await server.request()).respond(429, b"{}", {"retry-after": "30"})
        assert await asked == 1
    out, err = capsys.readouterr()
    failure = events(out)[-1]
    assert (failure["event"], failure["error"], failure["status"], failure["retry_after"]) == ("error", "RateLimited", 429, 30.0)
    assert "try again in 30 s" in err


async def test_ask_speaks_the_dialect_it_is_told_and_sends_the_key_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "k-12345678")
    async with ScriptedProvider() as server:
        address = ["--base-url", server.url, "--dialect", "anthropic-messages", "--key-env", "MY_KEY"]
        asked = asyncio.create_task(run("ask", "hi", *address))
        request = await server.request()
        assert (request.path, request.headers["x-api-key"]) == ("/v1/messages", "k-12345678")
        await request.respond(
            200, {"content": [{"type": "text", "text": "hi"}], "stop_reason": "end_turn", "usage": {"input_tokens": 1}}
        )
        assert await asked == 0


async def test_a_known_providers_key_is_not_sent_to_another_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-must-stay-at-home")
    async with ScriptedProvider() as server:
        asked = asyncio.create_task(run("ask", "hi", "--offer", "openai/gpt", "--base-url", server.url))
        request = await server.request()
        assert "authorization" not in request.headers
        await request.answer("hi")
        assert await asked == 0


async def test_without_anybody_to_ask_it_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert await run("ask", "hi") == 3
    assert "no key is set" in capsys.readouterr().err


@pytest.mark.parametrize(
    "wrong",
    [
        ["--dialect", "gemini"],
        ["--offer", "x", "--base-url", "http://127.0.0.1:1"],
        ["--offer", "a/b", "--min-coding-score", "1"],
    ],
)
async def test_arguments_that_contradict_each_other_are_refused(wrong: list[str]) -> None:
    assert await run("ask", "hi", *wrong) == 2


async def test_providers_are_listed_with_key_variable_and_state(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROQ_API_KEY", "gsk_something")
    assert await run("providers", "--json") == 0
    listed = {row["provider"]: row for row in json.loads(capsys.readouterr().out)}
    assert (listed["groq"]["usable"], listed["groq"]["state"]) == (True, "key present")
    assert (listed["google"]["usable"], listed["google"]["key_variables"]) == (False, ["GEMINI_API_KEY", "GOOGLE_API_KEY"])
    assert listed["azure"]["state"] == "no address: set AZURE_OPENAI_ENDPOINT"


async def test_check_makes_one_small_call_and_says_what_came_back(
    capsys: pytest.CaptureFixture[str], lonely: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINE_KEY", "k-12345678")
    async with ScriptedProvider() as server:
        _own_provider(lonely, server.url)
        checked = asyncio.create_task(run("providers", "check", "mine"))
        request = await server.request()
        assert request.json["max_tokens"] == 16
        await request.answer("OK")
        assert await checked == 0
    assert "✓ mine: small answered “OK” in" in capsys.readouterr().out


async def test_check_says_what_is_wrong(
    capsys: pytest.CaptureFixture[str], lonely: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINE_KEY", "k-12345678")
    async with ScriptedProvider() as server:
        _own_provider(lonely, server.url)
        checked = asyncio.create_task(run("providers", "check", "mine"))
        await (await server.request()).respond(401, b'{"error":{"message":"bad key"}}')
        assert await checked == 1
    assert "✗ mine: MINE_KEY was refused by mine (401): set a valid key" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"error":"Unexpected endpoint or method. (POST /chat/completions)"}', "Unexpected endpoint"),
        (b"<html>sign in</html>", "web page"),
        (b"OK", "mine"),
        (b'{"choices": [{"message": {"content": ""}, "finish_reason": "stop"}]}', "answered nothing"),
        (b'{"choices": [{"message": {"content": "no"}, "finish_reason": "content_filter"}]}', "answered nothing"),
        (b'{"choices": []}', "mine"),
        (b"", "mine"),
    ],
)
async def test_check_believes_only_an_answer(
    capsys: pytest.CaptureFixture[str], lonely: Path, monkeypatch: pytest.MonkeyPatch, body: bytes, said: str
) -> None:
    monkeypatch.setenv("MINE_KEY", "k-12345678")
    async with ScriptedProvider() as server:
        _own_provider(lonely, server.url)
        checked = asyncio.create_task(run("providers", "check", "mine"))
        await (await server.request()).respond(200, body)
        assert await checked == 1
    out = capsys.readouterr().out
    assert "✓" not in out
    assert said in out


async def test_check_takes_a_thought_for_an_answer(
    capsys: pytest.CaptureFixture[str], lonely: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINE_KEY", "k-12345678")
    async with ScriptedProvider() as server:
        _own_provider(lonely, server.url)
        checked = asyncio.create_task(run("providers", "check", "mine"))
        request = await server.request()
        await request.start()
        await request.reasoning("The user wants")
        await request.finish("length")
        assert await checked == 0
    assert "✓ mine: small used all of its 16 tokens for reasoning, in" in capsys.readouterr().out


@pytest.mark.parametrize("end", ["", "/v1/", "/v1/chat/completions", "/v1/models#list"])
async def test_ask_takes_an_address_as_people_paste_it(end: str) -> None:
    async with ScriptedProvider() as server:
        asked = asyncio.create_task(run("ask", "hi", "--base-url", server.url + end))
        request = await server.request()
        assert request.path == "/v1/chat/completions"
        await request.answer("hi")
        assert await asked == 0


async def test_ask_names_an_address_that_cannot_be_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert await run("ask", "hi", "--base-url", "http://127.0.0.1:99999/hunter2") != 0
    err = capsys.readouterr().err
    assert "The address of given (base_url) names a port or host that cannot exist." in err
    assert "hunter2" not in err


async def test_check_knows_no_provider_of_that_name() -> None:
    assert await run("providers", "check", "nobody") == 2


def _own_provider(home: Path, url: str) -> None:
    own = f'[providers.mine]\ndialect = "openai-chat"\nbase_url = "{url}"\nkey_env = "MINE_KEY"\nmodels = [{{ id = "small" }}]\n'
    file = home / "config" / "config.toml"
    file.write_text(file.read_text() + own)


def test_the_last_error_of_a_provider_stands_until_it_answers_again() -> None:
    calls = [(1.0, "a/x", "RateLimited"), (2.0, "a/y", ""), (1.0, "b/z", ""), (3.0, "b/z", "OutOfCredit"), (4.0, "embedded", "")]
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE calls (day TEXT, time REAL, offer TEXT, error TEXT)")
        connection.executemany("INSERT INTO calls VALUES ('2026-11-21', ?, ?, ?)", calls)
        connection.execute("INSERT INTO calls VALUES ('2026-01-01', 0.5, 'c/long-ago', 'RateLimited')")
        assert last_failures(connection) == {"b": Failure("OutOfCredit", "b/z", 3.0)}
