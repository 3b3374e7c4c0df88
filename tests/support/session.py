"""A whole session in one process: scripted editor, real server, and, where a test brings one, a scripted provider."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from coderoute_ls.app.application import Application
from coderoute_ls.domain import TIMING, Timing
from coderoute_ls.server.backend import Backend
from coderoute_ls.server.language_server import Connection
from coderoute_ls.server.rpc.stdio import serve
from coderoute_ls.storage import HOME_VARIABLE, OFFLINE_VARIABLE
from tests.support.capabilities import generic
from tests.support.editor import ScriptedEditor
from tests.support.few_offers import keep_few_offers
from tests.support.provider import ScriptedProvider

KEY = "SCRIPTED_API_KEY"
"""Environment variable of the scripted provider's key."""
NOBODY_LOCAL = "".join(f"\n[providers.{name}]\nenable = false\n" for name in ("ollama", "lmstudio", "llamacpp", "vllm"))
"""End of the user's settings file: a model server that happens to listen on this machine is no part of a test."""
PATIENCE_S = 100
"""Seconds for a whole test: it waits for what never comes."""
NO_DEADLINE = {"softDeadlineMs": 60_000, "hardDeadlineMs": 60_000}
"""Ghost text is waited for, however busy the machine is; what the deadlines do is tested on a clock of the test's own."""
UNHURRIED = replace(TIMING, idle=PATIENCE_S, settings_file=PATIENCE_S, editor_settings=PATIENCE_S, folder=PATIENCE_S)
"""Nothing is asked ahead, and no file, folder or editor counts as silent, because a test or a busy machine took its time."""
PATIENT = replace(UNHURRIED, gather=PATIENCE_S)
"""For what the built-in engine says: it is waited for, however busy the machine is."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model of the scripted provider, good at everything by default. Prices are USD per million tokens."""

    id: str = "scripted"
    score: float = 0.9
    price: float = 1.0


def vendor(provider: ScriptedProvider, models: Iterable[Model] = (Model(),)) -> str:
    """The user's settings file that names this provider as the only one worth asking; the built-in engine is off."""
    rows = ",\n".join(
        f'  {{ id = "{m.id}", coding = {m.score}, completion = {m.score}, input = {m.price}, output = {m.price},'
        ' context = 128000, max_output = 32000, fim = "openai-completions" }'
        for m in models
    )
    return (
        "[embedded]\nenable = false\n\n"
        f'[providers.scripted]\ndialect = "openai-chat"\nbase_url = "{provider.url}/v1"\nkey_env = "{KEY}"\n'
        f"models = [\n{rows}\n]\n"
    )


def warm_or_cheap(provider: ScriptedProvider, cached: float) -> str:
    """The same with two models of one quality: ``cheap``, and ``dear``, whose cached input costs this much (USD per million)."""
    return f"""
[embedded]
enable = false
[models]
allow = ["scripted/*"]
[providers.scripted]
dialect = "openai-chat"
base_url = "{provider.url}/v1"
key_env = "{KEY}"
models = [
  {{ id = "cheap", coding = 0.8, input = 0.6, cached = 0.6, output = 1, context = 128000, max_output = 32000 }},
  {{ id = "dear", coding = 0.8, input = 1, cached = {cached}, output = 1, context = 128000, max_output = 32000 }},
]
"""


@asynccontextmanager
async def joined(
    place: Path,
    user: str = "",
    *,
    folders: Sequence[Path] | None = None,
    capabilities: Mapping[str, Any] | None = None,
    settings: Mapping[str, Any] | None = None,
    timing: Timing = UNHURRIED,
    whole_catalog: bool = False,
    environ: Mapping[str, str] = MappingProxyType({}),
    made: Callable[[Application], None] = lambda application: None,
) -> AsyncGenerator[tuple[ScriptedEditor, Connection]]:
    """An editor and the server behind it, shaken hands; ends with the editor's complaints.

    ``place`` is the test's folder: the user's files live in it beside the workspace folder ``work`` (used when no ``folders``
    are given). ``user`` is the text of the user's settings file, ``settings`` what the editor says to everybody.
    ``environ``: more of the environment; ``made`` is given the server's parts. With ``whole_catalog`` the server knows all offers
    of the release, else those of a few vendors.
    """
    home, work = place / "home", place / "work"
    (home / "config").mkdir(parents=True)
    (home / "config" / "config.toml").write_text(user + NOBODY_LOCAL, "utf-8")
    work.mkdir(exist_ok=True)
    if not whole_catalog:
        keep_few_offers(home / "cache")
    around = {HOME_VARIABLE: str(home), OFFLINE_VARIABLE: "1", KEY: "sk-scripted-0123456789abcdef", **environ}
    made(application := Application(around, keyring=None, timing=timing))
    async with connected(application.backend) as (streams, server):
        editor = ScriptedEditor(*streams, dict(capabilities or generic()), folders=folders or [work])
        editor.settings[""] = {"inline": NO_DEADLINE, **(settings or {})}
        try:
            async with asyncio.timeout(PATIENCE_S):
                await editor.initialize()
                if editor.can("workspace.configuration"):
                    await editor.configured()
                yield editor, server
                await editor.exit()
        finally:
            editor.peer.hang_up()


@asynccontextmanager
async def connected(backend: Backend) -> AsyncGenerator[tuple[tuple[asyncio.StreamReader, asyncio.StreamWriter], Connection]]:
    """The editor's end of a connection, and the server at the other end."""
    ours, theirs = socket.socketpair()
    server = Connection(backend)
    serving = asyncio.create_task(serve(server.protocol, *await asyncio.open_connection(sock=theirs)))
    streams = await asyncio.open_connection(sock=ours)
    try:
        yield streams, server
        assert await serving == 0
    finally:
        streams[1].close()
        serving.cancel()
        await asyncio.wait({serving})
        await server.close()


@asynccontextmanager
async def session(place: Path, user: str = "", **options: Any) -> AsyncGenerator[ScriptedEditor]:
    """The editor of `joined`, with its arguments: tests look at what an editor sees."""
    async with joined(place, user, **options) as (editor, _):
        yield editor
