"""``coderoute-ls serve``: the language server, on stdin and stdout, or on a loopback socket."""

import asyncio
import os
import secrets

import click

from coderoute_ls.cli._stdio import log_to_stderr, serve_stdin
from coderoute_ls.cli._style import examples, say
from coderoute_ls.server.startup.early_initialize import Greeting

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
def COMMAND(level: str | None, stdio: bool, tcp: str | None) -> int:
    """Serve one editor on stdin and stdout. Editors start this; you do not need to."""
    if tcp is None:
        return serve_stdin(Greeting(b""), level)
    if stdio:
        raise click.UsageError("--stdio and --tcp exclude each other")
    from coderoute_ls.app.application import Application
    from coderoute_ls.cli._tcp import TOKEN_VARIABLE, address, checked, serve_tcp

    at = address(tcp)
    log_to_stderr()
    given = os.environ.get(TOKEN_VARIABLE, "")
    token = checked(given) if given else secrets.token_urlsafe(24)

    def listening(port: int) -> None:
        say(f"Listening on {at[0]} port {port}{'' if given else f', token {token}'}", err=True)

    return asyncio.run(serve_tcp(at, token, lambda: Application(log_level=level).backend, listening))
