"""A setting that cannot be read never means "no restriction": on the real process, with a proxy that writes down each contact."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from types import MappingProxyType

import pytest

from coderoute_ls.child_process.environment import child_environment
from coderoute_ls.domain import Position, Span
from coderoute_ls.storage import HOME_VARIABLE, OFFLINE_VARIABLE
from tests.support.capabilities import generic
from tests.support.editor import ScriptedEditor
from tests.support.shared import shared_data

pytestmark = pytest.mark.slow
SERVE = [sys.executable, "-P", "-m", "coderoute_ls", "serve"]
SOURCE = "def add(a, b):\n    return a + b\n\n\ndef subtract(a, b):\n    return "
LOCAL = 'privacy = "local_only"\n'
UNREADABLE: dict[str, bytes] = {
    "misspelt key": b'privcy = "local_only"\n',
    "key in capitals": b'PRIVACY = "local_only"\n',
    "key of another table": b'[inline]\nprivacy = "local_only"\n',
    "table that there is not": b'[general]\nprivacy = "local_only"\n',
    "unknown word": b'privacy = "local-only"\n',
    "word in capitals": b'privacy = "LOCAL_ONLY"\n',
    "wrong type": b"privacy = true\n",
    "list of words": b'privacy = ["local_only"]\n',
    "table of words": b'[privacy]\nlevel = "local_only"\n',
    "the word as a key": b"local_only = true\n",
    "the table that editors use": b'[coderoute]\nprivacy = "local_only"\n',
    "the name of the program as a key": b'coderoute-ls.privacy = "local_only"\n',
    "a table like another": b'[bugdet]\nprivacy = "local_only"\n',
    "a word of the same meaning": b"air_gapped = true\n",
    "JSON": b'{"privacy": "local_only"}',
    "compressed": bytes([31, 139, 8, 0, 0, 0, 0, 0, 0, 3]) + LOCAL.encode(),
    "smart quotes": "privacy = “local_only”\n".encode(),
    "UTF-16": LOCAL.encode("utf-16"),
    "UTF-16 without a mark": LOCAL.encode("utf-16-le"),
    "latin-1": LOCAL.encode() + "# für uns\n".encode("latin-1"),
    "two byte-order marks": b"\xef\xbb\xbf\xef\xbb\xbf" + LOCAL.encode(),
    "NUL": LOCAL.encode() + b"\0",
    "line ends of old Macs": LOCAL.replace("\n", "\r").encode() + b'quality = "best"\r',
    "decimal comma": LOCAL.encode() + b"[budget]\ndaily_usd = 1,50\n",
    "capital true": LOCAL.encode() + b"[embedded]\nenable = True\n",
    "backslashes": LOCAL.encode() + b'[providers.file]\nmodel_path = "C:\\Users\\me\\m.gguf"\n',
    "duplicate table": LOCAL.encode() + b"[budget]\ndaily_usd = 1\n[budget]\nmonthly_usd = 2\n",
    "duplicate key": LOCAL.encode() + LOCAL.encode(),
    "number of 5,000 digits": LOCAL.encode() + b"[budget]\ndaily_usd = " + b"9" * 5_000 + b"\n",
    "conflict of a merge": b"<<<<<<< ours\n" + LOCAL.encode() + b"=======\n>>>>>>> theirs\n",
    "broken off": LOCAL.encode() + b"[models",
    "300 kB": LOCAL.encode() + b"# \n" * 100_000,
    "keys of 100,000 parts": LOCAL.encode() + b"a" + b".a" * 100_000 + b" = 1\n",
    "nothing allowed, as a text": b'[models]\nallow = ""\n',
    "all denied, as a text": b'[models]\ndeny = "*"\n',
    "all denied by another word": b'[models]\ndenied = ["*"]\n',
    "a vendor switched off by another name": b"[providers.OpenAI]\nenable = false\n",
    "a vendor switched off by another word": b"[providers.openai]\nenabled = false\n",
    "a vendor switched off in words": b'[providers.openai]\nenable = "no"\n',
    "a vendor switched off in another table": b"[provider.openai]\nenable = false\n",
    "a vendor switched off, bad neighbour": b"[providers.openai]\nenable = false\n[providers.mine]\nbase_url = 'nonsense'\n",
    "no money, in words": b'[budget]\ndaily_usd = "0"\n',
    "no money, endlessly": b"[budget]\nmonthly_usd = -inf\n",
}
NO_FILES: dict[str, Callable[[Path], None]] = {
    "a directory": lambda file: file.mkdir(),
    "a pipe": lambda file: os.mkfifo(file),  # not named before it is called: Windows has none
    "a device": lambda file: file.symlink_to("/dev/zero"),
    "a link to itself": lambda file: file.symlink_to(file),
}


@asynccontextmanager
async def proxy() -> AsyncGenerator[tuple[str, list[str]]]:
    """Its address, and the first line of each request that it was sent; it refuses them all."""
    asked: list[str] = []

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readline()).decode("latin-1"))
        writer.write(b"HTTP/1.1 503 Refused\r\ncontent-length: 0\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1") as server:
        host, port = server.sockets[0].getsockname()
        yield f"http://{host}:{port}", asked


Content = bytes | Callable[[Path], None]


def put(file: Path, content: Content) -> None:
    file.parent.mkdir(parents=True)
    content(file) if callable(content) else file.write_bytes(content)


async def contacts(place: Path, user: Content, folders: Mapping[str, Content] = MappingProxyType({"work": b""})) -> list[str]:
    """Whom ghost text, explanations and refactorings ask, by this ``config.toml`` and the ``coderoute.toml`` of each folder."""
    home = place / "home"
    put(home / "config" / "config.toml", user)
    for name, content in folders.items():
        put(place / name / "coderoute.toml", content)
    async with proxy() as (address, asked):
        environ = {**child_environment(os.environ), HOME_VARIABLE: str(home), "OPENAI_API_KEY": "sk-0123456789abcdefghij"}
        environ[OFFLINE_VARIABLE] = "1"  # public price lists, fetched after a while, hold nothing of the user's
        environ |= dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), address)
        pipe = asyncio.subprocess.PIPE
        server = await asyncio.create_subprocess_exec(*SERVE, stdin=pipe, stdout=pipe, env=environ, cwd=place)
        assert server.stdin is not None
        assert server.stdout is not None
        editor = ScriptedEditor(server.stdout, server.stdin, generic(), folders=[place / name for name in folders])
        try:
            async with asyncio.timeout(120):
                await editor.initialize()
                for name in folders:
                    buffer = editor.open((place / name / "a.py").as_uri(), SOURCE)
                    await editor.inline(buffer, Position(5, 11), invoked=True).result
                    for action in ("explain", "refactor"):
                        started = await editor.run(action, buffer, Span(Position(0, 0), Position(2, 0)))
                        await editor.ends(started.token)  # what the user is told comes between the report and this
                        await editor.finished(started.job)
                editor.notices.clear()
                editor.shown.clear()
                await editor.exit()
                await server.wait()
        finally:
            if server.returncode is None:
                server.kill()
                await server.wait()
        return asked


async def test_without_settings_the_vendor_is_asked_so_that_the_others_prove_something(tmp_path: Path) -> None:
    assert any("api.openai.com" in line for line in await contacts(tmp_path, b""))


@pytest.mark.parametrize("case", UNREADABLE)
async def test_no_vendor_hears_of_a_user_whose_settings_cannot_be_read(tmp_path: Path, case: str) -> None:
    assert await contacts(tmp_path, UNREADABLE[case]) == []


async def test_no_vendor_hears_of_folders_whose_settings_cannot_be_read(tmp_path: Path) -> None:
    cases = {name: content for name, content in UNREADABLE.items() if "vendor" not in name}
    assert await contacts(tmp_path, b"", cases) == []


@pytest.mark.skipif(sys.platform == "win32", reason="has no such files")
async def test_no_vendor_hears_anything_where_settings_are_no_files(tmp_path: Path) -> None:
    assert await contacts(tmp_path, b"", NO_FILES) == []
    for name, make in NO_FILES.items():
        assert await contacts(tmp_path / f"user {name}", make) == [], name


async def test_each_handed_file_with_a_slip_of_the_pen_is_closed(tmp_path: Path) -> None:
    for case in sorted(shared_data("cases", "route", "config").glob("*.toml")):
        assert await contacts(tmp_path / case.stem, case.read_bytes()) == [], case.stem


async def test_a_mark_at_the_beginning_is_mended(tmp_path: Path) -> None:
    assert await contacts(tmp_path, b"\xef\xbb\xbf" + LOCAL.encode()) == []
