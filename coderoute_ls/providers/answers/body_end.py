"""The end of a body: what may still come after the finish reason, and how long it is waited for."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress

from coderoute_ls.errors import ConnectionFailed
from coderoute_ls.providers.dialect import Decoder


async def until_over(pieces: AsyncGenerator[bytes, None], decoder: Decoder, patience_s: float) -> AsyncGenerator[bytes, None]:
    """The pieces of a body up to the dialect's end sign. Once the decoder saw the finish reason, only usage and that sign are
    due: they have ``patience_s`` seconds in all, and may fail without harm. Where more of the answer may follow, the body is
    read to its end.
    """
    async for piece in pieces:
        yield piece
        if decoder.ended and not decoder.goes_on:
            break
    if decoder.over or not decoder.ended or decoder.goes_on:
        return
    until = asyncio.get_running_loop().time() + patience_s
    with suppress(TimeoutError, ConnectionFailed):
        while not decoder.over:
            async with asyncio.timeout_at(until):
                piece = await anext(pieces, None)
            if piece is None:
                return
            yield piece
