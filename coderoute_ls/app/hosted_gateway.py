"""The gateway in the language server's process, where the user wants it there (``gateway.enable``)."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from coderoute_ls.errors import CoderouteError, ConfigurationError
from coderoute_ls.settings.all_settings import GatewaySettings

if TYPE_CHECKING:
    from coderoute_ls.gateway.gateway import Gateway

log = logging.getLogger(__name__)

RETRY_S = 10.0
"""Between two looks at a port that another program holds. With two windows of an editor the second one's server waits for it."""
GRACE_S = 1
"""Seconds in which running answers may come to their end: an editor that closes does not wait for long."""


def check_extra() -> None:
    """Raises `ConfigurationError` where the extra ``gateway`` is not installed. Loads nothing of it."""
    if any(find_spec(name) is None for name in ("starlette", "uvicorn", "prometheus_client")):
        raise ConfigurationError("The gateway needs its extra: install it with `pip install 'coderoute-ls[gateway]'`.")


class HostedGateway:
    """Listens while the settings say so, and never disturbs the editor: what is in its way is told once, as a sentence."""

    def __init__(
        self,
        build: "Callable[[str], Gateway]",
        config_dir: Path,
        tell: Callable[[str], None],
        sleep: Callable[[float], Awaitable[object]],
    ) -> None:
        """``build`` takes the token that callers send; ``tell`` shows the user a warning; ``sleep`` waits so many seconds."""
        self._build = build
        self._config_dir = config_dir
        self._tell = tell
        self._sleep = sleep
        self._port: int | None = None
        """Where it is wanted; None is nowhere."""
        self._task: asyncio.Task[None] | None = None

    def use(self, settings: GatewaySettings) -> None:
        """The settings are these now: listen, listen elsewhere, or stop."""
        port = settings.port if settings.enable else None
        if port != self._port:
            self._port = port
            self._task = asyncio.create_task(self._instead_of(self._task, port))

    async def close(self) -> None:
        """Stop, with what is being answered."""
        self._port = None
        await _ended(self._task)

    async def _instead_of(self, before: asyncio.Task[None] | None, port: int | None) -> None:
        await _ended(before)
        if port is None:
            return
        try:
            await self._host(port)
        except CoderouteError as error:
            self._tell(error.user_message)
        except Exception:
            log.exception("The gateway ended")

    async def _host(self, port: int) -> None:
        await asyncio.to_thread(_load)
        from coderoute_ls.gateway.http.http_server import answers_at, listen, serve
        from coderoute_ls.gateway.http.token_file import token_in

        gateway = self._build(await asyncio.to_thread(token_in, self._config_dir))
        told = False
        while True:
            try:
                listener = listen("127.0.0.1", port)
            except ConfigurationError:
                if not told and not await answers_at(port):
                    told = True
                    self._tell(
                        f"The gateway cannot listen: another program uses port {port}. Stop that program, or set `gateway.port` "
                        "in config.toml to another port; `gateway.enable = false` ends this message."
                    )
                await self._sleep(RETRY_S)
            else:
                log.info("The gateway listens at port %d", port)
                return await serve(gateway, listener, signals=False, grace_s=GRACE_S)


def _load() -> None:
    """In a thread: what serves HTTP takes a moment to load, and a keystroke is not to wait for it."""
    check_extra()
    import coderoute_ls.gateway.http.http_server  # noqa: F401  # pyright: ignore[reportUnusedImport]


async def _ended(task: asyncio.Task[None] | None) -> None:
    """Cancel it, and wait for its end whatever happens: until then it holds the port."""
    if task is None:
        return
    task.cancel()
    cancelled = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled
