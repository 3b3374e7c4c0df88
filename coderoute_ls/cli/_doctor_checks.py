"""The checks of ``coderoute-ls doctor``: each function checks one thing, and says what it found and how to fix it."""

import asyncio
import platform
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import Literal

from coderoute_ls import __version__
from coderoute_ls.domain.vendor import Vendor
from coderoute_ls.editors import editors
from coderoute_ls.errors import AuthenticationFailed, ModelNotFound, ProviderError
from coderoute_ls.ledger.database_file import connect
from coderoute_ls.ledger.provider_failures import last_failures
from coderoute_ls.ledger.schema import NewerVersion
from coderoute_ls.providers.base_url import shown
from coderoute_ls.providers.connections.transport import Transport
from coderoute_ls.providers.credentials import Keyring, where_found
from coderoute_ls.providers.credentials import trouble as wrong_key
from coderoute_ls.providers.dialect import dialect
from coderoute_ls.providers.local_model.model_files import trouble
from coderoute_ls.providers.local_server_discovery import LocalServer, find_servers
from coderoute_ls.providers.model_list import list_models
from coderoute_ls.providers.request_signing import available
from coderoute_ls.settings import Issue
from coderoute_ls.settings.layer import PLACE
from coderoute_ls.storage import HOME_VARIABLE, Directories, write_atomic

RECENT_DAYS = 7
WAIT_S = 5.0
_PACKAGES = ("pygls", "lsprotocol", "httpx", "pydantic", "orjson", "numpy", "ast-grep-py", "ruff", "click", "keyring")
_PROGRAMS = ("code", "codium", "nvim", "vim", "hx", "zed", "emacs", "subl", "kak")

State = Literal["ok", "note", "problem"]
Credential = Callable[[str], str | None]
"""The key of a provider by its id."""


@dataclass(frozen=True, slots=True)
class Check:
    """One finding. ``remedy`` says what to do; "" where nothing need be done."""

    area: str
    state: State
    text: str
    remedy: str = ""


def versions() -> Iterator[Check]:
    found = {name: _version(name) for name in _PACKAGES}
    yield Check(
        "version", "ok", f"coderoute-ls {__version__}, Python {platform.python_version()} on {platform.platform(terse=True)}"
    )
    yield Check("version", "ok", ", ".join(f"{name} {version}" for name, version in found.items() if version))
    if missing := [name for name, version in found.items() if not version]:
        yield Check(
            "version",
            "problem",
            f"missing: {', '.join(missing)}",
            "Install coderoute-ls again, as it was installed.",
        )


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def integrations(home: Path) -> Iterator[Check]:
    """Editors that are installed, and editor configurations that name this server."""
    installed = [program for program in _PROGRAMS if shutil.which(program)]
    yield Check("editors", "ok", f"installed: {', '.join(installed) or 'none that we know'}")
    ready = [editor.name for editor in editors().values() if any(_mentions(home, file.path) for file in editor.files)]
    if ready:
        yield Check("editors", "ok", f"set up: {', '.join(ready)}")
    else:
        yield Check("editors", "note", "none is set up in its usual file", "Print an editor's set-up: coderoute-ls editor NAME")


def _mentions(home: Path, place: str) -> bool:
    if not place.startswith("~/"):
        return False
    try:
        return "coderoute" in (home / place[2:].partition(",")[0]).read_text("utf-8", errors="replace")
    except OSError:
        return False


def settings(problems: tuple[Issue, ...]) -> Iterator[Check]:
    for problem in problems:
        yield Check(
            "settings",
            "problem",
            str(problem),
            f"Correct {PLACE[problem.origin]}; `coderoute-ls config schema` says what it may hold.",
        )
    if not problems:
        yield Check("settings", "ok", "nothing is ignored")


def state(places: Directories) -> Iterator[Check]:
    for name, folder in (("state", places.state), ("cache", places.cache)):
        trial = folder / ".doctor"
        try:
            write_atomic(trial, b"")
            trial.unlink()
        except OSError as error:
            remedy = f"Make {folder} a directory that you may write, or set {HOME_VARIABLE} to one."
            yield Check("state", "problem", f"the {name} directory {folder} cannot be written ({error.strerror})", remedy)
        else:
            yield Check("state", "ok", f"{name} in {folder}")
        for damaged in sorted(folder.glob("*.damaged")) if folder.is_dir() else ():
            yield Check("state", "note", f"{damaged} was damaged and set aside", "Delete it when you no longer need it.")


def ledger(path: Path, now: float) -> Iterator[Check]:
    if not path.exists():
        yield Check("ledger", "ok", "nothing was recorded yet")
        return
    try:
        with closing(connect(path, wait=2)) as connection:
            (verdict,) = connection.execute("PRAGMA quick_check").fetchone()
            (calls,) = connection.execute("SELECT COALESCE(SUM(calls), 0) FROM sums").fetchone()
            failures = last_failures(connection)
    except NewerVersion as error:
        yield Check("ledger", "problem", f"{path} is of {error}", "Update coderoute-ls, as it was installed.")
    except (sqlite3.Error, OSError) as error:
        yield Check("ledger", "problem", f"{path} cannot be used ({error})", "Move the file away; a new one is started.")
    else:
        if verdict != "ok":
            yield Check("ledger", "problem", f"{path} is damaged ({verdict})", "Move the file away; a new one is started.")
        yield Check("ledger", "ok", f"{calls:,} calls in {path}")
        for provider, failure in failures.items():
            if now - failure.time < RECENT_DAYS * 86_400:
                when = time.strftime("%Y-%m-%d %H:%M", time.localtime(failure.time))
                yield Check("last errors", "note", f"{provider}: {failure.error} from {failure.offer}, {when}")


