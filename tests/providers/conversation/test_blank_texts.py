"""Blanks that one model writes and another one's vendor refuses: a conversation changes its model between them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.domain import Message, Prompt
from coderoute_ls.domain.conversation import TextPart, ToolCall, ToolResult
from coderoute_ls.providers.json_access import as_text, is_list, is_object
from tests.providers.conversation.writing import WEATHER, sent, wire

ASK = Prompt(messages=(Message("user", "Hi"),), tools=(WEATHER,))
ANTHROPICS = ("anthropic-messages", "bedrock-converse")
blanks = st.text(" \n\t", max_size=3)
texts = st.lists(blanks | st.just("Well. "), max_size=3).map(lambda said: tuple(map(TextPart, said)))


def texts_of(value: object) -> list[str]:
    """Every text that stands in a block of its own."""
    if is_list(value):
        return [text for each in value for text in texts_of(each)]
    if not is_object(value):
        return []
    inner = [value.get(name) for name in ("messages", "system", "content", "toolResult")]
    return [*filter(None, [as_text(value.get("text"))]), *(text for each in inner for text in texts_of(each))]


@pytest.mark.parametrize("name", ANTHROPICS)
@given(places=st.tuples(texts, texts, texts, texts, texts))
def test_no_block_is_of_blanks_alone_and_no_begun_answer_ends_with_one(
    name: str, places: tuple[tuple[TextPart, ...], ...]
) -> None:
    system, said, answered, shown, last = places
    turns = (
        Message("user", parts=said),
        Message("assistant", parts=(*answered, ToolCall("a", "look", "{}"))),
        Message("user", parts=(ToolResult("a", shown),)),
        Message("assistant", parts=last),
    )
    body = sent(name, replace(ASK, system_parts=system, messages=turns))
    assert all(text.strip() for text in texts_of(body))
    final = body["messages"][-1]
    if final["role"] == "assistant" and "text" in final["content"][-1]:
        assert final["content"][-1]["text"] == final["content"][-1]["text"].rstrip()


@pytest.mark.parametrize("name", ANTHROPICS)
def test_what_is_left_out_is_told(name: str) -> None:
    turns = (*ASK.messages, Message("assistant", parts=(TextPart("\n\n"), TextPart("Sure: "))))
    assert [loss.code for loss in wire(name, replace(ASK, messages=turns)).losses] == ["dropped", "rewritten"]


@pytest.mark.parametrize("name", [*ANTHROPICS, "gemini"])
def test_the_user_speaks_first(name: str) -> None:
    body = sent(name, replace(ASK, messages=(Message("assistant", "Hi"), *ASK.messages)))
    assert (body.get("messages") or body["contents"])[0]["role"] == "user"
