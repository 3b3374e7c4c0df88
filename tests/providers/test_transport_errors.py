"""Whatever goes wrong below HTTP is one sentence: what, who, and what to do; never an address's query, a header or a key."""

import asyncio
import os
import shutil
import socket
import ssl
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coderoute_ls.domain.vendor import Vendor
from coderoute_ls.errors import ConnectionFailed, ProviderError
from coderoute_ls.providers.connections.transport import Transport
from coderoute_ls.providers.local_server_discovery import find_servers
from coderoute_ls.providers.provider_client import ProviderClient
from tests.providers.asking import CHAT, KEY, Heard, listen, offer, vendor
from tests.support.certificates import certificate_for_loopback
from tests.support.provider import ScriptedProvider

FAR = Vendor("test", "Far", "openai-chat", "https://api.far.test/v1")


def client(row: Vendor, environ: Mapping[str, str]) -> ProviderClient:
    return ProviderClient({"test": row}, lambda _: None, Transport(environ=environ))


async def failure(asked: ProviderClient) -> ConnectionFailed:
    with pytest.raises(ConnectionFailed) as caught:
        await listen(asked.stream(offer(), CHAT))
    await asked.close()
    assert caught.value.provider == "test"
    assert caught.value.user_message.endswith((".", "?"))
    assert "\n" not in caught.value.user_message
    return caught.value


