"""One question over a real socket: what is sent, what is heard, and what happens when the listener leaves."""

import asyncio
from contextlib import aclosing

import pytest

from coderoute_ls.domain import Delta, FimSupport, Finish
from coderoute_ls.errors import AuthenticationFailed, ConnectionFailed, ProviderUnavailable
from coderoute_ls.providers.provider_client import ProviderClient
from tests.providers.asking import CHAT, HOLE, KEY, listen, offer, providers, vendor
from tests.support.provider import ScriptedProvider


async def test_a_chat_is_streamed_with_text_and_reasoning_apart() -> None:
    async with ScriptedProvider() as server:
        client = providers(server.url + "/v1")
        heard = asyncio.create_task(listen(client.stream(offer(), CHAT)))
        request = await server.request()
        assert (request.method, request.path) == ("POST", "/v1/chat/completions")
        assert request.headers["authorization"] == f"Bearer {KEY}"
        assert request.json["model"] == "small-1"
        assert request.json["messages"] == [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Say hello."}]
        await request.start()
        await request.reasoning("The user greets.")
        await request.text("Hel")
        await request.text("lo")
        await request.finish(usage={"prompt_tokens": 9, "completion_tokens": 5, "total_tokens": 14})
        answer = await heard
        assert (answer.text, answer.reasoning) == ("Hello", "The user greets.")
        assert answer.finish is not None and answer.finish.usage is not None
        assert (answer.finish.reason, answer.finish.usage.input, answer.finish.usage.output) == ("stop", 9, 5)
        await client.close()


async def test_pieces_arrive_before_the_answer_is_over() -> None:
    async with ScriptedProvider() as server:
        client = providers(server.url + "/v1")
        async with aclosing(client.stream(offer(), CHAT)) as events:
            first = asyncio.ensure_future(anext(events))
            request = await server.request()
            await request.start()
            await request.text("early")
            assert await first == Delta("early")
            assert not request.answered
        await request.closed()
        await client.close()


async def test_cancelling_the_reader_closes_the_connection() -> None:
    async with ScriptedProvider() as server:
        client = providers(server.url + "/v1")
        heard = asyncio.create_task(listen(client.stream(offer(), CHAT)))
        request = await server.request()
        await request.start()
        await request.text("never seen to its end")
        heard.cancel()
        await request.closed()
        assert server.in_flight == 0
        await client.close()


async def test_a_finished_answer_leaves_its_connection_for_the_next_one() -> None:
    async with ScriptedProvider() as server:
        client = providers(server.url + "/v1")
        for word in ("one", "two", "three"):
            heard = asyncio.create_task(listen(client.stream(offer(), CHAT)))
            await (await server.request()).answer(word)
            assert (await heard).text == word
            assert server.connections == 1
        await client.close()


async def test_a_connection_opened_ahead_serves_the_request_and_carries_no_key() -> None:
    async with ScriptedProvider() as server:
        client = providers(server.url + "/v1")
        client.prepare(offer())
        await client.transport.prepared()
        heard = asyncio.create_task(listen(client.stream(offer(), CHAT)))
        await (await server.request()).answer("ready")
        assert (await heard).text == "ready"
        assert server.connections == 1
        assert ["authorization" in headers for headers in server.prepared] == [False]
        await client.close()


async def test_a_hole_goes_to_the_completions_endpoint_with_prefix_and_suffix() -> None:
    async with ScriptedProvider() as server:
        client = providers(server.url + "/v1")
        heard = asyncio.create_task(listen(client.stream(offer(fim=FimSupport("openai-completions")), HOLE)))
        request = await server.request()
        assert request.path == "/v1/completions"
        assert HOLE.fim is not None
        assert (request.json["prompt"], request.json["suffix"]) == (HOLE.fim.prefix, HOLE.fim.suffix)
        await request.answer("a + b")
        assert (await heard).text == "a + b"
        await client.close()


async def test_a_stream_without_its_end_sign_is_incomplete() -> None:
    async with ScriptedProvider() as server:
        client = providers(server.url + "/v1")
        heard = asyncio.create_task(listen(client.stream(offer(), CHAT)))
        request = await server.request()
        await request.start()
        await request.text("half an ans")
        await request.end()
        answer = await heard
        assert answer.text == "half an ans"
        assert answer.finish == Finish("incomplete", None, "small-1")
        await client.close()


async def test_a_connection_lost_after_text_says_so() -> None:
    async with ScriptedProvider() as server:
        client = providers(server.url + "/v1")
        heard = asyncio.create_task(listen(client.stream(offer(), CHAT)))
        request = await server.request()
        await request.start()
        await request.text("half")
        await asyncio.sleep(0)
        await request.abort()
        with pytest.raises(ConnectionFailed, match="lost in the middle"):
            await heard
        await client.close()


async def test_nothing_is_sent_without_a_key() -> None:
    async with ScriptedProvider() as server:
        client = ProviderClient({"test": vendor(server.url)}, lambda _: None)
        with pytest.raises(AuthenticationFailed, match="set TEST_API_KEY"):
            await listen(client.stream(offer(), CHAT))
        assert server.connections == 0
        await client.close()


async def test_a_redirect_is_not_followed_and_takes_no_key_along() -> None:
    async with ScriptedProvider() as server, ScriptedProvider() as elsewhere:
        client = providers(server.url + "/v1")
        heard = asyncio.create_task(listen(client.stream(offer(), CHAT)))
        await (await server.request()).respond(307, b"", {"location": elsewhere.url + "/v1/chat/completions"})
        with pytest.raises(ProviderUnavailable, match="points to another address"):
            await heard
        assert elsewhere.connections == 0
        await client.close()
