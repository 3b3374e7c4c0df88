"""Where keys come from: the environment, then the operating system's keyring. Never a file, never a log.

A key is used only when it can be one: what people paste around it is named, in words that repeat nothing of it.
"""

import importlib
import logging
import re
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from types import ModuleType
from typing import cast

from coderoute_ls.domain.vendor import Vendor
from coderoute_ls.errors import AuthenticationFailed
from coderoute_ls.providers.request_signing import available

log = logging.getLogger(__name__)

SERVICE = "coderoute-ls"
"""Name under which the keyring holds our keys; the vendor's id is the user name."""
_INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060\u00ad"
_QUOTES = "\"'`“”‘’«»"
_ASSIGNED = re.compile(r"(?:(?i:export|set|setx)\s+|\$env:)?(?:[A-Z][A-Z0-9_]*|(?i:\w*(?:key|token|secret)\w*))\s*=(?!=*$)")
_HEADER = re.compile(r"(?:(?:proxy-)?authorization|(?:x-)?(?:goog-)?api-key)\s*:", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\$\w+|\$[{(].*[})]|%\w+%|<.*>|\[.*\]|\{.*\}")
_TO_FILL_IN = re.compile(r"(?:sk-)?(?:your|insert|paste|replace)[-_ ]", re.IGNORECASE)
_NO_KEY = frozenset({"changeme", "change-me", "change_me", "todo", "null", "undefined"})
_REFERENCE = re.compile(r"(?:env|file|op|vault|secrets?|ssm|keychain|keyring|pass):", re.IGNORECASE)
_LEFT_OUT = ("...", "…", "***", "•••", "xxxxxxxx", "XXXXXXXX")
_USUAL = re.compile(r"[A-Za-z0-9_.~+/-]{1,8192}={0,2}")
"""What nearly every key is made of: asked first, for each request asks."""

KEYRING_S = 30.0
"""Somebody may have to unlock it."""

Keyring = Callable[[str], str | None]
"""The stored key of a vendor by its id."""


def trimmed(text: str) -> str:
    """The key without blanks, line ends and invisible characters around it."""
    return text.strip().strip(_INVISIBLE).strip()


def trouble(key: str) -> str:
    """What is wrong with a trimmed key, as the end of a sentence that repeats nothing of it; "" for one that may be right."""
    if not key:
        return "is empty"
    if key.lower() in _NO_KEY or _TO_FILL_IN.match(key) or any(part in key for part in _LEFT_OUT) or _PLACEHOLDER.fullmatch(key):
        return "is a placeholder, not a key: store the key itself"
    if _USUAL.fullmatch(key):
        return ""
    if key[0] in _QUOTES or key[-1] in _QUOTES:
        return "has quotes around it: store it without them"
    if re.match(r"(?:bearer|basic|token)\s", key, re.IGNORECASE):
        return "begins with a word like “Bearer”: store the key alone"
    if _HEADER.match(key):
        return "is a whole header: store the key alone"
    if _ASSIGNED.match(key):
        return "begins with “NAME=”: store the key alone"
    if len(key.splitlines()) > 1:
        return "has more than one line: store the key alone"
    if re.match(r"https?://", key, re.IGNORECASE):
        return "is an address, not a key: store the key itself"
    if _REFERENCE.match(key):
        return "says where a key is, and is none: store the key itself"
    if "," in key or ";" in key:
        return "holds a comma or a semicolon, which no key has: store one key alone"
    if not key.isascii() or not key.isprintable() or " " in key:
        return "holds blanks or characters that no key has: copy it again"
    if len(key) > 8_192:
        return "is longer than any key: copy it again"
    return ""


def lookup(
    vendors: Mapping[str, Vendor], environ: Mapping[str, str], keyring: Keyring | None = None
) -> Callable[[str], str | None]:
    """The trimmed key of a vendor by its id, or None. The environment wins over the keyring, which is asked once per vendor; a
    key that cannot be one loses to any that can. It is one that `trouble` speaks of where there is no better one.
    """
    stored: dict[str, str | None] = {}

    def find(vendor_id: str) -> str | None:
        vendor = vendors.get(vendor_id)
        if vendor is None:
            return None
        bad = None
        for name in vendor.key_env:
            if key := trimmed(environ.get(name, "")):
                if not trouble(key):
                    return key
                bad = bad or key
        if keyring is None or not vendor.key_env:
            return bad
        if vendor_id not in stored:
            stored[vendor_id] = trimmed(keyring(vendor_id) or "") or None
        key = stored[vendor_id]
        return bad or key if key is None or trouble(key) else key

    return find


def where_found(vendor: Vendor, environ: Mapping[str, str], keyring: Keyring) -> tuple[str, str]:
    """In words where this vendor's key comes from, and what is wrong with it; "" for either where there is nothing to say. Keys
    that are passed over, because they cannot be any, are named.
    """
    if not vendor.key_env:
        return "", ""
    bad: list[tuple[str, str]] = []
    for name in vendor.key_env:
        if key := trimmed(environ.get(name, "")):
            if not (wrong := trouble(key)):
                return _beside(f"environment {name}", bad), ""
            bad.append((f"environment {name}", wrong))
    if key := trimmed(keyring(vendor.id) or ""):
        if not (wrong := trouble(key)):
            return _beside("keyring", bad), ""
        bad.append(("keyring", wrong))
    return bad[0] if bad else ("", "")


def _beside(place: str, bad: Iterable[tuple[str, str]]) -> str:
    return "; ".join((place, *(f"passed over: {name}, which {wrong}" for name, wrong in bad)))


def credentials(vendors: Mapping[str, Vendor], environ: Mapping[str, str], keyring: Keyring | None = None) -> Mapping[str, bool]:
    """Which vendors may be asked as far as keys go: one is there that can be right, or none is needed."""
    find = lookup(vendors, environ, keyring)
    return {id_: bool(vendor.base_url or vendor.model_path) and _admitted(vendor, find(id_)) for id_, vendor in vendors.items()}


def _admitted(vendor: Vendor, key: str | None) -> bool:
    if key:
        return not trouble(key)
    return available(vendor.signs) if vendor.signs else not vendor.key_env


def key_header(vendor: Vendor, usual: tuple[str, str], key: str) -> Mapping[str, str]:
    """The header that carries this key: the vendor's own, or the dialect's ``usual`` name and prefix. Raises AuthenticationFailed
    for a key that cannot be one.
    """
    key = trimmed(key)
    if wrong := trouble(key):
        raise AuthenticationFailed(f"{vendor.key_name or 'The key'} of {vendor.name} {wrong}.", provider=vendor.id)
    name, prefix = vendor.auth or usual
    return {name: prefix + key}


def system_keyring(vendor_id: str) -> str | None:
    """The key that `coderoute-ls keys set` stored; None where there is none, or no keyring that answers within `KEYRING_S`.

    Backends are other people's programs: they raise anything, and some wait for ever for a dialogue that is invisible.
    """
    return _keyring(vendor_id)


class BoundedKeyring:
    """Asks a keyring in a thread that ends with the process, and never again once it has kept us waiting."""

    def __init__(self, ask: Callable[[str], object], patience_s: float) -> None:
        self._ask = ask
        self._patience_s = patience_s
        self._silent = False

    def __call__(self, vendor_id: str) -> str | None:
        if self._silent:
            return None
        found: list[object] = []
        thread = threading.Thread(target=self._look, args=(vendor_id, found), name="keyring", daemon=True)
        thread.start()
        thread.join(self._patience_s)
        self._silent = thread.is_alive()
        if self._silent:
            log.warning("The keyring does not answer; it is not asked any more. Keys may be in environment variables")
        key = next(iter(found), None)
        return key if isinstance(key, str) else None

    def _look(self, vendor_id: str, found: list[object]) -> None:
        try:
            found.append(self._ask(vendor_id))
        except BaseException as error:  # a backend's SystemExit as well
            log.info("The keyring cannot be used (%s)", type(error).__name__)


def keyring_library() -> ModuleType:
    """The package ``keyring``. Everywhere but on a Mac it would look for a Mac's libraries all the same, and would run the
    system's compiler to find them.
    """
    if sys.platform != "darwin":
        cast("dict[str, ModuleType | None]", sys.modules).setdefault("keyring.backends.macOS.api", None)
    return importlib.import_module("keyring")


def _stored(vendor_id: str) -> object:
    return keyring_library().get_password(SERVICE, vendor_id)


_keyring = BoundedKeyring(_stored, KEYRING_S)
