"""One budget over all faces and the editor, in several processes: the last cent is spent once."""

import asyncio
import os
import random
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import cast

import httpx
import pytest

from coderoute_ls.actions import actions
from coderoute_ls.domain import Delta, FimSupport, Finish, Offer, Position, Prompt, Span, StreamEvent, Usage
from coderoute_ls.errors import BudgetExceeded, NoOffer
from coderoute_ls.gateway.gateway import Gateway
from coderoute_ls.gateway.http.asgi_app import application
from coderoute_ls.gateway.http.token_file import token_in
from coderoute_ls.ledger import SqliteLedger
from coderoute_ls.settings import effective, parse
from coderoute_ls.storage import HOME_VARIABLE, OFFLINE_VARIABLE
from tests.e2e.test_process import process as server_process
from tests.engine.support import CHEAP, Clock, Ledger, call, heard, world
from tests.gateway.support import TOKEN, able
from tests.support.provider import ScriptedProvider
from tests.support.session import KEY, Model, vendor

PRICE = 100.0
"""USD per million tokens, in and out."""
NOW = Clock().time
TOKENS = 1_000
"""Longest answer of each call: with its prompt a call may cost between 0.10 and 0.13 USD."""
USER = [{"role": "user", "content": "Hello"}]
FACES = {
    "/v1/chat/completions": {"messages": USER, "max_tokens": TOKENS},
    "/v1/messages": {"messages": USER, "max_tokens": TOKENS},
    "/v1/responses": {"input": "Hello", "max_output_tokens": TOKENS},
}


@asynccontextmanager
async def gateway_process(home: Path) -> AsyncGenerator[str]:
    """Its address."""
    environ = {**os.environ, HOME_VARIABLE: str(home), OFFLINE_VARIABLE: "1", KEY: "sk-scripted-0123456789abcdef"}
    command = (sys.executable, "-m", "coderoute_ls", "gateway", "--port", "0")
    running = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE, env=environ)
    try:
        assert running.stderr is not None
        async for line in running.stderr:
            if line.startswith(b"Listening at "):
                yield line.split()[2].decode().removesuffix("/v1.")
                break
    finally:
        running.terminate()
        await running.communicate()


@pytest.mark.slow
async def test_two_processes_do_not_spend_the_last_cent_twice(tmp_path: Path) -> None:
    limits = f"\n[budget]\ndaily_usd = 0.15\n[actions.refactor]\nmax_tokens = {TOKENS}\n"
    async with ScriptedProvider() as provider:
        user = vendor(provider, (Model(price=PRICE),)) + limits
        async with server_process(tmp_path, user) as (_, editor), gateway_process(tmp_path) as url:
            await editor.initialize()
            buffer = editor.open("file:///a.py", "x = 1\n")
            headers = {"authorization": f"Bearer {token_in(tmp_path / 'config')}"}
            async with httpx.AsyncClient(base_url=url, headers=headers, trust_env=False, timeout=60) as client:

                async def refactors() -> bool:
                    started = await editor.run("refactor", buffer, Span(Position(0, 0), Position(1, 0)))
                    return (await editor.finished(started.job)).outcome != "failed"

                async def asks(path: str) -> bool:
                    response = await client.post(path, json={"model": "coderoute", **FACES[path]})
                    assert response.status_code in (200, 402, 422), response.text
                    return response.status_code == 200

                trying = {asyncio.create_task(one) for one in (refactors(), *map(asks, FACES))}
                request = await provider.request()
                while len(trying) > 1:
                    refused, trying = await asyncio.wait(trying, return_when=asyncio.FIRST_COMPLETED)
                    assert not any(one.result() for one in refused), "no second call was answered"
                assert provider.untaken == 0
                await request.answer("```python\ny = 1\n```", {"prompt_tokens": 50, "completion_tokens": TOKENS})
                assert all([await one for one in trying])
                for path in FACES:
                    assert not await asks(path)
                assert not await refactors()
            assert "spending limit" in await editor.notice()
            await editor.settle()
            editor.notices.clear()
            await editor.exit()


@dataclass
class HeldUpstream:
    """Answers when it is told to, and always as long as it may."""

    held: "list[asyncio.Future[None]]" = field(default_factory=list["asyncio.Future[None]"])
    usd: float = 0.0
    """What all whole answers cost."""

    async def stream(self, offer: Offer, prompt: Prompt) -> AsyncGenerator[StreamEvent, None]:
        del offer
        waits: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.held.append(waits)
        await waits
        usage = Usage(input=20, output=prompt.max_tokens)  # no more than the most that was set aside for any of the prompts
        self.usd += (usage.input + usage.output) * PRICE / 1e6
        yield Delta("fine")
        yield Finish("stop", usage)

    def prepare(self, offer: Offer) -> None: ...

    async def close(self) -> None: ...


