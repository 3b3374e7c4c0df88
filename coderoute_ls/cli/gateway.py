"""``coderoute-ls gateway``: one address on this machine for every AI tool, under the same floor, budget and ledger."""

import gc
import os
from collections.abc import Callable, Collection
from dataclasses import replace

import click

from coderoute_ls.cli._style import examples, say
from coderoute_ls.text.did_you_mean import did_you_mean


@click.command(
    epilog=examples(
        "coderoute-ls gateway",
        "coderoute-ls gateway --port 4800",
        "coderoute-ls gateway --print codex",
        "coderoute-ls gateway --database postgresql://gateway@db.example.com/coderoute --host 0.0.0.0 --name models.example.com",
        'OPENAI_BASE_URL=http://127.0.0.1:4747/v1 OPENAI_API_KEY="$(coderoute-ls gateway --token)" your-tool',
    )
)
@click.option("--port", type=click.IntRange(0, 65_535), help="Loopback port; 0 takes a free one.  [default: gateway.port, 4747]")
@click.option("--token", "show_token", is_flag=True, help="Print the token that callers send as their API key, and end.")
@click.option("--print", "tool", metavar="TOOL", help="Print what to paste into a tool's configuration; `list` names the tools.")
@click.option(
    "--database",
    metavar="URL",
    envvar="CODEROUTE_DATABASE",
    help="A team's PostgreSQL: its keys open this replica, its budgets pay.",
)
@click.option(
    "--host", default="127.0.0.1", help="Address to listen at; others than loopback only with --database.", show_default=True
)
@click.option(
    "--name", "names", multiple=True, metavar="HOST", help="Host name that callers use, besides loopback's; repeatable."
)
def COMMAND(  # noqa: PLR0917  (click passes them by name)
    port: int | None, show_token: bool, tool: str | None, database: str | None, host: str, names: tuple[str, ...]
) -> int:
    """Serve other AI tools on this machine at one address: each request goes to the cheapest model that is good enough."""
    if tool is not None:
        say(_set_up(tool, port), nl=False)
        return 0
    from coderoute_ls.app.hosted_gateway import check_extra
    from coderoute_ls.gateway.http.event_loop import run
    from coderoute_ls.gateway.http.token_file import token_in
    from coderoute_ls.storage import directories

    if database is not None and not show_token:
        check_extra()
        run(served_for_team(port, database, _listening_for_team, host=host, names=names))
        return 0
    if host != "127.0.0.1" or names:
        raise click.UsageError("--host and --name need --database: a token of one user is for this machine alone.")
    token = token_in(directories().config)
    if show_token:
        say(token)
        return 0
    check_extra()
    run(served(port, token, _listening))
    return 0


def _set_up(tool: str, port: int | None) -> str:
    """What to paste for this tool, or all their names."""
    from coderoute_ls.gateway.clients import clients
    from coderoute_ls.settings import user_settings
    from coderoute_ls.storage import directories

    known = clients()
    if tool == "list":
        return "".join(f"{client.name:15}{client.title}\n" for client in known.values())
    if tool not in known:
        raise click.BadParameter(
            f"there is no tool {tool!r}{did_you_mean(tool, known)} Known are {', '.join(known)}.", param_hint="--print"
        )
    at = port or user_settings(directories().config, ()).settings.gateway.port
    return known[tool].render(f"http://127.0.0.1:{at}")


def _listening(url: str) -> None:
    say(f"Listening at {url}. `coderoute-ls gateway --token` prints the key to send.", err=True)


async def served(port: int | None, token: str, listening: Callable[[str], None]) -> None:
    """Answer until the process is told to end. ``port`` None is the user's own setting; ``listening`` hears the address."""
    from coderoute_ls.app.application import Application
    from coderoute_ls.gateway.http.http_server import listen, serve
    from coderoute_ls.gateway.tracing import traced

    application = Application()
    try:
        listener = listen("127.0.0.1", application.settings.settings.gateway.port if port is None else port)
        await application.start(_dismiss)
        application.engine.router.prepared  # noqa: B018  # so that the first request does not wait for it
        gc.freeze()  # what is loaded stays: looking for garbage in it takes tens of milliseconds
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        async with traced(application.engine, os.environ):
            await serve(application.gateway(token), listener, lambda: listening(url))
    finally:
        await application.close()


def _listening_for_team(url: str) -> None:
    say(f"Listening at {url}. `coderoute-ls team key create` makes the keys to send.", err=True)


async def served_for_team(
    port: int | None, database: str, listening: Callable[[str], None], *, host: str = "127.0.0.1", names: Collection[str] = ()
) -> None:
    """One replica: answer until the process is told to end. ``names``: host names that callers use, besides loopback's."""
    from coderoute_ls.app.team.extra import check_extra

    check_extra()
    from coderoute_ls.app.application import Application
    from coderoute_ls.app.team.team_gateway import team_callers
    from coderoute_ls.domain.ledger import NullLedger
    from coderoute_ls.gateway.http.access_control import LOOPBACK_NAMES
    from coderoute_ls.gateway.http.http_server import listen, serve
    from coderoute_ls.gateway.tracing import traced

    application = Application(ledger=NullLedger())
    try:
        settings = application.settings.settings.gateway
        async with team_callers(database, settings, os.environ) as callers, traced(application.engine, os.environ):
            listener = listen(host, settings.port if port is None else port)
            await application.start(_dismiss)
            application.engine.router.prepared  # noqa: B018  # so that the first request does not wait for it
            gc.freeze()
            url = f"http://{host}:{listener.getsockname()[1]}/v1"
            callers.watch(application.engine, application.experience)
            gateway = replace(application.gateway(""), callers=callers, pages=callers.pages, hosts=LOOPBACK_NAMES | set(names))
            await serve(gateway, listener, lambda: listening(url))
    finally:
        await application.close()


async def _dismiss(question: str, choices: tuple[str, ...]) -> None:
    """There is no user to answer questions here: servers that were not met before are left alone."""
