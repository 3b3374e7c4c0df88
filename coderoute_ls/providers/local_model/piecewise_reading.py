"""Lets llama.cpp read a long prompt in pieces: between two of them a key goes first, and a request that was given up ends.

It looks only once a second whether somebody still waits for an answer, and never while other answers are being written; a request
that reads 2,000 tokens would slow each key down for as long as that takes.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from coderoute_ls.errors import ProviderError
from coderoute_ls.providers.json_access import Json, as_list, as_object, as_text
from coderoute_ls.providers.openai_wire import prompt_read

PIECE_S = 0.2
"""Seconds that a piece should take; the first ones show how fast the model reads."""
FIRST, LEAST, MOST = 32, 16, 2048
"""Tokens of a piece."""

Ask = Callable[[str, Json], Awaitable[Json]]
"""POSTs to a path of the server, and returns what it answers. Raises `ProviderError`."""


@dataclass(slots=True)
class PiecewiseReading:
    """What the slot of actions at each address has read."""

    _read: dict[str, list[object]] = field(default_factory=dict[str, list[object]])
    """Address → tokens."""
    _per_s: float | None = None

    async def read(self, address: str, ask: Ask, talk: Json, slot: int) -> None:
        """Let this conversation be read but for its last piece. A server that knows no such requests is asked at once, as others
        are. Raises nothing but cancellation."""
        try:
            prompt = as_text((await ask("/apply-template", talk)).get("prompt"))
            said = await ask("/tokenize", {"content": prompt, "add_special": True, "parse_special": True})
            await self._pieces(address, ask, as_list(said.get("tokens")), slot)
        except ProviderError:
            return

    async def _pieces(self, address: str, ask: Ask, tokens: list[object], slot: int) -> None:
        known = self._read.pop(address, [])
        end = next(
            (at for at, (old, new) in enumerate(zip(known, tokens, strict=False)) if old != new), min(len(known), len(tokens))
        )
        self._read.clear()  # one child at a time has its place here; another one begins anew
        while len(tokens) - end > self._size():
            self._read[address] = tokens[:end]
            end += self._size()
            said = await ask("/completion", {"prompt": tokens[:end], "n_predict": 0, "id_slot": slot, "cache_prompt": True})
            took = prompt_read(as_object(said.get("timings")))
            if took.tokens >= LEAST and took.seconds > 0:
                self._per_s = took.tokens / took.seconds
        self._read[address] = tokens

    def _size(self) -> int:
        return FIRST if self._per_s is None else min(MOST, max(LEAST, int(self._per_s * PIECE_S)))
