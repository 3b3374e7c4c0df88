"""``serve --tcp``: who is let in."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest

from coderoute_ls.app.application import Application
from coderoute_ls.cli import MISUSED, main
from coderoute_ls.cli._tcp import serve_tcp
from coderoute_ls.server.rpc import framing

TOKEN = "open-sesame"


@asynccontextmanager
async def listening(tmp_path: Path) -> AsyncGenerator[tuple[int, asyncio.Task[int]]]:
    """A port to knock at, and the task that serves there."""
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    environ = {"CODEROUTE_HOME": str(tmp_path)}
    serving = asyncio.create_task(
        serve_tcp(("127.0.0.1", 0), TOKEN, lambda: Application(environ, keyring=None).backend, port.set_result)
    )
    try:
        yield await port, serving
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


def framed(message: dict[str, Any]) -> bytes:
    return framing.framed(orjson.dumps({"jsonrpc": "2.0", **message}))


def initialize(**options: object) -> bytes:
    return framed(
        {"id": 1, "method": "initialize", "params": {"capabilities": {}, "processId": None, "initializationOptions": options}}
    )


async def answer(reader: asyncio.StreamReader) -> dict[str, Any]:
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].split()[0])
    return orjson.loads(await reader.readexactly(length))


@pytest.mark.parametrize("options", [{}, {"token": "guess"}, {"token": 5}])
async def test_without_the_token_nobody_is_served_and_the_next_one_still_is(tmp_path: Path, options: dict[str, object]) -> None:
    async with asyncio.timeout(30), listening(tmp_path) as (port, serving):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(initialize(**options))
        assert "token" in (await answer(reader))["error"]["message"]
        assert await reader.read() == b""
        writer.close()

        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        whole = initialize(token=TOKEN)
        writer.write(whole[:30])
        await writer.drain()
        writer.write(whole[30:])
        assert (await answer(reader))["result"]["serverInfo"]["name"] == "coderoute-ls"
        writer.write(framed({"id": 2, "method": "shutdown"}) + framed({"method": "exit"}))
        while (await answer(reader)).get("id") != 2:
            pass
        assert await serving == 0
        writer.close()


@pytest.mark.parametrize(
    "noise", [b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"Content-Length: 3\r\n\r\nabc", b"Content-Length: 2\r\n\r\n[]", b""]
)
async def test_what_is_no_editor_is_turned_away(tmp_path: Path, noise: bytes) -> None:
    async with asyncio.timeout(30), listening(tmp_path) as (port, serving):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(noise)
        writer.write_eof()
        assert b"result" not in await reader.read()
        assert not serving.done()
        writer.close()


@pytest.mark.parametrize("where", ["0.0.0.0:2087", "example.org:2087", "192.168.1.5:2087", "::2087", "port", "127.0.0.1:99999"])
def test_other_machines_are_not_served(where: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--tcp", where]) == MISUSED
    assert "--tcp" in capsys.readouterr().err
