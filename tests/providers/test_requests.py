"""What each dialect sends: an order that caches well, marks and sessions, each vendor's words, and nothing refused twice."""

import asyncio
from dataclasses import replace

import pytest

from coderoute_ls.domain import Fim, FimSupport, Message, Offer, Prompt
from coderoute_ls.errors import ConfigurationError, RateLimited, RequestRejected
from coderoute_ls.providers.configured_vendors import VENDORS, Vendor, configured
from coderoute_ls.providers.dialect import DialectCall, DialectRequest, dialect
from coderoute_ls.providers.error_responses.error_classification import failure_in_stream
from coderoute_ls.providers.error_responses.request_adaptation import Adaptation
from coderoute_ls.providers.provider_client import ProviderClient
from tests.providers.asking import CHAT, HOLE, KEY, listen, offer, providers
from tests.support.provider import ScriptedProvider

TALK = Prompt(
    system="You refactor.",
    messages=(Message("user", "x = 1"), Message("assistant", "Yes?"), Message("user", "Rename it.")),
    stop=("END",),
    max_tokens=2_000,
    temperature=0.2,
    session="s-1",
)


def call(vendor: str | Vendor, wire_id: str = "m-1", prompt: Prompt = TALK, name: str = "", **more: object) -> DialectCall:
    row = VENDORS[vendor] if isinstance(vendor, str) else vendor
    how = dialect(name or row.dialect)
    asked = Offer("o", "m", row.id, wire_id, how.name, fim=more.pop("fim", None))  # pyright: ignore[reportArgumentType]
    return how.encode(DialectRequest(row, asked, prompt, **more))  # pyright: ignore[reportArgumentType]


def test_a_conversation_keeps_its_order_system_first() -> None:
    body = call("groq").body
    assert body["messages"] == [
        {"role": "system", "content": "You refactor."},
        {"role": "user", "content": "x = 1"},
        {"role": "assistant", "content": "Yes?"},
        {"role": "user", "content": "Rename it."},
    ]
    assert (body["temperature"], body["stop"]) == (0.2, ["END"])


def test_openai_stores_nothing_and_gets_its_cache_key() -> None:
    body = call("openai").body
    assert (body["store"], body["prompt_cache_key"], body["instructions"]) == (False, "s-1", "You refactor.")
    assert body["max_output_tokens"] == 2_000


@pytest.mark.parametrize(("vendor", "field"), [("openai", "max_completion_tokens"), ("mistral", "max_tokens")])
def test_the_limit_has_each_vendors_name(vendor: str, field: str) -> None:
    assert call(vendor, name="openai-chat").body[field] == 2_000


def test_usage_is_asked_for_where_that_is_allowed() -> None:
    assert call("deepseek").body["stream_options"] == {"include_usage": True}
    assert "stream_options" not in call("mistral").body
    assert "stream_options" not in call("deepseek", stream=False).body


def test_openrouter_finds_the_session_again_and_marks_anthropics_cache() -> None:
    body = call("openrouter", "anthropic/claude-sonnet-4.6", replace(TALK, cacheable_chars=500)).body
    assert body["session_id"] == "s-1"
    system = {"type": "text", "text": "You refactor.", "cache_control": {"type": "ephemeral"}}
    assert body["messages"][0] == {"role": "system", "content": [system]}  # pyright: ignore[reportIndexIssue, reportUnknownVariableType]
    plain = call("openrouter", "deepseek/deepseek-v4", replace(TALK, cacheable_chars=500)).body
    assert plain["messages"][0] == {"role": "system", "content": "You refactor."}  # pyright: ignore[reportIndexIssue, reportUnknownVariableType]


@pytest.mark.parametrize(
    ("privacy", "field"), [("no_training", {"data_collection": "deny"}), ("zdr", {"zdr": True}), ("any", None)]
)
def test_openrouter_is_told_what_it_may_do_with_the_text(privacy: str, field: dict[str, object] | None) -> None:
    body = call("openrouter", prompt=replace(TALK, privacy=privacy)).body  # pyright: ignore[reportArgumentType]
    assert body.get("provider") == field
    assert "provider" not in call("groq", prompt=replace(TALK, privacy="zdr")).body


@pytest.mark.parametrize(
    ("price", "most"),
    [
        ((1.35, 5.4), {"prompt": 1.35, "completion": 5.4}),
        ((0.05, 0.0), {"prompt": 0.05}),  # 0 would be a limit that no host is below
        ((0.0, 0.0), None),
        (None, None),
    ],
)
def test_a_broker_may_not_send_a_request_to_a_dearer_host_than_was_reckoned_with(
    price: tuple[float, float] | None, most: dict[str, float] | None
) -> None:
    asked = replace(TALK, host_price=price)
    assert call("openrouter", prompt=asked).body.get("provider") == (None if most is None else {"max_price": most})
    assert "provider" not in call("groq", prompt=asked).body


