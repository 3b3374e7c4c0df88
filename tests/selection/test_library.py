"""The selector as a library: its documented examples hold, and it needs neither server nor network."""

import doctest
import subprocess
import sys
from importlib import import_module

import pytest


@pytest.mark.parametrize("module", ["", ".catalog.local_model_names", ".pricing.token_estimate", ".decision.host_spread"])
def test_the_documented_examples_hold(module: str) -> None:
    result = doctest.testmod(import_module(f"coderoute_ls.selection{module}"))
    assert result.attempted > 0 and result.failed == 0


def test_it_loads_no_server_no_http_and_no_event_loop() -> None:
    script = (
        "import sys, coderoute_ls.selection as s; s.Catalog.bundled(); "
        "print(*sorted({'pygls', 'lsprotocol', 'httpx', 'asyncio', 'rich', 'keyring'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == ""
