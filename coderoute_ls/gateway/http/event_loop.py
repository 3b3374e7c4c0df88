"""The event loop that a gateway of its own runs on."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run(serving: Coroutine[Any, Any, T]) -> T:
    """Run until it ends: on uvloop where the extra brought it, which takes a quarter of a request's time away. The language
    server, which may host a gateway, stays on asyncio's own loop: its start would pay for another.
    """
    with asyncio.Runner(loop_factory=_factory()) as runner:
        return runner.run(serving)


def _factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """None where there is no uvloop: on Windows, for one."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
