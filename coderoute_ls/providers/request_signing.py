"""Requests signed with credentials of this machine, for vendors that the user's settings name: AWS's signature, Google's tokens.

Both come from the vendors' own small libraries, which are extras: ``coderoute-ls[bedrock]``, ``coderoute-ls[vertex]``.
"""

import asyncio
import os
import re
import threading
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal
from urllib.parse import urlsplit

from coderoute_ls.domain.vendor import Vendor
from coderoute_ls.errors import AuthenticationFailed

_LIBRARIES = {"aws": "botocore", "google": "google.auth"}
_EXTRAS = {"aws": "bedrock", "google": "vertex"}
_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
TOKEN_WAIT_S = 10.0

Sign = Callable[[str, bytes], Mapping[str, str]]
"""Headers that sign a POST of this body to this address. May wait for the network."""


def available(signs: Literal["aws", "google"]) -> bool:
    """Whether the library is installed."""
    try:
        return find_spec(_LIBRARIES[signs]) is not None
    except ModuleNotFoundError:  # not even the package around it
        return False


class Signer:
    """Signs for any vendor; keeps the credentials it once found. Safe in threads."""

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self._environ = os.environ if environ is None else environ
        self._found: dict[str, Sign] = {}
        self._lock = threading.Lock()

    async def headers(self, vendor: Vendor, url: str, body: bytes) -> Mapping[str, str]:
        """The headers that sign this request. Raises AuthenticationFailed where the library or the credentials are missing."""
        return await asyncio.to_thread(self._headers, vendor, url, body)

    def _headers(self, vendor: Vendor, url: str, body: bytes) -> Mapping[str, str]:
        assert vendor.signs
        whose = "AWS" if vendor.signs == "aws" else "Google"
        try:
            with self._lock:
                sign = self._found.get(vendor.signs)
                if sign is None:
                    sign = self._found[vendor.signs] = _aws(self._environ) if vendor.signs == "aws" else _google(self._environ)
                return sign(url, body)
        except ImportError:
            told = f"{vendor.name} needs the extra: pip install 'coderoute-ls[{_EXTRAS[vendor.signs]}]'."
        except Exception as error:  # the libraries' words may repeat credentials: only the kind is told
            kind = type(error).__name__
            login = "aws configure" if vendor.signs == "aws" else "gcloud auth application-default login"
            told = f"No {whose} credentials of this machine sign for {vendor.name} ({kind}): `{login}` makes them."
        raise AuthenticationFailed(told, provider=vendor.id) from None


def _untyped(module: str) -> Any:
    """A library that says little of its types. Raises ImportError."""
    return import_module(module)


class NoCredentials(Exception):
    """Nothing on this machine signs."""


def _aws(environ: Mapping[str, str]) -> Sign:
    auth, awsrequest, session_module = (_untyped(f"botocore.{name}") for name in ("auth", "awsrequest", "session"))
    session = session_module.Session(profile=environ.get("AWS_PROFILE"))
    credentials = session.get_credentials()
    if credentials is None:
        raise NoCredentials

    def sign(url: str, body: bytes) -> Mapping[str, str]:
        request = awsrequest.AWSRequest("POST", url, data=body, headers={"content-type": "application/json"})
        region = aws_region(url) or environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or "us-east-1"
        auth.SigV4Auth(credentials.get_frozen_credentials(), "bedrock", region).add_auth(request)
        return {name.lower(): value for name, value in request.headers.items() if name.lower() != "content-type"}

    return sign


def aws_region(url: str) -> str:
    """The region that an AWS host names; "" where it names none."""
    match = re.match(r"[\w-]+\.([a-z]{2}(?:-[a-z]+)+-\d)\.(?:amazonaws\.com|api\.aws|vpce)", urlsplit(url).hostname or "")
    return match[1] if match else ""


def _google(environ: Mapping[str, str]) -> Sign:
    library = _untyped("google.auth")
    from coderoute_ls.providers.connections.google_requests import TokenRequest

    ask = TokenRequest(environ, TOKEN_WAIT_S)
    credentials = library.default(scopes=[_SCOPE], request=ask)[0]

    def sign(url: str, body: bytes) -> Mapping[str, str]:
        if not credentials.valid:
            credentials.refresh(ask)
        project = getattr(credentials, "quota_project_id", None)
        return {"authorization": f"Bearer {credentials.token}", **({"x-goog-user-project": project} if project else {})}

    return sign
