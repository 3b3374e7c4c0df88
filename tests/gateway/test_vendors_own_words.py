"""What callers say in one vendor's own words is understood, kept for that vendor, or told as lost."""

import json
from typing import Any

import pytest

from coderoute_ls.domain import Prompt
from coderoute_ls.domain.conversation import OutputFormat
from coderoute_ls.gateway.faces.chat_completions import FACE as CHAT_FACE
from coderoute_ls.gateway.faces.messages import FACE as MESSAGES_FACE
from coderoute_ls.gateway.faces.responses import FACE as RESPONSES_FACE
from tests.engine.support import answer
from tests.gateway.support import Json, serving
from tests.gateway.test_odd_requests import USER, sent
from tests.gateway.test_wild_requests import CHAT, LOOK, MESSAGES, PNG, RESPONSES, TOOL, chat, items, turns
from tests.providers.conversation.writing import sent as body_of
from tests.providers.conversation.writing import wire

MARK: Json = {"type": "ephemeral"}


def read(face: Any, body: Json) -> Prompt:
    return face.decode(json.dumps({"model": "coderoute", **body}).encode(), {}).prompt


@pytest.mark.parametrize(
    ("said", "effort"),
    [
        ({"thinking": {"type": "enabled"}}, "medium"),
        ({"thinking": {"type": "enabled", "budget_tokens": 2_000}}, "low"),
        ({"thinking": {"type": "enabled", "budget_tokens": 30_000}}, "high"),
        ({"thinking": {"type": "disabled"}}, "none"),
        ({"thinking": {"type": "auto"}}, None),
        ({"enable_thinking": False}, "none"),
        ({"chat_template_kwargs": {"enable_thinking": False}}, "none"),
        ({"chat_template_kwargs": {"thinking": True}}, "medium"),
        ({"reasoning_effort": "high", "thinking": {"type": "disabled"}}, "high"),
        ({"reasoning": {"effort": "low"}}, "low"),
        ({}, None),
    ],
)
def test_whether_to_think_is_understood_in_the_words_of_each_vendor(said: Json, effort: str | None) -> None:
    prompt = read(CHAT_FACE, chat(**said))
    assert (prompt.effort, prompt.extras) == (effort, ())


def test_what_a_template_takes_beside_that_is_kept() -> None:
    (extra,) = read(CHAT_FACE, chat(chat_template_kwargs={"enable_thinking": True, "tools_in_user_message": False})).extras
    assert (extra.path, extra.value) == ("chat_template_kwargs", {"tools_in_user_message": False})


async def test_openrouters_older_word_hides_thoughts_too() -> None:
    from coderoute_ls.domain import Delta, Finish, Usage

    thinking = [Delta("", "Hm"), Delta("Well"), Finish("stop", Usage(1, 1))]
    async with serving({"cheap": [thinking, thinking]}) as served:
        shown = (await served.chat()).json()["choices"][0]["message"]
        hidden = (await served.chat(include_reasoning=False)).json()["choices"][0]["message"]
        assert shown["reasoning"] == "Hm" and "reasoning" not in hidden and hidden["content"] == "Well"


def test_json_with_a_schema_beside_it_is_held_to_the_schema() -> None:
    schema: Json = {"type": "object", "properties": {"a": {"type": "integer"}}}
    assert read(CHAT_FACE, chat(response_format={"type": "json_object", "schema": schema})).output == OutputFormat(
        "schema", schema
    )
    assert read(CHAT_FACE, chat(response_format={"type": "json_object"})).output == OutputFormat("json")


async def test_a_mark_on_a_whole_message_or_a_tool_reaches_who_takes_marks() -> None:
    marked: Json = {"role": "system", "content": "Long.", "cache_control": MARK}
    body, _ = await sent("anthropic-messages", CHAT, {"messages": [marked, USER], "tools": [{**TOOL, "cache_control": MARK}]})
    assert body["system"][0]["cache_control"] == MARK and body["tools"][0]["cache_control"] == MARK


