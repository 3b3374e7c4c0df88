"""Our own messages as bytes on the wire: under the names that our clients read."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any, cast

import pytest

from coderoute_ls.server.language_server import Server
from coderoute_ls.server.rpc.client_capabilities import ClientCapabilities
from coderoute_ls.server.rpc.editor_client import Client
from coderoute_ls.server.rpc.json_rpc import Protocol, converter
from coderoute_ls.server.rpc.messages import coderoute_messages as messages
from coderoute_ls.server.rpc.messages.coderoute_messages import Announced, GhostAgain, GroupedEdit, JobFinished, Status
from coderoute_ls.server.rpc.messages.review_messages import ChoiceOffered
from coderoute_ls.text import camel

ROOT = Path(__file__).parents[2]
CLIENTS = "".join(
    file.read_text("utf-8")
    for folder, pattern in (("client-vscode/src", "*.ts"), ("coderoute_ls/editors/neovim", "*.lua"))
    for file in sorted((ROOT / folder).rglob(pattern))
    if file.name != "messages.ts"  # generated: it names every field, and reads none
)
Json = dict[str, Any]


class Sent:
    """A writer that keeps the last body."""

    body = b""

    def write(self, data: bytes) -> None:
        self.body = data.partition(b"\r\n\r\n")[2]

    def close(self) -> None: ...


def on_the_wire(say: Callable[[Client], object]) -> Json:
    """The parameters of what a client is told, read from the bytes."""

    async def told() -> bytes:
        server = Server("test", "1", protocol_cls=Protocol, converter_factory=converter)
        protocol, sent = cast("Protocol", server.protocol), Sent()
        protocol.set_writer(cast("Any", sent))
        said = say(Client(protocol, ClientCapabilities(ours=Announced(jobs=True, input=True))))
        if asyncio.iscoroutine(said):
            waiting = asyncio.ensure_future(said)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.wait({waiting})
        return sent.body

    return cast("Json", json.loads(asyncio.run(told()))["params"])


FINISHED = JobFinished(
    job="1",
    action="fix",
    uri="file:///a.py",
    outcome="applied",
    choices=[ChoiceOffered(choice="keep", title="Keep")],
    cost_usd=0.5,
)


def test_the_status_says_what_today_cost_under_the_name_that_clients_read() -> None:
    told = on_the_wire(lambda client: client.status(Status(state="idle", today_usd=0.25)))
    assert told["todayUsd"] == 0.25
    assert told["state"] == "idle"
    assert not any("_" in name for name in told)


def test_the_end_of_a_job_says_its_cost_and_choices() -> None:
    told = on_the_wire(lambda client: client.finished(FINISHED))
    assert told["costUsd"] == 0.5
    assert told["choices"] == [{"choice": "keep", "title": "Keep"}]
    assert not any("_" in name for name in told)


CASES: list[tuple[type[messages.Wire], Callable[[Client], object]]] = [
    (
        GroupedEdit,
        lambda client: client.apply_grouped(GroupedEdit(job="1", first=True, last=False, edit={"documentChanges": []})),
    ),
    (messages.InputParams, lambda client: client.ask_text("What?", "for example")),
    (GhostAgain, lambda client: client.notify(messages.GHOST_AGAIN, GhostAgain(uri="file:///a.py"))),
    (Status, lambda client: client.status(Status(state="idle"))),
    (JobFinished, lambda client: client.finished(FINISHED)),
]


@pytest.mark.parametrize(("message", "say"), CASES, ids=[message.__name__ for message, _ in CASES])
def test_every_field_is_on_the_wire_under_its_own_name(message: type[messages.Wire], say: Callable[[Client], object]) -> None:
    assert set(on_the_wire(say)) == {camel(field.name) for field in fields(message)}


@pytest.mark.parametrize(
    "message", [Status, JobFinished, ChoiceOffered, GroupedEdit, messages.InputParams], ids=lambda m: m.__name__
)
def test_every_field_is_read_by_a_client_of_ours(message: type[messages.Wire]) -> None:
    unread = [name for name in (camel(field.name) for field in fields(message)) if name not in CLIENTS]
    assert unread == []
