"""Whatever way an editor spells addresses, the settings of a folder hold for what is in it."""

import asyncio
import subprocess
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import orjson
import pytest

from coderoute_ls.domain import Position, Span
from coderoute_ls.lsp_client.json_rpc_peer import Refused
from coderoute_ls.lsp_client.scripted_editor import items_of
from tests.support.provider import ScriptedProvider
from tests.support.session import session, vendor

EGLOT = "/+()@,;'=&!$:~*"
ZED = EGLOT + "[]^"


@pytest.mark.parametrize("left", ["/", EGLOT, ZED, "/;", "/&="], ids=["VS Code", "eglot", "Zed", "semicolons", "others"])
async def test_files_that_a_folder_names_are_not_sent(tmp_path: Path, left: str) -> None:
    folder = tmp_path / "C++ (old) [1] a@b, c;d's=e&f!g$h^"
    folder.mkdir()
    (folder / "coderoute.toml").write_text('[context]\nignore = ["private/**"]\n')
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider), folders=[folder]) as editor:
        spelled = "file://" + quote(str(folder), safe=left)
        hidden = editor.open(f"{spelled}/private/a;b.py", "def invoice_total(invoice):\n    \n")
        assert items_of(await editor.inline(hidden, Position(1, 4)).result) == []
        shown = editor.open(f"{spelled}/main;x.py", "print(invoice_total(\n")
        asked = editor.inline(shown, Position(0, 20), invoked=False)
        await (await provider.request()).answer("1))")
        await asked.result
        sent = orjson.dumps(provider.log).decode()
        assert "print(invoice_total(" in sent, "the request is real"
        assert "def invoice_total" not in sent


ELSEWHERE = (
    *("file:§/private/a.py", "FILE://§/private/a.py", "file://LOCALHOST§/private/a.py", "file://127.0.0.1§/private/a.py"),
    *("file:///§/private/a.py", "file://§/sub/%2e%2e/private/a.py", "file://§%2Fprivate%2Fa.py", "file://§/private/a.py%00"),
    *("file://§/private/a.py?x=1", "file://§/private/a.py#L1", "file://§/ignored/a.py?x", "file:///ssh:host:§/private/a.py"),
    *("git:§/private/a.py", "git:§/private/a.py?%7B%22ref%22%3A%22~%22%7D", "git:§/ignored/a.py", "gitlens://1a2b§/private/a.py"),
    *("vscode-vfs://github§/private/a.py", "vscode-remote://ssh-remote%2Bh§/private/a.py", "untitled:§/private/a.py"),
    *("vscode-notebook-cell:§/private/a.py#W0", "vscode-interactive-input:§/private/a.py", "output:§/private/a.py"),
    *("jar:file://§/private/a.py!/x", "zipfile://§/private/a.py::x.py", "fugitive://§/.git//0/private/a.py"),
    *(
        "git:§/.env",
        "vscode-vfs://github/o/r/.env",
        "untitled:.env",
        "file://§/.env#x",
        "file://§/.env?x",
        "memfs:/home/u/.ssh/id_rsa",
    ),
    *("vscode-vfs://github/o/r/private/a.py", "git://§/ignored/a.py"),
    *(
        "file://§/.env~",
        "file://§/.env%00x",
        "file://§/.%23.env",
        "untitled:.ENV.production",
        "vscode-vfs://github/o/r/.npmrc.bak",
    ),
    *(
        "file:////§/private/a.py",
        "file://user@localhost§/private/a.py",
        "file://§/sub/..%2fprivate/a.py",
        "file://§/private/a.py/",
    ),
    *("file:///proc/self/root§/private/a.py", "diffview://§/.git/:0:/private/a.py", "chat-editing-snapshot:§/private/a.py?x"),
)


async def test_what_is_ignored_or_secret_is_so_in_every_scheme(tmp_path: Path) -> None:
    """An editor shows the same file as git had it, from an archive, from a virtual disk, or under no name yet."""
    folder = tmp_path / "work"
    make_repository(folder)
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider), folders=[folder]) as editor:
        answering = asyncio.create_task(answer_all(provider))
        shown = editor.open((folder / "main.py").as_uri(), "print(invoice_total(\n")
        for number, spelled in enumerate(ELSEWHERE):
            source = f"def invoice_total(invoice):\n    return invoice.hidden_{number}_\n\n"
            hidden = editor.open(spelled.replace("§", str(folder)), source)
            await editor.inline(hidden, Position(2, 0)).result
            with suppress(Refused):
                started = await editor.run("explain", hidden, Span(Position(0, 0), Position(2, 0)))
                await editor.finished(started.job)
            editor.type(hidden, Position(0, 0), "x")
            await editor.inline(shown, Position(0, 20)).result
        answering.cancel()
        sent = orjson.dumps(provider.log).decode()
        editor.notices.clear()
        assert "print(invoice_total(" in sent, "the requests are real"
        assert [spelled for number, spelled in enumerate(ELSEWHERE) if f"hidden_{number}_" in sent] == []


def make_repository(folder: Path) -> None:
    for name in ("private", "ignored", "sub"):
        (folder / name).mkdir(parents=True)
    (folder / "coderoute.toml").write_text('[context]\nignore = ["private/**"]\n')
    (folder / ".gitignore").write_text("ignored/\n")
    subprocess.run(["git", "init", "-q", folder], check=True)


async def answer_all(provider: ScriptedProvider) -> None:
    while True:
        request = await provider.request()
        with suppress(ConnectionError):
            await request.answer("1))")
