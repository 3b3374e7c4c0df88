"""What the commands about a team share: which database, and who changes it."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from coderoute_ls.team.administration import Administration

database_option = click.option(
    "--database",
    metavar="URL",
    envvar="CODEROUTE_DATABASE",
    required=True,
    help="The team's PostgreSQL.  [env: CODEROUTE_DATABASE]",
)


@contextmanager
def administration(url: str) -> "Generator[Administration]":
    """What administrators see and change, as this user of the operating system. The team's tables are made or brought up to date
    where needed."""
    from coderoute_ls.app.team.extra import check_extra

    check_extra()
    from coderoute_ls.team.administration import Administration
    from coderoute_ls.team.database import connected
    from coderoute_ls.team.schema import migrate

    with connected(url) as connection:
        migrate(connection)
        yield Administration(connection)
