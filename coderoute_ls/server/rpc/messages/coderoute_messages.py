"""Our own messages beyond LSP 3.18: commands, notifications and requests, each typed once.

``client-vscode/src/messages.ts`` is generated from here, from `next_edit_messages` and from `review_messages`. Every client works
without them; ours announce what they take in ``capabilities.experimental.coderoute`` (see `Announced`).
"""

from dataclasses import dataclass, field
from typing import Literal

from coderoute_ls.server.rpc.messages.commit_messages import CommitMessageParams
from coderoute_ls.server.rpc.messages.control_messages import CONTROL_COMMANDS
from coderoute_ls.server.rpc.messages.instruction_messages import FollowUpParams, NamedContext
from coderoute_ls.server.rpc.messages.next_edit_messages import NextEditId
from coderoute_ls.server.rpc.messages.review_messages import ChoiceOffered, HunkDecision, ReviewQuestion
from coderoute_ls.server.rpc.wire import Json, Wire


@dataclass(frozen=True, kw_only=True)
class Announced(Wire):
    """``capabilities.experimental.coderoute``: what this client can take."""

    grouped_edits: bool = False
    """Answers ``coderoute/applyGroupedEdit`` and joins the edits of one job into one undo step."""
    input: bool = False
    """Answers ``coderoute/input``."""
    status: bool = False
    """Listens to ``coderoute/status``."""
    jobs: bool = False
    """Listens to ``coderoute/jobFinished`` and offers its choices."""
    user_settings: bool = False
    """Forwards user-level values of the settings that a workspace may not set, in ``initializationOptions.userSettings``."""
    ghost_again: bool = False
    """Listens to ``coderoute/ghostAgain``."""
    completion_invoked: bool = False
    """Sends ``textDocument/completion`` of kind Invoked only when the user asks. LSP sends that kind for typing as well."""
    next_edit: bool = False
    """Shows next edits itself: asks ``coderoute/nextEdit``, and needs no code action for them."""
    review: bool = False
    """Listens to ``coderoute/review`` and shows the hunks of edits; needs no code actions for them."""


@dataclass(frozen=True, kw_only=True)
class RunParams(Wire):
    """``coderoute.run``: start an action. Answered at once with `RunStarted`; everything else arrives as edits and progress."""

    action: str
    uri: str
    range: Json
    """LSP Range, in the negotiated encoding, on the version the client sees now."""
    instruction: str = ""
    ask: bool | None = None
    """Ask the user for the instruction, even where the comment above could be one. No plain boolean: lsp-mode sends null back for
    false."""
    diagnostics: list[Json] = field(default_factory=list[Json])
    offer: str | None = None
    """Ask this offer instead of the cheapest that is good enough (retry on a stronger one)."""
    context: list[NamedContext] = field(default_factory=list[NamedContext])
    """What the user names to be shown to the model as well."""
    floor: float | None = None
    """Score that the user asks for this time, 0 to 1."""


@dataclass(frozen=True, kw_only=True)
class RunStarted(Wire):
    job: str
    token: str
    """Work-done progress token: ``window/workDoneProgress/cancel`` with it cancels the job."""


@dataclass(frozen=True, kw_only=True)
class JobChoice(Wire):
    """``coderoute.choose``: what to do with a finished job."""

    job: str
    choice: Literal["keep", "undo", "retry", "show"]


@dataclass(frozen=True, kw_only=True)
class AnswerParams(Wire):
    """``coderoute.showAnswer``: the model's answer as it came, of this job or of the last one that is remembered."""

    job: str = ""


@dataclass(frozen=True, kw_only=True)
class AcceptParams(Wire):
    """``coderoute.accept``: a ghost text was accepted; ``chars`` when only that many of its characters were."""

    item: str
    chars: int | None = None


@dataclass(frozen=True, kw_only=True)
class WhyParams(Wire):
    """``coderoute.why``: the last decision, or the one of this action and about this document, told in words."""

    action: str | None = None
    uri: str | None = None


@dataclass(frozen=True, kw_only=True)
class Why(Wire):
    text: str
    """Markdown."""
    decision: Json | None = None
    html: str | None = None
    """The frontier plot and candidates' table as one page without scripts."""


@dataclass(frozen=True, kw_only=True)
class Usage(Wire):
    """The answer of ``coderoute.usage``: what was asked, spent and accepted lately."""

    text: str
    """Markdown."""


