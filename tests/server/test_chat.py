"""``coderoute/chat``: an editor's own chat at a floor, with tools and pictures, under the rules of every other action."""

import base64
from pathlib import Path
from typing import Any

import pytest

from coderoute_ls.domain import Delta
from coderoute_ls.domain.conversation import ReasoningPart, ReasoningToken, TokenEvent, ToolCall, ToolCallEnd, ToolCallStart
from coderoute_ls.lsp_client.json_rpc_peer import Answer, Refused
from coderoute_ls.server.features.chat.answer_parts import AnswerParts
from coderoute_ls.server.features.chat.chat_prompt import SignedCalls, turns
from coderoute_ls.server.rpc.messages.chat_messages import ChatMessage
from tests.support.editor import ScriptedEditor
from tests.support.provider import ScriptedProvider, ScriptedRequest
from tests.support.session import KEY, session, warm_or_cheap

Json = dict[str, Any]
PICTURE = base64.b64encode(bytes.fromhex("89504e470d0a1a0a0000000d494844520000000200000002")).decode()
WEATHER = {
    "name": "weather",
    "description": "Tells the weather",
    "schema": {"type": "object", "properties": {"at": {"type": "string"}}},
}


def models(provider: ScriptedProvider, *, able: bool = True, more: str = "") -> str:
    """Three models, the cheaper the weaker; ``grand`` alone sees pictures."""
    tools = "true" if able else "false"
    rows = ",\n".join(
        f'  {{ id = "{name}", coding = {score}, input = {price}, output = {price}, cached = {price / 10}, context = 128000, '
        f"max_output = 32000, tools = {tools}, images = {'true' if able and name == 'grand' else 'false'} }}"
        for name, score, price in (("small", 0.5, 0.1), ("swift", 0.78, 1), ("grand", 0.93, 5))
    )
    return (
        '[embedded]\nenable = false\n[models]\nallow = ["scripted/*"]\n'
        + more
        + f'[providers.scripted]\ndialect = "openai-chat"\nbase_url = "{provider.url}/v1"\nkey_env = "{KEY}"\n'
        f"models = [\n{rows}\n]\n"
    )


def said(*parts: Json, role: str = "user") -> Json:
    return {"role": role, "parts": list(parts)}


def words(text: str) -> Json:
    return {"kind": "text", "text": text}


def ask(editor: ScriptedEditor, model: str, *messages: Json, chat: str = "one", **more: Any) -> Answer:
    return editor.peer.send("coderoute/chat", {"chat": chat, "model": model, "messages": list(messages), **more})


def told(editor: ScriptedEditor, chat: str = "one") -> str:
    return "".join(part["text"] for part in editor.chats.get(chat, ()) if part["kind"] == "text")


async def call(request: ScriptedRequest, name: str, *pieces: str) -> None:
    """Stream a call of a tool, its arguments piece by piece."""
    for number, piece in enumerate(pieces):
        function: Json = {"arguments": piece, **({} if number else {"name": name})}
        one: Json = {"index": 0, "function": function, **({} if number else {"id": "call-7", "type": "function"})}
        await request.event({"id": "scripted", "model": request.model, "choices": [{"index": 0, "delta": {"tool_calls": [one]}}]})


async def test_each_floor_is_a_model_that_names_who_would_answer_and_for_how_much(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, models(provider)) as editor:
        found = await editor.peer.request("coderoute/chatModels", {})
    listed = {model["id"]: model for model in found["models"]}
    assert [model["name"] for model in listed.values()] == ["CodeRoute · 0.45", "CodeRoute · 0.70", "CodeRoute · best"]
    assert [model["detail"].split(" ")[0] for model in listed.values()] == ["small", "swift", "grand"]
    assert all("≈ $" in model["detail"] and model["tools"] for model in listed.values())
    assert all(model["maxInputTokens"] + model["maxOutputTokens"] <= 128_000 for model in listed.values())
    assert all(model["images"] for model in listed.values())  # a picture goes to the one that sees, whatever the floor


async def test_what_no_model_can_do_is_not_promised(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, models(provider, able=False)) as editor:
        found = await editor.peer.request("coderoute/chatModels", {})
    assert [(model["tools"], model["images"]) for model in found["models"]] == [(False, False)] * 3


