"""Our own messages about an edit under review: its hunks, and what the user decides about them."""

from dataclasses import dataclass, field
from typing import Literal

from coderoute_ls.server.rpc.wire import Wire


@dataclass(frozen=True, kw_only=True)
class ChoiceOffered(Wire):
    choice: Literal["keep", "undo", "retry", "show"]
    """``show``: look at the model's answer as it came."""
    title: str
    """With model and price where it costs: ``Retry on Claude Sonnet 4.6 (≈ $0.03)``."""


@dataclass(frozen=True, kw_only=True)
class ReviewHunk(Wire):
    """Lines that the edit wrote, in place of old ones."""

    hunk: int
    first: int
    """Number of its first line, from 0."""
    last: int
    """Number of the line behind its last one; the same as ``first`` where lines were only taken away, above that line."""
    old: str
    """The lines that stood there, with their endings."""
    changed: bool = False
    """Somebody has changed its lines since: rejecting it takes that along, and needs ``force``."""


@dataclass(frozen=True, kw_only=True)
class EditUnderReview(Wire):
    """Notification ``coderoute/review``: how an edit stands. Sent whenever that changes, for what a newer version moves as well:
    the newest one counts, and what was sent before for the same ``job`` is gone."""

    job: str
    """Of the action that wrote it. While it is ``writing``, ``window/workDoneProgress/cancel`` with it cancels the job."""
    uri: str
    version: int
    """Of the document, which the hunks are counted in."""
    state: Literal["writing", "open", "done"]
    """``writing``: nothing can be decided yet. ``done``: nothing is left to be decided, take everything away; an undo of the
    user's may open it again."""
    title: str = ""
    """``Refactor by swift, $0.0002``."""
    hunks: list[ReviewHunk] = field(default_factory=list[ReviewHunk])
    """Those that are not decided, in the order of the text."""
    total: int = 0
    """All hunks, decided ones included; a hunk's number is below that."""
    kept: int = 0
    rejected: int = 0
    choices: list[ChoiceOffered] = field(default_factory=list[ChoiceOffered])
    """What may be done about all of it, by ``coderoute.choose``."""


@dataclass(frozen=True, kw_only=True)
class HunkDecision(Wire):
    """``coderoute.decideHunk``: keep or reject one hunk. The answer is `HunkDecided`; how the edit stands then is told by
    ``coderoute/review``."""

    job: str
    hunk: int
    decision: Literal["keep", "reject"]
    force: bool = False
    """Reject it with what somebody has changed in its lines."""


@dataclass(frozen=True, kw_only=True)
class HunkDecided(Wire):
    done: bool
    """False where lines of it were changed, and ``force`` was not given: ask the user."""
    message: str = ""


@dataclass(frozen=True, kw_only=True)
class ReviewQuestion(Wire):
    """``coderoute.beforeEdit``: the document without what is undecided of this edit; the answer is `BeforeEdit`.
    ``coderoute.showDiff``: show the difference as a text, where the editor has no view for it."""

    job: str


@dataclass(frozen=True, kw_only=True)
class BeforeEdit(Wire):
    text: str


REVIEW = "coderoute/review"
