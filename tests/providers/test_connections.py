"""Where bytes and keys go: verified TLS, proxies, logs, and a connection that is open before it is needed."""

import asyncio
import logging
import ssl
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from coderoute_ls.domain.vendor import Vendor
from coderoute_ls.errors import ConnectionFailed
from coderoute_ls.providers.provider_client import ProviderClient
from tests.providers.asking import CHAT, HOLE, KEY, listen, offer, providers
from tests.support.certificates import certificate_for_loopback
from tests.support.provider import ScriptedProvider


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return certificate_for_loopback(tmp_path)


def speaking_tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


async def test_a_certificate_that_nobody_vouches_for_is_not_accepted(certificate: Path) -> None:
    async with ScriptedProvider(speaking_tls(certificate)) as server:
        client = providers(server.url)
        with pytest.raises(ConnectionFailed, match="its certificate was not accepted"):
            await listen(client.stream(offer(), CHAT))
        assert (server.log, server.untaken) == ([], 0)
        await client.close()


async def test_a_certificate_authority_of_the_users_own_is_trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    async with ScriptedProvider(speaking_tls(certificate)) as server:
        client = providers(server.url)
        heard = asyncio.create_task(listen(client.stream(offer(), CHAT)))
        await (await server.request()).answer("over TLS")
        assert (await heard).text == "over TLS"
        await client.close()


async def test_the_environments_proxy_is_used_but_not_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    async with ScriptedProvider() as proxy, ScriptedProvider() as server:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        far = ProviderClient({"test": Vendor("test", "Far", "openai-chat", "http://api.far.test/v1")}, lambda _: None)
        heard = asyncio.create_task(listen(far.stream(offer(), CHAT)))
        request = await proxy.request()
        assert request.path == "http://api.far.test/v1/chat/completions"
        await request.answer("through the proxy")
        assert (await heard).text == "through the proxy"
        near = providers(server.url)
        heard = asyncio.create_task(listen(near.stream(offer(), CHAT)))
        await (await server.request()).answer("directly")
        assert (await heard).text == "directly"
        await far.close()
        await near.close()


async def test_a_proxy_that_cannot_be_used_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("all_proxy", "gopher://127.0.0.1:70")
    client = ProviderClient({"test": Vendor("test", "Far", "openai-chat", "http://api.far.test/v1")}, lambda _: None)
    with pytest.raises(ConnectionFailed, match="The proxy named in the environment cannot be used"):
        await listen(client.stream(offer(), CHAT))
    await client.close()


async def test_after_a_cancelled_answer_the_next_connection_is_opened_at_once() -> None:
    async with ScriptedProvider() as server:
        client = providers(server.url, near=False)
        heard = asyncio.create_task(listen(client.stream(offer(), CHAT)))
        request = await server.request()
        heard.cancel()
        await request.closed()
        await asyncio.wait([heard])
        await client.transport.prepared()
        assert (len(server.prepared), server.connections) == (1, 1)
        await client.close()


async def test_many_wishes_for_a_connection_open_one() -> None:
    async with ScriptedProvider() as server:
        client = providers(server.url)
        for _ in range(5):
            client.prepare(offer())
        await client.transport.prepared()
        client.prepare(offer())
        await client.transport.prepared()
        assert (len(server.prepared), server.connections) == (1, 1)
        heard = asyncio.create_task(listen(client.stream(offer(), CHAT)))
        await (await server.request()).answer("over the one that was opened")
        assert (await heard).text == "over the one that was opened"
        assert server.accepted == 1
        await client.close()


@pytest.mark.parametrize("strange", [{"headers": {"x-team": "équipe ☕"}}, {"base_url": "http://127.0.0.1:port"}])
async def test_an_address_or_header_that_cannot_be_sent_is_one_sentence(strange: dict[str, Any]) -> None:
    row = replace(Vendor("test", "Far", "openai-chat", "http://127.0.0.1:1"), **strange)
    client = ProviderClient({"test": row}, lambda _: None)
    with pytest.raises(ConnectionFailed, match="cannot be sent"):
        await listen(client.stream(offer(), CHAT))
    await client.close()


@pytest.mark.parametrize("near", [True, False])
async def test_neither_keys_nor_code_reach_a_log(near: bool, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with ScriptedProvider() as server:
        client = providers(server.url, near=near)
        heard = asyncio.create_task(listen(client.stream(offer(), HOLE)))
        await (await server.request()).answer("a + b")
        await heard
        heard = asyncio.create_task(listen(client.stream(offer(), CHAT)))
        await (await server.request()).respond(401, {"error": {"message": f"Incorrect API key provided: {KEY}"}})
        await asyncio.wait([heard])
        assert heard.exception() is not None
        assert KEY not in str(heard.exception())
        await client.close()
    assert near or caplog.text, "httpcore does log at this level"
    assert KEY not in caplog.text
    assert "def add" not in caplog.text
    assert "a + b" not in caplog.text
