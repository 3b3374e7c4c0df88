"""The end of a body: what may still come once the finish reason was there, and for how long."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress

from coderoute_ls.errors import ConnectionFailed
from coderoute_ls.providers.dialect import Decoder

TAIL_S = 5.0
"""After the finish reason only usage and the end sign are due; after the end sign, the end of the body."""


async def until_over(pieces: AsyncGenerator[bytes, None], decoder: Decoder) -> AsyncGenerator[bytes, None]:
    """The pieces of a body up to the dialect's end sign. Once the decoder saw the finish reason, only usage and that sign are
    due: they have little time, and may fail without harm.
    """
    async for piece in pieces:
        yield piece
        if decoder.ended:
            break
    with suppress(TimeoutError, ConnectionFailed):
        while decoder.ended and not decoder.over and (piece := await _next(pieces)) is not None:
            yield piece


async def _next(pieces: AsyncGenerator[bytes, None]) -> bytes | None:
    async with asyncio.timeout(TAIL_S):
        return await anext(pieces, None)
