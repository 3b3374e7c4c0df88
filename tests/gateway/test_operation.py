"""What an operator sees: that it runs, what was spent, how many tokens a request has."""

import asyncio
import socket

from coderoute_ls.gateway.http.http_server import listen
from tests.engine.support import answer
from tests.gateway.support import serving
from tests.gateway.test_secrets import KEY


async def test_spending_is_counted_and_nothing_of_a_prompt_is_shown() -> None:
    async with serving({"cheap": [answer(), answer()]}) as served:
        for _ in range(2):
            await served.chat(messages=[{"role": "user", "content": f"token = '{KEY}'"}], session_id="my-session")
        response = await served.client.get("/metrics")
        assert 'coderoute_calls_total{action="gateway",finish="stop",offer="cheap/m"} 2.0' in response.text
        assert 'coderoute_tokens_total{action="gateway",kind="input",offer="cheap/m"} 200.0' in response.text
        assert KEY not in response.text and "my-session" not in response.text
        assert (await served.client.get("/metrics", headers={"authorization": ""})).status_code == 401


async def test_tokens_are_counted_without_asking_anybody() -> None:
    async with serving({}) as served:
        counts: list[int] = []
        for words in (10, 1_000):
            said = {"model": "coderoute", "messages": [{"role": "user", "content": "word " * words}]}
            counts.append((await served.client.post("/v1/messages/count_tokens", json=said)).json()["input_tokens"])
        assert 10 <= counts[0] < 60 and 900 <= counts[1] < 1_600
        assert not served.world.upstream.asked


async def test_health_needs_no_token_and_says_nothing() -> None:
    async with serving({}) as served:
        response = await served.client.get("/health", headers={"authorization": ""})
        assert response.json() == {"status": "ok", "service": "coderoute-ls"}


async def test_pieces_of_an_answer_do_not_wait_for_the_callers_acknowledgement() -> None:
    accepted: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def answering(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        accepted.set_result(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    listener = listen("127.0.0.1", 0)
    async with await asyncio.start_server(answering, sock=listener):
        _, writer = await asyncio.open_connection(*listener.getsockname())
        assert await accepted
        writer.close()
        await writer.wait_closed()
