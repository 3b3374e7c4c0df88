"""Requests that wait together share a statement; whoever goes, whatever fails, no money stays set aside for nobody."""

import asyncio
from collections.abc import Callable, Sequence
from uuid import UUID

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.errors import DatabaseLost
from coderoute_ls.team.budgets.budget_store import Answer, BudgetStore, MoneyRequest
from coderoute_ls.team.budgets.reserve_queue import ASKING, ReserveQueue

BAD = "no model\0"


def request(number: int, model: str = "m") -> MoneyRequest:
    return MoneyRequest(UUID(int=number), 1, model, 1)


class Store(BudgetStore):
    """A database that answers when it is let, with what the test says."""

    def __init__(self, outcome: Callable[[MoneyRequest], Answer | Exception] = lambda _: Answer("reserved")) -> None:
        self._outcome = outcome
        self.asked: list[list[int]] = []
        self.may_answer = asyncio.Event()
        self.set_aside: set[UUID] = set()

    async def reserve_all(self, requests: Sequence[MoneyRequest]) -> list[Answer]:
        self.asked.append([each.id.int for each in requests])
        await self.may_answer.wait()
        outcomes = [self._outcome(each) for each in requests]
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                raise outcome
        answers = [outcome for outcome in outcomes if isinstance(outcome, Answer)]
        self.set_aside.update(each.id for each, answer in zip(requests, answers, strict=True) if answer.outcome == "reserved")
        return answers


async def rest() -> None:
    """Let every task come to its next wait."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_what_comes_while_the_database_answers_is_asked_together() -> None:
    store, back = Store(), list[UUID]()
    queue = ReserveQueue(store, back.append)
    callers = list[asyncio.Task[Answer]]()
    for number in range(6):
        callers.append(asyncio.create_task(queue.reserve(request(number))))
        await rest()
    assert store.asked == [[number] for number in range(ASKING)]
    store.may_answer.set()
    assert [answer.outcome for answer in await asyncio.gather(*callers)] == ["reserved"] * 6
    assert store.asked[ASKING:] == [[*range(ASKING, 6)]]
    assert back == []


@pytest.mark.parametrize("later", range(8))
async def test_whoever_comes_in_the_step_in_which_the_others_are_answered_is_asked_too(later: int) -> None:
    store, back = Store(), list[UUID]()
    queue = ReserveQueue(store, back.append)
    first = list[asyncio.Task[Answer]]()
    for number in range(ASKING):
        first.append(asyncio.create_task(queue.reserve(request(number))))
        await rest()
    store.may_answer.set()
    for _ in range(later):
        await asyncio.sleep(0)
    last = asyncio.create_task(queue.reserve(request(ASKING)))
    await rest()
    assert all(each.done() for each in (*first, last))


@pytest.mark.parametrize("error", [DatabaseLost("The database is gone."), psycopg.errors.DataError("what is this")])
async def test_a_failure_is_told_to_each_and_frees_what_may_have_been_set_aside(error: Exception) -> None:
    store, back = Store(lambda _: error), list[UUID]()
    store.may_answer.set()
    queue = ReserveQueue(store, back.append)
    told = await asyncio.gather(*(queue.reserve(request(number)) for number in range(5)), return_exceptions=True)
    assert told == [error] * 5
    assert {each.int for each in back} == {*range(5)}


async def test_a_request_that_is_wrong_fails_alone() -> None:
    store, back = Store(lambda one: psycopg.errors.DataError() if one.model == BAD else Answer("reserved")), list[UUID]()
    store.may_answer.set()
    queue = ReserveQueue(store, back.append)
    told = await asyncio.gather(
        *(queue.reserve(request(number, BAD if number == 4 else "m")) for number in range(9)), return_exceptions=True
    )
    assert [number for number, each in enumerate(told) if isinstance(each, psycopg.Error)] == [4]
    assert store.set_aside == {UUID(int=number) for number in range(9) if number != 4}
    assert back == [UUID(int=4)]


@given(
    st.lists(st.sampled_from(["reserved", "refused", "key"]), min_size=1, max_size=12),
    st.sets(st.integers(0, 11)),
    st.sets(st.integers(0, 11)),
)
async def test_whoever_goes_money_is_set_aside_for_those_that_wait_alone(
    outcomes: list[str], early: set[int], late: set[int]
) -> None:
    """``early`` go while they wait to be asked or are asked, ``late`` in the moment of the answer."""
    answers = {"reserved": Answer("reserved"), "refused": Answer("refused"), "key": Answer("key")}
    store, back = Store(lambda one: answers[outcomes[one.id.int]]), list[UUID]()
    queue = ReserveQueue(store, back.append)
    callers = [asyncio.create_task(queue.reserve(request(number))) for number in range(len(outcomes))]
    await rest()
    for number in early & {*range(len(callers))}:
        callers[number].cancel()
    await rest()
    store.may_answer.set()
    await asyncio.sleep(0)
    for number in late & {*range(len(callers))}:
        callers[number].cancel()
    told = await asyncio.gather(*callers, return_exceptions=True)
    await queue.close()
    kept = {UUID(int=n) for n, each in enumerate(told) if isinstance(each, Answer) and each.outcome == "reserved"}
    assert store.set_aside - {*back} == kept
    assert queue.given_up == 0
