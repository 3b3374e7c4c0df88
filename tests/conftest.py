"""For every test: no network but loopback, no user's settings or keys, and ``--update`` for scenario files."""

import os
import socket
import sys
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.support import postgres
from tests.windows import unfit

KEYS = ("_API_KEY", "_TOKEN", "AWS_BEARER_TOKEN_BEDROCK")
"""Endings of environment variables that may hold a key."""
HOMES = {
    "HOME": "home",
    "XDG_CONFIG_HOME": "config",
    "XDG_CACHE_HOME": "cache",
    "XDG_STATE_HOME": "state",
    "XDG_DATA_HOME": "data",
    "XDG_RUNTIME_DIR": "runtime",
}


# How long an example takes on a busy machine says nothing
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="write the expected parts of scenario files from what happens now")


def pytest_report_header() -> list[str]:
    """One line about the tests that are left out for want of PostgreSQL."""
    return [] if postgres.programs() else [postgres.HOW]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On Windows some tests make no sense; each says why. Those that need PostgreSQL are left out without it."""
    if not postgres.programs():
        need = [item for item in items if item.get_closest_marker("postgres")]
        config.hook.pytest_deselected(items=need)
        items[:] = [item for item in items if not item.get_closest_marker("postgres")]
    if sys.platform == "win32":
        for item in items:
            if why := unfit.reason(item.nodeid.replace("\\", "/")):
                item.add_marker(pytest.mark.skip(reason=why))


def _is_loopback(host: object) -> bool:
    if host in (None, "", "localhost", b"localhost"):
        return True
    try:
        return ip_address(host.decode() if isinstance(host, bytes) else str(host)).is_loopback
    except ValueError:
        return False


def _guarded(real: Callable[..., Any]) -> Callable[..., Any]:
    """A socket method whose last argument is an address."""

    def guarded(self: socket.socket, *args: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            _refuse(args[-1][0])
        return real(self, *args)

    return guarded


def _refuse(host: object) -> None:
    if not _is_loopback(host):
        raise AssertionError(f"a test tried to reach {host!r}: tests reach nothing but loopback")


@pytest.fixture(scope="session", autouse=True)
def only_loopback() -> Iterator[None]:
    """Replace the ways out: connecting, sending datagrams, resolving names."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))

        real_getaddrinfo = socket.getaddrinfo

        def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
            _refuse(host)
            return real_getaddrinfo(host, *args, **kwargs)

        patch.setattr(socket, "getaddrinfo", getaddrinfo)
        yield


@pytest.fixture(scope="session", autouse=True)
def empty_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A user without settings, state or keys, for this process and the ones it starts."""
    home = tmp_path_factory.mktemp("user")
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.endswith(KEYS)]:
            patch.delenv(name)
        for name, folder in HOMES.items():
            patch.setenv(name, str(home / folder))
        patch.setenv("NO_COLOR", "1")
        patch.setenv("CODEROUTE_OFFLINE", "1")
        yield home
