"""The gateway beside the language server: one process, one ledger, one budget, and an editor that never notices."""

import asyncio
import sys
from pathlib import Path

import httpx
import pytest

from coderoute_ls.app import hosted_gateway
from coderoute_ls.app.hosted_gateway import HostedGateway
from coderoute_ls.domain import Limits, Position, Span
from coderoute_ls.gateway.gateway import Gateway
from coderoute_ls.gateway.http.http_server import answers_at
from coderoute_ls.gateway.http.token_file import token_in
from coderoute_ls.ledger import SqliteLedger, file_of
from coderoute_ls.settings import Settings, effective
from coderoute_ls.settings.all_settings import GatewaySettings
from coderoute_ls.storage import HOME_VARIABLE, directories
from tests.engine.support import world
from tests.support.editor import ScriptedEditor
from tests.support.provider import ScriptedProvider
from tests.support.session import joined, session, vendor

HELLO = {"model": "coderoute", "messages": [{"role": "user", "content": "Hello"}]}
PLAIN = "[embedded]\nenable = false\n"
"""User settings under which no child process is started."""
TEXT = "x = 1\n"


def wanted(port: int, *, enable: bool = True) -> str:
    return f"\n[gateway]\nenable = {str(enable).lower()}\nport = {port}\n"


async def until_it_listens(editor: ScriptedEditor, port: int, *, listens: bool = True) -> None:
    while await answers_at(port) is not listens:
        await editor.settle()


async def test_editor_and_tools_share_one_ledger(tmp_path: Path, unused_tcp_port: int) -> None:
    async with ScriptedProvider() as provider:
        async with joined(tmp_path, vendor(provider) + wanted(unused_tcp_port)) as (editor, server):
            await until_it_listens(editor, unused_tcp_port)
            key = token_in(tmp_path / "home" / "config")
            async with httpx.AsyncClient(trust_env=False, headers={"authorization": f"Bearer {key}"}) as client:
                asking = asyncio.create_task(client.post(f"http://127.0.0.1:{unused_tcp_port}/v1/chat/completions", json=HELLO))
                await (await provider.request()).answer("Hi.", {"prompt_tokens": 10, "completion_tokens": 2})
                assert (await asking).json()["choices"][0]["message"]["content"] == "Hi."
            buffer = editor.open("file:///a.py", TEXT)
            started = await editor.run("refactor", buffer, Span(Position(0, 0), Position(1, 0)))
            await (await provider.request()).answer("```python\ny = 1\n```")
            assert (await editor.finished(started.job)).outcome == "applied"
            await server.session.backend.engine.ledger.reserve("", 1e-9, Limits())  # waits until all is written
            usage = (await editor.command("coderoute.usage"))["text"]
            assert "gateway" in usage and "refactor" in usage
        assert not await answers_at(unused_tcp_port)


async def test_an_answer_that_runs_when_the_editor_ends_is_cut_and_booked(
    tmp_path: Path, unused_tcp_port: int, caplog: pytest.LogCaptureFixture
) -> None:
    async with ScriptedProvider() as provider, httpx.AsyncClient(trust_env=False) as client:
        async with session(tmp_path, vendor(provider) + wanted(unused_tcp_port)) as editor:
            await until_it_listens(editor, unused_tcp_port)
            key = token_in(tmp_path / "home" / "config")
            url, headers = f"http://127.0.0.1:{unused_tcp_port}/v1/chat/completions", {"authorization": f"Bearer {key}"}
            asking = asyncio.create_task(client.post(url, json={**HELLO, "stream": True}, headers=headers))
            request = await provider.request()
            await request.start()
            await request.text("half of it")
        await request.closed()
        with pytest.raises(httpx.RemoteProtocolError):
            await asking
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
    ledger = SqliteLedger(file_of(Settings(), directories({HOME_VARIABLE: str(tmp_path / "home")})))
    assert ledger.today_usd() > 0
    await ledger.close()


