"""The user's model files, each served by a child process: started when it is needed, stopped when it is idle."""

import asyncio
import json
import secrets
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from coderoute_ls.child_process.spawn import python_command, spawn
from coderoute_ls.domain import TIMING
from coderoute_ls.errors import NotReady, ProviderUnavailable
from coderoute_ls.providers.local_model.gguf_header import MAGIC, Broken, GgufHeader, read_header

IDLE_S = 600.0
CONTEXT = 16_384
"""Tokens of context that the child makes room for: the longest answer of an action, and its prompt."""
LOAD_S = 300.0
"""Loading a large file from a slow disk takes its time."""
REST_S = 60.0
"""Seconds for which a file that could not be loaded, or that the user stopped, is not tried again, unless it changes."""
END_S = 5.0

Slow = Callable[[str, "asyncio.Task[object]"], None]
"""Hears of a file that takes longer than `Timing.slow_loading` to load: its name, and the loading, which may be cancelled."""


def trouble(path: Path, library: str = "xllamacpp") -> str:
    """Why this file cannot be served, and what to do about it; "" as far as can be told without loading it. ``library`` is the
    module that loads it."""
    if find_spec(library) is None:
        return f"{path.name} needs llama.cpp: install the extra, `pip install 'coderoute-ls[local]'`, where coderoute-ls is."
    try:
        with path.open("rb") as file:
            magic = file.read(len(MAGIC))
        if magic != MAGIC:
            return f"{path} is not a GGUF file, the only kind that llama.cpp reads: name another one as `model_path`."
        missing = read_header(path).missing_bytes
    except OSError as error:
        return f"The model file {path} cannot be read ({error.strerror}): correct `model_path` in your config.toml."
    except Broken:
        return ""  # llama.cpp may know more than we do
    return f"{path} is cut off: its last {missing:,} bytes are missing, so fetch it again." if missing else ""


def header_of(path: Path) -> GgufHeader | None:
    """What the file says of itself; None where it says nothing that can be read."""
    try:
        return read_header(path)
    except (OSError, Broken):
        return None


@dataclass(frozen=True, slots=True)
class _Child:
    process: Process
    address: str
    """``http://127.0.0.1:PORT``."""
    key: str
    """Of this run alone: the port is open to everybody on this machine."""


