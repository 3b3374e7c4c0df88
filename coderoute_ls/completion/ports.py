"""What `completion` needs from outside; the server's session connects it."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Protocol

from coderoute_ls.completion.types import Event, ModelRequest, Prospect
from coderoute_ls.domain import Document, Draft, Position, Snippet, Target


class Model(Protocol):
    """Choosing and asking, as the engine does it."""

    def prospect(self, target: Target) -> Prospect:
        """The offer that this would probably go to. Called for every request: cheap, no I/O."""
        ...

    def prepare(self, target: Target) -> None:
        """Open the connection ahead. Returns at once."""
        ...

    def think(self, question: ModelRequest) -> None:
        """Prepare the first steps of asking exactly this question, without any visible effect. Returns at once."""
        ...

    def ask(self, question: ModelRequest) -> AsyncGenerator[Event, None]:
        """`Answering`, deltas, at last a `Finish`; raises `CoderouteError`. Closing it closes the connection."""
        ...


Gather = Callable[[Target, int], Awaitable[tuple[Snippet, ...]]]
"""Pieces of other files worth showing for this target, at most so many characters, already free of secrets."""

Drafts = Callable[[Document, Position], Awaitable[Draft | None]]
"""The built-in engine's completion."""

Feedback = Callable[[Draft, bool], None]
"""Whether a shown draft of the built-in engine was accepted."""


async def no_snippets(target: Target, max_chars: int) -> tuple[Snippet, ...]:
    """Other files are not shown."""
    del target, max_chars
    return ()


async def no_draft(document: Document, position: Position) -> Draft | None:
    """There is no built-in engine."""
    del document, position


def no_feedback(draft: Draft, accepted: bool) -> None:
    """Nothing is learned."""
    del draft, accepted
