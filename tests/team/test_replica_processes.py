"""The command that runs a replica, as a real process in front of a real socket: killed, told to end, without its database."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from coderoute_ls.storage import HOME_VARIABLE, OFFLINE_VARIABLE
from coderoute_ls.team.money import cap
from tests.support.provider import ScriptedProvider
from tests.support.session import KEY, Model, vendor
from tests.team.conftest import Team

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

BODY = {"model": "coderoute", "messages": [{"role": "user", "content": "Hello"}], "max_tokens": 1_000}
"""At a hundred dollars per million tokens it may cost 0.10 USD and a little."""


async def command(home: Path, url: str, *words: str) -> asyncio.subprocess.Process:
    environ = {**os.environ, HOME_VARIABLE: str(home), OFFLINE_VARIABLE: "1", KEY: "sk-scripted-0123456789abcdef"}
    line = (sys.executable, "-m", "coderoute_ls", "gateway", "--port", "0", "--database", url, *words)
    return await asyncio.create_subprocess_exec(*line, stderr=asyncio.subprocess.PIPE, env=environ)


@asynccontextmanager
async def replica(home: Path, url: str) -> AsyncGenerator[tuple[asyncio.subprocess.Process, httpx.AsyncClient]]:
    """It listens, and a client for it."""
    process = await command(home, url)
    try:
        assert process.stderr is not None
        line = b""
        while not line.startswith(b"Listening at "):
            line = await process.stderr.readline()
            assert line, "it ended"
        address = line.split()[2].decode().removesuffix("/v1.")
        async with httpx.AsyncClient(base_url=address, trust_env=False, timeout=60) as client:
            yield process, client
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def test_what_a_killed_replica_had_set_aside_is_kept_from_others_and_then_free(team: Team, tmp_path: Path) -> None:
    team.query("CREATE TABLE ahead AS SELECT interval '0 s' AS by")
    moment = "'SELECT clock_timestamp() + by FROM ahead'"
    team.query(f"CREATE OR REPLACE FUNCTION coderoute.moment() RETURNS timestamptz LANGUAGE sql AS {moment}")
    secret, _ = team.admin.create_key("ann", "web", caps=[cap("0.15/lifetime")])
    headers = {"authorization": f"Bearer {secret}"}
    async with ScriptedProvider() as provider:
        homes = [tmp_path / name for name in ("one", "two")]
        for home in homes:
            (home / "config").mkdir(parents=True)
            (home / "config" / "config.toml").write_text(vendor(provider, (Model(price=100.0),)), "utf-8")
        async with replica(homes[0], team.url) as (process, one), replica(homes[1], team.url) as (_, two):
            asking = asyncio.create_task(one.post("/v1/chat/completions", json=BODY, headers=headers))
            await provider.request()  # the vendor has it: the money is set aside
            process.kill()
            with pytest.raises(httpx.TransportError):
                await asking
            refused = await two.post("/v1/chat/completions", json=BODY, headers=headers)
            assert refused.status_code == 402, refused.text
            team.query("UPDATE ahead SET by = '61 s'")
            asking = asyncio.create_task(two.post("/v1/chat/completions", json=BODY, headers=headers))
            request = await provider.request()
            assert request.json["max_completion_tokens" if "max_completion_tokens" in request.json else "max_tokens"] == 1_000
            await request.start()
            await request.text("Hi")
            await request.finish()
            assert (await asking).status_code == 200
        # told to end, the second one has booked its call
        assert team.query("SELECT count(*) FROM coderoute.calls WHERE billed_nusd > 0") == [(1,)]
        assert team.query("SELECT count(*) FROM coderoute.lapsed") == [(1,)]
        assert team.query("SELECT reserved_nusd FROM coderoute.budgets") == [(0,)]


async def test_an_outage_that_one_replica_met_is_known_to_the_other(team: Team, tmp_path: Path) -> None:
    secret, _ = team.admin.create_key("ann", "web")
    headers = {"authorization": f"Bearer {secret}"}
    async with ScriptedProvider() as provider:
        homes = [tmp_path / name for name in ("one", "two")]
        for home in homes:
            (home / "config").mkdir(parents=True)
            (home / "config" / "config.toml").write_text(vendor(provider, (Model(price=1.0),)), "utf-8")

        async def down() -> None:
            while True:
                await (await provider.request()).respond(500, {"error": {"message": "The engine died."}})

        async with replica(homes[0], team.url) as (_, one), replica(homes[1], team.url) as (_, two):
            failing = asyncio.create_task(down())

            async def open_at(client: httpx.AsyncClient) -> bool:
                offers = (await client.get("/v1/offers", headers=headers)).json()["offers"]
                return any(row.get("health", {}).get("open_until") for row in offers)

            async with asyncio.timeout(60):
                while not await open_at(one):
                    assert (await one.post("/v1/chat/completions", json=BODY, headers=headers)).status_code >= 500
                while not await open_at(two):  # noqa: ASYNC110  (what another process holds sets no event)
                    await asyncio.sleep(0.01)
            failing.cancel()  # nobody asked the second one for anything: it was told


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql://postgres@127.0.0.1:1/nowhere", "cannot be reached"),
        ("no address", "no address of a PostgreSQL"),
        ("postgresql://postgres:{secret}@127.0.0.1:1/nowhere", "cannot be reached"),
    ],
)
async def test_without_its_database_it_ends_with_one_sentence(tmp_path: Path, url: str, told: str) -> None:
    secret = uuid4().hex
    process = await command(tmp_path, url.format(secret=secret))
    _, said = await process.communicate()
    assert process.returncode == 1
    assert told in said.decode()
    assert secret not in said.decode()
    assert "Traceback" not in said.decode()


async def test_a_database_of_a_newer_version_ends_it_with_what_to_do(team: Team, tmp_path: Path) -> None:
    team.query("INSERT INTO coderoute.migrations (version) VALUES (99)")
    process = await command(tmp_path, team.url)
    _, said = await process.communicate()
    assert (process.returncode, b"version 99" in said, b"Install the newer" in said) == (1, True, True)


async def test_without_a_database_nothing_of_teams_is_loaded() -> None:
    code = (
        "import sys, coderoute_ls.cli.gateway, coderoute_ls.app.application, coderoute_ls.gateway.http.http_server\n"
        "teams = ('psycopg', 'cryptography', 'coderoute_ls.team', 'coderoute_ls.app.team')\n"
        "print([name for name in sys.modules if name.startswith(teams)])"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    assert said == b"[]\n"
