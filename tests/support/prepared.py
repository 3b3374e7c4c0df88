"""What the full server answers to ``initialize``: what ``initialize_result.json`` must hold."""

import asyncio
from pathlib import Path
from typing import Any

import orjson

from coderoute_ls.app.application import Application
from coderoute_ls.server.language_server import Connection
from coderoute_ls.server.startup.early_initialize import PREPARED
from coderoute_ls.storage import directories
from tests.support.capabilities import Json


class _Sent:
    """A writer that keeps the first message."""

    def __init__(self) -> None:
        self.messages: list[Json] = []

    def write(self, data: bytes) -> None:
        self.messages.append(orjson.loads(data.partition(b"\r\n\r\n")[2]))

    def close(self) -> None: ...


async def full_answer(capabilities: Json, home: Path) -> Json:
    """The result of ``initialize`` for a client with these capabilities."""
    application = Application({}, keyring=None, places=directories({"CODEROUTE_HOME": str(home)}))
    connection = Connection(application.backend)
    sent = _Sent()
    connection.protocol.set_writer(sent)
    params: dict[str, Any] = {"processId": None, "rootUri": None, "capabilities": capabilities}
    connection.protocol.receive(orjson.dumps({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params}))
    await connection.close()
    return sent.messages[0]["result"]


def write(home: Path) -> None:
    """Write the prepared answer anew; the position encoding is put in for each client."""
    result = asyncio.run(full_answer({}, home))
    PREPARED.write_bytes(orjson.dumps(result, option=orjson.OPT_INDENT_2) + b"\n")
