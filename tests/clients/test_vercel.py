"""Vercel's AI SDK, through two of its providers, understands every odd stream once the gateway has read it."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from tests.clients.odd_streams import STREAMS
from tests.clients.programs import INSTALLED, program, run
from tests.gateway.support import TOKEN, relaying
from tests.support.provider import ScriptedProvider

pytestmark = pytest.mark.clients
SCRIPT = Path(__file__).with_name("vercel.mjs")


async def _answer(vendor: ScriptedProvider) -> None:
    """Each request with the stream that its one message names."""
    while True:
        request = await vendor.request()
        messages: Any = request.json["messages"]
        said = messages[-1]["content"]
        name = said if isinstance(said, str) else said[0]["text"]
        await request.start()
        await request.send(STREAMS[name].body)
        await request.end()


async def test_every_odd_stream_is_understood(tmp_path: Path) -> None:
    program("node_modules", "ai", "package.json")
    (tmp_path / "work").mkdir()
    async with ScriptedProvider() as vendor, relaying(vendor.url, "openai-chat") as served:
        answering = asyncio.create_task(_answer(vendor))
        command = ["node", str(SCRIPT), str(INSTALLED / "node_modules"), f"{served.url}/v1", TOKEN, *STREAMS]
        ended = await run(command, tmp_path / "work")
        answering.cancel()
    assert ended.code == 0, ended.output
    told: list[Any] = [json.loads(line) for line in ended.output.splitlines() if line.startswith("{")]
    assert len(told) == 2 * len(STREAMS)
    for heard in told:
        odd = STREAMS[heard["case"]]
        assert heard["text"] == odd.text, heard
        again = heard["provider"] == "openrouter"  # it passes over thoughts that come behind text, and says nothing
        assert heard["reasoning"] == odd.reasoning or (
            again and heard["reasoning"] and odd.reasoning.startswith(heard["reasoning"])
        ), heard
        assert [(name, given) for name, given in heard["calls"]] == [*odd.calls], heard
        if odd.whole:
            assert (heard["finishes"], heard["errors"]) == ([odd.finish], []), heard
        else:
            assert heard["errors"] and not {"stop", "tool-calls"} & {*heard["finishes"]}, heard
