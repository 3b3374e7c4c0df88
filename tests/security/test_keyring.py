"""Keyring backends are other people's programs: they raise anything, and some wait for ever."""

import asyncio
import threading

import pytest

from coderoute_ls.app.stored_keys import stored_keys
from coderoute_ls.providers.credentials import BoundedKeyring


@pytest.mark.parametrize("error", [RuntimeError, OSError, ImportError, SystemExit, KeyboardInterrupt, RecursionError])
def test_whatever_a_backend_raises_is_no_key(error: type[BaseException]) -> None:
    def ask(vendor: str) -> object:
        raise error(vendor)

    assert BoundedKeyring(ask, 10.0)("openai") is None


@pytest.mark.parametrize("value", [b"key", 3, ["key"], None])
def test_what_is_no_text_is_no_key(value: object) -> None:
    assert BoundedKeyring(lambda _: value, 10.0)("openai") is None


def test_a_backend_that_waits_is_asked_once_and_never_again() -> None:
    asked: list[str] = []
    let_go = threading.Event()

    def ask(vendor: str) -> object:
        asked.append(vendor)
        return let_go.wait(60)

    keyring = BoundedKeyring(ask, 0.01)
    assert [keyring(vendor) for vendor in ("openai", "mistral", "deepseek")] == [None, None, None]
    assert asked == ["openai"]
    let_go.set()


async def test_a_session_ends_while_a_backend_waits() -> None:
    let_go = threading.Event()
    asking = asyncio.create_task(stored_keys(lambda _: str(let_go.wait(60)), ["openai"]))
    await asyncio.sleep(0)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    assert all(thread.daemon for thread in threading.enumerate() if thread.name == "keys")
    let_go.set()


async def test_a_keyring_that_raises_is_no_key() -> None:
    def ask(vendor: str) -> str | None:
        raise RuntimeError(vendor)

    assert await stored_keys(ask, ["openai"]) == {}
