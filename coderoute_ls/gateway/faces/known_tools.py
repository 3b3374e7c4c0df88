"""Tools as the house understands them, read once: an agent sends the same ones with each turn of its conversation."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TypeVar, cast

import orjson

from coderoute_ls.providers.json_access import Json

T = TypeVar("T")

REMEMBERED = 8
"""Catalogues of tools that are remembered, the latest used first."""
REMEMBERED_BYTES = 1 << 18
"""Of JSON, up to which a catalogue is remembered."""


def known_tools(tools: list[Json], read: Callable[[list[Json]], Iterable[T]]) -> tuple[T, ...]:
    """The tools as ``read`` understands them; the same values again where the same ones came before. ``read`` must be a function
    of a module: it is a part of what is remembered. Raises what it raises.
    """
    if not tools:
        return ()
    raw = orjson.dumps(tools)
    return cast("tuple[T, ...]", _read(raw, read)) if len(raw) <= REMEMBERED_BYTES else tuple(read(tools))


@lru_cache(maxsize=REMEMBERED)
def _read(raw: bytes, read: Callable[[list[Json]], Iterable[object]]) -> tuple[object, ...]:
    return tuple(read(orjson.loads(raw)))
