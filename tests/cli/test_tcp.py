"""``serve --tcp``: who is let in."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import click
import orjson
import pytest

from coderoute_ls.app.application import Application
from coderoute_ls.cli._exit_codes import MISUSED
from coderoute_ls.cli._program import main
from coderoute_ls.cli._tcp import LONGEST_TOKEN, MOST_WAITING, PATIENCE_S, SHORTEST_TOKEN, checked, serve_tcp
from coderoute_ls.server.rpc import framing

TOKEN = "open-sesame-0123456789"


@asynccontextmanager
async def listening(tmp_path: Path, patience_s: float = PATIENCE_S) -> AsyncGenerator[tuple[int, asyncio.Task[int]]]:
    """A port to connect to, and the task that serves it."""
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    environ = {"CODEROUTE_HOME": str(tmp_path)}
    serving = asyncio.create_task(
        serve_tcp(
            ("127.0.0.1", 0),
            TOKEN,
            lambda: Application(environ, keyring=None).backend,
            port.set_result,
            patience_s=patience_s,
        )
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
    async with asyncio.timeout(60), listening(tmp_path) as (port, serving):
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
    async with asyncio.timeout(60), listening(tmp_path) as (port, serving):
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


async def connect(port: int, data: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(data)
    return reader, writer


@pytest.mark.parametrize(
    "noise",
    [
        b'Content-Length: 200000\r\n\r\n{"a":' + b"[" * 199_995,
        b"Content-Length: 99999999\r\n\r\n",
        b"x" * 100_000,
        initialize(token="x" * 100_000),
        framed({"id": {}, "method": "initialize", "params": {"initializationOptions": {"token": "\u00e9"}}}),
    ],
    ids=["deep", "long", "no header", "long token", "odd id"],
)
async def test_no_first_message_ends_the_server(tmp_path: Path, noise: bytes) -> None:
    async with asyncio.timeout(60), listening(tmp_path) as (port, serving):
        reader, writer = await connect(port, noise)
        with suppress(ConnectionError):
            assert b"result" not in await reader.read()
        writer.close()
        assert not serving.done()
        reader, writer = await connect(port, initialize(token=TOKEN))
        assert (await answer(reader))["result"]["serverInfo"]["name"] == "coderoute-ls"
        writer.close()


FOR_EVER = 3_600.0


async def test_who_says_nothing_keeps_nobody_out(tmp_path: Path) -> None:
    async with asyncio.timeout(60), listening(tmp_path, FOR_EVER) as (port, _):
        slow = [await connect(port, b"Content-Length: 10\r\n") for _ in range(3 * MOST_WAITING)]
        reader, writer = await connect(port, initialize(token=TOKEN))
        assert (await answer(reader))["result"]["serverInfo"]["name"] == "coderoute-ls"
        for _, other in (*slow, (reader, writer)):
            other.close()


async def test_of_those_who_say_nothing_the_oldest_are_turned_away(tmp_path: Path) -> None:
    async with asyncio.timeout(60), listening(tmp_path, FOR_EVER) as (port, serving):
        slow = [await connect(port, b"Content-Length: 10\r\n") for _ in range(3 * MOST_WAITING)]
        for reader, _ in slow[: 2 * MOST_WAITING]:
            assert await reader.read() == b""
        assert not any(reader.at_eof() for reader, _ in slow[2 * MOST_WAITING :])
        assert not serving.done()
        for _, other in slow:
            other.close()


@pytest.mark.parametrize(
    "said", [b"", b"Content-Length: 10\r\n", initialize(token=TOKEN)[:-1]], ids=["nothing", "half", "almost all"]
)
async def test_who_takes_too_long_is_turned_away(tmp_path: Path, said: bytes) -> None:
    async with asyncio.timeout(60), listening(tmp_path, 0.0) as (port, serving):
        reader, writer = await connect(port, said)
        with suppress(ConnectionError):
            assert await reader.read() == b""
        writer.close()
        assert not serving.done()


@pytest.mark.parametrize(
    ("token", "taken"),
    [
        ("x" * (SHORTEST_TOKEN - 1), False),
        ("x" * SHORTEST_TOKEN, True),
        ("x" * LONGEST_TOKEN, True),
        ("x" * (LONGEST_TOKEN + 1), False),
    ],
    ids=["too short", "shortest", "longest", "too long"],
)
def test_a_token_has_a_least_and_a_most_length(token: str, taken: bool) -> None:
    if taken:
        assert checked(token) == token
    else:
        with pytest.raises(click.BadParameter, match=str(SHORTEST_TOKEN)):
            checked(token)
    assert SHORTEST_TOKEN >= 16


@pytest.mark.parametrize("token", ["secret", "x" * 513, "é" * 20, "sixteen characters\n"])
def test_a_token_that_can_be_guessed_or_not_be_sent_is_refused(
    token: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CODEROUTE_TOKEN", token)
    assert main(["serve", "--tcp", "0"]) == MISUSED
    assert token not in capsys.readouterr().err
