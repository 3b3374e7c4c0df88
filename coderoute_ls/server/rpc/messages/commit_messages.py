"""Our own messages about the message of a commit."""

from dataclasses import dataclass, field

from coderoute_ls.server.rpc.wire import Wire


@dataclass(frozen=True, kw_only=True)
class CommitMessageParams(Wire):
    """Request ``coderoute/commitMessage``: the message for what is staged in the repository at ``uri``; the answer is
    `CommitMessage`, and cancelling the request cancels the call. ``coderoute.commitMessage``: write it into the document at
    ``uri``, which git has opened for it, as a job; the answer is `RunStarted`."""

    uri: str
    begun: str = ""
    """What the user has written so far."""
    offer: str | None = None
    """Ask this offer instead of the cheapest that is good enough."""


@dataclass(frozen=True, kw_only=True)
class CommitMessage(Wire):
    text: str
    model: str = ""
    cost_usd: float | None = None
    notes: list[str] = field(default_factory=list[str])
    """What was left out, and what the built-in engine did."""


COMMIT_MESSAGE = "coderoute/commitMessage"
