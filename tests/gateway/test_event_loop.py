"""A gateway of its own runs on the quicker loop where there is one, as well without, and ends in order."""

import asyncio
import signal
import sys

import pytest

from coderoute_ls.gateway.http.event_loop import run
from coderoute_ls.gateway.http.http_server import Host, configuration
from tests.gateway.support import gateway_of
from tests.gateway.test_cancel import (
    test_callers_that_hang_up_leave_nothing_behind as hanging_up_leaves_nothing,
)
from tests.gateway.test_cancel import (
    test_the_vendors_connection_closes_with_the_callers as both_connections_close,
)


async def _name() -> str:
    return type(asyncio.get_running_loop()).__module__.partition(".")[0]


def test_uvloop_is_used_where_it_is_installed() -> None:
    pytest.importorskip("uvloop")
    assert run(_name()) == "uvloop"


def test_without_it_asyncios_own_loop_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvloop", None)
    assert run(_name()) == "asyncio"


def test_on_either_loop_a_hang_up_ends_the_vendors_work() -> None:
    run(both_connections_close())
    run(hanging_up_leaves_nothing())


def test_a_process_that_is_told_to_end_first_books_what_was_used() -> None:
    """The signal is not raised again behind the last answer: what closes the ledger still runs."""
    gateway, _ = gateway_of({})
    server, heard = Host(configuration(gateway)), list[int]()
    before = signal.signal(signal.SIGTERM, lambda number, _: heard.append(number))
    try:
        with server.capture_signals():
            signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert server.should_exit and not heard
