"""llama.cpp reads an action's prompt in pieces: each part once, also when keys pause it and when the next prompt is like it."""

import asyncio
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.errors import ProviderUnavailable
from coderoute_ls.providers.json_access import Json
from coderoute_ls.providers.local_model.piecewise_reading import FIRST, LEAST, MOST, PIECE_S, PiecewiseReading

AT = "http://127.0.0.1:1"


@dataclass
class Llama:
    """Its tokens are characters. One slot, of which it keeps what the last prompt began with; so many tokens a second."""

    per_s: float
    slot: str = ""
    read: list[int] = field(default_factory=list[int])
    pause_at: int = -1
    """The piece at which whoever asks is cancelled: the server reads it to its end."""

    async def ask(self, path: str, body: Json) -> Json:
        if path == "/apply-template":
            return {"prompt": body["messages"]}
        if path == "/tokenize":
            return {"tokens": list(str(body["content"]))}
        prompt = "".join(str(token) for token in body["prompt"])  # pyright: ignore[reportGeneralTypeIssues, reportUnknownVariableType, reportUnknownArgumentType]
        same = next((at for at, pair in enumerate(zip(self.slot, prompt, strict=False)) if pair[0] != pair[1]), None)
        kept = min(len(self.slot), len(prompt)) if same is None else same
        new = max(1, len(prompt) - kept)
        self.slot = prompt
        self.read.append(new)
        if len(self.read) - 1 == self.pause_at:
            raise asyncio.CancelledError
        return {"timings": {"prompt_n": new, "cache_n": kept, "prompt_ms": new / self.per_s * 1000}}


async def read(reading: PiecewiseReading, llama: Llama, text: str) -> None:
    await reading.read(AT, llama.ask, {"messages": text}, 1)


@given(st.integers(0, 9_000), st.floats(5, 20_000))
async def test_all_but_the_last_piece_is_read_once_and_no_piece_takes_long(length: int, per_s: float) -> None:
    llama, text = Llama(per_s), "".join(chr(97 + at % 26) for at in range(length))
    await read(PiecewiseReading(), llama, text)
    assert text.startswith(llama.slot) and length - len(llama.slot) <= max(FIRST, LEAST, min(MOST, per_s * PIECE_S))
    assert sum(llama.read) == len(llama.slot)
    assert all(piece <= max(FIRST, LEAST, per_s * PIECE_S) for piece in llama.read)


@given(st.integers(100, 3_000), st.integers(0, 20), st.floats(50, 2_000))
async def test_what_was_read_before_a_pause_is_not_read_again(length: int, at: int, per_s: float) -> None:
    llama, reading = Llama(per_s, pause_at=at), PiecewiseReading()
    text = "".join(chr(97 + number % 26) for number in range(length))
    try:
        await read(reading, llama, text)
    except asyncio.CancelledError:
        await read(reading, llama, text)
    assert sum(llama.read) <= len(llama.slot) + 1, "a token at most is looked at again"


@given(st.text("ab", max_size=400), st.text("ab", max_size=400), st.text("ab", max_size=400))
async def test_a_second_action_on_the_same_file_reads_only_what_is_new(head: str, one: str, other: str) -> None:
    llama, reading = Llama(100.0), PiecewiseReading()
    await read(reading, llama, head + one)
    llama.slot, llama.read = head + one, []  # the action itself read the last piece
    await read(reading, llama, head + other)
    assert sum(llama.read) <= len(other) + 1


@pytest.mark.parametrize("knows", ["nothing", "templates"])
async def test_a_server_that_knows_no_such_requests_is_asked_at_once(knows: str) -> None:
    async def ask(path: str, body: Json) -> Json:
        if knows == "templates" and path == "/apply-template":
            return {"prompt": 7}
        raise ProviderUnavailable("404", status=404)

    await PiecewiseReading().read(AT, ask, {"messages": "x"}, 1)
