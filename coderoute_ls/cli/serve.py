"""``coderoute-ls serve``: the language server, on stdin and stdout."""

import asyncio
import logging
import sys

import click

from coderoute_ls.cli._style import examples
from coderoute_ls.server.doorstep import Greeting

LEVELS = ("debug", "info", "warning", "error")


@click.command(epilog=examples("coderoute-ls serve", "coderoute-ls serve --log debug 2> coderoute.log"))
@click.option(
    "--log",
    "level",
    default="warning",
    type=click.Choice(LEVELS),
    show_default=True,
    help="Least severity that is written to stderr.",
)
@click.option("--stdio", is_flag=True, help="Talk on stdin and stdout: what happens anyway, but some editors say it.")
def COMMAND(level: str, stdio: bool) -> int:
    """Serve one editor on stdin and stdout. Editors start this; you do not need to."""
    del stdio
    return serve(Greeting(b""), level)


def serve(greeting: Greeting, level: str = "warning") -> int:
    """Go on after the greeting until the editor is done; returns the exit code."""
    from coderoute_ls.server.transport import claim_stdout

    stdout = claim_stdout()
    logging.basicConfig(level=level.upper(), stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("pygls").setLevel(logging.ERROR)  # it logs whole messages, and with them people's code

    async def run() -> int:
        from coderoute_ls.compose import Household
        from coderoute_ls.server.app import serve_stdio

        return await serve_stdio(Household().house, sys.stdin.buffer, stdout, greeting)

    return asyncio.run(run())
