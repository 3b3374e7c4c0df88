"""A hole to fill, and what would be decided without asking anybody."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from coderoute_ls.domain import Delta, Fim, FimSupport, Finish, Position, Usage
from coderoute_ls.domain.next_edits import PastEdit
from coderoute_ls.next_edit.codecs import CODECS, Codec, RegionRequest
from coderoute_ls.selection.record import replay
from tests.engine.support import CHEAP, DEAR, Step, answer
from tests.gateway.support import able, chunks, serving
from tests.next_edit.support import past

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


REGION = RegionRequest(
    "a.py",
    "python",
    ("import a", "", "def f(x):", "    y = g(x)", "    return y", "", "f(1)"),
    2,
    5,
    Position(3, 8),
    (past("    y = h(x)", "    y = g(x)", 3),),
)
CHATS = able(replace(CHEAP, scores={**CHEAP.scores, "next_edit": CHEAP.scores["coding"]}))
NEW = ["def f(x):", "    y = await g(x)", "    return y"]
CUT = (Delta("def f(x):\n    y = "), Finish("length", Usage(input=9, output=9)))
ZED = ("zeta", "zeta-2", "sweep")


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("name", ZED)
async def test_an_editors_prompt_for_a_next_edit_is_answered_in_its_words_by_a_model_that_chats(name: str, stream: bool) -> None:
    codec = CODECS[name]
    cases: list[tuple[Sequence[Step], list[str]]] = [
        (answer("\n".join(NEW)), NEW),
        (answer("NO_CHANGE"), list(REGION.region)),
        (answer("I would rather talk.\n```\nx\n```\nabout it"), list(REGION.region)),
        (CUT, list(REGION.region)),
    ]
    async with serving({"cheap": [play for play, _ in cases]}, (CHATS,)) as served:
        for _, wanted in cases:
            said = {"model": "coderoute", "prompt": codec.render(REGION), "max_tokens": 2048, "stop": list(codec.stops)}
            response = await served.client.post("/v1/completions", json={**said, "stream": stream})
            assert response.status_code == 200, response.text
            told = chunks(response) if stream else [response.json()]
            text = "".join(chunk["choices"][0]["text"] for chunk in told)
            assert (codec.parse(text, REGION) or list(REGION.region)) == wanted
        asked = served.world.upstream.prompts[0]
        assert (
            asked.messages[0].text == CODECS["chat"].render(replace(REGION, language="", edits=asked_edits(codec)))
            and not asked.stop
        )
        record = served.world.engine.records.last()
        assert record is not None and (record.action, record.decision.request.axis) == ("next_edit", "next_edit")


def asked_edits(codec: Codec) -> tuple[PastEdit, ...]:
    """What the prompt says of the edits: a format may leave out where they were."""
    assert codec.read is not None
    read = codec.read(codec.render(REGION))
    assert read is not None
    return read.edits


async def test_a_model_of_next_edits_that_is_named_gets_the_prompt_as_it_is() -> None:
    prompt = CODECS["zeta"].render(REGION)
    async with serving({"cheap": [answer("x")]}, (FILLS,)) as served:
        response = await served.client.post("/v1/completions", json={"model": "cheap/m", "prompt": prompt})
        assert response.json()["choices"][0]["text"] == "x"
        assert served.world.upstream.prompts[0].fim == Fim(prompt, "")