def speaking_tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
async def test_the_users_own_certificates_are_trusted_whoever_names_them(name: str, tmp_path: Path) -> None:
    certificate = certificate_for_loopback(tmp_path)
    async with ScriptedProvider(speaking_tls(certificate)) as server:
        asked = client(vendor(server.url, key_env=()), {name: str(certificate)})
        heard = asyncio.create_task(listen(asked.stream(offer(), CHAT)))
        await (await server.request()).answer("over TLS")
        assert (await heard).text == "over TLS"
        await asked.close()


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_DIR"])
@pytest.mark.parametrize(
    "content", [None, b"", b"no certificate", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
async def test_a_certificate_file_that_cannot_be_used_is_named_by_its_variable(
    name: str, content: bytes | None, tmp_path: Path
) -> None:
    file = tmp_path / "hunter2.pem"
    if content is not None:
        file.write_bytes(content)
    error = await failure(client(FAR, {name: str(file)}))
    assert name in error.user_message
    assert "hunter2" not in error.user_message


def _hash_of(certificate: Path) -> str:
    """The name that OpenSSL looks for in a folder; "" without its command."""
    if shutil.which("openssl") is None:
        return ""
    command = ["openssl", "x509", "-hash", "-noout", "-in", str(certificate)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


async def test_one_folder_of_several_is_enough(tmp_path: Path) -> None:
    certificate = certificate_for_loopback(tmp_path)
    hashed = await asyncio.to_thread(_hash_of, certificate)
    if not hashed:
        pytest.skip("openssl is not installed: it names the files in a folder of certificates")
    (tmp_path / f"{hashed}.0").write_bytes(certificate.read_bytes())
    async with ScriptedProvider(speaking_tls(certificate)) as server:
        folders = os.pathsep.join([str(tmp_path / "gone"), str(tmp_path)])
        asked = client(vendor(server.url, key_env=()), {"SSL_CERT_DIR": folders})
        heard = asyncio.create_task(listen(asked.stream(offer(), CHAT)))
        await (await server.request()).answer("over TLS")
        assert (await heard).text == "over TLS"
        await asked.close()


async def test_one_bad_certificate_file_of_two_sends_nothing(tmp_path: Path) -> None:
    certificate = certificate_for_loopback(tmp_path)
    async with ScriptedProvider(speaking_tls(certificate)) as server:
        environ = {"SSL_CERT_FILE": str(certificate), "REQUESTS_CA_BUNDLE": str(tmp_path / "gone.pem")}
        error = await failure(client(vendor(server.url, key_env=()), environ))
        assert "REQUESTS_CA_BUNDLE names cannot be read" in error.user_message
        assert server.accepted == 0


async def test_a_certificate_that_nobody_vouches_for_has_its_remedy(tmp_path: Path) -> None:
    async with ScriptedProvider(speaking_tls(certificate_for_loopback(tmp_path))) as server:
        error = await failure(client(vendor(server.url, key_env=()), {}))
        assert (
            "its certificate was not accepted; if your company's proxy decrypts connections, name its certificate"
            in error.user_message
        )


async def test_tls_where_none_is_spoken_is_named() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        error = await failure(client(vendor(url, key_env=()), {}))
        assert "should the address begin with http://?" in error.user_message


@pytest.mark.parametrize(
    "row",
    [
        replace(FAR, base_url="http://127.0.0.1:99999"),
        replace(FAR, base_url="http://127.0.0.1:hunter2"),
        replace(FAR, base_url="http://[::1"),
        replace(FAR, base_url="http://hunter2 .example/v1"),
        replace(FAR, base_url="http://" + "a" * 70 + ".example"),
        replace(FAR, base_url="gopher://hunter2.example/v1"),
        replace(FAR, base_url="http://127.0.0.1:1/hunter2\r\nx: y"),
        replace(FAR, base_url="http://127.0.0.1:1", headers={"x-team": "hunter2\r\nx-evil: 1"}),
        replace(FAR, base_url="http://127.0.0.1:1", headers={"x-team": "hunter2 ☕"}),
        replace(FAR, base_url="http://127.0.0.1:1", headers={"x team": "hunter2"}),
        replace(FAR, base_url="http://127.0.0.1:1", headers={"x-team": "hunter2\x00"}),
    ],
    ids=lambda row: repr((row.base_url, dict(row.headers))),
)
async def test_an_address_or_header_that_cannot_be_used_is_one_sentence(row: Vendor) -> None:
    assert "hunter2" not in (await failure(client(row, {}))).user_message.replace(row.base_url, "")


any_text = st.text(max_size=30) | st.text("a\r\n\x00 :é☕\x7f\t", max_size=20)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=any_text, value=any_text.map(lambda text: f"hunter2{text}"))
def test_any_header_is_sent_whole_or_named_without_its_value(name: str, value: str) -> None:
    async def ask() -> Heard | ProviderError:
        async with ScriptedProvider() as server:
            asked = client(vendor(server.url, key_env=(), headers={name: value}), {})
            heard = asyncio.create_task(listen(asked.stream(offer(), CHAT)))
            request = asyncio.create_task(server.request())
            await asyncio.wait([heard, request], return_when=asyncio.FIRST_COMPLETED)
            if request.done():
                assert request.result().headers[name.lower()] == value.strip(" \t")
                await request.result().answer("hi")
            request.cancel()
            try:
                return await heard
            except ProviderError as error:
                return error
            finally:
                await asked.close()

    outcome = asyncio.run(ask())
    if isinstance(outcome, ProviderError):
        assert "hunter2" not in outcome.user_message


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_proxy_that_asks_for_a_password_is_named(scheme: str) -> None:
    async with ScriptedProvider() as proxy:
        environ = {f"{scheme}_proxy": proxy.url.replace("http://", "http://me:hunter2@")}
        asked = client(replace(FAR, base_url=f"{scheme}://api.far.test/v1"), environ)
        failed = asyncio.create_task(failure(asked))
        request = await proxy.request()
        assert request.method == ("CONNECT" if scheme == "https" else "POST")
        await request.respond(407, b"<html>login</html>", {"proxy-authenticate": "Basic"})
        error = await failed
        assert error.user_message == (
            f"The proxy {proxy.url} on the way to Far asks for a name and a password (407): put them into https_proxy."
        )
        assert error.status == 407


async def test_a_proxy_that_lets_nothing_through_is_named() -> None:
    async with ScriptedProvider() as proxy:
        failed = asyncio.create_task(failure(client(FAR, {"https_proxy": proxy.url})))
        await (await proxy.request()).respond(403, b"blocked")
        error = await failed
        assert f"The proxy {proxy.url} let no connection to Far through (403)" in error.user_message


async def test_a_proxy_that_is_not_there_is_named_without_its_password() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        error = await failure(client(FAR, {"https_proxy": f"http://me:hunter2@127.0.0.1:{port}"}))
    assert f"through the proxy http://127.0.0.1:{port}" in error.user_message


@pytest.mark.parametrize(
    "proxy", ["gopher://me:hunter2@h", "http://hunter2:port", "http://[hunter2", "socks9://hunter2", "http://"]
)
async def test_a_proxy_that_cannot_be_one_is_named_without_its_value(proxy: str) -> None:
    error = await failure(client(FAR, {"https_proxy": proxy}))
    assert "proxy" in error.user_message
    assert "hunter2" not in error.user_message


async def test_localhost_is_found_on_either_of_its_addresses() -> None:
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    asked_by: list[str] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        asked_by.append(head.split(b"\r\n")[0].decode())
        body = b'{"data": [{"id": "small"}]}'
        writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body))
        await writer.drain()
        writer.close()

    async def look(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        except asyncio.IncompleteReadError:
            writer.close()  # only whether somebody listens was looked at

    for address in ("127.0.0.1", "::1"):
        try:
            server = await asyncio.start_server(look, address, 0)
        except OSError:
            pytest.skip("this machine has no IPv6 loopback")
        async with server:
            url = f"http://localhost:{server.sockets[0].getsockname()[1]}/v1"
            transport = Transport(environ={})
            found = await find_servers([vendor(url, local=True)], transport, timeout_s=5)
            assert [one.models for one in found] == [("small",)]
            await transport.close()
    assert asked_by == ["GET /v1/models HTTP/1.1"] * 2


async def test_a_key_is_in_no_sentence_about_a_lost_connection() -> None:
    async with ScriptedProvider() as server:
        asked = ProviderClient({"test": vendor(server.url)}, {"test": KEY}.get)
        failed = asyncio.create_task(failure(asked))
        await (await server.request()).abort()
        assert KEY not in (await failed).user_message
