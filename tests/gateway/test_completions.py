"""A hole to fill, and what would be decided without asking anybody."""

from dataclasses import replace

from coderoute_ls.domain import Fim, FimSupport
from coderoute_ls.selection.record import replay
from tests.engine.support import CHEAP, DEAR, answer
from tests.gateway.support import able, chunks, serving

FILLS = replace(
    CHEAP,
    capabilities={**CHEAP.capabilities, "fim": True},
    scores={**CHEAP.scores, "completion": CHEAP.scores["coding"]},
    fim=FimSupport("openai-completions"),
)


async def test_a_hole_is_filled_by_a_model_that_fills_holes() -> None:
    async with serving({"cheap": [answer("x + y"), answer("x + y")]}, (FILLS, able(DEAR))) as served:
        for path in ("/v1/completions", "/v1/fim/completions"):
            said = {"model": "coderoute", "prompt": "return ", "suffix": "\n", "max_tokens": 20}
            response = await served.client.post(path, json=said)
            assert response.json()["choices"][0]["text"] == "x + y", response.text
            assert served.world.upstream.prompts[-1].fim == Fim("return ", "\n")
            assert served.world.engine.records.last().decision.request.axis == "completion"  # pyright: ignore[reportOptionalMemberAccess]


async def test_a_streamed_hole_ends_once() -> None:
    async with serving({"cheap": [answer("x + y")]}, (FILLS,)) as served:
        said = {"model": "coderoute", "prompt": "return ", "stream": True}
        response = await served.client.post("/v1/completions", json=said)
        assert "".join(chunk["choices"][0]["text"] for chunk in chunks(response)) == "x + y"
        assert response.text.count("[DONE]") == 1


async def test_a_decision_is_told_and_can_be_made_again_and_nobody_is_asked() -> None:
    async with serving({}) as served:
        request = {"model": "coderoute", "messages": [{"role": "user", "content": "Hello"}]}
        response = await served.client.post("/v1/decision", json={"format": "openai-chat", "request": request})
        record = response.json()
        chosen = replay(record).chosen
        assert chosen is not None and chosen.offer.id == record["chosen"]["offer"] == "cheap/m"
        assert not served.world.upstream.asked
        wrong = await served.client.post("/v1/decision", json={"format": "telex", "request": request})
        assert wrong.status_code == 400 and "openai-responses" in wrong.json()["error"]["message"]