def addresses(vendors: Mapping[str, Vendor], own: frozenset[str]) -> Iterator[Check]:
    """Providers that cannot be asked as they are set up. ``own``: ids the user configured."""
    for vendor in vendors.values():
        if vendor.trouble and (vendor.id in own or not vendor.signs):
            yield Check("settings", "problem", vendor.trouble, f"Correct [providers.{vendor.id}] in your config.toml.")


def keys(vendors: Mapping[str, Vendor], environ: Mapping[str, str], keyring: Keyring) -> Iterator[Check]:
    """Which keys are there and can be keys: names only."""
    found: dict[str, str] = {}
    wrong = False
    for name, vendor in vendors.items():
        where, what = where_found(vendor, environ, keyring)
        if what:
            wrong = True
            remedy = f"Set the key alone: coderoute-ls keys set {name}, or in {vendor.key_name}."
            yield Check("keys", "problem", f"the key of {name} ({where}) {what}", remedy)
        elif where:
            found[name] = where
    if found:
        yield Check("keys", "ok", ", ".join(f"{name} ({where})" for name, where in found.items()))
    elif not wrong:
        remedy = "Store a key: coderoute-ls keys set deepseek. Or start a local model."
        yield Check("keys", "note", "no provider has a key", remedy)


async def reach(
    vendors: Mapping[str, Vendor], credential: Credential, own: frozenset[str], transport: Transport
) -> tuple[list[Check], tuple[LocalServer, ...]]:
    """Ask every provider that has a key for its list of models, and look for local servers, which are returned as well. ``own``:
    ids the user configured."""
    remote = [vendor for vendor in vendors.values() if not vendor.local and _may_be_asked(vendor, credential(vendor.id), own)]
    checks = list(await asyncio.gather(*(_look(vendor, credential(vendor.id), transport) for vendor in remote)))
    found = tuple(await find_servers(vendors.values(), transport))
    servers = {server.provider: server for server in found}
    checks += [_listed(name, len(server.models), f"at {shown(server.base_url)}") for name, server in servers.items()]
    checks += model_files(vendors)
    own_local = (vendors[name] for name in sorted(own - servers.keys()) if name in vendors and vendors[name].local)
    silent = [vendor for vendor in own_local if vendor.base_url]
    looked = [await _look(vendor, credential(vendor.id), transport) for vendor in silent]
    for check, vendor in zip(looked, silent, strict=True):
        remedy = f"Start {vendor.id}, or correct its base_url in your config.toml."
        checks.append(replace(check, remedy=remedy) if check.state == "problem" else check)
    if not checks:
        checks.append(Check("providers", "note", "none can be asked; the built-in engine answers alone"))
    return checks, found


def _may_be_asked(vendor: Vendor, key: str | None, own: frozenset[str]) -> bool:
    """A key that cannot be one is another check's finding."""
    return bool(vendor.base_url) and (not wrong_key(key) if key else vendor.id in own)


def _listed(name: str, count: int, how: str) -> Check:
    if count:
        return Check("providers", "ok", f"{name} lists {count} models, {how}")
    return Check("providers", "note", f"{name} answers {how}, but serves no model", f"Load or allow a model at {name}.")


def model_files(vendors: Mapping[str, Vendor]) -> Iterator[Check]:
    """Whether the model files that the settings name could be loaded."""
    for vendor in vendors.values():
        if vendor.model_path:
            what, _, remedy = trouble(Path(vendor.model_path).expanduser()).partition(": ")
            if remedy:
                yield Check("providers", "problem", f"{vendor.id}: {what}", remedy[0].upper() + remedy[1:])
            else:
                yield Check("providers", "ok", f"{vendor.id} is the model file {vendor.model_path}")


async def _look(vendor: Vendor, key: str | None, transport: Transport) -> Check:
    """Whether the provider answers the question that costs nothing: which models it has."""
    if not dialect(vendor.dialect).models_path or (vendor.signs and not key):
        return _unasked(vendor, key)
    begun = time.perf_counter()
    try:
        async with asyncio.timeout(2 * WAIT_S):
            models = await list_models(vendor, transport, key, wait_s=WAIT_S)
    except AuthenticationFailed as error:
        name = vendor.key_name or "the key variable of your settings"
        remedy = f"Set a valid key: coderoute-ls keys set {vendor.id}, or in {name}."
        return Check("providers", "problem", f"{vendor.id}: {error.user_message}", remedy)
    except ModelNotFound:
        told = f"{vendor.id} answers, but has no list of models there (404)"
        return Check("providers", "note", told, f"See whether it answers a question: coderoute-ls providers check {vendor.id}")
    except TimeoutError:
        return Check(
            "providers",
            "problem",
            f"{vendor.id} did not answer in {2 * WAIT_S:.0f} s",
            f"Check the network and the proxy to {vendor.id}.",
        )
    except ProviderError as error:
        return Check(
            "providers",
            "problem",
            f"{vendor.id}: {error.user_message}",
            f"Check the network, and the address and account of {vendor.id}.",
        )
    return _listed(vendor.id, len(models), f"in {time.perf_counter() - begun:.2f} s")


def _unasked(vendor: Vendor, key: str | None) -> Check:
    """What can be said of a provider that answers nothing for free."""
    if not key and vendor.signs and not available(vendor.signs):
        extra = f"pip install 'coderoute-ls[{vendor.id}]'"
        return Check("providers", "problem", f"{vendor.id} needs a library that signs its requests", f"Install it: {extra}")
    told = (
        f"{vendor.id} {'has a key' if key else 'signs with credentials of this machine'}, and has no free request to test it with"
    )
    return Check("providers", "note", told, f"See whether it answers a question: coderoute-ls providers check {vendor.id}")