async def test_without_a_key_there_is_no_model_but_a_sentence_that_says_what_to_do(tmp_path: Path) -> None:
    async with session(tmp_path) as editor:
        found = await editor.peer.request("coderoute/chatModels", {})
        assert found["models"] == []
        assert "coderoute-ls" in found["problem"]
        with pytest.raises(Refused, match="coderoute-ls"):
            await ask(editor, "0.70", said(words("Hi"))).result


@pytest.mark.parametrize(("floor", "model"), [("0.45", "small"), ("0.70", "swift"), ("best", "grand")])
async def test_the_chosen_floor_decides_who_answers_and_the_text_streams(tmp_path: Path, floor: str, model: str) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, models(provider)) as editor:
        answer = ask(editor, floor, said(words("Why?")))
        request = await provider.request()
        assert request.json["model"] == model
        await request.start()
        await request.text("Because")
        await editor.until(lambda: told(editor) == "Because")
        await request.text(" so.")
        await request.finish()
        done = await answer.result
        assert told(editor) == "Because so."
        assert (done["model"], done["problem"]) == (model, "")
        assert done["costUsd"] > 0
        while "| chat | 1 |" not in (await editor.command("coderoute.usage", {}))["text"]:
            pass  # the ledger is written aside


async def test_a_tool_is_called_and_answered_with_a_picture(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, models(provider)) as editor:
        first = ask(editor, "0.70", said(words("Weather in Ulm?")), tools=[WEATHER])
        request = await provider.request()
        assert "weather" in str(request.json["tools"])
        await request.start()
        await call(request, "weather", '{"at":', '"Ulm"}')
        await request.finish("tool_calls")
        assert (await first.result)["problem"] == ""
        (called,) = editor.chats["one"]
        assert (called["kind"], called["name"], called["arguments"]) == ("call", "weather", '{"at":"Ulm"}')
        result = {
            "kind": "result",
            "id": called["id"],
            "pieces": [{"kind": "text", "text": "see the picture"}, {"kind": "image", "data": PICTURE, "mediaType": "image/png"}],
        }
        turns = [said(words("Weather in Ulm?")), said(called, role="assistant"), said(result)]
        second = ask(editor, "0.70", *turns, tools=[WEATHER], chat="two")
        request = await provider.request()
        assert request.json["model"] == "grand"  # the only one that sees
        assert PICTURE in str(request.json["messages"])
        assert "see the picture" in str(request.json["messages"])
        await request.answer("Sunny.")
        await second.result
        assert told(editor, "two") == "Sunny."


async def test_cancelling_hangs_up_on_the_vendor(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, models(provider)) as editor:
        answer = ask(editor, "0.70", said(words("Long story?")))
        request = await provider.request()
        await request.start()
        await request.text("Once")
        await editor.until(lambda: told(editor) == "Once")
        editor.peer.cancel(answer)
        await request.closed()
        with pytest.raises(Refused):
            await answer.result


async def test_a_secret_in_the_chat_is_not_sent(tmp_path: Path) -> None:
    key = "sk-proj-" + "a1B2c3D4" * 6
    async with ScriptedProvider() as provider, session(tmp_path, models(provider)) as editor:
        answer = ask(editor, "0.70", said(words(f'OPENAI_API_KEY="{key}"')))
        request = await provider.request()
        assert key not in str(request.json)
        await request.answer("Hm.")
        await answer.result


async def test_a_secret_in_what_a_tool_says_is_not_sent_and_its_schema_stays_whole(tmp_path: Path) -> None:
    key = "sk-proj-" + "a1B2c3D4" * 6
    place = {"type": "string", "description": f"As token='{key}' has it", "default": key, "enum": ["Ulm", key[:12]]}
    properties = {"at": place, "description": {"type": "string", "examples": [f"x {key}"], "pattern": "^[a-z]+$"}}
    tool = {"name": "weather", "description": f"Needs {key}", "schema": {"type": "object", "properties": properties}}
    async with ScriptedProvider() as provider, session(tmp_path, models(provider)) as editor:
        answer = ask(editor, "0.70", said(words("Weather in Ulm?")), tools=[tool, WEATHER])
        request = await provider.request()
        assert key not in str(request.json)
        sent: Any = request.json["tools"]
        inner = sent[0]["function"]["parameters"]["properties"]
        assert inner["at"]["enum"] == place["enum"] and inner["description"]["pattern"] == "^[a-z]+$"
        assert inner["at"]["description"].startswith("As token=")
        assert sent[1]["function"]["description"] == WEATHER["description"]
        await request.answer("Hm.")
        await answer.result


