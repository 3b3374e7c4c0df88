"""A model file of the user's, served by a child of this process: started when it is wanted, stopped when it has been idle."""

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import cast

from coderoute_ls.errors import ConfigurationError

IDLE_S = 600.0
CONTEXT = 8_192
"""Tokens of context that the child makes room for."""
PATIENCE_S = 120.0
"""Loading a large file from a slow disk takes its time."""


class LocalModel:
    """One GGUF file. `lease` it for every request; wants a running loop."""

    def __init__(self, path: Path, *, idle_s: float = IDLE_S, context: int = CONTEXT) -> None:
        self._path = path
        self._idle_s = idle_s
        self._context = context
        self._process: Process | None = None
        self._address = ""
        self._starting = asyncio.Lock()
        self._leases = 0
        self._stopping: asyncio.TimerHandle | None = None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    @asynccontextmanager
    async def lease(self) -> AsyncGenerator[str]:
        """The server's address, ``http://127.0.0.1:PORT``, which stays up for as long as it is leased. Raises
        `ConfigurationError` when the extra is not installed, or the file is not there or cannot be loaded.
        """
        self._leases += 1
        if self._stopping is not None:
            self._stopping.cancel()
            self._stopping = None
        try:
            async with self._starting:
                if not self.running:
                    await self._start()
            yield self._address
        finally:
            self._leases -= 1
            if not self._leases and self.running:
                self._stopping = asyncio.get_running_loop().call_later(self._idle_s, self._stop)

    async def close(self) -> None:
        """Stop the child and wait for its end."""
        if self._stopping is not None:
            self._stopping.cancel()
        self._stop()
        if self._process is not None:
            try:
                await asyncio.wait_for(self._process.wait(), 5.0)
            except TimeoutError:
                with suppress(ProcessLookupError):
                    self._process.kill()
                await self._process.wait()

    async def _start(self) -> None:
        if find_spec("xllamacpp") is None:
            raise ConfigurationError("A local model file needs the extra: pip install 'coderoute-ls[local]'.")
        if not self._path.is_file():
            raise ConfigurationError(f"There is no model file at {self._path}: correct providers.local.model_path.")
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "coderoute_ls.embedded.local_server", str(self._path), str(self._context)),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
        )
        assert self._process.stdout is not None
        try:
            line = await asyncio.wait_for(self._process.stdout.readline(), PATIENCE_S)
            self._address = cast("str", json.loads(line))
        except (TimeoutError, ValueError):
            await self.close()
            raise ConfigurationError(f"{self._path} cannot be loaded: is it a GGUF file that llama.cpp reads?") from None

    def _stop(self) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
