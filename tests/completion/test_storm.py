"""Storms: whatever is typed, asked, cancelled and answered in any order, each request is answered once, for its own text."""

import asyncio
import gc
import random
import re
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coderoute_ls.completion import Completer, Prospect, Suggestions
from coderoute_ls.domain import Document, Position
from coderoute_ls.text import overlap
from tests.completion.support import Asked, Buffer, ScriptedModel, StandingClock, settle

TRUTH = "total = compute_all(prices, discounts)\nprint(total)\nreport(total, prices)\n"


def before(document: Document, position: Position) -> str:
    return document.before(position, 10_000)


class Storm:
    """One document, its user, and a model that is right, wrong or slow as chance has it."""

    def __init__(self, seed: int, prospect: Prospect) -> None:
        self.chance = random.Random(seed)
        self.model, self.clock = ScriptedModel(prospect), StandingClock()
        self.completer = Completer(self.model, self.clock)
        self.buffer = Buffer(self.completer, "import prices\n\n$0\n\nend()\n")
        self.asking: list[tuple[str, asyncio.Task[Suggestions]]] = []
        self.said: dict[int, str] = {}

    async def step(self) -> None:
        """One thing that the user, the editor or the model does."""
        what = self.chance.random()
        if what < 0.35:
            self.buffer.type(self.next_key())
            self.ask()
        elif what < 0.40 and self.buffer.cursor.character > 0:
            self.buffer.delete()
            self.ask()
        elif what < 0.50:
            self.ask()
        elif what < 0.60 and self.asking:
            self.chance.choice(self.asking)[1].cancel()
        elif what < 0.75:
            await self.clock.pass_s(self.chance.choice((0.0, 0.01, 0.08, 0.2, 2.0)))
        else:
            await self.speak()
        if self.chance.random() < 0.5:
            await settle()

    def next_key(self) -> str:
        typed = before(self.buffer.document, self.buffer.cursor).removeprefix("import prices\n\n")
        right = TRUTH[len(typed) : len(typed) + 1] if TRUTH.startswith(typed) else ""
        return right if right and self.chance.random() < 0.8 else self.chance.choice("abc( \n")

    def ask(self) -> None:
        self.asking.append((before(self.buffer.document, self.buffer.cursor), self.buffer.ask()))

    async def speak(self) -> None:
        live = [number for number, asked in enumerate(self.model.asked) if asked.live]
        if not live:
            return
        number = self.chance.choice(live)
        asked = self.model.asked[number]
        answer = self.said.setdefault(number, self.answer(asked))
        if self.chance.random() < 0.5:
            await asked.answer(answer)
        else:
            cut = self.chance.randrange(len(answer) + 1)
            self.said[number] = answer
            await asked.say(answer[:cut])
            if asked.live:
                await asked.answer(answer[cut:])

    def answer(self, asked: Asked) -> str:
        brief = asked.question.brief
        typed = before(brief.target.document, brief.region.start).removeprefix("import prices\n\n")
        if self.chance.random() < 0.6 and TRUTH.startswith(typed):
            return TRUTH[len(typed) :]
        return self.chance.choice(("other(values)\n", "x", "", "compute_all(wrong)\nnonsense("))

    def questions(self) -> set[str]:
        """Every text that some answer leads to: what stood before the cursor when it was asked, and the answer, which may begin
        with the words that stand there."""
        pairs = [
            (before(asked.question.brief.target.document, asked.question.brief.region.start), self.said[number])
            for number, asked in enumerate(self.model.asked)
            if number in self.said
        ]
        return {text + said[again:] for text, said in pairs for again in (0, overlap(text, said))}

    async def calm_down(self) -> list[tuple[str, Suggestions]]:
        """Let everything end; what was answered, with the text before the cursor it was asked for."""
        await self.clock.pass_s(10.0)
        answered = [(asked, await task) for asked, task in self.asking if not task.cancelled()]
        await self.completer.close()
        return answered


def flat(text: str) -> str:
    """Without indentation: lines may have got what they need where they stand."""
    return re.sub(r"\n +", "\n", text)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from((Prospect(), Prospect(local=True), Prospect(local=True, ahead=True))))
def test_every_answer_is_for_the_text_that_it_was_asked_for(seed: int, prospect: Prospect) -> None:
    async def run() -> None:
        storm = Storm(seed, prospect)
        for _ in range(60):
            await storm.step()
            assert storm.model.in_flight <= (1 if prospect.local else 2)
        answered = await storm.calm_down()
        leads_to = storm.questions()
        for asked, answer in answered:
            for item in answer.items:
                shown = flat(asked + item.text)
                assert any(flat(text).startswith(shown) for text in leads_to), (asked, item.text)
        assert storm.model.in_flight == 0

    asyncio.run(run())


@pytest.mark.slow
async def test_after_a_thousand_requests_nothing_is_left_and_memory_is_flat() -> None:
    tasks = asyncio.all_tasks()
    blocks: list[int] = []
    storm = Storm(7, Prospect())
    for half in range(2):
        while len(storm.asking) < 500 * (half + 1):
            await storm.step()
        await storm.clock.pass_s(10.0)
        # The test's own records are not the completer's memory.
        kept, storm.model.asked, storm.said = len(storm.asking), [asked for asked in storm.model.asked if asked.live], {}
        assert all(task.done() for _, task in storm.asking) and kept >= 500
        gc.collect()
        blocks.append(sys.getallocatedblocks())
    assert storm.model.most_in_flight == 2
    await storm.calm_down()
    await settle()
    assert asyncio.all_tasks() == tasks
    assert blocks[1] - blocks[0] < 10_000
