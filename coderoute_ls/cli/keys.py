"""``coderoute-ls keys``: provider keys in the operating system's keyring. A key is never printed and never in a file."""

import os
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click

from coderoute_ls.cli._folder_settings import settings_of
from coderoute_ls.cli._style import Group, as_json, examples, print_json, print_table, say
from coderoute_ls.errors import ConfigurationError
from coderoute_ls.providers.configured_vendors import Vendor, configured
from coderoute_ls.providers.credentials import SERVICE, trimmed, trouble, where_found
from coderoute_ls.storage import directories
from coderoute_ls.text.did_you_mean import did_you_mean

MAX_INPUT = 16_384
"""Most characters that are read for a key: an end of input does not come from a terminal's ``yes``."""


def vendors() -> Mapping[str, Vendor]:
    """Every provider that takes a key, the user's own ones among them."""
    settings, _ = settings_of(Path(), directories())
    known = configured(settings.settings.providers, os.environ, team_url=settings.settings.team.url)
    return {name: vendor for name, vendor in known.items() if vendor.key_env}


@contextmanager
def reaching_keyring() -> Generator[None]:
    """Turn the keyring's errors into one sentence."""
    try:
        yield
    except ConfigurationError:
        raise
    except Exception as error:  # backends raise anything, RuntimeError and D-Bus' own errors among it
        raise ConfigurationError(
            f"The operating system's keyring cannot be used ({type(error).__name__}). "
            "Set the key's environment variable instead; `coderoute-ls keys list` names it."
        ) from error


def _known(name: str) -> Vendor:
    found = vendors().get(name)
    if found is None:
        told = f"there is no provider {name!r}{did_you_mean(name, vendors())} Known are {', '.join(vendors())}."
        raise click.BadParameter(told, param_hint="PROVIDER")
    return found


def _complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    return [name for name in vendors() if name.startswith(incomplete)]


provider_argument = click.argument("provider", shell_complete=_complete)


@click.group(
    cls=Group,
    epilog=examples(
        "coderoute-ls keys list", "coderoute-ls keys set deepseek", "pass show deepseek | coderoute-ls keys set deepseek"
    ),
)
def COMMAND() -> None:
    """Keep provider keys in the operating system's keyring. Environment variables go first."""


@COMMAND.command(
    "set", epilog=examples("coderoute-ls keys set openrouter", "pass show openrouter | coderoute-ls keys set openrouter")
)
@provider_argument
def set_(provider: str) -> None:
    """Store the key of PROVIDER. The key is typed without being shown, or read from stdin."""
    from coderoute_ls.providers.credentials import keyring_library

    vendor = _known(provider)
    piped = not sys.stdin.isatty()
    key = trimmed(sys.stdin.read(MAX_INPUT) if piped else click.prompt(f"Key of {vendor.name}", hide_input=True, type=str))
    if wrong := trouble(key):
        raise click.BadParameter(f"the key {wrong}", param_hint="key")
    with reaching_keyring():
        keyring_library().set_password(SERVICE, vendor.id, key)
    say(f"Stored the key of {vendor.name}.")


@COMMAND.command("list", epilog=examples("coderoute-ls keys list", "coderoute-ls keys list --json"))
@as_json
def list_(as_json: bool) -> None:
    """Show which providers have a key, and where it comes from, but never the key."""
    from coderoute_ls.providers.credentials import system_keyring

    found = {name: _told(*where_found(vendor, os.environ, system_keyring)) for name, vendor in vendors().items()}
    if as_json:
        print_json({name: {"found": where or None, "variables": list(vendors()[name].key_env)} for name, where in found.items()})
        return
    rows = [(name, where or "–", " or ".join(vendors()[name].key_env)) for name, where in found.items()]
    print_table(("provider", "key", "variable"), rows, left=3)


def _told(where: str, wrong: str) -> str:
    return f"{where}, but it {wrong}" if wrong else where


@COMMAND.command(epilog=examples("coderoute-ls keys remove deepseek"))
@provider_argument
def remove(provider: str) -> None:
    """Delete the key of PROVIDER from the keyring."""
    from keyring.errors import PasswordDeleteError

    from coderoute_ls.providers.credentials import keyring_library

    vendor = _known(provider)
    with reaching_keyring():
        try:
            keyring_library().delete_password(SERVICE, vendor.id)
        except PasswordDeleteError as error:
            raise ConfigurationError(f"The keyring holds no key of {vendor.name}.") from error
    say(f"Removed the key of {vendor.name}.")