def test_xais_session_is_a_header() -> None:
    sent = call("xai")
    assert sent.headers == {"x-grok-conv-id": "s-1"}
    assert "x-grok-conv-id" not in sent.body


@pytest.mark.parametrize(
    ("cacheable", "marked"),
    [(0, None), (5, None), (len("You refactor."), -1), (len("You refactor.") + 5, 0), (10_000, 2)],
)
def test_anthropics_cache_mark_stands_at_the_end_of_what_stays_the_same(cacheable: int, marked: int | None) -> None:
    body = call("anthropic", prompt=replace(TALK, cacheable_chars=cacheable)).body
    blocks: list[object] = [body["system"], *(message["content"] for message in body["messages"])]  # pyright: ignore
    assert [index - 1 for index, block in enumerate(blocks) if "cache_control" in str(block)] == (
        [] if marked is None else [marked]
    )


@pytest.mark.parametrize(
    ("vendor", "effort", "fields"),
    [
        ("groq", "low", {"reasoning_effort": "low"}),
        ("openrouter", "high", {"reasoning": {"effort": "high"}}),
        ("openrouter", "none", {"reasoning": {"enabled": False}}),
        ("deepseek", "max", {"thinking": {"type": "enabled"}, "reasoning_effort": "max"}),
        ("deepseek", "none", {"thinking": {"type": "disabled"}}),
        ("zai", "high", {"thinking": {"type": "enabled"}}),
        ("moonshot", "none", {"thinking": {"type": "disabled"}}),
        ("alibaba", "none", {"enable_thinking": False}),
        ("vllm", "none", {"chat_template_kwargs": {"enable_thinking": False}}),
        ("openai", "xhigh", {"reasoning": {"effort": "xhigh"}}),
        ("cohere", "none", {"thinking": {"type": "disabled"}}),
        ("ollama", "none", {"think": False}),
    ],
)
def test_an_effort_is_said_in_the_vendors_own_words(vendor: str, effort: str, fields: dict[str, object]) -> None:
    with_effort, without = call(vendor, effort=effort).body, call(vendor).body
    assert {name: value for name, value in with_effort.items() if name not in without} == fields


@pytest.mark.parametrize(
    ("model", "effort", "fields"),
    [
        ("claude-opus-4-8", "high", {"thinking": {"type": "adaptive"}, "output_config": {"effort": "high"}}),
        ("claude-sonnet-4-5-20250929", "low", {"thinking": {"type": "enabled", "budget_tokens": 1_024}}),
        ("claude-haiku-4-5", "high", {"thinking": {"type": "enabled", "budget_tokens": 1_999}}),
        ("claude-opus-4-8", "none", {}),
    ],
)
def test_anthropic_thinks_by_effort_or_by_budget(model: str, effort: str, fields: dict[str, object]) -> None:
    body = call("anthropic", model, effort=effort).body
    assert {name: body[name] for name in ("thinking", "output_config") if name in body} == fields
    assert ("temperature" in body) == (not fields), "thinking takes no temperature"


@pytest.mark.parametrize(
    ("model", "effort", "thinking"),
    [
        ("gemini-2.5-flash", "none", {"thinkingBudget": 0}),
        ("gemini-2.5-pro", "none", {"thinkingBudget": 128}),
        ("gemini-2.5-flash", "medium", {"thinkingBudget": 8_192}),
        ("gemini-3.6-flash", "none", {"thinkingLevel": "minimal"}),
        ("gemini-3.6-pro", "none", {"thinkingLevel": "low"}),
        ("gemini-3.6-pro", "high", {"thinkingLevel": "high"}),
    ],
)
def test_gemini_thinks_by_level_or_by_budget(model: str, effort: str, thinking: dict[str, object]) -> None:
    config = call("google", model, effort=effort).body["generationConfig"]
    assert config["thinkingConfig"] == thinking  # pyright: ignore[reportIndexIssue, reportUnknownVariableType]


def test_gemini_names_the_model_and_the_kind_of_answer_in_the_path() -> None:
    assert call("google", "gemini-2.5-flash").path == "/models/gemini-2.5-flash:streamGenerateContent?alt=sse"
    assert call("google", "gemini-2.5-flash", stream=False).path == "/models/gemini-2.5-flash:generateContent"


