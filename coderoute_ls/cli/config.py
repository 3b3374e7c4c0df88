"""``coderoute-ls config``: what holds and where it came from, a first settings file, the files' JSON schema."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

import click

from coderoute_ls.actions import actions
from coderoute_ls.cli._folder_settings import folder_option, settings_of
from coderoute_ls.cli._style import Group, as_json, examples, print_json, print_table, say
from coderoute_ls.errors import ConfigurationError
from coderoute_ls.ignore import masked
from coderoute_ls.settings import USER_FILE, WORKSPACE_FILE, first_file
from coderoute_ls.settings import schema as schema_of
from coderoute_ls.storage import directories, write_atomic

workspace_option = click.option(
    "--workspace", is_flag=True, help=f"The folder's {WORKSPACE_FILE} instead of your own {USER_FILE}."
)


@click.group(
    cls=Group,
    epilog=examples(
        "coderoute-ls config show",
        "coderoute-ls config init               start your own config.toml",
        "coderoute-ls config init --workspace   start a coderoute.toml to commit",
    ),
)
def COMMAND() -> None:
    """Show the settings, start a settings file, or print its JSON schema."""


@COMMAND.command(epilog=examples("coderoute-ls config show", "coderoute-ls config show --folder ~/project --json"))
@folder_option
@as_json
def show(folder: Path, as_json: bool) -> None:
    """Show every value with its source. Settings of an editor are not visible here."""
    joined, problems = settings_of(folder, directories())
    floors = {name: joined.floor_for(name, action.axis, action.min_coding_score) for name, action in actions().items()}
    if as_json:
        print_json(
            {
                "settings": {name: {"value": _without_secrets(value), "from": origin} for name, value, origin in joined.shown()},
                "floors": {name: {"value": floor.value, "from": floor.origin} for name, floor in floors.items()},
                "ignored": [str(problem) for problem in problems],
            }
        )
        return
    print_table(("setting", "value", "from"), [(name, _shown(value), origin) for name, value, origin in joined.shown()], left=3)
    say()
    rows = [(name, f"{floor.value:.2f}", floor.origin) for name, floor in floors.items()]
    print_table(("floor of action", "value", "from"), rows, left=3)
    for problem in problems:
        say(f"Not used: {problem}", err=True)


def _without_secrets(value: object) -> object:
    """A setting without what looks like a secret in it, as a password in an address."""
    if isinstance(value, str):
        return masked(value, "…")
    if isinstance(value, Mapping):
        return {name: _without_secrets(held) for name, held in cast("Mapping[str, object]", value).items()}
    if isinstance(value, list | tuple):
        return [_without_secrets(held) for held in cast("Sequence[object]", value)]
    return value


def _shown(value: object) -> str:
    clean = _without_secrets(value)
    return "" if clean is None else clean if isinstance(clean, str) else json.dumps(clean, default=str)


@COMMAND.command(epilog=examples("coderoute-ls config init", "coderoute-ls config init --workspace --folder ~/project"))
@workspace_option
@folder_option
def init(workspace: bool, folder: Path) -> None:
    """Write a settings file in which every setting is explained and commented out. It never replaces a file."""
    path = folder.absolute() / WORKSPACE_FILE if workspace else directories().config / USER_FILE
    if path.exists():
        raise ConfigurationError(f"{path} exists already; edit it, or move it away first.")
    try:
        write_atomic(path, first_file(workspace=workspace).encode())
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written ({error.strerror}).") from error
    say(f"Wrote {path}")


@COMMAND.command(epilog=examples("coderoute-ls config schema --workspace > coderoute.schema.json"))
@workspace_option
def schema(workspace: bool) -> None:
    """Print the JSON schema of a settings file, for editors that use it to complete TOML."""
    print_json(schema_of(workspace=workspace))
