"""Work that a cancellation does not reach, however often it comes."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def uninterrupted(work: Coroutine[object, object, T]) -> T:
    """Do the work to its end in a task of its own, then return or raise what it did.

    A cancellation of the caller meanwhile is passed on when the work has ended: the caller learns of it, the work does not.
    """
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        if not task.cancelled():
            task.exception()  # the caller is cancelled, and no other task looks at it
        raise cancelled
    return task.result()


async def end_tasks(*tasks: asyncio.Task[Any] | None) -> None:
    """Cancel what still runs and wait for it."""
    running = [task for task in tasks if task is not None]
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
