"""Turns in which a cheap model does not get on: the next stronger one is asked, visibly, and never a weaker one."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from coderoute_ls.domain import Message, Prompt
from coderoute_ls.domain.conversation import TextPart, ToolCall, ToolResult
from coderoute_ls.gateway.hard_turn import hard_turn
from tests.engine.support import CHEAP, DEAR, Step, answer
from tests.gateway.support import Json, able, serving

BETTER = able(replace(DEAR, scores={"coding": replace(DEAR.scores["coding"], value=0.97, low=0.97, high=0.97)}))
RED = "tests/test_a.py F.\n=== 1 failed, 4 passed in 0.12s ==="
GREEN = "=== 5 passed in 0.12s ==="


def said(*results: str, arguments: Sequence[str] = ()) -> tuple[Message, ...]:
    """A turn in which a tool was called so many times; each call is another one where ``arguments`` do not say otherwise."""
    messages = [Message("user", "Mend it.")]
    for index, result in enumerate(results):
        told = arguments[index] if arguments else f'{{"n": {index}}}'
        messages += (
            Message("assistant", parts=(ToolCall(f"c{index}", "run", told),)),
            Message("user", parts=(ToolResult(f"c{index}", (TextPart(result),)),)),
        )
    return tuple(messages)


HARD = [
    said("Exit code: 1\nno such file", "Process exited with code 127"),
    said("Traceback (most recent call last):\n  File", "command failed with exit status 2"),
    said(RED, RED + "x"),
    said("--- FAIL: TestA (0.00s)\nFAIL\n", "--- FAIL: TestB (0.00s)\nFAIL\n"),
    said("test result: FAILED. 3 passed; 1 failed", "Tests: 2 failed, 7 passed, 9 total"),
    said("Ran 4 tests in 0.1s\n\nFAILED (errors=1)", "Tests run: 9, Failures: 2, Errors: 0"),
    said("same", "same", arguments=('{"a": 1, "b": 2}', '{"b":2,"a":1}')),
]
EASY = [
    said(),
    said("Exit code: 1"),
    said("Exit code: 0", "exit code: 0", "Process exited with code 0"),
    said(RED, RED + "x", GREEN),
    said(RED, GREEN),
    said(GREEN, "0 failed, 9 passed", "Tests run: 9, Failures: 0, Errors: 0"),
    said("same", "same"),
    said("one", "two", arguments=("{}", "{}")),
    (*said(RED, RED + "x"), Message("assistant", "Done."), Message("user", "Thank you. Now the docs.")),
    said("the function that failed is here", "we exited early; code 1 is documented"),
]


@pytest.mark.parametrize("messages", HARD)
def test_what_fails_or_repeats_twice_is_hard(messages: tuple[Message, ...]) -> None:
    assert len(hard_turn(Prompt(messages=messages))) == 1


@pytest.mark.parametrize("messages", EASY)
def test_what_fails_once_or_is_over_is_not(messages: tuple[Message, ...]) -> None:
    assert not hard_turn(Prompt(messages=messages))


def test_a_result_that_its_format_calls_an_error_counts_whatever_it_says() -> None:
    results = [Message("user", parts=(ToolResult(f"c{n}", (TextPart("oh"),), error=True),)) for n in range(2)]
    assert hard_turn(Prompt(messages=(Message("user", "Hi"), *results))) == ("2 tool calls failed",)


def red_runs(*verdicts: str) -> list[Json]:
    messages: list[Json] = [{"role": "user", "content": "Mend it."}]
    for index, verdict in enumerate(verdicts):
        function = {"name": "run", "arguments": f'{{"n": {index}}}'}
        call = {"id": f"c{index}", "type": "function", "function": function}
        messages.append({"role": "assistant", "content": None, "tool_calls": [call]})
        messages.append({"role": "tool", "tool_call_id": f"c{index}", "content": verdict})
    return messages


async def test_the_next_stronger_model_is_asked_while_a_turn_is_hard() -> None:
    hard, easy = red_runs(RED, RED + "x"), red_runs(RED, GREEN)
    for wanted, messages, asked in ((True, hard, "dear"), (True, easy, "cheap"), (False, hard, "cheap")):
        plays: dict[str, list[Sequence[Step]]] = {"cheap": [answer()], "dear": [answer()]}
        async with serving(plays, (able(CHEAP), BETTER), settings={"gateway": {"escalate": wanted}}) as served:
            assert (await served.chat(messages=messages)).status_code == 200
            assert served.world.upstream.asked == [asked]


async def test_the_decision_says_why_and_a_pinned_model_stays() -> None:
    hard: Json = {"model": "coderoute", "messages": red_runs(RED, RED + "x")}
    settings: Json = {"gateway": {"escalate": True}}
    async with serving({"cheap": [answer()]}, (able(CHEAP), BETTER), settings=settings) as served:
        asked = {"format": "openai-chat", "request": hard}
        record = (await served.client.post("/v1/decision", json=asked)).json()
        assert "a hard turn (tests failed 2 times)" in str(record)
        await served.chat(**{**hard, "model": "cheap/m"})
        assert served.world.upstream.asked == ["cheap"]


async def test_nobody_stronger_in_reach_changes_nothing() -> None:
    settings: Json = {"gateway": {"escalate": True}}
    async with serving({"cheap": [answer()]}, (able(CHEAP),), settings=settings) as served:
        assert (await served.chat(messages=red_runs(RED, RED + "x"))).status_code == 200
