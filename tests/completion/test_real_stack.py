"""Ghost text from the editor's message to the provider's socket: storms, and secrets that never leave."""

import asyncio
import random
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import orjson
import pytest

from coderoute_ls.domain import Position
from coderoute_ls.lsp_client.json_rpc_peer import Answer, Refused
from coderoute_ls.lsp_client.scripted_editor import items_of
from tests.support.provider import ScriptedProvider, ScriptedRequest
from tests.support.session import session, vendor

AWS = "AKIA" + "ABCDEFGHIJ234567"
KEY_LINES = ["MIIEpAIBAAKCAQEA" + f"{number:02}" + "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cX" for number in range(12)]
PEM = "-----BEGIN RSA PRIVATE KEY-----\n" + "\n".join(KEY_LINES) + "\n-----END RSA PRIVATE KEY-----"
PASSWORD = "hunter2-" + "swordfish"


@asynccontextmanager
async def talkative(seed: int) -> AsyncGenerator[ScriptedProvider]:
    """A provider that answers every request after a little while, in pieces, unless its client has gone."""
    chance = random.Random(seed)

    async def speak(request: ScriptedRequest) -> None:
        try:
            for _ in range(chance.randrange(12)):
                await asyncio.sleep(0)
            await request.start()
            for piece in chance.choice((["compute(", "prices)\n"], ["x"], ["for a in", " b:\n        f(a)\n"], [])):
                await request.text(piece)
            await request.finish()
        except ConnectionResetError:
            await request.closed()

    async def listen(provider: ScriptedProvider) -> None:
        async with asyncio.TaskGroup() as group:
            while True:
                group.create_task(speak(await provider.request()))

    async with ScriptedProvider() as provider:
        listening = asyncio.create_task(listen(provider))
        yield provider
        listening.cancel()
        await asyncio.wait({listening})


async def kind_of_end(answer: Answer) -> str:
    try:
        return "items" if items_of(await answer.result) else "nothing"
    except Refused as refused:
        assert refused.code == -32800
        return "cancelled"


@pytest.mark.slow
async def test_a_thousand_requests_in_any_order_are_each_answered_and_leave_nothing_behind(tmp_path: Path) -> None:
    chance = random.Random(11)
    settings = "\n[inline]\ndebounce_ms = 0\n"
    async with talkative(12) as provider, session(tmp_path, vendor(provider) + settings) as editor:
        buffer = editor.open("file:///a.py", "prices = []\n\n")
        answers: list[Answer] = []
        while len(answers) < 1_000:
            line = chance.randrange(len(buffer.lines))
            end = Position(line, len(buffer.lines[line].rstrip("\n")))
            if chance.random() < 0.7:
                text = chance.choice(("v", "a", "(", " = ", ")", "\n"))
                editor.type(buffer, end, text)
                end = Position(line + 1, 0) if text == "\n" else Position(line, end.character + len(text))
            answers.append(editor.inline(buffer, end, invoked=chance.random() < 0.05))
            if chance.random() < 0.3:
                editor.peer.cancel(chance.choice(answers[-6:]))
            if chance.random() < 0.3:
                await asyncio.sleep(0)
            if chance.random() < 0.1:
                await kind_of_end(answers[-1])
        ends = [await kind_of_end(answer) for answer in answers]
        assert len(ends) == 1_000 and ends.count("items") > 10
        assert provider.max_in_flight <= 2
        editor.close(buffer)
        await editor.settle()
        assert provider.connections <= 4, "closed streams leave no connection open"


async def test_no_secret_is_in_any_request(tmp_path: Path) -> None:
    work = tmp_path / "work"
    (work / ".git").mkdir(parents=True)
    (work / ".gitignore").write_text("local_settings.py\n")
    files = {
        ".env.local": f"TOKEN={PASSWORD}-env\n",
        "local_settings.py": f"# {PASSWORD}-ignored\ndef invoice_total(invoice): ...\n",
        "shown.py": f'"""Invoices."""\nKEY = """{PEM}"""\n# {AWS}\ndef invoice_total(invoice):\n    return invoice\n',
    }
    for name, text in files.items():
        (work / name).write_text(text)
    imports = "from shown import invoice_total\nfrom local_settings import x\n"
    main = f'{imports}# {AWS}\nKEY = """{PEM}"""\nDB_PASSWORD = "{PASSWORD}1"\n\n'
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        opened = {name: editor.open((work / name).as_uri(), text) for name, text in files.items()}
        for name in (".env.local", "local_settings.py"):
            assert items_of(await editor.inline(opened[name], Position(0, 0)).result) == []
        buffer = editor.open((work / "main.py").as_uri(), main)
        for line in (2, 6, 10):  # a comment with a key, and inside the key block
            assert items_of(await editor.inline(buffer, Position(line, 3)).result) == []
        last = len(buffer.lines) - 1
        editor.type(buffer, Position(last, 0), "print(invoice_total(")
        asked = editor.inline(buffer, Position(last, 20), invoked=False)
        request = await provider.request()
        await request.answer("invoice))")
        assert items_of(await asked.result)
        sent = orjson.dumps(provider.log).decode()
        assert "invoice_total" in sent, "the request is real"
        assert len(provider.log) == 1
        for secret in (AWS, PASSWORD, *KEY_LINES):
            assert secret not in sent
