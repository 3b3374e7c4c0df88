"""The server on stdin and stdout: what an editor starts. Loads no library that reads options."""

import asyncio
import gc
import logging
import sys

from coderoute_ls.server.startup.early_initialize import Greeting
from coderoute_ls.standard_streams import claim_input, claim_output


def serve_stdin(greeting: Greeting, level: str | None) -> int:
    """Serve from `initialize` on until the editor ends; returns the exit code."""
    from coderoute_ls.server.startup.dataclass_cache import kept_methods
    from coderoute_ls.server.startup.lazy_lsprotocol import import_late

    gc.disable()  # what is imported stays: looking for garbage in it takes a tenth of the time
    import_late()
    with kept_methods():
        stdin, stdout = claim_input(buffering=0), claim_output(buffering=0)
        log_to_stderr()
        from coderoute_ls.app.application import Application
        from coderoute_ls.server.language_server import serve_stdio
    gc.freeze()
    gc.enable()

    async def run() -> int:
        return await serve_stdio(Application(log_level=level).backend, stdin, stdout, greeting)

    return asyncio.run(run())


def log_to_stderr() -> None:
    logging.basicConfig(stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("pygls").setLevel(logging.ERROR)  # it logs whole messages, and with them people's code
