"""What breaks those who translate between vendors, in requests: each vendor is sent what it takes, and every loss is told."""

from dataclasses import replace
from typing import Any

import orjson
import pytest

from coderoute_ls.domain import Message, Prompt
from coderoute_ls.domain.conversation import (
    CacheMark,
    DocumentPart,
    Extra,
    ImagePart,
    OpaquePart,
    OutputFormat,
    ReasoningPart,
    ReasoningToken,
    Sampling,
    TextPart,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
    WireRequest,
)
from coderoute_ls.errors import RequestRejected
from tests.providers.conversation.writing import CHATTING, PNG, WEATHER, codes, sent, used, wire

TWO = (ToolCall("a", "get_weather", '{"city":"Rome"}'), ToolCall("b", "get_weather", '{"city":"Oslo"}'))
ASK = Prompt(messages=(Message("user", "Hi"),), tools=(WEATHER,))
PICTURE = ImagePart(PNG, "image/png")


def test_the_results_of_parallel_calls_stand_in_one_message() -> None:
    prompt = used(*TWO, results=(ToolResult("a", (TextPart("sun"),)), ToolResult("b", (TextPart("rain"),))))
    assert [len(turn["content"]) for turn in sent("anthropic-messages", prompt)["messages"]] == [1, 2, 2]
    assert [len(turn["parts"]) for turn in sent("gemini", prompt)["contents"]] == [1, 2, 2]
    assert [len(turn["content"]) for turn in sent("bedrock-converse", prompt)["messages"]] == [1, 2, 2]
    assert [message["role"] for message in sent("openai-chat", prompt)["messages"]] == ["user", "assistant", "tool", "tool"]


def test_results_in_several_messages_are_joined_too() -> None:
    split = (Message("user", parts=(ToolResult("a", ()),)), Message("user", parts=(ToolResult("b", ()),)))
    prompt = Prompt(messages=(Message("user", "Hi"), Message("assistant", parts=TWO), *split))
    assert len(sent("anthropic-messages", prompt)["messages"]) == 3
    assert len(sent("gemini", prompt)["contents"]) == 3


def test_a_result_comes_before_what_the_user_says() -> None:
    prompt = used(TWO[0], results=(), then=(TextPart("And?"), ToolResult("a", (TextPart("sun"),))))
    kinds = [block["type"] for block in sent("anthropic-messages", prompt)["messages"][2]["content"]]
    assert kinds == ["tool_result", "text"]
    assert [message["role"] for message in sent("openai-chat", prompt)["messages"]][2:] == ["tool", "user"]


def test_a_picture_in_a_result_is_split_off_where_results_are_words() -> None:
    prompt = used(TWO[0], results=(ToolResult("a", (TextPart("Look:"), PICTURE)),))
    call = wire("openai-chat", prompt)
    body: Any = call.body
    assert body["messages"][2] == {"role": "tool", "tool_call_id": "a", "content": "Look:\n(Shown in the next message.)"}
    assert body["messages"][3]["content"][0]["image_url"]["url"].startswith("data:image/png;base64,")
    assert ("info", "moved") in codes(call.losses)
    block = sent("anthropic-messages", prompt)["messages"][2]["content"][0]
    assert [part["type"] for part in block["content"]] == ["text", "image"]


def test_mistral_hears_the_assistant_between_a_result_and_the_user() -> None:
    prompt = used(TWO[0], then=(TextPart("And now?"),))
    roles = [message["role"] for message in sent("openai-chat", prompt, vendor="mistral")["messages"]]
    assert roles == ["user", "assistant", "tool", "assistant", "user"]
    assert len(sent("openai-chat", prompt, vendor="mistral")["messages"][1]["tool_calls"][0]["id"]) == 9


@pytest.mark.parametrize("name", ["bedrock-converse", "anthropic-messages"])
def test_a_conversation_begins_with_the_user(name: str) -> None:
    call = wire(name, replace(ASK, messages=(Message("assistant", "Hello!"), Message("user", "Hi"))))
    body: Any = call.body
    assert body["messages"][0]["role"] == "user"
    assert ("info", "rewritten") in codes(call.losses)


