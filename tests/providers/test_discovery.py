"""Who listens on this machine, and which keys are here."""

import asyncio
from dataclasses import dataclass, field

import pytest

from coderoute_ls.errors import BoundExceeded, ProviderUnavailable
from coderoute_ls.providers.configured_vendors import VENDORS, Vendor, configured
from coderoute_ls.providers.connections.public_file import Fetched, fetch
from coderoute_ls.providers.connections.transport import Transport
from coderoute_ls.providers.credentials import credentials, lookup
from coderoute_ls.providers.local_server_discovery import LocalServer, find_servers
from tests.providers.asking import vendor
from tests.support.provider import ScriptedProvider


@dataclass(frozen=True)
class Said:
    """What a user may say about a provider."""

    dialect: str | None = None
    base_url: str | None = None
    key_env: str | None = None
    headers: dict[str, str] = field(default_factory=dict[str, str])
    timeout_s: float | None = None
    local: bool | None = None
    enable: bool = True
    model_path: str | None = None


async def test_servers_that_answer_are_found_with_their_models() -> None:
    async with ScriptedProvider() as ollama, ScriptedProvider() as vllm:
        transport = Transport()
        vendors = [
            Vendor("ollama", "Ollama", "ollama", ollama.url, local=True),
            Vendor("vllm", "vLLM", "openai-chat", vllm.url + "/v1", local=True),
        ]
        found = asyncio.create_task(find_servers(vendors, transport, timeout_s=5))
        request = await ollama.request()
        assert (request.method, request.path) == ("GET", "/api/tags")
        await request.respond(200, {"models": [{"name": "qwen2.5-coder:7b"}, {"name": "gemma3:1b"}]})
        request = await vllm.request()
        assert (request.method, request.path) == ("GET", "/v1/models")
        await request.respond(200, {"object": "list", "data": [{"id": "Qwen/Qwen3-Coder-30B"}]})
        assert await found == (
            LocalServer("ollama", ollama.url, ("qwen2.5-coder:7b", "gemma3:1b")),
            LocalServer("vllm", vllm.url + "/v1", ("Qwen/Qwen3-Coder-30B",)),
        )
        await transport.close()


@pytest.mark.parametrize("body", [b"<html>a web app</html>", b'{"hello": "world"}', b"[]", b"null", b'{"data": "no"}'])
async def test_something_else_on_the_port_is_no_model_server(body: bytes) -> None:
    async with ScriptedProvider() as server:
        transport = Transport()
        found = asyncio.create_task(find_servers([vendor(server.url, local=True)], transport, timeout_s=5))
        await (await server.request()).respond(200, body)
        assert await found == ()
        await transport.close()


async def test_vendors_that_are_not_local_are_never_asked() -> None:
    async with ScriptedProvider() as server:
        transport = Transport()
        assert await find_servers([vendor(server.url)], transport) == ()
        assert server.connections == 0


async def test_a_file_that_did_not_change_is_not_sent_again() -> None:
    async with ScriptedProvider() as server:
        transport = Transport()
        first = asyncio.create_task(fetch(server.url + "/models.json", transport))
        await (await server.request()).respond(200, b"[1, 2]", {"etag": '"v1"'})
        assert await first == Fetched(b"[1, 2]", '"v1"')
        second = asyncio.create_task(fetch(server.url + "/models.json", transport, etag='"v1"'))
        request = await server.request()
        assert request.headers["if-none-match"] == '"v1"'
        await request.respond(304)
        assert await second is None
        await transport.close()


async def test_a_file_past_its_bound_is_not_read() -> None:
    async with ScriptedProvider() as server:
        transport = Transport()
        fetched = asyncio.create_task(fetch(server.url + "/models.json", transport, limit=1000))
        await (await server.request()).respond(200, b"x" * 1001)
        with pytest.raises(BoundExceeded):
            await fetched
        await transport.close()


async def test_a_fetch_follows_no_redirect() -> None:
    async with ScriptedProvider() as server, ScriptedProvider() as elsewhere:
        transport = Transport()
        fetched = asyncio.create_task(fetch(server.url + "/models.json", transport))
        await (await server.request()).respond(302, b"", {"location": elsewhere.url})
        with pytest.raises(ProviderUnavailable, match="answered 302"):
            await fetched
        assert elsewhere.connections == 0
        await transport.close()


def test_every_vendor_of_the_design_is_a_row() -> None:
    expected = (
        "openrouter openai anthropic google mistral codestral deepseek xai groq cerebras together fireworks deepinfra novita "
        "siliconflow nebius baseten moonshot zai alibaba minimax cohere perplexity inception azure bedrock vertex "
        "ollama lmstudio llamacpp vllm"
    )
    assert set(VENDORS) == set(expected.split())


def test_the_environment_wins_over_the_keyring_and_the_second_name_counts() -> None:
    find = lookup(VENDORS, {"GOOGLE_API_KEY": "from-env\n", "OPENAI_API_KEY": " "}, {"google": "stored", "openai": "stored"}.get)
    assert (find("google"), find("openai"), find("groq"), find("nobody")) == ("from-env", "stored", None, None)


def test_a_vendor_is_usable_with_a_key_or_without_need_of_one() -> None:
    present = credentials(configured({}, {}), {"GROQ_API_KEY": "k", "AZURE_OPENAI_API_KEY": "k"})
    assert (present["groq"], present["openai"], present["ollama"]) == (True, False, True)
    assert not present["azure"], "its address is missing"


def test_an_address_is_completed_from_the_environment() -> None:
    rows = configured({}, {"AZURE_OPENAI_ENDPOINT": "https://mine.openai.azure.com/"})
    assert rows["azure"].base_url == "https://mine.openai.azure.com/openai/v1"
    assert rows["bedrock"].base_url == ""


def test_a_vendors_key_stays_at_home_when_its_address_is_moved() -> None:
    moved = configured({"openai": Said(base_url="https://proxy.example/v1")}, {})["openai"]
    assert (moved.base_url, moved.key_env) == ("https://proxy.example/v1", ())
    told = configured({"openai": Said(base_url="https://proxy.example/v1", key_env="PROXY_KEY")}, {})["openai"]
    assert told.key_env == ("PROXY_KEY",)
    home = configured({"openai": Said(base_url="https://api.openai.com/v2")}, {})["openai"]
    assert home.key_env == ("OPENAI_API_KEY",)


def test_a_local_server_on_another_port_keeps_its_paths() -> None:
    moved = configured({"llamacpp": Said(base_url="http://10.0.0.7:9090/v1")}, {})["llamacpp"]
    assert (moved.url("openai-chat"), moved.url("llamacpp-infill")) == ("http://10.0.0.7:9090/v1", "http://10.0.0.7:9090")
    assert configured({"deepseek": Said(base_url="https://proxy.example/v1")}, {})["deepseek"].endpoints == {}


def test_an_own_provider_needs_an_address_and_a_dialect() -> None:
    own = configured({"cluster": Said(dialect="openai-chat", base_url="http://10.0.0.5:8000/v1", local=True)}, {})["cluster"]
    assert (own.dialect, own.local, own.key_env) == ("openai-chat", True, ())
    lost = configured({"cluster": Said(dialect="openai-chat"), "openai": Said(enable=False)}, {})
    assert lost["cluster"].trouble == "The provider 'cluster' is not known by name: give it a base_url and a dialect."
    assert lost["cluster"].base_url == ""
    assert "openai" not in lost, "a mistake beside it switches nothing on again"


def test_a_disabled_provider_is_gone() -> None:
    assert "openai" not in configured({"openai": Said(enable=False)}, {})
