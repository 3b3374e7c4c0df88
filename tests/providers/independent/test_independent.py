"""Against servers that nobody here wrote: LiteLLM's proxy, aimock, and llama.cpp's own server with a model of random weights."""

import re
from collections.abc import Generator
from contextlib import aclosing
from dataclasses import replace

import pytest

from coderoute_ls.domain import Delta, FimSupport, Message, Offer, Prompt
from coderoute_ls.domain.vendor import Vendor
from coderoute_ls.errors import ConnectionFailed, ContextTooLong, ModelNotFound, ProviderError, RateLimited
from coderoute_ls.providers.connections.transport import Transport
from coderoute_ls.providers.local_server_discovery import find_servers
from coderoute_ls.providers.provider_client import ProviderClient
from tests.providers.asking import HOLE, Heard, listen
from tests.providers.independent.servers import LITELLM_KEY, TEXT, aimock, litellm, llamacpp


@pytest.fixture(scope="module")
def litellm_url(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    with litellm(tmp_path_factory.mktemp("litellm")) as url:
        yield url


@pytest.fixture(scope="module")
def aimock_url(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    with aimock(tmp_path_factory.mktemp("aimock")) as url:
        yield url


@pytest.fixture(scope="module")
def llama_url(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    with llamacpp(tmp_path_factory.mktemp("llama")) as url:
        yield url


async def ask(
    url: str,
    dialect: str,
    question: str = "greet",
    *,
    model: str = "mocked",
    key: str = "sk-any",
    stream: bool = True,
    hole: bool = False,
    effort: str | None = None,
    max_tokens: int = 200,
) -> Heard:
    client = ProviderClient({"it": Vendor("it", "It", dialect, url, ("IT_KEY",))}, {"it": key}.get)
    fim = FimSupport(dialect) if hole else None
    offer = Offer("it/m", "m", "it", model, dialect, effort=effort, fim=fim, capabilities={"streaming": stream})
    asked = Prompt(fim=HOLE.fim) if hole else Prompt(messages=(Message("user", question),))
    prompt = replace(asked, max_tokens=max_tokens)
    try:
        return await listen(client.stream(offer, prompt))
    finally:
        await client.close()


streaming = pytest.mark.parametrize("stream", [True, False], ids=["streamed", "whole"])


@streaming
@pytest.mark.parametrize("dialect", ["openai-chat", "anthropic-messages"])
async def test_litellm_answers_on_both_faces(litellm_url: str, dialect: str, stream: bool) -> None:
    heard = await ask(litellm_url + "/v1", dialect, key=LITELLM_KEY, stream=stream)
    assert heard.text == TEXT
    assert heard.finish is not None
    assert heard.finish.reason == "stop"
    assert heard.finish.usage is not None
    assert heard.finish.usage.output > 0


async def test_litellm_does_not_know_a_model(litellm_url: str) -> None:
    with pytest.raises(ModelNotFound):
        await ask(litellm_url + "/v1", "openai-chat", key=LITELLM_KEY, model="nobody")


FACES = {
    "openai-chat": "/v1",
    "openai-responses": "/v1",
    "anthropic-messages": "/v1",
    "gemini": "/v1beta",
    "cohere-v2": "/v2",
    "ollama": "",
}
MODELS = {
    "openai-chat": "deepseek-reasoner",
    "openai-responses": "o3",
    "anthropic-messages": "claude-sonnet-4-5",
    "gemini": "gemini-2.5-pro",
}
"""Names that aimock takes for models that reason."""
every_face = pytest.mark.parametrize("dialect", FACES)


@every_face
@streaming
async def test_aimock_answers_on_every_face(aimock_url: str, dialect: str, stream: bool) -> None:
    heard = await ask(aimock_url + FACES[dialect], dialect, stream=stream)
    assert heard.text == TEXT
    assert heard.finish is not None
    assert heard.finish.reason == "stop"


@pytest.mark.parametrize("dialect", MODELS)
async def test_aimock_keeps_reasoning_apart(aimock_url: str, dialect: str) -> None:
    heard = await ask(aimock_url + FACES[dialect], dialect, "think", model=MODELS[dialect], effort="medium")
    assert (heard.text, heard.reasoning) == ("42", "Six times seven.")


@every_face
async def test_aimock_limits_requests(aimock_url: str, dialect: str) -> None:
    with pytest.raises(RateLimited):
        await ask(aimock_url + FACES[dialect], dialect, "limit")


@every_face
async def test_aimock_cuts_a_stream_off(aimock_url: str, dialect: str) -> None:
    try:
        heard = await ask(aimock_url + FACES[dialect], dialect, "cut")
    except ConnectionFailed:
        return
    assert heard.finish is not None
    assert heard.finish.reason == "incomplete"


@streaming
@pytest.mark.parametrize(
    ("dialect", "base"),
    [("openai-chat", "/v1"), ("openai-completions", "/v1"), ("llamacpp-infill", ""), ("anthropic-messages", "/v1")],
)
async def test_llamacpp_writes_letters_up_to_the_limit(llama_url: str, dialect: str, base: str, stream: bool) -> None:
    hole = dialect in ("openai-completions", "llamacpp-infill")
    heard = await ask(llama_url + base, dialect, "hi", stream=stream, hole=hole, max_tokens=24)
    assert re.fullmatch("[a-z]{24}", heard.text)
    assert heard.finish is not None
    assert heard.finish.usage is not None
    assert (heard.finish.reason, heard.finish.usage.output) == ("length", 24)


async def test_llamacpp_refuses_a_prompt_longer_than_its_window(llama_url: str) -> None:
    with pytest.raises(ContextTooLong):
        await ask(llama_url + "/v1", "openai-chat", "x" * 5_000)


async def test_llamacpp_is_found_with_its_model(llama_url: str) -> None:
    transport = Transport()
    (found,) = await find_servers([Vendor("llamacpp", "llama.cpp", "openai-chat", llama_url + "/v1", local=True)], transport, 5)
    assert [model.rpartition("/")[2] for model in found.models] == ["random.gguf"]
    await transport.close()


async def test_llamacpp_stops_writing_when_nobody_listens(llama_url: str) -> None:
    client = ProviderClient({"it": Vendor("it", "It", "openai-chat", llama_url + "/v1")}, lambda _: None)
    offer = Offer("it/m", "m", "it", "m", "openai-chat")
    prompt = Prompt(messages=(Message("user", "hi"),), max_tokens=900)
    async with aclosing(client.stream(offer, prompt)) as events:
        assert isinstance(await anext(events), Delta)
    # it has one slot: the next answer can only come when the first one was given up
    heard = await listen(client.stream(offer, Prompt(messages=(Message("user", "hi"),), max_tokens=2)))
    assert len(heard.text) == 2
    await client.close()


async def test_nothing_but_our_own_errors_comes_from_any_of_them(aimock_url: str) -> None:
    for dialect, base in FACES.items():
        with pytest.raises(ProviderError):
            await ask(aimock_url + base, dialect, "a question that it has no answer to")