def test_an_assistant_that_only_calls_says_null() -> None:
    assert sent("openai-chat", used(TWO[0]))["messages"][1]["content"] is None


def test_where_there_is_no_word_for_none_the_tools_are_left_out() -> None:
    none = replace(ASK, tool_choice=ToolChoice("none"))
    assert "toolConfig" not in sent("bedrock-converse", none)
    assert "tools" not in sent("ollama", none)
    assert sent("anthropic-messages", none)["tool_choice"] == {"type": "none"}
    assert sent("openai-chat", none)["tool_choice"] == "none"
    assert sent("gemini", none)["toolConfig"] == {"functionCallingConfig": {"mode": "NONE"}}


@pytest.mark.parametrize("arguments", ['["Rome"]', "null", '"Rome"', "{broken"])
def test_arguments_that_are_no_object_stand_in_one_where_they_must(arguments: str) -> None:
    prompt = used(ToolCall("a", "get_weather", arguments))
    call = wire("anthropic-messages", prompt)
    body: Any = call.body
    assert body["messages"][1]["content"][0]["input"] == {"input": arguments}
    assert ("warning", "rewritten") in codes(call.losses)
    assert sent("openai-chat", prompt)["messages"][1]["tool_calls"][0]["function"]["arguments"] == arguments


def test_a_call_without_arguments_has_an_empty_object() -> None:
    prompt = used(ToolCall("a", "get_weather", ""))
    assert sent("gemini", prompt)["contents"][1]["parts"][0]["functionCall"]["args"] == {}
    assert sent("openai-chat", prompt)["messages"][1]["tool_calls"][0]["function"]["arguments"] == "{}"


@pytest.mark.parametrize("name", CHATTING)
def test_a_tools_name_that_the_vendor_refuses_is_another_one_there_and_the_same_here(name: str) -> None:
    odd = replace(WEATHER, name="wetter abfragen/ä")
    prompt = replace(used(ToolCall("a", odd.name, "{}")), tools=(odd,))
    call = wire(name, prompt)
    (there,) = call.tool_names
    assert call.tool_names[there] == odd.name
    text = orjson.dumps(call.body).decode()
    assert text.count(there) >= 2 and odd.name not in text
    assert ("info", "renamed") in codes(call.losses)


def test_of_more_than_four_cache_marks_the_last_four_are_kept() -> None:
    parts = tuple(part for word in "abcdef" for part in (TextPart(word), CacheMark()))
    call = wire("anthropic-messages", Prompt(messages=(Message("user", parts=parts),)))
    body: Any = call.body
    assert ["cache_control" in block for block in body["messages"][0]["content"]] == [False] * 2 + [True] * 4
    assert codes(call.losses) == [("info", "dropped")]


def test_what_stays_the_same_is_marked_where_the_prompt_marks_nothing_itself() -> None:
    prompt = Prompt(system="Be brief.", messages=(Message("user", "Hi"),), tools=(WEATHER,), cacheable_chars=9)
    body = sent("anthropic-messages", prompt)
    assert ["cache_control" in block for block in (*body["tools"], *body["system"], *body["messages"][0]["content"])] == [
        False,
        True,
        True,
    ]
    assert "cache_control" not in orjson.dumps(sent("anthropic-messages", replace(prompt, cacheable_chars=0))).decode()


def test_a_call_whose_id_is_used_twice_is_told_apart() -> None:
    again = (Message("assistant", parts=(TWO[0],)), Message("user", parts=(ToolResult("a", (TextPart("fog"),)),)))
    prompt = replace(used(TWO[0]), messages=(*used(TWO[0]).messages, *again))
    calls = [message for message in sent("openai-chat", prompt)["messages"] if "tool_calls" in message]
    results = [message["tool_call_id"] for message in sent("openai-chat", prompt)["messages"] if message["role"] == "tool"]
    ids = [message["tool_calls"][0]["id"] for message in calls]
    assert ids == results and len(set(ids)) == 2