@pytest.mark.parametrize("dialect", ["openai-chat", "openai-responses"])
@pytest.mark.parametrize("path", [CHAT, RESPONSES])
async def test_how_closely_to_look_is_told_in_openais_newest_word(path: str, dialect: str) -> None:
    shown: Json = {"type": "image_url", "image_url": {"url": PNG, "detail": "original"}}
    body: Json = chat({"role": "user", "content": [shown]})
    if path == RESPONSES:
        body = items({"role": "user", "content": [{"type": "input_image", "image_url": PNG, "detail": "original"}]})
    asked, _ = await sent(dialect, path, body)
    assert '"detail": "original"' in json.dumps(asked)


async def test_fields_inside_of_what_we_know_reach_a_vendor_of_the_format() -> None:
    asked, lost = await sent("openai-responses", RESPONSES, items(text={"verbosity": "low"}, reasoning={"summary": "auto"}))
    assert (asked["text"]["verbosity"], asked["reasoning"]["summary"], lost) == ("low", "auto", "")
    asked, lost = await sent("anthropic-messages", MESSAGES, turns(output_config={"task_budget": {"total": 9}}))
    assert (asked["output_config"]["task_budget"], lost) == ({"total": 9}, "")


async def test_elsewhere_they_are_told_unless_they_only_say_how() -> None:
    said = items(text={"verbosity": "low", "x": 1}, reasoning={"summary": "auto", "context": "all"})
    _, lost = await sent("openai-chat", RESPONSES, said)
    assert lost == "unknown_field reasoning.context; unknown_field text.x"
    _, lost = await sent("openai-chat", MESSAGES, turns(thinking={"type": "adaptive", "display": "summarized"}))
    assert "display" not in lost


def test_how_thoughts_are_shown_is_said_only_where_it_thinks() -> None:
    shown = read(MESSAGES_FACE, turns(thinking={"type": "adaptive", "display": "summarized"}))
    body = body_of("anthropic-messages", shown, vendor="anthropic", effort="high")
    assert body["thinking"] == {"type": "adaptive", "display": "summarized"}
    assert "thinking" not in body_of("anthropic-messages", shown, vendor="anthropic")


def test_fields_of_a_tool_that_we_do_not_know_reach_their_vendor() -> None:
    own: Json = {"defer_loading": True, "eager_input_streaming": True, "input_examples": [{"a": 1}]}
    prompt = read(MESSAGES_FACE, turns(tools=[{**LOOK, **own}]))
    (tool,) = body_of("anthropic-messages", prompt, vendor="anthropic")["tools"]
    assert tool == {**LOOK, **own} | {"input_schema": tool["input_schema"]}
    call = wire("openai-chat", prompt, vendor="openai")
    assert "defer_loading" not in json.dumps(call.body)
    assert {loss.path for loss in call.losses} >= {f"tools[look].{name}" for name in own}
    deferred: Json = {"type": "function", "name": "look", "parameters": {"type": "object"}, "defer_loading": True}
    (tool,) = body_of("openai-responses", read(RESPONSES_FACE, items(tools=[deferred])), vendor="openai")["tools"]
    assert tool["defer_loading"] is True


def test_a_note_of_the_system_stays_one_between_anthropics_clients_and_anthropic() -> None:
    note: Json = {
        "role": "system",
        "content": [{"type": "text", "text": "More."}, {"type": "tool_addition", "tool": {"name": "see"}}],
    }
    prompt = read(MESSAGES_FACE, turns(note))
    body = body_of("anthropic-messages", prompt, vendor="anthropic")
    assert body["messages"][1]["role"] == "system" and body["messages"][1]["content"][1]["type"] == "tool_addition"
    for vendor in ("minimax", "deepseek"):
        call = wire("anthropic-messages", prompt, vendor=vendor)
        assert [turn["role"] for turn in body_of("anthropic-messages", prompt, vendor=vendor)["messages"]] == ["user"]
        assert any(loss.code == "rewritten" for loss in call.losses)


async def test_answers_are_not_held_by_these_words() -> None:
    async with serving({"cheap": [answer()]}) as served:
        assert (await served.chat(thinking={"type": "disabled"}, enable_thinking=False)).status_code == 200