REFUSALS = {
    "paused": ("0.70", [said(words("Hi"))], "paused"),
    "an unknown model": ("0.99", [said(words("Hi"))], "0.45, 0.70, best"),
    "nothing": ("0.70", [said()], "no message"),
    "no picture": ("0.70", [said({"kind": "image", "data": "AAAA", "mediaType": "text/html"})], "text/html"),
    "a result of nothing": ("0.70", [said({"kind": "result", "id": "x"})], "not called"),
}


@pytest.mark.parametrize("what", REFUSALS)
async def test_a_refusal_says_what_to_do_and_asks_nobody(tmp_path: Path, what: str) -> None:
    model, messages, sentence = REFUSALS[what]
    async with ScriptedProvider() as provider, session(tmp_path, models(provider)) as editor:
        if what == "paused":
            await editor.command("coderoute.pause", {"paused": True})
        with pytest.raises(Refused, match=sentence):
            await ask(editor, model, *messages).result
        assert provider.untaken == 0


async def test_over_the_budget_nothing_is_asked(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, models(provider, more="[budget]\ndaily_usd = 0.0\n")) as editor:
        with pytest.raises(Refused, match="limit"):
            await ask(editor, "0.70", said(words("Hi"))).result


@pytest.mark.parametrize(("cached", "stays"), [(0.05, "dear"), (1, "cheap")])
async def test_a_conversation_stays_with_its_model_only_while_its_warm_cache_is_worth_it(
    tmp_path: Path, cached: float, stays: str
) -> None:
    long = "word " * 8_000
    async with ScriptedProvider() as provider, session(tmp_path, warm_or_cheap(provider, cached)) as editor:
        first = ask(editor, "0.70", said(words(long)))
        request = await provider.request()
        assert request.json["model"] == "cheap"
        await request.respond(500)
        await (await provider.request()).answer("One.")
        assert (await first.result)["model"] == "dear"
        turns = [said(words(long)), said(words("One."), role="assistant"), said(words("Go on."))]
        second = ask(editor, "0.70", *turns, chat="two")
        await (await provider.request()).answer("Two.")
        assert (await second.result)["model"] == stays


async def test_tokens_are_counted_as_the_model_that_would_answer_counts(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, models(provider)) as editor:

        async def count(text: str) -> int:
            params = {"model": "0.70", "messages": [said(words(text))]}
            return (await editor.peer.request("coderoute/countTokens", params))["tokens"]

        assert await count("") == 0
        few, many = await count("one two three"), await count("one two three " * 100)
        assert 0 < few < 20
        assert 250 < many < 600


def test_what_a_vendor_signs_goes_back_with_the_calls_that_it_belongs_to() -> None:
    signed = SignedCalls()
    thought = ReasoningToken("anthropic", "claude-4", "signature", "t")
    own = ReasoningToken("google", "gemini-3", "thought_signature", "c")
    said = AnswerParts(signed)
    events = (
        Delta(reasoning="Hm"),
        TokenEvent(thought),
        ToolCallStart("one", "read"),
        ToolCallEnd("one", "{}"),
        ToolCallStart("two", "read"),
        TokenEvent(own, call="two"),
        ToolCallEnd("two", "{}"),
    )
    parts = [part for event in events if (part := said.part(event)) is not None]
    said.end()
    assert [part.id for part in parts] == ["one", "two"]
    (message,) = turns([ChatMessage(role="assistant", parts=parts)], signed)
    assert message.parts == (ReasoningPart("Hm", thought), ToolCall("one", "read", "{}"), ToolCall("two", "read", "{}", own))
    (plain,) = turns([ChatMessage(role="assistant", parts=parts)], SignedCalls())
    assert plain.parts == (ToolCall("one", "read", "{}"), ToolCall("two", "read", "{}"))
