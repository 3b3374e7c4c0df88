"""The stateful parts, joined: what of them waits until it is wanted."""

from pathlib import Path

import pytest

from coderoute_ls.app.application import Application
from coderoute_ls.providers.connections.transport import Transport
from coderoute_ls.storage import HOME_VARIABLE, OFFLINE_VARIABLE


class Drawer:
    """A keyring that remembers who was asked for."""

    def __init__(self, **keys: str) -> None:
        self.keys = keys
        self.asked: list[str] = []

    def __call__(self, vendor: str) -> str | None:
        self.asked.append(vendor)
        return self.keys.get(vendor)


def application(tmp_path: Path, drawer: Drawer, **environ: str) -> Application:
    return Application({HOME_VARIABLE: str(tmp_path), OFFLINE_VARIABLE: "1", **environ}, keyring=drawer)


async def test_a_key_in_the_keyring_counts_once_it_was_asked_for_which_no_start_waits_for(tmp_path: Path) -> None:
    drawer = Drawer(deepseek="a-key")
    app = application(tmp_path, drawer, OPENAI_API_KEY="another")
    assert drawer.asked == []
    assert app.router.providers["openai"].reachable
    assert not app.router.providers["deepseek"].reachable
    await app.recall()
    assert app.router.providers["deepseek"].reachable
    assert app.providers.credential("deepseek") == "a-key"
    assert "openai" not in drawer.asked
    asked = len(drawer.asked)
    await app.recall()
    assert len(drawer.asked) == asked
    await app.close()


@pytest.mark.parametrize("asked", [False, True], ids=["nobody was asked", "somebody was asked"])
async def test_connections_are_closed_once(tmp_path: Path, asked: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[Transport] = []
    whole = Transport.close

    async def close(self: Transport) -> None:
        closed.append(self)
        await whole(self)

    monkeypatch.setattr(Transport, "close", close)
    application = Application({HOME_VARIABLE: str(tmp_path), OFFLINE_VARIABLE: "1"}, keyring=None)
    if asked:
        assert application.providers.transport is application.transport
    await application.close()
    assert closed == [application.transport]
