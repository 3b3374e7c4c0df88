"""``ask`` with tools, a schema and pictures, through the whole engine to a real server on loopback."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from coderoute_ls.cli._program import main
from coderoute_ls.providers.configured_vendors import VENDORS
from tests.support.provider import ScriptedProvider

TOOL = {
    "name": "get_weather",
    "description": "Weather",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
}
SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"], "additionalProperties": False}
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000100000002008060000002324a1b1")


@pytest.fixture(autouse=True)
def lonely(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No keys, no keyring, no local servers, an empty state directory."""
    for vendor in VENDORS.values():
        for name in vendor.key_env:
            monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CODEROUTE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    config = tmp_path / "home" / "config"
    config.mkdir(parents=True)
    off = "".join(f"[providers.{vendor.id}]\nenable = false\n" for vendor in VENDORS.values() if vendor.local)
    (config / "config.toml").write_text(off)
    return tmp_path


def called(name: str, arguments: str) -> Mapping[str, Any]:
    """A chunk with a whole call."""
    call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": name, "arguments": arguments}}
    return {"choices": [{"index": 0, "delta": {"tool_calls": [call]}, "finish_reason": "tool_calls"}], "usage": USAGE}


def said(text: str) -> Mapping[str, Any]:
    return {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": "stop"}], "usage": USAGE}


USAGE = {"prompt_tokens": 5, "completion_tokens": 5}


async def asked(
    capsys: pytest.CaptureFixture[str], *options: str, replies: list[Mapping[str, Any]]
) -> tuple[int, list[Any], list[Any]]:
    """The exit code, the events that were printed, and the bodies that were sent."""
    sent: list[Any] = []
    async with ScriptedProvider() as server:
        running = asyncio.create_task(asyncio.to_thread(main, ("ask", "Well?", "--base-url", server.url, "--json", *options)))
        for reply in replies:
            request = await server.request()
            sent.append(request.json)
            await request.start()
            await request.send(b"data: " + json.dumps(reply).encode() + b"\n\ndata: [DONE]\n\n")
            await request.end()
        code = await running
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()], sent


async def test_a_tool_is_offered_and_its_call_is_told(lonely: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = lonely / "tool.json"
    file.write_text(json.dumps(TOOL))
    code, events, (body,) = await asked(capsys, "--tool", str(file), replies=[called("get_weather", '{"city":"Rome"}')])
    assert code == 0
    assert body["tools"][0]["function"]["name"] == "get_weather"
    (call,) = [event for event in events if event["event"] == "tool_call"]
    assert (call["name"], call["arguments"]) == ("get_weather", '{"city":"Rome"}')
    assert events[-1]["reason"] == "tool_calls"


async def test_a_picture_is_sent_before_the_words(lonely: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = lonely / "picture.dat"
    file.write_bytes(PNG)
    code, _, (body,) = await asked(capsys, "--image", str(file), replies=[said("A pixel.")])
    assert code == 0
    kinds = [part["type"] for part in body["messages"][0]["content"]]
    assert kinds == ["image_url", "text"]


async def test_a_schema_that_nobody_has_a_mode_for_is_had_by_a_tool(lonely: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = lonely / "schema.json"
    file.write_text(json.dumps(SCHEMA))
    code, events, (body,) = await asked(capsys, "--schema", str(file), replies=[called("answer", '{"n":3}')])
    assert code == 0
    assert body["tool_choice"] == {"type": "function", "function": {"name": "answer"}}
    assert "".join(event["text"] for event in events if event["event"] == "text") == '{"n":3}'
    assert [event["code"] for event in events if event["event"] == "note"] == ["schema_by_tool"]
    assert events[-1]["reason"] == "stop"


async def test_an_answer_that_does_not_fit_is_asked_for_once_more(lonely: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = lonely / "schema.json"
    file.write_text(json.dumps(SCHEMA))
    replies = [called("answer", '{"n":"three"}'), called("answer", '{"n":3}')]
    code, events, (_, again) = await asked(capsys, "--schema", str(file), replies=replies)
    assert code == 0
    assert "$.n" in again["messages"][-1]["content"]
    assert "".join(event["text"] for event in events if event["event"] == "text") == '{"n":3}'
    assert [event["code"] for event in events if event["event"] == "note"] == ["schema_by_tool", "schema_repaired"]


async def test_a_second_answer_that_does_not_fit_is_shown_and_told(lonely: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = lonely / "schema.json"
    file.write_text(json.dumps(SCHEMA))
    _, events, sent = await asked(capsys, "--schema", str(file), replies=[said("I would rather not."), said("No.")])
    assert len(sent) == 2
    assert [event["code"] for event in events if event["event"] == "note"][-1] == "schema_failed"
    assert "".join(event["text"] for event in events if event["event"] == "text") == "No."


@pytest.mark.parametrize(
    ("option", "content", "words"),
    [
        ("--tool", b"{", "no JSON"),
        ("--tool", b'{"description": "?"}', "with a name"),
        ("--tool", json.dumps([TOOL, TOOL]).encode(), "same name"),
        ("--schema", b"[1]", "JSON Schema"),
        ("--image", b"plain words", "no PNG"),
    ],
)
def test_a_file_that_is_something_else_is_told_by_name(
    lonely: Path, capsys: pytest.CaptureFixture[str], option: str, content: bytes, words: str
) -> None:
    file = lonely / "odd.file"
    file.write_bytes(content)
    assert main(("ask", "hi", option, str(file))) == 2
    assert words in capsys.readouterr().err
