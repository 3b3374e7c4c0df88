"""Base URLs: whatever people paste ends at the right endpoint, or is refused in words that do not repeat it."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.domain.vendor_table import VENDORS
from coderoute_ls.errors import ConfigurationError, ProviderUnavailable, RequestRejected
from coderoute_ls.providers.base_url import corrected, shown
from coderoute_ls.providers.configured_vendors import configured
from coderoute_ls.providers.connections.transport import Transport
from coderoute_ls.providers.local_server_discovery import find_servers
from coderoute_ls.providers.model_list import list_models
from coderoute_ls.providers.provider_client import ProviderClient
from coderoute_ls.settings import load
from tests.providers.asking import CHAT, KEY, listen, offer, vendor
from tests.support.provider import ScriptedProvider

CHAT_PATH = "/chat/completions"
GOOGLE = "https://generativelanguage.googleapis.com/v1beta"
AZURE = "https://mine.openai.azure.com"
FOUNDRY = "https://mine.services.ai.azure.com"
DEPLOYED = f"{AZURE}/openai/deployments/gpt"


@dataclass(frozen=True)
class Said:
    dialect: str | None = None
    base_url: str | None = None
    key_env: str | None = None
    headers: dict[str, str] = field(default_factory=dict[str, str])
    timeout_s: float | None = None
    local: bool | None = None
    enable: bool = True
    model_path: str | None = None


@pytest.mark.parametrize(
    ("text", "dialect", "base"),
    [
        ("https://api.openai.com/v1", "openai-chat", "https://api.openai.com/v1"),
        ("https://api.openai.com/v1/", "openai-chat", "https://api.openai.com/v1"),
        ("https://api.openai.com", "openai-chat", "https://api.openai.com/v1"),
        ("https://api.openai.com//v1//chat/completions/", "openai-chat", "https://api.openai.com/v1"),
        ("https://api.openai.com/v1/responses", "openai-responses", "https://api.openai.com/v1"),
        ("https://api.openai.com/v1/completions", "openai-completions", "https://api.openai.com/v1"),
        ("https://api.openai.com/v1/models", "openai-chat", "https://api.openai.com/v1"),
        ("https://api.openai.com/v1#chat", "openai-chat", "https://api.openai.com/v1"),
        ("http://api.openai.com/v1", "openai-chat", "https://api.openai.com/v1"),
        ("HTTPS://API.OpenAI.com/v1", "openai-chat", "https://api.openai.com/v1"),
        (" https://api.openai.com/v1 \n", "openai-chat", "https://api.openai.com/v1"),
        ('"https://api.openai.com/v1"', "openai-chat", "https://api.openai.com/v1"),
        ("<https://api.openai.com/v1>", "openai-chat", "https://api.openai.com/v1"),
        ("https:/api.openai.com/v1", "openai-chat", "https://api.openai.com/v1"),
        ("https//api.openai.com/v1", "openai-chat", "https://api.openai.com/v1"),
        ("https://https://api.openai.com/v1", "openai-chat", "https://api.openai.com/v1"),
        ("api.openai.com", "openai-chat", "https://api.openai.com/v1"),
        ("https://openrouter.ai", "openai-chat", "https://openrouter.ai/api/v1"),
        ("https://openrouter.ai/api", "openai-chat", "https://openrouter.ai/api/v1"),
        ("https://api.groq.com", "openai-chat", "https://api.groq.com/openai/v1"),
        ("https://api.groq.com/openai/v1/chat/completions", "openai-chat", "https://api.groq.com/openai/v1"),
        ("https://api.z.ai/api/paas/v4/chat/completions", "openai-chat", "https://api.z.ai/api/paas/v4"),
        ("https://api.deepseek.com", "openai-chat", "https://api.deepseek.com"),
        ("https://api.deepseek.com", "openai-completions", "https://api.deepseek.com/beta"),
        ("https://api.deepseek.com/anthropic", "anthropic-messages", "https://api.deepseek.com/anthropic/v1"),
        ("https://api.perplexity.ai/chat/completions", "openai-chat", "https://api.perplexity.ai"),
        ("https://api.anthropic.com", "anthropic-messages", "https://api.anthropic.com/v1"),
        ("https://api.anthropic.com/v1/messages", "anthropic-messages", "https://api.anthropic.com/v1"),
        ("https://proxy.example/claude", "anthropic-messages", "https://proxy.example/claude/v1"),
        ("https://api.mistral.ai/v1/fim/completions", "mistral-fim", "https://api.mistral.ai/v1"),
        ("https://api.cohere.com/v2/chat", "cohere-v2", "https://api.cohere.com/v2"),
        ("https://api.cohere.com", "cohere-v2", "https://api.cohere.com/v2"),
        (f"{GOOGLE}/models/gemini-2.5-pro:streamGenerateContent?alt=sse", "gemini", GOOGLE),
        ("https://generativelanguage.googleapis.com", "gemini", GOOGLE),
        (GOOGLE, "openai-chat", f"{GOOGLE}/openai"),
        ("localhost:1234", "openai-chat", "http://localhost:1234/v1"),
        ("127.0.0.1:8000/v1", "openai-chat", "http://127.0.0.1:8000/v1"),
        ("192.168.1.7:8000", "openai-chat", "http://192.168.1.7:8000/v1"),
        ("http://0.0.0.0:8000/v1", "openai-chat", "http://127.0.0.1:8000/v1"),
        ("http://[::1]:8080/v1", "openai-chat", "http://[::1]:8080/v1"),
        ("http://[::]:8080", "openai-chat", "http://[::1]:8080/v1"),
        ("http://localhost:11434", "ollama", "http://localhost:11434"),
        ("http://localhost:11434/v1", "ollama", "http://localhost:11434"),
        ("http://localhost:11434/api/chat", "ollama", "http://localhost:11434"),
        ("http://localhost:11434/api/generate", "openai-chat", "http://localhost:11434/v1"),
        ("http://localhost:8000/v1/v1", "openai-chat", "http://localhost:8000/v1"),
        ("https://ui.example/api/chat/completions", "openai-chat", "https://ui.example/api"),
        ("http://localhost:8080/infill", "llamacpp-infill", "http://localhost:8080"),
        ("https://gw.example/team/openai", "openai-chat", "https://gw.example/team/openai"),
        ("https://eu-aiplatform.googleapis.com/v1/projects/p/locations/eu/publishers/google", "gemini",
         "https://aiplatform.eu.rep.googleapis.com/v1/projects/p/locations/eu/publishers/google"),
        ("http://bedrock-runtime.eu-west-1.amazonaws.com", "bedrock-converse", "https://bedrock-runtime.eu-west-1.amazonaws.com"),
        ("https://bedrock-runtime.eu-west-1.amazonaws.com/model/a.b/converse-stream", "bedrock-converse",
         "https://bedrock-runtime.eu-west-1.amazonaws.com"),
    ],
)  # fmt: skip
def test_an_address_ends_where_the_dialects_paths_begin(text: str, dialect: str, base: str) -> None:
    assert corrected(text, dialect) == (base, "")


@pytest.mark.parametrize(
    ("text", "dialect", "base", "query"),
    [
        (AZURE, "openai-chat", f"{AZURE}/openai/v1", ""),
        (f"{AZURE}/openai", "openai-chat", f"{AZURE}/openai/v1", ""),
        (f"{AZURE}/openai/v1/", "openai-responses", f"{AZURE}/openai/v1", ""),
        (f"{AZURE}/openai/v1/chat/completions?api-version=preview", "openai-chat", f"{AZURE}/openai/v1", "api-version=preview"),
        (f"{AZURE}/openai/v1?api-version=2024-10-21", "openai-chat", f"{AZURE}/openai/v1", ""),
        (f"{AZURE}/openai/responses?api-version=2025-04-01-preview", "openai-responses", f"{AZURE}/openai/v1", ""),
        (f"{DEPLOYED}/chat/completions?api-version=2024-06-01", "openai-chat", DEPLOYED, "api-version=2024-06-01"),
        (f"{DEPLOYED}", "openai-chat", DEPLOYED, "api-version=2024-10-21"),
        (f"{DEPLOYED}/completions?api-version=2024-06-01", "openai-completions", DEPLOYED, "api-version=2024-06-01"),
        (f"{AZURE}?api-version=2024-06-01", "openai-chat", f"{AZURE}/openai/deployments/{{model}}", "api-version=2024-06-01"),
        (f"{FOUNDRY}/models", "openai-chat", f"{FOUNDRY}/models", "api-version=2024-05-01-preview"),
        (f"{FOUNDRY}/api/projects/mine", "openai-chat", f"{FOUNDRY}/openai/v1", ""),
        (f"{FOUNDRY}/anthropic/v1/messages", "anthropic-messages", f"{FOUNDRY}/anthropic/v1", ""),
        ("https://gw.example/a/openai/deployments/gpt/chat/completions", "openai-chat",
         "https://gw.example/a/openai/deployments/gpt", "api-version=2024-10-21"),
        ("https://gw.example/v1?team=a%20b&x=", "openai-chat", "https://gw.example/v1", "team=a+b&x="),
    ],
)  # fmt: skip
def test_azures_forms_are_told_apart_and_a_query_is_kept(text: str, dialect: str, base: str, query: str) -> None:
    assert corrected(text, dialect) == (base, query)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "is empty"),
        ("https://h:99999/v1", "port"),
        ("https://h:0/v1", "port"),
        ("https://h:port/v1", "port"),
        ("https://[::1/v1", "port or host"),
        ("https:///v1", "no host"),
        ("https://?x", "no host"),
        ("ftp://h/v1", "http:// or https://"),
        ("file:///etc/passwd", "http:// or https://"),
        ("wss://h/v1", "http:// or https://"),
        ("https://user:hunter2@h/v1", "user name"),
        ("https://h/v1?key=hunter2", "key in its query"),
        ("https://h/v1?api_key=hunter2", "key in its query"),
        ("https://h/v1?access_token=hunter2", "key in its query"),
        ("https://h/v1?subscription-key=hunter2", "key in its query"),
        ("https://h/v1\r\nx-evil: hunter2", "blanks or characters"),
        ("https://h /v1", "blanks or characters"),
        ("https://h\\v1", "blanks or characters"),
        ("https://h..x/v1", "no host"),
        ("https://h_!/v1", "no host"),
    ],
)
def test_what_cannot_be_mended_is_named_without_the_value(text: str, what: str) -> None:
    with pytest.raises(ConfigurationError, match=what) as caught:
        corrected(text, "openai-chat")
    assert "hunter2" not in caught.value.user_message


NAMES = ("openai-chat", "openai-responses", "openai-completions", "anthropic-messages", "gemini", "cohere-v2", "ollama")
ENDS = {
    "openai-chat": ("", "/", CHAT_PATH, "/models"),
    "openai-responses": ("", "/", "/responses"),
    "openai-completions": ("", "/", "/completions"),
    "anthropic-messages": ("", "/", "/messages"),
    "gemini": ("", "/", "/models", "/models/gemini-3-pro:generateContent"),
    "cohere-v2": ("", "/", "/chat"),
    "ollama": ("", "/", "/api", "/api/chat", "/v1"),
}


@given(st.data())
def test_every_way_to_write_a_known_vendors_address_ends_at_its_endpoint(data: st.DataObject) -> None:
    row = data.draw(st.sampled_from([row for row in VENDORS.values() if "{" not in row.base_url and row.dialect in ENDS]))
    url = row.base_url + data.draw(st.sampled_from(ENDS[row.dialect]))
    parts = urlsplit(url)
    if data.draw(st.booleans()) and not row.local:
        url = url.removeprefix("https://")
    if data.draw(st.booleans()):
        url += "#section"
    if data.draw(st.booleans()):
        url = f" '{url}'\n"
    if data.draw(st.booleans()) and parts.hostname:
        url = url.replace(parts.hostname, parts.hostname.upper())
    assert corrected(url, row.dialect) == (row.base_url, "")


@given(st.text(max_size=60) | st.text("htps:/[]@#?&=%. \\\r\nv1api:0987{}", max_size=40), st.sampled_from(NAMES))
def test_any_text_is_mended_once_and_for_all_or_named(text: str, dialect: str) -> None:
    try:
        base, query = corrected(text, dialect)
    except ConfigurationError as error:
        assert error.user_message
        assert len(text.strip()) < 4 or text.strip() not in error.user_message
        return
    parts = urlsplit(base)
    assert parts.scheme in ("http", "https")
    assert parts.hostname
    assert not parts.query
    assert not parts.fragment
    assert parts.username is None
    assert not base.endswith("/")
    again = corrected(base, dialect)
    assert again.base == base
    assert shown(f"{base}?{query}") == base


def test_one_wrong_provider_concerns_no_other() -> None:
    said = {
        "bad": Said("openai-chat", "https://h:99999"),
        "openai": Said(enable=False),
        "good": Said("openai-chat", "http://h/v1"),
    }
    rows = configured(said, {})
    assert rows["bad"].trouble == "The address of bad (base_url) names a port or host that cannot exist."
    assert (rows["bad"].base_url, rows["good"].base_url) == ("", "http://h/v1")
    assert "openai" not in rows


def test_a_retired_vendor_is_named_as_that() -> None:
    assert configured({"github-models": Said()}, {})["github-models"].trouble == (
        "GitHub Models was retired on 2026-07-30: take [providers.github-models] out of your config.toml."
    )


@pytest.mark.parametrize("region", ["eu-west-1/..", "x.evil.example/", "eu west", "evil.example#", "a@evil.example", "x?y"])
def test_a_variable_inside_of_an_address_does_not_lead_elsewhere(region: str) -> None:
    row = configured({}, {"AWS_REGION": region, "AWS_BEARER_TOKEN_BEDROCK": "ABSKabcdefgh"})["bedrock"]
    assert row.base_url == ""
    assert "AWS_REGION" in row.trouble
    assert region not in row.trouble


def test_the_settings_take_no_address_with_a_key(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[providers.mine]\ndialect = "gemini"\nbase_url = "https://h/v1?key=hunter2"\n')
    layer, issues = load(file, (), "user")
    (issue,) = issues
    assert "providers.mine.base_url must hold no key: name its environment variable in key_env" in str(issue)
    assert "hunter2" not in str(issue)
    assert "hunter2" not in str(layer)


def test_a_header_that_cannot_be_sent_is_named_without_its_value() -> None:
    for value in ("hunter2\r\nx-evil: 1", "hunter2\x00", "équipe"):
        trouble = configured({"bad": Said("openai-chat", "http://h/v1", headers={"x-team": value})}, {})["bad"].trouble
        assert trouble == (
            "The header x-team of the provider 'bad' holds a line end or a character that cannot be sent: correct it."
        )


def test_azures_variable_may_hold_any_form_of_the_address() -> None:
    for text, base, query in (
        ("https://mine.openai.azure.com/", f"{AZURE}/openai/v1", ""),
        ("mine.openai.azure.com", f"{AZURE}/openai/v1", ""),
        (f"{DEPLOYED}/chat/completions?api-version=2024-06-01", DEPLOYED, "api-version=2024-06-01"),
    ):
        row = configured({}, {"AZURE_OPENAI_ENDPOINT": text})["azure"]
        assert (row.base_url, row.query) == (base, query)
    wrong = configured({}, {"AZURE_OPENAI_ENDPOINT": "https://mine:port"})["azure"]
    assert wrong.trouble == "The address of Azure OpenAI (AZURE_OPENAI_ENDPOINT) names a port or host that cannot exist."


def test_an_own_provider_at_azure_takes_the_key_in_azures_header() -> None:
    row = configured({"work": Said("openai-chat", AZURE, key_env="WORK_KEY")}, {})["work"]
    assert (row.auth, row.max_tokens_field) == (("api-key", ""), "max_completion_tokens")


async def test_an_azure_deployment_is_asked_with_its_version_and_key() -> None:
    async with ScriptedProvider() as server:
        row = vendor(f"{server.url}/openai/deployments/{{model}}", auth=("api-key", ""), query="api-version=2024-06-01")
        client = ProviderClient({"test": row}, {"test": KEY}.get)
        heard = asyncio.create_task(listen(client.stream(offer(), CHAT)))
        request = await server.request()
        assert request.path == "/openai/deployments/small-1/chat/completions?api-version=2024-06-01"
        assert request.headers["api-key"] == KEY
        await request.respond(200, {"choices": [{"message": {"content": "hi"}, "finish_reason": "stop"}]})
        assert (await heard).text == "hi"
        await client.close()


async def test_a_query_is_joined_to_the_dialects_own() -> None:
    async with ScriptedProvider() as server:
        client = ProviderClient({"test": vendor(server.url, "gemini", query="team=a")}, {"test": KEY}.get)
        heard = asyncio.create_task(listen(client.stream(offer("gemini"), CHAT)))
        request = await server.request()
        assert request.path == "/models/small-1:streamGenerateContent?alt=sse&team=a"
        await request.respond(200, {"candidates": [{"content": {"parts": [{"text": "x"}]}, "finishReason": "STOP"}]})
        await heard
        await client.close()


async def test_a_provider_with_a_wrong_address_says_so_when_asked() -> None:
    rows = configured({"bad": Said("openai-chat", "https://h:99999")}, {})
    client = ProviderClient({"test": rows["bad"]}, lambda _: None)
    with pytest.raises(RequestRejected, match=r"The address of bad \(base_url\) names a port"):
        await listen(client.stream(offer(), CHAT))


@pytest.mark.parametrize(
    "body", [b'{"error":"Unexpected endpoint or method. (GET /models)"}', b"<html>", b"{}", b"ok", b"[]", b'{"data": {}}']
)
async def test_a_success_that_is_no_list_of_models_is_a_failure(body: bytes) -> None:
    async with ScriptedProvider() as server:
        transport = Transport()
        listed = asyncio.create_task(list_models(vendor(server.url), transport, KEY))
        await (await server.request()).respond(200, body)
        with pytest.raises(ProviderUnavailable):
            await listed
        found = asyncio.create_task(find_servers([vendor(server.url, local=True)], transport, timeout_s=5))
        await (await server.request()).respond(200, body)
        assert await found == ()
        await transport.close()


def test_a_dialect_that_there_is_not_is_named_with_those_that_there_are() -> None:
    trouble = configured({"bad": Said("openai", "http://h/v1")}, {})["bad"].trouble
    assert trouble.startswith("There is no dialect 'openai'; known are anthropic-messages, ")