class ModelServer:
    """One GGUF file. `lease` it for every request; wants a running loop."""

    def __init__(
        self,
        path: Path,
        *,
        context: int = CONTEXT,
        idle_s: float = IDLE_S,
        slow_s: float = TIMING.slow_loading,
        on_slow: Slow = lambda name, loading: None,
    ) -> None:
        self.path = path
        self.context = context
        self._idle_s = idle_s
        self._slow_s = slow_s
        self._on_slow = on_slow
        self._child: asyncio.Task[_Child] | None = None
        """The task of loading: running, done or failed."""
        self._leases = 0
        self._idle: asyncio.TimerHandle | None = None
        self._given_up: tuple[tuple[int, int], float, str] | None = None
        """The file as it was, until when it is left alone, and why."""
        self._ending: set[asyncio.Task[None]] = set()

    @property
    def running(self) -> bool:
        """Whether it is loaded, and its process alive."""
        child = self._child
        return child is not None and child.done() and not _failed(child) and child.result().process.returncode is None

    @property
    def pid(self) -> int | None:
        """Its process, while it is loaded."""
        return self._child.result().process.pid if self.running and self._child is not None else None

    @asynccontextmanager
    async def lease(self, patience_s: float | None = None) -> AsyncGenerator[tuple[str, str]]:
        """The server's address and key, which hold for as long as it is leased. Loading goes on when the wait for it ends, by
        cancelling or by patience. Raises `NotReady` when it is not loaded in time, else `ProviderUnavailable` with the reason.
        """
        self._leases += 1
        if self._idle is not None:
            self._idle.cancel()
        try:
            child = await self._ready(patience_s)
            yield child.address, child.key
        finally:
            self._leases -= 1
            if not self._leases and self._child is not None:
                self._idle = asyncio.get_running_loop().call_later(self._idle_s, self.stop)

    def stop(self) -> None:
        """End the child, also one that is still loading. The next lease starts another one."""
        child, self._child = self._child, None
        if child is None:
            return
        if not child.done():
            child.cancel()
        self._ending.add(ending := asyncio.create_task(_end(child)))
        ending.add_done_callback(self._ending.discard)

    async def close(self) -> None:
        """Stop the child and wait for its end."""
        if self._idle is not None:
            self._idle.cancel()
        self.stop()
        await asyncio.gather(*self._ending)

    async def _ready(self, patience_s: float | None) -> _Child:
        if self._child is None or (self._child.done() and not self.running):
            self._child = asyncio.create_task(self._load(), name=f"load {self.path.name}")
        loading = self._child
        await asyncio.wait({loading}, timeout=patience_s)
        if not loading.done():
            raise NotReady(f"{self.path.name} is still loading; until then others answer.")
        if loading.cancelled():
            raise ProviderUnavailable(f"{self.path.name} was stopped while it was loading; it may be tried again in a minute.")
        return loading.result()

    async def _load(self) -> _Child:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        if why := trouble(self.path):
            raise ProviderUnavailable(why)
        stamp = _stamp(self.path)
        if self._given_up is not None and self._given_up[0] == stamp and loop.time() < self._given_up[1]:
            raise ProviderUnavailable(self._given_up[2])
        why = f"{self.path.name} was stopped while it was loading; it may be tried again in a minute."
        slow = loop.call_later(self._slow_s, self._on_slow, self.path.name, task)
        try:
            async with asyncio.timeout(LOAD_S):
                child = await self._spawn()
            why = ""
            return child
        except (TimeoutError, ValueError, OSError):
            why = f"llama.cpp cannot load {self.path}: too large for the memory, or of a kind that it does not know."
            raise ProviderUnavailable(why) from None
        finally:
            slow.cancel()
            self._given_up = (stamp, loop.time() + REST_S, why) if why else None

    def command(self) -> list[str]:
        """What the child runs."""
        return python_command("coderoute_ls.providers.local_model.model_server")

    async def _spawn(self) -> _Child:
        """Raises ValueError when the process ends before it says its address."""
        key = secrets.token_urlsafe(16)
        process = await spawn(self.command(), stderr=DEVNULL)
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps([str(self.path), self.context, key]).encode() + b"\n")
            return _Child(process, json.loads(await process.stdout.readline()), key)
        except BaseException:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            raise


def _failed(child: "asyncio.Task[_Child]") -> bool:
    return child.cancelled() or child.exception() is not None


async def _end(child: "asyncio.Task[_Child]") -> None:
    """Its process ends when its standard input does; one that does not is killed."""
    await asyncio.wait({child})
    if _failed(child):
        return
    process = child.result().process
    assert process.stdin is not None
    process.stdin.close()
    try:
        await asyncio.wait_for(process.wait(), END_S)
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _stamp(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns


class ModelServers:
    """The model files that the settings name, by the provider that they are."""

    def __init__(self, on_slow: Slow, slow_s: float = TIMING.slow_loading) -> None:
        self._on_slow = on_slow
        self._slow_s = slow_s
        self._models: dict[str, ModelServer] = {}
        self._retired: list[ModelServer] = []

    def use(self, files: Mapping[str, tuple[Path, int]]) -> None:
        """These files with so many tokens of context, and no others, from now on."""
        for provider, model in list(self._models.items()):
            if files.get(provider) != (model.path, model.context):
                self._retired.append(self._models.pop(provider))
                model.stop()
        for provider, (path, context) in files.items():
            if provider not in self._models:
                self._models[provider] = ModelServer(path, context=context, slow_s=self._slow_s, on_slow=self._on_slow)

    def lease(self, provider: str, *, patient: bool) -> AbstractAsyncContextManager[tuple[str, str]]:
        """See `ModelServer.lease`; who is not patient does not wait at all. The provider must be one of those in use."""
        return self._models[provider].lease(None if patient else 0.0)

    async def close(self) -> None:
        """Stop all children."""
        await asyncio.gather(*(model.close() for model in (*self._models.values(), *self._retired)))
