"""What we say to clients beyond LSP 3.18: commands, notifications and requests of our own, typed once.

``client-vscode/src/messages.ts`` is generated from here. Every client works without them; ours announce what they take in
``capabilities.experimental.coderoute`` (see `Announced`).
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

Json = dict[str, object]


class Wire(BaseModel):
    """Base of our messages: camelCase on the wire, unknown keys ignored so that old and new versions understand each other."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True, extra="ignore")


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


class RunParams(Wire):
    """``coderoute.run``: start an action. Answered at once with `RunStarted`; everything else arrives as edits and progress."""

    action: str
    uri: str
    range: Json
    """LSP Range, in the negotiated encoding, on the version the client sees now."""
    instruction: str = ""
    diagnostics: list[Json] = Field(default_factory=list[Json])
    offer: str | None = None
    """Ask this offer instead of the cheapest that is good enough (retry on a stronger one)."""


class RunStarted(Wire):
    job: str
    token: str
    """Work-done progress token: ``window/workDoneProgress/cancel`` with it cancels the job."""


class JobChoice(Wire):
    """``coderoute.choose``: what to do with a finished job."""

    job: str
    choice: Literal["keep", "undo", "retry"]


class AcceptParams(Wire):
    """``coderoute.accept``: a ghost text was accepted; ``chars`` when only that many of its characters were."""

    item: str
    chars: int | None = None


class WhyParams(Wire):
    """``coderoute.why``: the last decision, or the one of this action, told in words."""

    action: str | None = None
    uri: str | None = None


class Why(Wire):
    text: str
    """Markdown."""
    decision: Json | None = None
    html: str | None = None
    """The frontier plot and candidates' table as one page without scripts."""


class Usage(Wire):
    """The answer of ``coderoute.usage``: what was asked, spent and accepted lately."""

    text: str
    """Markdown."""


class QualityParams(Wire):
    """``coderoute.setQuality``: write the preset into the folder's ``coderoute.toml``."""

    uri: str
    quality: Literal["economy", "balanced", "best"]


class PauseParams(Wire):
    """``coderoute.pause``: stop or resume answering; without ``paused`` it toggles."""

    paused: bool | None = None


class Status(Wire):
    """Notification ``coderoute/status``."""

    state: Literal["idle", "working", "degraded", "paused"]
    model: str = ""
    """Name of the model in use or used last."""
    message: str = ""
    """Why it is degraded: ``floor 0.80 unmet: using X at 0.72``."""
    today_usd: float = 0.0
    quality: str = "balanced"


class ChoiceOffered(Wire):
    choice: Literal["keep", "undo", "retry"]
    title: str
    """With model and price where it costs: ``Retry on Claude Sonnet 4.6 (≈ $0.03)``."""


class JobFinished(Wire):
    """Notification ``coderoute/jobFinished``."""

    job: str
    action: str
    uri: str
    outcome: Literal["applied", "unchanged", "cancelled", "stopped", "failed"]
    """``stopped``: the user typed inside the region."""
    message: str = ""
    problems: list[str] = Field(default_factory=list[str])
    choices: list[ChoiceOffered] = Field(default_factory=list[ChoiceOffered])
    model: str = ""
    cost_usd: float | None = None


class GroupedEdit(Wire):
    """Request ``coderoute/applyGroupedEdit``: one flush of a job. The client applies it like ``workspace/applyEdit`` (versions
    checked) and joins it to the job's undo step; the answer is `Applied`.
    """

    job: str
    first: bool
    last: bool
    edit: Json
    """LSP WorkspaceEdit with ``documentChanges``."""


class Applied(Wire):
    applied: bool
    failure_reason: str | None = None


class InputParams(Wire):
    """Request ``coderoute/input``: ask the user for one line of text; the answer is `InputResult`."""

    prompt: str
    placeholder: str = ""


class InputResult(Wire):
    text: str | None = None
    """None when the user dismissed the box."""


COMMANDS: dict[str, type[Wire]] = {
    "coderoute.run": RunParams,
    "coderoute.choose": JobChoice,
    "coderoute.accept": AcceptParams,
    "coderoute.why": WhyParams,
    "coderoute.usage": Wire,
    "coderoute.setQuality": QualityParams,
    "coderoute.pause": PauseParams,
}
"""Command id → its one argument."""

STATUS = "coderoute/status"
JOB_FINISHED = "coderoute/jobFinished"
APPLY_GROUPED_EDIT = "coderoute/applyGroupedEdit"
INPUT = "coderoute/input"
USER_SETTINGS = "coderoute/userSettings"
"""Notification from our own client: user-level settings changed."""
