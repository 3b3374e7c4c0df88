"""The next request, made ready from the moment of the key: the editor will most likely ask where typing left the cursor. One that
asks at once finds what has come of it by then, so that nothing is done twice.
"""

import asyncio
from dataclasses import dataclass

from coderoute_ls.completion.request import CompletionRequest
from coderoute_ls.completion.types import InlineRequest
from coderoute_ls.domain.clock import Clock

_LIFE_S = 1.0
"""Prices, health and budget may be another second's by then."""


@dataclass(frozen=True, slots=True)
class _Prepared:
    request: InlineRequest
    completion: CompletionRequest
    task: asyncio.Task[None]
    since: float


class Preparation:
    """At most one prepared request per document."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._prepared: dict[str, _Prepared] = {}

    def put(self, request: InlineRequest, completion: CompletionRequest) -> None:
        """Prepare this request; what was prepared for its document is dropped."""
        self.drop(request.document.uri)
        task = asyncio.create_task(completion.prepare())
        self._prepared[request.document.uri] = _Prepared(request, completion, task, self._clock.monotonic())

    def take(self, request: InlineRequest) -> CompletionRequest | None:
        """What was prepared for exactly this request, as far as it has come; everything else is dropped."""
        prepared = self._prepared.get(request.document.uri)
        if prepared is None:
            return None
        if prepared.request != request or self._clock.monotonic() - prepared.since > _LIFE_S:
            self.drop(request.document.uri)
            return None
        del self._prepared[request.document.uri]
        prepared.task.cancel()
        return prepared.completion

    def drop(self, uri: str) -> None:
        """The document has changed or is closed."""
        prepared = self._prepared.pop(uri, None)
        if prepared is not None:
            prepared.task.cancel()
            prepared.completion.drop()
