"""``coderoute-ls policy``: what an organisation allows, and which layer set each bound."""

import json
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coderoute_ls.cli._folder_settings import folder_option
from coderoute_ls.cli._style import Group, as_json, examples, print_json, print_table, say
from coderoute_ls.cli._team_database import administration, database_option

if TYPE_CHECKING:
    from coderoute_ls.team.policy.policy import Policy


@click.group(
    cls=Group,
    epilog=examples(
        "coderoute-ls policy show",
        "coderoute-ls policy set policy.toml",
        "coderoute-ls policy explain policy.toml",
        "export CODEROUTE_POLICY_KEY=$(coderoute-ls policy new-key)",
    ),
)
def COMMAND() -> None:
    """What an organisation allows: floors, privacy, models, efforts and caps that nothing loosens."""


@COMMAND.command(epilog=examples("coderoute-ls policy show"))
@database_option
def show(database: str) -> None:
    """Print the policy that holds, as JSON."""
    with administration(database) as admin:
        held = admin.policy()
    print_json({"version": held.version, "max_age_s": held.max_age_s, "policy": held.policy.as_json()})


@COMMAND.command(
    "set",
    epilog=examples("coderoute-ls policy set policy.toml", "coderoute-ls policy set policy.toml --instead-of 4 --max-age 10"),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--max-age", type=click.IntRange(1, 10_080), default=60, show_default=True, help="Minutes that clients may use it.")
@click.option("--instead-of", type=int, metavar="VERSION", help="Fail where another version holds by now.")
@database_option
def set_(file: Path, max_age: int, instead_of: int | None, database: str) -> None:
    """Let the policy in FILE (TOML or JSON) hold from now on, at every replica."""
    document = _document(file)
    with administration(database) as admin:
        version = admin.set_policy(document, timedelta(minutes=max_age), instead_of=instead_of)
    say(f"Version {version} of the policy holds.")


@COMMAND.command(
    epilog=examples(
        "coderoute-ls policy explain",
        "coderoute-ls policy explain policy.toml",
        "coderoute-ls policy explain --database postgresql://… --folder ~/project",
    )
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option("--database", metavar="URL", envvar="CODEROUTE_DATABASE", help="The team's PostgreSQL, in place of FILE.")
@folder_option
@as_json
def explain(file: Path | None, database: str | None, folder: Path, as_json: bool) -> None:
    """Say of each bound what holds in a folder, and which layer set it. FILE is a policy that is looked at before it is set;
    without it, the one of the team that you joined ([team] url), as it was fetched last."""
    from coderoute_ls.actions import actions
    from coderoute_ls.cli._folder_settings import settings_of
    from coderoute_ls.settings.layer import PLACE
    from coderoute_ls.storage import directories
    from coderoute_ls.team.policy.explained import explained

    joined, _ = settings_of(folder, directories())
    if file is not None or database is not None:
        joined = joined.under(_bounds(file, database).layer)
    elif joined.settings.team.url is None:
        raise click.UsageError(
            "Name a FILE with a policy, or the team's --database, or join a team: [team] url in your config.toml."
        )
    if joined.closed:
        say(joined.closed, err=True)
    rows = explained(joined, actions().values())
    if as_json:
        print_json([{"bound": row.name, "value": row.value, "from": row.origin} for row in rows])
        return
    places = {**PLACE, "default": "the default"}
    print_table(("bound", "value", "set by"), [(row.name, json.dumps(row.value), places[row.origin]) for row in rows], left=3)


def _bounds(file: Path | None, url: str | None) -> "Policy":
    if file is not None:
        from coderoute_ls.team.policy.policy import policy

        return policy(_document(file))
    assert url is not None
    with administration(url) as admin:
        return admin.policy().policy


def _document(file: Path) -> object:
    import tomllib

    from coderoute_ls.errors import ConfigurationError

    text = file.read_text("utf-8")
    try:
        return json.loads(text) if file.suffix == ".json" else tomllib.loads(text)
    except ValueError as error:
        raise ConfigurationError(f"{file} cannot be read: {error}.") from error


@COMMAND.command("new-key", epilog=examples("coderoute-ls policy new-key"))
def new_key() -> None:
    """Print a new private key to sign policies with: the replicas have it in CODEROUTE_POLICY_KEY."""
    from coderoute_ls.app.team.extra import check_extra

    check_extra()
    from coderoute_ls.team.policy.signed_policy import new_signing_key

    say(new_signing_key())


@COMMAND.command("public-key", epilog=examples("coderoute-ls policy public-key"))
@click.option("--key", envvar="CODEROUTE_POLICY_KEY", required=True, help="The private key.  [env: CODEROUTE_POLICY_KEY]")
def public_key(key: str) -> None:
    """Print the public key that clients check policies with."""
    from coderoute_ls.app.team.extra import check_extra

    check_extra()
    from coderoute_ls.team.policy.signed_policy import public_key_of

    say(public_key_of(key))
