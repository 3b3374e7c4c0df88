"""Processes that are no children of the test's own."""

import asyncio
import os


def ends(process_id: int) -> "asyncio.Future[None]":
    """Done when this process is gone, or only waits to be buried."""
    loop = asyncio.get_running_loop()
    gone: asyncio.Future[None] = loop.create_future()
    try:
        handle = os.pidfd_open(process_id)
    except ProcessLookupError:
        gone.set_result(None)
        return gone

    def over() -> None:
        loop.remove_reader(handle)
        os.close(handle)
        gone.set_result(None)

    loop.add_reader(handle, over)
    return gone
