"""``coderoute-ls serve``: the language server, on stdin and stdout, or on a loopback socket."""

import asyncio
import gc
import logging
import os
import secrets
import sys

import click

from coderoute_ls.cli._style import examples, say
from coderoute_ls.server.startup.early_initialize import Greeting
from coderoute_ls.standard_streams import claim_input, claim_output

LEVELS = ("debug", "info", "warning", "error")


@click.command(
    epilog=examples(
        "coderoute-ls serve",
        "coderoute-ls serve --log debug 2> coderoute.log",
        "CODEROUTE_TOKEN=$(openssl rand -hex 16) coderoute-ls serve --tcp 2087",
    )
)
@click.option(
    "--log",
    "level",
    type=click.Choice(LEVELS),
    help="Lowest severity that is written to stderr; without it, the setting log.level.",
)
@click.option("--stdio", is_flag=True, help="Use stdin and stdout. This is the default; some editors pass it.")
@click.option(
    "--tcp",
    metavar="[HOST:]PORT",
    help="Serve one editor on this loopback port. It sends the token (from CODEROUTE_TOKEN, else printed on stderr) "
    "as initializationOptions.token.",
)
@click.pass_obj
def COMMAND(greeting: Greeting | None, level: str | None, stdio: bool, tcp: str | None) -> int:
    """Serve one editor on stdin and stdout. Editors start this; you do not need to."""
    if tcp is None:
        return _serve(greeting or Greeting(b""), level)
    if stdio:
        raise click.UsageError("--stdio and --tcp exclude each other")
    from coderoute_ls.app.application import Application
    from coderoute_ls.cli._tcp import TOKEN_VARIABLE, address, checked, serve_tcp

    at = address(tcp)
    _log_to_stderr()
    given = os.environ.get(TOKEN_VARIABLE, "")
    token = checked(given) if given else secrets.token_urlsafe(24)

    def listening(port: int) -> None:
        say(f"Listening on {at[0]} port {port}{'' if given else f', token {token}'}", err=True)

    return asyncio.run(serve_tcp(at, token, lambda: Application(log_level=level).backend, listening))


def _serve(greeting: Greeting, level: str | None) -> int:
    """Serve from `initialize` on until the editor ends; returns the exit code."""
    from coderoute_ls.server.startup.dataclass_cache import kept_methods
    from coderoute_ls.server.startup.lazy_lsprotocol import import_late

    gc.disable()  # what is imported stays: looking for garbage in it takes a tenth of the time
    import_late()
    with kept_methods():
        stdin, stdout = claim_input(buffering=0), claim_output(buffering=0)
        _log_to_stderr()
        from coderoute_ls.app.application import Application
        from coderoute_ls.server.language_server import serve_stdio
    gc.freeze()
    gc.enable()

    async def run() -> int:
        return await serve_stdio(Application(log_level=level).backend, stdin, stdout, greeting)

    return asyncio.run(run())


def _log_to_stderr() -> None:
    logging.basicConfig(stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("pygls").setLevel(logging.ERROR)  # it logs whole messages, and with them people's code
