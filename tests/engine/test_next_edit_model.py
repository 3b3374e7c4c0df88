"""A model's next edit through the engine: asked by chat, read by its codec, silent in all other cases."""

from dataclasses import replace

import pytest

from coderoute_ls.actions import actions
from coderoute_ls.domain import Delta, Finish, FinishReason, Offer, Position, Score, Usage
from coderoute_ls.domain.next_edits import NextEdit, Situation, applied
from coderoute_ls.engine.suggestions.next_edit_model import NextEditModel
from coderoute_ls.errors import ProviderUnavailable
from coderoute_ls.settings import effective
from tests.engine.support import CHEAP, Step, world
from tests.next_edit.support import document, past

TEXT = "def load(x):\n    return x\n\n\nload(1)\nsave(2)\n"
ABLE: Offer = replace(CHEAP, scores={"next_edit": Score(0.8, 0.8, 0.8, "single", "m", "2026-01-01")})


def moment(text: str = TEXT) -> Situation:
    return Situation(document(text), Position(4, 0), (past("def read(x):", "def load(x):", 0),))


async def answered(steps: list[Step], offer: Offer = ABLE, text: str = TEXT) -> NextEdit | None:
    here = world({"cheap": [steps]}, [offer])
    return await NextEditModel(here.engine, actions()["next_edit"], lambda _: effective())(moment(text))


def said(text: str, reason: FinishReason = "stop") -> list[Step]:
    return [Delta(text), Finish(reason, Usage())]


async def test_the_answers_lines_become_the_smallest_edit() -> None:
    found = await answered(said(f"```python\n{TEXT.replace('save(2)', 'save(load(2))')}```"))
    assert found is not None
    assert (found.source, found.place) == ("model", Position(5, 0))
    assert applied(document(TEXT), found.edits) == TEXT.replace("save(2)", "save(load(2))")
    assert "cheap/m" in found.why


@pytest.mark.parametrize(
    "steps",
    [
        said("NO_CHANGE"),
        said(TEXT),
        said("Sure! Here is what I would do:\n```python\nx\n```\nHope it helps."),
        said(TEXT.replace("save", "store"), "length"),
        [ProviderUnavailable("down")],
    ],
)
async def test_no_change_talk_half_an_answer_and_a_failure_are_silence(steps: list[Step]) -> None:
    assert await answered(steps) is None


async def test_a_region_with_a_secret_is_not_sent() -> None:
    text = TEXT + 'key = "ghp_16C7e42F292c6912E7710c838347Ae178B4a"\n'
    assert await answered(said(text.replace("save", "store")), text=text) is None