@pytest.mark.parametrize(
    ("text", "context"),
    [("x", 16_384), ("x" * 30_000, 16_384), ("x" * 60_000, 32_768), ("\u4e2d" * 6_000, 16_384), ("\u4e2d" * 17_000, 32_768)],
)
def test_ollama_is_told_one_context_for_all_that_fits_and_more_for_what_does_not(text: str, context: int) -> None:
    options = call("ollama", prompt=replace(TALK, system=text)).body["options"]
    assert options["num_ctx"] == context  # pyright: ignore[reportIndexIssue, reportUnknownVariableType]


# --- holes --------------------------------------------------------------------------------------------------------------

TEMPLATE = "<P>{prefix}<S>{suffix}<M>"


@pytest.mark.parametrize(
    ("vendor", "name", "support", "path", "fields"),
    [
        ("deepseek", "openai-completions", FimSupport("x"), "/completions", {"prompt": "a = ", "suffix": "\nb = 2"}),
        (
            "vllm",
            "openai-completions",
            FimSupport("x", TEMPLATE, ("<E>",)),
            "/completions",
            {"prompt": "<P><S>\nb = 2<M>a =", "stop": ["<E>"]},
        ),
        ("mistral", "mistral-fim", FimSupport("x"), "/fim/completions", {"prompt": "a = ", "suffix": "\nb = 2"}),
        ("ollama", "ollama", FimSupport("x"), "/api/generate", {"prompt": "a = ", "suffix": "\nb = 2"}),
        ("ollama", "ollama", FimSupport("x", TEMPLATE), "/api/generate", {"prompt": "<P><S>\nb = 2<M>a =", "raw": True}),
        ("llamacpp", "llamacpp-infill", FimSupport("x"), "/infill", {"input_prefix": "a = ", "input_suffix": "\nb = 2"}),
    ],
)
def test_a_hole_is_sent_the_way_its_endpoint_takes_it(
    vendor: str, name: str, support: FimSupport, path: str, fields: dict[str, object]
) -> None:
    sent = call(vendor, prompt=Prompt(fim=Fim("a = ", "\nb = 2"), max_tokens=9), name=name, fim=support)
    assert sent.path == path
    assert {key: sent.body[key] for key in fields} == fields
    assert ("suffix" in sent.body) == ("suffix" in fields)


def test_at_most_four_stops_are_sent_to_a_completions_endpoint() -> None:
    support = FimSupport("x", TEMPLATE, tuple("abcde"))
    assert call("vllm", prompt=HOLE, name="openai-completions", fim=support).body["stop"] == list("abcd")


def test_inception_is_told_that_nothing_follows() -> None:
    assert call("inception", prompt=Prompt(fim=Fim("a", "")), name="mistral-fim").body["suffix"] == "<|endoftext|>"


@pytest.mark.parametrize("name", ["openai-completions", "mistral-fim", "llamacpp-infill"])
def test_an_endpoint_that_only_fills_holes_takes_no_instruction(name: str) -> None:
    with pytest.raises(RequestRejected, match="cannot follow an instruction"):
        call("vllm", name=name)


def test_an_unknown_dialect_is_named_with_the_known_ones() -> None:
    with pytest.raises(ConfigurationError, match="no dialect 'morse'; known are anthropic-messages, bedrock-converse, "):
        dialect("morse")


async def test_special_tokens_never_reach_the_buffer_whatever_the_server_sends() -> None:
    async with ScriptedProvider() as server:
        client = providers(server.url)
        support = FimSupport("openai-completions", TEMPLATE, ("<|endoftext|>",))
        heard = asyncio.create_task(listen(client.stream(offer(fim=support), HOLE)))
        request = await server.request()
        await request.start()
        for piece in ("a +", " b<|end", "oftext|>", "def evil"):
            await request.text(piece)
        answer = await heard
        assert answer.text == "a + b"
        assert answer.finish is not None
        assert answer.finish.reason == "stop"
        await request.closed()
        await client.close()


