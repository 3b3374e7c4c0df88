"""Whatever arrives, a request is answered."""

import json
from typing import Any

import orjson
import pytest
from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer

from coderoute_ls.server.rpc.json_rpc import Protocol, converter


class Sent:
    """A writer that keeps what the protocol says."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    def write(self, data: bytes) -> None:
        header, _, body = data.partition(b"\r\n\r\n")
        assert header == b"Content-Length: %d" % len(body)
        self.messages.append(json.loads(body))

    def close(self) -> None: ...


@pytest.fixture
def connection() -> tuple[Protocol, Sent]:
    server = LanguageServer("test", "0", protocol_cls=Protocol, converter_factory=converter)
    protocol = server.protocol
    assert isinstance(protocol, Protocol)
    sent = Sent()
    protocol.set_writer(sent)
    return protocol, sent


def say(protocol: Protocol, **message: object) -> None:
    protocol.receive(orjson.dumps({"jsonrpc": "2.0", **message}))


def initialize(protocol: Protocol, sent: Sent) -> None:
    say(protocol, id=0, method="initialize", params={"processId": None, "rootUri": None, "capabilities": {}})
    assert "result" in sent.messages.pop()


async def test_malformed_parameters_get_an_error_and_never_silence(connection: tuple[Protocol, Sent]) -> None:
    protocol, sent = connection
    initialize(protocol, sent)
    say(protocol, id=1, method="textDocument/completion", params={"position": "nowhere"})
    assert [(m["id"], m["error"]["code"]) for m in sent.messages] == [(1, -32602)]


async def test_what_is_not_json_gets_a_parse_error(connection: tuple[Protocol, Sent]) -> None:
    protocol, sent = connection
    protocol.receive(b"{nonsense")
    protocol.receive(b"[1, 2]")
    assert [m["error"]["code"] for m in sent.messages] == [-32700, -32600]


async def test_requests_before_initialize_and_after_shutdown_are_refused(connection: tuple[Protocol, Sent]) -> None:
    protocol, sent = connection
    say(protocol, id=1, method="textDocument/completion", params={})
    assert sent.messages.pop()["error"]["code"] == -32002
    initialize(protocol, sent)
    say(protocol, id=2, method="initialize", params={"processId": None, "rootUri": None, "capabilities": {}})
    assert sent.messages.pop()["error"]["code"] == -32600
    say(protocol, id=3, method="shutdown")
    assert sent.messages.pop()["result"] is None
    say(protocol, id=4, method="textDocument/completion", params={})
    assert sent.messages.pop()["error"]["code"] == -32600
    say(protocol, method="exit")
    assert protocol.exit_code == 0
    assert protocol.stopped.is_set()


async def test_exit_without_shutdown_is_an_error(connection: tuple[Protocol, Sent]) -> None:
    protocol, sent = connection
    initialize(protocol, sent)
    say(protocol, method="exit")
    assert protocol.exit_code == 1


async def test_a_malformed_answer_fails_the_request_that_waits_for_it(connection: tuple[Protocol, Sent]) -> None:
    protocol, sent = connection
    initialize(protocol, sent)
    future = protocol.send_request(lsp.WORKSPACE_APPLY_EDIT, lsp.ApplyWorkspaceEditParams(lsp.WorkspaceEdit()), msg_id="ours")
    say(protocol, id="ours", result={"applied": {"not": "a boolean"}, "failedChange": "x"})
    with pytest.raises(Exception, match="could not be read"):
        future.result(timeout=0)


async def test_an_initialize_that_was_greeted_at_the_door_is_handled_and_not_answered_again(
    connection: tuple[Protocol, Sent],
) -> None:
    protocol, sent = connection
    protocol.greeted = 0
    say(protocol, id=0, method="initialize", params={"processId": None, "rootUri": None, "capabilities": {}})
    assert sent.messages == []
    say(protocol, id=1, method="shutdown")
    assert sent.messages == [{"id": 1, "jsonrpc": "2.0", "result": None}]


async def test_lone_surrogates_pass_both_ways(connection: tuple[Protocol, Sent]) -> None:
    protocol, sent = connection
    initialize(protocol, sent)
    protocol.receive(b'{"jsonrpc":"2.0","id":1,"method":"nothing/here","params":{"text":"\\ud83d"}}')
    assert sent.messages.pop()["error"]["code"] == -32601
    protocol.notify("coderoute/status", {"text": "\ud83d"})
    assert sent.messages.pop()["params"]["text"] == "\ud83d"
