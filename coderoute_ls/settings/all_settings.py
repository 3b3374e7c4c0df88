"""Every setting once: its name, type, range, default, meaning, and whether a workspace may set it.

README's table, the JSON schemas and the editor clients' configuration are written from these classes (see `declared`).
Files use these snake_case names, editors the same in camelCase.
"""

from dataclasses import MISSING, dataclass, field
from typing import Literal

from coderoute_ls.domain import Objective, OnUnmetFloor, Privacy
from coderoute_ls.settings.declaration_rules import (
    Argv,
    Globs,
    Headers,
    IgnoreGlobs,
    Name,
    TeamUrl,
    Texts,
    Url,
    VariableName,
    part,
    user_only,
    workspace_may,
)
from coderoute_ls.settings.glob_intersection import NOTHING

Quality = Literal["economy", "balanced", "best"]


@dataclass(frozen=True, kw_only=True)
class Section:
    """Base of all settings. Values are valid: `reading` is where what people write is checked."""


@dataclass(frozen=True, kw_only=True)
class ActionSettings(Section):
    """The settings of one action."""

    min_coding_score: float | None = workspace_may(None, "Floor of this action; omitted: its own, by `quality`.", ge=0, le=1)
    objective: Objective | None = workspace_may(None, "Objective of this action; omitted: the general one.")
    max_cost_usd: float | None = workspace_may(
        None, "Most that one call may cost, in USD; the budget's per-call cap holds as well.", "minimum", ge=0, strictest=0.0
    )
    max_tokens: int | None = workspace_may(None, "Longest answer, in tokens, reasoning included.", "minimum", ge=1, le=200_000)
    model: str | None = user_only(None, "Ask this model or offer instead of choosing; the floor and every limit still hold.")
    enable: bool = workspace_may(True, "Offer this action.", "stricter", strictest=False)
    check: Argv | None = user_only(None, "Command run after the edit, as an argument list, in trusted workspaces only.")
    escalate: bool = user_only(
        True,
        "Ask a stronger model once where an answer fails a check (it does not fit, the diagnostic is still there, your `check` "
        "fails), within the action's cap; and first where the lines are hard.",
        strictest=False,
    )


@dataclass(frozen=True, kw_only=True)
class ModelScores(Section):
    """The user's own opinion of a model."""

    coding: float | None = user_only(None, "Your own score of this model for the coding axis.", ge=0, le=1)
    completion: float | None = user_only(None, "Your own score of this model for the completion axis.", ge=0, le=1)
    next_edit: float | None = user_only(None, "Your own score of this model for the next-edit axis.", ge=0, le=1)


@dataclass(frozen=True, kw_only=True)
class Models(Section):
    """Which models may be asked."""

    allow: Globs = workspace_may(
        (), "Only models whose `provider/model` matches one of these globs; empty: all.", "intersection", strictest=NOTHING
    )
    deny: Globs = workspace_may(
        (), "No model whose `provider/model` matches one of these globs; wins over `allow`.", "union", strictest=("*",)
    )
    scores: dict[str, ModelScores] = field(default_factory=dict[str, ModelScores])


@dataclass(frozen=True, kw_only=True)
class Budget(Section):
    """Spending limits."""

    completion_usd: float = workspace_may(0.05, "Most that one completion may cost, in USD.", "minimum", ge=0, strictest=0.0)
    action_usd: float = workspace_may(
        0.50, "Most that one call of any other action may cost, in USD.", "minimum", ge=0, strictest=0.0
    )
    daily_usd: float = workspace_may(
        5.0, "Most to spend in a day, in USD; then only free and local models are used.", "minimum", ge=0, strictest=0.0
    )
    monthly_usd: float | None = workspace_may(
        None, "Most to spend in a calendar month, in USD; omitted: no limit.", "minimum", ge=0, strictest=0.0
    )
    workspace_daily_usd: float | None = workspace_may(
        None, "Most to spend in a day in one workspace folder, in USD; omitted: no limit.", "minimum", ge=0, strictest=0.0
    )
    warn_at: float = workspace_may(0.8, "Share of a budget at which to warn.", "minimum", ge=0, le=1)


@dataclass(frozen=True, kw_only=True)
class OwnModel(Section):
    """A model served by an endpoint of the user's."""

    id: Name = part(MISSING, "The model's name in requests.")
    coding: float | None = part(None, "Score on the coding axis.", ge=0, le=1)
    completion: float | None = part(None, "Score on the completion axis.", ge=0, le=1)
    input: float | None = part(None, "USD per million input tokens.", ge=0)
    output: float | None = part(None, "USD per million output tokens.", ge=0)
    cached: float | None = part(None, "USD per million cached input tokens.", ge=0)
    context: int | None = part(None, "Context window, in tokens.", ge=1)
    max_output: int | None = part(None, "Longest answer, in tokens.", ge=1)
    fim: str | None = part(None, "Wire dialect that fills a hole, or a template with `{prefix}` and `{suffix}`.")
    tools: bool | None = part(None, "Whether it calls tools, several at once: agents ask for that.")
    images: bool | None = part(None, "Whether it looks at pictures.")