@pytest.mark.parametrize(
    ("effort", "reasoning", "sent"),
    [(None, True, "none"), ("none", True, "none"), ("minimal", True, "minimal"), ("low", True, "low"), (None, False, None)],
)
async def test_a_model_that_only_chats_fills_a_hole_by_prompt_and_thinks_no_more_than_its_offer_says(
    effort: str | None, reasoning: bool, sent: str | None
) -> None:
    async with ScriptedProvider() as server:
        client = providers(server.url)
        asked = offer(capabilities={"reasoning": reasoning}, effort=effort)
        heard = asyncio.create_task(listen(client.stream(asked, replace(HOLE, stop=("\n",)))))
        request = await server.request()
        assert request.path == "/chat/completions"
        assert request.json.get("reasoning_effort") == sent and "stop" not in request.json
        await request.start()
        for piece in ("```python\na +", " b\n`", "``\nThis adds", " the numbers."):
            await request.text(piece)
        answer = await heard
        assert answer.text == "a + b"
        assert answer.finish is not None and answer.finish.reason == "stop"
        await request.closed()
        await client.close()


# --- learned refusals ---------------------------------------------------------------------------------------------------


async def test_a_field_that_was_refused_is_left_out_and_never_sent_again() -> None:
    async with ScriptedProvider() as server:
        client = providers(server.url)
        refusal: dict[str, object] = {
            "error": {"message": "Unsupported parameter: 'stream_options' is not supported.", "type": "invalid"}
        }
        heard = asyncio.create_task(listen(client.stream(offer(), CHAT)))
        first = await server.request()
        assert "stream_options" in first.json
        await first.respond(400, refusal)
        second = await server.request()
        assert "stream_options" not in second.json
        await second.answer("one")
        assert (await heard).text == "one"
        again = asyncio.create_task(listen(client.stream(offer(), CHAT)))
        third = await server.request()
        assert "stream_options" not in third.json
        await third.answer("two")
        assert (await again).text == "two"
        await client.close()


async def test_a_limit_that_was_refused_is_sent_under_its_other_name() -> None:
    async with ScriptedProvider() as server:
        client = providers(server.url)
        heard = asyncio.create_task(listen(client.stream(offer(), CHAT)))
        message = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
        await (await server.request()).respond(400, {"error": {"message": message}})
        second = await server.request()
        assert (second.json.get("max_tokens"), second.json["max_completion_tokens"]) == (None, 100)
        await second.answer("ok")
        await heard
        await client.close()


@pytest.mark.parametrize(
    ("message", "fields", "refused"),
    [
        ("Unsupported parameter: 'stop' is not supported with this model.", {"stop", "temperature"}, "stop"),
        ('"gemma3:1b" does not support thinking', {"think", "model"}, "think"),
        ("registry.ollama.ai/library/qwen does not support insert", {"suffix", "stop"}, "suffix"),
        ("unexpected keyword reasoning_effort", {"reasoning", "reasoning_effort"}, "reasoning_effort"),
        ("something else is wrong", {"stop", "suffix"}, None),
        ("nonstop traffic", {"stop"}, None),
    ],
)
def test_the_refused_field_is_the_one_that_is_named(message: str, fields: set[str], refused: str | None) -> None:
    error = failure_in_stream(VENDORS["ollama"], {"error": {"message": message, "code": 400}})
    learned = Adaptation().learned(error, CHAT, dict.fromkeys(fields, 1), streamed=True)
    assert (learned and learned.without) == (refused and frozenset({refused}))


def test_only_a_rejected_request_names_a_field() -> None:
    error = failure_in_stream(VENDORS["ollama"], {"error": {"message": "stop: rate limit", "code": 429}})
    assert isinstance(error, RateLimited)
    assert Adaptation().learned(error, CHAT, {"stop": 1}, streamed=True) is None


async def test_a_stop_holds_in_a_conversation_whatever_the_server_does() -> None:
    async with ScriptedProvider() as server:
        client = providers(server.url)
        heard = asyncio.create_task(listen(client.stream(offer(), replace(CHAT, stop=("END",)))))
        request = await server.request()
        await request.start()
        await request.text("one E")
        await request.text("ND two")
        assert (await heard).text == "one "
        await request.closed()
        await client.close()


async def test_a_vendor_without_an_address_says_what_is_missing() -> None:
    client = ProviderClient(configured({}, {}), lambda _: KEY)
    with pytest.raises(RequestRejected, match="Azure OpenAI has no address yet: set AZURE_OPENAI_ENDPOINT"):
        await listen(client.stream(Offer("azure/x", "x", "azure", "x", "openai-chat"), CHAT))


async def test_a_request_that_is_wrong_in_itself_is_sent_once() -> None:
    async with ScriptedProvider() as server:
        client = providers(server.url)
        heard = asyncio.create_task(listen(client.stream(offer(), CHAT)))
        await (await server.request()).respond(400, {"error": {"message": "messages: at least one message is required"}})
        with pytest.raises(RequestRejected):
            await heard
        assert len(server.log) == 1
        await client.close()
