"""``coderoute-ls doctor``: what is installed, what is wrong, what to fix first. Safe to paste into a bug report."""

import asyncio
import os
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from pathlib import Path

import click

from coderoute_ls import __version__
from coderoute_ls.app.catalog_file import newest
from coderoute_ls.cli import _doctor_catalogue as catalogue
from coderoute_ls.cli import _doctor_checks as checks
from coderoute_ls.cli._doctor_budgets import budgets
from coderoute_ls.cli._doctor_checks import Check
from coderoute_ls.cli._folder_settings import folder_option, settings_of
from coderoute_ls.cli._style import as_json, between_words, clean, examples, print_json, say, tell
from coderoute_ls.domain.vendor import TEAM
from coderoute_ls.engine.accounting import limits
from coderoute_ls.ledger import file_of
from coderoute_ls.providers.configured_vendors import configured
from coderoute_ls.providers.connections.transport import Transport
from coderoute_ls.providers.credentials import Keyring, lookup, system_keyring
from coderoute_ls.providers.key_redaction import redact
from coderoute_ls.providers.local_server_discovery import LocalServer
from coderoute_ls.selection import Catalog
from coderoute_ls.settings.all_settings import Team
from coderoute_ls.storage import Directories, directories

_MARKS = {"ok": ("✓", "green"), "note": ("•", "yellow"), "problem": ("✗", "red")}
_FIRST = ("settings", "team", "state", "ledger", "budgets", "version", "providers", "catalogue", "keys", "editors", "last errors")
"""In this order a problem keeps others from being seen."""


@click.command(
    epilog=examples("coderoute-ls doctor", "coderoute-ls doctor --offline --json", "coderoute-ls doctor --folder ~/project")
)
@folder_option
@click.option("--offline", is_flag=True, help="Ask no provider.")
@as_json
def COMMAND(folder: Path, offline: bool, as_json: bool) -> int:
    """Show what is installed, what is wrong, and what to fix first. Keys are named, never shown. Exits with 1 on a problem."""
    found = examine(folder, os.environ, system_keyring, now=time.time(), offline=offline)
    first = first_remedy(found)
    problems = any(check.state == "problem" for check in found)
    if as_json:
        print_json(
            {"version": __version__, "healthy": not problems, "first": first, "checks": [asdict(check) for check in found]}
        )
        return int(problems)
    area = ""
    for check in found:
        if check.area != area:
            area = check.area
            click.secho(f"\n{area}", bold=True)
        mark, colour = _MARKS[check.state]
        told = clean(f"  {mark} {check.text}")
        told = between_words(told) if sys.stdout.isatty() else told
        click.echo(f"  {click.style(mark, fg=colour)}{told.removeprefix(f'  {mark}')}")
        if check.remedy:
            tell(f"    → {check.remedy}")
    say()
    tell(f"First: {first}" if first else "All is well.")
    return int(problems)


def examine(folder: Path, environ: Mapping[str, str], keyring: Keyring, *, now: float, offline: bool = False) -> list[Check]:
    """All findings, in the order they are shown, without keys and without the user's name."""
    places = directories(environ)
    effective, problems = settings_of(folder, places)
    vendors = configured(own := effective.settings.providers, environ, team_url=effective.settings.team.url)
    joined = list(_joined(effective.settings.team, vendors, environ, keyring, places, offline=offline))
    if joined:  # what it was told of the policy just now
        effective, problems = settings_of(folder, places)
    found = [*checks.versions(), *checks.integrations(Path.home()), *checks.settings(problems), *checks.state(places)]
    path = file_of(effective.settings, places)
    found += checks.ledger(path, now)
    found += budgets(path, limits(effective), folder.absolute(), now)
    found += joined
    found += checks.addresses(vendors, frozenset(own))
    find = lookup(vendors, environ, keyring)
    found += checks.keys(vendors, environ, keyring)
    servers: tuple[LocalServer, ...] = ()
    if not offline:
        reached, servers = asyncio.run(_reach(vendors, find, frozenset(own)))
        found += reached
    catalog, trouble = newest(places.cache / "catalog.json")
    with_key = [name for name, vendor in vendors.items() if vendor.key_env and find(name)]
    found += catalogue.unserved(catalog, own, with_key)
    found += catalogue.ghost_text(_with_team(catalog, vendors, places), effective, with_key, now)
    found += catalogue.own_scores(catalog, effective, vendors, servers)
    found += catalogue.age(catalog, trouble, now)
    secrets = [key for vendor in vendors.values() if vendor.key_env and (key := find(vendor.id))]
    return [_redacted(check, secrets) for check in found]


def first_remedy(found: list[Check]) -> str:
    """What to do first: problems before notes, causes before their consequences."""
    mendable = [check for check in found if check.remedy]
    mendable.sort(key=lambda check: (check.state != "problem", _FIRST.index(check.area)))
    return mendable[0].remedy if mendable else ""


def _joined(
    named: Team,
    vendors: Mapping[str, checks.Vendor],
    environ: Mapping[str, str],
    keyring: Keyring,
    places: Directories,
    *,
    offline: bool,
) -> Iterable[Check]:
    if named.url is None:
        return ()
    from coderoute_ls.cli._doctor_team import team

    return team(named, vendors, environ, keyring, places, offline=offline)


def _with_team(catalog: Catalog, vendors: Mapping[str, checks.Vendor], places: Directories) -> Catalog:
    """The catalogue, and what the gateway of the team offers that was joined."""
    if TEAM not in vendors:
        return catalog
    from coderoute_ls.cli._doctor_team import offered

    return catalog.with_offers(offered(vendors, places))


async def _reach(
    vendors: Mapping[str, checks.Vendor], find: checks.Credential, own: frozenset[str]
) -> tuple[list[Check], tuple[LocalServer, ...]]:
    transport = Transport()
    try:
        return await checks.reach(vendors, find, own, transport)
    finally:
        await transport.close()


def _redacted(check: Check, secrets: list[str]) -> Check:
    def clean(text: str) -> str:
        return redact(text, secrets).replace(str(Path.home()), "~")

    return replace(check, text=clean(check.text), remedy=clean(check.remedy))
