"""Servers on this machine that answer oddly: nothing but a `ProviderError` comes of it, in bounded time, and no mark is shown."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace

import pytest

from coderoute_ls.domain import Delta, Fim, FimSupport, Finish, Message, Offer, Prompt
from coderoute_ls.errors import ProviderError
from coderoute_ls.providers.configured_vendors import VENDORS
from coderoute_ls.providers.connections.transport import Transport
from coderoute_ls.providers.local_model.cold_loads import ColdLoads
from coderoute_ls.providers.local_model.in_turn import InTurn
from coderoute_ls.providers.local_server_discovery import LocalServer, find_servers
from coderoute_ls.providers.provider_client import ProviderClient

JSON, SSE, HTML = "application/json", "text/event-stream", "text/html"
OK = "200 OK"


def http(body: bytes | str, kind: str = JSON, status: str = OK, *more: str, length: int | None = None) -> bytes:
    content = body.encode() if isinstance(body, str) else body
    size = len(content) if length is None else length
    head = [f"HTTP/1.1 {status}", f"content-type: {kind}", f"content-length: {size}", "connection: close", *more, "", ""]
    return "\r\n".join(head).encode() + content


def said(*texts: str, end: str | None = "stop", key: str = "text") -> str:
    """A stream of completions, or of a conversation."""

    def choice(text: str, reason: str | None) -> dict[str, object]:
        return {"index": 0, "finish_reason": reason, "text": text, "delta": {"content": text}}

    rows = [{"choices": [choice(text, None)]} for text in texts] + ([{"choices": [choice("", end)]}] if end else [])
    return "".join(f"data: {json.dumps(row)}\n\n" for row in rows) + ("data: [DONE]\n\n" if end else "")


@asynccontextmanager
async def served(*answers: bytes | None) -> AsyncGenerator[str]:
    """A server that gives these answers, one to each request, the last again and again; None: it hangs up."""
    count, writers = 0, set[asyncio.StreamWriter]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal count
        writers.add(writer)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            wanted = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
            await reader.readexactly(int(wanted[0].split(b":")[1]) if wanted else 0)
            if not head.startswith(b"HEAD"):
                answer = answers[min(count, len(answers) - 1)]
                count += 1
                writer.write(answer or b"")
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            writers.discard(writer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    finally:
        server.close()
        for writer in tuple(writers):
            writer.close()
        await server.wait_closed()


LISTS: dict[str, tuple[bytes, tuple[str, ...] | None]] = {
    "a page": (http("<html>hello</html>", HTML), None),
    "no JSON": (http("models: a, b"), None),
    "half a JSON": (http('{"data": [{"id": "a"}'), None),
    "deep": (http("[" * 5_000 + "]" * 5_000), None),
    "bytes": (http(b'{"data": [{"id": "\xff\xfe"}]}'), None),
    "null": (http("null"), None),
    "a number": (http("7"), None),
    "no list": (http('{"data": "a"}'), None),
    "null in place of the list": (http('{"data": null}'), None),
    "no ids": (http('{"data": [{"object": "model"}, {}, null, 3]}'), ()),
    "odd ids": (http('{"data": [{"id": null}, {"id": 7}, {"id": ["a"]}, {"id": "real"}, {"id": ""}]}'), ("real",)),
    "names alone": (http('{"models": ["a", "b"]}'), ()),
    "nothing loaded": (http('{"data": []}'), ()),
    "an error with 200": (http('{"error": "no such route"}'), None),
    "another content type": (http('{"data": [{"id": "a"}]}', "text/plain"), ("a",)),
    "refused": (http("{}", JSON, "401 Unauthorized"), None),
    "moved": (http("", HTML, "302 Found", "location: http://127.0.0.1:1/"), None),
    "broken": (http("oops", HTML, "500 Internal Server Error"), None),
    "loading": (http('{"error": {"message": "Loading model", "code": 503}}', JSON, "503 Service Unavailable"), None),
    "not HTTP": (b"\x00\x01hello\r\n\r\n", None),
    "no gzip": (http("plain", JSON, OK, "content-encoding: gzip"), None),
    "shorter than said": (http('{"data": [{"id": "a"}]}', length=9_000), None),
}


@pytest.mark.parametrize("kind", LISTS)
@pytest.mark.parametrize("provider", ["llamacpp", "lmstudio", "ollama", "vllm"])
async def test_whatever_a_server_lists_it_is_a_list_or_no_server(kind: str, provider: str) -> None:
    answer, models = LISTS[kind]
    async with served(answer) as url:
        vendor, transport = (
            replace(VENDORS[provider], base_url=url.removesuffix("/v1") if provider == "ollama" else url),
            Transport(),
        )
        found = await find_servers([vendor], transport, timeout_s=5.0)
        await transport.close()
    assert found == (() if models is None else (LocalServer(provider, vendor.base_url, models),))


@pytest.mark.parametrize(
    ("props", "slots"),
    [
        (http('{"total_slots": 4}'), 4), (http('{"total_slots": "many"}'), None), (http('{"total_slots": -1}'), None),
        (http("[]"), None), (http("<p>"), None), (http("{}", JSON, "404 Not Found"), None), (None, None),
    ],
)  # fmt: skip
async def test_llama_cpp_says_how_many_slots_it_has_or_nothing_is_known(props: bytes | None, slots: int | None) -> None:
    async with served(http('{"data": [{"id": "a"}]}'), props) as url:
        transport = Transport()
        found = await find_servers([replace(VENDORS["llamacpp"], base_url=url)], transport, timeout_s=5.0)
        await transport.close()
    assert [(server.models, server.slots) for server in found] == [(("a",), slots)]


ANSWERS: dict[str, tuple[tuple[bytes | None, ...], str | None]] = {
    "good": ((http(said("x ", "+ 1"), SSE),), "x + 1"),
    "called JSON": ((http(said("x ", "+ 1"), JSON),), "x + 1"),
    "called a page": ((http(said("x ", "+ 1"), HTML),), "x + 1"),
    "not streamed": (
        (http('{"choices": [{"index": 0, "text": "x", "message": {"content": "x"}, "finish_reason": "stop"}]}'),),
        "x",
    ),
    "empty": ((http(said(""), SSE),), None),
    "nothing": ((http("", SSE),), None),
    "only its end": ((http("data: [DONE]\n\n", SSE),), None),
    "cut off": ((http(said("x ", end=None), SSE),), None),
    "cut off in the middle of an event": ((http(said("x ", "+ 1")[:-60], SSE, length=9_000),), None),
    "hung up": ((None,), None),
    "a page in place of an answer": ((http("<html>hi</html>", HTML),), None),
    "no choices": ((http('data: {"choices": []}\n\ndata: {"id": 1}\n\ndata: [DONE]\n\n', SSE),), None),
    "odd choices": ((http('data: {"choices": [null, 3, {"text": 7, "delta": "no"}]}\n\ndata: [DONE]\n\n', SSE),), None),
    "an error in its stream": ((http(said("x ", end=None) + 'data: {"error": {"message": "slot lost"}}\n\n', SSE),), None),
    "an error as text": ((http('{"error": "model not found"}', JSON, "404 Not Found"),), None),
    "too long": (
        (http('{"error": {"message": "exceeds the available context size", "n_ctx": 512}}', JSON, "400 Bad Request"),),
        None,
    ),
    "out of memory": ((http("CUDA out of memory", "text/plain", "500 Internal Server Error"),), None),
    "marks of a hole": ((http(said("x", " + 1", "<|fim_pad|>", " and more"), SSE),), "x + 1"),
    "marks in pieces": ((http(said("x", " + 1<|", "endof", "text|>", "y"), SSE),), "x + 1"),
    "marks of a conversation": ((http(said("x + 1<|im_end|>\n<|im_start|>user\n"), SSE),), "x + 1"),
}


def offer(provider: str) -> Offer:
    stops = ("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|fim_pad|>", "<|endoftext|>", "<|im_end|>")
    fim = FimSupport("openai-completions", "<|fim_prefix|>{prefix}<|fim_suffix|>{suffix}<|fim_middle|>", stops)
    return Offer(f"{provider}/m", "m", provider, "m", "openai-chat", local=True, fim=fim, context=4_096)


async def told(client: InTurn, provider: str, prompt: Prompt) -> str:
    parts: list[str] = []
    async with asyncio.timeout(60), aclosing(client.stream(offer(provider), prompt)) as events:
        async for event in events:
            if isinstance(event, Delta):
                parts.append(event.text)
            elif isinstance(event, Finish) and event.bad:
                return ""
    return "".join(parts)


@pytest.mark.parametrize("kind", ANSWERS)
@pytest.mark.parametrize("provider", ["llamacpp", "lmstudio", "vllm"])
async def test_whatever_a_server_answers_it_is_an_answer_or_an_error(kind: str, provider: str) -> None:
    answers, text = ANSWERS[kind]
    hole, talk = Prompt(fim=Fim("a = ", "\n"), priority="typing"), Prompt(messages=(Message("user", "hello"),))
    async with served(*answers) as url:
        vendor, transport = replace(VENDORS[provider], base_url=url, loads_models=False), Transport()
        client = InTurn(ProviderClient({provider: vendor}, lambda _: None, transport))
        for prompt in (hole, talk) if "marks" not in kind else (hole,):
            try:
                got = await told(client, provider, prompt)
            except ProviderError as error:
                assert error.user_message, "there is a sentence for it"
                got = None
            assert got == text if text is not None else not got or got == "x "
        await transport.close()


async def test_a_server_that_fails_at_each_third_request_answers_the_others() -> None:
    good, bad = http(said("x"), SSE), http("oops", HTML, "500 Internal Server Error")
    async with served(good, good, bad, good, good, bad, good) as url:
        vendor, transport = replace(VENDORS["lmstudio"], base_url=url, loads_models=False), Transport()
        client = InTurn(ProviderClient({"lmstudio": vendor}, lambda _: None, transport))
        got: list[str] = []
        for _ in range(7):
            try:
                got.append(await told(client, "lmstudio", Prompt(fim=Fim("a = ", ""), priority="typing")))
            except ProviderError:
                got.append("failed")
        await transport.close()
    assert got == ["x", "x", "failed", "x", "x", "failed", "x"]


async def test_a_model_that_loads_is_waited_for_by_an_action_and_not_by_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coderoute_ls.providers.local_model.cold_loads.AGAIN_S", 0.0)
    loading = http(
        '{"error": {"message": "Loading model", "type": "unavailable_error", "code": 503}}', JSON, "503 Service Unavailable"
    )
    async with served(*[loading] * 20, http(said("x"), SSE)) as url:
        vendor, transport, loads = replace(VENDORS["llamacpp"], base_url=url), Transport(), ColdLoads()
        client = InTurn(ProviderClient({"llamacpp": vendor}, lambda _: None, transport, loads=loads))
        assert await told(client, "llamacpp", Prompt(messages=(Message("user", "hello"),))) == "x"
        await loads.close()
        await transport.close()