@dataclass(frozen=True, kw_only=True)
class QualityParams(Wire):
    """``coderoute.setQuality``: write the preset into the folder's ``coderoute.toml``."""

    uri: str
    quality: Literal["economy", "balanced", "best"]


@dataclass(frozen=True, kw_only=True)
class PauseParams(Wire):
    """``coderoute.pause``: stop or resume answering; without ``paused`` it toggles."""

    paused: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Status(Wire):
    """Notification ``coderoute/status``."""

    state: Literal["idle", "working", "degraded", "paused"]
    model: str = ""
    """Name of the model in use or used last."""
    message: str = ""
    """Why it is degraded: ``floor 0.80 unmet: using X at 0.72``."""
    today_usd: float = 0.0
    quality: str = "balanced"
    ghost_text: str = ""
    """Which vendors give ghost text, and by which model; "" while nothing was asked yet."""
    team: str = ""
    """How it stands with the team that was joined, in words; "" where none was."""
    next_edits: bool = False
    """Whether next edits are suggested in any folder. Where they are not, nobody has to ask for them."""
    daily_usd: float = 0.0
    """Most to spend in a day."""
    warn_at: float = 0.8
    """Share of it at which to warn."""
    snoozed_until: int = 0
    """Unix time in seconds until which nothing is suggested; 0 while it is."""
    languages_off: list[str] = field(default_factory=list[str])
    """Languages in which nothing is suggested."""


@dataclass(frozen=True, kw_only=True)
class JobFinished(Wire):
    """Notification ``coderoute/jobFinished``."""

    job: str
    action: str
    uri: str
    outcome: Literal["applied", "unchanged", "refused", "cancelled", "stopped", "failed"]
    """``refused``: the answer does not fit the region, and nothing of it is written. ``stopped``: somebody changed the region, or
    the document was closed; what was written is taken back, or ``undo`` is among the choices."""
    message: str = ""
    problems: list[str] = field(default_factory=list[str])
    choices: list[ChoiceOffered] = field(default_factory=list[ChoiceOffered])
    model: str = ""
    cost_usd: float | None = None


@dataclass(frozen=True, kw_only=True)
class GroupedEdit(Wire):
    """Request ``coderoute/applyGroupedEdit``: one flush of a job. The client applies it like ``workspace/applyEdit`` (versions
    checked) and joins it to the job's undo step; the answer is `Applied`.
    """

    job: str
    first: bool
    last: bool
    edit: Json
    """LSP WorkspaceEdit with ``documentChanges``."""


@dataclass(frozen=True, kw_only=True)
class Applied(Wire):
    applied: bool
    failure_reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class InputParams(Wire):
    """Request ``coderoute/input``: ask the user for one line of text; the answer is `InputResult`."""

    prompt: str
    placeholder: str = ""


@dataclass(frozen=True, kw_only=True)
class InputResult(Wire):
    text: str | None = None
    """None when the user dismissed the box."""


@dataclass(frozen=True, kw_only=True)
class GhostAgain(Wire):
    """Notification ``coderoute/ghostAgain``: ask for ghost text again, as while typing, unless the cursor has moved on."""

    uri: str


COMMANDS: dict[str, type[Wire]] = {
    "coderoute.run": RunParams,
    "coderoute.choose": JobChoice,
    "coderoute.showAnswer": AnswerParams,
    "coderoute.decideHunk": HunkDecision,
    "coderoute.beforeEdit": ReviewQuestion,
    "coderoute.showDiff": ReviewQuestion,
    "coderoute.accept": AcceptParams,
    "coderoute.acceptNextEdit": NextEditId,
    "coderoute.why": WhyParams,
    "coderoute.usage": Wire,
    "coderoute.sent": Wire,
    "coderoute.followUp": FollowUpParams,
    "coderoute.setQuality": QualityParams,
    "coderoute.pause": PauseParams,
    "coderoute.commitMessage": CommitMessageParams,
    **CONTROL_COMMANDS,
}
"""Command id → its one argument."""

STATUS = "coderoute/status"
JOB_FINISHED = "coderoute/jobFinished"
APPLY_GROUPED_EDIT = "coderoute/applyGroupedEdit"
INPUT = "coderoute/input"
GHOST_AGAIN = "coderoute/ghostAgain"
USER_SETTINGS = "coderoute/userSettings"
"""Notification from our own client: user-level settings changed."""
