"""``coderoute-ls providers``: who can be asked, whether they can be reached, and the smallest real call to prove it."""

import asyncio
import os
import sqlite3
import time
from collections.abc import Callable, Coroutine, Mapping
from contextlib import aclosing, closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from coderoute_ls.cli._folder_settings import settings_of
from coderoute_ls.cli._style import Group, as_json, clean, examples, print_json, print_table, say
from coderoute_ls.domain import Delta, Finish, Message, Offer, Prompt
from coderoute_ls.domain.vendor import Vendor
from coderoute_ls.errors import ProviderError
from coderoute_ls.ledger import file_of
from coderoute_ls.ledger.provider_failures import Failure, last_failures
from coderoute_ls.providers.base_url import shown
from coderoute_ls.providers.configured_vendors import variables
from coderoute_ls.providers.credentials import trouble as wrong_key
from coderoute_ls.providers.dialect import dialect
from coderoute_ls.providers.local_model.model_files import trouble
from coderoute_ls.providers.local_server_discovery import LocalServer, find_servers
from coderoute_ls.providers.model_list import list_models
from coderoute_ls.providers.request_signing import available
from coderoute_ls.storage import directories
from coderoute_ls.text.did_you_mean import did_you_mean

if TYPE_CHECKING:
    from coderoute_ls.app.application import Application

SMALLEST = Prompt(messages=(Message("user", "Reply with the single word OK."),), max_tokens=16)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reach:
    """What is known about one provider without asking it anything that costs."""

    vendor: Vendor
    usable: bool
    state: str
    failure: Failure | None


@click.group(
    cls=Group,
    invoke_without_command=True,
    epilog=examples("coderoute-ls providers", "coderoute-ls providers check", "coderoute-ls providers check openrouter"),
)
@as_json
@click.pass_context
def COMMAND(ctx: click.Context, as_json: bool) -> None:
    """List the providers: key variable, whether it can be reached, and its last error."""
    if ctx.invoked_subcommand is not None:
        return
    reaches = _run(_reaches)
    if as_json:
        print_json([_plain(reach) for reach in reaches])
        return
    rows = [
        (reach.vendor.id, " or ".join(reach.vendor.key_env) or "–", reach.state, _told(reach.failure))
        for reach in sorted(reaches, key=lambda reach: not reach.usable)
    ]
    print_table(("provider", "key variable", "state", "last error"), rows, left=4)


@COMMAND.command(epilog=examples("coderoute-ls providers check", "coderoute-ls providers check ollama"))
@click.argument("name", required=False)
@as_json
def check(name: str | None, as_json: bool) -> int:
    """Make the smallest real call to NAME, or to every provider that can be reached, and say what came back.

    It asks the provider's cheapest model for one word: a few tokens, far less than a cent.
    """
    answers = _run(lambda application: _checks(application, name))
    if as_json:
        print_json([{"provider": provider, "ok": ok, "said": said} for provider, ok, said in answers])
    else:
        for provider, ok, said in answers:
            click.echo(f"{click.style('✓', fg='green') if ok else click.style('✗', fg='red')} {clean(provider)}: {clean(said)}")
        if not answers:
            say("No provider can be reached: `coderoute-ls providers` lists them with their key variables.", err=True)
    return 0 if answers and all(ok for _, ok, _ in answers) else 1


def _run(work: "Callable[[Application], Coroutine[None, None, T]]") -> T:
    from coderoute_ls.app.application import Application

    async def run() -> T:
        application = Application()
        try:
            await application.recall()
            return await work(application)
        finally:
            await application.close()

    return asyncio.run(run())


async def _reaches(application: "Application") -> list[Reach]:
    vendors = application.vendors
    servers = {server.provider: server for server in await find_servers(vendors.values(), application.transport)}
    failures = _failures()
    return [_reach(application, vendor, servers.get(id_), failures.get(id_)) for id_, vendor in vendors.items()]


def _reach(application: "Application", vendor: Vendor, server: LocalServer | None, failure: Failure | None) -> Reach:
    if vendor.model_path:
        file = Path(vendor.model_path).expanduser()
        wrong = trouble(file)
        told = wrong or f"model file of {file.stat().st_size / 1e9:.1f} GB, loaded when it is asked"
        return Reach(vendor, not wrong, told, failure)
    if vendor.trouble:
        return Reach(vendor, False, vendor.trouble, failure)
    if not vendor.base_url:
        return Reach(vendor, False, f"no address: set {' and '.join(variables(vendor.id))}", failure)
    if vendor.local:
        count = len(server.models) if server is not None else 0
        return Reach(vendor, server is not None, f"answers, {count} models" if server is not None else "not running", failure)
    key = application.credential(vendor.id)
    if key and (wrong := wrong_key(key)):
        return Reach(vendor, False, f"its key {wrong}", failure)
    if not key and vendor.signs:
        ready = available(vendor.signs)
        told = "signs with credentials of this machine" if ready else f"needs pip install 'coderoute-ls[{vendor.id}]'"
        return Reach(vendor, ready, told, failure)
    if not key and vendor.key_env:
        return Reach(vendor, False, "no key", failure)
    return Reach(vendor, True, "key present" if key else "needs no key", failure)