def test_json_mode_has_the_word_in_the_input() -> None:
    output = OutputFormat("json")
    call = wire("openai-chat", replace(ASK, output=output))
    assert "json" in orjson.dumps(call.body["messages"]).decode().lower()
    assert codes(call.losses) == [("info", "rewritten")]
    said = replace(ASK, output=output, messages=(Message("user", "As JSON, please"),))
    assert wire("openai-chat", said).losses == ()


def test_a_model_that_thinks_is_not_made_to_call_a_tool() -> None:
    prompt = replace(ASK, tool_choice=ToolChoice("required"), max_tokens=9_000)
    call = wire("anthropic-messages", prompt, model="claude-opus-4-6", effort="high")
    assert "thinking" not in call.body
    assert ("warning", "dropped") in codes(call.losses)


def test_several_thoughts_go_back_in_their_places() -> None:
    def thought(number: int) -> ReasoningPart:
        return ReasoningPart(f"Thought {number}", ReasoningToken("test", "m-1", "signature", f"sig{number}=="))

    said = (thought(1), TWO[0], ReasoningPart("", ReasoningToken("test", "m-1", "redacted", "xyz")), thought(2), TextPart("Sun."))
    prompt = Prompt(messages=(Message("user", "Hi"), Message("assistant", parts=said)))
    content = sent("anthropic-messages", prompt)["messages"][1]["content"]
    assert [block["type"] for block in content] == ["thinking", "tool_use", "redacted_thinking", "thinking", "text"]
    assert content[0] == {"type": "thinking", "thinking": "Thought 1", "signature": "sig1=="}


TOKENS = {
    "anthropic-messages": ("signature", "c2ln"),
    "bedrock-converse": ("signature", "c2ln"),
    "openai-responses": ("item", '{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"c2ln"}'),
    "gemini": ("thought_signature", "c2ln"),
    "openai-chat": ("details", '[{"type":"reasoning.encrypted","data":"c2ln"}]'),
}


@pytest.mark.parametrize("name", TOKENS)
def test_a_token_goes_back_to_the_same_vendor_and_family_alone(name: str) -> None:
    kind, value = TOKENS[name]
    vendor = "openrouter" if name == "openai-chat" else "test"

    def asked(issuer: str, family: str) -> tuple[str, list[tuple[str, str]]]:
        part = ReasoningPart("Hm", ReasoningToken(issuer, family, kind, value))  # pyright: ignore[reportArgumentType]
        messages = (Message("user", "Hi"), Message("assistant", parts=(part, TextPart("Yes"))), Message("user", "Why?"))
        call = wire(name, Prompt(messages=messages), vendor=vendor, model="maker/m-1.5-large")
        return orjson.dumps(call.body).decode(), codes(call.losses)

    assert "c2ln" in asked(vendor, "m-1")[0] and ("warning", "token_dropped") not in asked(vendor, "m-1")[1]
    for issuer, family in (("other", "m-1"), (vendor, "m-2"), (vendor, "n-1")):
        body, lost = asked(issuer, family)
        assert "c2ln" not in body
        assert ("warning", "token_dropped") in lost


def test_a_token_of_the_same_scope_but_another_wire_is_not_forged() -> None:
    part = ReasoningPart("Hm", ReasoningToken("test", "m-1", "thought_signature", "c2ln"))
    prompt = Prompt(messages=(Message("user", "Hi"), Message("assistant", parts=(part,))))
    assert "c2ln" not in orjson.dumps(sent("anthropic-messages", prompt)).decode()


def test_geminis_signature_stays_on_its_own_part() -> None:
    token = ReasoningToken("test", "m-1", "thought_signature", "c2ln")
    said = (TextPart("Let me look."), replace(TWO[0], token=token), TWO[1])
    parts = sent("gemini", Prompt(messages=(Message("user", "Hi"), Message("assistant", parts=said))))["contents"][1]["parts"]
    assert [part.get("thoughtSignature") for part in parts] == [None, "c2ln", None]