PRICED = replace(
    able(CHEAP),
    prices=replace(CHEAP.prices, input=Decimal(PRICE), output=Decimal(PRICE)),
    scores={**CHEAP.scores, "completion": CHEAP.scores["coding"]},
    capabilities={**able(CHEAP).capabilities, "fim": True},
    fim=FimSupport("openai-completions"),
)
HOLE = {"/v1/completions": {"prompt": "return ", "suffix": "\n", "max_tokens": TOKENS}}


class Process:
    """The parts of one process: an engine with a ledger object of its own, asked by a gateway and by an editor."""

    def __init__(self, file: Path, daily_usd: float) -> None:
        budget = {"daily_usd": daily_usd, "completion_usd": 1.0}
        said = {"budget": budget, "actions": {"gateway_completion": {"max_cost_usd": 1.0}}}
        layer, issues = parse(said, (*actions(), "gateway_completion"), "user")
        assert not issues
        self.upstream = HeldUpstream()
        parts = world({}, (PRICED,), ledger=cast("Ledger", SqliteLedger(file, clock=lambda: NOW, wait_s=60)))
        self.engine = replace(parts.engine, upstream=self.upstream)
        gateway = Gateway(self.engine, actions(), lambda: effective(layer), TOKEN)
        transport = httpx.ASGITransport(application(gateway))
        self.client = httpx.AsyncClient(
            transport=transport, base_url="http://127.0.0.1", headers={"authorization": f"Bearer {TOKEN}"}
        )
        self._budget = budget

    async def face(self, path: str) -> bool:
        """Whether a request to this face was answered."""
        response = await self.client.post(path, json={"model": "coderoute", **{**FACES, **HOLE}[path]})
        assert response.status_code in (200, 402, 422), response.text
        return response.status_code == 200

    async def editor(self) -> bool:
        """Whether an action of the editor was answered."""
        try:
            return bool(await heard(self.engine, call("edit", budget=self._budget)))
        except (BudgetExceeded, NoOffer):
            return False

    async def close(self) -> None:
        await self.client.aclose()
        await self.engine.ledger.close()


async def test_however_calls_of_two_processes_interleave_the_budget_holds(tmp_path: Path) -> None:
    answered = refused = 0
    for seed in range(24):
        place = tmp_path / str(seed)
        for was_answered in await interleaved(place, random.Random(seed)):
            answered += was_answered
            refused += not was_answered
    assert answered > 30 and refused > 30


async def interleaved(place: Path, rules: random.Random) -> list[bool]:
    """Whether each call was answered, of those that nobody gave up; what was booked must be within the budget."""
    daily_usd = rules.uniform(0.13, 0.7)
    both = [Process(place / "ledger.db", daily_usd) for _ in range(2)]
    running: list[asyncio.Task[bool]] = []
    for _ in range(14):
        one = rules.choice(both)
        held = [waits for process in both for waits in process.upstream.held if not waits.done()]
        match rules.choice(("face", "face", "editor", "answer", "hang up", "together")):
            case "answer" if held:
                rules.choice(held).set_result(None)
            case "hang up" if running:
                running.pop(rules.randrange(len(running))).cancel()
            case "editor":
                running.append(asyncio.create_task(one.editor()))
            case "together":
                running += [asyncio.create_task(process.face("/v1/messages")) for process in both]
            case _:
                running.append(asyncio.create_task(one.face(rules.choice((*FACES, *HOLE)))))
        for _ in range(rules.randrange(30)):
            await asyncio.sleep(0)
    while not all(task.done() for task in running):
        for waits in (waits for process in both for waits in process.upstream.held if not waits.done()):
            waits.set_result(None)
        await asyncio.wait(running, timeout=0.01)
    assert not any(process.engine.ledger.problem for process in both)
    for process in both:
        await process.close()
    again = SqliteLedger(place / "ledger.db", clock=lambda: NOW)
    booked = again.today_usd()
    await again.close()
    assert sum(process.upstream.usd for process in both) <= booked + 1e-9 <= daily_usd + 2e-9
    return [task.result() for task in running if not task.cancelled()]