def _failures() -> Mapping[str, Failure]:
    path = file_of(settings_of(Path(), directories(os.environ))[0].settings, directories(os.environ))
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
            return last_failures(connection)
    except sqlite3.Error:
        return {}  # nothing was recorded yet, or the file is busy or newer than this release


def _told(failure: Failure | None) -> str:
    if failure is None:
        return ""
    hours = max(0.0, time.time() - failure.time) / 3600
    ago = f"{hours * 60:.0f} min" if hours < 1 else f"{hours:.0f} h" if hours < 48 else f"{hours / 24:.0f} days"
    return f"{failure.error}, {ago} ago ({failure.offer})"


def _plain(reach: Reach) -> Mapping[str, object]:
    failure = reach.failure
    return {
        "provider": reach.vendor.id,
        "name": reach.vendor.name,
        "dialect": reach.vendor.dialect,
        "base_url": shown(reach.vendor.base_url) if reach.vendor.base_url else "",
        "model_path": reach.vendor.model_path,
        "key_variables": list(reach.vendor.key_env),
        "usable": reach.usable,
        "state": reach.state,
        "last_error": None if failure is None else {"error": failure.error, "offer": failure.offer, "time": failure.time},
    }


async def _checks(application: "Application", name: str | None) -> list[tuple[str, bool, str]]:
    """Provider, whether it answered, and what it said, in words."""
    reaches = await _reaches(application)
    if name is not None:
        reaches = [reach for reach in reaches if reach.vendor.id == name]
        if not reaches:
            known = application.vendors
            told = f"there is no provider {name!r}{did_you_mean(name, known)} Known are {', '.join(known)}."
            raise click.BadParameter(told, param_hint="NAME")
    wanted = [reach for reach in reaches if reach.usable or name is not None]
    said = await asyncio.gather(*(_check(application, reach) for reach in wanted))
    return [(reach.vendor.id, ok, words) for reach, (ok, words) in zip(wanted, said, strict=True)]


async def _check(application: "Application", reach: Reach) -> tuple[bool, str]:
    vendor = reach.vendor
    if not vendor.base_url and not vendor.model_path:
        return False, reach.state
    try:
        offer = _cheapest(application, vendor.id)
        if offer is not None:
            return await _ask(application, offer)
        return await _first_listed(application, vendor)
    except ProviderError as error:
        return False, error.user_message


def _cheapest(application: "Application", provider: str) -> Offer | None:
    """The provider's cheapest chat offer; the one without a reasoning effort first."""
    offers = [
        offer
        for offer in application.router.catalog.offers
        if offer.provider == provider and offer.capabilities.get("text", True)
    ]
    return min(offers, key=lambda offer: (offer.deprecated, _price(offer), offer.effort or ""), default=None)


def _price(offer: Offer) -> Decimal:
    prices = offer.prices
    return (prices.input or Decimal(0)) + (prices.output or Decimal(0)) if prices.output is not None else Decimal("Infinity")


async def _first_listed(application: "Application", vendor: Vendor) -> tuple[bool, str]:
    """Without an offer in the catalogue: the first model that the server itself lists."""
    if not dialect(vendor.dialect).models_path or vendor.signs:
        return False, f"name a model of it: providers.{vendor.id}.models in your config.toml."
    models = await list_models(vendor, application.transport, application.credential(vendor.id))
    if not models:
        return False, "it answers, but serves no model."
    return await _ask(application, Offer(f"{vendor.id}/{models[0]}", models[0], vendor.id, models[0], vendor.dialect))


async def _ask(application: "Application", offer: Offer) -> tuple[bool, str]:
    began = time.perf_counter()
    text, thought, finish = "", False, None
    async with aclosing(application.providers.stream(offer, SMALLEST)) as events:
        async for event in events:
            if isinstance(event, Finish):
                finish = event
            elif isinstance(event, Delta):
                text += event.text
                thought = thought or bool(event.reasoning)
    seconds = time.perf_counter() - began
    if finish is None or finish.reason == "incomplete":
        return False, f"{offer.wire_id} was cut off after {seconds:.1f} s."
    usage = f"{finish.usage.input} tokens in, {finish.usage.output} out" if finish.usage else "no token counts"
    word = text.strip().split("\n")[0][:40]
    thought = thought or bool(finish.usage and finish.usage.reasoning)
    if finish.reason not in ("stop", "length") or not (word or thought):
        return (
            False,
            f"{offer.wire_id} answered nothing (ended: {finish.wire_reason or finish.reason}) in {seconds:.1f} s; {usage}.",
        )
    said = f"answered “{word}”" if word else f"used all of its {SMALLEST.max_tokens} tokens for reasoning,"
    return True, f"{offer.wire_id} {said} in {seconds:.1f} s; {usage}."
