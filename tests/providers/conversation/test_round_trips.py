"""A conversation that was written without loss is read back as it was, by a reader that knows no writer of ours."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coderoute_ls.domain import Message, Prompt
from coderoute_ls.domain.conversation import (
    Content,
    ImagePart,
    Loss,
    OutputFormat,
    ReasoningPart,
    ReasoningToken,
    Sampling,
    TextPart,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
)
from coderoute_ls.errors import RequestRejected
from tests.providers.conversation.request_reading import READERS, Turn
from tests.providers.conversation.writing import wire

KINDS = {
    "anthropic-messages": "signature", "bedrock-converse": "signature", "gemini": "thought_signature", "openai-responses": "item",
}  # fmt: skip
words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8).filter(str.strip)
values = st.dictionaries(words, words | st.integers(-9, 9) | st.booleans(), max_size=2)
pictures = st.binary(min_size=1, max_size=4).map(lambda data: ImagePart(data, "image/png"))
texts = words.map(TextPart)


def token(name: str, text: str, value: str) -> ReasoningToken | None:
    """What the vendor gives with a thought."""
    item = {"type": "reasoning", "id": "rs", "summary": [{"type": "summary_text", "text": text}], "encrypted_content": value}
    kind: Any = KINDS.get(name)
    return (
        None
        if kind is None
        else ReasoningToken("test", "m-1", kind, json.dumps(item, separators=(",", ":")) if kind == "item" else value)
    )


@st.composite
def conversations(draw: st.DrawFn, name: str) -> Prompt:
    """The user speaks, the assistant thinks, speaks and calls, the tools answer; some turns of that."""
    said: list[Message] = []
    made = 0
    for _ in range(draw(st.integers(1, 3))):
        shown = draw(st.lists(texts | pictures, min_size=1, max_size=3))
        said.append(Message("user", parts=tuple(shown)))
        answer: list[Content] = []
        if name in KINDS and draw(st.booleans()):
            text = draw(words)
            answer.append(ReasoningPart(text, token(name, text, draw(st.from_regex(r"[A-Za-z0-9+/]{4}==", fullmatch=True)))))
        answer += draw(st.lists(texts, min_size=1, max_size=1))
        calls = draw(st.lists(values, max_size=2))
        for arguments in calls:
            made += 1
            answer.append(ToolCall(f"call_{made}", draw(st.sampled_from(["look", "read_file"])), json.dumps(arguments)))
        said.append(Message("assistant", parts=tuple(answer)))
        results = [ToolResult(call.id, tuple(draw(st.lists(texts, max_size=1)))) for call in answer if isinstance(call, ToolCall)]
        if results:
            said.append(Message("user", parts=tuple(results)))
            said.append(Message("assistant", draw(words)))
    return Prompt(messages=tuple(said), tools=(Tool("look"), Tool("read_file")), loss="reject")


def plain(name: str, turns: list[Turn]) -> list[Turn]:
    """Without what a wire does not say: ids where there are none, spaces in JSON, the order of words and pictures at Ollama's."""
    kept: list[Turn] = []
    for role, parts in turns:
        inner: list[Content] = []
        for part in parts:
            match part:
                case ToolCall():
                    part = replace(part, arguments=json.dumps(json.loads(part.arguments)), id="" if name == "gemini" else part.id)
                case ToolResult():
                    part = replace(part, call_id="" if name == "gemini" else part.call_id)
                case ImagePart():
                    part = ImagePart(part.data, part.media_type, part.url)
                case _:
                    pass
            inner.append(part)
        kept.append((role, sorted(inner, key=lambda each: not isinstance(each, TextPart)) if name == "ollama" else inner))
    return kept


def single(prompt: Prompt) -> Prompt:
    """Ollama's messages have one text each."""
    kept = tuple(
        replace(message, parts=tuple(part for n, part in enumerate(message.parts) if not isinstance(part, TextPart) or n == 0))
        for message in prompt.messages
    )
    return replace(prompt, messages=kept)


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_what_is_written_without_loss_is_read_back(name: str, data: st.DataObject) -> None:
    prompt = data.draw(conversations(name))
    prompt = single(prompt) if name == "ollama" else prompt
    call = wire(name, prompt)
    assert all(loss.severity == "info" for loss in call.losses)
    if any(loss.code in ("rewritten", "moved") for loss in call.losses):
        return
    asked: list[Turn] = []
    for message in prompt.messages:
        if asked and asked[-1][0] == message.role:
            asked[-1][1].extend(message.content)
        else:
            asked.append((message.role, list(message.content)))
    read = READERS[name](call.body)
    assert plain(name, read) == plain(name, asked)


OPTIONS: dict[str, Prompt] = {
    "strict tool": Prompt(tools=(Tool("f", schema={"type": "object", "properties": {"a": {"type": "string"}}}, strict=True),)),
    "must call": Prompt(tools=(Tool("f"),), tool_choice=ToolChoice("required")),
    "must call this": Prompt(tools=(Tool("f"),), tool_choice=ToolChoice("tool", "f")),
    "one at a time": Prompt(tools=(Tool("f"),), parallel=False),
    "json": Prompt(output=OutputFormat("json")),
    "schema": Prompt(output=OutputFormat("schema", {"type": "object", "properties": {"a": {"type": "integer", "minimum": 3}}})),
    "top_p": Prompt(sampling=Sampling(top_p=0.5)),
    "top_k": Prompt(sampling=Sampling(top_k=5)),
    "min_p": Prompt(sampling=Sampling(min_p=0.5)),
    "seed": Prompt(seed=7),
    "several": Prompt(choices=2),
    "stop": Prompt(stop=tuple("abcdefg"), tools=(Tool("f"),)),
    "user": Prompt(user="somebody"),
}


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("wish", OPTIONS)
def test_a_wish_is_in_the_request_or_told(name: str, wish: str) -> None:
    """And who rejects losses is refused exactly where one is worse than a remark."""
    prompt = replace(OPTIONS[wish], messages=(Message("user", "Hi"),))
    bare = replace(
        prompt, tools=prompt.tools, tool_choice=None, parallel=None, output=None, sampling=None, seed=None, choices=1, stop=()
    )
    call, without = wire(name, prompt), wire(name, replace(bare, user="", tools=tuple(map(_loose, prompt.tools))))
    assert call.body != without.body or call.losses
    worse = [loss for loss in call.losses if loss.severity != "info"]
    if worse:
        with pytest.raises(RequestRejected):
            wire(name, replace(prompt, loss="reject"))
    else:
        wire(name, replace(prompt, loss="reject"))


def _loose(tool: Any) -> Any:
    return replace(tool, strict=None)


def test_a_loss_says_where_and_from_what_to_what() -> None:
    (loss,) = wire("gemini", Prompt(messages=(Message("user", "Hi"),), sampling=Sampling(min_p=0.5))).losses
    assert loss == Loss("warning", "dropped", "sampling.min_p", "prompt", "gemini", "It is not taken there.")