@dataclass(frozen=True, kw_only=True)
class ProviderSettings(Section):
    """One vendor, or a server of the user's."""

    dialect: str | None = user_only(None, "Wire dialect; needed for a provider that is not known by name.")
    base_url: Url | None = user_only(None, "Address of the API, up to its version.")
    key_env: VariableName | None = user_only(None, "Environment variable that holds the key.")
    headers: Headers = user_only({}, "Extra request headers; never a key.", secret=True)
    timeout_s: float | None = user_only(None, "Seconds to wait for the first byte.", ge=0.1, le=600)
    local: bool | None = user_only(None, "Runs on your own machine: it costs nothing, and no code leaves.")
    fee: float | None = user_only(None, "Platform fee that multiplies this provider's prices, for example 1.055.", ge=0, le=10)
    enable: bool = user_only(True, "Use this provider when it can be reached.")
    models: tuple[OwnModel, ...] = user_only((), "Models that the catalogue does not know here.")
    model_path: str | None = user_only(None, "GGUF file that this provider is: loaded when it is asked, with the extra `local`.")


@dataclass(frozen=True, kw_only=True)
class Inline(Section):
    """Ghost text."""

    enable: bool = workspace_may(True, "Ghost text while typing.", "stricter", strictest=False)
    debounce_ms: int = workspace_may(
        75, "Shortest wait after a keystroke; the actual wait adapts and is never shorter.", "maximum", ge=0, le=5_000
    )
    multiline: Literal["auto", "always", "never"] = workspace_may("auto", "Several lines at once; `auto` decides by syntax.")
    max_tokens: int = workspace_may(256, "Longest ghost text, in tokens.", "minimum", ge=1, le=4_096)
    soft_deadline_ms: int = workspace_may(
        1_500, "After this time, show the complete lines that have arrived, in milliseconds.", ge=50, le=60_000
    )
    hard_deadline_ms: int = workspace_may(3_000, "After this time, give up the request, in milliseconds.", ge=50, le=60_000)
    languages_off: Texts = workspace_may((), "Language ids without ghost text.", "union")
    prefetch: bool = workspace_may(True, "Prepare the next suggestion while one is shown, where that is free or nearly free.")
    draft_first: bool = workspace_may(
        False, "Show the built-in engine's answer at once; a model's answer replaces it unless you have typed (VS Code)."
    )


@dataclass(frozen=True, kw_only=True)
class NextEditSettings(Section):
    """What is suggested to be changed next."""

    enable: bool = workspace_may(True, "Suggest the edit that follows from the last ones.", "stricter", strictest=False)
    from_: Literal["examples", "models", "both"] = workspace_may(
        "both", "Suggest from your own edits without a model, from models, or from both."
    )
    debounce_ms: int = workspace_may(
        150, "Shortest wait after an edit; the actual wait adapts and is never shorter.", "maximum", ge=0, le=5_000
    )
    languages_off: Texts = workspace_may((), "Language ids without next edits.", "union")
    cross_file: bool = workspace_may(True, "Suggest edits in other open files as well.", "stricter", strictest=False)


@dataclass(frozen=True, kw_only=True)
class Context(Section):
    """Which parts of the workspace a model may see."""

    ignore: IgnoreGlobs = workspace_may(
        (), "Globs, as in .gitignore, of files that are never read or sent.", "union", strictest=("*",)
    )
    other_files: bool = workspace_may(True, "Show the model pieces of other files.", "stricter", strictest=False)
    max_tokens: int = workspace_may(2_048, "Most tokens of code in one completion's prompt.", "minimum", ge=64, le=100_000)


@dataclass(frozen=True, kw_only=True)
class Edits(Section):
    """How rewrites reach the document."""

    streaming: Literal["auto", "live", "final"] = workspace_may(
        "auto", "Write while the answer streams (`live`), or at its end (`final`); `auto`: live where the editor groups undo."
    )
    on_cancel: Literal["revert", "keep"] = workspace_may("revert", "What a cancelled edit leaves behind.")
    review: bool = workspace_may(True, "Mark what an edit changed until you keep or reject it.")


@dataclass(frozen=True, kw_only=True)
class Explain(Section):
    """Where explanations go."""

    output: Literal["document", "file", "message"] = workspace_may("document", "Where an explanation is shown, if possible.")


@dataclass(frozen=True, kw_only=True)
class EmbeddedSettings(Section):
    """The built-in engine."""

    enable: bool = workspace_may(True, "The built-in engine, which needs no model.", "stricter", strictest=False)
    answer_alone: bool = workspace_may(True, "Let a sure draft of the engine answer without asking a model.")
    max_memory_mb: int = user_only(256, "Most memory of its index, in megabytes.", ge=16, le=65_536)


@dataclass(frozen=True, kw_only=True)
class OpenRouter(Section):
    """The user's OpenRouter account."""

    bought_10_usd: bool = user_only(
        False, "You have bought ten dollars of credit at some time: 1,000 free requests a day instead of 50."
    )
    own_key: bool = user_only(False, "Requests use your own vendor keys, with OpenRouter's fee for that.")