async def test_it_comes_and_goes_with_the_users_setting_and_no_workspace_can_start_it(
    tmp_path: Path, unused_tcp_port: int
) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "coderoute.toml").write_text(wanted(unused_tcp_port), "utf-8")
    async with session(tmp_path, PLAIN, settings={"gateway": {"enable": True, "port": unused_tcp_port}}) as editor:
        await editor.settle()
        assert (await editor.notice()).count("gateway is ignored") == 2
        assert not await answers_at(unused_tcp_port)
        own = tmp_path / "home" / "config" / "config.toml"
        own.write_text(PLAIN + wanted(unused_tcp_port), "utf-8")
        await editor.set({})
        await until_it_listens(editor, unused_tcp_port)
        own.write_text(PLAIN + wanted(unused_tcp_port, enable=False), "utf-8")
        await editor.set({})
        await until_it_listens(editor, unused_tcp_port, listens=False)


async def test_a_port_that_another_program_holds_is_told_once(tmp_path: Path) -> None:
    other = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
    async with other:
        port = other.sockets[0].getsockname()[1]
        async with session(tmp_path, PLAIN + wanted(port)) as editor:
            said = await editor.notice()
            assert str(port) in said and "gateway.port" in said
            await editor.settle()


class Host:
    """A hosted gateway whose pauses a test ends."""

    def __init__(self, place: Path) -> None:
        self.told: asyncio.Queue[str] = asyncio.Queue()
        self.paused = asyncio.Event()
        self.go_on = asyncio.Event()
        engine = world({}).engine
        self.hosted = HostedGateway(lambda token: Gateway(engine, {}, effective, token), place, self.told.put_nowait, self._sleep)

    async def _sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.paused.set()
        await self.go_on.wait()


async def test_the_port_of_another_gateway_is_waited_for_in_silence(tmp_path: Path, unused_tcp_port: int) -> None:
    first, second = Host(tmp_path), Host(tmp_path)
    settings = GatewaySettings(enable=True, port=unused_tcp_port)
    first.hosted.use(settings)
    while not await answers_at(unused_tcp_port):
        pass
    second.hosted.use(settings)
    await second.paused.wait()
    await first.hosted.close()
    assert not await answers_at(unused_tcp_port)
    second.go_on.set()
    while not await answers_at(unused_tcp_port):
        pass
    await second.hosted.close()
    assert first.told.empty() and second.told.empty()


async def test_settings_that_change_faster_than_it_stops_leave_the_last_ones(tmp_path: Path, unused_tcp_port: int) -> None:
    host = Host(tmp_path)
    on, off = (GatewaySettings(enable=enable, port=unused_tcp_port) for enable in (True, False))
    host.hosted.use(on)
    while not await answers_at(unused_tcp_port):
        pass
    for settings in (off, on, off, on):
        host.hosted.use(settings)
        await asyncio.sleep(0)
    listens = await answers_at(unused_tcp_port)
    while listens:  # the first one, which is ending
        listens = await answers_at(unused_tcp_port)
    while not await answers_at(unused_tcp_port):
        pass
    await host.hosted.close()
    assert host.told.empty() and not host.paused.is_set()
    assert not await answers_at(unused_tcp_port)


async def test_without_its_extra_the_user_is_told_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing_is_installed(name: str) -> None:
        del name

    monkeypatch.setattr(hosted_gateway, "find_spec", nothing_is_installed)
    host = Host(tmp_path)
    host.hosted.use(GatewaySettings(enable=True))
    assert "coderoute-ls[gateway]" in await host.told.get()
    await host.hosted.close()


async def test_nothing_of_it_is_loaded_while_it_is_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name == "coderoute_ls.app.hosted_gateway"]:
        monkeypatch.delitem(sys.modules, name)
    async with session(tmp_path, PLAIN) as editor:
        await editor.set({})
        assert "coderoute_ls.app.hosted_gateway" not in sys.modules