@pytest.mark.parametrize("name", CHATTING)
def test_nothing_disappears_without_a_word(name: str) -> None:
    """What the body does not hold is told; what it holds is not."""
    marked = {
        "top_k": replace(ASK, sampling=Sampling(top_k=77_777)),
        "seed": replace(ASK, seed=77_777),
        "image": replace(ASK, messages=(Message("user", parts=(ImagePart(url="https://x.test/77777.png"),)),)),
        "document": replace(ASK, messages=(Message("user", parts=(DocumentPart(b"%PDF", "application/pdf", name="77777"),)),)),
        "opaque": replace(ASK, messages=(Message("user", parts=(TextPart("a"), OpaquePart("elsewhere", '{"n":77777}'))),)),
        "extra": replace(ASK, extras=(Extra("elsewhere", "n", 77_777),)),
        "user": replace(ASK, user="77777"),
        "thought": replace(ASK, messages=(*ASK.messages, Message("assistant", parts=(ReasoningPart("77777"),)))),
    }
    for what, prompt in marked.items():
        call = wire(name, prompt)
        held = "77777" in orjson.dumps(call.body).decode()
        assert held or call.losses, what


def test_fields_that_we_do_not_know_go_on_to_their_own_format_alone() -> None:
    prompt = replace(ASK, extras=(Extra("openai-chat", "service_tier", "flex"), Extra("openai-chat", "metadata.team", "a")))
    body = sent("openai-chat", prompt)
    assert (body["service_tier"], body["metadata"]) == ("flex", {"team": "a"})
    call = wire("gemini", prompt)
    assert "flex" not in orjson.dumps(call.body).decode()
    assert codes(call.losses) == [("warning", "unknown_field")] * 2


def test_who_rejects_losses_is_told_before_anything_is_sent() -> None:
    prompt = replace(ASK, extras=(Extra("gemini", "x", 1),), loss="reject")
    with pytest.raises(RequestRejected, match="without loss"):
        wire("openai-chat", prompt)
    wire("openai-chat", replace(prompt, extras=()))


def test_who_preserves_has_no_loss_in_the_own_format_and_none_elsewhere() -> None:
    origin = WireRequest("openai-chat", b'{"model":"m-1"}')
    prompt = replace(ASK, extras=(Extra("gemini", "x", 1),), loss="preserve", origin=origin)
    wire("openai-chat", prompt)
    with pytest.raises(RequestRejected, match="without loss"):
        wire("cohere-v2", prompt)


def test_a_tool_of_free_text_is_a_function_of_one_text_elsewhere() -> None:
    tool = Tool("apply_patch", "Edits files.", custom=True, grammar={"type": "grammar", "syntax": "lark", "definition": "x"})
    prompt = replace(used(ToolCall("a", "apply_patch", "*** Begin", custom=True)), tools=(tool,))
    assert sent("openai-responses", prompt)["tools"][0]["format"]["syntax"] == "lark"
    assert sent("openai-responses", prompt)["input"][1] == {
        "type": "custom_tool_call", "call_id": "a", "name": "apply_patch", "input": "*** Begin",
    }  # fmt: skip
    chat = sent("openai-chat", replace(prompt, tool_choice=ToolChoice("tool", "apply_patch")), vendor="openai")
    assert chat["tools"][0]["custom"]["format"] == {"type": "grammar", "grammar": {"syntax": "lark", "definition": "x"}}
    assert chat["tool_choice"] == {"type": "custom", "custom": {"name": "apply_patch"}}
    assert chat["messages"][1]["tool_calls"][0]["custom"] == {"name": "apply_patch", "input": "*** Begin"}
    call = wire("anthropic-messages", prompt)
    body: Any = call.body
    assert body["messages"][1]["content"][0]["input"] == {"input": "*** Begin"}
    assert ("warning", "emulated") in codes(call.losses)