@dataclass(frozen=True, kw_only=True)
class CatalogSettings(Section):
    """Where prices and models come from."""

    refresh: int = user_only(24, "Hours between refreshes of prices and models; 0: never.", ge=0, le=8_760, strictest=0)
    sources: tuple[Url, ...] = user_only((), "Addresses of further catalogue files.")


@dataclass(frozen=True, kw_only=True)
class LedgerSettings(Section):
    """The record of calls and costs."""

    enable: bool = user_only(True, "Keep a local record of calls and costs, but never of your text.")
    path: str | None = user_only(None, "Another place for the ledger's file.")
    retention_days: int = user_only(400, "Days that single calls are kept; the daily sums stay.", ge=1, le=36_500)


@dataclass(frozen=True, kw_only=True)
class GatewayModel(Section):
    """What a name means that a client of the gateway insists on."""

    min_coding_score: float | None = user_only(None, "Floor that stands for this name.", ge=0, le=1)
    model: str | None = user_only(None, "Model or offer that stands for this name.")


@dataclass(frozen=True, kw_only=True)
class GatewaySettings(Section):
    """The address for other AI tools on this machine."""

    enable: bool = user_only(False, "Let an editor's language server host the gateway as well (extra `gateway`).")
    port: int = user_only(4747, "Loopback port of the gateway.", ge=1, le=65_535)
    min_coding_score: float = user_only(0.70, "Floor of requests that name none.", ge=0, le=1)
    escalate: bool = user_only(False, "Ask the next stronger model first while a turn of a conversation is hard.")
    secrets: Literal["tell", "refuse"] = user_only(
        "tell", "What to do about a request with what looks like a secret: answer it and say so, or refuse it."
    )
    on_database_loss: Literal["refuse", "local"] = user_only(
        "refuse",
        "What a team's gateway does about calls that cost while its database is out of reach: refuse them, or spend "
        "`local_allowance_usd`.",
    )
    local_allowance_usd: float = user_only(
        1.0, 'Most that each replica spends in one loss of the database with `on_database_loss = "local"`, in USD.', ge=0
    )
    models: dict[str, GatewayModel] = field(default_factory=dict[str, GatewayModel])


@dataclass(frozen=True, kw_only=True)
class Team(Section):
    """The team that this machine joined: models are asked through its gateway, on its keys and budgets, within its policy."""

    url: TeamUrl | None = user_only(
        None,
        "Address of your team's gateway: https, or http on this machine. Its key is `CODEROUTE_TEAM_KEY`, or in the keyring.",
    )
    policy_key: str | None = user_only(
        None, "Public key that the team's policy has to be signed with; omitted: the first that its gateway shows."
    )
    own_keys: bool = user_only(
        True, "Ask by your own keys where the team's gateway has nothing that may be asked, or is out of reach.", strictest=False
    )


@dataclass(frozen=True, kw_only=True)
class Log(Section):
    """What is logged."""

    level: Literal["debug", "info", "warning", "error"] = user_only("warning", "Lowest severity that is logged.")
    prompts: bool = user_only(False, "Log prompts and answers, to a file only.")


@dataclass(frozen=True, kw_only=True)
class Settings(Section):
    """All settings of one workspace folder, complete. Missing parts are defaults."""

    quality: Quality = workspace_may("balanced", "Moves the floor of all actions at once.")
    objective: Objective = workspace_may("cost", "What decides among the models that are good enough.")
    actions: dict[str, ActionSettings] = field(default_factory=dict[str, ActionSettings])
    score_bound: Literal["low", "value"] = workspace_may(
        "low", "Compare the floor with the score's lower bound, or with its value."
    )
    trust_vendor_scores: bool = user_only(False, "Use the full value of scores that only the model's maker has published.")
    allow_free: bool = user_only(
        False, 'Let free endpoints and free tiers be asked; with `privacy = "any"`, those that train on your code too.'
    )
    on_unmet_floor: OnUnmetFloor = workspace_may(
        "best_available", "When no model reaches the floor: use the best one, or report an error."
    )
    models: Models = Models()
    privacy: Privacy = workspace_may("any", "What a provider may do with your code.", "stricter", strictest="local_only")
    budget: Budget = Budget()
    learn: bool = user_only(False, "Let what you accept correct the scores, visibly and within bounds.")
    providers: dict[str, ProviderSettings] = field(default_factory=dict[str, ProviderSettings])
    inline: Inline = Inline()
    next_edit: NextEditSettings = NextEditSettings()
    context: Context = Context()
    edits: Edits = Edits()
    explain: Explain = Explain()
    embedded: EmbeddedSettings = EmbeddedSettings()
    openrouter: OpenRouter = OpenRouter()
    catalog: CatalogSettings = CatalogSettings()
    ledger: LedgerSettings = LedgerSettings()
    gateway: GatewaySettings = GatewaySettings()
    team: Team = Team()
    log: Log = Log()

    def action(self, action_id: str) -> ActionSettings:
        return self.actions.get(action_id, _NO_ACTION_SETTINGS)


_NO_ACTION_SETTINGS = ActionSettings()
