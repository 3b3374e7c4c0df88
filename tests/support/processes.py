"""Processes that are no children of the test's own."""

import asyncio

from coderoute_ls.processes import when_ended


def ends(process_id: int) -> "asyncio.Future[None]":
    """Done when this process is gone, or only waits to be buried."""
    gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def over() -> None:
        stop()
        gone.set_result(None)

    stop = when_ended(process_id, over)
    return gone
