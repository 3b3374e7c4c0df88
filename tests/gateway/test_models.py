"""What a name in ``model`` means, and what the settings say of it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from coderoute_ls.cli.gateway import served
from coderoute_ls.domain import ProviderState
from coderoute_ls.storage import HOME_VARIABLE
from tests.engine.support import CHEAP, DEAR, Step, answer, offer
from tests.gateway.support import able, serving

WEAK = able(offer("weak", 0.5, score=0.5))
OFFERS = (WEAK, able(CHEAP), able(DEAR))


async def asked(body: dict[str, object], **settings: object) -> str:
    """The vendor that is asked; or the status where none is."""
    plays: dict[str, list[Sequence[Step]]] = {one.provider: [answer()] for one in OFFERS}
    async with serving(plays, OFFERS, settings=settings) as gateway:
        response = await gateway.chat(**body)
        return gateway.world.upstream.asked[0] if response.status_code == 200 else str(response.status_code)


async def test_the_gateways_floor_holds_where_a_request_names_none() -> None:
    assert await asked({}) == "cheap"
    assert await asked({}, gateway={"min_coding_score": 0.4}) == "weak"
    assert await asked({"min_coding_score": 0.4}) == "weak"
    assert await asked({"min_coding_score": 0.4}, gateway={"min_coding_score": 0.9}) == "weak"


@pytest.mark.parametrize("floor", [2, -0.1, "much", True, [], {}])
async def test_a_floor_that_is_none_is_refused(floor: object) -> None:
    assert await asked({"min_coding_score": floor}) == "400"


async def test_a_router_of_that_name_takes_its_floor_from_its_plugin() -> None:
    plugin = {"id": "pareto-router", "min_coding_score": 0.4}
    assert await asked({"model": "openrouter/pareto-code", "plugins": [plugin]}) == "weak"
    assert await asked({"model": "openrouter/pareto-code", "plugins": [{"id": "web"}]}) == "400"


async def test_a_name_that_a_client_insists_on_stands_for_what_the_user_says() -> None:
    models = {"claude-haiku-*": {"min_coding_score": 0.45}, "gpt-*": {"model": "dear/m"}}
    assert await asked({"model": "claude-haiku-4-5"}, gateway={"models": models}) == "weak"
    assert await asked({"model": "gpt-5"}, gateway={"models": models}) == "dear"
    assert await asked({"model": "claude-opus-4-7"}, gateway={"models": models}) == "404"


async def test_a_model_can_be_named_and_an_unknown_name_is_told_the_nearest() -> None:
    assert await asked({"model": "dear/m"}) == "dear"
    async with serving({}, OFFERS) as gateway:
        response = await gateway.chat(model="dear/mm")
        assert response.status_code == 404 and "dear/m" in response.json()["error"]["message"]


async def test_where_nobody_can_be_asked_the_caller_is_told_whose_floor_it_is_and_what_to_do() -> None:
    cases: list[tuple[dict[str, object], str]] = [
        ({}, "the default"),
        ({"gateway": {"min_coding_score": 0.9}}, "your config.toml"),
    ]
    for settings, whose in cases:
        async with serving({}, OFFERS, settings=settings) as gateway:
            router = gateway.world.engine.router
            catalog = router.catalog
            router.use(lambda catalog=catalog: catalog, {one.provider: ProviderState(reachable=False) for one in OFFERS})
            for model in ("coderoute", "coderoute/explain"):
                response = await gateway.chat(model=model)
                message = response.json()["error"]["message"]
                assert response.status_code == 422 and "coderoute-ls" in message
                assert model != "coderoute" or whose in message
            assert not gateway.world.ledger.rows


async def test_the_list_names_what_can_be_asked() -> None:
    async with serving({}, OFFERS) as gateway:
        listed = (await gateway.client.get("/v1/models")).json()
        names = [row["id"] for row in listed["data"]]
        assert {"coderoute", "coderoute/refactor", "weak/m", "dear/m"} <= {*names}
        assert (listed["first_id"], listed["last_id"]) == (names[0], names[-1])


async def test_the_list_tells_codex_which_models_take_its_tools() -> None:
    toolless = replace(offer("plain", 0.1), context=2_000_000)
    wide = replace(able(DEAR), context=400_000)
    async with serving({}, (toolless, able(CHEAP), wide)) as gateway:
        rows = (await gateway.client.get("/v1/models")).json()["models"]
        assert [(row["slug"], row["context_window"]) for row in rows] == [
            ("coderoute", 400_000), ("cheap/m", 100_000), ("dear/m", 400_000)
        ]  # fmt: skip
        assert all(row["base_instructions"] and row["apply_patch_tool_type"] == "freeform" for row in rows)
        assert [row["priority"] for row in rows] == [1, 2, 3]
    async with serving({}, (toolless,)) as gateway:
        rows = (await gateway.client.get("/v1/models")).json()["models"]
        assert [(row["slug"], "context_window" in row) for row in rows] == [("coderoute", False)]


async def test_the_gateway_listens_at_the_port_that_the_user_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int
) -> None:
    config = tmp_path / "config"
    config.mkdir()
    (config / "config.toml").write_text(f"[gateway]\nport = {unused_tcp_port}\n", "utf-8")
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    ready = asyncio.Event()
    running = asyncio.create_task(served(None, "cr-token-of-a-test", lambda url: ready.set()))
    await ready.wait()
    async with httpx.AsyncClient(trust_env=False) as client:
        response = await client.get(f"http://127.0.0.1:{unused_tcp_port}/health")
    running.cancel()
    await asyncio.wait([running])
    assert response.json()["status"] == "ok"


@pytest.mark.parametrize("stream", [True, False])
async def test_a_floor_that_nobody_reaches_is_told_with_the_answer(stream: bool) -> None:
    async with serving({"cheap": [answer(), answer()]}) as served:
        below = await served.chat(min_coding_score=0.95, stream=stream)
        reached = await served.chat(min_coding_score=0.5, stream=stream)
    assert "0.95" in below.headers["x-coderoute-floor-unmet"] and "x-coderoute-floor-unmet" not in reached.headers
    async with serving({}, settings={"on_unmet_floor": "error"}) as served:
        assert (await served.chat(min_coding_score=0.95, stream=stream)).status_code == 422
